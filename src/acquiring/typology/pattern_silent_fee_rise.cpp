// T52: an agent raises its merchants' rate without notice. Look-alike: a change that was announced thirty
// days before.
#include <algorithm>

#include "typology/casting.h"
#include "typology/pattern.h"

namespace tillwatch::typology::silent_fee_rise {

void cast(const World& world, Instance& instance) {
  if (!instance.planted) {  // the notice comes first
    instance.first += 30;
    instance.last += 30;
    instance.ends = instance.last;
  }
  Casting casting(world, instance);
  casting.merchants(1, [](const world::Merchant&) { return true; });
  if (instance.merchants.empty()) return;
  const std::uint16_t agent = world.merchant(instance.merchants[0]).agent;
  instance.agent = agent;
  // Announced changes concern more merchants than silent ones, and the skilled pick few that will not look.
  casting.merchants(instance.drawn[0] * (instance.planted ? 10 - instance.skill : 17) / 10 - 1,
                    [&](const world::Merchant& other) { return other.agent == agent; });
}

void overlay(const World& world, const Instance& instance, Day day, traffic::DayOverlays& out) {
  if (!instance.acts_on(day)) return;
  for (const MerchantIndex shop : instance.merchants) {
    traffic::Overlay& change = out.make(shop, world.merchants().size());
    // The skilled raise it in steps.
    const std::int64_t steps = instance.planted ? 1 + instance.skill : 1;
    const std::int64_t step = std::min<std::int64_t>(steps, 1 + (day - instance.first) / 20);
    change.rate_rise_e6 = static_cast<std::int32_t>(instance.drawn[1] * step / steps);
    change.touched_by = instance.number + 1;
  }
}

namespace {

// The step of the rise on the day, from 1 to skill + 1.
std::int64_t step_on(const Instance& instance, Day day) {
  return std::min<std::int64_t>(1 + instance.skill, 1 + (day - instance.first) / 20);
}

// The skilled write the new rate into the register as if it had been agreed, some for a part of the shops;
// the notice that the merchant has to get is what stays away.
void rewrite(Stage& stage) {
  const Instance& instance = stage.instance();
  const std::int64_t step = step_on(instance, stage.day());
  if (stage.skill() < 2) return;
  if (stage.day() != instance.first && step == step_on(instance, stage.day() - 1)) return;
  for (std::size_t i = 0; i < instance.merchants.size(); ++i) {
    const MerchantIndex shop = instance.merchants[i];
    if (stage.skill() == 2 && i % 2 == 1) continue;
    const std::int64_t rise = stage.drawn(1) * step / (1 + stage.skill());
    const auto rate = static_cast<std::int32_t>(stage.world().merchant(shop).rate_e6 + rise);
    stage.registry(stage.between(1, 60), traffic::Fact::rate_changed, shop, 0, 0, {}, rate);
  }
}

}  // namespace

void act(Stage& stage) {
  if (stage.planted()) return rewrite(stage);
  const bool notice = stage.day() == stage.instance().begins;
  if (!notice && stage.day() != stage.instance().first) return;
  for (const MerchantIndex shop : stage.instance().merchants) {
    const auto rate = static_cast<std::int32_t>(stage.world().merchant(shop).rate_e6 + stage.drawn(1));
    if (notice)
      stage.registry(stage.between(480, 600), traffic::Fact::rate_notified, shop,
                     world::instant(stage.instance().first, 0), 0, {}, rate);
    else
      stage.registry(stage.between(1, 60), traffic::Fact::rate_changed, shop, 0, 0, {}, rate);
  }
}

}  // namespace tillwatch::typology::silent_fee_rise
