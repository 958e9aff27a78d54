#include "policy/bundle.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "policy/policy_fixture.h"

namespace tillwatch::policy {
namespace {

const std::string small = R"(policy: small
version: 3
authority: acquirer
utc_offset_minutes: 480
attributes:
  - {name: loyalty.tier, type: string}
registered:
  - {entity: terminal, name: status, type: string}
parameters:
  - {name: limit, value: 3, unit: count, source: "default"}
features:
  - name: pair_count
    of: transaction
    key: [card.id, merchant.id]
    where: tx.type == "sale"
    aggregate: count
    window: 24h
  - name: mean_amount
    key: [merchant.id]
    aggregate: mean
    value: amount
    window: 30d
    unit: money
derived:
  - {name: ratio, value: double(amount) / mean_amount}
lists:
  - {name: blocked, of: merchant.id, effect: block}
rules:
  - id: R1
    typology: T07
    title: {en: Repetition, zh: 重复}
    when: pair_count > param.limit && ratio > 1.5 && registered_terminal.status == "active"
    action: {authorisation: challenge}
    reason: repetition
    text: {en: "{pair_count} times, mean {mean_amount}", zh: "{pair_count} 次"}
)";

TEST(Bundle, LoadsAndKnowsWhatARuleReads) {
  const auto bundle = bundle_of(small);
  ASSERT_NE(bundle, nullptr);
  EXPECT_TRUE(bundle->model().acquirer);
  ASSERT_EQ(bundle->rules().size(), 1u);
  std::vector<std::string> names;
  for (const std::uint32_t slot : bundle->rules()[0].reads) names.push_back(bundle->slot(slot).name);
  std::ranges::sort(names);
  EXPECT_EQ(names, (std::vector<std::string>{"amount", "mean_amount", "pair_count", "param.limit", "ratio",
                                             "registered_terminal.status"}));
  EXPECT_EQ(bundle->features()[0].type, ScalarType::integer);
  EXPECT_EQ(bundle->features()[1].type, ScalarType::decimal);
  EXPECT_EQ(bundle->find_slot("no_such"), -1);
}

TEST(Bundle, RestoresFromItsCanonicalBytes) {
  const auto bundle = bundle_of(small);
  ASSERT_NE(bundle, nullptr);
  const auto again = Bundle::restore(bundle->packed());
  ASSERT_TRUE(again) << again.error().to_string();
  EXPECT_EQ((*again)->hash(), bundle->hash());
  EXPECT_FALSE(Bundle::restore("TWB1\x01"));
  EXPECT_FALSE(Bundle::restore(bundle->packed() + "x"));
}

TEST(Bundle, AFeaturesIdentityIsItsDefinitionNotItsName) {
  std::string renamed = small;
  for (std::size_t at; (at = renamed.find("pair_count")) != std::string::npos;)
    renamed.replace(at, 10, "pairs_seen");
  std::string changed = small;
  changed.replace(changed.find("window: 24h"), 11, "window: 25h");
  const auto a = bundle_of(small), b = bundle_of(renamed), c = bundle_of(changed);
  ASSERT_TRUE(a && b && c);
  EXPECT_EQ(a->features()[0].identity, b->features()[0].identity);
  EXPECT_NE(a->features()[0].identity, c->features()[0].identity);
  EXPECT_EQ(a->features()[1].identity, c->features()[1].identity);
}

TEST(Bundle, AParameterIsPartOfTheIdentityOfWhatUsesIt) {
  const std::string with = R"(policy: p
parameters: [{name: floor, value: 100, source: x}]
features: [{name: f, key: [card.id], where: amount > param.floor, aggregate: count, window: 1d}]
)";
  std::string other = with;
  other.replace(other.find("value: 100"), 10, "value: 200");
  EXPECT_NE(bundle_of(with)->features()[0].identity, bundle_of(other)->features()[0].identity);
}

struct Mistake {
  const char* text;
  const char* place;
  const char* part;
};

class Mistakes : public ::testing::TestWithParam<Mistake> {};

TEST_P(Mistakes, AreNamedWithPlaceAndRemedy) {
  const std::vector<std::string> faults = faults_of(GetParam().text);
  std::string all;
  bool found = false;
  for (const std::string& fault : faults) {
    all += fault + "\n";
    found =
        found || (fault.starts_with(GetParam().place) && fault.find(GetParam().part) != std::string::npos);
  }
  EXPECT_TRUE(found) << "wanted " << GetParam().place << " ... " << GetParam().part << "\n" << all;
}

INSTANTIATE_TEST_SUITE_P(
    Policy, Mistakes,
    ::testing::Values(
        Mistake{"version: 1\n", "p:1:1", "no name"},
        Mistake{"policy: x\nrulez: []\n", "p:2:1", "did you mean 'rules'"},
        Mistake{"policy: x\n\tversion: 1\n", "p:2:1", "tab"},
        Mistake{"policy: x\nfeatures: [{name: f, key: [card.idd], aggregate: count, window: 1d}]\n", "p:2:12",
                "did you mean 'card.id'"},
        Mistake{"policy: x\nfeatures: [{name: f, key: [card.id], aggregate: countt, window: 1d}]\n", "p:2:49",
                "did you mean 'count'"},
        Mistake{"policy: x\nfeatures: [{name: f, key: [card.id], aggregate: sum, window: 1d}]\n", "p:2:12",
                "lacks 'value'"},
        Mistake{"policy: x\nfeatures: [{name: f, key: [card.id], aggregate: count, window: 1w}]\n", "p:2:64",
                "24h"},
        Mistake{
            "policy: x\nfeatures: [{name: f, key: [card.id], aggregate: sum, value: tx.type, window: 1d}]\n",
            "p:2:61", "needs a number"},
        Mistake{"policy: x\nfeatures: [{name: amount, key: [card.id], aggregate: count, window: 1d}]\n",
                "p:2:12", "taken"},
        Mistake{
            "policy: x\nfeatures: [{name: f, key: [card.id], aggregate: count, window: 1d, budget: 65536}]\n",
            "p:2:76", "from 1 to 65535"},
        Mistake{"policy: x\nfeatures: [{name: f, key: [card.id], aggregate: first, value: amount, window: "
                "1d, mode: bucketed}]\n",
                "p:2:89", "'first' cannot be bucketed"},
        Mistake{"policy: x\nfeatures: [{name: f, key: [card.id], aggregate: count, window: 1d, n: 3}]\n",
                "p:2:71", "'count' takes no n"},
        Mistake{"policy: x\nfeatures: [{name: f, key: [], aggregate: count, window: 1d}]\n", "p:2:27",
                "one to four"},
        Mistake{"policy: x\nparameters: [{name: a, value: 1}]\n", "p:2:14", "no source"},
        Mistake{"policy: x\nrules: [{id: r, title: one, when: 'true', action: {}, reason: x, text: {en: a, "
                "zh: b}}]\n",
                "p:2:24", "both languages"},
        Mistake{"policy: x\nrules: [{id: r, title: {en: a, zh: b}, when: amuont > 5, action: {}, reason: x, "
                "text: {en: a, zh: b}}]\n",
                "p:2:46", "amount"},
        Mistake{"policy: x\nrules: [{id: r, title: {en: a, zh: b}, when: amount > 5.0, action: {}, reason: "
                "x, text: {en: a, zh: b}}]\n",
                "p:2:", "double"},
        Mistake{"policy: x\nrules: [{id: r, title: {en: a, zh: b}, when: amount, action: {}, reason: x, "
                "text: {en: a, zh: b}}]\n",
                "p:2:46", "bool"},
        Mistake{"policy: x\nrules: [{id: r, title: {en: a, zh: b}, when: 'true', action: {subject: suspend}, "
                "reason: x, text: {en: a, zh: b}}]\n",
                "p:2:62", "whom it binds"},
        Mistake{"policy: x\nrules: [{id: r, title: {en: a, zh: b}, when: 'true', action: {}, reason: x, "
                "text: {en: '{nothing}', zh: b}}]\n",
                "p:2:", "names 'nothing'"},
        Mistake{"policy: x\nscore: {challenge_at: 70%}\n", "p:2:23", "share from 0 to 1"}));

TEST(Bundle, ADuplicateRuleIsNamedWithBothPlaces) {
  const std::string rule =
      "  - {id: r, title: {en: a, zh: b}, when: 'true', action: {}, reason: x, text: {en: a, zh: b}}\n";
  const std::vector<std::string> faults = faults_of("policy: x\nrules:\n" + rule + rule);
  ASSERT_EQ(faults.size(), 1u);
  EXPECT_NE(faults[0].find("p:4:5"), std::string::npos) << faults[0];
  EXPECT_NE(faults[0].find("p:3:5"), std::string::npos) << faults[0];
}

TEST(Bundle, OverlappingDatesOfAParameterAreRefused) {
  const std::vector<std::string> faults = faults_of(R"(policy: x
parameters:
  - {name: a, value: 1, source: s, effective_from: 2026-01-01}
  - {name: a, value: 2, source: s, effective_from: 2026-06-01}
)");
  ASSERT_EQ(faults.size(), 1u);
  EXPECT_NE(faults[0].find("overlap"), std::string::npos) << faults[0];
}

TEST(Bundle, AllFaultsAreToldAtOnce) {
  EXPECT_GE(
      faults_of(
          "policy: x\nauthority: king\nversion: no\nfeatures: [{key: [q], aggregate: count, window: 1d}]\n")
          .size(),
      4u);
}

}  // namespace
}  // namespace tillwatch::policy
