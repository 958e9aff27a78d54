// Each aggregate over plain arrays; see aggregate.h. What is unknown is decided in value(), once for all of
// them.
#include "window/aggregate.h"

#include <algorithm>

#include "window/estimate.h"

namespace tillwatch::window {

namespace {

ValueForm form_of(const FeatureDefinition& d) {
  switch (d.aggregate) {
    case Aggregate::mean:
    case Aggregate::stddev:
    case Aggregate::share_of_first_seen:
    case Aggregate::top_k_share:
    case Aggregate::share:
      return ValueForm::real;
    case Aggregate::previous_n:
      return ValueForm::list;
    case Aggregate::first:
    case Aggregate::last:
      return d.value_type == ValueType::text ? ValueForm::text : ValueForm::integer;
    default:
      return ValueForm::integer;
  }
}

bool looks_before(Aggregate a) {
  return a == Aggregate::last || a == Aggregate::previous_n || a == Aggregate::time_since_last;
}

void set_integer(std::int64_t value, FeatureValue& out) {
  out.state = FeatureState::known;
  out.integer = value;
}

void set_real(double value, FeatureValue& out) {
  out.state = FeatureState::known;
  out.real = value;
}

void set_scalar(const Scalar& value, FeatureValue& out) {
  out.state = FeatureState::known;
  out.integer = value.integer;
  out.text = value.text;
}

}  // namespace

FeatureValue Aggregator::value(const FeaturePlan& feature, const Stream& stream, View& view) {
  const FeatureDefinition& d = feature.definition;
  FeatureValue out;
  out.form = form_of(d);
  out.window_from = window_start(d.window, view.time());
  out.window_to = view.time();
  const core::TimeMs needed = d.history_ms == 0 ? out.window_from : view.time() - d.history_ms;
  const Marks& marks = view.marks();
  const bool lost = marks.lost_to > needed || view.time() < view.reach();
  const bool dropped = marks.dropped_to > needed;
  const bool doubtful = lost || dropped;
  if (looks_before(d.aggregate)) {
    if (!before(feature, stream, view, out) && doubtful) out.state = FeatureState::unknown_limit;
  } else if (doubtful && !lost && d.mode == Mode::bucketed) {
    estimate(feature, stream, view, out);
  } else if (doubtful) {
    out.state = FeatureState::unknown_limit;
  } else {
    switch (d.aggregate) {
      case Aggregate::distinct:
        distinct(feature, view, out);
        break;
      case Aggregate::share_of_first_seen:
        share_of_first_seen(feature, view, out);
        break;
      case Aggregate::top_k_share:
        top_k_share(feature, view, out);
        break;
      case Aggregate::first:
        first(feature, stream, view, out);
        break;
      default:
        from_moments(feature, view, out);
        break;
    }
  }
  if (out.state == FeatureState::empty && d.empty_value) {
    set_integer(*d.empty_value, out);
    out.real = static_cast<double>(*d.empty_value);
  }
  return out;
}

void Aggregator::from_moments(const FeaturePlan& feature, View& view, FeatureValue& out) const {
  const Moments& part = view.moments(feature.moments, feature.window);
  const bool is_share = feature.definition.aggregate == Aggregate::share;
  finish_moments(feature, part, is_share ? view.moments(feature.whole, feature.window) : part, out);
}

void Aggregator::distinct(const FeaturePlan& feature, View& view, FeatureValue& out) {
  const std::size_t from = view.first_after(view.start_of(feature.window));
  const auto bits = view.bits();
  const auto cells = view.cells(feature.column);
  tally_.begin(view.size() - from);
  for (std::size_t i = from; i < view.size(); ++i) {
    if ((bits[i] & feature.mask) != feature.mask) continue;
    tally_.add(cells[i]);
    ++out.entries;
  }
  set_integer(static_cast<std::int64_t>(tally_.size()), out);
}

void Aggregator::share_of_first_seen(const FeaturePlan& feature, View& view, FeatureValue& out) {
  const std::size_t from = view.first_after(view.start_of(feature.window));
  const auto bits = view.bits();
  const auto cells = view.cells(feature.column);
  const std::size_t oldest = view.first_after(view.time() - feature.definition.history_ms);
  tally_.begin(view.size() - oldest);
  std::uint64_t fresh = 0;
  for (std::size_t i = oldest; i < view.size(); ++i) {
    if ((bits[i] & feature.mask) != feature.mask) continue;
    const bool first_time = tally_.add(cells[i]);
    if (i < from) continue;
    ++out.entries;
    fresh += first_time ? 1 : 0;
  }
  if (out.entries > 0) set_real(ratio(static_cast<Int128>(fresh), out.entries), out);
}

void Aggregator::top_k_share(const FeaturePlan& feature, View& view, FeatureValue& out) {
  const std::size_t from = view.first_after(view.start_of(feature.window));
  const auto bits = view.bits();
  const auto cells = view.cells(feature.column);
  const bool weighted = feature.weight_column != no_column;
  const auto weights = weighted ? view.cells(feature.weight_column) : cells;
  tally_.begin(view.size() - from);
  Int128 total = 0;
  for (std::size_t i = from; i < view.size(); ++i) {
    if ((bits[i] & feature.mask) != feature.mask) continue;
    const std::int64_t weight = weighted ? static_cast<std::int64_t>(weights[i]) : 1;
    tally_.add(cells[i], weight);
    total += weight;
    ++out.entries;
  }
  if (total > 0) set_real(ratio(tally_.heaviest(feature.definition.n), static_cast<Uint128>(total)), out);
}

Scalar Aggregator::scalar(const Stream& stream, std::uint16_t column, std::uint64_t cell) const {
  if (stream.plan().columns[column].kind != ColumnPlan::Kind::text)
    return Scalar::of(static_cast<std::int64_t>(cell));
  return Scalar::of(texts_.text(static_cast<state::Ref>(cell)));
}

void Aggregator::first(const FeaturePlan& feature, const Stream& stream, View& view,
                       FeatureValue& out) const {
  const auto bits = view.bits();
  const auto cells = view.cells(feature.column);
  for (std::size_t i = view.first_after(view.start_of(feature.window)); i < view.size(); ++i) {
    if ((bits[i] & feature.mask) != feature.mask) continue;
    if (out.entries++ == 0) set_scalar(scalar(stream, feature.column, cells[i]), out);
  }
}

bool Aggregator::before(const FeaturePlan& feature, const Stream& stream, View& view, FeatureValue& out) {
  const FeatureDefinition& d = feature.definition;
  const std::size_t wanted = d.aggregate == Aggregate::previous_n ? d.n : 1;
  const std::size_t from = view.first_after(view.start_of(feature.window));
  const auto bits = view.bits();
  const auto times = view.times();
  const auto cells = feature.column == no_column ? bits : view.cells(feature.column);
  // Entries that are gone lie at or before this instant: what was found later than it stands.
  const core::TimeMs doubt = std::max(view.marks().dropped_to, view.marks().lost_to);
  if (d.aggregate == Aggregate::previous_n) {
    if (lists_used_ == lists_.size()) lists_.emplace_back();
    lists_[lists_used_].clear();
    out.state = FeatureState::known;
  }
  bool certain = true;
  for (std::size_t i = view.size_before(); i > from && out.entries < wanted; --i) {
    if ((bits[i - 1] & feature.mask) != feature.mask) continue;
    ++out.entries;
    certain = times[i - 1] > doubt;
    if (d.aggregate == Aggregate::time_since_last) {
      set_integer(view.time() - times[i - 1], out);
    } else if (d.aggregate == Aggregate::last) {
      set_scalar(scalar(stream, feature.column, cells[i - 1]), out);
    } else {
      lists_[lists_used_].push_back(scalar(stream, feature.column, cells[i - 1]));
    }
  }
  if (d.aggregate == Aggregate::previous_n) out.list = lists_[lists_used_++];
  return certain && out.entries == wanted && view.time() >= view.reach();
}

}  // namespace tillwatch::window
