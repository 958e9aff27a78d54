#include "engine/explanation.h"

#include <fmt/format.h>

#include <algorithm>

namespace tillwatch::engine {
namespace {

std::string grouped(std::int64_t whole) {
  std::string digits = fmt::format(
      "{}", whole < 0 ? 0 - static_cast<std::uint64_t>(whole) : static_cast<std::uint64_t>(whole));
  for (std::size_t at = digits.size(); at > 3; at -= 3) digits.insert(at - 3, ",");
  return whole < 0 ? "-" + digits : digits;
}

std::string money(std::int64_t minor) {
  const std::int64_t whole = minor / 100;
  const std::int64_t rest = minor % 100;
  const std::string sign = minor < 0 && whole == 0 ? "-" : "";
  return fmt::format("{}{}.{:02}", sign, grouped(whole), rest < 0 ? -rest : rest);
}

std::size_t rule_index(const policy::Bundle& bundle, const RuleHit& hit) {
  const auto& rules = bundle.model().rules;
  return static_cast<std::size_t>(std::ranges::find(rules, hit.rule, &policy::RuleDefinition::id) -
                                  rules.begin());
}

}  // namespace

std::string value_in_words(const Reading& reading, std::string_view unit, Language language) {
  const bool chinese = language == Language::chinese;
  if (reading.coverage == Coverage::unknown_limit || reading.coverage == Coverage::unknown_backfill)
    return chinese ? "未知" : "unknown";
  switch (reading.type) {
    case Reading::Type::none:
      return chinese ? "无" : "none";
    case Reading::Type::boolean:
      if (chinese) return reading.integer != 0 ? "是" : "否";
      return reading.integer != 0 ? "yes" : "no";
    case Reading::Type::integer:
      if (unit == "money" || unit == "money_base") return money(reading.integer);
      if (unit == "ms" || unit == "duration") return core::format_duration(reading.integer);
      return grouped(reading.integer);
    case Reading::Type::decimal:
      if (unit == "money")
        return money(static_cast<std::int64_t>(reading.decimal + (reading.decimal < 0 ? -0.5 : 0.5)));
      if (unit == "share") return fmt::format("{:.0f} %", reading.decimal * 100);
      return fmt::format("{:.2f}", reading.decimal);
    case Reading::Type::text:
    case Reading::Type::list:
      return reading.text;
  }
  return {};
}

std::string words(const policy::Bundle& bundle, const RuleHit& hit, const Decision& decision,
                  Language language) {
  const std::size_t rule = rule_index(bundle, hit);
  if (rule >= bundle.model().rules.size()) return {};
  std::string text;
  for (const policy::Bundle::WordingPiece& piece : bundle.wording(rule, language == Language::chinese)) {
    text += piece.text;
    if (piece.slot < 0) continue;
    const policy::SlotInfo info = bundle.slot(static_cast<std::uint32_t>(piece.slot));
    const auto reading = std::ranges::find(decision.readings, info.name, &Reading::name);
    text +=
        reading == decision.readings.end() ? std::string("?") : value_in_words(*reading, info.unit, language);
  }
  return text;
}

std::string title(const policy::Bundle& bundle, const RuleHit& hit, Language language) {
  const std::size_t rule = rule_index(bundle, hit);
  if (rule >= bundle.model().rules.size()) return {};
  const policy::Wording& title = bundle.model().rules[rule].title;
  return language == Language::chinese ? title.zh : title.en;
}

}  // namespace tillwatch::engine
