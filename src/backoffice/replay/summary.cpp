#include "replay/summary.h"

#include <fmt/format.h>

#include <iterator>

namespace tillwatch::replay {
namespace {

double percent(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? 0 : 100 * static_cast<double>(part) / static_cast<double>(whole);
}

}  // namespace

void Summary::count(const payment::EntryView& entry, const engine::Decision* decision) {
  ++entries;
  ++by_kind[static_cast<std::size_t>(entry.kind())];
  if (decision == nullptr) return;
  ++decided;
  if (decision->fired()) ++fired;
  ++authorisation[static_cast<std::size_t>(decision->proposed.authorisation)];
  ++settlement[static_cast<std::size_t>(decision->proposed.settlement)];
  ++subject[static_cast<std::size_t>(decision->proposed.subject)];
  for (const engine::RuleHit& hit : decision->hits) {
    RuleCount& rule = rules[hit.rule];
    ++(hit.shadow ? rule.shadow : rule.live);
    if (hit.cause == engine::RuleHit::Cause::unknown) ++rule.unknown;
    if (hit.cause == engine::RuleHit::Cause::error) ++rule.error;
  }
  for (const std::string& name : decision->not_seen) ++not_seen[name];
  for (const engine::Reading& reading : decision->readings)
    if (reading.coverage == engine::Coverage::approximate) ++approximate[reading.name];
  rule_errors += decision->rule_errors;
  dropped += decision->dropped;
}

std::string Summary::to_text(const policy::Bundle& bundle) const {
  std::string out;
  auto to = std::back_inserter(out);
  fmt::format_to(to, "entries {}", entries);
  for (std::size_t i = 0; i < by_kind.size(); ++i)
    if (by_kind[i] != 0)
      fmt::format_to(to, ", {} {}", name_of(static_cast<payment::EntryKind>(i)), by_kind[i]);
  fmt::format_to(to, "\ndecided {}, of these {} ({:.3f} %) with a rule or a standing fact\n", decided, fired,
                 percent(fired, decided));
  if (decided != 0) {
    out += "outcomes asked for:";
    for (std::size_t i = 0; i < authorisation.size(); ++i)
      fmt::format_to(to, " {} {}", name_of(static_cast<engine::Authorisation>(i)), authorisation[i]);
    out += ";";
    for (std::size_t i = 0; i < settlement.size(); ++i)
      fmt::format_to(to, " {} {}", name_of(static_cast<engine::Settlement>(i)), settlement[i]);
    out += "; subject:";
    for (std::size_t i = 0; i < subject.size(); ++i)
      fmt::format_to(to, " {} {}", name_of(static_cast<engine::Subject>(i)), subject[i]);
    out += "\n";
  }
  if (!bundle.model().rules.empty()) out += "rule hits (live, in shadow):\n";
  for (const policy::RuleDefinition& rule : bundle.model().rules) {
    const auto at = rules.find(rule.id);
    const RuleCount hits = at == rules.end() ? RuleCount{} : at->second;
    fmt::format_to(to, "  {:<40} {:>10} {:>10}  {:.4f} %", rule.id, hits.live, hits.shadow,
                   percent(hits.live + hits.shadow, decided));
    if (hits.unknown != 0) fmt::format_to(to, ", {} because a value was unknown", hits.unknown);
    if (hits.error != 0) fmt::format_to(to, ", {} because the condition failed", hits.error);
    out += "\n";
  }
  if (not_seen.empty() && approximate.empty() && decided != 0)
    out += "coverage: rules saw everything they asked for\n";
  if (!not_seen.empty()) out += "coverage: absent or unknown where a rule asked for it:\n";
  for (const auto& [name, times] : not_seen)
    fmt::format_to(to, "  {:<40} {:>10}  {:.4f} %\n", name, times, percent(times, decided));
  for (const auto& [name, times] : approximate)
    fmt::format_to(to, "  {:<40} {:>10}  approximate, within its stated bound\n", name, times);
  const auto line = [&](std::uint64_t number, std::string_view what) {
    if (number != 0) fmt::format_to(to, "{} {}\n", number, what);
  };
  line(rule_errors, "conditions of rules failed");
  line(dropped, "window entries and keys were given up at the cap");
  line(event_times_replaced, "event times lay outside the admitted span and were replaced by the arrival");
  line(orphans, "entries named an original that was not found");
  line(commands, "rules dropped to shadow over their ceiling");
  return out;
}

}  // namespace tillwatch::replay
