#include "scenario/expectation.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "core/time.h"
#include "engine/explanation.h"
#include "yaml/yaml.h"

namespace tillwatch::scenario {
namespace {

using engine::Reading;
using Verdict = core::Result<std::optional<std::string>>;

std::string value_text(const Reading& reading) {
  if (reading.coverage == engine::Coverage::absent) return "none";
  if (reading.type == Reading::Type::none) return std::string(engine::name_of(reading.coverage));
  switch (reading.type) {
    case Reading::Type::boolean:
      return reading.integer != 0 ? "true" : "false";
    case Reading::Type::integer:
      return std::to_string(reading.integer);
    case Reading::Type::decimal:
      return fmt::format("{}", reading.decimal);
    case Reading::Type::text:
    case Reading::Type::list:
      return reading.text;
    case Reading::Type::none:
      break;
  }
  return "none";
}

bool same_number(const std::string& text, std::int64_t number) {
  const std::string minor = minor_units(text);
  std::int64_t wanted = 0;
  const auto [end, error] = std::from_chars(minor.data(), minor.data() + minor.size(), wanted);
  if (error == std::errc{} && end == minor.data() + minor.size()) return wanted == number;
  const auto duration = core::parse_duration(text);
  return duration && *duration == number;
}

// A mean of money may be written in yuan, as any other money.
bool same_decimal(const std::string& text, double number, bool money) {
  double wanted = 0;
  const std::string written = money ? minor_units(text) : text;
  const auto [end, error] = std::from_chars(written.data(), written.data() + written.size(), wanted);
  if (error != std::errc{} || end != written.data() + written.size()) return false;
  return std::abs(wanted - number) <= 1e-9 * std::max(1.0, std::abs(wanted));
}

bool value_is(const Reading& reading, const std::string& unit, const std::string& wanted) {
  const std::string text = value_text(reading);
  if (text == wanted) return true;
  if (reading.coverage == engine::Coverage::absent) return false;
  if (reading.type == Reading::Type::integer) return same_number(wanted, reading.integer);
  if (reading.type == Reading::Type::decimal)
    return same_decimal(wanted, reading.decimal, unit.starts_with("money"));
  return false;
}

std::vector<std::string> value_names(const policy::Bundle& bundle) {
  std::vector<std::string> names;
  for (const policy::SlotInfo& slot : bundle.slots()) names.push_back(slot.name);
  for (const payment::AttributeInfo& info : payment::attributes()) names.emplace_back(info.name);
  return names;
}

Verdict judge_value(const policy::Bundle& bundle, const Observed& observed, const std::string& word) {
  TRY(pair, pair_from(word));
  const std::int64_t slot = bundle.find_slot(pair.first);
  if (slot < 0) {
    const std::string near = yaml::nearest(pair.first, value_names(bundle));
    return std::unexpected(
        wrong("the pack has no value '" + pair.first + "'" +
              (near.empty() ? "; name an attribute, a feature, a derived value or a parameter"
                            : "; did you mean '" + near + "'?")));
  }
  const std::string& unit = bundle.slot(static_cast<std::uint32_t>(slot)).unit;
  const auto at = std::ranges::find(observed.slots, static_cast<std::uint32_t>(slot));
  const auto index = static_cast<std::size_t>(at - observed.slots.begin());
  const Reading* reading = nullptr;
  if (at != observed.slots.end() && index < observed.readings.size()) reading = &observed.readings[index];
  for (const Reading& each : observed.decision.readings)
    if (reading == nullptr && each.name == pair.first) reading = &each;
  // A desk that cannot look behind the decision says nothing of a value that no rule read.
  if (reading == nullptr) return std::nullopt;
  if (value_is(*reading, unit, pair.second)) return std::nullopt;
  std::string got = pair.first + "=" + value_text(*reading);
  if (!unit.empty())
    got +=
        ", that is " + engine::value_in_words(*reading, unit, engine::Language::english) + " (" + unit + ")";
  return got;
}

const policy::RuleDefinition* find_rule(const policy::Bundle& bundle, const std::string& id) {
  for (const policy::RuleDefinition& rule : bundle.model().rules)
    if (rule.id == id) return &rule;
  return nullptr;
}

core::Result<bool> judge_rule(const policy::Bundle& bundle, const engine::Decision& decision,
                              const std::string& name, const std::string& id) {
  if (find_rule(bundle, id) == nullptr) {
    std::vector<std::string> ids;
    for (const policy::RuleDefinition& rule : bundle.model().rules) ids.push_back(rule.id);
    const std::string near = yaml::nearest(id, ids);
    return std::unexpected(
        wrong("the pack has no rule '" + id + "'" + (near.empty() ? "" : "; did you mean '" + near + "'?")));
  }
  if (name == "rule") return fired(decision, id);
  if (name == "not") return !fired(decision, id);
  return std::ranges::any_of(decision.hits,
                             [&](const engine::RuleHit& hit) { return hit.rule == id && hit.shadow; });
}

bool says(const policy::Bundle& bundle, const engine::Decision& decision, const std::string& part) {
  for (const engine::RuleHit& hit : decision.hits)
    for (const engine::Language language : {engine::Language::english, engine::Language::chinese})
      if (engine::words(bundle, hit, decision, language).find(part) != std::string::npos) return true;
  return false;
}

core::Result<bool> holds(const policy::Bundle& bundle, const engine::Decision& decision,
                         const std::string& name, const std::string& value) {
  if (name == "authorisation") return engine::name_of(decision.proposed.authorisation) == value;
  if (name == "settlement") return engine::name_of(decision.proposed.settlement) == value;
  if (name == "subject") return engine::name_of(decision.proposed.subject) == value;
  if (name == "rule" || name == "not" || name == "shadow") return judge_rule(bundle, decision, name, value);
  if (name == "standing")
    return std::ranges::any_of(decision.standing,
                               [&](const engine::StandingHit& hit) { return hit.name == value; });
  if (name == "reason")
    return std::ranges::any_of(
        decision.hits, [&](const engine::RuleHit& hit) { return !hit.shadow && hit.reason == value; });
  if (name == "not_seen") return std::ranges::find(decision.not_seen, value) != decision.not_seen.end();
  if (name == "says") return says(bundle, decision, value);
  if (name == "score") return same_decimal(value, decision.score_ppm / 1e6, false);
  return std::unexpected(
      wrong("'" + name +
            "' cannot be expected; known are quiet, authorisation, settlement, subject, rule, not, shadow, "
            "reason, standing, score, says, not_seen and value"));
}

}  // namespace

bool fired(const engine::Decision& decision, const std::string& rule) {
  return std::ranges::any_of(decision.hits,
                             [&](const engine::RuleHit& hit) { return hit.rule == rule && !hit.shadow; });
}

std::string in_words(const policy::Bundle& bundle, const engine::Decision& decision) {
  std::string words = std::string(engine::name_of(decision.proposed.authorisation)) + ", " +
                      std::string(engine::name_of(decision.proposed.settlement)) + ", " +
                      std::string(engine::name_of(decision.proposed.subject));
  for (const engine::RuleHit& hit : decision.hits)
    words += "; " + hit.rule + (hit.shadow ? " (shadow): " : ": ") +
             engine::words(bundle, hit, decision, engine::Language::english);
  for (const engine::StandingHit& hit : decision.standing)
    words += "; " + std::string(engine::name_of(hit.effect)) + " by " + hit.name;
  if (decision.hits.empty() && decision.standing.empty()) words += "; no rule matched";
  if (decision.rule_errors != 0) words += "; " + std::to_string(decision.rule_errors) + " rules failed";
  for (const std::string& name : decision.not_seen) words += "; not seen: " + name;
  return words;
}

std::vector<std::string> values_asked_for(const Words& words) {
  std::vector<std::string> names;
  for (std::size_t i = 1; i + 1 < words.size(); ++i)
    if (words[i] == "value") names.push_back(words[i + 1].substr(0, words[i + 1].find('=')));
  return names;
}

Verdict judge(const policy::Bundle& bundle, const Observed& observed, const Words& words, std::size_t& at) {
  const engine::Decision& decision = observed.decision;
  const std::string& word = words[at++];
  if (word == "value") {
    if (at == words.size()) return std::unexpected(wrong("write: value NAME=NUMBER"));
    return judge_value(bundle, observed, words[at++]);
  }
  bool met = false;
  if (word == "quiet") {
    met = decision.proposed.quiet() && decision.hits.empty() && decision.standing.empty();
  } else {
    TRY(pair, pair_from(word));
    TRY(held, holds(bundle, decision, pair.first, pair.second));
    met = held;
  }
  if (met) return std::nullopt;
  return in_words(bundle, decision);
}

}  // namespace tillwatch::scenario
