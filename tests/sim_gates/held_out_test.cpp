// The honesty gate about held-out worlds: what was learned on worlds A is scored once on B (other parameters,
// worlds/elsewhere.yaml), on C (one typology that A never had) and on D (skill raised in the middle). Shown
// to fail on a generator that leaks a constant into A. Bounds: docs/simulator-gates.md.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <string>

#include "columns.h"
#include "told_world.h"
#include "world/world_file.h"

namespace tillwatch::gates {
namespace {

using world::info_of;

constexpr int thin = 16;
constexpr Shape shape = {30, 4, 0.3F};
constexpr std::uint64_t other_seeds[] = {201, 202, 203, 204};

// What is worth of a ranking: average precision, and the share of the acts that stand above all but a
// hundredth of what is no fraud (which, unlike the former, does not hang on how frequent acts are).
struct Worth {
  double precision = 0, found = 0;
  std::size_t acts = 0;
};

// Rows of several worlds in one table, so that what is learned once is scored on all of them.
class Rows {
 public:
  // Adds a world; returns its number. Rows that `skipped` names count for nothing.
  template <class Skip>
  std::size_t add(const ToldWorld& told, Skip skipped) {
    Table all;
    add_rows(told, told.transactions, thin, all);
    std::uint64_t place = 0;
    std::size_t row = 0;
    table_.columns = all.columns;
    for (const Event& event : told.transactions) {
      // The choice of add_rows: each act, and of the others one in `thin`.
      if (!event.fraud && chance::mix64(++place) % thin != 0) continue;
      if (!skipped(event, told.instance_of(event))) {
        table_.add(all.row(row), event.fraud, all.weights[row]);
        worlds_.push_back(count_);
        typologies_.push_back(told.instance_of(event) == nullptr ? 255
                                                                 : static_cast<int>(told.instance_of(event)->id));
      }
      ++row;
    }
    CHECK(row == all.rows());
    return count_++;
  }
  std::size_t add(const ToldWorld& told) {
    return add(told, [](const Event&, const Instance*) { return false; });
  }
  const Table& table() const { return table_; }
  std::vector<float> scores_from(const Table& learned) const {
    return learn_and_score(learned, table_, first_columns(table_.columns), shape);
  }
  // Of the rows of these worlds; with a typology, its acts alone against all that is no fraud.
  Worth worth(const std::vector<float>& scores, std::vector<std::size_t> worlds, int typology = -1) const {
    Table part;
    part.columns = 1;
    std::vector<float> kept;
    std::vector<std::pair<float, float>> honest;  // score, weight
    double honest_weight = 0;
    for (std::size_t i = 0; i < scores.size(); ++i) {
      const bool act = table_.truth[i] != 0;
      if (std::ranges::find(worlds, worlds_[i]) == worlds.end()) continue;
      if (act && typology >= 0 && typologies_[i] != typology) continue;
      part.add(std::array{0.0F}, act, table_.weights[i]);
      kept.push_back(scores[i]);
      if (act) continue;
      honest.emplace_back(scores[i], table_.weights[i]);
      honest_weight += static_cast<double>(table_.weights[i]);
    }
    std::ranges::sort(honest, std::greater<>());
    double above = 0;
    float border = 0;
    for (const auto& [score, weight] : honest) {
      border = score;
      above += static_cast<double>(weight);
      if (above > honest_weight / 100) break;
    }
    Worth out;
    for (std::size_t i = 0; i < kept.size(); ++i) {
      if (part.truth[i] == 0) continue;
      ++out.acts;
      out.found += kept[i] > border ? 1 : 0;
    }
    out.found /= std::max<double>(1, static_cast<double>(out.acts));
    out.precision = average_precision(kept, part);
    return out;
  }

 private:
  Table table_;
  std::vector<std::size_t> worlds_;
  std::vector<int> typologies_;
  std::size_t count_ = 0;
};

void print(std::string_view what, const Worth& worth) {
  std::printf("gate 6, %s: average precision %.3f; %.2f of %zu acts above all but a hundredth of the rest\n",
              what.data(), worth.precision, worth.found, worth.acts);
}

// A: the training mix of the gates. Two worlds are learned from and two are held out.
constexpr std::size_t learned_worlds[] = {0, 1}, kept_worlds[] = {3, 4};

Table learned_from(const std::vector<const ToldWorld*>& worlds) {
  Table out;
  for (const ToldWorld* told : worlds) add_rows(*told, told->transactions, thin, out);
  return out;
}
const Table& table_of_a() {
  static const Table out =
      learned_from({&five(Mix::training)[learned_worlds[0]], &five(Mix::training)[learned_worlds[1]]});
  return out;
}

Settings settings_of_b(std::uint64_t seed) {
  std::ifstream file(TILLWATCH_WORLDS "/elsewhere.yaml");
  const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  auto read = world::read_world(text, "elsewhere.yaml");
  EXPECT_TRUE(read.has_value()) << read.error().detail;
  const Settings size = gate_settings(Mix::training, seed);
  Settings out = read.has_value() ? *read : size;
  out.seed = seed;
  out.mix = Mix::training;
  out.days = size.days;
  out.population.merchants = size.population.merchants;
  out.population.cities = size.population.cities;
  out.population.people_per_merchant = size.population.people_per_merchant;
  return out;
}
const std::vector<ToldWorld>& worlds_of_b() {
  static const std::vector<ToldWorld> out = [] {
    std::vector<ToldWorld> told;
    for (const std::uint64_t seed : other_seeds) told.push_back(tell(settings_of_b(seed)));
    return told;
  }();
  return out;
}

// B: other parameters

// Of the average precision on A that remains on B, and of that of a model which learned on B.
constexpr double kept_least = 0.4, of_native_least = 0.5;

struct Transfer {
  Worth a, b;
};
Transfer transfer(const Table& learned, const ToldWorld& first, const ToldWorld& second) {
  Rows rows;
  const std::vector<std::size_t> a = {rows.add(first), rows.add(second)};
  const std::vector<std::size_t> b = {rows.add(worlds_of_b()[2]), rows.add(worlds_of_b()[3])};
  const auto scores = rows.scores_from(learned);
  return {rows.worth(scores, a), rows.worth(scores, b)};
}

TEST(SimHeldOut, WhatIsLearnedOnAFindsOnB) {
  const std::vector<ToldWorld>& a = five(Mix::training);
  const Transfer there = transfer(table_of_a(), a[kept_worlds[0]], a[kept_worlds[1]]);
  const Table native = learned_from({&worlds_of_b()[0], &worlds_of_b()[1]});
  const Worth home = transfer(native, a[kept_worlds[0]], a[kept_worlds[1]]).b;
  print("learned on A, scored on A", there.a);
  print("learned on A, scored on B", there.b);
  print("learned on B, scored on B", home);
  EXPECT_GE(there.b.precision, kept_least * there.a.precision);
  EXPECT_GE(there.b.precision, of_native_least * home.precision);
}

// A generator that marks half of its acts by a field that ordinary sales have too, in A and not in B.
TEST(SimHeldOut, AConstantThatHoldsInAOnlyIsNoticed) {
  const auto leaking = [](std::size_t world) {
    ToldWorld out = five(Mix::training)[world];
    for (Event& event : out.transactions)
      if (event.fraud && event.arrival % 2 == 0) event.sim_fee = true;
    return out;
  };
  Table learned;
  for (const std::size_t world : learned_worlds) {
    const ToldWorld told = leaking(world);
    add_rows(told, told.transactions, thin, learned);
  }
  const Transfer there = transfer(learned, leaking(kept_worlds[0]), leaking(kept_worlds[1]));
  print("with a leak, learned on A, scored on A", there.a);
  print("with a leak, learned on A, scored on B", there.b);
  EXPECT_LT(there.b.precision, kept_least * there.a.precision);
}

// C: a typology that A never had

TEST(SimHeldOut, ATypologyThatWasNeverSeenIsFoundAtSomeRate) {
  std::vector<TypologyId> left_out = {TypologyId::self_swipe};
  if (is_long())
    left_out = {TypologyId::self_swipe,   TypologyId::cash_out_ring, TypologyId::mcc_arbitrage,
                TypologyId::card_testing, TypologyId::relocation,    TypologyId::bust_out};
  Rows rows;
  const std::vector<std::size_t> kept = {rows.add(five(Mix::training)[kept_worlds[0]]),
                                         rows.add(five(Mix::training)[kept_worlds[1]])};
  const auto seen = rows.scores_from(table_of_a());
  for (const TypologyId id : left_out) {
    Table learned;
    for (const std::size_t world : learned_worlds) {
      Settings settings = gate_settings(Mix::training, gate_seeds[world]);
      settings.typologies[static_cast<std::size_t>(id)].planted = 0;
      const ToldWorld told = tell(settings);
      for (const auto& [number, instance] : told.instances) ASSERT_FALSE(instance.planted && instance.id == id);
      add_rows(told, told.transactions, thin, learned);
    }
    const Worth with = rows.worth(seen, kept, static_cast<int>(id));
    const Worth without = rows.worth(rows.scores_from(learned), kept, static_cast<int>(id));
    print("C, " + std::string(info_of(id).name) + " that was seen", with);
    print("C, " + std::string(info_of(id).name) + " that was never seen", without);
    EXPECT_GT(with.acts, 100u);
    // Whatever it is, it is printed; three times chance, so that a collapse is noticed.
    EXPECT_GE(without.found, 0.03) << info_of(id).name;
  }
}

// D: skill raised in the middle

TEST(SimHeldOut, RaisedSkillCostsAndIsPrinted) {
  constexpr std::int64_t later_day = 14;
  Rows rows;
  std::array<std::vector<std::size_t>, 2> worlds;  // as before, raised
  for (const bool raised : {false, true})
    for (const std::uint64_t seed : {other_seeds[0], other_seeds[1]}) {
      Settings settings = gate_settings(Mix::training, seed);
      const world::Day later = settings.first_day + later_day;
      for (world::Planting& planting : settings.typologies) {
        planting.skill = {0, 1};
        planting.later_day = raised ? later_day : 0;
        planting.later_skill = {3, 3};
      }
      // What happens after the change, of those who began after it.
      const auto before = [later](const Event& event, const Instance* instance) {
        return world::day_of(event.arrival) < later ||
               (event.fraud && instance != nullptr && instance->begins < later);
      };
      worlds[raised ? 1 : 0].push_back(rows.add(tell(settings), before));
    }
  const auto scores = rows.scores_from(table_of_a());
  const Worth plain = rows.worth(scores, worlds[0]), skilled = rows.worth(scores, worlds[1]);
  print("D, skill 0 and 1 all along", plain);
  print("D, skill 3 from the middle on", skilled);
  EXPECT_GT(skilled.acts, 200u);
  EXPECT_LT(skilled.found, plain.found);  // else skill hides nothing
  EXPECT_GE(skilled.found, 0.02);
}

}  // namespace
}  // namespace tillwatch::gates
