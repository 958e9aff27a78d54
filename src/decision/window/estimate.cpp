// The bucket that straddles the window's start is counted whole; the bound says what that can change. See
// docs/windows.md.
#include "window/estimate.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace tillwatch::window {

namespace {

// What a window that reaches into the rings holds: `all` with the straddling bucket, `sure` without it.
struct Estimate {
  Moments all;
  Moments sure;
  Bucket straddling;  // count 0 where no bucket straddles
};

void add(const Bucket& bucket, Moments& into) {
  into.minimum = into.count == 0 ? bucket.minimum : std::min(into.minimum, bucket.minimum);
  into.maximum = into.count == 0 ? bucket.maximum : std::max(into.maximum, bucket.maximum);
  into.count += bucket.count;
  into.sum += bucket.positive() + bucket.negative();
}

// False where the ring no longer has what the window needs.
bool read_ring(const Stream& stream, View& view, std::size_t ring, Estimate& out) {
  const RingPlan& plan = stream.plan().rings[ring];
  const core::TimeMs from = view.start_of(plan.window);
  const state::Ref set = view.marks().rings;
  if (set == 0 || stream.records().rings().given_up_to(set, ring) > from) return false;
  out.all = view.moments(plan.moments, plan.window);
  out.sure = out.all;
  stream.records().rings().each(set, ring, [&](const Bucket& bucket) {
    const core::TimeMs first = bucket.number * plan.bucket_ms;
    if (first + plan.bucket_ms - 1 <= from) return;
    add(bucket, out.all);
    if (first > from) {
      add(bucket, out.sure);
    } else {
      out.straddling = bucket;
    }
  });
  return true;
}

double to_double(Int128 value) {
  return ratio(value, 1);
}

// A bound must not be rounded down.
double upwards(double bound) {
  return std::nextafter(bound, std::numeric_limits<double>::infinity());
}

// How far part / whole may lie from (part - a) / (whole - b), a and b anywhere in their ranges. The quotient
// moves one way with each of them, so that the corners tell; where the whole may vanish there is no bound.
double quotient_bound(Int128 part, Int128 whole, std::array<Int128, 2> a, std::array<Int128, 2> b) {
  if ((whole - b[0] > 0) != (whole - b[1] > 0) || whole == b[0] || whole == b[1]) {
    return std::numeric_limits<double>::infinity();
  }
  const double value = to_double(part) / to_double(whole);
  double bound = 0;
  double largest = std::fabs(value);
  for (const Int128 x : a) {
    for (const Int128 y : b) {
      const double corner = to_double(part - x) / to_double(whole - y);
      bound = std::max(bound, std::fabs(corner - value));
      largest = std::max(largest, std::fabs(corner));
    }
  }
  // Four roundings of half a unit each, generously.
  return bound + largest * 0x1p-50;
}

// The counts that may be missing, but never all: an empty window is not a value that a bound could speak of.
Int128 missing_max(const Estimate& e) {
  return static_cast<Int128>(e.straddling.count == e.all.count ? e.straddling.count - 1 : e.straddling.count);
}

double bound_of(const FeaturePlan& feature, const Estimate& part, const Estimate& whole) {
  const Bucket& edge = part.straddling;
  switch (feature.definition.aggregate) {
    case Aggregate::count:
      return static_cast<double>(edge.count);
    case Aggregate::sum:
      return upwards(to_double(std::max(edge.positive(), -edge.negative())));
    case Aggregate::mean:
      return quotient_bound(part.all.sum, static_cast<Int128>(part.all.count),
                            {edge.negative(), edge.positive()}, {0, missing_max(part)});
    case Aggregate::minimum:
      return upwards(to_double(static_cast<Int128>(part.sure.count == 0 ? edge.maximum : part.sure.minimum) -
                               part.all.minimum));
    case Aggregate::maximum:
      return upwards(to_double(static_cast<Int128>(part.all.maximum) -
                               (part.sure.count == 0 ? edge.minimum : part.sure.maximum)));
    default:
      break;
  }
  if (feature.column == no_column) {
    return quotient_bound(static_cast<Int128>(part.all.count), static_cast<Int128>(whole.all.count),
                          {0, static_cast<Int128>(edge.count)}, {0, missing_max(whole)});
  }
  return quotient_bound(part.all.sum, whole.all.sum, {edge.negative(), edge.positive()},
                        {whole.straddling.negative(), whole.straddling.positive()});
}

void set_sum(Int128 sum, FeatureValue& out) {
  const auto value = narrow(sum);
  out.state = value ? FeatureState::known : FeatureState::unknown_limit;
  out.integer = value.value_or(0);
}

void set_quotient(Int128 part, Int128 whole, FeatureValue& out) {
  if (whole == 0) return;
  out.state = FeatureState::known;
  out.real =
      whole > 0 ? ratio(part, static_cast<Uint128>(whole)) : ratio(-part, static_cast<Uint128>(-whole));
}

}  // namespace

void finish_moments(const FeaturePlan& feature, const Moments& part, const Moments& whole,
                    FeatureValue& out) {
  out.entries = whole.count;
  switch (feature.definition.aggregate) {
    case Aggregate::count:
      set_sum(static_cast<Int128>(part.count), out);
      return;
    case Aggregate::sum:
      set_sum(part.sum, out);
      return;
    case Aggregate::mean:
      set_quotient(part.sum, static_cast<Int128>(part.count), out);
      return;
    case Aggregate::stddev:
      if (part.count < 2) return;
      out.state = FeatureState::known;
      out.real = sample_deviation(part.count, part.sum, part.squares);
      return;
    case Aggregate::minimum:
    case Aggregate::maximum:
      if (part.count == 0) return;
      set_sum(feature.definition.aggregate == Aggregate::minimum ? part.minimum : part.maximum, out);
      return;
    default:
      break;
  }
  if (feature.column == no_column) {
    set_quotient(static_cast<Int128>(part.count), static_cast<Int128>(whole.count), out);
  } else {
    set_quotient(part.sum, whole.sum, out);
  }
}

void estimate(const FeaturePlan& feature, const Stream& stream, View& view, FeatureValue& out) {
  out.state = FeatureState::unknown_limit;
  // An entry so late that it lies among the bucketed ones: no bucket tells what came before it.
  if (view.marks().dropped_to > view.time()) return;
  Estimate part;
  Estimate whole;
  if (!read_ring(stream, view, feature.ring, part) || !read_ring(stream, view, feature.whole_ring, whole))
    return;
  out.state = FeatureState::empty;
  finish_moments(feature, part.all, whole.all, out);
  if (part.straddling.count == 0 && whole.straddling.count == 0) return;
  // A whole of zero with the straddling bucket need not be one without it: there is neither a value nor a
  // bound.
  if (out.state != FeatureState::known) {
    out.state = FeatureState::unknown_limit;
    return;
  }
  out.approximate = true;
  out.bound = bound_of(feature, part, whole);
}

}  // namespace tillwatch::window
