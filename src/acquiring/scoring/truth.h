// The truth of a simulated world (docs/formats/truth.md), read from its lines. Called by
// `tillwatch simulate --score` and by tests; nothing that serves or decides links it. Keeps the transactions
// of fraudulent instances only: look-alikes are known by who takes part.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "core/error.h"
#include "core/time.h"
#include "scoring/entities.h"

namespace tillwatch::scoring {

inline constexpr std::size_t truth_line_bytes_max = 256 * 1024;
inline constexpr std::size_t instances_max = 1'000'000;
inline constexpr std::size_t fraud_transactions_max = 50'000'000;

// What was told: the days that are scored, and how many merchants there are.
struct Scope {
  core::TimeMs from = 0;
  core::TimeMs to = 0;  // not included
  std::uint64_t merchants = 0;
  std::int32_t utc_offset_minutes = 0;
};

// A transaction of a fraudulent instance, once however often it arrived.
struct Act {
  core::TimeMs arrival = 0;
  std::int64_t amount = 0;  // minor units
  EntityNumber merchant = 0;
  bool fraud = false;  // itself an act; false: touched
  bool approved = false;
};

struct Instance {
  std::string name;
  std::string typology;
  std::string code;  // "T01"
  bool planted = false;
  bool fraud = false;
  std::uint8_t skill = 0;
  std::uint32_t evident_after = 0;
  core::TimeMs begins = 0;
  core::TimeMs ends = 0;
  std::vector<EntityNumber> merchants;
  std::vector<EntityNumber> others;  // terminals, cards; the agent where it is the agent who acts
  std::vector<Act> acts;             // in arrival order; of fraudulent instances
};

struct Truth {
  Scope scope;
  std::vector<Instance> instances;
};

// Takes the lines in order: all instances, then the transactions. Errors say where: `file:line:column`.
class TruthReader {
 public:
  explicit TruthReader(Entities& entities) : entities_(entities) {}

  core::Status scope(std::string_view text, std::string_view place);
  core::Status instance(std::string_view line, std::string_view place);
  core::Status transaction(std::string_view line, std::string_view place);

  Truth finish() && { return std::move(truth_); }

 private:
  Entities& entities_;
  Truth truth_;
  std::unordered_map<std::string, std::uint32_t> by_name_;
  std::unordered_set<std::string> seen_;
  core::TimeMs newest_ = core::time_min;
};

}  // namespace tillwatch::scoring
