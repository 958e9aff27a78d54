// Trips, errands and uneven weeks: what they change, and that they change nothing else. Each world is told
// with and without them.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <vector>

#include "traffic/trade.h"

namespace tillwatch::traffic {
namespace {

world::Settings small(std::int64_t errand_permille, std::int64_t week_sigma_permille) {
  world::Settings settings;
  settings.seed = 21;
  settings.population.merchants = 150;
  settings.population.cities = 3;
  settings.people.errand_permille = errand_permille;
  settings.people.week_sigma_permille = week_sigma_permille;
  return settings;
}

constexpr int days_told = 14;

// What people plan to buy on two weeks of days, by person and day.
template <class Take>
void each_day(const World& world, const Take& take) {
  const DayOverlays none;
  for (Day day = world.settings().first_day; day < world.settings().first_day + days_told; ++day) {
    const Trade trade(world, day, none);
    for (PersonNumber person = 0; person < world.people(); ++person) {
      Plans plans;
      trade.plan_person(person, plans);
      take(trade, person, plans);
    }
  }
}

struct Told {
  std::int64_t purchases = 0;
  std::array<std::int64_t, world::kind_count> of_kind{};
  std::int64_t soon = 0;   // within an hour of another purchase of the person and day
  std::int64_t shut = 0;   // outside the shop's hours
  std::int64_t again = 0;  // of those soon: at the same shop
};
Told told(const World& world) {
  Told out;
  each_day(world, [&](const Trade& trade, PersonNumber, Plans& plans) {
    std::ranges::sort(plans, {}, &Plan::ms);
    for (std::size_t i = 0; i < plans.size(); ++i) {
      const world::Merchant& merchant = world.merchant(plans[i].merchant);
      const auto [from, to] = trade.hours(merchant);
      out.shut += plans[i].ms < from || plans[i].ms >= to ? 1 : 0;
      ++out.purchases;
      ++out.of_kind[merchant.kind];
      if (i == 0 || plans[i].ms - plans[i - 1].ms > core::hour_ms) continue;
      ++out.soon;
      out.again += plans[i].merchant == plans[i - 1].merchant ? 1 : 0;
    }
  });
  return out;
}

TEST(Errand, BringsPurchasesTogetherAndMakesNoMore) {
  const Told alone = told(World(small(0, 0))), errands = told(World(small(300, 0)));
  ASSERT_GT(alone.purchases, 30'000);
  EXPECT_GT(errands.soon, alone.soon * 2);
  EXPECT_NEAR(static_cast<double>(errands.purchases), static_cast<double>(alone.purchases),
              static_cast<double>(alone.purchases) / 40);
  for (std::size_t kind = 0; kind < world::kind_count; ++kind) {
    const auto before = static_cast<double>(alone.of_kind[kind]);
    EXPECT_NEAR(static_cast<double>(errands.of_kind[kind]), before, before / 20 + 100) << "kind " << kind;
  }
  EXPECT_EQ(errands.shut, 0);
  EXPECT_LT(errands.again * 10, errands.soon);
}

TEST(Errand, LeadsToAShopAroundTheLastOne) {
  const World world(small(300, 0));
  std::int64_t near_m = 0, any_m = 0, count = 0;
  std::vector<MerchantIndex> last(3);
  each_day(world, [&](const Trade&, PersonNumber, const Plans& plans) {
    for (std::size_t i = 1; i < plans.size(); ++i) {
      const std::int64_t gap = std::int64_t{plans[i].ms} - plans[i - 1].ms;
      const world::Merchant& before = world.merchant(plans[i - 1].merchant);
      const world::Merchant& shop = world.merchant(plans[i].merchant);
      const bool errand = gap >= 10 * core::minute_ms && gap <= core::hour_ms;
      if (!errand || shop.city != before.city) continue;
      near_m += world::metres_between(shop.place, before.place);
      any_m += world::metres_between(world.merchant(last[shop.city]).place, before.place);
      last[shop.city] = shop.number;
      ++count;
    }
  });
  ASSERT_GT(count, 1'000);
  EXPECT_LT(near_m * 10, any_m * 9) << near_m / count << " and " << any_m / count << " m";
}

// How far a person's two weeks are apart, over all people.
std::int64_t weeks_apart(const World& world) {
  std::vector<std::array<std::int64_t, 2>> weeks(world.people());
  each_day(world, [&](const Trade& trade, PersonNumber person, const Plans& plans) {
    const Day since = trade.day() - world.settings().first_day;
    weeks[person][since < 7 ? 0 : 1] += static_cast<std::int64_t>(plans.size());
  });
  std::int64_t squares = 0;
  for (const auto& [first, second] : weeks) squares += (first - second) * (first - second);
  return squares;
}

TEST(Week, IsBusyOrQuietAndTheMeanStays) {
  world::Settings even = small(0, 0), uneven = small(0, 700);
  // Two whole weeks, from Monday on.
  even.first_day = uneven.first_day = core::days_from_civil({2026, 3, 2});
  const World smooth(even), rough(uneven);
  EXPECT_GT(weeks_apart(rough) * 10, weeks_apart(smooth) * 13);
  const Told one = told(smooth), other = told(rough);
  EXPECT_NEAR(static_cast<double>(one.purchases), static_cast<double>(other.purchases),
              static_cast<double>(one.purchases) / 40);
  std::int64_t sum = 0;
  for (PersonNumber person = 0; person < 4'000; ++person)
    for (Day day = even.first_day; day < even.first_day + 7; ++day) {
      EXPECT_EQ(rough.week_permille(person, day), rough.week_permille(person, even.first_day));
      sum += rough.week_permille(person, day);
    }
  EXPECT_NEAR(static_cast<double>(sum) / 28'000, 1'000, 40);
  EXPECT_NE(rough.week_permille(7, even.first_day), rough.week_permille(7, even.first_day - 1));
}

// A day told in slices is told from its plans.
TEST(Errand, ToldFromItsPlanIsTheSame) {
  const World world(small(400, 300));
  const DayOverlays none;
  const Trade trade(world, world.settings().first_day + 3, none);
  std::size_t errands = 0;
  for (PersonNumber person = 0; person < 4'000; ++person) {
    Events whole, planned;
    Plans plans;
    trade.tell_person(person, whole);
    trade.plan_person(person, plans);
    for (const Plan& plan : plans) trade.tell_plan(plan, planned);
    ASSERT_EQ(whole.size(), planned.size());
    for (std::size_t i = 0; i < whole.size(); ++i) {
      EXPECT_EQ(whole[i].id, planned[i].id);
      EXPECT_EQ(whole[i].arrival, planned[i].arrival);
      EXPECT_EQ(whole[i].amount, planned[i].amount);
    }
    errands += static_cast<std::size_t>(
        std::ranges::count_if(plans, [](const Plan& plan) { return plan.index >= 4'096; }));
  }
  EXPECT_GT(errands, 200u);
}

}  // namespace
}  // namespace tillwatch::traffic
