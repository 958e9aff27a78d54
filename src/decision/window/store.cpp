// The store's parts, feeding and evaluation; see store.h. The caps: store_caps.cpp.
#include "window/store.h"

#include "window/store_parts.h"

namespace tillwatch::window {

using state::Ref;

Store::Parts::Parts(state::Arena& memory, Plan given, StoreOptions given_options)
    : plan(std::move(given)),
      options(given_options),
      keys(options.hash_key),
      texts(memory, options.hash_key),
      aggregator(texts, keys.text_hash("tally")) {
  for (const StreamPlan& stream_plan : plan.streams) {
    streams.push_back(std::make_unique<Stream>(memory, stream_plan, options.hash_key, texts));
    views.push_back(std::make_unique<View>(*streams.back()));
  }
  opened.assign(streams.size(), Opened{});
  for (const FeaturePlan& feature : plan.features) {
    for (const std::uint16_t attribute : feature.definition.key) {
      attributes_needed = std::max<std::size_t>(attributes_needed, std::size_t{attribute} + 1);
    }
  }
  for (const StreamPlan& stream : plan.streams) {
    for (const std::uint16_t filter : stream.filters) {
      filters_needed = std::max<std::size_t>(filters_needed, std::size_t{filter} + 1);
    }
    for (const ColumnPlan& column : stream.columns) {
      values_needed = std::max<std::size_t>(values_needed, std::size_t{column.value} + 1);
    }
  }
}

Store::Store(state::Arena& arena, Plan plan, StoreOptions options)
    : parts_(std::make_unique<Parts>(arena, std::move(plan), options)) {}
Store::~Store() = default;

const Plan& Store::plan() const {
  return parts_->plan;
}

StoreCounts Store::counts() const {
  StoreCounts result = parts_->counts;
  result.texts = parts_->texts.size();
  return result;
}

// Texts are acquired only for an entry that is going to be kept.
void Store::Parts::fill_row(const StreamPlan& stream, const EntryInputs& entry, Row& row) {
  row.time = entry.event_time;
  row.bits = 0;
  for (std::size_t i = 0; i < stream.filters.size(); ++i) {
    if (entry.filters[stream.filters[i]]) row.bits |= std::uint64_t{1} << i;
  }
  for (std::size_t c = 0; c < stream.columns.size(); ++c) {
    const ColumnPlan& column = stream.columns[c];
    const Scalar& value = entry.values[column.value];
    row.cells[c] = 0;
    if (!value.present()) continue;
    row.bits |= std::uint64_t{1} << column.presence;
    if (column.kind == ColumnPlan::Kind::integer) {
      CHECK(value.kind == Scalar::Kind::integer);
      row.cells[c] = static_cast<std::uint64_t>(value.integer);
      continue;
    }
    CHECK(value.kind == Scalar::Kind::text);
    row.cells[c] =
        column.kind == ColumnPlan::Kind::text_hash ? keys.text_hash(value.text) : texts.acquire(value.text);
  }
}

void Store::Parts::feed(std::size_t number, const EntryInputs& entry) {
  Stream& stream = *streams[number];
  Fed& mine = last.fed[number];
  const core::TimeMs horizon = reach - stream.plan().span_ms;
  if (entry.event_time <= horizon) return;  // no evaluation will ever look so far back
  if (mine.record == 0) {
    if (!make_room_for_key(number, entry.event_time)) return;
    mine.record = stream.create(mine.key, horizon);
    ++counts.keys;
  }
  if (!make_room_for_entry(number)) {
    mine.record = stream.refuse_entry(mine.record, entry.event_time);
    return;
  }
  Row row;
  fill_row(stream.plan(), entry, row);
  const std::uint64_t had = stream.entries();
  const Stream::Fed fed = stream.insert(mine.record, row, reach, options.sabotage);
  counts.entries += stream.entries() - had;  // modulo 2^64: it may have shrunk
  counts.entries_over_budget += fed.over_budget;
  if (!fed.inside) release_texts(stream.plan(), row);
  mine.record = fed.record;
  mine.inside = fed.inside;
}

void Store::Parts::sweep(std::size_t number, std::uint32_t keys_to_see) {
  Stream& stream = *streams[number];
  const std::uint64_t had = stream.entries();
  const std::uint64_t gone =
      stream.sweep(keys_to_see, reach - stream.plan().span_ms, last.fed[number].record);
  counts.keys -= gone;
  counts.keys_reclaimed += gone;
  counts.entries += stream.entries() - had;
}

void Store::Parts::release_texts(const StreamPlan& stream, const Row& row) {
  for (std::size_t c = 0; c < stream.columns.size(); ++c) {
    if (stream.columns[c].kind == ColumnPlan::Kind::text && row.cells[c] != 0) {
      texts.release(static_cast<Ref>(row.cells[c]));
    }
  }
}

void Store::apply(const EntryInputs& entry) {
  Parts& p = *parts_;
  CHECK(entry.sequence > p.last.sequence && entry.kind < 32);
  CHECK(entry.event_time >= core::time_min && entry.event_time <= core::time_max);
  CHECK(entry.attributes.size() >= p.attributes_needed && entry.filters.size() >= p.filters_needed &&
        entry.values.size() >= p.values_needed);
  p.reach = std::max(p.reach, entry.reach);
  p.last.sequence = entry.sequence;
  p.last.fed.assign(p.streams.size(), Parts::Fed{});
  p.epoch_open = false;
  p.pending.clear();
  // First every hash, then every index line, then every record: each step finds what the step before has
  // fetched.
  for (std::size_t i = 0; i < p.streams.size(); ++i) {
    const StreamPlan& plan = p.plan.streams[i];
    if (((plan.kinds >> entry.kind) & 1) == 0) continue;
    const auto key = p.keys.make(plan.key, entry.attributes);
    if (!key) continue;
    p.streams[i]->prefetch_index(*key);
    p.last.fed[i] = Parts::Fed{*key, 0, true, false};
    p.pending.push_back(i);
  }
  for (const std::size_t i : p.pending) {
    p.last.fed[i].record = p.streams[i]->find(p.last.fed[i].key);
    if (p.last.fed[i].record != 0) p.streams[i]->prefetch(p.last.fed[i].record);
  }
  for (const std::size_t i : p.pending) p.feed(i, entry);
  for (const std::size_t i : p.pending) p.sweep(i, p.options.limits.sweep_keys_per_apply);
  // A stream that is no longer fed must still be swept.
  if (!p.streams.empty()) p.sweep(static_cast<std::size_t>(entry.sequence % p.streams.size()), 1);
}

void Store::begin_evaluation(std::span<const Scalar> attributes, core::TimeMs time, std::uint64_t sequence) {
  Parts& p = *parts_;
  CHECK(attributes.size() >= p.attributes_needed);
  p.attributes = attributes;
  p.time = time;
  p.sequence = sequence;
  p.epoch_open = true;
  std::fill(p.opened.begin(), p.opened.end(), Parts::Opened{});
  p.aggregator.begin_entry();
}

void Store::Parts::open_view(std::size_t number) {
  Opened& mine = opened[number];
  mine.done = true;
  Stream& stream = *streams[number];
  const bool applied = sequence == last.sequence && !last.fed.empty() && last.fed[number].found;
  Ref record = 0;
  if (applied) {
    record = last.fed[number].record;
    mine.has_key = true;
  } else {
    const auto key = keys.make(plan.streams[number].key, attributes);
    mine.has_key = key.has_value();
    if (key) record = stream.find(*key);
  }
  const bool inside = applied && last.fed[number].inside;
  views[number]->open(record, time, reach, inside, options.sabotage.closed_old_edge);
}

FeatureValue Store::evaluate(std::uint32_t feature) {
  Parts& p = *parts_;
  CHECK(p.epoch_open && feature < p.plan.features.size());
  const FeaturePlan& plan = p.plan.features[feature];
  if (!p.opened[plan.stream].done) p.open_view(plan.stream);
  if (!p.opened[plan.stream].has_key) {
    FeatureValue none;
    none.state = FeatureState::no_key;
    return none;
  }
  return p.aggregator.value(plan, *p.streams[plan.stream], *p.views[plan.stream]);
}

}  // namespace tillwatch::window
