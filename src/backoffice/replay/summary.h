// What a replay came to: entries by kind, outcomes, hits of each rule, and what the rules asked for and could
// not see. Filled by Replay, printed by the replay command. Counts only; never holds an entry's values.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>

#include "engine/decision.h"
#include "payment/entry.h"
#include "policy/bundle.h"

namespace tillwatch::replay {

struct RuleCount {
  std::uint64_t live = 0, shadow = 0;
  std::uint64_t unknown = 0, error = 0;  // of these, because a value was unknown or the condition failed
};

struct Summary {
  std::array<std::uint64_t, payment::entry_kind_count> by_kind{};
  std::uint64_t entries = 0, decided = 0, fired = 0;
  std::array<std::uint64_t, 3> authorisation{};  // proposed, by engine::Authorisation
  std::array<std::uint64_t, 2> settlement{};
  std::array<std::uint64_t, 4> subject{};
  std::map<std::string, RuleCount> rules;
  std::map<std::string, std::uint64_t>
      not_seen;  // absent attributes and unknown features that live rules asked for
  std::map<std::string, std::uint64_t> approximate;  // features that were read with a bound
  std::uint64_t rule_errors = 0;
  std::uint64_t dropped = 0;  // window entries and keys given up by the cap
  std::uint64_t event_times_replaced = 0, orphans = 0, commands = 0;

  // `decision`: nullptr where the entry was not decided.
  void count(const payment::EntryView& entry, const engine::Decision* decision);

  // Lines for people: outcomes, rules in the pack's order (also those that never matched), coverage.
  std::string to_text(const policy::Bundle& bundle) const;
};

}  // namespace tillwatch::replay
