// The trips on which people buy, and the errands that they run on the way: Trade::tell_person, plan_person,
// tell_plan and first_purchase (trade.h). Never changes how much a kind of shop sells on average: an errand
// is one of the purchases that would be made anyway, at another's heels.
#include <algorithm>

#include "chance/distribution.h"
#include "traffic/trade.h"

namespace tillwatch::traffic {
namespace {

using chance::Lane;
using world::Merchant;

// A trip may lead to so many further purchases; their indexes lie so far apart.
constexpr int errands_most = 3;
constexpr int index_step = 4096;

}  // namespace

std::int64_t Trade::purchases_a_trip_e6(std::int64_t errand_permille) {
  std::int64_t all = 0, each = 1'000'000;
  for (int i = 0; i <= errands_most; ++i, each = each * errand_permille / 1000) all += each;
  return all;
}

int Trade::draw_trips(PersonNumber number) const {
  Stream count(world_.seed(), Lane::day_of_person, number, day_);
  const std::int64_t pace =
      std::int64_t{world_.pace_permille(number)} * world_.week_permille(number, day_) / 1000;
  return chance::poisson(count, std::min<std::int64_t>(trips_micro_ * pace / 1'000'000, 30'000));
}

// How busy the shop is at the time, against its busiest, in millionths.
std::uint32_t Trade::busy_ppm(const Merchant& merchant, std::int64_t ms) const {
  const auto [from, to] = hours(merchant);
  if (ms < from || ms >= to) return 0;
  const world::Kind& kind = world_.kind_of(merchant);
  const std::int64_t shift = shift_min(merchant);
  std::int64_t nearest = 6'000;  // in thousandths of a hump's spread
  for (const world::Span& hump : {kind.first_hump, kind.second_hump}) {
    const std::int64_t off = ms / core::minute_ms - hump[0] - shift;
    nearest = std::min(nearest, (off < 0 ? -off : off) * 1000 / std::max<std::int64_t>(1, hump[1]));
  }
  // exp(-z^2 / 2) as a power of two.
  const std::int64_t exponent = nearest * nearest * 47'274 / 1'000'000;
  return static_cast<std::uint32_t>(chance::scale_by_power(1'000'000, -exponent));
}

// The next purchase on the way: at another shop around the last one, some minutes later, if that is open and
// people go there at the time. Who would find it shut goes some other time of the day, to a shop like any.
bool Trade::draw_errand(const Person& person, const world::Whereabouts& where, std::uint8_t kind,
                        const Plan& before, Plan& plan, Stream& random) const {
  const world::Span& minutes = world_.settings().people.errand_minutes;
  const std::int64_t ms =
      before.ms + random.between(minutes[0] * core::minute_ms, minutes[1] * core::minute_ms);
  // On the way nobody thinks of the shops around the home.
  const world::Whereabouts there{where.city, world_.merchant(before.merchant).place, true};
  if (!choose_merchant(person, there, kind, random, plan.merchant)) return false;
  if (plan.merchant == before.merchant) return false;
  plan.ms = static_cast<std::uint32_t>(ms);
  return random.chance(busy_ppm(world_.merchant(plan.merchant), ms));
}

bool Trade::draw_plan(const Person& person, const world::Whereabouts& where, const Plan* before,
                      std::uint32_t index, Plan& plan, Stream& random) const {
  plan.person = person.number;
  plan.index = static_cast<std::uint16_t>(index);
  const std::uint8_t kind = draw_kind(random);
  if (before == nullptr || !draw_errand(person, where, kind, *before, plan, random)) {
    if (!choose_merchant(person, where, kind, random, plan.merchant)) return false;
    plan.ms = static_cast<std::uint32_t>(draw_time(world_.merchant(plan.merchant), random));
  }
  plan.drawn = static_cast<std::uint16_t>(random.drawn());
  return true;
}

bool Trade::first_purchase(PersonNumber number, Event& out) const {
  const Person person = world_.person(number);
  const world::Whereabouts where = world_.where(person, day_, long_holiday_);
  if (where.on_the_road || draw_trips(number) == 0) return false;
  Stream random(world_.seed(), Lane::purchase, number, day_, 0);
  Plan plan;
  if (!draw_plan(person, where, nullptr, 0, plan, random)) return false;
  out = draw_purchase(person, plan, random);
  return true;
}

// Hands over each purchase of the person with its stream, as far as that was drawn.
template <class Take>
void Trade::each_plan(PersonNumber number, const Take& take) const {
  const int trips = draw_trips(number);
  if (trips == 0) return;
  const Person person = world_.person(number);
  const world::Whereabouts where = world_.where(person, day_, long_holiday_);
  if (where.on_the_road) return;
  const auto further = static_cast<std::uint32_t>(world_.settings().people.errand_permille) * 1000;
  for (int i = 0; i < trips; ++i) {
    Stream errands(world_.seed(), Lane::errand, number, day_, static_cast<std::uint64_t>(i));
    Plan before;
    bool bought = false;
    for (int leg = 0; leg <= errands_most && (leg == 0 || errands.chance(further)); ++leg) {
      const auto index = static_cast<std::uint32_t>(leg * index_step + i);
      Stream random(world_.seed(), Lane::purchase, number, day_, index);
      Plan plan;
      if (!draw_plan(person, where, bought ? &before : nullptr, index, plan, random)) continue;
      take(person, plan, random);
      before = plan;
      bought = true;
    }
  }
}

void Trade::tell_person(PersonNumber number, Events& out) const {
  each_plan(number, [&](const Person& person, const Plan& plan, Stream& random) {
    tell_purchase(person, plan, random, out);
  });
}

void Trade::plan_person(PersonNumber number, Plans& out) const {
  each_plan(number, [&](const Person&, const Plan& plan, Stream&) { out.push_back(plan); });
}

void Trade::tell_plan(const Plan& plan, Events& out) const {
  Stream random(world_.seed(), Lane::purchase, plan.person, day_, plan.index);
  random.go_on_after(plan.drawn);
  tell_purchase(world_.person(plan.person), plan, random, out);
}

}  // namespace tillwatch::traffic
