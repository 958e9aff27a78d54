#include "engine/activation.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/check.h"

namespace tillwatch::engine {

using payment::AttributeId;
using policy::Bundle;
using policy::SlotInfo;

cel::Value to_cel(const payment::Value& value) {
  switch (value.type()) {
    case payment::Value::Type::absent:
      return {};
    case payment::Value::Type::boolean:
      return cel::Value::boolean(value.boolean());
    case payment::Value::Type::integer:
      return cel::Value::integer(value.integer());
    case payment::Value::Type::decimal:
      return cel::Value::real(value.decimal());
    case payment::Value::Type::text:
      return cel::Value::text(value.text());
  }
  return {};
}

namespace {

// A fact of another type than declared is as good as absent: the declaration is what rules were checked
// against.
cel::Value of_type(const payment::Value& value, policy::ScalarType type) {
  using Type = payment::Value::Type;
  switch (type) {
    case policy::ScalarType::boolean:
      return value.type() == Type::boolean ? to_cel(value) : cel::Value{};
    case policy::ScalarType::integer:
      return value.type() == Type::integer ? to_cel(value) : cel::Value{};
    case policy::ScalarType::text:
      return value.type() == Type::text ? to_cel(value) : cel::Value{};
    case policy::ScalarType::decimal:
      if (value.type() == Type::integer) return cel::Value::real(static_cast<double>(value.integer()));
      return value.type() == Type::decimal ? to_cel(value) : cel::Value{};
  }
  return {};
}

// The attribute of the entry that names the subject of a registered fact.
AttributeId subject_of(std::string_view entity) {
  if (entity == "merchant") return AttributeId::merchant_id;
  if (entity == "terminal") return AttributeId::terminal_serial;
  if (entity == "agent") return AttributeId::agent_id;
  if (entity == "rep") return AttributeId::agent_rep;
  if (entity == "channel") return AttributeId::channel_id;
  if (entity == "account") return AttributeId::account_id;
  if (entity == "person") return AttributeId::person_id;
  return AttributeId::card_reference;
}

void put(Reading& reading, const cel::Value& value) {
  switch (value.kind) {
    case cel::Kind::boolean:
      reading.type = Reading::Type::boolean;
      reading.integer = value.i;
      break;
    case cel::Kind::integer:
      reading.type = Reading::Type::integer;
      reading.integer = value.i;
      break;
    case cel::Kind::real:
      reading.type = Reading::Type::decimal;
      reading.decimal = value.d;
      break;
    case cel::Kind::text:
      reading.type = Reading::Type::text;
      reading.text = value.view();
      break;
    case cel::Kind::unknown:
      reading.coverage = Coverage::unknown_limit;
      break;
    default:
      reading.coverage = Coverage::absent;
      break;
  }
}

}  // namespace

cel::Value SourceActivation::load(std::uint32_t slot) {
  if (slot < Bundle::first_slot) return to_cel(entry_->get(static_cast<AttributeId>(slot)));
  const SlotInfo& info = bundle_.slots()[slot - Bundle::first_slot];
  switch (info.kind) {
    case SlotInfo::Kind::own:
      return of_type(entry_->extra(info.name), info.type);
    case SlotInfo::Kind::parameter:
      return load_parameter(info.index);
    case SlotInfo::Kind::time:
      return load_time(info.index);
    default:
      return {};
  }
}

cel::Value SourceActivation::load_parameter(std::uint32_t index) const {
  const core::TimeMs now = entry_->header().admitted_at;
  for (const policy::ParameterDefinition& dated : bundle_.parameters()[index].dated) {
    if (now < dated.effective_from.value_or(core::time_min) ||
        now >= dated.effective_to.value_or(core::time_max))
      continue;
    switch (dated.value.index()) {
      case 0:
        return cel::Value::boolean(std::get<bool>(dated.value));
      case 1:
        return cel::Value::integer(std::get<std::int64_t>(dated.value));
      case 2:
        return cel::Value::real(std::get<double>(dated.value));
      default:
        return cel::Value::text(std::get<std::string>(dated.value));
    }
  }
  return {};
}

cel::Value SourceActivation::load_time(std::uint32_t index) const {
  const payment::EntryHeader& header = entry_->header();
  const core::TimeMs local = header.event_time + bundle_.model().utc_offset_minutes * core::minute_ms;
  const std::int64_t day = core::floor_div(local, core::day_ms);
  switch (index) {
    case 0:
      return cel::Value::integer(header.event_time);
    case 1:
      return cel::Value::integer(header.admitted_at);
    case 2:
      return cel::Value::integer(core::floor_mod(local, core::day_ms) / core::hour_ms);
    case 3:
      return cel::Value::integer(core::weekday_of_days(day));
    default:
      return cel::Value::integer(day);
  }
}

DecidingActivation::DecidingActivation(const Bundle& bundle, const Facts& facts,
                                       std::vector<std::unique_ptr<Generation>>& generations,
                                       const std::vector<FeatureHome>& homes, cel::Arena& arena)
    : SourceActivation(bundle),
      facts_(facts),
      generations_(generations),
      homes_(homes),
      arena_(arena),
      features_(bundle.features().size()),
      derived_(bundle.derived().size()),
      registered_(bundle.model().registered.size()) {
  const std::vector<policy::RegisteredDefinition>& definitions = bundle.model().registered;
  for (std::uint32_t i = 0; i < definitions.size(); ++i) {
    auto subject = std::ranges::find(subjects_, definitions[i].entity, &RegisteredSubject::entity);
    if (subject == subjects_.end())
      subject =
          subjects_.insert(subject, {definitions[i].entity, subject_of(definitions[i].entity), {}, false});
    subject->facts.push_back(i);
    subject_of_.push_back(static_cast<std::uint32_t>(subject - subjects_.begin()));
  }
  for (RegisteredSubject& subject : subjects_)
    std::ranges::sort(subject.facts, {}, [&](std::uint32_t index) { return definitions[index].name; });
}

void DecidingActivation::begin(const payment::EntryView& entry, std::uint64_t window_sequence) {
  SourceActivation::begin(entry);
  window_sequence_ = window_sequence;
  for (FeatureCell& cell : features_) cell.known = false;
  for (DerivedCell& cell : derived_) cell.known = false;
  for (RegisteredSubject& subject : subjects_) subject.known = false;
  for (const std::unique_ptr<Generation>& generation : generations_)
    if (generation) generation->begin_evaluation(entry, window_sequence);
}

cel::Value DecidingActivation::load(std::uint32_t slot) {
  if (slot < Bundle::first_slot) return to_cel(entry_->get(static_cast<AttributeId>(slot)));
  const SlotInfo& info = bundle_.slots()[slot - Bundle::first_slot];
  switch (info.kind) {
    case SlotInfo::Kind::feature:
      return feature(info.index).value;
    case SlotInfo::Kind::derived: {
      DerivedCell& cell = derived_[info.index];
      if (!cell.known) {
        cell.value = cel::evaluate(*bundle_.derived()[info.index].value, *this, arena_);
        // What cannot be computed is absent, so that has() can ask; unknown stays unknown.
        if (cell.value.is_error()) cell.value = {};
        if (cell.value.is_unknown()) cell.value = cel::Value::unknown();
        cell.known = true;
      }
      return cell.value;
    }
    case SlotInfo::Kind::registered:
      return load_registered(info.index);
    case SlotInfo::Kind::listed:
      return load_listed(info.index);
    default:
      return SourceActivation::load(slot);
  }
}

const DecidingActivation::FeatureCell& DecidingActivation::feature(std::uint32_t index) {
  FeatureCell& cell = features_[index];
  if (cell.known) return cell;
  cell.known = true;
  cell.value = {};
  cell.window = {};
  const FeatureHome& home = homes_[index];
  if (home.generation < 0) {
    cell.value = cel::Value::unknown();
    return cell;
  }
  const policy::FeatureDefinition& definition = bundle_.model().features[index];
  const policy::CompiledFeature& compiled = bundle_.features()[index];
  cell.window = generations_[static_cast<std::size_t>(home.generation)]->evaluate(home.feature);
  window::FeatureValue& window = cell.window;
  // previous n: the n-th of the list, or nothing.
  if (window.state == window::FeatureState::known && window.form == window::ValueForm::list) {
    if (window.list.size() < definition.n) {
      window.state = window::FeatureState::empty;
    } else {
      const window::Scalar& nth = window.list[definition.n - 1];
      cell.value = nth.kind == window::Scalar::Kind::text ? cel::Value::text(arena_.copy(nth.text))
                                                          : cel::Value::integer(nth.integer);
      return cell;
    }
  }
  if (window.state == window::FeatureState::unknown_limit) {
    cell.value = cel::Value::unknown();
  } else if (window.state == window::FeatureState::known) {
    switch (window.form) {
      case window::ValueForm::integer:
        cell.value = cel::Value::integer(window.integer);
        break;
      case window::ValueForm::real:
        cell.value = cel::Value::real(window.real);
        break;
      default:
        cell.value = cel::Value::text(arena_.copy(window.text));
        break;
    }
  } else if (definition.empty) {
    cell.value = compiled.type == policy::ScalarType::decimal
                     ? cel::Value::real(*definition.empty)
                     : cel::Value::integer(static_cast<std::int64_t>(*definition.empty));
  }
  return cell;
}

cel::Value DecidingActivation::load_registered(std::uint32_t index) {
  RegisteredSubject& subject = subjects_[subject_of_[index]];
  if (!subject.known) read_subject(subject);
  return registered_[index];
}

void DecidingActivation::read_subject(RegisteredSubject& subject) {
  subject.known = true;
  for (const std::uint32_t index : subject.facts) registered_[index] = {};
  const std::string_view id = entry_->text(subject.id);
  if (id.empty()) return;
  const std::vector<policy::RegisteredDefinition>& definitions = bundle_.model().registered;
  RegisteredFacts facts = facts_.registered_facts(subject.entity, id);
  while (facts.next()) {
    const auto at = std::ranges::lower_bound(subject.facts, facts.name(), {}, [&](std::uint32_t index) {
      return std::string_view(definitions[index].name);
    });
    if (at == subject.facts.end() || definitions[*at].name != facts.name()) continue;
    registered_[*at] = kept(of_type(facts.value(), definitions[*at].type));
  }
}

// An act of this very decision may move what the tables hold: texts are copied.
cel::Value DecidingActivation::kept(const cel::Value& value) {
  if (!value.is(cel::Kind::text) || value.size == 0) return value;
  const std::string_view copy = arena_.copy(value.view());
  return copy.data() == nullptr ? cel::Value::unknown() : cel::Value::text(copy);
}

cel::Value DecidingActivation::load_listed(std::uint32_t index) const {
  const AttributeId attribute = bundle_.list_attributes()[index];
  const payment::Value value = entry_->get(attribute);
  if (value.absent()) return cel::Value::boolean(false);
  const std::string number =
      value.type() == payment::Value::Type::integer ? fmt::format("{}", value.integer()) : std::string();
  const std::string_view text = number.empty() ? value.text() : std::string_view(number);
  return cel::Value::boolean(
      facts_.listed(bundle_.model().lists[index].name, text, entry_->header().admitted_at).has_value());
}

Reading DecidingActivation::reading(std::uint32_t slot) {
  Reading reading;
  const SlotInfo info = bundle_.slot(slot);
  reading.name = info.name;
  put(reading, load(slot));
  if (info.kind != SlotInfo::Kind::feature) return reading;
  const FeatureCell& cell = feature(info.index);
  if (homes_[info.index].generation < 0) {
    reading.coverage = Coverage::unknown_backfill;
    return reading;
  }
  reading.window_from = cell.window.window_from;
  reading.window_to = cell.window.window_to;
  reading.entries = static_cast<std::uint32_t>(std::min<std::uint64_t>(cell.window.entries, UINT32_MAX));
  if (cell.window.approximate) {
    reading.coverage = Coverage::approximate;
    reading.bound = cell.window.bound;
  }
  return reading;
}

}  // namespace tillwatch::engine
