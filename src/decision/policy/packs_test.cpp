#include "policy/packs.h"

#include <gtest/gtest.h>

#include "core/limits.h"
#include "policy/bundle.h"

namespace tillwatch::policy {
namespace {

const std::string base = R"(policy: base
version: 7
authority: acquirer
base_currency: EUR
utc_offset_minutes: 60
parameters:
  - {name: limit, value: 500, unit: money, source: base}
  - {name: times, value: 3, source: base, effective_to: 2026-06-01}
  - {name: times, value: 4, source: base, effective_from: 2026-06-01}
lists: [{name: blocked, of: merchant.id, effect: block}]
score: {challenge_at: 0.5, decline_at: 0.9}
rules:
  - {id: A, title: {en: a, zh: b}, when: amount > param.limit, action: {settlement: hold},
     reason: r, text: {en: a, zh: b}}
  - {id: B, title: {en: a, zh: b}, when: amount > 7, action: {settlement: hold},
     reason: r, text: {en: a, zh: b}}
)";

struct Loaded {
  std::shared_ptr<const Bundle> bundle;
  std::string faults;
};
Loaded load(const std::vector<SourceFile>& files) {
  Faults faults;
  Loaded loaded;
  loaded.bundle = Bundle::load(files, faults);
  for (const Fault& fault : faults) loaded.faults += fault.to_string() + "\n";
  return loaded;
}
Loaded site(const std::string& text) {
  return load({{"../base/p.yaml", base}, {"s.yaml", "policy: site\nbuilds_on: ../base\n" + text}});
}

TEST(Packs, ASiteChangesParametersListsAndModes) {
  const Loaded loaded = site(R"(version: 2
parameters:
  - {name: limit, value: 900, unit: money, source: site}
  - {name: times, value: 9, source: site}
  - {name: own, value: 1, source: site}
lists: [{name: blocked, of: merchant.id, effect: snooze}, {name: more, of: card.id}]
overrides: [{rule: B, mode: shadow, ceiling: 0.1, effective_from: 2026-01-01}]
score: {decline_at: 0.8}
rules:
  - {id: C, title: {en: a, zh: b}, when: amount > param.own, action: {settlement: hold},
     reason: r, text: {en: a, zh: b}}
)");
  ASSERT_NE(loaded.bundle, nullptr) << loaded.faults;
  const Model& model = loaded.bundle->model();
  EXPECT_EQ(model.name, "site");
  EXPECT_EQ(model.version, 2);
  EXPECT_EQ(model.builds_on, std::vector<std::string>{"base"});
  EXPECT_TRUE(model.acquirer) << "what the site does not say is as below";
  EXPECT_EQ(model.base_currency, "EUR");
  EXPECT_EQ(model.utc_offset_minutes, 60);
  EXPECT_EQ(model.score.challenge_at_ppm, 500'000u);
  EXPECT_EQ(model.score.decline_at_ppm, 800'000u);
  ASSERT_EQ(loaded.bundle->parameters().size(), 3u);
  for (const CompiledParameter& parameter : loaded.bundle->parameters())
    EXPECT_EQ(parameter.dated.size(), 1u) << parameter.name << ": all values come from the site";
  ASSERT_EQ(model.lists.size(), 2u);
  EXPECT_EQ(model.lists[0].effect, ListEffect::snooze);
  ASSERT_EQ(model.rules.size(), 3u);
  EXPECT_EQ(model.rules[1].mode, RuleMode::shadow);
  EXPECT_EQ(model.rules[1].ceiling_ppm, 100'000u);
  EXPECT_TRUE(model.rules[1].effective_from.has_value());
  EXPECT_EQ(model.rules[0].mode, RuleMode::live);
}

TEST(Packs, ASiteHasCodesOfItsOwnAndKeepsTheMessages) {
  const std::string told = base + R"(outcomes:
  - {authorisation: decline, code: "59"}
  - {authorisation: challenge, code: "1A", title: {en: Ask again, zh: 请再验证}}
messages: [{reason: r, text: {en: told, zh: 告知}}]
)";
  const std::string own = R"(policy: site
builds_on: ../base
outcomes: [{authorisation: decline, code: "05"}]
messages: [{reason: own, text: {en: mine, zh: 我的}}]
rules:
  - {id: C, title: {en: a, zh: 甲}, when: amount > 8, action: {settlement: hold}, reason: own,
     text: {en: a, zh: 甲}}
)";
  const Loaded loaded = load({{"../base/p.yaml", told}, {"s.yaml", own}});
  ASSERT_TRUE(loaded.bundle) << loaded.faults;
  const Model& model = loaded.bundle->model();
  EXPECT_EQ(model.outcomes.size(), 2u);
  EXPECT_EQ(model.outcome_of(2)->code, "05");
  EXPECT_EQ(model.outcome_of(1)->title.en, "Ask again");
  EXPECT_EQ(model.outcome_of(0), nullptr);
  EXPECT_EQ(model.message_of("r")->text.zh, "告知");
  EXPECT_EQ(model.message_of("own")->text.en, "mine");
  EXPECT_EQ(model.message_of("other"), nullptr);
  const Loaded taken =
      load({{"../base/p.yaml", told},
            {"s.yaml", "policy: site\nbuilds_on: ../base\nmessages: [{reason: r, text: {en: a, zh: b}}]\n"}});
  EXPECT_FALSE(taken.bundle);
  EXPECT_NE(taken.faults.find("the message of 'r' belongs to the pack below"), std::string::npos)
      << taken.faults;
}

TEST(Packs, CodesAndMessagesStandOnce) {
  const Loaded loaded = load({{"p.yaml", base + R"(outcomes:
  - {authorisation: decline, code: "59"}
  - {authorisation: decline, code: "5-9"}
  - {authorisation: allow, code: "123456789"}
  - {authorisation: allowed}
messages: [{reason: r, text: {en: a, zh: b}}, {reason: r, text: {en: a, zh: b}}, {reason: s}]
)"}});
  EXPECT_FALSE(loaded.bundle);
  for (const char* part :
       {"outcome 'decline' stands twice", "'5-9' is no response code", "'123456789' is no response code",
        "'allowed'", "reason 'r' has two messages", "'text'"})
    EXPECT_NE(loaded.faults.find(part), std::string::npos) << part << "\n" << loaded.faults;
}

TEST(Packs, TheBundleHoldsAllOfThem) {
  const Loaded loaded = site("");
  ASSERT_NE(loaded.bundle, nullptr) << loaded.faults;
  const auto again = Bundle::restore(loaded.bundle->packed());
  ASSERT_TRUE(again) << again.error().to_string();
  EXPECT_EQ((*again)->model().rules.size(), 2u);
  EXPECT_NE(loaded.bundle->hash(), load({{"p.yaml", base}}).bundle->hash());
}

TEST(Packs, AreReadThroughSeveralFloors) {
  const Loaded loaded = load(
      {{"../../c.yaml", base},
       {"../b.yaml",
        "policy: region\nbuilds_on: ..\nparameters: [{name: limit, value: 2, unit: money, source: r}]\n"},
       {"a.yaml", "policy: shop\nbuilds_on: ..\nutc_offset_minutes: 480\n"}});
  ASSERT_NE(loaded.bundle, nullptr) << loaded.faults;
  EXPECT_EQ(loaded.bundle->model().builds_on, (std::vector<std::string>{"base", "region"}));
  EXPECT_EQ(loaded.bundle->model().utc_offset_minutes, 480);
  EXPECT_EQ(std::get<std::int64_t>(loaded.bundle->parameters()[1].dated[0].value), 2);
}

struct Mistake {
  const char* text;
  const char* part;
};
class SiteMistakes : public ::testing::TestWithParam<Mistake> {};
TEST_P(SiteMistakes, AreNamed) {
  const Loaded loaded = site(GetParam().text);
  EXPECT_EQ(loaded.bundle, nullptr);
  EXPECT_TRUE(loaded.faults.starts_with("s.yaml:")) << loaded.faults;
  EXPECT_NE(loaded.faults.find(GetParam().part), std::string::npos) << loaded.faults;
}
INSTANTIATE_TEST_SUITE_P(
    Packs, SiteMistakes,
    ::testing::Values(
        Mistake{"rules: [{id: A, title: {en: x, zh: y}, when: amount > 9, action: {settlement: hold}, "
                "reason: r, text: "
                "{en: x, zh: y}}]\n",
                "belongs to the pack below"},
        Mistake{"overrides: [{rule: A, when: amount > 9}]\n", "has no 'when'"},
        Mistake{"overrides: [{rule: A, text: {en: a, zh: b}}]\n", "has no 'text'"},
        Mistake{"overrides: [{rule: Z9}]\n", "no rule 'Z9'"},
        Mistake{"overrides: [{mode: off}]\n", "lacks 'rule'"},
        Mistake{"overrides: [{rule: A, mode: loud}]\n", "cannot be 'loud'"},
        Mistake{"parameters: [{name: limit, value: 5.5, unit: money, source: s}]\n", "another type or unit"},
        Mistake{"parameters: [{name: limit, value: 5, unit: yuan, source: s}]\n", "unit: money"},
        Mistake{"lists: [{name: blocked, of: card.id, effect: block}]\n", "is of 'merchant.id'"}));

TEST(Packs, MissingOnesCirclesAndTowersAreRefused) {
  const auto told = [](const std::vector<SourceFile>& files) { return load(files).faults; };
  EXPECT_NE(
      told({{"a.yaml", "policy: a\nbuilds_on: ../b\n"}}).find("a.yaml:2:12: there is no pack in '../b'"),
      std::string::npos);
  EXPECT_NE(told({{"a.yaml", "policy: a\nbuilds_on: /b\n"}}).find("absolute"), std::string::npos);
  EXPECT_NE(told({{"a.yaml", "policy: a\nbuilds_on: .\n"}}).find("circle"), std::string::npos);
  EXPECT_NE(
      told({{"a.yaml", "policy: a\nbuilds_on: ../b\n"}, {"../b/b.yaml", "policy: b\nbuilds_on: ../b\n"}})
          .find("circle"),
      std::string::npos);
  EXPECT_NE(told({{"a.yaml", "policy: a\noverrides: [{rule: A}]\n"}}).find("no pack below"),
            std::string::npos);
  EXPECT_NE(told({}).find("no file"), std::string::npos);
  for (const std::size_t count : {core::limits::policy_packs_max, core::limits::policy_packs_max + 1}) {
    std::vector<SourceFile> files;
    std::string prefix;
    for (std::size_t i = 0; i < count; ++i, prefix += "../")
      files.push_back({prefix + "p.yaml",
                       "policy: p" + std::to_string(i) + "\n" + (i + 1 < count ? "builds_on: ..\n" : "")});
    EXPECT_EQ(told(files).empty(), count == core::limits::policy_packs_max) << told(files);
  }
}

TEST(Packs, NamesOfFoldersAreSeenFromThePack) {
  EXPECT_EQ(prefix_below("", "../base"), "../base/");
  EXPECT_EQ(prefix_below("../base/", "../other/"), "../other/");
  EXPECT_EQ(prefix_below("../base/", ".."), "../");
  EXPECT_EQ(prefix_below("", "inner"), "inner/");
  EXPECT_EQ(prefix_below("inner/", ".."), "");
  EXPECT_EQ(prefix_of("a.yaml"), "");
  EXPECT_EQ(prefix_of("../b/a.yaml"), "../b/");
}

TEST(Packs, AnActionMayDifferByAuthority) {
  const auto action = [](const std::string& authority, const std::string& text) {
    const Loaded loaded =
        load({{"p.yaml", "policy: p\nauthority: " + authority +
                             "\nrules: [{id: A, title: {en: a, zh: b}, when: amount > 7, action: " + text +
                             ", reason: r, text: {en: a, zh: b}}]\n"}});
    return loaded.bundle ? std::to_string(loaded.bundle->model().rules[0].action.authorisation)
                         : loaded.faults;
  };
  const std::string both = "{acquirer: {authorisation: decline}, agent: {authorisation: challenge}}";
  EXPECT_EQ(action("acquirer", both), "2");
  EXPECT_EQ(action("agent", both), "1");
  EXPECT_NE(action("agent", "{agent: {authorisation: challenge}}").find("says both"), std::string::npos);
  EXPECT_NE(action("agent", "{agent: {}, acquirer: {}, settlement: hold}").find("has no 'settlement'"),
            std::string::npos);
  EXPECT_NE(action("agent", "{agent: {subject: suspend}, acquirer: {}}").find("whom it binds"),
            std::string::npos);
}

TEST(Packs, ARuleHasDates) {
  const auto dated = [](const std::string& dates) {
    return load(
        {{"p.yaml",
          "policy: p\nrules: [{id: A, title: {en: a, zh: b}, when: amount > 7 || amount < 3, action: {}, " +
              dates + "reason: r, text: {en: a, zh: b}}]\n"}});
  };
  const Loaded loaded = dated("effective_from: 2026-01-01, effective_to: 2026-02-01, ");
  ASSERT_NE(loaded.bundle, nullptr) << loaded.faults;
  ASSERT_EQ(loaded.bundle->rules()[0].reads.size(), 1u);
  EXPECT_EQ(loaded.bundle->slot(loaded.bundle->rules()[0].reads[0]).name, "amount")
      << "the gate is not shown";
  EXPECT_NE(dated("effective_from: 2026-02-01, effective_to: 2026-02-01, ").faults.find("ends before"),
            std::string::npos);
  EXPECT_NE(dated("effective_from: soon, ").faults.find("is a date"), std::string::npos);
}

}  // namespace
}  // namespace tillwatch::policy
