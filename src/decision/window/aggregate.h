// The value of one feature from one view: the aggregates of docs/windows.md, exact or from buckets.
// Called by Store. Never allocates in the steady state: its tables grow to the largest window and stay.
#pragma once

#include <cstdint>
#include <vector>

#include "window/plan.h"
#include "window/scalar.h"
#include "window/tally.h"
#include "window/text_pool.h"
#include "window/view.h"

namespace tillwatch::window {

class Aggregator {
 public:
  // `salt` spreads the tally of values; it changes no result.
  Aggregator(const TextPool& texts, std::uint64_t salt) : texts_(texts), tally_(salt) {}

  FeatureValue value(const FeaturePlan& feature, const Stream& stream, View& view);
  // Forgets the lists handed out for the entry before.
  void begin_entry() { lists_used_ = 0; }

 private:
  void from_moments(const FeaturePlan& feature, View& view, FeatureValue& out) const;
  void distinct(const FeaturePlan& feature, View& view, FeatureValue& out);
  void share_of_first_seen(const FeaturePlan& feature, View& view, FeatureValue& out);
  void top_k_share(const FeaturePlan& feature, View& view, FeatureValue& out);
  void first(const FeaturePlan& feature, const Stream& stream, View& view, FeatureValue& out) const;
  // Last, previous_n, time since last. False where older entries that are not kept could change the value.
  bool before(const FeaturePlan& feature, const Stream& stream, View& view, FeatureValue& out);
  Scalar scalar(const Stream& stream, std::uint16_t column, std::uint64_t cell) const;

  const TextPool& texts_;
  Tally tally_;
  std::vector<std::vector<Scalar>> lists_;
  std::size_t lists_used_ = 0;
};

}  // namespace tillwatch::window
