// The world as a stream of events in arrival order, day after day. Called by `tillwatch simulate` and by
// tests. Holds one day and what arrives late: memory does not depend on how many days there are.
#pragma once

#include <cstddef>

#include "simulator/event.h"
#include "simulator/world.h"

namespace tillwatch::simulator {

class EventStream {
 public:
  // Tells the days `first` to `last`, both included. `world` must outlive the stream. With `boarding` the
  // registry commands of all merchants and terminals come first, at the beginning of the first day.
  EventStream(const World& world, Day first, Day last, bool boarding);

  // The next event in arrival order; nullptr at the end. Valid until the next call.
  const Event* next();

 private:
  void tell_day();

  const World& world_;
  Day day_;   // the next to be told
  Day last_;  // the last to be told
  bool boarding_;
  Events pending_;         // sorted from `at_` on
  std::size_t at_ = 0;     // the next to hand out
  std::size_t ready_ = 0;  // events below this index can no longer be overtaken
};

}  // namespace tillwatch::simulator
