#include "fired_decision.h"

#include <array>
#include <utility>

namespace tillwatch {
namespace {

core::Result<std::string> text_of(const json::View& object, std::string_view name) {
  TRY(member, object.at(name));
  TRY(text, member.as_string());
  return std::string(text);
}

struct Words {
  std::string_view value, en, zh;
};
constexpr std::array<Words, 6> outcome_table = {{
    {"challenge", "ask to verify", "核实"},
    {"decline", "decline", "拒绝"},
    {"hold", "delay settlement", "延迟结算"},
    {"watch", "watch", "关注"},
    {"restrict", "restrict", "限制"},
    {"suspend", "suspend", "暂停交易"},
}};

std::string_view words_of(std::string_view value, std::string_view language) {
  for (const Words& words : outcome_table)
    if (words.value == value) return language == "zh" ? words.zh : words.en;
  return {};
}

core::Result<FiredReason> read_reason(const json::View& view, std::string_view language) {
  FiredReason reason;
  TRY(rule, text_of(view, "rule"));
  TRY(typology, text_of(view, "typology"));
  TRY(severity_view, view.at("severity"));
  TRY(severity, severity_view.as_integer());
  TRY(shadow_view, view.at("shadow"));
  TRY(shadow, shadow_view.as_boolean());
  reason.rule = std::move(rule);
  reason.typology = std::move(typology);
  reason.severity = static_cast<int>(severity);
  reason.shadow = shadow;
  const auto text = view.find("text");
  if (text && text->is(json::Kind::object)) {
    TRY(words, text_of(*text, language));
    reason.text = std::move(words);
  }
  return reason;
}

}  // namespace

core::Result<FiredDecision> read_decision(json::Reader& reader, std::string_view body,
                                          std::string_view language) {
  TRY(root, reader.parse(body));
  FiredDecision decision;
  if (const auto id = root.find("id"); id && id->is(json::Kind::string)) decision.id = *id->as_string();
  TRY(outcome, root.at("outcome"));
  TRY(authorisation, text_of(outcome, "authorisation"));
  TRY(settlement, text_of(outcome, "settlement"));
  TRY(subject, text_of(outcome, "subject"));
  decision.authorisation = std::move(authorisation);
  decision.settlement = std::move(settlement);
  decision.subject = std::move(subject);
  TRY(reasons, root.at("reasons"));
  for (const json::View& view : reasons.elements()) {
    TRY(reason, read_reason(view, language));
    decision.reasons.push_back(std::move(reason));
  }
  TRY(standing, root.at("standing"));
  for (const json::View& view : standing.elements()) {
    TRY(effect, text_of(view, "effect"));
    TRY(name, text_of(view, "name"));
    decision.standing.push_back(effect + " " + name);
  }
  return decision;
}

std::string outcome_words(const FiredDecision& decision, std::string_view language) {
  std::string words;
  for (const std::string& part : {decision.authorisation, decision.settlement, decision.subject}) {
    const std::string_view found = words_of(part, language);
    if (found.empty()) continue;
    if (!words.empty()) words += language == "zh" ? "、" : ", ";
    words += found;
  }
  if (words.empty()) words = language == "zh" ? "放行" : "allow";
  return words;
}

std::string money_words(std::int64_t minor) {
  const bool negative = minor < 0;
  std::string digits = std::to_string(negative ? -minor : minor);
  if (digits.size() < 3) digits.insert(0, 3 - digits.size(), '0');
  std::string words = "." + digits.substr(digits.size() - 2);
  digits.resize(digits.size() - 2);
  while (digits.size() > 3) {
    words.insert(0, "," + digits.substr(digits.size() - 3));
    digits.resize(digits.size() - 3);
  }
  return (negative ? "-" : "") + digits + words;
}

}  // namespace tillwatch
