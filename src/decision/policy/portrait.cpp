#include "policy/portrait.h"

#include <fmt/format.h>

#include "payment/entry.h"
#include "policy/unit.h"
#include "policy/vocabulary.h"

namespace tillwatch::policy {
namespace {

std::string date(const std::optional<core::TimeMs>& time) {
  return time ? core::format_time(*time) : std::string();
}

std::string share(std::uint32_t ppm) {
  return fmt::format("{}", ppm / 1e6);
}

std::string kinds_of(std::uint32_t kinds) {
  std::string text;
  for (const std::string_view word : vocabulary::kinds)
    if ((kinds >> static_cast<unsigned>(*payment::find_entry_kind(word)) & 1) != 0)
      text += (text.empty() ? "" : ", ") + std::string(word);
  return text;
}

template <std::size_t n, class Number>
std::string word(const std::array<std::string_view, n>& table, Number number) {
  return std::string(table[static_cast<std::size_t>(number)]);
}

std::string window_of(const FeatureDefinition& feature) {
  if (feature.calendar == FeatureDefinition::Calendar::day) return "day";
  if (feature.calendar == FeatureDefinition::Calendar::month) return "month";
  return core::format_duration(feature.window);
}

void add(std::string& text, const std::string& what, const Members& members) {
  text += what + "\n";
  for (const auto& [name, value] : members)
    if (!value.empty()) text += "  " + name + ": " + value + "\n";
}

}  // namespace

std::string in_words(const ActionDefinition& action) {
  std::string text;
  const auto say = [&text](const std::string& part) { text += (text.empty() ? "" : ", ") + part; };
  if (action.authorisation != 0) say(word(vocabulary::authorisations, action.authorisation));
  if (action.settlement != 0) say("settlement " + word(vocabulary::settlements, action.settlement));
  if (action.subject != 0) {
    std::string part = word(vocabulary::subjects, action.subject);
    if (!action.of.empty()) part += " " + action.of + " for " + core::format_duration(action.lasts);
    say(part);
  }
  return text.empty() ? "nothing" : text;
}

std::string in_words(const ParameterDefinition& parameter) {
  std::string value = std::visit([](const auto& each) { return fmt::format("{}", each); }, parameter.value);
  const auto* whole = std::get_if<std::int64_t>(&parameter.value);
  if (whole != nullptr && (parameter.unit == "duration" || parameter.unit == "ms"))
    return *whole > 0 ? core::format_duration(*whole) : value;
  if (whole != nullptr && parameter.unit.starts_with("money"))
    value += fmt::format(" 分, {}{}.{:02} in main units (元)", *whole < 0 ? "-" : "",
                         *whole / 100 < 0 ? -(*whole / 100) : *whole / 100,
                         *whole % 100 < 0 ? -(*whole % 100) : *whole % 100);
  else if (!parameter.unit.empty())
    value += " (" + parameter.unit + ")";
  return value;
}

Members portrait(const RuleDefinition& rule) {
  Members members{{"typology", rule.typology},   {"title (en)", rule.title.en},
                  {"title (zh)", rule.title.zh}, {"on", kinds_of(rule.kinds)},
                  {"when", rule.when.source},    {"asks for", in_words(rule.action)}};
  if (rule.as_acquirer) {
    members.emplace_back("asks for, as acquirer", in_words(*rule.as_acquirer));
    members.emplace_back("asks for, as agent", in_words(*rule.as_agent));
  }
  std::string evidence;
  for (const std::string& each : rule.evidence) evidence += (evidence.empty() ? "" : ", ") + each;
  const Members rest{{"severity", fmt::format("{}", rule.severity)},
                     {"confidence", share(rule.confidence_ppm)},
                     {"weight", share(rule.weight_ppm)},
                     {"reason", rule.reason},
                     {"mode", word(vocabulary::modes, rule.mode)},
                     {"on_error", word(vocabulary::on_troubles, rule.match_on_error)},
                     {"on_unknown", word(vocabulary::on_troubles, rule.match_on_unknown)},
                     {"ceiling", share(rule.ceiling_ppm)},
                     {"effective_from", date(rule.effective_from)},
                     {"effective_to", date(rule.effective_to)},
                     {"text (en)", rule.text.en},
                     {"text (zh)", rule.text.zh},
                     {"evidence", evidence}};
  members.insert(members.end(), rest.begin(), rest.end());
  return members;
}

Members portrait(const FeatureDefinition& feature) {
  std::string key;
  for (const std::string& each : feature.key) key += (key.empty() ? "" : ", ") + each;
  return {{"of", kinds_of(feature.kinds)},
          {"key", key},
          {"where", feature.where.source},
          {"aggregate", word(vocabulary::aggregates, feature.aggregate)},
          {"value", feature.value.source},
          {"window", window_of(feature)},
          {"empty", feature.empty ? fmt::format("{}", *feature.empty) : std::string()},
          {"n", feature.n == 1 ? std::string() : fmt::format("{}", feature.n)},
          {"mode", word(vocabulary::window_modes, feature.bucketed)},
          {"budget", feature.budget == 0 ? std::string() : fmt::format("{}", feature.budget)},
          {"unit", feature.unit}};
}

Members portrait(const ListDefinition& list) {
  return {{"of", list.of}, {"effect", word(vocabulary::effects, list.effect)}};
}

Members portrait(const DerivedDefinition& derived) {
  return {{"value", derived.value.source}, {"unit", derived.unit}};
}

Members portrait(const AttributeDefinition& attribute) {
  return {{"type", word(vocabulary::types, attribute.type)}, {"unit", attribute.unit}};
}

Members portrait(const RegisteredDefinition& fact) {
  return {{"type", word(vocabulary::types, fact.type)}, {"unit", fact.unit}};
}

Members portrait(const OutcomeDefinition& outcome) {
  return {{"code", outcome.code}, {"title (en)", outcome.title.en}, {"title (zh)", outcome.title.zh}};
}

Members portrait(const MessageDefinition& message) {
  return {{"text (en)", message.text.en}, {"text (zh)", message.text.zh}};
}

Members portrait(const ParameterDefinition& parameter) {
  return {{"value", in_words(parameter)},
          {"type", word(vocabulary::types, parameter.value.index())},
          {"source", parameter.source},
          {"effective_from", date(parameter.effective_from)},
          {"effective_to", date(parameter.effective_to)}};
}

Members portrait_of_head(const Model& model) {
  std::string below;
  for (const std::string& each : model.builds_on) below += (below.empty() ? "" : ", ") + each;
  return {{"policy", model.name},
          {"version", fmt::format("{}", model.version)},
          {"builds on", below},
          {"authority", model.acquirer ? "acquirer" : "agent"},
          {"base_currency", model.base_currency},
          {"utc_offset_minutes", fmt::format("{}", model.utc_offset_minutes)},
          {"description (en)", model.description.en},
          {"description (zh)", model.description.zh},
          {"score, challenge_at", share(model.score.challenge_at_ppm)},
          {"score, decline_at", share(model.score.decline_at_ppm)}};
}

std::string whole_portrait(const Model& model) {
  std::string text;
  add(text, "head", portrait_of_head(model));
  for (const auto& each : model.attributes) add(text, "attribute " + each.name, portrait(each));
  for (const auto& each : model.registered)
    add(text, "fact " + each.entity + "." + each.name, portrait(each));
  for (const auto& each : model.parameters) add(text, "parameter " + each.name, portrait(each));
  for (const auto& each : model.features) add(text, "feature " + each.name, portrait(each));
  for (const auto& each : model.lists) add(text, "list " + each.name, portrait(each));
  for (const auto& each : model.derived) add(text, "derived " + each.name, portrait(each));
  for (const auto& each : model.rules) add(text, "rule " + each.id, portrait(each));
  for (const auto& each : model.outcomes)
    add(text, "outcome " + word(vocabulary::authorisations, each.authorisation), portrait(each));
  for (const auto& each : model.messages) add(text, "message " + each.reason, portrait(each));
  return text;
}

}  // namespace tillwatch::policy
