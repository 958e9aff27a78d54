// The scorer against a naive one on random streams, the ceiling against trying every order, the readers
// against broken lines, and a small case by hand. Seeds are printed with a failure.
#include <gtest/gtest.h>

#include <map>

#include "json/reader.h"
#include "scoring/ceiling.h"
#include "scoring/naive_fixture.h"
#include "scoring/score.h"
#include "sim/rounds.h"

namespace tillwatch::scoring {
namespace {

Report scored(const Plain& plain, std::int64_t budget) {
  Entities entities;
  TruthReader reader(entities);
  EXPECT_TRUE(reader.scope(scope_of(plain), "scope:1"));
  for (const PlainInstance& each : plain.instances)
    EXPECT_TRUE(reader.instance(line_of(each), "instances:1"));
  for (const PlainAct& act : plain.acts) {
    const auto read = reader.transaction(line_of(act), "transactions:1");
    EXPECT_TRUE(read) << read.error().to_string();
  }
  std::vector<Finding> findings;
  for (const PlainFinding& each : plain.findings) {
    const auto finding = read_finding(line_of(each), "findings:1", entities);
    EXPECT_TRUE(finding) << finding.error().to_string();
    if (finding) findings.push_back(*finding);
  }
  return judge(std::move(reader).finish(), std::move(findings), {budget, 7});
}

TEST(Scoring, AgreesWithANaiveScorerOnRandomStreams) {
  std::uint64_t right = 0, wrong = 0, mistaken = 0, found = 0, after = 0;
  const std::uint64_t worlds = sim::rounds(300);
  for (std::uint64_t seed = 1; seed <= worlds; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const Plain plain = random_world(seed);
    const std::size_t budget = 1 + seed % 7;
    const Report report = scored(plain, static_cast<std::int64_t>(budget));
    auto expected = Naive(plain, budget).run();
    for (const TypologyScore& score : report.scores) {
      SCOPED_TRACE(score.code);
      NaiveScore& naive = expected[score.code];
      EXPECT_EQ(score.alerts, naive.alerts);
      EXPECT_EQ(score.alerts_named, naive.named);
      EXPECT_EQ(score.alerts_any, naive.any);
      EXPECT_EQ(score.alerts_wrong, naive.wrong);
      EXPECT_EQ(score.look_alikes_alerted, naive.look_alikes_alerted);
      EXPECT_EQ(score.patterns.all, naive.patterns);
      EXPECT_EQ(score.patterns.named, naive.patterns_named);
      EXPECT_EQ(score.patterns.any, naive.patterns_any);
      EXPECT_EQ(score.merchants.all, naive.pairs);
      EXPECT_EQ(score.merchants.named, naive.pairs_named);
      EXPECT_EQ(score.merchants.any, naive.pairs_any);
      EXPECT_EQ(score.amount, naive.amount);
      EXPECT_EQ(score.amount_found, naive.amount_found);
      EXPECT_EQ(score.amount_after, naive.amount_after);
      if (!naive.hours.empty()) {
        EXPECT_DOUBLE_EQ(score.delay_hours.value, median(naive.hours));
      }
      EXPECT_LE(score.patterns.ceiling, score.patterns.all);
      right += naive.named;
      wrong += naive.wrong;
      mistaken += naive.look_alikes_alerted;
      found += naive.patterns_named;
      after += naive.amount_after > 0 ? 1u : 0u;
    }
  }
  // The streams reach everything that is compared.
  EXPECT_GT(right, worlds * 2 / 3);
  EXPECT_GT(wrong, worlds * 3);
  EXPECT_GT(mistaken, worlds / 6);
  EXPECT_GT(found, worlds / 3);
  EXPECT_GT(after, worlds / 6);
}

// The most that any choice can show, by trying them all.
std::size_t most_shown(const std::vector<Chance>& chances, std::size_t next, std::map<std::int64_t, int> used,
                       int budget) {
  if (next == chances.size()) return 0;
  std::size_t best = most_shown(chances, next + 1, used, budget);
  for (std::int64_t day = chances[next].from; day <= chances[next].to; ++day) {
    if (used[day] == budget) continue;
    ++used[day];
    best = std::max(best, 1 + most_shown(chances, next + 1, used, budget));
    --used[day];
  }
  return best;
}

TEST(Scoring, TheCeilingIsTheMostThatAnyOrderShows) {
  std::size_t missed = 0;
  for (std::uint64_t seed = 1; seed <= 400; ++seed) {
    Stream random(seed, Lane::cast, 2);
    std::vector<Chance> chances;
    for (std::uint32_t n = random.below(7); n-- > 0;) {
      const std::int64_t from = random.between(0, 4);
      chances.push_back({from, from + random.between(0, 3)});
    }
    const int budget = 1 + static_cast<int>(random.below(2));
    const auto days = best_days(chances, budget);
    std::map<std::int64_t, int> used;
    std::size_t shown = 0;
    for (std::size_t i = 0; i < chances.size(); ++i) {
      if (!days[i]) continue;
      ++shown;
      EXPECT_LE(++used[*days[i]], budget) << "seed " << seed;
      EXPECT_TRUE(*days[i] >= chances[i].from && *days[i] <= chances[i].to) << "seed " << seed;
    }
    EXPECT_EQ(shown, most_shown(chances, 0, {}, budget)) << "seed " << seed;
    missed += chances.size() - shown;
  }
  EXPECT_GT(missed, 20u);
}

Plain one_pattern() {
  Plain out;
  out.from = core::days_from_civil({2026, 3, 1}) * day_ms - offset_ms;
  out.to = out.from + 30 * day_ms;
  out.merchants = 101;
  PlainInstance each{"i", "T01", true, true, 2, 3, out.from, out.from + 10 * day_ms, {"M1"}, {"C1"}, "A1"};
  out.instances.push_back(each);
  for (int i = 0; i < 5; ++i)
    out.acts.push_back({"t" + std::to_string(i), "i", "M1", true, true, out.from + i * day_ms + 10 * hour_ms,
                        1'000 * (i + 1)});
  return out;
}

TEST(Scoring, CountsASmallCaseAsByHand) {
  Plain plain = one_pattern();
  plain.findings.push_back({"merchant", "M1", "T01", plain.from + 2 * day_ms + 11 * hour_ms, 0.5});
  plain.findings.push_back({"merchant", "M2", "T01", plain.from + 2 * day_ms + 11 * hour_ms, 0.4});
  plain.findings.push_back({"merchant", "M1", "T08", plain.from + 9 * hour_ms, 0.4});  // before the first act
  const Report report = scored(plain, 10);
  ASSERT_EQ(report.scores.size(), 2u);
  const TypologyScore& score = report.scores[0];
  EXPECT_EQ(score.alerts, 2u);
  EXPECT_EQ(score.alerts_named, 1u);
  EXPECT_EQ(score.alerts_wrong, 1u);
  EXPECT_EQ(report.honest_merchants, 100u);
  EXPECT_DOUBLE_EQ(score.wrong_rate.value, 10);  // of a thousand in thirty days
  EXPECT_EQ(score.patterns_skill[2], (Found{1, 1, 1, 1}));
  EXPECT_DOUBLE_EQ(score.delay_hours.value, 62);  // 10 o'clock of the first day to the end of the third
  EXPECT_DOUBLE_EQ(score.acts_before.value, 3);
  EXPECT_EQ(score.amount, 15'000);
  EXPECT_EQ(score.amount_after, 9'000);
  EXPECT_EQ(score.amount_ceiling, 9'000);
  EXPECT_EQ(report.scores[1].alerts_wrong, 1u);
}

TEST(Scoring, WhatNeverGetsEvidentIsNoPartOfTheCeiling) {
  Plain plain = one_pattern();
  plain.instances[0].evident_after = 6;
  EXPECT_EQ(scored(plain, 10).total.patterns.ceiling, 0u);
  EXPECT_EQ(scored(plain, 10).total.patterns.all, 1u);
  plain.instances[0].evident_after = 5;
  EXPECT_EQ(scored(plain, 10).total.patterns.ceiling, 1u);
}

TEST(Scoring, TheBudgetIsHeldEachDay) {
  Plain plain = one_pattern();
  for (int day = 0; day < 3; ++day)
    for (int i = 0; i < 5; ++i)
      plain.findings.push_back({"merchant", "M" + std::to_string(10 + day * 5 + i), "T01",
                                plain.from + day * day_ms + i * hour_ms, static_cast<double>(i)});
  const Report report = scored(plain, 2);
  EXPECT_EQ(report.total.alerts, 6u);
  EXPECT_EQ(report.over_budget, 9u);
}

TEST(Scoring, IntervalsAreThoseOfTheTables) {
  const Estimate half = wilson(8, 10);
  EXPECT_NEAR(half.low, 0.4902, 1e-4);
  EXPECT_NEAR(half.high, 0.9433, 1e-4);
  EXPECT_NEAR(wilson(0, 20).high, 0.1611, 1e-4);
  EXPECT_FALSE(wilson(0, 0).known);
  // The mean of 400 coin tosses: half, give or take a twentieth.
  const auto mean = [](const std::vector<std::uint32_t>& sample) {
    double sum = 0;
    for (const std::uint32_t i : sample) sum += i % 2;
    return sum / static_cast<double>(sample.size());
  };
  const Estimate coins = bootstrap(3, 400, mean);
  EXPECT_NEAR(coins.low, 0.451, 0.01);
  EXPECT_NEAR(coins.high, 0.549, 0.01);
  EXPECT_EQ(bootstrap(3, 400, mean).low, coins.low);
  const Estimate rate = bootstrap_rate(3, std::vector<std::uint32_t>(100, 1), 1);
  EXPECT_NEAR(rate.low, 80, 4);
  EXPECT_NEAR(rate.high, 120, 4);
}

struct Broken {
  std::string_view line;
  std::string_view where;
  std::string_view detail;
};

TEST(Scoring, FindingsThatAreNoneSayWhere) {
  const std::string good =
      R"({"entity":"merchant","id":"M1","time":"2026-03-01T00:00:00Z","typology":"T01","score":1})";
  Entities entities;
  ASSERT_TRUE(read_finding(good, "f:1", entities));
  const Broken cases[] = {
      {"", "f:9:1", ""},
      {"[1]", "f:9:1", "object"},
      {R"({"entity":"merchant",)", "f:9:22", ""},
      {R"({"entity":"shop","id":"M1","time":"2026-03-01T00:00:00Z","typology":"T01","score":1})", "f:9:11",
       "merchant, terminal, card or agent"},
      {R"({"entity":"card","id":"","time":"2026-03-01T00:00:00Z","typology":"T01","score":1})", "f:9:23",
       "1 to 128"},
      {R"({"entity":"card","id":"x","time":"soon","typology":"T01","score":1})", "f:9:34", "a time"},
      {R"({"entity":"card","id":"x","time":"2026-03-01T00:00:00Z","typology":"T1","score":1})", "f:9:68",
       "T and two digits"},
      {R"({"entity":"card","id":"x","time":"2026-03-01T00:00:00Z","typology":"T01","score":"1"})", "f:9:82",
       "a number"},
      {R"({"entity":"card","id":"x","time":"2026-03-01T00:00:00Z","typology":"T01"})", "f:9:1", "missing"},
      // The name of a member as another's text does not mislead.
      {R"({"entity":"card","id":"score","time":"2026-03-01T00:00:00Z","typology":"T01","score":true})",
       "f:9:86", "a number"},
  };
  for (const Broken& each : cases) {
    const auto read = read_finding(each.line, "f:9", entities);
    ASSERT_FALSE(read) << each.line;
    EXPECT_EQ(read.error().where, each.where) << each.line << " " << read.error().detail;
    EXPECT_NE(read.error().detail.find(each.detail), std::string::npos) << read.error().detail;
  }
  EXPECT_EQ(read_finding(good + std::string(finding_line_bytes_max, ' '), "f:1", entities).error().code,
            core::ErrorCode::limit);
  EXPECT_TRUE(read_finding(good + std::string(finding_line_bytes_max - good.size(), ' '), "f:1", entities));
}

TEST(Scoring, TruthThatContradictsItselfIsRefused) {
  const Plain plain = one_pattern();
  Entities entities;
  TruthReader reader(entities);
  const std::string instance = line_of(plain.instances[0]);
  ASSERT_TRUE(reader.instance(instance, "i:1"));
  EXPECT_EQ(reader.instance(instance, "i:2").error().code, core::ErrorCode::conflict);
  PlainAct stranger = plain.acts[0];
  stranger.instance = "nobody";
  EXPECT_EQ(reader.transaction(line_of(stranger), "t:1").error().where, "t:1:32");
  ASSERT_TRUE(reader.transaction(line_of(plain.acts[1]), "t:2"));
  EXPECT_FALSE(reader.transaction(line_of(plain.acts[0]), "t:3"));  // back in time
  const std::string no_days =
      R"({"from":"2026-03-02T00:00:00Z","to":"2026-03-01T00:00:00Z","merchants":1,"utc_offset_minutes":0})";
  EXPECT_FALSE(reader.scope(no_days, "s:1"));
}

TEST(Scoring, ReportsSayTheSameInWordsAndAsJson) {
  Plain plain = one_pattern();
  plain.findings.push_back({"card", "C1", "T01", plain.from + 2 * day_ms + 11 * hour_ms, 0.5});
  const Report report = scored(plain, 10);
  const std::string words = in_words(report);
  EXPECT_NE(words.find("patterns found          1/1 1.00 [0.21, 1.00]; under any name 1/1; ceiling 1/1"),
            std::string::npos)
      << words;
  EXPECT_NE(words.find("seed 7"), std::string::npos);
  const std::string text = in_json(report);
  json::Reader reader;
  const auto root = reader.parse(text);
  ASSERT_TRUE(root) << root.error().to_string();
  EXPECT_EQ(*root->at("bootstrap_seed")->as_integer(), 7);
  EXPECT_EQ(*root->at("all")->at("patterns")->at("found")->as_integer(), 1);
  EXPECT_EQ(*root->at("all")->at("merchants")->at("found")->as_integer(), 0);  // a card was named
}

}  // namespace
}  // namespace tillwatch::scoring
