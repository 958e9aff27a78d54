#include "scenario/script.h"

#include <gtest/gtest.h>

#include "policy/policy_fixture.h"
#include "scenario/line.h"
#include "scenario/replay_desk.h"

namespace tillwatch::scenario {
namespace {

const std::string pack = R"(policy: small
authority: acquirer
utc_offset_minutes: 480
attributes:
  - {name: loyalty.points, type: int}
  - {name: loyalty.rate, type: double}
  - {name: loyalty.tier, type: string}
registered: [{entity: merchant, name: limit, type: int}]
parameters: [{name: most, value: 2, source: test}]
features:
  - {name: pair_count, key: [card.id, merchant.id], aggregate: count, window: 1h, unit: count}
  - {name: mean_amount, key: [merchant.id], aggregate: mean, value: amount, window: 1d, unit: money}
  - {name: idle, key: [card.id], aggregate: since_last, window: 1d, unit: duration}
lists:
  - {name: blocked, of: card.reference, effect: block}
derived: [{name: is_gold, value: 'has(loyalty.tier) && loyalty.tier == "gold"'}]
rules:
  - id: R-many
    title: {en: Many, zh: 多}
    when: pair_count > param.most && !is_gold
    action: {authorisation: challenge}
    reason: repetition
    weight: 0.5
    text: {en: "{pair_count} times", zh: "{pair_count} 次"}
  - id: R-quietly
    title: {en: Over the limit, zh: 超限}
    when: amount > registered_merchant.limit
    mode: shadow
    action: {authorisation: decline}
    reason: limit
    text: {en: "over the limit", zh: "超过限额"}
)";

Result run(const std::string& lines) {
  return run_script("text", lines, policy::bundle_of(pack), open_replay_desk);
}

std::string failures(const std::string& lines) {
  std::string all;
  for (const std::string& failure : run(lines).failures) all += failure + "\n";
  return all;
}

const std::string three =
    "with transaction card=one merchant.id=M1 amount=10.00 currency=CNY tx.type=sale\n"
    "repeat 3 every 10m 2026-07-03 10:00:00 transaction\n";

TEST(Script, JudgesOutcomeRulesReasonsAndValues) {
  EXPECT_EQ(failures(three +
                     "expect authorisation=challenge settlement=release subject=none rule=R-many\n"
                     "expect not=R-quietly reason=repetition score=0.5 says=\"3 times\" says=\"3 次\"\n"
                     "expect value pair_count=3 value mean_amount=10.00 value idle=10m value is_gold=false\n"
                     "expect value local.hour=10 value loyalty.points=none value amount=1000 "
                     "not_seen=registered_merchant.limit\n"),
            "");
  const Result result = run(three + "expect rule=R-many not=R-quietly\n");
  EXPECT_EQ(result.decisions, 3);
  EXPECT_EQ(result.expectations, 2);
  EXPECT_TRUE(result.hit.contains("R-many"));
  EXPECT_TRUE(result.spared.contains("R-quietly"));
}

TEST(Script, SaysWhatWasExpectedWhatCameAndWhere) {
  EXPECT_EQ(failures(three + "expect quiet\n"),
            "text:3: expected quiet, got challenge, release, none; R-many: 3 times; not seen: "
            "registered_merchant.limit\n");
  EXPECT_EQ(failures(three + "\n# a remark\nexpect value pair_count=4\n"),
            "text:5: expected value pair_count=4, got pair_count=3, that is 3 (count)\n");
  EXPECT_EQ(failures(three + "expect value mean_amount=10.01\n"),
            "text:3: expected value mean_amount=10.01, got mean_amount=1000, that is 10.00 (money)\n");
  EXPECT_EQ(failures(three + "expect value is_gold=true\n"),
            "text:3: expected value is_gold=true, got is_gold=false\n");
  EXPECT_EQ(failures(three + "never R-many\n"),
            "text:3: expected that R-many never matches, got challenge, release, none; R-many: 3 times; not "
            "seen: registered_merchant.limit\n");
  EXPECT_NE(failures(three + "sometime R-quietly\n").find("never did"), std::string::npos);
  for (const char* other :
       {"authorisation=allow", "settlement=hold", "subject=watch", "rule=R-quietly", "not=R-many",
        "shadow=R-quietly", "standing=blocked", "reason=limit", "score=0.6", "says=often", "not_seen=amount"})
    EXPECT_TRUE(
        failures(three + "expect " + other + "\n").starts_with("text:3: expected " + std::string(other)))
        << other;
}

TEST(Script, KnowsRegistryListsOwnAttributesAndShadowRules) {
  EXPECT_EQ(failures("2026-07-03 09:00:00 registry merchant M1 limit=5.00\n" + three +
                     "expect shadow=R-quietly rule=R-many\n"),
            "");
  EXPECT_EQ(failures(three +
                     "2026-07-03 11:00:00 transaction loyalty.tier=gold loyalty.points=12 loyalty.rate=1.5\n"
                     "expect quiet value loyalty.points=12 value loyalty.rate=1.5\n"),
            "");
  EXPECT_EQ(failures("2026-07-03 09:00:00 list blocked add card=one\n" + three +
                     "expect standing=blocked authorisation=decline\n"
                     "2026-07-03 10:30:00 list blocked remove card=one\n"
                     "2026-07-03 18:00:00 transaction\nexpect quiet\n"),
            "");
}

// The first instant of the dates counts, the one they end with does not.
TEST(Script, RulesCountWithinTheirDatesOfAdmission) {
  std::string dated = pack;
  const std::string id = "id: R-many\n";
  dated.replace(
      dated.find(id), id.size(),
      id + "    effective_from: 2026-07-01T00:00:00+08:00\n    effective_to: 2026-07-02T00:00:00+08:00\n");
  const auto bundle = policy::bundle_of(dated);
  ASSERT_NE(bundle, nullptr);
  const std::string text =
      "with transaction card=one merchant.id=M1 amount=10.00 currency=CNY\n"
      "repeat 4 every 5m 2026-06-30 23:40:00 transaction\nexpect quiet value pair_count=4\n"
      "2026-07-01 00:00:00 transaction\nexpect rule=R-many value pair_count=5\n"
      "repeat 4 every 5m 2026-07-01 23:40:00 transaction\nexpect rule=R-many\n"
      "2026-07-02 00:00:00 transaction\nexpect quiet value pair_count=5\n";
  for (const std::string& failure : run_script("text", text, bundle, open_replay_desk).failures)
    ADD_FAILURE() << failure;
}

// Which value of a parameter counts is judged by the admission time, to the millisecond.
TEST(Script, ParametersCountWithinTheirDatesOfAdmission) {
  std::string dated = pack;
  const std::string one = "parameters: [{name: most, value: 2, source: test}]\n";
  ASSERT_NE(dated.find(one), std::string::npos);
  dated.replace(dated.find(one), one.size(),
                "parameters:\n"
                "  - {name: most, value: 2, source: test, effective_to: 2026-07-01T00:00:00+08:00}\n"
                "  - {name: most, value: 9, source: test, effective_from: 2026-07-01T00:00:00+08:00}\n");
  const auto bundle = policy::bundle_of(dated);
  ASSERT_NE(bundle, nullptr);
  const std::string text =
      "with transaction card=one merchant.id=M1 amount=10.00 currency=CNY\n"
      "repeat 4 every 5m 2026-06-30 23:40:00 transaction\nexpect rule=R-many value param.most=2\n"
      "2026-07-01 00:00:00 transaction\nexpect quiet value param.most=9 value pair_count=5\n";
  for (const std::string& failure : run_script("text", text, bundle, open_replay_desk).failures)
    ADD_FAILURE() << failure;
}

TEST(Script, CountsHistoryWithoutDecidingIt) {
  const Result result =
      run("with transaction card=one merchant.id=M1 amount=10.00 currency=CNY\n"
          "history repeat 2 every 10m 2026-07-03 10:00:00 transaction\n"
          "2026-07-03 10:30:00 transaction\nexpect rule=R-many value pair_count=3\n");
  EXPECT_TRUE(result.failures.empty());
  EXPECT_EQ(result.decisions, 1);
}

struct Mistake {
  const char* lines;
  const char* part;
};

TEST(Script, NamesWhatItDoesNotUnderstand) {
  const Mistake mistakes[] = {
      {"", "expects nothing"},
      {"expect quiet\n", "nothing has been decided yet"},
      {"policy other\n", "is of policy 'other', not of 'small'"},
      {"policy\n", "policy NAME"},
      {"with transaction\n", "with KIND"},
      {"with transaction amount\n", "'amount' is not name=value"},
      {"2026-07-03 25:00:00 transaction amount=1\n", "no date and time"},
      {"tomorrow\n", "begins no line"},
      {"2026-07-03 10:00:00 swap amount=1\n", "no kind 'swap'"},
      {"2026-07-03 10:00:00 transaction amuont=1\n", "did you mean 'amount'"},
      {"2026-07-03 10:00:00 transaction amount=ten\n", "amount"},
      {"2026-07-03 10:00:00 transaction loyalty.rate=high\n", "is no number"},
      {"2026-07-03 10:00:00 transaction id=a\n2026-07-03 10:00:00 transaction id=a\n", "was used before"},
      {"2026-07-03 10:00:00 registry merchant\n", "registry ENTITY ID"},
      {"2026-07-03 10:00:00 list nowhere add x\n", "no list 'nowhere'"},
      {"2026-07-03 10:00:00 list blocked put x\n", "list NAME add VALUE"},
      {"repeat 0 every 1h 2026-07-03 10:00:00 transaction\n", "1 to 10000"},
      {"repeat 10001 every 1h 2026-07-03 10:00:00 transaction\n", "1 to 10000"},
      {"repeat 2x every 1h 2026-07-03 10:00:00 transaction\n", "1 to 10000"},
      {"repeat 2 each 1h 2026-07-03 10:00:00 transaction\n", "repeat N every"},
      {"2026-07-03 10:00:00 transaction card=\"one\n", "never closed"},
  };
  for (const Mistake& mistake : mistakes)
    EXPECT_NE(failures(mistake.lines).find(mistake.part), std::string::npos)
        << mistake.lines << " gave " << failures(mistake.lines);
  const Mistake later[] = {
      {"expect\n", "write what is expected"},
      {"expect colour=red\n", "cannot be expected"},
      {"expect rule=R-may\n", "did you mean 'R-many'"},
      {"expect value\n", "value NAME"},
      {"expect value pair_cuont=3\n", "did you mean 'pair_count'"},
      {"never R9\n", "no rule 'R9'"},
      {"sometime R9\n", "no rule 'R9'"},
  };
  for (const Mistake& mistake : later)
    EXPECT_NE(failures(three + mistake.lines).find(mistake.part), std::string::npos)
        << mistake.lines << " gave " << failures(three + mistake.lines);
}

TEST(Script, FindsThePackThatItIsOf) {
  EXPECT_EQ(pack_named_in("# of\npolicy small # this one\n"), "small");
  EXPECT_EQ(pack_named_in("with transaction amount=1\n"), "");
}

TEST(Line, SplitsAtSpacesAndKeepsQuotes) {
  EXPECT_EQ(*split("a  b=\"c d\"\t\"\" # rest"), (Words{"a", "b=c d", ""}));
  EXPECT_EQ(*split("a#b \"#c\""), (Words{"a#b", "#c"}));
  EXPECT_FALSE(split("a \"b"));
}

TEST(Line, ReadsMoneyAsMinorUnits) {
  EXPECT_EQ(minor_units("500.00"), "50000");
  EXPECT_EQ(minor_units("-0.05"), "-5");
  EXPECT_EQ(minor_units("0.00"), "0");
  EXPECT_EQ(minor_units("500"), "500");
  EXPECT_EQ(minor_units("1.5"), "1.5");
  EXPECT_EQ(minor_units("a.bc"), "a.bc");
  EXPECT_EQ(with_number("a{n}b{n}", 7), "a7b7");
}

}  // namespace
}  // namespace tillwatch::scenario
