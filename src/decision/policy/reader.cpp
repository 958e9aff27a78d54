#include "policy/reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <functional>

#include "core/limits.h"
#include "payment/entry.h"
#include "policy/packs.h"
#include "policy/section.h"
#include "policy/vocabulary.h"

namespace tillwatch::policy {
namespace {

// Reads every item of the list `key` of one file with `each`.
void each_item(Section& file, std::string_view key, const std::function<void(const yaml::Node&)>& each) {
  const yaml::Node* list = file.member(key);
  if (list == nullptr) return;
  if (list->kind != yaml::Node::Kind::sequence) {
    file.fault(list->place, fmt::format("'{}' is a list", key), "begin each item with '- '");
    return;
  }
  for (const yaml::Node& item : list->items) each(item);
}

void read_kinds(Section& section, std::string_view key, std::uint32_t& kinds) {
  std::vector<std::string> names;
  section.texts(key, names);
  for (const std::string& name : names) {
    const payment::EntryKind* kind = payment::find_entry_kind(name);
    if (kind == nullptr)
      section.fault(section.place(), fmt::format("there is no entry kind '{}'", name),
                    fmt::format("kinds are {}", fmt::join(vocabulary::kinds, ", ")));
    else
      kinds |= 1u << static_cast<unsigned>(*kind);
  }
  if (kinds == 0) kinds = 1u << static_cast<unsigned>(payment::EntryKind::transaction);
}

AttributeDefinition read_attribute(const yaml::Node& node, Faults& faults) {
  Section section(node, "attribute", faults);
  AttributeDefinition attribute;
  attribute.place = node.place;
  section.text("name", attribute.name, true);
  if (const auto at = section.choice("type", words_of(vocabulary::types)))
    attribute.type = static_cast<ScalarType>(*at);
  section.text("unit", attribute.unit);
  return attribute;
}

RegisteredDefinition read_registered(const yaml::Node& node, Faults& faults) {
  Section section(node, "registered fact", faults);
  RegisteredDefinition fact;
  fact.place = node.place;
  section.required("entity");
  if (const auto at = section.choice("entity", words_of(vocabulary::entities)))
    fact.entity = vocabulary::entities[*at];
  section.text("name", fact.name, true);
  if (const auto at = section.choice("type", words_of(vocabulary::types)))
    fact.type = static_cast<ScalarType>(*at);
  section.text("unit", fact.unit);
  return fact;
}

ParameterValue read_parameter_value(Section& section, const yaml::Node& node, const std::string& unit) {
  bool flag = false;
  std::int64_t whole = 0;
  double decimal = 0;
  if (unit == "duration") {
    if (const auto duration = core::parse_duration(node.scalar)) return static_cast<std::int64_t>(*duration);
    section.fault(node.place, "the value of a duration is written 30d, 24h, 10m, 5s or 250ms");
    return std::int64_t{0};
  }
  if (yaml::as_boolean(node, flag)) return flag;
  if (yaml::as_integer(node, whole)) return whole;
  if (yaml::as_decimal(node, decimal)) return decimal;
  if (!node.is_scalar())
    section.fault(node.place, "the value of a parameter is a number, true or false, or a text");
  return node.scalar;
}

ParameterDefinition read_parameter(const yaml::Node& node, Faults& faults) {
  Section section(node, "parameter", faults);
  ParameterDefinition parameter;
  parameter.place = node.place;
  section.text("name", parameter.name, true);
  section.text("unit", parameter.unit);
  section.text("source", parameter.source);
  if (parameter.source.empty())
    section.fault(node.place, fmt::format("parameter '{}' names no source", parameter.name),
                  "say which rule, contract or back-test the value comes from");
  section.date("effective_from", parameter.effective_from);
  section.date("effective_to", parameter.effective_to);
  if (const yaml::Node* value = section.required("value"))
    parameter.value = read_parameter_value(section, *value, parameter.unit);
  return parameter;
}

void read_window(Section& section, FeatureDefinition& feature) {
  const yaml::Node* window = section.required("window");
  if (window == nullptr) return;
  if (window->scalar == "day") {
    feature.calendar = FeatureDefinition::Calendar::day;
    feature.window = core::day_ms;
  } else if (window->scalar == "month") {
    feature.calendar = FeatureDefinition::Calendar::month;
    feature.window = 31 * core::day_ms;
  } else {
    section.duration("window", feature.window);
    if (feature.window > core::limits::window_length_ms_max)
      section.fault(window->place, "the longest window is 400d");
  }
}

// What the windows can keep in buckets: whatever two buckets can be joined to.
bool has_buckets(Aggregate aggregate) {
  return aggregate == Aggregate::count || aggregate == Aggregate::sum || aggregate == Aggregate::mean ||
         aggregate == Aggregate::min || aggregate == Aggregate::max || aggregate == Aggregate::share;
}

// The key, and what only some aggregates take: the windows would refuse the feature when the pack is loaded.
void read_shape(Section& section, FeatureDefinition& feature) {
  const std::string_view name = vocabulary::aggregates[static_cast<std::size_t>(feature.aggregate)];
  const yaml::Node* key = section.required("key");
  section.texts("key", feature.key);
  if (key != nullptr && (feature.key.empty() || feature.key.size() > 4))
    section.fault(key->place, "a key has one to four attributes",
                  "write [merchant.id] or [card.id, merchant.id]");
  const bool top = feature.aggregate == Aggregate::top_share;
  std::int64_t n = top ? 5 : 1, k = 0, budget = 0;
  section.integer("n", n, 1, 16);
  section.integer("k", k, 1, 16);
  section.integer("budget", budget, 1, core::limits::window_entries_per_key_max);
  feature.n = static_cast<std::uint32_t>(k != 0 ? k : n);
  feature.budget = static_cast<std::uint32_t>(budget);
  if (feature.n != 1 && !top && feature.aggregate != Aggregate::previous)
    section.fault(section.member(k != 0 ? "k" : "n")->place, fmt::format("'{}' takes no n", name),
                  "leave it out; only previous and top_share count so far");
  const auto mode = section.choice("mode", words_of(vocabulary::window_modes));
  feature.bucketed = mode && *mode == 1;
  if (feature.bucketed && !has_buckets(feature.aggregate))
    section.fault(section.member("mode")->place, fmt::format("'{}' cannot be bucketed", name),
                  "leave the mode out; count, sum, mean, min, max and share have buckets");
}

FeatureDefinition read_feature(const yaml::Node& node, Faults& faults) {
  Section section(node, "feature", faults);
  FeatureDefinition feature;
  feature.place = node.place;
  section.text("name", feature.name, true);
  read_kinds(section, "of", feature.kinds);
  section.expression("where", feature.where, false);
  section.required("aggregate");
  if (const auto at = section.choice("aggregate", words_of(vocabulary::aggregates)))
    feature.aggregate = static_cast<Aggregate>(*at);
  read_shape(section, feature);
  const bool valued = feature.aggregate != Aggregate::count && feature.aggregate != Aggregate::since_last;
  section.expression("value", feature.value, valued);
  if (!valued && !feature.value.empty())
    section.fault(feature.value.place,
                  fmt::format("'{}' takes no value",
                              vocabulary::aggregates[static_cast<std::size_t>(feature.aggregate)]));
  read_window(section, feature);
  if (const yaml::Node* empty = section.member("empty")) {
    double value = 0;
    if (yaml::as_decimal(*empty, value))
      feature.empty = value;
    else
      section.fault(empty->place, "'empty' is a number");
  }
  section.text("unit", feature.unit);
  return feature;
}

ListDefinition read_list(const yaml::Node& node, Faults& faults) {
  Section section(node, "list", faults);
  ListDefinition list;
  list.place = node.place;
  section.text("name", list.name, true);
  section.text("of", list.of, true);
  if (const auto at = section.choice("effect", words_of(vocabulary::effects)))
    list.effect = static_cast<ListEffect>(*at);
  return list;
}

DerivedDefinition read_derived(const yaml::Node& node, Faults& faults) {
  Section section(node, "derived value", faults);
  DerivedDefinition derived;
  derived.place = node.place;
  section.text("name", derived.name, true);
  section.expression("value", derived.value, true);
  section.text("unit", derived.unit);
  return derived;
}

void read_lattices(Section& section, const Place& place, ActionDefinition& action) {
  if (const auto at = section.choice("authorisation", words_of(vocabulary::authorisations)))
    action.authorisation = static_cast<std::uint8_t>(*at);
  if (const auto at = section.choice("settlement", words_of(vocabulary::settlements)))
    action.settlement = static_cast<std::uint8_t>(*at);
  if (const auto at = section.choice("subject", words_of(vocabulary::subjects)))
    action.subject = static_cast<std::uint8_t>(*at);
  section.text("of", action.of);
  section.duration("for", action.lasts);
  if (action.subject >= 2 && action.of.empty())
    section.fault(place, "a restrict or suspend must say whom it binds",
                  "add of: merchant.id (or terminal.serial, card.id, agent.id)");
}

// One action, or one for each authority: {acquirer: {...}, agent: {...}}.
void read_action(const yaml::Node& node, Faults& faults, RuleDefinition& rule) {
  Section section(node, "action", faults);
  const yaml::Node* acquirer = section.member("acquirer");
  const yaml::Node* agent = section.member("agent");
  if (acquirer == nullptr && agent == nullptr) return read_lattices(section, node.place, rule.action);
  if (acquirer == nullptr || agent == nullptr)
    return section.fault(node.place, "an action by authority says both",
                         "write {acquirer: {...}, agent: {...}}, or one action for both");
  Section as_acquirer(*acquirer, "action", faults), as_agent(*agent, "action", faults);
  read_lattices(as_acquirer, acquirer->place, rule.as_acquirer.emplace());
  read_lattices(as_agent, agent->place, rule.as_agent.emplace());
}

RuleOverride read_override(const yaml::Node& node, Faults& faults) {
  Section section(node, "rule override", faults);
  RuleOverride change;
  change.place = node.place;
  section.text("rule", change.rule, true);
  if (const auto at = section.choice("mode", words_of(vocabulary::modes)))
    change.mode = static_cast<RuleMode>(*at);
  std::uint32_t ceiling = 0;
  if (section.member("ceiling") != nullptr) {
    section.share("ceiling", ceiling);
    change.ceiling_ppm = ceiling;
  }
  section.date("effective_from", change.effective_from);
  section.date("effective_to", change.effective_to);
  return change;
}

RuleDefinition read_rule(const yaml::Node& node, Faults& faults) {
  Section section(node, "rule", faults);
  RuleDefinition rule;
  rule.place = node.place;
  section.text("id", rule.id, true);
  section.text("typology", rule.typology);
  section.wording("title", rule.title, true);
  read_kinds(section, "on", rule.kinds);
  section.expression("when", rule.when, true);
  if (const yaml::Node* action = section.required("action")) read_action(*action, faults, rule);
  std::int64_t severity = 1;
  section.integer("severity", severity, 1, 4);
  rule.severity = static_cast<std::uint8_t>(severity);
  section.share("confidence", rule.confidence_ppm);
  section.share("weight", rule.weight_ppm);
  section.text("reason", rule.reason, true);
  if (const auto at = section.choice("mode", words_of(vocabulary::modes)))
    rule.mode = static_cast<RuleMode>(*at);
  if (const auto at = section.choice("on_error", words_of(vocabulary::on_troubles)))
    rule.match_on_error = *at == 1;
  if (const auto at = section.choice("on_unknown", words_of(vocabulary::on_troubles)))
    rule.match_on_unknown = *at == 1;
  section.share("ceiling", rule.ceiling_ppm);
  section.date("effective_from", rule.effective_from);
  section.date("effective_to", rule.effective_to);
  if (rule.effective_from && rule.effective_to && *rule.effective_from >= *rule.effective_to)
    section.fault(node.place, fmt::format("rule '{}' ends before it begins", rule.id),
                  "effective_to is the first instant at which it no longer counts");
  if (const yaml::Node* text = section.member("text")) rule.text_place = text->place;
  section.wording("text", rule.text, true);
  section.texts("evidence", rule.evidence);
  return rule;
}

MessageDefinition read_message(const yaml::Node& node, Faults& faults) {
  Section section(node, "message", faults);
  MessageDefinition message;
  message.place = node.place;
  section.text("reason", message.reason, true);
  section.wording("text", message.text, true);
  return message;
}

OutcomeDefinition read_outcome(const yaml::Node& node, Faults& faults) {
  Section section(node, "outcome", faults);
  OutcomeDefinition outcome;
  outcome.place = node.place;
  section.required("authorisation");
  if (const auto at = section.choice("authorisation", words_of(vocabulary::authorisations)))
    outcome.authorisation = static_cast<std::uint8_t>(*at);
  section.text("code", outcome.code);
  const auto alphanumeric = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
  };
  if (outcome.code.size() > core::limits::policy_outcome_code_bytes_max ||
      !std::ranges::all_of(outcome.code, alphanumeric))
    section.fault(node.place, fmt::format("'{}' is no response code", outcome.code),
                  fmt::format("write the host's code, 1 to {} letters and digits: code: \"59\"",
                              core::limits::policy_outcome_code_bytes_max));
  section.wording("title", outcome.title, false);
  return outcome;
}

void read_head(Section& file, Model& model, const yaml::Node& root) {
  std::string name;
  file.text("policy", name);
  if (!name.empty()) {
    if (!model.name.empty()) file.fault(root.place, "the pack is named twice", "keep 'policy:' in one file");
    model.name = name;
  }
  file.integer("version", model.version, 0, 1'000'000'000);
  if (const auto at = file.choice("authority", words_of(vocabulary::authorities))) model.acquirer = *at == 1;
  std::string unused;  // packs.cpp reads it
  file.text("builds_on", unused);
  file.text("base_currency", model.base_currency);
  file.integer("utc_offset_minutes", model.utc_offset_minutes, -14 * 60, 14 * 60);
  file.wording("description", model.description, false);
}

void read_file(const yaml::Node& root, Model& model, Faults& faults) {
  Section file(root, "policy file", faults);
  read_head(file, model, root);
  each_item(file, "attributes",
            [&](const yaml::Node& n) { model.attributes.push_back(read_attribute(n, faults)); });
  each_item(file, "registered",
            [&](const yaml::Node& n) { model.registered.push_back(read_registered(n, faults)); });
  each_item(file, "parameters",
            [&](const yaml::Node& n) { model.parameters.push_back(read_parameter(n, faults)); });
  each_item(file, "features",
            [&](const yaml::Node& n) { model.features.push_back(read_feature(n, faults)); });
  each_item(file, "lists", [&](const yaml::Node& n) { model.lists.push_back(read_list(n, faults)); });
  each_item(file, "derived", [&](const yaml::Node& n) { model.derived.push_back(read_derived(n, faults)); });
  each_item(file, "rules", [&](const yaml::Node& n) { model.rules.push_back(read_rule(n, faults)); });
  each_item(file, "outcomes",
            [&](const yaml::Node& n) { model.outcomes.push_back(read_outcome(n, faults)); });
  each_item(file, "messages",
            [&](const yaml::Node& n) { model.messages.push_back(read_message(n, faults)); });
  each_item(file, "overrides",
            [&](const yaml::Node& n) { model.overrides.push_back(read_override(n, faults)); });
  if (const yaml::Node* score = file.member("score")) {
    Section section(*score, "score", faults);
    section.share("challenge_at", model.score.challenge_at_ppm);
    section.share("decline_at", model.score.decline_at_ppm);
  }
}

// The files of one pack into `model`, whose head may come from the pack below.
void read_pack(const PackFiles& pack, Model& model, Faults& faults) {
  bool readable = true;  // a file that is no YAML may have had the name
  for (const SourceFile* file : pack.files) {
    const core::Result<yaml::Node> root = yaml::parse(file->text, file->name);
    if (root) {
      if (root->kind != yaml::Node::Kind::null) read_file(*root, model, faults);
      continue;
    }
    // The place is already in the text; keep it as the file's fault.
    const std::string& detail = root.error().detail;
    const std::size_t remedy = detail.find("; ");
    Fault fault{{file->name, 1, 1}, detail.substr(0, remedy), ""};
    if (remedy != std::string::npos) fault.hint = detail.substr(remedy + 2);
    readable = false;
    std::sscanf(root.error().where.c_str() + std::min(root.error().where.size(), file->name.size()), ":%d:%d",
                &fault.place.line, &fault.place.column);
    faults.push_back(fault);
  }
  if (model.name.empty() && readable)
    faults.push_back({{pack.files.front()->name, 1, 1}, "the pack has no name", "add 'policy: a-name'"});
}

// Of one pack: what is said twice.
void check_told(const Model& model, Faults& faults) {
  for (const OutcomeDefinition& outcome : model.outcomes)
    if (model.outcome_of(outcome.authorisation) != &outcome)
      faults.push_back(
          {outcome.place,
           fmt::format("the outcome '{}' stands twice", vocabulary::authorisations[outcome.authorisation]),
           "keep one"});
  for (const MessageDefinition& message : model.messages)
    if (model.message_of(message.reason) != &message)
      faults.push_back(
          {message.place, fmt::format("the reason '{}' has two messages", message.reason), "keep one"});
}

// What a site inherits where it says nothing.
Model head_of(const Model& base) {
  Model model;
  model.acquirer = base.acquirer;
  model.base_currency = base.base_currency;
  model.utc_offset_minutes = base.utc_offset_minutes;
  model.description = base.description;
  model.score = base.score;
  return model;
}

}  // namespace

const OutcomeDefinition* Model::outcome_of(std::uint8_t authorisation) const {
  const auto at = std::ranges::find(outcomes, authorisation, &OutcomeDefinition::authorisation);
  return at == outcomes.end() ? nullptr : &*at;
}

const MessageDefinition* Model::message_of(std::string_view reason) const {
  const auto at = std::ranges::find(messages, reason, &MessageDefinition::reason);
  return at == messages.end() ? nullptr : &*at;
}

Model read_model(std::span<const SourceFile> files, Faults& faults) {
  Model model;
  const std::vector<PackFiles> packs = packs_in_order(files, faults);
  if (packs.empty())
    faults.push_back({{"policy.yaml", 1, 1}, "the pack has no file", "add one with 'policy: a-name'"});
  for (std::size_t i = 0; i < packs.size(); ++i) {
    Model own = head_of(model);
    read_pack(packs[i], own, faults);
    check_told(own, faults);
    if (i == 0 && !own.overrides.empty())
      faults.push_back({own.overrides.front().place, "there is no pack below whose rules could be overridden",
                        "name it: builds_on: ../acquiring-first; or change the rule itself"});
    model = i == 0 ? std::move(own) : merged(std::move(model), std::move(own), faults);
  }
  for (RuleDefinition& rule : model.rules)
    if (rule.as_acquirer) rule.action = model.acquirer ? *rule.as_acquirer : *rule.as_agent;
  return model;
}

}  // namespace tillwatch::policy
