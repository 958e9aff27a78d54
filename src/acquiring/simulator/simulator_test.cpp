// What the simulator promises as a whole: the same bytes, cuts without consequences, arrival order, honest
// identifiers, a cast that is there. Seeds are printed with a failure.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "crypto/hash.h"
#include "simulator/day.h"
#include "simulator/scheme.h"
#include "simulator/writer.h"

namespace tillwatch::simulator {
namespace {

Config small(std::uint64_t seed = 7) {
  Config config;
  config.seed = seed;
  config.merchants = 20;
  config.history_days = 5;
  config.look_alikes = 1;
  return config;
}

World world_of(const Config& config) {
  auto world = World::create(config);
  EXPECT_TRUE(world) << (world ? "" : world.error().to_string());
  return std::move(*world);
}

std::vector<Event> told(const World& world, Day first, Day last, bool boarding = false) {
  std::vector<Event> events;
  EventStream stream(world, first, last, boarding);
  while (const Event* event = stream.next()) events.push_back(*event);
  return events;
}

std::vector<Event> whole(const World& world) {
  return told(world, world.history_begins(), world.last_day(), true);
}

std::string written(const World& world, const std::vector<Event>& events, const WriterOptions& options = {}) {
  const Writer writer(world, options);
  std::string all, line;
  for (const Event& event : events) {
    writer.event(event, line);
    all.append(line).push_back('\n');
  }
  return all;
}

// The bytes of a world, once and for all: GCC and Clang, -O0 and -O2, today and next year. A change of this
// sum is a change of every world that somebody has written down a seed of: say so in docs/simulator.md.
TEST(Simulator, GoldenChecksum) {
  const World world = world_of(small());
  EXPECT_EQ(crypto::to_hex(crypto::sha256(written(world, whole(world)))),
            "a61803eda6253b234f44c77795dda9770ef8aca626f5c687ff10e47a7b3e8032");
}

TEST(Simulator, OtherSeedsTellOtherWorlds) {
  EXPECT_NE(written(world_of(small(1)), whole(world_of(small(1)))),
            written(world_of(small(2)), whole(world_of(small(2)))));
}

TEST(Simulator, LeavingOneMerchantOutChangesNoOther) {
  Config config = small();
  const World all = world_of(config);
  config.without_merchant = 3;
  const World cut = world_of(config);
  const std::string gone = all.merchants()[3].code;
  std::string expected, line;
  const Writer writer(all, {});
  for (const Event& event : whole(all)) {
    if (all.merchants()[event.merchant].code == gone) continue;
    writer.event(event, line);
    expected.append(line).push_back('\n');
  }
  EXPECT_EQ(written(cut, whole(cut)), expected);
}

TEST(Simulator, MoreMerchantsChangeNoOther) {
  Config config = small();
  const World few = world_of(config);
  config.merchants = 25;
  const World many = world_of(config);
  std::set<std::string> lines;
  std::string line;
  for (const Event& event : whole(many)) {
    Writer(many, {}).event(event, line);
    lines.insert(line);
  }
  for (const Event& event : whole(few)) {
    Writer(few, {}).event(event, line);
    ASSERT_TRUE(lines.contains(line)) << line;
  }
}

TEST(Simulator, ArrivalOrderHoldsAcrossDaysAndNothingIsTwice) {
  for (const std::uint64_t seed : {1u, 2u, 3u}) {
    Config config = small(seed);
    config.late_ppm = 50'000;
    const World world = world_of(config);
    const std::vector<Event> events = whole(world);
    EXPECT_TRUE(std::ranges::is_sorted(events, {}, &Event::arrival)) << "seed " << seed;
    std::set<std::string> ids;
    for (const Event& event : events)
      ASSERT_TRUE(ids.insert(Writer(world, {}).id_of(event.id)).second) << "seed " << seed;
    EXPECT_TRUE(std::ranges::any_of(events, [](const Event& e) { return e.arrival > e.time; }));
  }
}

TEST(Simulator, ATransactionArrivesBeforeItsAnswerAndItsRefund) {
  const World world = world_of(small());
  std::set<EventId> seen;
  for (const Event& event : told(world, world.config().first_day - 12, world.last_day())) {
    const bool old = event.time < time_of(world.config().first_day, 0);
    if (event.original != 0 && !old && event.kind == EventKind::outcome) {
      ASSERT_TRUE(seen.contains(event.original));
    }
    seen.insert(event.id);
  }
}

TEST(Simulator, RefundsGoBackToTheCardThatPaidUnlessPlanted) {
  Config config = small();
  config.merchants = 40;
  config.history_days = 12;
  const World world = world_of(config);
  std::map<EventId, Event> sales;
  int refunds = 0;
  for (const Event& event : whole(world)) {
    if (event.kind != EventKind::transaction) continue;
    if (event.type == TxType::sale) sales.emplace(event.id, event);
    const bool planted = event.instance >= 0 &&
                         world.instances()[static_cast<std::size_t>(event.instance)].role == Role::planted;
    const bool early = event.time < time_of(world.config().first_day, 0);
    if (event.type != TxType::refund || planted || early) continue;
    ++refunds;
    const auto original = sales.find(event.original);
    ASSERT_NE(original, sales.end());
    EXPECT_EQ(original->second.card, event.card);
    EXPECT_LE(event.amount, original->second.amount);
    EXPECT_EQ(original->second.response, Response::approved);
  }
  EXPECT_GT(refunds, 0);
}

TEST(Simulator, EverySchemeActsWithinTheStreamWhateverTheSeedAndTheLength) {
  for (const int days : {1, 2, 7, 30}) {
    for (std::uint64_t seed = 1; seed <= 6; ++seed) {
      Config config = small(seed);
      config.merchants = 1;
      config.days = days;
      const World world = world_of(config);
      ASSERT_EQ(world.instances().size(), schemes().size() * 2);
      for (const Instance& instance : world.instances()) {
        EXPECT_LE(instance.last_day, world.last_day()) << instance.name << " seed " << seed;
        EXPECT_GE(instance.last_day, config.first_day) << instance.name << " seed " << seed;
        EXPECT_LE(instance.first_day, instance.last_day) << instance.name << " seed " << seed;
      }
      std::set<std::int32_t> acted;
      for (const Event& event : told(world, config.first_day, world.last_day()))
        if (event.instance >= 0) acted.insert(event.instance);
      for (std::size_t i = 0; i < world.instances().size(); ++i) {
        if (world.instances()[i].role != Role::planted) continue;
        EXPECT_TRUE(acted.contains(static_cast<std::int32_t>(i)))
            << world.instances()[i].name << " seed " << seed;
      }
    }
  }
}

TEST(Simulator, NoIdentifierHoldsARunOfDigitsAsLongAsACardNumber) {
  const World world = world_of(small());
  const std::string text = written(world, whole(world));
  std::size_t run = 0, longest = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    run = text[i] >= '0' && text[i] <= '9' ? run + 1 : 0;
    // Times of registry facts in milliseconds have 13 digits, none of them an identifier.
    if (run == 13 && text.substr(i > 60 ? i - 60 : 0, 60).find("promotion_until") != std::string::npos)
      run = 0;
    if (run == 13 && text.substr(i > 60 ? i - 60 : 0, 60).find("verified_at") != std::string::npos) run = 0;
    longest = std::max(longest, run);
  }
  EXPECT_LT(longest, 13u);
}

TEST(Simulator, TimesShiftAsOneWhole) {
  const World world = world_of(small());
  const std::vector<Event> events = told(world, world.config().first_day, world.config().first_day);
  std::string plain, shifted;
  Writer(world, {}).event(events.front(), plain);
  Writer(world, {.shift_ms = 3 * core::day_ms}).event(events.front(), shifted);
  EXPECT_NE(plain, shifted);
  EXPECT_NE(shifted.find(core::format_time(events.front().time + 3 * core::day_ms)), std::string::npos);
}

TEST(Simulator, DormantShopsAreSilentForNinetyDays) {
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    const World world = world_of(small(seed));
    for (const Instance& instance : world.instances()) {
      if (instance.typology != "T38") continue;
      std::vector<core::TimeMs> times;
      for (const Event& event : whole(world))
        if (event.merchant == instance.first_merchant && event.kind == EventKind::transaction)
          times.push_back(event.time);
      std::ranges::sort(times);
      core::DurationMs longest = 0;
      for (std::size_t i = 1; i < times.size(); ++i) longest = std::max(longest, times[i] - times[i - 1]);
      EXPECT_GE(longest, 90 * core::day_ms) << instance.name << " seed " << seed;
    }
  }
}

TEST(Config, RangesAreToldByName) {
  Config config;
  config.days = 0;
  EXPECT_EQ(config.check().error().where, "days");
  config.days = 3'661;
  EXPECT_FALSE(config.check());
  config.days = 3'660;
  EXPECT_TRUE(config.check());
  config.merchants = 0;
  EXPECT_EQ(World::create(config).error().where, "merchants");
}

}  // namespace
}  // namespace tillwatch::simulator
