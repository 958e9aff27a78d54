// How one entry is judged: rules, lists and restrictions, score, outcome, and what follows from it at once.
#include <algorithm>
#include <array>

#include "core/check.h"
#include "engine/engine.h"

namespace tillwatch::engine {

using payment::AttributeId;
using payment::EntryView;
using payment::Value;

namespace {

constexpr std::uint32_t one_ppm = 1'000'000;

// A rule about a card is no surer than the card's identity (architecture, section 4).
std::uint32_t confidence_cap(std::string_view identity) {
  if (identity == "masked") return 600'000;
  if (identity == "issuer_only") return 300'000;
  if (identity == "none") return 100'000;
  return one_ppm;
}

Outcome outcome_of(const policy::ActionDefinition& action) {
  return {static_cast<Authorisation>(action.authorisation), static_cast<Settlement>(action.settlement),
          static_cast<Subject>(action.subject)};
}

}  // namespace

void Engine::decide(EntryView& entry, std::uint64_t window_sequence, Decision& decision) {
  decision = {};
  decision.kind = entry.kind();
  decision.event_time = entry.header().event_time;
  decision.admitted_at = entry.header().admitted_at;
  decision.authority = bundle_->model().acquirer ? Authority::acquirer : Authority::agent;
  decision.policy = bundle_->hash();
  if (entry.has(AttributeId::card_id)) decision.card_id = entry.get(AttributeId::card_id).integer();
  scratch_.reset();
  activation_->begin(entry, window_sequence);
  ceilings_.begin_decision();
  evaluate_rules(entry, decision);
  settle_outcome(decision);
  weigh_standing(entry, decision);
  if (decision.authority == Authority::acquirer) decision.effective = decision.proposed;
  if (ceilings_.end_decision()) {
    for (std::size_t i = 0; i < modes_.size(); ++i) {
      const policy::RuleDefinition& rule = bundle_->model().rules[i];
      if (modes_[i] != policy::RuleMode::live || !ceilings_.over(i, rule.ceiling_ppm)) continue;
      payment::EntryBuilder command;
      command.header.kind = payment::EntryKind::registry_command;
      command.set(AttributeId::registry_entity, Value::of("rule"));
      command.set(AttributeId::registry_id, Value::of(std::string_view(rule.id)));
      command.set(AttributeId::registry_action, Value::of("set"));
      CHECK(command.set_extra("mode", Value::of("shadow")).has_value());
      CHECK(command.set_extra("why", Value::of("ceiling")).has_value());
      commands_.push_back(std::move(command));
    }
  }
}

std::uint16_t Engine::reading_of(std::uint32_t slot, Decision& decision) {
  if (seen_slot_[slot] == 0) {
    decision.readings.push_back(activation_->reading(slot));
    seen_slot_[slot] = static_cast<std::uint32_t>(decision.readings.size());
  }
  return static_cast<std::uint16_t>(seen_slot_[slot] - 1);
}

void Engine::evaluate_rules(const EntryView& entry, Decision& decision) {
  const std::uint32_t kind_bit = 1u << static_cast<unsigned>(entry.kind());
  const std::uint32_t cap = confidence_cap(entry.text(AttributeId::card_identity));
  const std::vector<policy::RuleDefinition>& rules = bundle_->model().rules;
  std::ranges::fill(seen_slot_, 0u);
  hit_rules_.clear();
  unseen_.clear();
  bundle_->conditions().begin(*activation_, planes_);
  for (std::uint32_t i = 0; i < rules.size(); ++i) {
    if (modes_[i] == policy::RuleMode::off || (rules[i].kinds & kind_bit) == 0) continue;
    if (const std::optional<RuleHit::Cause> cause = judge_rule(i, decision))
      note_hit(i, *cause, cap, decision);
  }
  for (const std::uint32_t slot : unseen_) decision.not_seen.push_back(bundle_->slot(slot).name);
}

std::optional<RuleHit::Cause> Engine::judge_rule(std::uint32_t rule, Decision& decision) {
  bool unknown = false;
  bool missing = true;  // an attribute that the entry does not have: no fault of the rule
  switch (bundle_->conditions().verdict(rule, planes_)) {
    case cel::Verdict::is_false:
      return std::nullopt;
    case cel::Verdict::is_true:
      return RuleHit::Cause::matched;
    case cel::Verdict::absent:
      break;
    case cel::Verdict::open: {
      const cel::Value result = bundle_->conditions().evaluate(rule, *activation_, scratch_, planes_);
      if (result.is_false()) return std::nullopt;
      if (result.is_true()) return RuleHit::Cause::matched;
      unknown = result.is_unknown();
      missing = result.is_error() && result.failure->kind == cel::ErrorKind::no_such_attribute;
    }
  }
  if (!unknown && !missing) ++decision.rule_errors;
  for (const std::uint32_t slot : bundle_->rules()[rule].reads) {
    const cel::Value value = activation_->load(slot);
    if ((value.is(cel::Kind::absent) || value.is_unknown()) &&
        std::ranges::find(unseen_, slot) == unseen_.end())
      unseen_.push_back(slot);
  }
  const policy::RuleDefinition& definition = bundle_->model().rules[rule];
  if (!(unknown ? definition.match_on_unknown : definition.match_on_error)) return std::nullopt;
  return unknown ? RuleHit::Cause::unknown : RuleHit::Cause::error;
}

void Engine::note_hit(std::uint32_t rule, RuleHit::Cause cause, std::uint32_t confidence_cap,
                      Decision& decision) {
  const policy::RuleDefinition& definition = bundle_->model().rules[rule];
  ceilings_.hit(rule);
  RuleHit hit;
  hit.rule = definition.id;
  hit.typology = definition.typology;
  hit.reason = definition.reason;
  hit.severity = definition.severity;
  hit.shadow = modes_[rule] == policy::RuleMode::shadow;
  hit.cause = cause;
  hit.asks = outcome_of(definition.action);
  hit.confidence_ppm = rule_reads_card_[rule] ? std::min(definition.confidence_ppm, confidence_cap)
                                              : definition.confidence_ppm;
  for (const std::uint32_t slot : bundle_->rules()[rule].reads)
    hit.reads.push_back(reading_of(slot, decision));
  // The wording may show values that the condition does not read.
  for (const bool chinese : {false, true})
    for (const policy::Bundle::WordingPiece& piece : bundle_->wording(rule, chinese)) {
      if (piece.slot < 0) continue;
      const std::uint16_t reading = reading_of(static_cast<std::uint32_t>(piece.slot), decision);
      if (std::ranges::find(hit.reads, reading) == hit.reads.end()) hit.reads.push_back(reading);
    }
  decision.hits.push_back(std::move(hit));
  hit_rules_.push_back(rule);
}

void Engine::settle_outcome(Decision& decision) {
  // Fixed point and rule-id order, so that every machine rounds alike.
  const std::vector<policy::RuleDefinition>& rules = bundle_->model().rules;
  std::vector<std::size_t> live;
  for (std::size_t i = 0; i < decision.hits.size(); ++i)
    if (!decision.hits[i].shadow) live.push_back(i);
  std::ranges::sort(live, {}, [&](std::size_t i) { return std::string_view(decision.hits[i].rule); });
  std::uint64_t remaining = one_ppm;
  for (const std::size_t i : live) {
    const RuleHit& hit = decision.hits[i];
    decision.proposed.raise(hit.asks);
    const std::uint64_t part = std::uint64_t{rules[hit_rules_[i]].weight_ppm} * hit.confidence_ppm / one_ppm;
    remaining = remaining * (one_ppm - part) / one_ppm;
  }
  decision.score_ppm = static_cast<std::uint32_t>(one_ppm - remaining);
  const policy::ScoreDefinition& score = bundle_->model().score;
  if (score.challenge_at_ppm != 0 && decision.score_ppm >= score.challenge_at_ppm)
    decision.proposed.raise({Authorisation::challenge, {}, {}});
  if (score.decline_at_ppm != 0 && decision.score_ppm >= score.decline_at_ppm)
    decision.proposed.raise({Authorisation::decline, {}, {}});
}

// Above the rules, strongest first: block, override, overridable block; then restrictions that earlier
// decisions have set.
void Engine::weigh_standing(const EntryView& entry, Decision& decision) {
  const core::TimeMs now = entry.header().admitted_at;
  bool block = false, overridable = false, overridden = false, snoozed = false;
  const std::vector<policy::ListDefinition>& lists = bundle_->model().lists;
  for (std::size_t i = 0; i < lists.size(); ++i) {
    if (lists[i].effect == policy::ListEffect::none) continue;
    const AttributeId attribute = bundle_->list_attributes()[i];
    const Value value = entry.get(attribute);
    if (value.absent()) continue;
    const std::string text =
        value.type() == Value::Type::integer ? std::to_string(value.integer()) : std::string(value.text());
    const std::optional<ListItem> item = facts_.listed(lists[i].name, text, now);
    if (!item) continue;
    StandingHit hit{
        StandingHit::Effect::block, lists[i].name, lists[i].of, item->owner, item->reason, item->expires_at};
    switch (lists[i].effect) {
      case policy::ListEffect::block:
        block = true;
        break;
      case policy::ListEffect::overridable_block:
        overridable = true;
        hit.effect = StandingHit::Effect::overridable_block;
        break;
      case policy::ListEffect::allow_override:
        overridden = true;
        hit.effect = StandingHit::Effect::allow_override;
        break;
      case policy::ListEffect::snooze:
        snoozed = true;
        hit.effect = StandingHit::Effect::snooze;
        break;
      case policy::ListEffect::none:
        break;
    }
    decision.standing.push_back(std::move(hit));
  }
  Authorisation standing = Authorisation::allow;
  if (facts_.any_restriction()) {
    for (const AttributeId attribute : bound_attributes_) {
      const Value value = entry.get(attribute);
      if (value.type() != Value::Type::text) continue;
      const std::string_view name = payment::find_attribute(attribute)->name;
      const std::optional<Restriction> restriction = facts_.restriction(name, value.text(), now);
      if (!restriction) continue;
      standing = std::max(standing, restriction->level == Subject::suspend ? Authorisation::decline
                                                                           : Authorisation::challenge);
      decision.standing.push_back({StandingHit::Effect::restriction, restriction->rule, std::string(name), "",
                                   restriction->reason, restriction->expires_at});
    }
  }
  decision.proposed.authorisation = std::max(decision.proposed.authorisation, standing);
  if (overridable) decision.proposed.authorisation = Authorisation::decline;
  if (overridden) decision.proposed = {};
  if (snoozed && decision.proposed.subject == Subject::watch) decision.proposed.subject = Subject::none;
  if (block) decision.proposed.authorisation = Authorisation::decline;
}

// Acts take effect inside the step: the next swipe sees them. In agent mode they are requests and bind nobody
// here.
void Engine::act(const EntryView& entry, const Decision& decision) {
  if (decision.authority != Authority::acquirer) return;
  const bool overridden = std::ranges::any_of(decision.standing, [](const StandingHit& hit) {
    return hit.effect == StandingHit::Effect::allow_override;
  });
  if (overridden) return;
  for (std::size_t i = 0; i < decision.hits.size(); ++i) {
    const RuleHit& hit = decision.hits[i];
    if (hit.shadow || hit.asks.subject < Subject::restrict) continue;
    const policy::ActionDefinition& action = bundle_->model().rules[hit_rules_[i]].action;
    const payment::AttributeInfo* of = payment::find_attribute(action.of);
    const Value value = of == nullptr ? Value() : entry.get(of->id);
    if (value.type() != Value::Type::text) continue;
    facts_.restrict_subject(
        of->name, value.text(),
        {hit.asks.subject, hit.rule, hit.reason, entry.header().admitted_at + action.lasts});
  }
}

}  // namespace tillwatch::engine
