// The honesty gate about memory: without what came before, and without its order, little is seen. Stated with
// its sample and bounds, and shown to fail on generators that break it.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <initializer_list>
#include <map>
#include <memory>
#include <numeric>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "chance/random.h"
#include "columns.h"
#include "history.h"
#include "told_world.h"

namespace tillwatch::gates {
namespace {

// 2: the message alone, a small tree, and history out of order see little of what a memory sees

// As the design states them.
constexpr double message_bound = 0.25, shallow_bound = 1.0 / 3, shuffled_bound = 0.5;

// One fair learner for all: slow, many trees, each of which sees a part of the rows and columns.
constexpr Shape shape = {80, 5, 0.15F, 600, 500, 30};
// Of what is no fraud one row in so many is kept, with its weight.
constexpr int thin = 8;

// Readers: of all, of the message, a tree of depth 2, of all out of order.
enum Reader : std::uint8_t { best, message, shallow, shuffled, readers };
using Precisions = std::array<double, readers>;

// What the gate bounds: of the best the message and the tree, of the gain over the message what is left when
// shuffled.
struct Ratio {
  std::string_view name;
  double bound;
  double (*of)(const Precisions& precision);
};
constexpr std::array<Ratio, 3> ratios = {{
    {"message", message_bound, [](const Precisions& p) { return p[message] / std::max(1e-9, p[best]); }},
    {"tree of depth 2", shallow_bound,
     [](const Precisions& p) { return p[shallow] / std::max(1e-9, p[best]); }},
    {"gain out of order", shuffled_bound,
     [](const Precisions& p) { return (p[shuffled] - p[message]) / std::max(1e-9, p[best] - p[message]); }},
}};

// Average precision of the rows of one group by each reader, and in samples drawn anew from the instances of
// the acts and the shops of all else (each counted 0, 1, 2... times, one in the mean): a sample is made of
// these, not of swipes.
struct Judged {
  Precisions value = {};
  std::vector<Precisions> drawn;
};
constexpr std::size_t draws = 200;

// How often what has this number counts in the draw.
float times(std::uint64_t number, std::size_t draw) {
  if (draw == 0) return 1;  // as it was seen
  constexpr std::array<double, 6> poisson = {0.3679, 0.7358, 0.9197, 0.9810, 0.9963, 0.9994};
  const double at = static_cast<double>(chance::mix64(number * chance::golden_step + draw) >> 11) * 0x1p-53;
  return static_cast<float>(std::ranges::lower_bound(poisson, at) - poisson.begin());
}

// What a reader sees of a world, and the number of whose row each is.
struct Seen {
  Table table;
  std::vector<std::uint64_t> whose;
};
Seen seen_of(const ToldWorld& told, Order order) {
  Seen out;
  add_rows(told, told.transactions, thin, out.table, order, &out.whose);
  for (std::uint64_t& each : out.whose) each += told.world->seed() << 40;
  return out;
}
void append(const Table& from, Table& to) {
  to.columns = from.columns;
  to.cells.insert(to.cells.end(), from.cells.begin(), from.cells.end());
  to.weights.insert(to.weights.end(), from.weights.begin(), from.weights.end());
  to.truth.insert(to.truth.end(), from.truth.begin(), from.truth.end());
}

// Rows learned from and judged. Those judged stand in groups, one behind the other.
struct Rows {
  Table from, to;
  std::vector<std::uint64_t> whose;  // of each row that is judged
  std::vector<std::size_t> borders = {0};
  void judge(const Seen& seen) {
    append(seen.table, to);
    whose.insert(whose.end(), seen.whose.begin(), seen.whose.end());
  }
  void end_group() { borders.push_back(to.rows()); }

  // Adds to each group what the reader scores.
  void score(Reader reader, const std::vector<std::size_t>& columns, const Shape& with,
             std::vector<Judged>& groups) const {
    const auto scores = learn_and_score(from, to, columns, with);
    for (std::size_t g = 0; g + 1 < borders.size(); ++g) {
      std::vector<std::uint32_t> order(borders[g + 1] - borders[g]);
      std::iota(order.begin(), order.end(), static_cast<std::uint32_t>(borders[g]));
      std::ranges::sort(order, [&](std::uint32_t a, std::uint32_t b) { return scores[a] > scores[b]; });
      Table part;
      std::vector<float> falling, weights;
      std::vector<std::uint32_t> who;  // place of the row's number in `numbers`
      std::vector<std::uint64_t> numbers;
      std::unordered_map<std::uint64_t, std::uint32_t> places;
      for (const std::uint32_t row : order) {
        const auto [at, is_new] = places.try_emplace(whose[row], static_cast<std::uint32_t>(numbers.size()));
        if (is_new) numbers.push_back(whose[row]);
        who.push_back(at->second);
        part.truth.push_back(to.truth[row]);
        falling.push_back(scores[row]);
        weights.push_back(to.weights[row]);
      }
      groups[g].drawn.resize(draws);
      std::vector<float> counts(numbers.size());
      for (std::size_t draw = 0; draw <= draws; ++draw) {
        for (std::size_t i = 0; i < numbers.size(); ++i) counts[i] = times(numbers[i], draw);
        part.weights = weights;
        for (std::size_t i = 0; i < who.size(); ++i) part.weights[i] *= counts[who[i]];
        const double value = average_precision_in_order(falling, part);
        (draw == 0 ? groups[g].value : groups[g].drawn[draw - 1])[reader] += value;
      }
    }
  }
};

// Learned from some worlds, judged in groups of others.
using Worlds = std::vector<const ToldWorld*>;
struct Trial {
  Worlds learned;
  std::vector<Worlds> groups;
};

// What the trials say of each group, in sum.
std::vector<Judged> judge(const std::vector<Trial>& trials, const Shape& with) {
  std::vector<Judged> out(trials[0].groups.size());
  for (const Order order : {Order::of_time, Order::shuffled}) {
    std::map<const ToldWorld*, Seen> seen;
    const auto see = [&](const ToldWorld* told) -> const Seen& {
      const auto [at, is_new] = seen.try_emplace(told);
      if (is_new) at->second = seen_of(*told, order);
      return at->second;
    };
    for (const Trial& trial : trials) {
      Rows rows;
      for (const ToldWorld* told : trial.learned) append(see(told).table, rows.from);
      for (const Worlds& group : trial.groups) {
        for (const ToldWorld* told : group) rows.judge(see(told));
        rows.end_group();
      }
      const auto all = first_columns(message_columns.size() + history_columns);
      if (order == Order::shuffled) {
        rows.score(shuffled, all, with, out);
        continue;
      }
      rows.score(best, all, with, out);
      rows.score(message, first_columns(message_columns.size()), with, out);
      rows.score(shallow, all, {1, 2, 1}, out);
    }
  }
  return out;
}

// The middle 95 % of what the draws say.
std::pair<double, double> interval_of(const Ratio& ratio, const Judged& judged) {
  std::vector<double> values;
  for (const Precisions& each : judged.drawn) values.push_back(ratio.of(each));
  std::ranges::sort(values);
  return {values[values.size() / 40], values[values.size() - 1 - values.size() / 40]};
}

Worlds pointers(const std::vector<ToldWorld>& worlds, std::initializer_list<std::size_t> which) {
  Worlds out;
  for (const std::size_t i : which) out.push_back(&worlds[i]);
  return out;
}

// The rule: a bound is held where the whole interval lies below it, missed where the whole interval lies
// above it, and open otherwise. What is missed is red, and so is a point above the bound, with one exception:
// what the order adds in the training mix lies on its bound, so that the point says nothing there. The design
// asks for that gate in the realistic mix. What is open is not held: docs/simulator-gates.md says so.
TEST(SimGates, AMessageAloneShowsLittle) {
  const auto& training = five(Mix::training);
  // The realistic mix has too little fraud to learn from: it is judged by what the training mix taught.
  // Learned twice, so that most of the worlds are judged.
  const Worlds realistic = pointers(crowded(), {0, 1, 2, 3, 4});
  const auto judged = judge({{pointers(training, {0, 1, 2}), {pointers(training, {3, 4}), realistic}},
                             {pointers(training, {2, 3, 4}), {pointers(training, {0, 1}), realistic}}},
                            shape);
  for (std::size_t g = 0; g < 2; ++g) {
    const Mix mix = g == 0 ? Mix::training : Mix::realistic;
    const Precisions& value = judged[g].value;
    std::printf(
        "gate 2, %s: average precision %.3f with history, %.3f of the message, %.3f of a tree of depth 2, "
        "%.3f shuffled\n",
        name_of(mix).data(), value[best] / 2, value[message] / 2, value[shallow] / 2, value[shuffled] / 2);
    for (const Ratio& ratio : ratios) {
      const auto [least, most] = interval_of(ratio, judged[g]);
      std::printf("gate 2, %s: %s %.2f of it (%.2f to %.2f), at most %.2f: %s\n", name_of(mix).data(),
                  ratio.name.data(), ratio.of(value), least, most, ratio.bound,
                  most <= ratio.bound   ? "held"
                  : least > ratio.bound ? "missed"
                                        : "open");
      const bool on_the_bound = mix == Mix::training && &ratio == &ratios.back();
      EXPECT_LE(on_the_bound ? least : ratio.of(value), ratio.bound) << name_of(mix) << ": " << ratio.name;
    }
  }
}

// Of a bent world of the training mix, learned from another one: the lower ends of the intervals.
std::array<double, ratios.size()> least_of_bent(const Bend& bend) {
  const auto worlds = bent(Mix::training, bend);
  const auto judged = judge({{pointers(worlds, {0}), {pointers(worlds, {1})}}}, {20, 4, 0.3F, 700, 500, 30});
  std::array<double, ratios.size()> out{};
  for (std::size_t r = 0; r < out.size(); ++r) out[r] = interval_of(ratios[r], judged[0]).first;
  return out;
}

TEST(SimGates, AMessageThatShowsMuchIsNoticed) {
  const auto least = least_of_bent([](Event& event, const Instance*) {
    if (event.fraud) event.offline = true;
  });
  EXPECT_GT(least[0], message_bound);
  EXPECT_GT(least[1], shallow_bound);
}

// A generator whose guilty stand out however their acts are ordered: all of them far from home.
TEST(SimGates, AHistoryWithoutOrderThatShowsMuchIsNoticed) {
  const auto least = least_of_bent([](Event& event, const Instance*) {
    if (event.fraud) event.place = world::moved(event.place, 3'000'000, 0);
  });
  EXPECT_LE(least[0], message_bound);
  EXPECT_GT(least[2], shuffled_bound);
}

TEST(SimGates, ADrawCountsEachOnceInTheMean) {
  double sum = 0, squares = 0;
  for (std::uint64_t number = 0; number < 1'000; ++number)
    for (std::size_t draw = 1; draw <= 20; ++draw) {
      const auto count = static_cast<double>(times(number, draw));
      sum += count;
      squares += count * count;
    }
  EXPECT_NEAR(sum / 20'000, 1, 0.02);
  EXPECT_NEAR(squares / 20'000, 2, 0.1);  // of a Poisson number with the mean 1
}

TEST(SimGates, CrowdedWorldsCountWhatTheyTell) {
  for (const ToldWorld& told : crowded()) {
    double all = 0, of_instances = 0;
    for (const Event& event : told.transactions) {
      const auto weight = static_cast<double>(weight_of(told, event));
      all += weight;
      of_instances += event.instance == 0 ? 0 : weight;
    }
    const auto count = static_cast<double>(told.transactions.size());
    EXPECT_NEAR(all / count, 1, 0.001);
    EXPECT_LT(of_instances / all, 0.2);  // and instances a fifth of what they told
  }
}

// What a reader with a memory knows of a shop's first sale, another shop's first sale having been seen so
// long before.
std::array<float, history_columns> known_after(core::DurationMs silence) {
  ToldWorld told;
  told.world = std::make_shared<const world::World>(gate_settings(Mix::training, gate_seed));
  Event sale;
  sale.time = sale.arrival = world::instant(told.world->settings().first_day + 25, 600 * core::minute_ms);
  sale.merchant = 7;
  sale.terminal = world::terminal_of(7, 0);
  sale.card = world::card_of(11, 0);
  sale.amount = 5'000;
  Event before = sale;
  before.time = before.arrival = sale.time - silence;
  before.merchant = 8;
  before.terminal = world::terminal_of(8, 0);
  before.card = world::card_of(12, 0);
  told.transactions = {before, sale};
  History history(told);
  std::array<float, history_columns> out{};
  for (const Event& event : told.transactions) history.take(event, out);
  return out;
}

TEST(SimHistory, ASilenceBeforeTheFirstSaleIsSeen) {
  EXPECT_EQ(known_after(20 * core::day_ms), known_after(20 * core::day_ms));
  EXPECT_NE(known_after(20 * core::day_ms), known_after(core::hour_ms));
}

}  // namespace
}  // namespace tillwatch::gates
