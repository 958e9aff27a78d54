#include "policy/review.h"

#include <gtest/gtest.h>

#include "policy/policy_fixture.h"

namespace tillwatch::policy {
namespace {

const std::string head = R"(policy: p
utc_offset_minutes: 480
attributes: [{name: basket.sum, type: int, unit: money}]
registered: [{entity: merchant, name: since, type: int, unit: instant}]
parameters:
  - {name: money, value: 500000, unit: money, source: s}
  - {name: yuan, value: 5000, unit: yuan, source: s}
  - {name: plain, value: 7, source: s}
  - {name: pause, value: 10m, unit: duration, source: s}
  - {name: days, value: 3, unit: days, source: s}
  - {name: share, value: 0.4, unit: share, source: s}
  - {name: percent, value: 40.0, unit: percent, source: s}
  - {name: two, value: 1, unit: count, source: s, effective_to: 2026-06-01}
  - {name: two, value: 3, unit: count, source: s, effective_from: 2026-06-01}
features:
  - {name: seen, key: [card.id], aggregate: count, window: 1d}
  - {name: spent, key: [card.id], aggregate: sum, value: amount_base, window: 1d}
  - {name: mean, key: [card.id], aggregate: mean, value: amount_base, window: 1d}
  - {name: idle, key: [card.id], aggregate: since_last, window: 1d}
  - {name: night, key: [card.id], aggregate: share, value: local.hour < 6, window: 1d}
derived:
  - {name: ratio, value: "double(spent) / mean"}
  - {name: spent_yuan, value: spent / 100}
  - {name: minutes, value: idle / 60000}
)";

// Of a rule with this condition, without what is not used.
std::vector<std::string> told(const std::string& when) {
  const auto bundle = bundle_of(head + "rules:\n  - {id: R, title: {en: a, zh: b}, when: '" + when +
                                "', action: {authorisation: challenge}, reason: r, text: {en: a, zh: b}}\n");
  std::vector<std::string> lines;
  if (bundle == nullptr) return {"does not compile"};
  for (const Fault& fault : review(*bundle))
    if (fault.hint.find("leave it out") == std::string::npos) lines.push_back(fault.to_string());
  return lines;
}

std::string all_told(const std::string& when) {
  std::string all;
  for (const std::string& line : told(when)) all += line + "\n";
  return all;
}

class Sound : public ::testing::TestWithParam<const char*> {};
TEST_P(Sound, IsNotFoundFaultWith) {
  EXPECT_EQ(all_told(GetParam()), "");
}
INSTANTIATE_TEST_SUITE_P(
    Review, Sound,
    ::testing::Values("amount > param.money", "amount / 100 > param.yuan", "spent_yuan > param.yuan",
                      "amount == 0", "spent > param.money * 3", "spent > param.money * param.plain",
                      "double(spent) > 3.0 * mean", "ratio > 1.5", "idle < param.pause", "minutes > 10",
                      "night > param.share", "night * 100.0 > param.percent", "seen > param.two",
                      "double(seen) > param.share * double(seen + 1)", "seen > 5 && seen < 7",
                      "seen > 5 || seen < 4", "event_time - registered_merchant.since > param.pause",
                      "registered_merchant.since > event_time - param.pause", "basket.sum > param.money",
                      "tx.type == \"sale\" || tx.type == \"refund\"",
                      "tx.type != \"sale\" && tx.type != \"refund\"", "tx.type in [\"sale\", \"refund\"]",
                      "local.hour >= 23 || local.hour < 6", "amount % 10000 == 0",
                      "(amount / 100) % 100 in [88, 98]", "seen >= 1 && seen <= 1",
                      "has(tx.card_present) && !tx.card_present", "!has(tx.card_present) || !tx.card_present",
                      "seen > 2 && seen > 1", "night > 0.3 && night < 0.9", "size(merchant.id) > 3",
                      "ratio > 0.0 && ratio < 1.0", "amount > 0 ? seen > 1 : seen > 2", "true",
                      "9223372036854775807 > seen - 5"));

struct Unsound {
  const char* when;
  const char* part;
};
class Wrong : public ::testing::TestWithParam<Unsound> {};
TEST_P(Wrong, IsTold) {
  EXPECT_NE(all_told(GetParam().when).find(GetParam().part), std::string::npos) << GetParam().when << "\n"
                                                                                << all_told(GetParam().when);
}
INSTANTIATE_TEST_SUITE_P(
    Review, Wrong,
    ::testing::Values(
        Unsound{"amount > param.yuan", "1 元 is 100 分"},
        Unsound{"spent_yuan > param.money", "1 元 is 100 分"}, Unsound{"amount > param.plain", "unit: money"},
        Unsound{"param.plain < amount", "give 'param.plain' a unit"},
        Unsound{"idle > param.plain", "unit: duration"}, Unsound{"idle > param.days", "with unit: duration"},
        Unsound{"minutes > param.days", "with unit: duration"}, Unsound{"amount > seen", "like with like"},
        Unsound{"amount + seen > 5", "is added to"}, Unsound{"amount > idle", "a duration in milliseconds"},
        Unsound{"idle > event_time", "a point in time"}, Unsound{"night > param.percent", "with unit: share"},
        Unsound{"night > 40.0", "write 0.4 for 40 %"}, Unsound{"amount > spent", "warning"},
        Unsound{"amount > 5000", "50.00 in main units (元)"}, Unsound{"idle < 10", "less than a second"},
        Unsound{"seen >= 0", "always true"}, Unsound{"seen < 0", "never true"},
        Unsound{"amount < 0", "never true"}, Unsound{"local.hour > 23", "from 0 to 23"},
        Unsound{"local.hour == 24", "never true"}, Unsound{"local.weekday != 7", "always true"},
        Unsound{"param.two > 5", "warning: this is never true"}, Unsound{"param.two >= 1", "always true"},
        Unsound{"(amount % 100) >= 100", "from 0 to 99"},
        Unsound{"tx.type == \"Sale\"", "did you mean \"sale\""},
        Unsound{"\"sales\" == tx.type", "never \"sales\""}, Unsound{"tx.type != \"bought\"", "always true"},
        Unsound{"tx.type in [\"sale\", \"refnd\"]", "\"refund\""},
        Unsound{"seen > 5 && seen < 5", "cannot hold together"},
        Unsound{"seen > 5 && (amount > 0 && seen < 3)", "cannot hold together"},
        Unsound{"seen > 5 && seen < 6", "cannot hold together"},
        Unsound{"seen == 1 && seen != 1", "cannot hold together"},
        Unsound{"5 < seen && 3 > seen", "cannot hold together"},
        Unsound{"spent - seen > 5 && spent - seen < 2", "cannot hold"},
        Unsound{"seen > param.two && seen < 1", "cannot hold together"},
        Unsound{"tx.type == \"sale\" && tx.type == \"refund\"", "cannot hold together"},
        Unsound{"has(tx.offline) && tx.offline && !tx.offline", "cannot hold together"},
        Unsound{"seen > 5 || seen <= 5", "always holds"}, Unsound{"seen > 5 || !(seen > 5)", "always holds"},
        Unsound{"tx.type != \"sale\" || tx.type != \"refund\"", "&& is meant"},
        Unsound{"!tx.card_present", "write has(tx.card_present)"},
        Unsound{"merchant.mcc != \"5411\"", "has(merchant.mcc)"},
        Unsound{"merchant.mcc != \"5411\" && has(tx.offline)", "has(merchant.mcc)"}));

TEST(Review, KnowsErrorsFromWarnings) {
  EXPECT_EQ(all_told("amount > 5000").find("warning"), all_told("amount > 5000").find("warning: 'amount'"));
  EXPECT_NE(all_told("amount > 5000").find("warning"), std::string::npos);
  EXPECT_EQ(all_told("amount > param.yuan").find("warning"), std::string::npos);
  EXPECT_EQ(told("seen > 5 && (seen < 3 && amount > 0)").size(), 1u) << "one mistake is told once";
}

std::string reviewed(const std::string& text, std::optional<core::TimeMs> now = std::nullopt) {
  std::string all;
  if (const auto bundle = bundle_of("policy: p\n" + text))
    for (const Fault& fault : review(*bundle, now)) all += fault.to_string() + "\n";
  return all;
}

const std::string rule =
    "rules: [{id: R, title: {en: a, zh: b}, when: 'tx.type == \"sale\"', action: {authorisation: challenge}, "
    "reason: r, text: {en: a, zh: b}}]\n";

TEST(Review, FindsWhatNobodyUses) {
  const std::string all = reviewed(
      "attributes: [{name: a.b, type: int}]\n"
      "registered: [{entity: merchant, name: status, type: string}]\n"
      "parameters: [{name: unused, value: 1, source: s}, {name: used, value: 1, unit: money, source: s}]\n"
      "features:\n"
      "  - {name: filtered, key: [card.id], where: amount > param.used, aggregate: count, window: 1d}\n"
      "  - {name: idle, key: [card.id], aggregate: count, window: 1d}\n"
      "derived: [{name: twice, value: filtered * 2}, {name: thrice, value: filtered * 3}]\n"
      "lists: [{name: dead, of: card.id}, {name: strict, of: card.id, effect: block}]\n"
      "rules: [{id: R, title: {en: a, zh: b}, when: twice > 3, action: {settlement: hold}, reason: r, "
      "text: {en: a, zh: b}}]\n");
  for (const char* part : {"'a.b'", "'registered_merchant.status'", "parameter 'unused'", "feature 'idle'",
                           "derived value 'thrice'", "list 'dead'"})
    EXPECT_NE(all.find(part), std::string::npos) << part << " in\n" << all;
  for (const char* part : {"'used'", "'filtered'", "'twice'", "'strict'"})
    EXPECT_EQ(all.find(part), std::string::npos) << part << " in\n" << all;
  EXPECT_EQ(reviewed("features: [{name: f, key: [card.id], aggregate: count, window: 1d}]\n"), "")
      << "a pack of features alone";
}

TEST(Review, LooksAtParametersAndTheirDates) {
  const std::string use =
      "features: [{name: f, key: [card.id], where: 'amount > param.a', aggregate: count, "
      "window: 1d}]\n";
  EXPECT_NE(reviewed("parameters: [{name: a, value: 1, unit: mony, source: s}]\n" + use)
                .find("did you mean 'money'"),
            std::string::npos);
  EXPECT_NE(reviewed("parameters: [{name: a, value: 40, unit: share, source: s}]\n").find("write 0.4"),
            std::string::npos);
  EXPECT_NE(reviewed("parameters: [{name: a, value: 50.5, unit: money, source: s}]\n").find("5050 for 50.50"),
            std::string::npos);
  const std::string gap =
      "parameters:\n  - {name: a, value: 1, unit: money, source: s, effective_to: 2026-01-01}\n"
      "  - {name: a, value: 1, unit: money, source: s, effective_from: 2026-02-01, effective_to: "
      "2026-03-01}\n";
  EXPECT_NE(reviewed(gap + use).find("no value from 2026-01-01"), std::string::npos);
  EXPECT_EQ(reviewed(gap + use, *core::parse_time("2026-02-28T00:00:00Z")).find("ran out"),
            std::string::npos);
  EXPECT_NE(reviewed(gap + use, *core::parse_time("2026-03-01T00:00:00Z")).find("ran out"),
            std::string::npos);
  EXPECT_NE(reviewed("parameters: [{name: a, value: 1, unit: money, source: s, effective_from: 2026-03-01, "
                     "effective_to: 2026-03-01}]\n" +
                     use)
                .find("ends before"),
            std::string::npos);
}

TEST(Review, LooksAtCurrenciesUnitsAndKeysOfFeatures) {
  const auto feature = [](const std::string& members) {
    return reviewed("features: [{name: f, " + members + ", window: 1d}]\n");
  };
  EXPECT_NE(feature("key: [card.id], aggregate: sum, value: amount").find("whatever currency"),
            std::string::npos);
  EXPECT_EQ(feature("key: [card.id, currency], aggregate: sum, value: amount"), "");
  EXPECT_EQ(feature("key: [card.id], where: 'currency == \"CNY\"', aggregate: sum, value: amount"), "");
  EXPECT_EQ(feature("key: [card.id], aggregate: sum, value: amount_base"), "");
  EXPECT_EQ(feature("key: [card.id], aggregate: last, value: amount"), "");
  EXPECT_NE(feature("key: [card.id], aggregate: sum, value: amount_base, unit: count").find("it is money"),
            std::string::npos);
  EXPECT_EQ(feature("key: [card.id], aggregate: sum, value: amount_base, unit: money"), "");
  EXPECT_NE(feature("key: [tx.rrn], aggregate: count").find("grows with the traffic"), std::string::npos);
}

TEST(Review, LooksAtTranslationsAndActions) {
  const auto changed = [](const std::string& from, const std::string& to) {
    std::string text = rule;
    text.replace(text.find(from), from.size(), to);
    return reviewed(text);
  };
  EXPECT_EQ(reviewed(rule), "");
  EXPECT_NE(changed("title: {en: a, zh: b}", "title: {en: '', zh: b}").find("empty in English"),
            std::string::npos);
  EXPECT_NE(changed("text: {en: a, zh: b}", "text: {en: a, zh: ' '}").find("empty in Chinese"),
            std::string::npos);
  EXPECT_NE(changed("text: {en: a, zh: b}", "text: {en: a, zh: refund}").find("no Chinese"),
            std::string::npos);
  EXPECT_NE(changed("text: {en: a, zh: b}", "text: {en: 退款, zh: 退款}").find("has Chinese"),
            std::string::npos);
  EXPECT_NE(changed("text: {en: a, zh: b}", "text: {en: '{amount}', zh: b}")
                .find("Chinese text of 'R' does not say {amount}"),
            std::string::npos);
  EXPECT_NE(changed("{authorisation: challenge}", "{}").find("asks for nothing"), std::string::npos);
}

TEST(Review, LooksAtWhatMerchantsAreTold) {
  const std::string pack =
      "policy: p\nrules: [{id: R, title: {en: a, zh: 甲}, when: amount > 1, action: {settlement: hold}, "
      "reason: r, "
      "text: {en: a, zh: 甲}}]\n";
  const auto lines = [&](const std::string& more) {
    std::string text;
    for (const Fault& fault : review(*bundle_of(pack + more), std::nullopt))
      if (fault.message.find("param") == std::string::npos) text += fault.message + "\n";
    return text;
  };
  EXPECT_EQ(lines("").find("merchant"), std::string::npos) << lines("");
  const std::string other = lines(
      "messages: [{reason: other, text: {en: a, zh: \"\"}}]\noutcomes: [{authorisation: decline, title: {en: "
      "甲, zh: "
      "乙}}]\n");
  for (const char* part : {"no rule has the reason 'other'", "about the reason 'r'", "the message of 'other'",
                           "the title of an outcome"})
    EXPECT_NE(other.find(part), std::string::npos) << part << "\n" << other;
}

TEST(Review, BoundsMemoryByKey) {
  const auto bundle = bundle_of(
      "policy: p\nfeatures:\n  - {name: a, key: [card.id], aggregate: count, window: 1d}\n"
      "  - {name: b, key: [card.id], aggregate: count, window: 7d, budget: 100}\n"
      "  - {name: c, key: [merchant.id], aggregate: count, window: 7d, budget: 10, mode: bucketed}\n");
  const MemoryBound bound = memory_bound(*bundle);
  ASSERT_EQ(bound.keys.size(), 2u);
  EXPECT_EQ(bound.keys[0].entries, 4196u);
  EXPECT_EQ(bound.keys[1].entries, 10u);
  EXPECT_GT(bound.keys[1].bytes, 10'000u) << "the ring counts too";
  EXPECT_GT(bound.bytes_max, bound.entries_max * 24);
}

}  // namespace
}  // namespace tillwatch::policy
