// What the server counts, and the Prometheus text that /metrics gives out (exposition format 0.0.4). Called
// by ApiHandler. Label values come from fixed lists: nothing that a caller sent becomes a label.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "api/route.h"

namespace tillwatch::api {

// A histogram over milliseconds with fixed bounds.
class DurationHistogram {
 public:
  static constexpr std::array<std::int64_t, 10> bounds_ms{1, 2, 5, 10, 20, 50, 100, 200, 500, 1000};
  void add(std::int64_t ms);
  // "NAME_bucket{le="0.001"} 3" and so on, in seconds.
  void write(std::string& out, std::string_view name, std::string_view text) const;

 private:
  std::array<std::uint64_t, bounds_ms.size() + 1> counts_{};
  std::uint64_t count_ = 0;
  std::int64_t sum_ms_ = 0;
};

struct RequestCounters {
  std::map<std::pair<std::string_view, int>, std::uint64_t> answers;  // by operationId ("none") and status
  std::uint64_t repeated = 0;
  std::uint64_t conflicts = 0;
  std::uint64_t dry_runs = 0;
  std::uint64_t deadlines_passed = 0;
  std::uint64_t keys_refused = 0;
  std::uint64_t undocumented = 0;  // answers with a status that the contract does not name: a defect of ours
  DurationHistogram decide;

  void count(const Route* route, int status);
};

// Appends one counter or gauge with its help line.
void write_metric(std::string& out, std::string_view name, std::string_view type, std::string_view text,
                  std::uint64_t value);
void write_requests(std::string& out, const RequestCounters& counters);

}  // namespace tillwatch::api
