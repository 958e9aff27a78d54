// The honesty gates about who takes part and what is drawn: look-alikes, honest sales, constants. Each is
// stated with its sample and bound, and shown to fail on a generator that breaks it.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "columns.h"
#include "told_world.h"

namespace tillwatch::gates {
namespace {

using world::info_of;

// 4: every typology has its look-alike at five times its volume; fraud merchants also trade honestly
//

struct Volume {
  std::size_t planted = 0, look_alikes = 0;  // instances
  std::size_t acts = 0, resembling = 0;      // transactions
};
std::map<TypologyId, Volume> volumes_of(const std::vector<ToldWorld>& worlds) {
  std::map<TypologyId, Volume> out;
  for (const ToldWorld& told : worlds) {
    for (const auto& [number, instance] : told.instances)
      ++(instance.planted ? out[instance.id].planted : out[instance.id].look_alikes);
    for (const Event& event : told.transactions) {
      const Instance* instance = told.instance_of(event);
      if (instance == nullptr) continue;
      Volume& volume = out[instance->id];
      if (!instance->planted)
        ++volume.resembling;
      else if (event.fraud)
        ++volume.acts;
    }
  }
  return out;
}
// Typologies that fall short, by name. `acts_least` acts are needed to speak of volume, 20 instances of
// number.
std::set<std::string> without_look_alikes(const std::vector<ToldWorld>& worlds) {
  std::set<std::string> out;
  for (const auto& [id, volume] : volumes_of(worlds)) {
    if (!info_of(id).fraud) continue;
    const bool few = volume.planted >= 20 && volume.look_alikes < 5 * volume.planted;
    const bool quiet = volume.acts >= 500 && volume.planted >= 20 && volume.resembling < 5 * volume.acts;
    if (few || quiet)
      out.insert(std::string(info_of(id).name) + ": " + std::to_string(volume.look_alikes) + " to " +
                 std::to_string(volume.planted) + " instances, " + std::to_string(volume.resembling) +
                 " to " + std::to_string(volume.acts) + " transactions");
  }
  return out;
}

TEST(SimGates, EveryTypologyHasItsLookAlikeAtFiveTimesItsVolume) {
  for (const Mix mix : {Mix::realistic, Mix::training})
    for (const std::string& each : without_look_alikes(five(mix)))
      ADD_FAILURE() << name_of(mix) << ": " << each;
}

TEST(SimGates, ATypologyWithoutLookAlikeIsNoticed) {
  std::vector<ToldWorld> worlds;
  for (const std::uint64_t seed : {gate_seed, gate_seed + 1}) {
    Settings settings = gate_settings(Mix::training, seed);
    settings.typologies[static_cast<std::size_t>(TypologyId::mcc_arbitrage)].look_alikes = 1;
    worlds.push_back(tell(settings));
  }
  std::string all;
  for (const std::string& each : without_look_alikes(worlds)) all += each + "\n";
  EXPECT_NE(all.find("mcc_arbitrage:"), std::string::npos) << all;
}

// Of the sales under another code than the register names, those of shops that misuse one.
double misused_of_unregistered(const std::vector<ToldWorld>& worlds) {
  double all = 0, misused = 0;
  for (const ToldWorld& told : worlds)
    for (const Event& event : told.transactions) {
      if (event.code_kind == told.world->merchant(event.merchant).registered) continue;
      const Instance* instance = told.instance_of(event);
      all += 1;
      misused +=
          instance != nullptr && instance->planted && instance->id == TypologyId::mcc_arbitrage ? 1 : 0;
    }
  return misused / std::max(1.0, all);
}

TEST(SimGates, ARegisterThatNamesAnotherCodeIsNoProof) {
  EXPECT_LT(misused_of_unregistered(five(Mix::training)), 0.25);
  std::vector<ToldWorld> broken = bent(Mix::training, {});
  for (ToldWorld& told : broken)  // as if every honest entry were up to date, and every honest code in it
    std::erase_if(told.transactions, [&](const Event& event) {
      const world::Merchant& merchant = told.world->merchant(event.merchant);
      const Instance* instance = told.instance_of(event);
      const bool second =
          instance != nullptr && !instance->planted && instance->id == TypologyId::mcc_arbitrage;
      return merchant.kind != merchant.registered || second;
    });
  EXPECT_GT(misused_of_unregistered(broken), 0.25);
}

// Merchants of planted instances that make no honest sale in the whole world, of how many.
std::pair<std::size_t, std::size_t> only_fraud(const std::vector<ToldWorld>& worlds) {
  std::size_t only = 0, all = 0;
  for (const ToldWorld& told : worlds) {
    std::set<traffic::MerchantIndex> dishonest, honest;
    // The first day's small hours belong to the evening before, of which nothing else is told.
    const core::TimeMs morning = world::instant(told.world->settings().first_day, 3 * core::hour_ms);
    for (const Event& event : told.transactions) {
      const Instance* instance = told.instance_of(event);
      const bool at_home = instance != nullptr && std::ranges::count(instance->merchants, event.merchant) > 0;
      if (event.fraud && at_home && event.time >= morning) dishonest.insert(event.merchant);
      if (!event.fraud && event.type == traffic::TxType::sale) honest.insert(event.merchant);
    }
    for (const auto merchant : dishonest) only += honest.contains(merchant) ? 0u : 1u;
    all += dishonest.size();
  }
  return {only, all};
}

TEST(SimGates, EveryFraudMerchantAlsoMakesHonestSales) {
  for (const Mix mix : {Mix::realistic, Mix::training}) {
    const auto [only, all] = only_fraud(five(mix));
    std::printf("gate 4, %s: %zu merchants with acts of fraud, %zu without an honest sale\n",
                name_of(mix).data(), all, only);
    EXPECT_EQ(only, 0u) << name_of(mix);
    EXPECT_GT(all, mix == Mix::training ? 300u : 15u);
  }
  std::vector<ToldWorld> broken = bent(Mix::training, {});
  for (ToldWorld& told : broken)
    std::erase_if(told.transactions,
                  [](const Event& event) { return !event.fraud && event.merchant % 2 == 0; });
  EXPECT_GT(only_fraud(broken).first, 0u);
}

// 5: no constant of the generator stands in what it tells

// Amounts and how often each was asked for.
struct Amounts {
  std::map<std::int64_t, double> counts;
  double all = 0;
  void add(std::int64_t amount) {
    counts[amount] += 1;
    all += 1;
  }
  double share(std::int64_t amount) const {
    const auto at = counts.find(amount);
    return at == counts.end() ? 0 : at->second / all;
  }
};

// Honest sales by what the shop is and the code it sells under: round prices are a trade's own. Where fewer
// than `sales_least` are known of both, the kind alone speaks.
constexpr double sales_least = 1'000;
using KindAndCode = std::pair<int, int>;
constexpr int any_code = -1;

// The largest excess of one exact amount among the acts of a typology from skill 2 on, over its share in the
// honest sales of such shops as the acts were made in; of typologies with at least 200 such acts.
std::vector<std::string> constants_of(const std::vector<ToldWorld>& worlds) {
  std::map<KindAndCode, Amounts> honest;
  struct Acts {
    Amounts amounts;
    std::map<KindAndCode, double> where;
  };
  std::map<TypologyId, Acts> acts;
  for (const ToldWorld& told : worlds)
    for (const Event& event : told.transactions) {
      const Instance* instance = told.instance_of(event);
      const int kind = told.world->merchant(event.merchant).kind;
      if (!event.fraud && event.type == traffic::TxType::sale) {
        honest[{kind, event.code_kind}].add(event.amount);
        honest[{kind, any_code}].add(event.amount);
      } else if (event.fraud && instance != nullptr && instance->skill >= 2) {
        acts[instance->id].amounts.add(event.amount);
        acts[instance->id].where[{kind, event.code_kind}] += 1;
      }
    }
  std::vector<std::string> out;
  for (const auto& [id, each] : acts) {
    const double all = each.amounts.all;
    if (all < 200) continue;
    for (const auto& [amount, count] : each.amounts.counts) {
      double expected = 0;
      for (const auto& [where, here] : each.where) {
        const Amounts& both = honest[where];
        const Amounts& such = both.all >= sales_least ? both : honest[{where.first, any_code}];
        expected += here / all * such.share(amount);
      }
      if (count / all - expected > 0.05)
        out.push_back(std::string(info_of(id).name) + ": " + std::to_string(amount) + " is " +
                      std::to_string(count / all) + " of " + std::to_string(all) + " acts, " +
                      std::to_string(expected) + " of such shops' sales");
    }
  }
  return out;
}

TEST(SimGates, NoConstantStandsInAnAmount) {
  for (const Mix mix : {Mix::realistic, Mix::training})
    for (const std::string& each : constants_of(five(mix))) ADD_FAILURE() << name_of(mix) << ": " << each;
  const auto broken = bent(Mix::training, [](Event& event, const Instance* instance) {
    if (event.fraud && instance != nullptr && instance->id == TypologyId::bust_out && event.arrival % 10 == 0)
      event.amount = 220'00;
  });
  std::string all;
  for (const std::string& each : constants_of(broken)) all += each + "\n";
  EXPECT_NE(all.find("bust_out: 22000"), std::string::npos) << all;
}

// A world of three kinds of sales: many of one trade, few of another that asks for 250.00 a tenth of the
// time, and acts at a shop of one of both that take 250.00 as often.
std::vector<ToldWorld> with_acts_where_it_is_usual(bool usual) {
  std::vector<ToldWorld> out(1);
  ToldWorld& told = out[0];
  told.world = std::make_shared<const world::World>(gate_settings(Mix::training, gate_seed));
  const auto& merchants = told.world->merchants();
  const auto other = std::ranges::find_if(
      merchants, [&](const world::Merchant& merchant) { return merchant.kind != merchants[0].kind; });
  Instance instance;
  instance.number = 1;
  instance.id = TypologyId::cash_out_ring;
  instance.skill = 2;
  told.instances.emplace(instance.number, instance);
  const auto add = [&](const world::Merchant& merchant, std::size_t i, bool rounds, bool fraud) {
    Event event;
    event.merchant = merchant.number;
    event.code_kind = merchant.kind;
    event.amount = rounds && i % 10 == 0 ? 250'00 : static_cast<std::int64_t>(10'001 + i);
    event.fraud = fraud;
    event.instance = fraud ? instance.number + 1 : 0;
    told.transactions.push_back(event);
  };
  for (std::size_t i = 0; i < 20'000; ++i) add(merchants[0], i, false, false);
  for (std::size_t i = 0; i < 2'000; ++i) add(*other, i, true, false);
  for (std::size_t i = 0; i < 500; ++i) add(usual ? *other : merchants[0], i, true, true);
  return out;
}

TEST(SimGates, AnAmountIsNoConstantWhereSuchShopsAskForIt) {
  EXPECT_TRUE(constants_of(with_acts_where_it_is_usual(true)).empty());
  EXPECT_EQ(constants_of(with_acts_where_it_is_usual(false)).size(), 1u);
}

// Parameters are drawn anew: no two instances of a typology share all of theirs, and each parameter moves.
TEST(SimGates, ParametersAreDrawnForEachInstance) {
  std::map<TypologyId, std::set<std::array<std::int64_t, world::drawn_max>>> drawn;
  std::map<TypologyId, std::size_t> counts;
  for (const ToldWorld& told : five(Mix::training))
    for (const auto& [number, instance] : told.instances) {
      if (!instance.planted) continue;
      drawn[instance.id].insert(instance.drawn);
      ++counts[instance.id];
    }
  for (const auto& [id, different] : drawn) {
    if (counts[id] < 10) continue;
    EXPECT_GE(different.size(), counts[id] * 9 / 10) << info_of(id).name;
    for (std::size_t i = 0; i < world::drawn_max; ++i) {
      const world::DrawnInfo& info = info_of(id).drawn[i];
      if (info.name.empty() || info.from == info.to) continue;
      std::set<std::int64_t> values;
      for (const auto& each : different) values.insert(each[i]);
      EXPECT_GE(values.size(), 2u) << info_of(id).name << "." << info.name;
    }
  }
}

}  // namespace
}  // namespace tillwatch::gates
