// The honesty gate about identifiers, instants and order: they say nothing. Stated with its sample and bound,
// and shown to fail on a generator that breaks it.
#include <gtest/gtest.h>

#include <cmath>
#include <set>
#include <string>
#include <vector>

#include "columns.h"
#include "telling/writer.h"
#include "told_world.h"

namespace tillwatch::gates {
namespace {

using world::info_of;

// 3: identifiers, instants and order say nothing

struct Area {
  double value = 0.5;
  double bound = 0;  // a fiftieth, and what chance does to a sample of this size
};
Area identity_area(const std::vector<ToldWorld>& worlds) {
  constexpr std::uint64_t thin = 8;
  Table from, to;
  from.columns = to.columns = identity_columns;
  std::array<float, identity_columns> row{};
  double positive = 0;
  for (std::size_t w = 0; w < worlds.size(); ++w) {
    for (std::size_t place = 0; place < worlds[w].transactions.size(); ++place) {
      const Event& event = worlds[w].transactions[place];
      if (!event.fraud && chance::mix64(place) % thin != 0) continue;
      identity_of(worlds[w], event, place, row);
      (w < learners_of(worlds) ? from : to)
          .add(row, event.fraud, event.fraud ? 1.0F : static_cast<float>(thin));
      positive += event.fraud && w >= learners_of(worlds) ? 1 : 0;
    }
  }
  const auto scores = learn_and_score(from, to, first_columns(identity_columns), {20, 3, 0.2F});
  return {area_under_curve(scores, to), 0.02 + 1.96 * std::sqrt(1 / (12 * std::max(1.0, positive)))};
}

TEST(SimGates, IdentifiersInstantsAndOrderSayNothing) {
  for (const Mix mix : {Mix::realistic, Mix::training}) {
    const Area area = identity_area(five(mix));
    std::printf("gate 3, %s: area %.4f, allowed 0.5 +- %.4f\n", name_of(mix).data(), area.value, area.bound);
    EXPECT_NEAR(area.value, 0.5, area.bound) << name_of(mix);
  }
}

TEST(SimGates, AnIdentifierThatLeaksIsNoticed) {
  // A generator that numbers acts apart: a tenth of their identifiers begin with the same letter.
  auto worlds = bent(Mix::training, {});
  for (ToldWorld& told : worlds) {
    const telling::Writer writer(*told.world);
    std::string text;
    for (Event& event : told.transactions) {
      if (!event.fraud || event.arrival % 10 != 0) continue;
      for (text.clear(); text.empty() || text[0] != 'a'; ++event.id) {
        text.clear();
        writer.append_id(text, event.id + 1);
      }
    }
  }
  const Area area = identity_area(worlds);
  EXPECT_GT(area.value, 0.5 + area.bound);
}

TEST(SimGates, ACoarserClockIsNoticed) {
  const auto worlds = bent(Mix::training, [](Event& event, const Instance*) {
    if (event.fraud && event.arrival % 4 == 0) event.time -= core::floor_mod(event.time, 1000);
  });
  const Area area = identity_area(worlds);
  EXPECT_GT(area.value, 0.5 + area.bound);
}

// Merchants and terminals: who is planted shows neither in the code, nor in the serial, nor in the number.
Area merchant_area(bool leak) {
  constexpr std::size_t merchant_learners = 3;
  Table from, to;
  double positive = 0;
  for (std::size_t w = 0; w < 5; ++w) {
    Settings settings = gate_settings(Mix::realistic, gate_seed + w);
    settings.population.merchants = 12'000;
    settings.population.people_per_merchant = 1;
    const world::World world(settings);
    std::set<traffic::MerchantIndex> planted;
    for (world::Day epoch = settings.first_day / typology::epoch_days - 3;
         epoch <= settings.first_day / typology::epoch_days; ++epoch)
      for (const Instance& instance : typology::begin_in_epoch(world, epoch))
        if (instance.planted && info_of(instance.id).fraud)
          planted.insert(instance.merchants.begin(), instance.merchants.end());
    Table& table = w < merchant_learners ? from : to;
    std::string text;
    for (const world::Merchant& merchant : world.merchants()) {
      text.clear();
      world.append_merchant_code(text, merchant.number);
      world.append_serial(text, world::terminal_of(merchant.number, 0));
      world.append_terminal_id(text, world::terminal_of(merchant.number, 0));
      std::vector<float> row;
      for (const char letter : text) row.push_back(static_cast<float>(letter));
      const bool is_true = planted.contains(merchant.number);
      if (leak && is_true) row[3] = static_cast<float>('A');
      row.push_back(static_cast<float>(merchant.number % 16));
      row.push_back(static_cast<float>(merchant.number));
      table.columns = row.size();
      table.add(row, is_true, 1);
      positive += is_true && w >= merchant_learners ? 1 : 0;
    }
  }
  to.columns = from.columns;
  const auto scores = learn_and_score(from, to, first_columns(from.columns), {10, 3, 0.1F});
  return {area_under_curve(scores, to), 0.02 + 1.96 * std::sqrt(1 / (12 * std::max(1.0, positive)))};
}

TEST(SimGates, MerchantCodesAndSerialsSayNothing) {
  const Area area = merchant_area(false);
  std::printf("gate 3, merchants: area %.4f, allowed 0.5 +- %.4f\n", area.value, area.bound);
  EXPECT_NEAR(area.value, 0.5, area.bound);
  const Area leaking = merchant_area(true);
  EXPECT_GT(leaking.value, 0.5 + leaking.bound);
}

}  // namespace
}  // namespace tillwatch::gates
