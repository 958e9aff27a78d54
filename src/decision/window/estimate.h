// From moments to a feature's value, and the same where part of the window lives in buckets, with the bound
// of its error. Called by Aggregator. Never gives an estimate without its bound.
#pragma once

#include "window/plan.h"
#include "window/scalar.h"
#include "window/view.h"

namespace tillwatch::window {

// count, sum, mean, stddev, minimum, maximum of `part`; share of `part` in `whole` (equal to part for the
// others).
void finish_moments(const FeaturePlan& feature, const Moments& part, const Moments& whole, FeatureValue& out);

// The value from the entries kept and the feature's rings; unknown_limit where the rings do not reach.
void estimate(const FeaturePlan& feature, const Stream& stream, View& view, FeatureValue& out);

}  // namespace tillwatch::window
