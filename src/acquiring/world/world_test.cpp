// World files and the drawn world: what is read back, what is refused and where, what people and places are
// like.
#include "world/world.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <set>

#include "world/describe.h"
#include "world/world_file.h"

namespace tillwatch::world {
namespace {

Settings small(std::uint64_t seed = 5) {
  Settings settings;
  settings.seed = seed;
  settings.population.merchants = 200;
  return settings;
}

std::string fault_of(const std::string& text) {
  const auto read = read_world(text, "w.yaml");
  return read ? "" : read.error().to_string();
}

TEST(WorldFile, WhatIsWrittenReadsBackToTheSame) {
  Settings settings = small(77);
  settings.name = "there-and-back";
  settings.mix = Mix::training;
  settings.kinds[3].weekday_permille = {1, 2, 3, 4, 5, 6, 7};
  settings.typologies[4].drawn[1] = {3'000, 4'000};
  settings.typologies[4].skill = {2, 2};
  const auto read = read_world(write_world(settings), "w.yaml");
  ASSERT_TRUE(read) << read.error().to_string();
  EXPECT_EQ(write_world(*read), write_world(settings));
  EXPECT_EQ(read->seed, 77u);
  EXPECT_EQ(read->typologies[4].drawn[1], (Span{3'000, 4'000}));
}

TEST(WorldFile, FaultsAreToldWithPlaceAndRemedy) {
  EXPECT_NE(fault_of("world: w\npopulation:\n  merchant: 5\n")
                .find("w.yaml:3:3: 'merchant' is no parameter here; did you mean 'merchants'?"),
            std::string::npos);
  EXPECT_NE(fault_of("world: w\nflow: {late_ppm: 500001}\n").find("it lies within 0 to 500000"),
            std::string::npos);
  EXPECT_NE(fault_of("world: w\nmoney: {deposit: [5, 3]}\n").find("falls"), std::string::npos);
  EXPECT_NE(fault_of("world: w\nkinds: {bar: {entry_permille: [1, 2, 3, 4]}}\n").find("adds up to 10"),
            std::string::npos);
  EXPECT_NE(fault_of("seed: 4\n").find("'world' is missing"), std::string::npos);
  EXPECT_NE(fault_of("world: w\nfirst_day: 2027-12-31\ndays: 2\n").find("calendar ends"), std::string::npos);
  EXPECT_EQ(fault_of("world: w\nfirst_day: 2027-12-31\ndays: 1\n"), "");
}

TEST(WorldFile, DefaultsLieWithinTheirBounds) {
  const Settings standard;
  const auto check = [](const auto& fields, const auto& group) {
    for (const auto& field : fields)
      for (const std::int64_t value : numbers_of(group, field)) {
        EXPECT_GE(value, field.least) << field.name;
        EXPECT_LE(value, field.most) << field.name;
        EXPECT_FALSE(field.source.empty()) << field.name;
        EXPECT_FALSE(field.unit.empty()) << field.name;
      }
  };
  check(population_fields(), standard.population);
  check(people_fields(), standard.people);
  check(flow_fields(), standard.flow);
  check(money_fields(), standard.money);
  check(label_fields(), standard.labels);
  for (const Kind& kind : standard.kinds) check(kind_fields(), kind);
  for (const Planting& planting : standard.typologies) check(planting_fields(), planting);
  for (const TypologyInfo& info : typologies())
    for (const DrawnInfo& drawn : info.drawn) {
      EXPECT_LE(drawn.least, drawn.from) << info.name << " " << drawn.name;
      EXPECT_LE(drawn.from, drawn.to) << info.name << " " << drawn.name;
      EXPECT_LE(drawn.to, drawn.most) << info.name << " " << drawn.name;
    }
}

TEST(World, MoreMerchantsChangeNoOther) {
  Settings settings = small();
  const World few(settings);
  settings.population.merchants = 250;
  const World many(settings);
  for (MerchantIndex i = 0; i < few.merchants().size(); ++i) {
    std::string a, b;
    few.append_merchant_code(a, i);
    many.append_merchant_code(b, i);
    EXPECT_EQ(a, b);
    EXPECT_EQ(few.merchant(i).place, many.merchant(i).place);
    EXPECT_EQ(few.merchant(i).kind, many.merchant(i).kind);
    EXPECT_EQ(few.merchant(i).agent, many.merchant(i).agent);
  }
}

// The register names other trades for some who are entitled to a cheap code, and for nobody else.
TEST(World, SomeEntriesOfTheRegisterAreOld) {
  Settings settings = small();
  settings.population.merchants = 4'000;
  const World world(settings);
  int cheap = 0, old = 0;
  for (const Merchant& merchant : world.merchants()) {
    const bool preferential = world.kind_of(merchant).preferential != 0;
    cheap += preferential ? 1 : 0;
    if (merchant.registered == merchant.kind) continue;
    ++old;
    EXPECT_TRUE(preferential);
    EXPECT_EQ(settings.kinds[merchant.registered].preferential, 0);
  }
  EXPECT_GT(old * 100, cheap * 12);
  EXPECT_LT(old * 100, cheap * 18);
}

TEST(World, CodesAreUnique) {
  const World world(small());
  std::set<std::string> codes;
  for (MerchantIndex i = 0; i < world.merchants().size(); ++i) {
    std::string code;
    world.append_merchant_code(code, i);
    EXPECT_TRUE(codes.insert(code).second);
  }
}

TEST(World, CreditCardsTerminalsAndPaceAreAsSaid) {
  const World world(small());
  std::int64_t cards = 0, pace = 0, terminals = 0;
  const PersonNumber people = world.people();
  for (PersonNumber i = 0; i < people; ++i) {
    cards += world.person(i).credit_cards;
    pace += world.pace_permille(i);
  }
  for (const Merchant& merchant : world.merchants()) terminals += merchant.terminals;
  EXPECT_NEAR(static_cast<double>(cards) / people, 0.5, 0.03);
  EXPECT_NEAR(static_cast<double>(pace) / people, 1'000, 30);
  EXPECT_NEAR(static_cast<double>(terminals) / static_cast<double>(world.merchants().size()), 1.32, 0.15);
}

// The share of the cards that come from a bank of where their holders live.
double at_home(const World& world) {
  int home = 0, all = 0;
  for (PersonNumber person = 0; person < world.people(); ++person)
    for (const std::uint32_t which : {0u, 1u}) {
      const Card card = world.card(card_of(person, which));
      EXPECT_EQ(card.credit, which != 0);
      home += card.region == cities()[world.city_of(person)].region ? 1 : 0;
      ++all;
    }
  return static_cast<double>(home) / all;
}

TEST(World, MostCardsAreOfWhereTheirHoldersLive) {
  Settings settings = small();
  EXPECT_NEAR(at_home(World(settings)), 1 - 0.4 * 0.6, 0.02);
  settings.people.migrant_permille = 0;
  EXPECT_EQ(at_home(World(settings)), 1);
  settings.people.migrant_permille = settings.people.migrant_cards_permille = 1'000;
  EXPECT_EQ(at_home(World(settings)), 0);
}

// Who came from elsewhere came from one place; and a bank of one region has no cards of others.
TEST(World, CardsOfAPersonAreOfTwoRegionsAtMost) {
  const World world(small());
  std::map<std::string_view, std::set<std::string_view>> regions_of;
  int from_elsewhere = 0;
  for (PersonNumber person = 0; person < world.people(); ++person) {
    const std::string_view home = cities()[world.city_of(person)].region;
    std::set<std::string_view> others;
    for (std::uint32_t which = 0; which < 4; ++which) {
      const Card card = world.card(card_of(person, which));
      regions_of[card.issuer].insert(card.region);
      if (card.region != home) others.insert(card.region);
    }
    EXPECT_LE(others.size(), 1u) << person;
    from_elsewhere += others.empty() ? 0 : 1;
  }
  EXPECT_GT(from_elsewhere, 1'000);
  for (const std::string_view bank : {"bank-09", "bank-10", "bank-11", "bank-12"})
    EXPECT_EQ(regions_of[bank].size(), 1u) << bank;
  EXPECT_EQ(regions_of["bank-10"], (std::set<std::string_view>{"51"}));
  EXPECT_GT(regions_of["bank-01"].size(), 15u);
}

TEST(World, NumbersThatATesterTriesInARangeAreOfOneBankMostlyNearBy) {
  const World world(small());
  std::set<std::string_view> banks;
  int near = 0;
  constexpr std::uint32_t ranges = 1'000;
  constexpr std::uint8_t chengdu = 4;
  for (std::uint32_t instance = 0; instance < ranges; ++instance) {
    const Card first = world.card(strange_card(chengdu, instance, 1, 0));
    banks.insert(first.issuer);
    near += first.region == cities()[chengdu].region ? 1 : 0;
    for (std::uint32_t i = 1; i < 10; ++i) {
      const Card card = world.card(strange_card(chengdu, instance, 1, i));
      EXPECT_EQ(card.bin, first.bin);
      EXPECT_EQ(card.region, first.region);
      EXPECT_NE(card.token, first.token);
    }
  }
  EXPECT_GT(banks.size(), 3u);
  EXPECT_GT(near, 450);
  EXPECT_LT(near, 600);
}

TEST(World, LimitsHaveTheirMean) {
  const Settings settings = small();
  double sum = 0;
  constexpr int count = 20'000;
  for (int i = 0; i < count; ++i)
    sum += static_cast<double>(limit_of(settings, card_of(static_cast<PersonNumber>(i), 1)));
  EXPECT_NEAR(sum / count / 100, 30'400, 1'500);
}

TEST(World, PeopleOfACityAreOfThatCityAndHauntsAreNear) {
  const World world(small());
  std::int64_t haunt_m = 0, any_m = 0;
  int counted = 0;
  for (PersonNumber i = 0; i < world.people(); i += 37) {
    const Person person = world.person(i);
    ASSERT_EQ(world.city_of(world.person_in(person.city, chance::mix64(i))), person.city);
    MerchantIndex haunt = 0;
    if (!world.haunt(person, 0, 0, haunt)) continue;
    ASSERT_EQ(world.merchant(haunt).city, person.city);
    const Market& market = world.market(person.city, 0);
    haunt_m += metres_between(person.home, world.merchant(haunt).place);
    any_m += metres_between(person.home, world.merchant(market.merchants[i % market.merchants.size()]).place);
    ++counted;
  }
  EXPECT_GT(counted, 100);
  EXPECT_LT(haunt_m, any_m * 8 / 10) << "people do not mind the way: " << haunt_m / counted << " and "
                                     << any_m / counted << " m";
}

TEST(World, NobodyIsInTwoCitiesWithinADay) {
  const World world(small());
  int travelled = 0;
  for (PersonNumber i = 0; i < 3'000; ++i) {
    const Person person = world.person(i);
    for (Day day = 20'000; day < 20'040; ++day) {
      const Whereabouts today = world.where(person, day, false);
      const Whereabouts tomorrow = world.where(person, day + 1, false);
      travelled += today.travels ? 1 : 0;
      if (today.city != tomorrow.city) {
        EXPECT_TRUE(today.on_the_road || tomorrow.on_the_road) << i << " " << day;
      }
    }
  }
  EXPECT_GT(travelled, 500);
}

TEST(World, IsDescribedInWords) {
  Settings settings = small();
  settings.typologies[0].planted = 0;
  const std::string words = describe(World(settings));
  EXPECT_NE(words.find("200 merchants"), std::string::npos) << words;
  EXPECT_NE(words.find("qingming from 2026-04-04"), std::string::npos) << words;
  EXPECT_NE(words.find("T01 self_swipe: none"), std::string::npos) << words;
}

TEST(World, SaysWhereItsHolidaysAreAssumed) {
  const auto note_of = [](core::CivilDate first, std::int64_t days) {
    Settings settings = small();
    settings.first_day = core::days_from_civil(first);
    settings.days = days;
    const std::string words = describe(World(settings));
    std::string notes;
    for (std::size_t at = 0; (at = words.find("\nNote: ", at)) != std::string::npos; ++at)
      notes += words.substr(at + 1, words.find('\n', at + 1) - at);
    return notes;
  };
  const std::string assumed =
      "Note: days off and make-up workdays of 2027 are assumed; the State Council's notice for that year "
      "was not read.\n";
  EXPECT_EQ(note_of({2026, 12, 1}, 31), "");
  EXPECT_EQ(note_of({2026, 12, 1}, 32), assumed);
  EXPECT_EQ(note_of({2027, 12, 31}, 1), assumed);
}

TEST(Place, DistancesAreThoseOfTheEarth) {
  const Point beijing{39'904'200, 116'407'400}, shanghai{31'230'400, 121'473'700};
  EXPECT_NEAR(static_cast<double>(metres_between(beijing, shanghai)), 1'067'000, 20'000);
  const Point east = moved(beijing, 0, 5'000), north = moved(beijing, -5'000, 0);
  EXPECT_NEAR(static_cast<double>(metres_between(beijing, east)), 5'000, 60);
  EXPECT_NEAR(static_cast<double>(metres_between(beijing, north)), 5'000, 60);
  for (const std::int64_t value : {0ll, 1ll, 2ll, 3ll, 4ll, 99ll, 100ll, 1'000'000'000'000ll})
    EXPECT_EQ(whole_root(value), static_cast<std::int64_t>(std::sqrt(static_cast<double>(value)))) << value;
}

}  // namespace
}  // namespace tillwatch::world
