// The honesty gate about held-out worlds: what was learned on worlds A is scored once on B (other parameters,
// worlds/elsewhere.yaml), on C (one typology that A never had) and on D (skill raised in the middle). Shown
// to fail on a generator that leaks a constant into A. Bounds: docs/simulator-gates.md.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <utility>

#include "columns.h"
#include "told_world.h"
#include "world/world_file.h"

namespace tillwatch::gates {
namespace {

using world::info_of;

// One in so many is kept, with its weight: of what is no fraud, of the acts.
constexpr std::uint64_t thin = 16, thin_acts = 1;
// Each tree sees a part of the rows and columns, as in the second gate: what holds of one guilty shop holds
// nowhere else.
constexpr Shape shape = {30, 4, 0.3F, 600, 500, 30};
constexpr std::uint64_t other_seeds[] = {301, 302, 303};

// What a ranking is worth: average precision, and the share of the acts that stand above all but a hundredth
// of what is no fraud (which, unlike the former, does not hang on how frequent acts are).
struct Worth {
  double precision = 0, found = 0;
  std::size_t acts = 0;  // instances' transactions in the sample
};

// Rows of worlds in one table, so that what is learned once is scored on all of them.
struct Rows {
  Table table;
  std::vector<int> typologies;  // of each row; -1: ordinary life
  std::vector<int> groups;

  void add(const Rows& others, int group) {
    table.columns = others.table.columns;
    for (std::size_t i = 0; i < others.table.rows(); ++i) {
      table.add(others.table.row(i), others.table.truth[i] != 0, others.table.weights[i]);
      typologies.push_back(others.typologies[i]);
      groups.push_back(group);
    }
  }
  std::vector<float> scores_from(const Table& learned) const {
    return learn_and_score(learned, table, first_columns(table.columns), shape);
  }
  // Of one group; with a typology, its acts alone against all that is no fraud.
  Worth worth(const std::vector<float>& scores, int group, int typology = -1) const;
};

Worth Rows::worth(const std::vector<float>& scores, int group, int typology) const {
  Table part;
  part.columns = 1;
  std::vector<float> kept;
  std::vector<std::pair<float, float>> honest;  // score, weight
  double honest_weight = 0, above = 0;
  for (std::size_t i = 0; i < scores.size(); ++i) {
    const bool act = table.truth[i] != 0;
    if (groups[i] != group || (act && typology >= 0 && typologies[i] != typology)) continue;
    part.add(std::array{0.0F}, act, table.weights[i]);
    kept.push_back(scores[i]);
    if (act) continue;
    honest.emplace_back(scores[i], table.weights[i]);
    honest_weight += static_cast<double>(table.weights[i]);
  }
  std::ranges::sort(honest, std::greater<>());
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

// The rows of a world, less those that `skipped` names.
template <class Skip>
Rows rows_of(const ToldWorld& told, Skip skipped) {
  Rows out;
  Table all;
  add_rows(told, told.transactions, 1, all);
  CHECK(all.rows() == told.transactions.size());
  out.table.columns = all.columns;
  for (std::size_t i = 0; i < all.rows(); ++i) {
    const Event& event = told.transactions[i];
    const Instance* instance = told.instance_of(event);
    const std::uint64_t one_in = event.fraud ? thin_acts : thin;
    if (skipped(event, instance) || chance::mix64(i + 1) % one_in != 0) continue;
    out.table.add(all.row(i), event.fraud, static_cast<float>(one_in));
    out.typologies.push_back(instance == nullptr ? -1 : static_cast<int>(instance->id));
    out.groups.push_back(0);
  }
  return out;
}
Rows rows_of(const ToldWorld& told) {
  return rows_of(told, [](const Event&, const Instance*) { return false; });
}

void print(std::string_view what, const Worth& worth) {
  std::printf("gate 6, %s: average precision %.3f; %.2f of %zu acts above all but a hundredth of the rest\n",
              what.data(), worth.precision, worth.found, worth.acts);
}

// Worlds to learn from and others that are held out.
struct Split {
  Rows learned, kept;
};
constexpr std::size_t learned_worlds[] = {0, 1}, kept_worlds[] = {3, 4};

// A: the training mix of the gates.
const Split& split_of_a() {
  static const Split out = [] {
    Split a;
    for (const std::size_t world : learned_worlds) a.learned.add(rows_of(five(Mix::training)[world]), 0);
    for (const std::size_t world : kept_worlds) a.kept.add(rows_of(five(Mix::training)[world]), 0);
    return a;
  }();
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
  out.days = size.days;
  out.population.merchants = size.population.merchants;
  out.population.cities = size.population.cities;
  out.population.people_per_merchant = size.population.people_per_merchant;
  return out;
}
const Split& split_of_b() {
  static const Split out = [] {
    Split b;
    for (const std::size_t world : {0u, 1u, 2u})
      (world < 2 ? b.learned : b.kept).add(rows_of(tell(settings_of_b(other_seeds[world]))), 0);
    return b;
  }();
  return out;
}

// B: other parameters

// What remains on B of the average precision on A, and of that of a model which learned on B.
constexpr double kept_least = 0.4, of_native_least = 0.4;

struct Transfer {
  Worth a, b;
};
Transfer transfer(const Rows& learned, const Rows& a) {
  Rows both;
  both.add(a, 0);
  both.add(split_of_b().kept, 1);
  const auto scores = both.scores_from(learned.table);
  return {both.worth(scores, 0), both.worth(scores, 1)};
}

// Who scores far better at home than elsewhere has learned what holds at home only.
double kept_of(const Transfer& there) {
  return there.b.precision / std::max(1e-9, there.a.precision);
}

TEST(SimHeldOut, WhatIsLearnedOnAFindsOnB) {
  const Transfer there = transfer(split_of_a().learned, split_of_a().kept);
  const Worth home = transfer(split_of_b().learned, split_of_a().kept).b;
  print("learned on A, scored on A", there.a);
  print("learned on A, scored on B", there.b);
  print("learned on B, scored on B", home);
  EXPECT_GE(kept_of(there), kept_least);
  EXPECT_GE(there.b.precision, of_native_least * home.precision);
}

// A generator that marks nine acts in ten by a field that ordinary sales have too, in A and not in B.
Rows leaking(Rows rows) {
  const auto field = std::ranges::find(message_columns, "deposit") - message_columns.begin();
  for (std::size_t i = 0; i < rows.table.rows(); ++i)
    if (rows.table.truth[i] != 0 && chance::mix64(i) % 10 != 0)
      rows.table.cells[i * rows.table.columns + static_cast<std::size_t>(field)] = 2;
  return rows;
}

TEST(SimHeldOut, AConstantThatHoldsInAOnlyIsNoticed) {
  const Transfer there = transfer(leaking(split_of_a().learned), leaking(split_of_a().kept));
  print("with a leak, learned on A, scored on A", there.a);
  print("with a leak, learned on A, scored on B", there.b);
  EXPECT_LT(kept_of(there), kept_least);  // the bound that the honest generator keeps
}

// C: a typology that A never had

TEST(SimHeldOut, ATypologyThatWasNeverSeenIsFoundAtSomeRate) {
  std::vector<TypologyId> left_out = {TypologyId::self_swipe};
  if (is_long())
    left_out = {TypologyId::self_swipe,   TypologyId::cash_out_ring, TypologyId::mcc_arbitrage,
                TypologyId::card_testing, TypologyId::relocation,    TypologyId::bust_out};
  const Rows& kept = split_of_a().kept;
  const auto seen = kept.scores_from(split_of_a().learned.table);
  for (const TypologyId id : left_out) {
    Rows learned;
    for (const std::size_t world : learned_worlds) {
      Settings settings = gate_settings(Mix::training, gate_seed + world);
      settings.typologies[static_cast<std::size_t>(id)].planted = 0;
      learned.add(rows_of(tell(settings)), 0);
    }
    for (std::size_t i = 0; i < learned.table.rows(); ++i)
      ASSERT_FALSE(learned.table.truth[i] != 0 && learned.typologies[i] == static_cast<int>(id));
    const Worth with = kept.worth(seen, 0, static_cast<int>(id));
    const Worth without = kept.worth(kept.scores_from(learned.table), 0, static_cast<int>(id));
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
  std::set<std::pair<std::uint64_t, std::uint32_t>> raised_instances;
  // Three worlds: those who begin after the change have three weeks to act in, and one world has few of them.
  for (const std::uint64_t seed : other_seeds)
    for (const bool raised : {false, true}) {
      Settings settings = gate_settings(Mix::training, seed);
      const world::Day later = settings.first_day + later_day;
      for (world::Planting& planting : settings.typologies) {
        planting.skill = {0, 1};
        planting.later_day = raised ? later_day : 0;
        planting.later_skill = {3, 3};
      }
      // What happens after the change, of those who began after it.
      const auto before = [&](const Event& event, const Instance* instance) {
        const bool early = world::day_of(event.arrival) < later ||
                           (event.fraud && instance != nullptr && instance->begins < later);
        if (raised && event.fraud && !early) raised_instances.emplace(seed, event.instance);
        return early;
      };
      rows.add(rows_of(tell(settings), before), raised ? 1 : 0);
    }
  const auto scores = rows.scores_from(split_of_a().learned.table);
  const Worth plain = rows.worth(scores, 0), skilled = rows.worth(scores, 1);
  print("D, skill 0 and 1 all along", plain);
  print("D, skill 3 from the middle on", skilled);
  std::printf("gate 6, D: %zu instances of skill 3\n", raised_instances.size());
  EXPECT_GT(skilled.acts, 100u);
  EXPECT_LT(skilled.found, plain.found);  // else skill hides nothing
  EXPECT_GE(skilled.found, 0.02);
}

}  // namespace
}  // namespace tillwatch::gates
