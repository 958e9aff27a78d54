#include "scoring/finding.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <tuple>

#include "scoring/line_fields.h"

namespace tillwatch::scoring {
namespace {

std::int64_t day_of(const Scope& scope, core::TimeMs time) {
  return core::floor_div(time + scope.utc_offset_minutes * core::minute_ms, core::day_ms);
}
core::TimeMs end_of(const Scope& scope, std::int64_t day) {
  return (day + 1) * core::day_ms - scope.utc_offset_minutes * core::minute_ms;
}

}  // namespace

core::Result<Finding> read_finding(std::string_view line, std::string_view place, Entities& entities) {
  TRY(fields, LineFields::parse(line, place, finding_line_bytes_max));
  TRY(kind_name, fields.text("entity"));
  TRY(id, fields.text("id"));
  TRY(time, fields.time("time"));
  TRY(code, fields.text("typology"));
  TRY(score, fields.number("score"));
  const auto kind = entity_kind_of(kind_name);
  if (!kind) return fields.wrong("entity", "expected merchant, terminal, card or agent");
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  if (code.size() != 3 || code[0] != 'T' || !is_digit(code[1]) || !is_digit(code[2]))
    return fields.wrong("typology", "expected T and two digits, such as T01");
  Finding out;
  out.time = time;
  out.score = score;
  out.kind = *kind;
  out.entity = entities.number_of(*kind, id);
  out.typology = static_cast<std::uint8_t>((code[1] - '0') * 10 + (code[2] - '0'));
  return out;
}

Selection select(const Scope& scope, std::vector<Finding> findings, std::int64_t budget) {
  Selection out;
  std::erase_if(findings, [&](const Finding& finding) {
    const bool outside = finding.time < scope.from || finding.time >= scope.to;
    out.outside += outside ? 1u : 0u;
    return outside;
  });
  std::ranges::sort(findings, {}, [&](const Finding& finding) {
    return std::tuple(day_of(scope, finding.time), -finding.score, finding.time, finding.entity,
                      finding.typology);
  });
  std::map<std::pair<EntityNumber, std::uint8_t>, core::TimeMs> shown;
  std::optional<std::int64_t> day;
  std::int64_t left = 0;
  for (const Finding& finding : findings) {
    const std::int64_t its_day = day_of(scope, finding.time);
    if (day != its_day) left = budget;
    day = its_day;
    const core::TimeMs end = end_of(scope, its_day);
    const auto key = std::pair(finding.entity, finding.typology);
    const auto before = shown.find(key);
    if (before != shown.end() && end - before->second < repeat_ms) {
      ++out.repeated;
    } else if (left == 0) {
      ++out.over_budget;
    } else {
      --left;
      shown[key] = end;
      out.alerts.push_back({finding, end});
    }
  }
  return out;
}

}  // namespace tillwatch::scoring
