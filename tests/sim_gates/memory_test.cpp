// The honesty gate about memory: without what came before, and without its order, little is seen. Stated with
// its sample and bounds, and shown to fail on generators that break it.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <memory>
#include <numeric>
#include <vector>

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
constexpr int learned_thin = 8, judged_thin = 16;

struct Precision {
  double best = 0, message = 0, shallow = 0, shuffled = 0;
  double kept() const { return (shuffled - message) / std::max(1e-9, best - message); }
};

// Rows learned from and judged. Those judged stand in groups, one behind the other.
struct Rows {
  Table from, to;
  std::vector<std::size_t> borders = {0};
  void learn(const ToldWorld& told, Order order) {
    add_rows(told, told.transactions, learned_thin, from, order);
  }
  void judge(const ToldWorld& told, Order order) {
    add_rows(told, told.transactions, judged_thin, to, order);
  }
  void end_group() { borders.push_back(to.rows()); }

  // Average precision in each group.
  std::vector<double> precision(const std::vector<std::size_t>& columns, const Shape& with) const {
    const auto scores = learn_and_score(from, to, columns, with);
    std::vector<double> out;
    for (std::size_t g = 0; g + 1 < borders.size(); ++g) {
      Table part;
      part.truth.assign(to.truth.begin() + static_cast<std::ptrdiff_t>(borders[g]),
                        to.truth.begin() + static_cast<std::ptrdiff_t>(borders[g + 1]));
      part.weights.assign(to.weights.begin() + static_cast<std::ptrdiff_t>(borders[g]),
                          to.weights.begin() + static_cast<std::ptrdiff_t>(borders[g + 1]));
      out.push_back(
          average_precision(std::span(scores).subspan(borders[g], borders[g + 1] - borders[g]), part));
    }
    return out;
  }
};

// Learned from some worlds, judged in groups of others.
std::vector<Precision> precision_of(const std::vector<const ToldWorld*>& learned,
                                    const std::vector<std::vector<const ToldWorld*>>& groups,
                                    const Shape& with) {
  std::vector<Precision> out(groups.size());
  for (const Order order : {Order::of_time, Order::shuffled}) {
    Rows rows;
    for (const ToldWorld* told : learned) rows.learn(*told, order);
    for (const auto& group : groups) {
      for (const ToldWorld* told : group) rows.judge(*told, order);
      rows.end_group();
    }
    const auto all = first_columns(message_columns.size() + history_columns);
    const auto put = [&](double Precision::* to, const std::vector<double>& values) {
      for (std::size_t g = 0; g < values.size(); ++g) out[g].*to = values[g];
    };
    if (order == Order::shuffled) {
      put(&Precision::shuffled, rows.precision(all, with));
      continue;
    }
    put(&Precision::best, rows.precision(all, with));
    put(&Precision::message, rows.precision(first_columns(message_columns.size()), with));
    put(&Precision::shallow, rows.precision(all, {1, 2, 1}));
  }
  return out;
}

std::vector<const ToldWorld*> pointers(const std::vector<ToldWorld>& worlds, std::size_t from,
                                       std::size_t to) {
  std::vector<const ToldWorld*> out;
  for (std::size_t i = from; i < to; ++i) out.push_back(&worlds[i]);
  return out;
}

TEST(SimGates, AMessageAloneShowsLittle) {
  const auto& training = five(Mix::training);
  const auto& realistic = five(Mix::realistic);
  // The realistic mix has too little fraud to learn from: it is judged by what the training mix taught.
  const std::size_t learners = learners_of(training);
  const auto precision = precision_of(
      pointers(training, 0, learners),
      {pointers(training, learners, training.size()), pointers(realistic, 0, realistic.size())}, shape);
  for (std::size_t g = 0; g < 2; ++g) {
    const Mix mix = g == 0 ? Mix::training : Mix::realistic;
    const Precision& each = precision[g];
    std::printf(
        "gate 2, %s: average precision %.3f with history, %.3f of the message (%.2f of it), "
        "%.3f of a tree of depth 2 (%.2f), %.3f shuffled (%.2f of the gain)\n",
        name_of(mix).data(), each.best, each.message, each.message / each.best, each.shallow,
        each.shallow / each.best, each.shuffled, each.kept());
    EXPECT_LE(each.message, message_bound * each.best) << name_of(mix);
    EXPECT_LE(each.shallow, shallow_bound * each.best) << name_of(mix);
    EXPECT_LE(each.kept(), shuffled_bound) << name_of(mix);
  }
}

// Of a bent world of the training mix, learned from another one.
Precision precision_of_bent(const Bend& bend) {
  const auto worlds = bent(Mix::training, bend);
  return precision_of(pointers(worlds, 0, 1), {pointers(worlds, 1, 2)}, {20, 4, 0.3F, 700, 500, 30})[0];
}

TEST(SimGates, AMessageThatShowsMuchIsNoticed) {
  const Precision precision = precision_of_bent([](Event& event, const Instance*) {
    if (event.fraud) event.offline = true;
  });
  EXPECT_GT(precision.message, message_bound * precision.best);
  EXPECT_GT(precision.shallow, shallow_bound * precision.best);
}

// A generator whose guilty stand out however their acts are ordered: all of them far from home.
TEST(SimGates, AHistoryWithoutOrderThatShowsMuchIsNoticed) {
  const Precision precision = precision_of_bent([](Event& event, const Instance*) {
    if (event.fraud) event.place = world::moved(event.place, 3'000'000, 0);
  });
  EXPECT_LE(precision.message, message_bound * precision.best);
  EXPECT_GT(precision.kept(), shuffled_bound);
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
