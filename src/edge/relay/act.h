// An act: something a person (or the back office itself) did, as it goes into the outbox in the transaction
// of the rows it changed. The relay journals each act once, in order of its number; where the engine must
// know, the act carries the entry it shall step. Called by every subject of the back office. Never holds a
// name, a phone, an identity number, a password or a card number: ids, codes and digests only.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/error.h"
#include "core/sabotage.h"
#include "core/time.h"
#include "payment/entry.h"
#include "sql/database.h"

namespace tillwatch::relay {

struct Act {
  std::string_view kind;     // a stable word with its subject: "account.created", "list.item_added"
  std::string_view actor;    // the account's id; "system" for the product itself
  std::string_view subject;  // what was acted on: "account:ID", "merchant:ID"
  std::string_view detail;   // a JSON object, at most core::limits::act_detail_bytes_max; "" for none
  core::TimeMs at = 0;       // wall time of the act
  // What the engine steps: a registry command, a list change, a label or a policy swap. Borrowed until the
  // call returns. nullptr: the act is journalled as itself, and the engine only counts it.
  const payment::EntryBuilder* entry = nullptr;
  // Why, in a person's words, where no row of its own keeps them; "" for none. Kept beside the act, card
  // numbers masked: neither the journal nor the digest has it.
  std::string_view reason = {};
};

// Writes the act into the outbox and gives its number: 1, 2, 3, ... without gaps, in the order of commits.
// To be called inside a write transaction, after the rows it speaks of. A fact the engine must know keeps
// this number beside it: it is requested now, and effective once outbox.sequence is set for that number,
// which only the projector does. Errors: as of the connection; limit (detail too long, an entry that cannot
// be encoded), invalid (no kind).
core::Result<std::int64_t> append(sql::Connection& connection, const Act& act, core::Sabotage sabotage = {});

// What the outbox and the journal keep of an act with these bytes of its entry: SHA-256 in hexadecimal.
std::string digest_of(const Act& act, std::string_view entry);

}  // namespace tillwatch::relay
