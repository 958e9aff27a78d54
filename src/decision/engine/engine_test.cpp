#include "engine/engine.h"

#include <gtest/gtest.h>

#include <random>

#include "engine/engine_fixture.h"
#include "engine/explanation.h"

namespace tillwatch::engine {
namespace {

using payment::AttributeId;
using payment::EntryBuilder;
using payment::EntryKind;
using payment::Value;

const std::string base = R"(policy: base
authority: acquirer
registered: [{entity: merchant, name: tier, type: string}]
parameters: [{name: many, value: 2, unit: count, source: test}]
features:
  - {name: pair_count, key: [card.id, merchant.id], aggregate: count, window: 1h}
  - {name: merchant_sum, key: [merchant.id], aggregate: sum, value: amount, window: 1d, unit: money}
  - {name: declined, of: decision, key: [card.id], where: decision.authorisation == "decline",
     aggregate: count, window: 1d}
  - {name: previous_amount, key: [card.id], aggregate: previous, value: amount, window: 30d}
lists:
  - {name: blocked, of: merchant.id, effect: block}
  - {name: maybe, of: merchant.id, effect: overridable_block}
  - {name: trusted, of: merchant.id, effect: override}
rules:
  - id: R-many
    typology: T07
    title: {en: Many, zh: 多次}
    when: pair_count > param.many
    action: {authorisation: challenge, subject: watch}
    severity: 2
    confidence: 0.5
    reason: repetition
    text: {en: "{pair_count} times, together {merchant_sum}", zh: "{pair_count} 次，共 {merchant_sum} 元"}
  - id: R-large
    title: {en: Large, zh: 大额}
    when: amount >= 1000000
    action: {authorisation: decline, settlement: hold, subject: suspend, of: merchant.id, for: 1h}
    severity: 4
    confidence: 0.8
    reason: amount
    text: {en: large, zh: 大}
  - id: R-shadow
    title: {en: Shadow, zh: 影子}
    when: amount == 777
    action: {authorisation: decline}
    mode: shadow
    reason: amount
    text: {en: s, zh: s}
  - id: R-tier
    title: {en: Tier, zh: 等级}
    when: registered_merchant.tier == "risky"
    action: {authorisation: challenge}
    on_error: ignore
    reason: tier
    text: {en: t, zh: t}
)";

constexpr core::TimeMs t0 = 1'700'000'000'000;

TEST(Engine, WindowsContainTheEntryItself) {
  EngineWorld w(base);
  for (int i = 1; i <= 3; ++i) {
    ASSERT_TRUE(w.step(EngineWorld::sale(t0 + i * 1000, "c", "m", 12'345)));
    EXPECT_EQ(w.value("pair_count").integer, i);
    EXPECT_EQ(w.hit("R-many"), i > 2);
  }
  EXPECT_EQ(w.decision.proposed, (Outcome{Authorisation::challenge, Settlement::release, Subject::watch}));
  EXPECT_EQ(w.decision.effective, w.decision.proposed);
  EXPECT_EQ(w.decision.score_ppm, 500'000u);
  EXPECT_EQ(words(w.engine->bundle(), w.decision.hits[0], w.decision, Language::english),
            "3 times, together 370.35");
  EXPECT_EQ(words(w.engine->bundle(), w.decision.hits[0], w.decision, Language::chinese),
            "3 次，共 370.35 元");
  EXPECT_EQ(w.value("pair_count").window_to, t0 + 3000);
}

TEST(Engine, AnActTakesEffectAtTheNextSwipe) {
  EngineWorld w(base);
  w.step(EngineWorld::sale(t0, "c", "m", 2'000'000));
  EXPECT_TRUE(w.hit("R-large"));
  w.step(EngineWorld::sale(t0 + 1, "other", "m", 100));
  ASSERT_EQ(w.decision.standing.size(), 1u);
  EXPECT_EQ(w.decision.standing[0].effect, StandingHit::Effect::restriction);
  EXPECT_EQ(w.decision.effective.authorisation, Authorisation::decline);
  w.step(EngineWorld::sale(t0 + core::hour_ms + 1, "other", "m", 100));
  EXPECT_TRUE(w.decision.standing.empty());
}

TEST(Engine, InAgentModeTheOutcomeIsARequest) {
  std::string policy = base;
  policy.replace(policy.find("authority: acquirer"), 19, "authority: agent");
  EngineWorld w(policy);
  w.step(EngineWorld::sale(t0, "c", "m", 2'000'000));
  EXPECT_EQ(w.decision.proposed.authorisation, Authorisation::decline);
  EXPECT_TRUE(w.decision.effective.quiet());
  w.step(EngineWorld::sale(t0 + 1, "c", "m", 100));
  EXPECT_TRUE(w.decision.standing.empty());
}

TEST(Engine, ItsOwnDecisionsAreFactsFromTheNextEntryOn) {
  EngineWorld w(base);
  w.step(EngineWorld::sale(t0, "c", "m", 2'000'000));
  EXPECT_EQ(w.value("declined").integer, 0);
  w.step(EngineWorld::sale(t0 + 1, "c", "other", 5));
  EXPECT_EQ(w.value("declined").integer, 1);
}

TEST(Engine, HistoryMovesWindowsAndDecidesNothing) {
  EngineWorld w(base);
  EntryBuilder history = EngineWorld::sale(t0, "c", "m", 9'000'000);
  history.header.flags = payment::flag_history;
  EXPECT_FALSE(w.step(history));
  w.step(EngineWorld::sale(t0 + 1, "c", "m", 1));
  EXPECT_EQ(w.value("pair_count").integer, 2);
  EXPECT_TRUE(w.decision.standing.empty());
}

EntryBuilder list_change(core::TimeMs time, std::string_view list, std::string_view value) {
  EntryBuilder entry;
  entry.header = {EntryKind::list_change, 0, time, time, time};
  entry.set(AttributeId::list_name, Value::of(list));
  entry.set(AttributeId::list_value, Value::of(value));
  entry.set(AttributeId::list_action, Value::of("add"));
  entry.set(AttributeId::list_owner, Value::of("desk"));
  return entry;
}

TEST(Engine, BlockStandsAboveOverrideAboveOverridableBlockAboveRules) {
  EngineWorld w(base);
  w.step(list_change(t0, "maybe", "m"));
  w.step(EngineWorld::sale(t0, "c", "m", 1));
  EXPECT_EQ(w.decision.effective.authorisation, Authorisation::decline);
  w.step(list_change(t0, "trusted", "m"));
  w.step(EngineWorld::sale(t0 + 1, "c", "m", 2'000'000));
  EXPECT_TRUE(w.hit("R-large"));
  EXPECT_TRUE(w.decision.effective.quiet());
  w.step(EngineWorld::sale(t0 + 2, "c", "m", 1));
  EXPECT_TRUE(w.decision.effective.quiet()) << "an overridden act must not bind later";
  w.step(list_change(t0, "blocked", "m"));
  w.step(EngineWorld::sale(t0 + 3, "c", "m", 1));
  EXPECT_EQ(w.decision.effective.authorisation, Authorisation::decline);
  EXPECT_EQ(w.decision.standing.size(), 3u);
}

TEST(Engine, ShadowRulesAreSeenAndHaveNoEffect) {
  EngineWorld w(base);
  w.step(EngineWorld::sale(t0, "c", "m", 777));
  ASSERT_TRUE(w.hit("R-shadow"));
  EXPECT_TRUE(w.decision.proposed.quiet());
  EXPECT_FALSE(w.decision.fired());
}

TEST(Engine, WhatARuleCouldNotSeeIsNamed) {
  EngineWorld w(base);
  w.step(EngineWorld::sale(t0, "c", "m", 1));
  EXPECT_EQ(w.decision.not_seen, (std::vector<std::string>{"registered_merchant.tier"}));
  EntryBuilder registry;
  registry.header = {EntryKind::registry_command, 0, t0, t0, t0};
  registry.set(AttributeId::registry_entity, Value::of("merchant"));
  registry.set(AttributeId::registry_id, Value::of("m"));
  registry.set(AttributeId::registry_action, Value::of("set"));
  ASSERT_TRUE(registry.set_extra("tier", Value::of("risky")));
  EXPECT_FALSE(w.step(registry));
  w.step(EngineWorld::sale(t0 + 1, "c", "m", 1));
  EXPECT_TRUE(w.hit("R-tier"));
  EXPECT_TRUE(w.decision.not_seen.empty());
}

// A condition fails in three ways, which the decision keeps apart; its rule says what then holds.
TEST(Engine, FailingConditionsHoldWhereTheirRuleSaysSo) {
  std::string policy = base.substr(0, base.find("rules:")) + "rules:\n";
  const auto rule = [&policy](std::string_view id, std::string_view when, std::string_view how) {
    policy += "  - {id: " + std::string(id) + ", title: {en: a, zh: b}, when: '" + std::string(when) +
              "', action: {authorisation: challenge}, reason: r, text: {en: a, zh: b}, " + std::string(how) +
              "}\n";
  };
  rule("absent", "merchant.mcc == \"5411\"", "on_error: match");
  rule("absent-ignored", "merchant.mcc != \"5411\"", "on_unknown: match");
  rule("absorbed", "merchant.mcc == \"5411\" && amount > 5", "on_error: match");
  rule("absent-fact", "registered_merchant.tier == \"x\" || amount > 5", "on_error: match");
  rule("failing", "10 / (amount - 1) > 0", "on_error: match");
  rule("failing-ignored", "10 / (amount - 1) > 1", "on_unknown: match");
  rule("unknown", "fresh > 0 && amount == 1", "on_unknown: match");
  rule("unknown-ignored", "fresh > 1", "on_error: match");
  rule("unknown-and-failing", "10 / (amount - 1) > 0 && fresh > 1", "on_unknown: match");
  EngineWorld w(base);
  policy.replace(policy.find("lists:"), 6,
                 "  - {name: fresh, key: [card.id], aggregate: max, value: amount, window: 2d}\nlists:");
  w.step(EngineWorld::swap(t0, w.keep(policy)));
  w.step(EngineWorld::sale(t0 + 1, "c", "m", 1));
  std::string said;
  for (const RuleHit& hit : w.decision.hits)
    said += hit.rule + (hit.cause == RuleHit::Cause::error ? " error\n" : " unknown\n");
  EXPECT_EQ(said,
            "absent error\nabsent-fact error\nfailing error\nunknown unknown\nunknown-and-failing unknown\n");
  EXPECT_EQ(w.decision.rule_errors, 2) << "what the entry lacks is no fault of a rule";
  EXPECT_EQ(w.decision.not_seen,
            (std::vector<std::string>{"merchant.mcc", "registered_merchant.tier", "fresh"}));
}

TEST(Engine, RegisteredFactsOfSeveralSubjectsAreReadTogetherAndAreThoseOfTheEntry) {
  std::string policy = base;
  policy.replace(
      policy.find("registered: [{entity: merchant, name: tier, type: string}]"), 58,
      "registered: [{entity: merchant, name: tier, type: string}, {entity: terminal, name: tier, type: "
      "string}, {entity: merchant, name: limit, type: int}, {entity: merchant, name: open, type: bool}]");
  EngineWorld w(policy);
  const auto know = [&](std::string_view entity, std::string_view id, std::string_view tier, Value limit) {
    EntryBuilder registry;
    registry.header = {EntryKind::registry_command, 0, t0, t0, t0};
    registry.set(AttributeId::registry_entity, Value::of(entity));
    registry.set(AttributeId::registry_id, Value::of(id));
    registry.set(AttributeId::registry_action, Value::of("set"));
    EXPECT_TRUE(registry.set_extra("tier", Value::of(tier)));
    EXPECT_TRUE(registry.set_extra("limit", limit));
    EXPECT_TRUE(registry.set_extra("undeclared", Value::of(true)));
    w.step(registry);
  };
  know("merchant", "m", "good", Value::of(std::int64_t{7}));
  know("merchant", "n", "bad", Value::of("seven"));
  know("terminal", "SN", "old", Value::of(std::int64_t{9}));
  EntryBuilder entry = EngineWorld::sale(t0, "c", "m", 1);
  entry.set(AttributeId::terminal_serial, Value::of("SN"));
  w.step(entry);
  EXPECT_EQ(w.value("registered_merchant.tier").text, "good");
  EXPECT_EQ(w.value("registered_merchant.limit").integer, 7);
  EXPECT_EQ(w.value("registered_merchant.open").coverage, Coverage::absent);
  EXPECT_EQ(w.value("registered_terminal.tier").text, "old");
  w.step(EngineWorld::sale(t0 + 1, "c", "n", 1));
  EXPECT_EQ(w.value("registered_merchant.tier").text, "bad");
  EXPECT_EQ(w.value("registered_merchant.limit").coverage, Coverage::absent) << "of another type";
  EXPECT_EQ(w.value("registered_terminal.tier").coverage, Coverage::absent) << "the entry names no terminal";
  w.step(EngineWorld::sale(t0 + 2, "c", "stranger", 2'000'000));
  EXPECT_EQ(w.value("registered_merchant.tier").coverage, Coverage::absent);
}

TEST(Engine, ConfidenceIsCappedByTheCardsIdentity) {
  EngineWorld w(base);
  EntryBuilder entry = EngineWorld::sale(t0, "masked:622848*0000", "m", 1);
  entry.set(AttributeId::card_identity, Value::of("issuer_only"));
  for (int i = 0; i < 3; ++i) w.step(entry);
  ASSERT_TRUE(w.hit("R-many"));
  EXPECT_EQ(w.decision.hits[0].confidence_ppm, 300'000u);
}

TEST(Engine, ASwapKeepsUnchangedFeaturesAndBackfillsNewOnes) {
  EngineWorld w(base);
  for (int i = 0; i < 5; ++i) w.step(EngineWorld::sale(t0 + i, "c", "m", 10));
  std::string next = base;
  next.replace(next.find("lists:"), 6,
               "  - {name: card_max, key: [card.id], aggregate: max, value: amount, window: 2d}\nlists:");
  const std::string hash = w.keep(next);
  EXPECT_FALSE(w.step(EngineWorld::swap(t0 + 10, hash)));
  ASSERT_TRUE(w.engine->backfill_need());
  EXPECT_EQ(w.engine->backfill_need()->features.size(), 1u);
  w.step(EngineWorld::sale(t0 + 11, "c", "m", 7));
  EXPECT_EQ(w.value("pair_count").integer, 6) << "an unchanged feature keeps its state";
  EXPECT_EQ(w.value("card_max").coverage, Coverage::unknown_backfill);
  w.backfill();
  EXPECT_FALSE(w.engine->backfill_need());
  w.step(EngineWorld::sale(t0 + 12, "c", "m", 1));
  EXPECT_EQ(w.value("card_max").integer, 10);
  EXPECT_EQ(w.value("pair_count").integer, 7);
}

TEST(Engine, ASwapToAnUnknownPolicyChangesNothing) {
  EngineWorld w(base);
  w.step(EngineWorld::swap(t0, std::string(64, 'a')));
  EXPECT_EQ(w.engine->counts().unknown_bundles, 1u);
  EXPECT_TRUE(w.step(EngineWorld::sale(t0 + 1, "c", "m", 1)));
}

TEST(Engine, ARetractedBatchIsForgottenByAllWindows) {
  EngineWorld w(base);
  EntryBuilder wrong = EngineWorld::sale(t0, "c", "m", 10);
  wrong.set(AttributeId::source, Value::of("file-1"));
  w.step(wrong);
  w.step(EngineWorld::sale(t0 + 1, "c", "m", 10));
  EntryBuilder retract;
  retract.header = {EntryKind::retract, 0, t0 + 2, t0 + 2, t0 + 2};
  retract.set(AttributeId::retract_batch, Value::of("file-1"));
  w.step(retract);
  w.step(EngineWorld::sale(t0 + 3, "c", "m", 10));
  EXPECT_EQ(w.value("pair_count").coverage, Coverage::unknown_backfill);
  w.backfill();
  w.step(EngineWorld::sale(t0 + 4, "c", "m", 10));
  EXPECT_EQ(w.value("pair_count").integer, 3);
}

TEST(Engine, ARuleOverItsCeilingAsksToBeShadowed) {
  std::string policy = base;
  policy.replace(policy.find("    severity: 4"), 15, "    severity: 4\n    ceiling: 0.01");
  EngineWorld w(policy);
  std::vector<EntryBuilder> commands;
  for (int i = 0; i < 1000; ++i) {
    w.step(EngineWorld::sale(t0 + i, "c" + std::to_string(i), "m" + std::to_string(i),
                             i % 50 == 0 ? 2'000'000 : 5));
    // A dry run in between takes nothing away and adds nothing.
    core::Bytes bytes;
    payment::EntryView view;
    Decision considered;
    ASSERT_TRUE(EngineWorld::sale(t0 + i, "d", "m", 2'000'000).encode(bytes) && view.decode(bytes));
    ASSERT_TRUE(w.engine->consider(view, considered));
    for (EntryBuilder& command : w.engine->take_commands()) commands.push_back(std::move(command));
  }
  ASSERT_EQ(commands.size(), 1u);
  EXPECT_EQ(commands[0].get(AttributeId::registry_id).text(), "R-large");
  commands[0].header.admitted_at = commands[0].header.event_time = t0 + 2000;
  w.step(commands[0]);
  w.step(EngineWorld::sale(t0 + 2001, "c", "fresh", 2'000'000));
  ASSERT_TRUE(w.hit("R-large"));
  EXPECT_TRUE(w.decision.proposed.quiet());
}

TEST(Engine, ConsideringDecidesWhatTheStepWouldAndChangesNothing) {
  EngineWorld w(base), untouched(base);
  std::mt19937_64 random(17);
  for (int i = 0; i < 400; ++i) {
    const auto entry = EngineWorld::sale(t0 + i * 900, "c" + std::to_string(random() % 40),
                                         "m" + std::to_string(random() % 9),
                                         static_cast<std::int64_t>(random() % 1'050'000));
    core::Bytes bytes;
    ASSERT_TRUE(entry.encode(bytes));
    payment::EntryView view;
    Decision considered;
    for (int again = 0; again < 2; ++again) {
      ASSERT_TRUE(view.decode(bytes));
      ASSERT_TRUE(w.engine->consider(view, considered));
    }
    w.step(entry);
    untouched.step(entry);
    ASSERT_EQ(w.decision, untouched.decision) << "at " << i;
    considered.sequence = w.decision.sequence;
    ASSERT_EQ(considered, w.decision) << "at " << i;
  }
  (void)w.engine->arenas();
  (void)untouched.engine->arenas();
  EXPECT_EQ(w.engine->roots(), untouched.engine->roots());
}

TEST(Engine, TheSameEntriesGiveTheSameDecisionsWhateverTheHashKey) {
  Options other;
  other.hash_key.fill(0x5a);
  EngineWorld a(base), b(base, other);
  std::mt19937_64 random(42);
  for (int i = 0; i < 3000; ++i) {
    const auto entry = EngineWorld::sale(t0 + i * 700, "c" + std::to_string(random() % 20),
                                         "m" + std::to_string(random() % 5),
                                         static_cast<std::int64_t>(random() % 1'100'000));
    a.step(entry);
    b.step(entry);
    ASSERT_EQ(a.decision, b.decision) << "at " << i;
  }
}

}  // namespace
}  // namespace tillwatch::engine
