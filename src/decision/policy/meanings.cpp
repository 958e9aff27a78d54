// What the names of a policy mean: units, ranges and words of attributes, parameters, features and derived
// values. A part of the review.
#include <fmt/format.h>

#include <algorithm>

#include "cel/program.h"
#include "payment/attribute_domain.h"
#include "policy/names.h"
#include "policy/review.h"

namespace tillwatch::policy {
namespace {

using payment::AttributeId;

// Present in every transaction that the door lets in, or set by the engine itself.
bool always_there(AttributeId id) {
  return id == AttributeId::amount || id == AttributeId::currency || id == AttributeId::tx_type ||
         id == AttributeId::card_id || id == AttributeId::merchant_id || id == AttributeId::card_identity;
}

Unit unit_of(payment::Unit unit) {
  switch (unit) {
    case payment::Unit::money_minor:
      return {Dimension::money, 1, Unit::Currency::own};
    case payment::Unit::money_base_minor:
      return {Dimension::money, 1, Unit::Currency::base};
    case payment::Unit::milliseconds:
      return {Dimension::time};
    case payment::Unit::micro_degrees:
      return {Dimension::angle};
    case payment::Unit::minutes:
      return {Dimension::time, 60'000};
    case payment::Unit::count:
      return {Dimension::count};
    case payment::Unit::none:
      return {};
  }
  return {};
}

Unit named_unit(const std::string& word) {
  return parse_unit(word).value_or(Unit{});
}

bool sums_up(Aggregate aggregate) {
  return aggregate == Aggregate::sum || aggregate == Aggregate::mean || aggregate == Aggregate::stddev ||
         aggregate == Aggregate::min || aggregate == Aggregate::max;
}

Meaning meaning_of(const FeatureDefinition& definition, const Meaning& value) {
  Meaning meaning;
  switch (definition.aggregate) {
    case Aggregate::count:
    case Aggregate::distinct:
      meaning = {{Dimension::count}, Range::from(0), {}, true, false};
      break;
    case Aggregate::share:
    case Aggregate::first_seen_share:
    case Aggregate::top_share:
      meaning = {{Dimension::ratio}, {0, 1}, {}, false, false};
      break;
    case Aggregate::since_last:
      meaning = {{Dimension::time}, {0, static_cast<double>(definition.window)}, {}, true, false};
      break;
    case Aggregate::sum:
      meaning = {value.unit, value.range.low >= 0 ? Range::from(0) : Range{}, {}, true, false};
      break;
    case Aggregate::stddev:
      meaning = {value.unit, Range::from(0), {}, false, false};
      break;
    case Aggregate::mean:
      meaning = {value.unit, value.range, {}, false, false};
      break;
    default:
      meaning = value;
      meaning.literal = false;
      break;
  }
  if (definition.empty) meaning.range = hull(meaning.range, Range::point(*definition.empty));
  return meaning;
}

}  // namespace

Meanings::Meanings(const Bundle& bundle, Faults& faults)
    : bundle_(bundle), operands_(Bundle::first_slot + bundle.slots().size()) {
  Faults unused;
  Names names(unused);
  const Model& model = bundle.model();
  names.declare_source_names(model, bundle.parameters());
  for (std::uint32_t i = 0; i < model.features.size(); ++i)
    names.declare_value(SlotInfo::Kind::feature, i, model.features[i].name, bundle.features()[i].type,
                        model.features[i].unit, model.features[i].place);
  names.declare_deciding_names(model);
  for (std::uint32_t i = 0; i < model.derived.size(); ++i)
    names.declare_value(SlotInfo::Kind::derived, i, model.derived[i].name, bundle.derived()[i].type,
                        model.derived[i].unit, model.derived[i].place);
  environment_ = names.environment();
  for (std::size_t i = 0; i < bundle.slots().size(); ++i) {
    const SlotInfo& slot = bundle.slots()[i];
    Operand& operand = of(Bundle::first_slot + static_cast<std::uint32_t>(i));
    operand.name = slot.name;
    operand.meaning.unit = named_unit(slot.unit);
    operand.meaning.whole = slot.type == ScalarType::integer;
    operand.optional = slot.kind == SlotInfo::Kind::own || slot.kind == SlotInfo::Kind::registered;
  }
  learn_attributes();
  learn_parameters();
  learn_features(faults);
  learn_derived(faults);
}

void Meanings::learn_attributes() {
  for (const payment::AttributeInfo& info : payment::attributes()) {
    Operand& operand = of(static_cast<std::uint32_t>(info.id));
    operand.name = info.name;
    operand.optional = !always_there(info.id);
    operand.meaning.unit =
        info.type == payment::AttributeType::time ? Unit{Dimension::instant} : unit_of(info.unit);
    operand.meaning.whole = info.type == payment::AttributeType::integer;
    if (const auto span = payment::span_of(info.id))
      operand.meaning.range = {static_cast<double>(span->min), static_cast<double>(span->max)};
    for (const std::string_view word : payment::words_of(info.id)) operand.meaning.words.emplace_back(word);
  }
  const auto time = [this](std::string_view name, Unit unit, Range range) {
    Meaning& meaning = of(static_cast<std::uint32_t>(bundle_.find_slot(name))).meaning;
    meaning.unit = unit;
    meaning.range = range;
  };
  time("event_time", {Dimension::instant}, {});
  time("admitted_at", {Dimension::instant}, {});
  time("local.hour", {}, {0, 23});
  time("local.weekday", {}, {0, 6});
  time("local.day", {}, {});
}

void Meanings::learn_parameters() {
  for (const CompiledParameter& parameter : bundle_.parameters()) {
    Meaning& meaning = of(static_cast<std::uint32_t>(bundle_.find_slot("param." + parameter.name))).meaning;
    bool first = true;
    for (const ParameterDefinition& dated : parameter.dated) {
      const auto* whole = std::get_if<std::int64_t>(&dated.value);
      const auto* decimal = std::get_if<double>(&dated.value);
      if (whole == nullptr && decimal == nullptr) break;
      if (dated.unit.empty()) meaning.unit.dimension = Dimension::bare;
      const Range value = Range::point(whole != nullptr ? static_cast<double>(*whole) : *decimal);
      meaning.range = first ? value : hull(meaning.range, value);
      first = false;
    }
  }
}

void Meanings::learn_features(Faults& faults) {
  const Model& model = bundle_.model();
  for (std::uint32_t i = 0; i < model.features.size(); ++i) {
    const FeatureDefinition& definition = model.features[i];
    if (!definition.where.empty()) review(definition.where, faults);
    Meaning value;
    if (!definition.value.empty()) value = review(definition.value, faults);
    Meaning meaning = meaning_of(definition, value);
    if (sums_up(definition.aggregate) && value.unit.currency == Unit::Currency::own) {
      const bool by_key = std::ranges::find(definition.key, "currency") != definition.key.end();
      const bool by_filter = definition.where.source.find("currency ==") != std::string::npos;
      if (!by_key && !by_filter)
        faults.push_back(
            {definition.value.place,
             fmt::format("'{}' adds up amounts of whatever currency", definition.name),
             "use amount_base, or put currency into the key, or currency == \"CNY\" into `where`", true});
      // From here on it counts as money that the author has looked at.
      meaning.unit.currency = Unit::Currency::any;
    }
    Meaning& known = of(bundle_.slot_of_feature(i)).meaning;
    const bool named = !definition.unit.empty() && parse_unit(definition.unit).has_value();
    if (named && meaning.unit.known() && fit(known.unit, meaning.unit) != Fit::fits)
      faults.push_back({definition.place,
                        fmt::format("'{}' says unit: {}, but it is {}", definition.name, definition.unit,
                                    describe(meaning.unit)),
                        "correct the unit, or leave it out"});
    const Unit unit = named ? known.unit : meaning.unit;
    known = meaning;
    known.unit = unit;
  }
}

void Meanings::learn_derived(Faults& faults) {
  const Model& model = bundle_.model();
  for (const DerivedDefinition& definition : model.derived) {
    Meaning meaning = review(definition.value, faults);
    Meaning& known = of(static_cast<std::uint32_t>(bundle_.find_slot(definition.name))).meaning;
    const bool named = !definition.unit.empty() && parse_unit(definition.unit).has_value();
    if (named && meaning.unit.known() && fit(known.unit, meaning.unit) != Fit::fits)
      faults.push_back({definition.place,
                        fmt::format("'{}' says unit: {}, but it is {}", definition.name, definition.unit,
                                    describe(meaning.unit)),
                        "correct the unit, or leave it out"});
    if (named) meaning.unit = known.unit;
    meaning.literal = false;
    known = meaning;
  }
}

Meaning Meanings::review(const Expression& expression, Faults& faults) const {
  const auto tree = cel::analyze(expression.source, environment_);
  if (!tree) return {};
  const FindOperand find = [this](std::uint32_t slot) -> const Operand& { return operands_[slot]; };
  return ExpressionReview(*tree, expression, find, faults).run();
}

}  // namespace tillwatch::policy
