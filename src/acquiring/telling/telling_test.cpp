// What a told world promises as a whole: the same bytes, cuts without consequences, arrival order, honest
// identifiers, patterns and look-alikes that are there. Seeds are printed with a failure.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "crypto/hash.h"
#include "telling/teller.h"
#include "telling/writer.h"

namespace tillwatch::telling {
namespace {

using traffic::EventKind;
using traffic::TxType;
using typology::is_planted;
using typology::typology_of;
using world::Settings;
using world::TypologyId;

Settings small(std::uint64_t seed = 7, std::int64_t days = 12) {
  Settings settings;
  settings.seed = seed;
  settings.days = days;
  settings.mix = world::Mix::training;
  settings.population.merchants = 90;
  settings.population.cities = 3;
  settings.population.people_per_merchant = 40;
  return settings;
}

Cut whole(const Settings& settings) {
  return {settings.first_day, settings.first_day + settings.days - 1, std::nullopt};
}

struct Told {
  Events events;
  std::vector<Instance> instances;
};

// `backwards` tells the parts of a day in the opposite order, as other threads might; `slice`: Teller's.
Told told(const World& world, const Cut& cut, bool backwards = false, std::size_t slice = 0) {
  Told out;
  Teller teller(world, cut, slice);
  std::vector<Events> parts(teller.parts());
  while (teller.begin_turn()) {
    for (std::size_t i = 0; i < parts.size(); ++i) {
      const std::size_t part = backwards ? parts.size() - 1 - i : i;
      teller.tell_part(part, parts[part]);
    }
    teller.end_turn(parts);
    if (!teller.is_told()) continue;
    out.events.insert(out.events.end(), teller.ready().begin(), teller.ready().end());
    for (const Instance& instance : teller.begun()) out.instances.push_back(instance);
  }
  return out;
}

std::string written(const World& world, const Told& told) {
  const Writer writer(world);
  std::string all;
  for (const Instance& instance : told.instances) {
    writer.truth(instance, all);
    all.push_back('\n');
  }
  for (const Event& event : told.events) {
    writer.event(event, all);
    all.push_back('\n');
  }
  return all;
}

// The lines of all that is no boarding: that stands before whatever is told.
std::multiset<std::string> lines(const World& world, const Told& told, const auto& wanted) {
  const Writer writer(world);
  std::multiset<std::string> out;
  std::string line;
  for (const Event& event : told.events) {
    if (!wanted(event)) continue;
    if (event.kind == EventKind::registry && event.instance == 0) continue;
    line.clear();
    writer.event(event, line);
    out.insert(line);
  }
  return out;
}

// The bytes of a world, once and for all: GCC and Clang, -O0 and -O2, today and next year. A change of this
// sum is a change of every world that somebody has written down a seed of: say so in docs/simulator.md.
TEST(Telling, GoldenChecksum) {
  const World world(small());
  EXPECT_EQ(crypto::to_hex(crypto::sha256(written(world, told(world, whole(world.settings()))))),
            "d3c6a2155c0ef6004a9fd24d8e6e759788259bd95f8655008494f4f56873bcc6");
}

TEST(Telling, TheOrderInWhichPartsAreToldChangesNothing) {
  const World world(small(8));
  EXPECT_EQ(written(world, told(world, whole(world.settings()))),
            written(world, told(world, whole(world.settings()), true)));
}

// A day in slices is the same day, whatever their size: with providers that fail, clocks that drift (T24),
// late batches, days before the first, and purchases after midnight.
TEST(Telling, SlicesOfADayChangeNothing) {
  for (const std::uint64_t seed : {8u, 16u}) {
    Settings settings = small(seed, 6);
    settings.typologies[static_cast<std::size_t>(TypologyId::terminal_clone)].rate = 20'000;
    settings.flow.late_ppm = 30'000;
    const World world(settings);
    const std::string whole_days = written(world, told(world, whole(settings)));
    for (const std::size_t slice : {1u, 40u, 300u, 1'000u})
      EXPECT_EQ(written(world, told(world, whole(settings), slice == 40, slice)), whole_days)
          << "seed " << seed << ", slices of " << slice;
    Cut cut{settings.first_day + 2, settings.first_day + 3, 1};
    EXPECT_EQ(written(world, told(world, cut, false, 40)), written(world, told(world, cut)))
        << "seed " << seed;
  }
}

// What is held at a time follows the slice and not the day: four times the people, the same room.
TEST(Telling, RoomFollowsTheSliceAndNotTheDay) {
  const auto most_held = [](std::int64_t people, std::size_t slice) {
    Settings settings = small(17, 3);
    settings.population.people_per_merchant = 40;
    settings.flow.volume_permille = people;
    for (world::Planting& planting : settings.typologies) planting.rate = 0;
    const World world(settings);
    Teller teller(world, whole(settings), slice);
    std::vector<Events> parts(teller.parts());
    std::size_t most = 0;
    while (teller.begin_turn()) {
      std::size_t told = 0;
      for (std::size_t i = 0; i < parts.size(); ++i) {
        teller.tell_part(i, parts[i]);
        told += parts[i].size();
      }
      teller.end_turn(parts);
      if (teller.is_told()) most = std::max(most, std::max(told, teller.held_in_day()));
    }
    return most;
  };
  const std::size_t day = most_held(1'000, 0), slice = most_held(1'000, 200),
                    of_larger = most_held(4'000, 200);
  EXPECT_LT(slice * 3, day);
  EXPECT_LT(of_larger, slice * 2);
}

TEST(Telling, OtherSeedsTellOtherWorlds) {
  const World one(small(1, 3)), two(small(2, 3));
  EXPECT_NE(written(one, told(one, whole(one.settings()))), written(two, told(two, whole(two.settings()))));
}

TEST(Telling, CuttingDaysChangesNothingOfTheRest) {
  for (const std::uint64_t seed : {7u, 8u}) {
    const World world(small(seed, 20));
    const Cut all = whole(world.settings());
    const Cut middle{all.first + 7, all.first + 11, std::nullopt};
    const core::TimeMs from = world::instant(middle.first, 0), to = world::instant(middle.last + 1, 0);
    const auto within = [&](const Event& event) { return event.arrival >= from && event.arrival < to; };
    EXPECT_EQ(lines(world, told(world, middle), within), lines(world, told(world, all), within))
        << "seed " << seed;
  }
}

TEST(Telling, CuttingACityChangesNothingOfTheRest) {
  const World world(small(9));
  Cut cut = whole(world.settings());
  const Told all = told(world, cut);
  cut.city = 1;
  const auto of_city = [&](const Event& event) {
    return !(event.kind == EventKind::registry && event.fact == traffic::Fact::agent_known) &&
           world.merchant(event.merchant).city == 1;
  };
  const auto expected = lines(world, all, of_city);
  EXPECT_EQ(lines(world, told(world, cut), of_city), expected);
  EXPECT_GT(expected.size(), 1'000u);
}

// What the register says of a merchant and a fact, as the world told so far has it; or only what was filed in
// it.
std::map<std::pair<std::uint32_t, traffic::Fact>, std::string> register_of(const World& world,
                                                                           const Told& told,
                                                                           core::TimeMs until,
                                                                           bool filed_only) {
  const Writer writer(world);
  std::map<std::pair<std::uint32_t, traffic::Fact>, std::string> out;
  for (const Event& event : told.events) {
    if (event.kind != EventKind::registry || event.arrival >= until) continue;
    if (filed_only && event.instance == 0) continue;
    std::string line;
    writer.event(event, line);
    out[{event.merchant, event.fact}] = line.substr(line.find("\"registry\""));
  }
  return out;
}

TEST(Telling, ACutBeginsWithTheRegisterAsItWas) {
  const World world(small(9, 100));
  const Settings& settings = world.settings();
  const Day day = settings.first_day + 70;
  const Told before = told(world, {settings.first_day, day - 1, std::nullopt});
  const Told after = told(world, {day, day, std::nullopt});
  const core::TimeMs start = world::instant(day, 0);
  const auto known = register_of(world, before, start, true);
  const auto told_again = register_of(world, after, start + 61'000, false);
  int filed = 0;
  for (const auto& [key, line] : known) {
    const auto at = told_again.find(key);
    ASSERT_NE(at, told_again.end()) << line;
    EXPECT_EQ(at->second, line);
    filed += key.second == traffic::Fact::rate_notified || key.second == traffic::Fact::rate_changed ||
                     key.second == traffic::Fact::account_changed || key.second == traffic::Fact::person_known
                 ? 1
                 : 0;
  }
  EXPECT_GT(filed, 20);
}

// However long ago it was filed: the longest instance goes on for longer than any label takes.
TEST(Telling, AFilingOfHalfAYearAgoStandsInTheRegister) {
  Settings settings = small(9, 200);
  settings.population.people_per_merchant = 5;
  settings.flow.volume_permille = 10;
  for (world::Planting& planting : settings.typologies) planting.rate = 0;
  world::Planting& rises = settings.typologies[static_cast<std::size_t>(TypologyId::silent_fee_rise)];
  rises.rate = 1'000;
  rises.length_days = {200, 200};
  const World world(settings);
  const Day day = settings.first_day + 195;
  const core::TimeMs start = world::instant(day, 0);
  const auto told_again = register_of(world, told(world, {day, day, std::nullopt}), start + 61'000, false);
  const Told before = told(world, {settings.first_day, day - 1, std::nullopt});
  int old = 0;
  for (const auto& [key, line] : register_of(world, before, start - 160 * core::day_ms, true)) {
    if (key.second != traffic::Fact::rate_changed) continue;
    ++old;
    EXPECT_TRUE(told_again.contains(key)) << line;
  }
  EXPECT_GT(old, 5);
}

TEST(Telling, ALongerWorldBeginsLikeAShorterOne) {
  const World world(small(10, 6)), longer(small(10, 12));
  const std::string first = written(world, told(world, whole(world.settings())));
  const std::string second = written(longer, told(longer, whole(world.settings())));
  EXPECT_EQ(first, second);
}

// A scorer meets no instance that it has not been told of, wherever the telling begins.
TEST(Telling, EveryTransactionOfAnInstanceFindsItToldBefore) {
  const World world(small(1, 40));
  const Day first = world.settings().first_day;
  for (const Day from : {first, first + 9, first + 21}) {
    std::set<std::uint32_t> told;
    Teller teller(world, {from, from + 6, std::nullopt});
    std::vector<Events> parts(teller.parts());
    while (teller.begin_day()) {
      for (std::size_t part = 0; part < parts.size(); ++part) teller.tell_part(part, parts[part]);
      teller.end_day(parts);
      if (!teller.is_told()) continue;
      for (const Instance& instance : teller.begun()) EXPECT_TRUE(told.insert(instance.number).second);
      for (const Event& event : teller.ready()) {
        if (event.instance == 0 || event.kind != EventKind::transaction) continue;
        ASSERT_TRUE(told.contains(event.instance - 1)) << typology::name_of(event.instance - 1);
      }
    }
  }
}

TEST(Telling, ArrivalOrderHoldsAndOnlyRepetitionsAreTwice) {
  for (const std::uint64_t seed : {1u, 2u, 3u}) {
    const World world(small(seed));
    const Told all = told(world, whole(world.settings()));
    EXPECT_TRUE(std::ranges::is_sorted(all.events, {}, &Event::arrival)) << "seed " << seed;
    std::map<traffic::EventId, Event> seen;
    int repeated = 0, late = 0;
    for (const Event& event : all.events) {
      const auto [at, fresh] = seen.emplace(event.id, event);
      late += event.arrival > event.time + core::minute_ms ? 1 : 0;
      if (fresh) continue;
      ++repeated;
      ASSERT_EQ(event.kind, EventKind::transaction) << "seed " << seed;
      EXPECT_EQ(at->second.amount, event.amount);
      EXPECT_EQ(at->second.time, event.time);
    }
    EXPECT_GT(repeated, 0) << "seed " << seed;
    EXPECT_GT(late, 0) << "seed " << seed;
  }
}

// Late, twice and taken back: as often as the world file says.
TEST(Telling, LateRepeatedAndReversedSalesFollowTheirParameters) {
  struct Count {
    std::int64_t sales = 0, late = 0, repeated = 0, reversed = 0;
  };
  const auto counted = [](std::int64_t late_ppm, std::int64_t duplicate_ppm, std::int64_t reversal_ppm) {
    Settings settings = small(6, 6);
    for (world::Planting& planting : settings.typologies) planting.rate = 0;
    settings.flow.late_ppm = late_ppm;
    settings.flow.duplicate_ppm = duplicate_ppm;
    settings.flow.reversal_ppm = reversal_ppm;
    const World world(settings);
    Count count;
    std::set<traffic::EventId> seen;
    for (const Event& event : told(world, whole(settings)).events) {
      if (event.kind != EventKind::transaction) continue;
      const bool fresh = seen.insert(event.id).second;
      count.repeated += fresh ? 0 : 1;
      if (!fresh) continue;
      count.reversed += event.type == TxType::reversal ? 1 : 0;
      if (event.type != TxType::sale) continue;
      ++count.sales;
      count.late += event.offline && event.arrival >= event.time + core::minute_ms ? 1 : 0;
    }
    return count;
  };
  const Count none = counted(0, 0, 0), many = counted(50'000, 30'000, 20'000);
  EXPECT_EQ(none.late + none.repeated + none.reversed, 0);
  ASSERT_GT(many.sales, 3'000);
  const auto about = [&](std::int64_t count, std::int64_t ppm) {
    // Five standard deviations of a binomial, and one in twenty for what is refused before it can happen.
    const std::int64_t mean = many.sales * ppm / 1'000'000;
    std::int64_t root = 1;
    while (root * root < mean) ++root;
    EXPECT_NEAR(static_cast<double>(count), static_cast<double>(mean),
                static_cast<double>(5 * root + mean / 20));
  };
  about(many.late, 50'000);
  about(many.repeated, 30'000);
  about(many.reversed, 20'000);
}

TEST(Telling, EverythingThatNamesAnEarlierTransactionComesAfterIt) {
  const World world(small(4));
  std::set<traffic::EventId> seen;
  const core::TimeMs begin = world::instant(world.settings().first_day + 1, 0);
  int refunds = 0, labels = 0;
  for (const Event& event : told(world, whole(world.settings())).events) {
    seen.insert(event.id);
    if (event.original == 0 || event.kind == EventKind::label) {
      labels += event.kind == EventKind::label ? 1 : 0;
      continue;
    }
    // What names a sale of before the first day, or of a drifting clock, has its original outside.
    if (event.kind == EventKind::outcome && event.arrival >= begin) {
      EXPECT_TRUE(seen.contains(event.original));
    }
    refunds += event.type == TxType::refund && event.kind == EventKind::transaction ? 1 : 0;
  }
  EXPECT_GT(refunds, 10);
  EXPECT_GT(labels, 10);
}

TEST(Telling, NoIdentifierHoldsARunOfDigitsAsLongAsACardNumber) {
  const World world(small(5, 4));
  const std::string text = written(world, told(world, whole(world.settings())));
  std::size_t run = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    run = text[i] >= '0' && text[i] <= '9' ? run + 1 : 0;
    // Times of registry facts in milliseconds have 13 digits and are members of their own, not identifiers.
    if (run == 13 && i >= 13) {
      EXPECT_EQ(text[i - 13], ':') << text.substr(i - 40, 60);
    }
  }
}

struct Volume {
  std::int64_t planted = 0, look_alike = 0, planted_instances = 0, look_alike_instances = 0;
};

std::map<TypologyId, Volume> volumes(const Told& all) {
  std::map<TypologyId, Volume> out;
  for (const Instance& instance : all.instances) {
    Volume& volume = out[instance.id];
    (instance.planted ? volume.planted_instances : volume.look_alike_instances) += 1;
  }
  for (const Event& event : all.events) {
    if (event.instance == 0 || event.kind != EventKind::transaction) continue;
    Volume& volume = out[typology_of(event.instance - 1)];
    (is_planted(event.instance - 1) ? volume.planted : volume.look_alike) += 1;
  }
  return out;
}

TEST(Telling, EveryTypologyActsAndHasItsLookAlikeAtFiveTimesItsVolume) {
  // Enough of everything that chance does not decide, and merchants enough that they do not meet.
  Settings settings = small(11, 40);
  settings.mix = world::Mix::realistic;
  settings.population.merchants = 1'200;
  settings.population.people_per_merchant = 12;
  for (world::Planting& planting : settings.typologies) planting.rate = 3'500;
  settings.typologies[static_cast<std::size_t>(TypologyId::silent_fee_rise)].rate = 800;
  settings.typologies[static_cast<std::size_t>(TypologyId::second_settlement)].rate = 800;
  const World world(settings);
  const auto all = volumes(told(world, whole(settings)));
  for (const world::TypologyInfo& info : world::typologies()) {
    const auto at = all.find(info.id);
    ASSERT_NE(at, all.end()) << info.name;
    EXPECT_GT(at->second.planted, 0) << info.name;
    EXPECT_GE(at->second.look_alike_instances, 5 * at->second.planted_instances) << info.name;
    if (!info.fraud) continue;
    EXPECT_GE(at->second.look_alike, 5 * at->second.planted)
        << info.name << ": " << at->second.look_alike << " to " << at->second.planted;
  }
}

TEST(Telling, FraudMerchantsAlsoMakeHonestSales) {
  const World world(small(12, 30));
  const Told all = told(world, whole(world.settings()));
  std::map<traffic::MerchantIndex, std::pair<int, int>> sales;  // honest, fraudulent
  for (const Event& event : all.events)
    if (event.kind == EventKind::transaction)
      (event.fraud ? sales[event.merchant].second : sales[event.merchant].first) += 1;
  int fraudulent = 0, without = 0;
  for (const auto& [merchant, counts] : sales) {
    if (counts.second == 0) continue;
    ++fraudulent;
    without += counts.first == 0 ? 1 : 0;
  }
  EXPECT_GT(fraudulent, 10);
  EXPECT_EQ(without, 0);
}

TEST(Telling, ATypologySwitchedOffLeavesItsLookAlikesAndAllOthersAsTheyAre) {
  Settings settings = small(13);
  const World with(settings);
  settings.typologies[static_cast<std::size_t>(TypologyId::refund_abuse)].planted = 0;
  const World without(settings);
  const auto others = [](const Event& event) {
    return event.instance == 0 || typology_of(event.instance - 1) != TypologyId::refund_abuse ||
           !is_planted(event.instance - 1);
  };
  const Told all = told(without, whole(settings));
  EXPECT_EQ(lines(without, all, others), lines(with, told(with, whole(settings)), others));
  for (const Event& event : all.events) EXPECT_TRUE(others(event));
}

TEST(Telling, SkillRisesFromTheDayThatIsSaid) {
  Settings settings = small(14, 60);
  for (world::Planting& planting : settings.typologies) {
    planting.skill = {0, 0};
    planting.later_day = 30;
    planting.later_skill = {3, 3};
  }
  const World world(settings);
  int before = 0, after = 0;
  for (const Instance& instance : told(world, whole(settings)).instances) {
    const bool late = instance.begins >= settings.first_day + 30;
    EXPECT_EQ(instance.skill, late ? 3 : 0);
    (late ? after : before) += 1;
  }
  EXPECT_GT(before, 10);
  EXPECT_GT(after, 10);
}

// What is held between days does not grow with length: after it has filled up it stays where it is.
TEST(Telling, WhatIsHeldDoesNotGrowWithLength) {
  Settings settings = small(15, 300);
  settings.population.people_per_merchant = 10;
  const World world(settings);
  Teller teller(world, whole(settings));
  std::vector<Events> parts(teller.parts());
  std::size_t early = 0, late = 0;
  while (teller.begin_day()) {
    for (std::size_t i = 0; i < parts.size(); ++i) teller.tell_part(i, parts[i]);
    teller.end_day(parts);
    const Day day = teller.day() - settings.first_day;
    if (day >= 20 && day < 80) early = std::max(early, teller.held());
    if (day >= 240) late = std::max(late, teller.held());
  }
  EXPECT_GT(early, 100u);
  EXPECT_LT(late, early * 3 / 2);
}

}  // namespace
}  // namespace tillwatch::telling
