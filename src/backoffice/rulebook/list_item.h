// Items of the policy's lists as people keep them: put on by one person where that tightens, by two where it
// loosens; each with owner, reason and end; none ever forgotten. Called by the desk's routes inside the
// caller's write transaction. The engine is told by an act (list_change) and lets items lapse by itself.
// Never takes a card number.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "access/parts.h"
#include "access/proposal.h"
#include "core/error.h"
#include "core/sabotage.h"
#include "core/time.h"
#include "rulebook/draft.h"
#include "rulebook/list_catalogue.h"
#include "sql/database.h"

namespace tillwatch::rulebook {

inline constexpr std::size_t list_value_bytes_max = 128;
inline constexpr std::size_t list_reason_bytes_max = 64;
inline constexpr std::size_t list_note_bytes_max = 1000;
// What loosens has an end, and comes up for review by it.
inline constexpr core::DurationMs loosened_ms_max = 366 * core::day_ms;

struct ListItem {
  std::string id, list;
  std::string value;          // as the engine knows it; of a card its keyed reference, which nobody is shown
  std::string shown;          // what people see of it
  std::int64_t decision = 0;  // whose value it is; 0: somebody wrote it
  std::string owner, reason, note;
  core::TimeMs expires_at = 0;  // 0: never
  std::string made_by;
  core::TimeMs made_at = 0;
  std::int64_t act = 0;
  std::string proposal;
  core::TimeMs ended_at = 0;  // 0: not ended by anybody
  std::string end_word, ended_by, end_note;
  std::int64_t end_act = 0;
  std::string end_proposal;
  // "live"; "expired" (by itself), "removed", "replaced".
  std::string_view state(core::TimeMs now) const;
};

// Exactly one of `value` and `decision`; a card is named by a decision on it only.
struct NewItem {
  std::string_view value;
  std::int64_t decision = 0;
  std::string_view reason;      // a code: lower case letters, digits, '_', '-'
  std::string_view note;        // in words; may be empty
  core::TimeMs expires_at = 0;  // 0: never
  std::string_view owner;       // an account; "": the author
};

struct DecidedValue {
  std::string value;  // "": the decision has none
  std::string shown;
};
// What a decision has in an attribute. Errors: not_found.
using DecidedValues =
    std::function<core::Result<DecidedValue>(std::int64_t decision, std::string_view attribute)>;

// What lists are kept with. All outlive the call.
struct ListDesk {
  const access::Parts& access;
  ListCatalogue& catalogue;
  const DecidedValues& decided;
};

// What became of a wish: done with its act, or waiting for a second person.
struct ListChange {
  std::optional<access::Proposal> proposal;
  ListItem item;         // where it is done
  std::int64_t act = 0;  // the same
};

// Errors of all: not_found (list, item); invalid or limit with `where` "/FIELD"; conflict; denied (who
// loosens lacks the right to propose it).

// A value that is listed is replaced where the new item ends no earlier; what is to end earlier is removed.
core::Result<ListChange> add_item(sql::Connection& connection, const ListDesk& desk, const Author& author,
                                  std::string_view list, const NewItem& wish);
core::Result<ListChange> remove_item(sql::Connection& connection, const ListDesk& desk, const Author& author,
                                     std::string_view list, std::string_view id, std::string_view note);
// Carries an approved proposal of kind list.override out. Conflict: not approved; the item, or what its list
// means, was changed since; its end has passed.
core::Result<ListChange> carry_out(sql::Connection& connection, const ListDesk& desk, const Author& author,
                                   std::string_view proposal, core::Sabotage sabotage = {});

struct ItemFilter {
  std::string_view list;
  std::string_view value;  // exactly; "" for all
  bool ended_too = false;  // the history
};
// Newest first, before the id `before` ("" for the first page). Items whose end has come are not live,
// whether or not anybody touched them.
core::Result<std::vector<ListItem>> list_items(sql::Connection& connection, const ItemFilter& filter,
                                               std::string_view before, std::size_t count, core::TimeMs now);
core::Result<std::optional<ListItem>> find_item(sql::Connection& connection, std::string_view list,
                                                std::string_view id);
// How many live items a list has, counted up to `most`.
core::Result<std::int64_t> count_items(sql::Connection& connection, std::string_view list, std::int64_t most,
                                       core::TimeMs now);

}  // namespace tillwatch::rulebook
