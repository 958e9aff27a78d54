// T57, no fraud: a provider fails for some time. Look-alike: a busy hour with slow answers and a few
// refusals.
#include <algorithm>

#include "chance/random.h"
#include "typology/pattern.h"

namespace tillwatch::typology::outage {

void cast(const World& world, Instance& instance) {
  chance::Stream random(world.seed(), chance::Lane::cast, instance.number);
  instance.channel = static_cast<std::uint8_t>(
      random.below(static_cast<std::uint32_t>(world.settings().population.channels)));
  instance.last = instance.ends = instance.first;
  // numbers: the minute at which it begins.
  instance.numbers.push_back(random.between(0, std::max<std::int64_t>(1, 1'380 - instance.drawn[0])));
}

void overlay(const World& world, const Instance& instance, Day day, traffic::DayOverlays& out) {
  (void)world;
  if (day != instance.first) return;
  traffic::Outage outage;
  outage.channel = instance.channel;
  outage.instance = instance.number + 1;
  outage.from = world::instant(day, instance.numbers[0] * core::minute_ms);
  outage.to = outage.from + instance.drawn[0] * core::minute_ms;
  outage.declined_permille = static_cast<std::int32_t>(instance.planted ? instance.drawn[1] : 15);
  outage.late_permille = static_cast<std::int32_t>(
      instance.planted ? std::min<std::int64_t>(instance.drawn[2], 1000 - instance.drawn[1]) : 10);
  outage.latency_ms = static_cast<std::int32_t>(instance.planted ? instance.drawn[3] : 2'500);
  out.outages.push_back(outage);
}

}  // namespace tillwatch::typology::outage
