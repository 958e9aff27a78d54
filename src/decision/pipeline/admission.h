// Admission: what is done to a caller's entry before the engine sees it. Times are judged, an entry that only
// names an earlier transaction is completed from it, amounts in the base currency are filled in. Called by
// the pipeline; has no state.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "core/error.h"
#include "core/time.h"
#include "payment/entry.h"

namespace tillwatch::pipeline {

struct AdmissionRules {
  core::DurationMs past_ms_max = 0;
  core::DurationMs future_ms_max = 0;
  std::string base_currency;
};

struct AdmissionNote {
  bool event_time_replaced = false;
  bool orphan = false;
};

// The stored bytes of a transaction by its key, nullopt where there is none.
using FindOriginal = std::function<core::Result<std::optional<std::string>>(const payment::Digest128& key)>;

// Turns the caller's builder into the one that is stored. Errors: invalid (a kind that callers may not send),
// what the search gives.
core::Result<AdmissionNote> admit(payment::EntryBuilder& entry, core::TimeMs admitted_at,
                                  const AdmissionRules& rules, const FindOriginal& find_original);

// The key under which the original of this entry was sent: the same client, kind transaction, id
// tx.original_id. Zero where the entry names no original.
payment::Digest128 original_key(const payment::EntryBuilder& entry);

// Copies card, merchant, terminal, agent and amount from the original where the entry lacks them.
void complete_from(payment::EntryBuilder& entry, const payment::EntryView& original);

// The amount counts in the base currency where it is in no other (docs/decisions/0027).
void set_base_amount(payment::EntryBuilder& entry, std::string_view base_currency);

}  // namespace tillwatch::pipeline
