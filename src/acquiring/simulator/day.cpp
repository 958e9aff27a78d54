#include "simulator/day.h"

#include <algorithm>

#include "simulator/flow.h"
#include "simulator/scheme.h"

namespace tillwatch::simulator {

EventStream::EventStream(const World& world, Day first, Day last, bool boarding)
    : world_(world), day_(first), last_(last), boarding_(boarding) {}

const Event* EventStream::next() {
  while (at_ == ready_) {
    if (day_ > last_) return nullptr;
    tell_day();
  }
  return &pending_[at_++];
}

void EventStream::tell_day() {
  pending_.erase(pending_.begin(), pending_.begin() + static_cast<std::ptrdiff_t>(at_));
  at_ = 0;
  if (boarding_) board(world_, time_of(day_, 0), pending_);
  boarding_ = false;
  for (std::uint32_t m = 0; m < world_.merchants().size(); ++m) trade(world_, m, day_, pending_);
  for (const Instance& instance : world_.instances()) {
    if (day_ >= instance.first_day && day_ <= instance.last_day)
      schemes()[instance.kind_of_scheme].act(world_, instance, day_, pending_);
  }
  std::ranges::sort(pending_, arrives_before);
  ++day_;
  // Nothing that is told later arrives before its own day begins.
  const core::TimeMs end = day_ > last_ ? core::time_max : time_of(day_, 0);
  const auto rest = std::ranges::find_if(pending_, [&](const Event& e) { return e.arrival >= end; });
  ready_ = static_cast<std::size_t>(rest - pending_.begin());
}

}  // namespace tillwatch::simulator
