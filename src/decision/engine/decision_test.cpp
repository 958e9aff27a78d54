#include "engine/decision.h"

#include <gtest/gtest.h>

#include <random>

namespace tillwatch::engine {
namespace {

Decision sample() {
  Decision d;
  d.sequence = core::Sequence(42);
  d.event_time = -5;
  d.admitted_at = 1'700'000'000'000;
  d.authority = Authority::acquirer;
  d.proposed = {Authorisation::decline, Settlement::hold, Subject::watch};
  d.effective = d.proposed;
  d.score_ppm = 900'000;
  d.card_id = 7;
  d.policy.fill(9);
  d.readings.push_back({"card_count_24h", Coverage::exact, Reading::Type::integer, 4, 0, "", 10, 20, 4, 0});
  d.readings.push_back(
      {"mean", Coverage::approximate, Reading::Type::decimal, 0, 1.5, "", 10, 20, 5000, 0.25});
  d.readings.push_back({"tx.type", Coverage::exact, Reading::Type::text, 0, 0, "sale", 0, 0, 0, 0});
  d.readings.push_back({"gone", Coverage::unknown_limit, Reading::Type::none, 0, 0, "", 0, 0, 0, 0});
  d.hits.push_back({"T07-repetition",
                    "T07",
                    "repetition",
                    2,
                    false,
                    RuleHit::Cause::matched,
                    d.proposed,
                    600'000,
                    {0, 2}});
  d.hits.push_back({"T36", "T36", "volume", 3, true, RuleHit::Cause::unknown, {}, 1, {1}});
  d.standing.push_back({StandingHit::Effect::block, "blocked_cards", "card.id", "desk", "stolen", 99});
  d.not_seen = {"location.latitude_e6"};
  d.dropped = 3;
  d.rule_errors = 1;
  return d;
}

TEST(Decision, RoundTrip) {
  core::Bytes bytes;
  encode(sample(), bytes);
  Decision back;
  ASSERT_TRUE(decode(bytes, back));
  EXPECT_EQ(back, sample());
}

TEST(Decision, DamageNeverCrashesAndTruncationIsSeen) {
  core::Bytes bytes;
  encode(sample(), bytes);
  Decision back;
  for (std::size_t size = 0; size < bytes.size(); ++size)
    EXPECT_FALSE(decode(std::string_view(bytes).substr(0, size), back));
  std::mt19937_64 random(11);
  for (int round = 0; round < 20000; ++round) {
    core::Bytes damaged = bytes;
    damaged[random() % damaged.size()] = static_cast<char>(random());
    if (!decode(damaged, back)) continue;
    core::Bytes again;
    encode(back, again);  // whatever decodes can be stored again
  }
}

TEST(Decision, LatticesTakeTheMaximum) {
  Outcome outcome{Authorisation::challenge, Settlement::release, Subject::restrict};
  outcome.raise({Authorisation::allow, Settlement::hold, Subject::watch});
  EXPECT_EQ(outcome, (Outcome{Authorisation::challenge, Settlement::hold, Subject::restrict}));
  EXPECT_FALSE(outcome.quiet());
}

TEST(Decision, IdsCarryTheSequence) {
  EXPECT_EQ(decision_id(core::Sequence(0x2a)), "dec_000000000000002a");
  EXPECT_EQ(parse_decision_id("dec_000000000000002a").value, 0x2au);
  for (const char* bad :
       {"", "dec_", "dec_000000000000002A", "dex_000000000000002a", "dec_000000000000002aa"})
    EXPECT_EQ(parse_decision_id(bad).value, 0u) << bad;
}

TEST(Decision, OnlyLiveHitsFire) {
  Decision d = sample();
  EXPECT_TRUE(d.fired());
  d.standing.clear();
  d.hits.erase(d.hits.begin());
  EXPECT_FALSE(d.fired());
}

}  // namespace
}  // namespace tillwatch::engine
