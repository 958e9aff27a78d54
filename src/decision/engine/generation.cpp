#include "engine/generation.h"

#include <algorithm>

#include "cel/program.h"
#include "core/check.h"
#include "engine/activation.h"

namespace tillwatch::engine {
namespace {

using policy::Aggregate;

window::Aggregate window_aggregate(Aggregate aggregate) {
  switch (aggregate) {
    case Aggregate::count:
      return window::Aggregate::count;
    case Aggregate::sum:
      return window::Aggregate::sum;
    case Aggregate::mean:
      return window::Aggregate::mean;
    case Aggregate::stddev:
      return window::Aggregate::stddev;
    case Aggregate::min:
      return window::Aggregate::minimum;
    case Aggregate::max:
      return window::Aggregate::maximum;
    case Aggregate::distinct:
      return window::Aggregate::distinct;
    case Aggregate::first_seen_share:
      return window::Aggregate::share_of_first_seen;
    case Aggregate::share:
      return window::Aggregate::share;
    case Aggregate::top_share:
      return window::Aggregate::top_k_share;
    case Aggregate::first:
      return window::Aggregate::first;
    case Aggregate::last:
      return window::Aggregate::last;
    case Aggregate::previous:
      return window::Aggregate::previous_n;
    case Aggregate::since_last:
      return window::Aggregate::time_since_last;
  }
  return window::Aggregate::count;
}

// Pairs are many and short-lived; what they lose at the cap is less than what a card would.
bool expendable(const policy::CompiledFeature& feature) {
  return feature.key.size() > 1 ||
         std::ranges::find(feature.key, payment::AttributeId::device_ip) != feature.key.end();
}

window::FeatureDefinition window_definition(const policy::Bundle& bundle, std::uint32_t index) {
  const policy::FeatureDefinition& definition = bundle.model().features[index];
  const policy::CompiledFeature& feature = bundle.features()[index];
  window::FeatureDefinition out;
  for (std::size_t i = 0; i < feature.identity.size(); ++i)
    out.id[i / 8] |= static_cast<std::uint64_t>(feature.identity[i]) << (8 * (i % 8));
  out.kinds = definition.kinds;
  for (const payment::AttributeId id : feature.key) out.key.push_back(static_cast<std::uint16_t>(id));
  if (definition.aggregate == Aggregate::share) {
    out.filter = static_cast<std::uint16_t>(feature.value);
    if (feature.filter >= 0) out.within = static_cast<std::uint16_t>(feature.filter);
  } else {
    if (feature.filter >= 0) out.filter = static_cast<std::uint16_t>(feature.filter);
    if (feature.value >= 0) out.value = static_cast<std::uint16_t>(feature.value);
  }
  out.value_type =
      feature.value_type == policy::ScalarType::text ? window::ValueType::text : window::ValueType::integer;
  out.aggregate = window_aggregate(definition.aggregate);
  const auto offset = static_cast<std::int32_t>(bundle.model().utc_offset_minutes);
  switch (definition.calendar) {
    case policy::FeatureDefinition::Calendar::none:
      out.window = {window::WindowKind::sliding, definition.window, 0};
      break;
    case policy::FeatureDefinition::Calendar::day:
      out.window = {window::WindowKind::local_day, 0, offset};
      break;
    case policy::FeatureDefinition::Calendar::month:
      out.window = {window::WindowKind::local_month, 0, offset};
      break;
  }
  if (definition.aggregate == Aggregate::first_seen_share)
    out.history_ms = std::max<core::DurationMs>(definition.window, 90 * core::day_ms);
  out.mode = definition.bucketed ? window::Mode::bucketed : window::Mode::exact;
  if (definition.budget != 0) out.budget = definition.budget;
  out.n = definition.n;
  out.expendable = expendable(feature);
  return out;
}

window::Scalar to_scalar(const payment::Value& value) {
  switch (value.type()) {
    case payment::Value::Type::boolean:
      return window::Scalar::of(std::int64_t{value.boolean() ? 1 : 0});
    case payment::Value::Type::integer:
      return window::Scalar::of(value.integer());
    case payment::Value::Type::text:
      return window::Scalar::of(value.text());
    case payment::Value::Type::absent:
    case payment::Value::Type::decimal:
      return {};
  }
  return {};
}

// An expression that fails has no value: the entry is then not part of what the feature looks at.
window::Scalar to_scalar(const cel::Value& value) {
  if (value.is(cel::Kind::integer) || value.is(cel::Kind::boolean)) return window::Scalar::of(value.i);
  if (value.is(cel::Kind::text)) return window::Scalar::of(value.view());
  return {};
}

}  // namespace

Generation::~Generation() = default;

core::Result<std::unique_ptr<Generation>> Generation::create(std::shared_ptr<const policy::Bundle> bundle,
                                                             std::vector<std::uint32_t> features,
                                                             const WindowOptions& options) {
  std::unique_ptr<Generation> made(new Generation());
  std::vector<window::FeatureDefinition> definitions;
  for (const std::uint32_t index : features) {
    definitions.push_back(window_definition(*bundle, index));
    const window::FeatureDefinition& definition = definitions.back();
    made->kinds_ |= definition.kinds;
    for (const payment::AttributeId id : bundle->features()[index].key)
      if (std::ranges::find(made->key_attributes_, id) == made->key_attributes_.end())
        made->key_attributes_.push_back(id);
    for (const auto& filter : {definition.filter, definition.within})
      if (filter && std::ranges::find(made->filters_, *filter) == made->filters_.end())
        made->filters_.push_back(*filter);
    if (definition.value && std::ranges::find(made->values_, *definition.value) == made->values_.end())
      made->values_.push_back(*definition.value);
  }
  TRY(plan, window::build_plan(definitions));
  made->attributes_.resize(payment::attribute_slot_count);
  made->filter_results_ = std::make_unique<bool[]>(bundle->filters().size() + 1);
  made->value_results_.resize(bundle->values().size());
  made->arena_ = std::make_unique<state::Arena>();
  made->store_ = std::make_unique<window::Store>(
      *made->arena_, std::move(plan),
      window::StoreOptions{options.hash_key, options.limits, options.sabotage});
  made->bundle_ = std::move(bundle);
  made->features_ = std::move(features);
  return made;
}

void Generation::fill_attributes(const payment::EntryView& entry) {
  for (const payment::AttributeId id : key_attributes_)
    attributes_[payment::slot_of(id)] = to_scalar(entry.get(id));
}

void Generation::apply(const payment::EntryView& entry, std::uint64_t sequence, core::TimeMs reach,
                       cel::Arena& arena) {
  evaluation_begun_ = false;
  if (!looks_at(entry.kind())) return;
  const std::uint32_t kind_bit = 1u << static_cast<unsigned>(entry.kind());
  fill_attributes(entry);
  SourceActivation activation(*bundle_);
  activation.begin(entry);
  arena.reset();
  for (const std::uint16_t index : filters_) {
    const policy::SourceProgram& filter = bundle_->filters()[index];
    filter_results_[index] =
        (filter.kinds & kind_bit) != 0 && cel::evaluate(*filter.program, activation, arena).is_true();
  }
  for (const std::uint16_t index : values_) {
    const policy::SourceProgram& value = bundle_->values()[index];
    value_results_[index] = (value.kinds & kind_bit) != 0
                                ? to_scalar(cel::evaluate(*value.program, activation, arena))
                                : window::Scalar{};
  }
  store_->apply({static_cast<std::uint32_t>(entry.kind()),
                 entry.header().event_time,
                 sequence,
                 reach,
                 attributes_,
                 {filter_results_.get(), bundle_->filters().size()},
                 value_results_});
}

void Generation::begin_evaluation(const payment::EntryView& entry, std::uint64_t sequence) {
  deciding_ = &entry;
  deciding_sequence_ = sequence;
  evaluation_begun_ = false;
}

window::FeatureValue Generation::evaluate(std::uint32_t feature) {
  CHECK(deciding_ != nullptr);
  if (!evaluation_begun_) {
    fill_attributes(*deciding_);
    store_->begin_evaluation(attributes_, deciding_->header().event_time, deciding_sequence_);
    evaluation_begun_ = true;
  }
  return store_->evaluate(feature);
}

const policy::FeatureIdentity& Generation::identity(std::uint32_t feature) const {
  return bundle_->features()[features_[feature]].identity;
}

std::uint64_t Generation::take_dropped() {
  std::uint64_t total = 0;
  for (const window::Dropped& dropped : store_->take_dropped()) total += dropped.keys + dropped.entries;
  return total;
}

}  // namespace tillwatch::engine
