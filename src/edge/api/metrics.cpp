#include "api/metrics.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace tillwatch::api {

void DurationHistogram::add(std::int64_t ms) {
  const auto* bound = std::ranges::lower_bound(bounds_ms, ms);
  ++counts_[static_cast<std::size_t>(bound - bounds_ms.begin())];
  ++count_;
  sum_ms_ += std::max<std::int64_t>(ms, 0);
}

void DurationHistogram::write(std::string& out, std::string_view name, std::string_view text) const {
  auto to = std::back_inserter(out);
  fmt::format_to(to, "# HELP {} {}\n# TYPE {} histogram\n", name, text, name);
  std::uint64_t below = 0;
  for (std::size_t i = 0; i < bounds_ms.size(); ++i) {
    below += counts_[i];
    fmt::format_to(to, "{}_bucket{{le=\"{}\"}} {}\n", name, static_cast<double>(bounds_ms[i]) / 1000, below);
  }
  fmt::format_to(to, "{0}_bucket{{le=\"+Inf\"}} {1}\n{0}_sum {2}\n{0}_count {1}\n", name, count_,
                 static_cast<double>(sum_ms_) / 1000);
}

void RequestCounters::count(const Route* route, int status) {
  ++answers[{route == nullptr ? std::string_view("none") : route->name, status}];
  // Without a route only the router's own answers are there.
  const bool documented = route == nullptr
                              ? status == 404 || status == 405
                              : std::ranges::find(route->statuses, status) != route->statuses.end();
  if (!documented) ++undocumented;
}

void write_metric(std::string& out, std::string_view name, std::string_view type, std::string_view text,
                  std::uint64_t value) {
  fmt::format_to(std::back_inserter(out), "# HELP {0} {1}\n# TYPE {0} {2}\n{0} {3}\n", name, text, type,
                 value);
}

void write_requests(std::string& out, const RequestCounters& counters) {
  auto to = std::back_inserter(out);
  fmt::format_to(to,
                 "# HELP tillwatch_http_answers_total Answers by operation and status\n"
                 "# TYPE tillwatch_http_answers_total counter\n");
  for (const auto& [of, count] : counters.answers)
    fmt::format_to(to, "tillwatch_http_answers_total{{operation=\"{}\",status=\"{}\"}} {}\n", of.first,
                   of.second, count);
  write_metric(out, "tillwatch_repeated_total", "counter", "Requests answered with a stored decision",
               counters.repeated);
  write_metric(out, "tillwatch_conflicts_total", "counter", "Ids used again for other content",
               counters.conflicts);
  write_metric(out, "tillwatch_dry_runs_total", "counter", "Decisions that were not recorded",
               counters.dry_runs);
  write_metric(out, "tillwatch_deadlines_passed_total", "counter",
               "Requests not decided because their time was over", counters.deadlines_passed);
  write_metric(out, "tillwatch_api_keys_refused_total", "counter", "Requests without a valid API key",
               counters.keys_refused);
  write_metric(out, "tillwatch_undocumented_answers_total", "counter",
               "Answers that the contract does not name; a defect", counters.undocumented);
  counters.decide.write(out, "tillwatch_decide_seconds",
                        "From the arrival of a request to its durable decision");
}

}  // namespace tillwatch::api
