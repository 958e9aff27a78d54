// What the engine knows apart from windows: card ids, registered facts of merchants, terminals and the like,
// list items, restrictions it has put on subjects. All of it lives in the arena and is changed only by the
// step. Called by step.cpp and the activation; never reads a clock: expiry is judged by the entry's admission
// time.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/bytes.h"
#include "core/error.h"
#include "core/time.h"
#include "crypto/hash.h"
#include "engine/decision.h"
#include "payment/entry.h"
#include "state/arena.h"
#include "state/table.h"

namespace tillwatch::engine {

struct ListItem {
  std::string owner;
  std::string reason;
  core::TimeMs expires_at = 0;  // 0: does not lapse
};

struct Restriction {
  Subject level = Subject::none;
  std::string rule;
  std::string reason;
  core::TimeMs expires_at = 0;
};

// The facts of one subject, one after the other by name, each decoded once. Borrows from Facts until the next
// change.
class RegisteredFacts {
 public:
  explicit RegisteredFacts(std::string_view bytes) : in_(bytes) {}
  // False at the end.
  bool next();
  std::string_view name() const { return name_; }
  const payment::Value& value() const { return value_; }

 private:
  core::ByteReader in_;
  std::string_view name_;
  payment::Value value_;
};

class Facts {
 public:
  // `arena` outlives this.
  Facts(state::Arena& arena, const crypto::SipKey& key);

  // The engine's number for a card reference, 0 where it was never seen.
  std::int64_t find_card(std::string_view reference) const;
  // The number of this entry's card, made where it is new; a previous reference that is known lends its
  // number to the new one. 0 where the entry names no card. With `forget_old_key` (sabotage) the previous
  // reference is not looked up.
  std::int64_t card_of(const payment::EntryView& entry, bool forget_old_key);
  std::uint64_t cards() const { return cards_.size(); }

  // Merges the extras of a registry command into the facts of its subject, or removes the subject.
  // Errors: invalid (no entity or id), limit (too many fields).
  core::Status apply_registry(const payment::EntryView& command);
  // Whether it could be applied, without doing it.
  core::Status check_registry(const payment::EntryView& command) const;
  bool registered(std::string_view entity, std::string_view id) const;
  // One fact; absent where it is not registered. The text is valid until the next change.
  payment::Value registered_fact(std::string_view entity, std::string_view id, std::string_view field) const;
  // All facts of one subject; none where it is not registered.
  RegisteredFacts registered_facts(std::string_view entity, std::string_view id) const;

  // Errors: invalid (no list, value or action).
  core::Status apply_list_change(const payment::EntryView& change);
  core::Status check_list_change(const payment::EntryView& change) const;
  // The item, unless it has lapsed at `now`.
  std::optional<ListItem> listed(std::string_view list, std::string_view value, core::TimeMs now) const;

  // Puts a restriction on attribute=value; a stronger or later one that stands already stays.
  void restrict_subject(std::string_view attribute, std::string_view value, const Restriction& restriction);
  std::optional<Restriction> restriction(std::string_view attribute, std::string_view value,
                                         core::TimeMs now) const;
  bool any_restriction() const { return restrictions_.size() != 0; }

  // Forgets up to `budget` lapsed list items and restrictions, oldest first. Called by ticks.
  void sweep(core::TimeMs now, std::size_t budget);

  void save_roots(core::ByteWriter& out) const;
  core::Status load_roots(core::ByteReader& in);

 private:
  // The facts of the command's subject as they would be; Errors as of apply_registry.
  core::Result<std::string> merged_registry(const payment::EntryView& command) const;

  state::Table cards_;
  state::Table registry_;
  state::Table lists_;
  state::Table restrictions_;
  std::int64_t next_card_ = 1;
};

}  // namespace tillwatch::engine
