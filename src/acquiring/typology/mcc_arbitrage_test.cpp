// Misused codes (T40) beside honest shops with two codes: a second code proves nothing, dear goods under a
// cheap one do. Names of instances are printed with a failure.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <vector>

#include "typology/pattern.h"

namespace tillwatch::typology {
namespace {

using traffic::Event;
using traffic::EventKind;

world::Settings many(std::int64_t skill) {
  world::Settings settings;
  settings.seed = 40;
  settings.population.merchants = 600;
  settings.population.people_per_merchant = 12;
  for (world::Planting& planting : settings.typologies) planting.rate = 0;
  world::Planting& planting = settings.typologies[static_cast<std::size_t>(TypologyId::mcc_arbitrage)];
  planting.rate = 15'000;
  planting.look_alikes = 4;
  planting.skill = {skill, skill};
  planting.ramp_days = {0, 0};
  return settings;
}

struct Shop {
  std::set<std::uint8_t> codes;
  std::map<traffic::TerminalNumber, std::set<std::uint8_t>> codes_of_till;
  int under_cheap = 0, dear_under_cheap = 0;  // dear: more than six times the code's usual ticket
};
// What the instances' shops sell on some days, ordinary customers included: instances by number.
std::map<std::uint32_t, Shop> shops_of(const World& world, bool planted) {
  std::map<std::uint32_t, Shop> out;
  std::map<MerchantIndex, Instance> at;
  const Day epoch = world.settings().first_day / epoch_days;
  for (const Instance& instance : begin_in_epoch(world, epoch))
    if (instance.planted == planted) at.emplace(instance.merchants[0], instance);
  for (Day day = epoch * epoch_days + 12; day < epoch * epoch_days + 70; day += 6) {
    traffic::DayOverlays overlays;
    for (const auto& [shop, instance] : at) pattern_of(instance.id).overlay(world, instance, day, overlays);
    const traffic::Trade trade(world, day, overlays);
    Events all;
    for (const auto& [shop, instance] : at) {
      if (!instance.acts_on(day)) continue;
      Stage stage(trade, instance, all);
      pattern_of(instance.id).act(stage);
    }
    for (traffic::PersonNumber person = 0; person < world.people(); ++person) trade.tell_person(person, all);
    for (const Event& sale : all) {
      const auto whose = at.find(sale.merchant);
      const bool is_sale = sale.kind == EventKind::transaction && sale.type == traffic::TxType::sale;
      if (!is_sale || whose == at.end() || !whose->second.acts_on(day)) continue;
      Shop& shop = out[whose->second.number];
      const world::Kind& code = world.settings().kinds[sale.code_kind];
      shop.codes.insert(sale.code_kind);
      shop.codes_of_till[sale.terminal].insert(sale.code_kind);
      if (code.preferential == 0) continue;
      ++shop.under_cheap;
      shop.dear_under_cheap += sale.amount > 6 * code.ticket_median ? 1 : 0;
    }
  }
  return out;
}

TEST(MccArbitrage, TheSkilledKeepOneCodeAtOneTill) {
  const World world(many(2));
  const auto shops = shops_of(world, true);
  ASSERT_GT(shops.size(), 4u);
  for (const auto& [number, shop] : shops) {
    EXPECT_EQ(shop.codes.size(), 2u) << name_of(number);
    for (const auto& [till, codes] : shop.codes_of_till) EXPECT_EQ(codes.size(), 1u) << name_of(number);
  }
}

TEST(MccArbitrage, HonestShopsHaveTwoCodesAsOften) {
  const World world(many(2));
  std::size_t two = 0, mixed_till = 0;
  const auto shops = shops_of(world, false);
  for (const auto& [number, shop] : shops) {
    two += shop.codes.size() == 2 ? 1u : 0u;
    mixed_till +=
        std::ranges::any_of(shop.codes_of_till, [](const auto& till) { return till.second.size() > 1; });
  }
  ASSERT_GT(shops.size(), 16u);
  EXPECT_GT(two * 10, shops.size() * 5);
  EXPECT_GT(mixed_till, 0u);  // where one is corrected
  EXPECT_LT(mixed_till * 2, two);
}

// What remains: the tickets.
TEST(MccArbitrage, DearGoodsUnderACheapCodeGiveItAway) {
  const World world(many(3));
  const auto share = [](const std::map<std::uint32_t, Shop>& shops) {
    double dear = 0, all = 0;
    for (const auto& [number, shop] : shops) {
      if (shop.codes.size() < 2) continue;
      dear += shop.dear_under_cheap;
      all += shop.under_cheap;
    }
    return dear / all;
  };
  const double misused = share(shops_of(world, true)), honest = share(shops_of(world, false));
  EXPECT_GT(misused, 0.1);
  EXPECT_GT(misused, honest * 3);
}

}  // namespace
}  // namespace tillwatch::typology
