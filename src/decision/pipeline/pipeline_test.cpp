#include "pipeline/pipeline.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>

#include "engine/engine.h"
#include "pipeline/verification.h"
#include "policy/policy_fixture.h"
#include "sim/sim_disk.h"

namespace tillwatch::pipeline {
namespace {

using payment::AttributeId;
using payment::EntryBuilder;
using payment::EntryKind;
using payment::Value;

const std::string policy_text = R"(policy: pipe
authority: acquirer
features:
  - {name: pair_count, key: [card.id, merchant.id], aggregate: count, window: 1h}
  - {name: labels, of: label, key: [terminal.serial], aggregate: count, window: 30d}
  - {name: refunds, key: [card.id], where: tx.type == "refund", aggregate: sum, value: tx.original_amount,
     window: 30d}
rules:
  - id: R
    title: {en: R, zh: R}
    when: pair_count > 2
    action: {authorisation: decline}
    reason: repetition
    text: {en: "{pair_count} {labels}", zh: "{pair_count}"}
)";

constexpr core::TimeMs t0 = 1'700'000'000'000;

EntryBuilder sale(std::string_view id, std::string_view card = "token/x:c", std::int64_t amount = 100,
                  core::TimeMs time = t0) {
  EntryBuilder entry;
  entry.header = {EntryKind::transaction, 0, 0, time, time};
  entry.set(AttributeId::client, Value::of("gate"));
  entry.set(AttributeId::id, Value::of(id));
  entry.set(AttributeId::card_reference, Value::of(card));
  entry.set(AttributeId::merchant_id, Value::of("m"));
  entry.set(AttributeId::terminal_serial, Value::of("SN1"));
  entry.set(AttributeId::amount, Value::of(amount));
  entry.set(AttributeId::tx_type, Value::of("sale"));
  return entry;
}

EntryBuilder label(std::string_view id, std::string_view original) {
  EntryBuilder entry;
  entry.header = {EntryKind::label, 0, 0, t0, t0};
  entry.set(AttributeId::client, Value::of("gate"));
  entry.set(AttributeId::id, Value::of(id));
  entry.set(AttributeId::tx_original_id, Value::of(original));
  entry.set(AttributeId::label_fraud, Value::of(true));
  return entry;
}

Options options() {
  Options o;
  o.segment_bytes = 1024 * 1024;
  o.snapshot_every = 1'000'000;
  return o;
}

struct World {
  explicit World(sim::SimDisk& disk_in, Options o = options(), const std::string& text = policy_text,
                 core::TimeMs now = t0)
      : disk(disk_in) {
    auto opened = Pipeline::open(disk, o, policy::bundle_of(text), now);
    EXPECT_TRUE(opened) << (opened ? "" : opened.error().to_string());
    if (opened) pipeline = std::move(*opened);
  }
  Answer send(const EntryBuilder& entry, core::TimeMs now = t0, bool record = true) {
    const Submission submission{&entry, record};
    return pipeline->process({&submission, 1}, now)[0];
  }
  engine::Decision decision(const Answer& answer) {
    engine::Decision d;
    EXPECT_TRUE(engine::decode(answer.decision, d));
    return d;
  }
  sim::SimDisk& disk;
  std::unique_ptr<Pipeline> pipeline;
};

TEST(Pipeline, ARepeatedRequestGetsTheStoredAnswer) {
  sim::SimDisk disk;
  World w(disk);
  const Answer first = w.send(sale("a"));
  ASSERT_EQ(first.kind, Answer::Kind::decided);
  w.send(sale("b"));
  const Answer again = w.send(sale("a"), t0 + 5000);
  EXPECT_EQ(again.kind, Answer::Kind::repeated);
  EXPECT_EQ(again.sequence, first.sequence);
  EXPECT_EQ(again.decision, first.decision);
  EXPECT_EQ(w.send(sale("a", "token/x:c", 101)).kind, Answer::Kind::conflict);
  EXPECT_EQ(w.pipeline->counters().repeated, 1u);
}

TEST(Pipeline, ADuplicateInFlightWaitsForTheSameSync) {
  sim::SimDisk disk;
  World w(disk);
  const EntryBuilder a = sale("a"), other = sale("a", "token/x:c", 7);
  const Submission submissions[] = {{&a, true}, {&a, true}, {&other, true}};
  const std::vector<Answer> answers = w.pipeline->process(submissions, t0);
  EXPECT_EQ(answers[0].kind, Answer::Kind::decided);
  EXPECT_EQ(answers[1].kind, Answer::Kind::repeated);
  EXPECT_EQ(answers[1].decision, answers[0].decision);
  EXPECT_EQ(answers[2].kind, Answer::Kind::conflict);
}

TEST(Pipeline, SabotagedDeduplicationIsNoticed) {
  sim::SimDisk disk;
  Options o = options();
  if (!o.sabotage.set("no_deduplication")) GTEST_SKIP() << "this build has no sabotage switches";
  World w(disk, o);
  const Answer first = w.send(sale("a"));
  EXPECT_NE(w.send(sale("a")).sequence, first.sequence);
}

TEST(Pipeline, ADryRunLeavesNothing) {
  sim::SimDisk disk;
  World w(disk);
  const core::Sequence before = w.pipeline->last_durable();
  const Answer answer = w.send(sale("a"), t0, false);
  EXPECT_EQ(answer.kind, Answer::Kind::dry_run);
  EXPECT_FALSE(answer.decision.empty());
  EXPECT_EQ(w.pipeline->last_durable(), before);
  EXPECT_EQ(w.send(sale("a")).kind, Answer::Kind::decided);
}

TEST(Pipeline, AnEventTimeOutsideTheSpanIsKeptRawAndReplaced) {
  sim::SimDisk disk;
  World w(disk);
  const Answer answer = w.send(sale("a", "token/x:c", 1, t0 - 73 * core::hour_ms));
  payment::EntryView view;
  ASSERT_TRUE(view.decode(answer.entry));
  EXPECT_EQ(view.header().event_time, t0);
  EXPECT_EQ(view.header().raw_event_time, t0 - 73 * core::hour_ms);
  EXPECT_TRUE(view.header().flags & payment::flag_event_time_replaced);
  const Answer edge = w.send(sale("b", "token/x:c", 1, t0 - 72 * core::hour_ms));
  ASSERT_TRUE(view.decode(edge.entry));
  EXPECT_EQ(view.header().event_time, t0 - 72 * core::hour_ms);
  EXPECT_EQ(w.pipeline->counters().event_times_replaced, 1u);
}

TEST(Pipeline, ALabelIsCompletedFromItsTransaction) {
  sim::SimDisk disk;
  World w(disk);
  w.send(sale("a"));
  const Answer answer = w.send(label("l", "a"));
  ASSERT_EQ(answer.kind, Answer::Kind::decided);
  payment::EntryView view;
  ASSERT_TRUE(view.decode(answer.entry));
  EXPECT_EQ(view.text(AttributeId::terminal_serial), "SN1");
  EXPECT_EQ(w.send(label("l", "a")).kind, Answer::Kind::repeated)
      << "what admission adds is not the caller's content";
}

TEST(Pipeline, AnOrphanIsAcceptedCountedAndRematched) {
  sim::SimDisk disk;
  World w(disk);
  w.send(label("l", "a"));
  EXPECT_EQ(w.pipeline->counters().orphans, 1u);
  w.send(sale("a"));
  EXPECT_EQ(w.pipeline->counters().rematched, 1u);
  EXPECT_EQ(w.send(label("l", "a")).kind, Answer::Kind::repeated);
  for (const char* id : {"b", "c"}) w.send(sale(id));
  const engine::Decision d = w.decision(w.send(sale("d")));
  const auto labels = std::ranges::find(d.readings, "labels", &engine::Reading::name);
  ASSERT_NE(labels, d.readings.end());
  EXPECT_EQ(labels->integer, 1);
}

TEST(Pipeline, AllOrphansOfATransactionAreRematchedInTheirOrder) {
  sim::SimDisk disk;
  World w(disk);
  for (const char* id : {"l", "m"}) w.send(label(id, "a"));
  w.send(label("n", "other"));
  const Answer sold = w.send(sale("a"));
  EXPECT_EQ(w.pipeline->counters().orphans, 3u);
  EXPECT_EQ(w.pipeline->counters().rematched, 2u);
  for (std::uint64_t i = 1; i <= 2; ++i) {
    const auto record = w.pipeline->read(core::Sequence(sold.sequence.value + i));
    ASSERT_TRUE(record);
    payment::EntryView view;
    ASSERT_TRUE(view.decode(record->entry));
    EXPECT_EQ(view.kind(), EntryKind::label);
    EXPECT_EQ(view.text(AttributeId::terminal_serial), "SN1");
    EXPECT_EQ(view.get(AttributeId::amount_base).integer(), 100) << "as if it had come in order";
  }
}

// Noted before the snapshot, in the tail behind it, and matched already.
TEST(Pipeline, OrphansOutliveAStopOnBothSidesOfTheSnapshot) {
  sim::SimDisk disk;
  {
    World w(disk);
    w.send(label("l", "a"));
    w.send(label("m", "b"));
    w.send(sale("b"));
    EXPECT_EQ(w.pipeline->counters().rematched, 1u);
    ASSERT_TRUE(w.pipeline->snapshot_now().has_value());
    w.send(label("n", "a"));
    w.send(label("o", "c"));
    w.send(sale("c"));
  }
  World w(disk);
  ASSERT_GT(w.pipeline->recovery().snapshot.value, 0u);
  w.send(sale("a"));
  EXPECT_EQ(w.pipeline->counters().rematched, 2u);
  const engine::Decision d = w.decision(w.send(sale("d")));
  const auto labels = std::ranges::find(d.readings, "labels", &engine::Reading::name);
  ASSERT_NE(labels, d.readings.end());
  EXPECT_EQ(labels->integer, 4);
}

TEST(Pipeline, AnOrphanedRefundIsDecidedOnceAndCountedOnce) {
  sim::SimDisk disk;
  World w(disk);
  EntryBuilder refund = sale("r", "token/x:c", 70);
  refund.set(AttributeId::tx_type, Value::of("refund"));
  refund.set(AttributeId::tx_original_id, Value::of("a"));
  ASSERT_EQ(w.send(refund).kind, Answer::Kind::decided);
  w.send(sale("a"));
  EXPECT_EQ(w.pipeline->counters().orphans, 1u);
  EXPECT_EQ(w.pipeline->counters().rematched, 0u);
  const engine::Decision d = w.decision(w.send(sale("b")));
  const auto count = std::ranges::find(d.readings, "pair_count", &engine::Reading::name);
  ASSERT_NE(count, d.readings.end());
  EXPECT_EQ(count->integer, 3);
}

TEST(Pipeline, TheServersOwnKindsAreRefused) {
  sim::SimDisk disk;
  World w(disk);
  EntryBuilder tick;
  tick.header.kind = EntryKind::tick;
  const Answer answer = w.send(tick);
  EXPECT_EQ(answer.kind, Answer::Kind::refused);
  EXPECT_EQ(answer.error.code, core::ErrorCode::denied);
}

TEST(Pipeline, AfterARestartEverythingIsThereAndDecidedAlike) {
  sim::SimDisk disk(3);
  std::vector<Answer> answers;
  {
    World w(disk);
    for (int i = 0; i < 50; ++i) answers.push_back(w.send(sale("a" + std::to_string(i)), t0 + i * 1000));
  }
  World w(disk);
  EXPECT_EQ(w.pipeline->recovery().replayed, w.pipeline->last_durable().value);
  EXPECT_TRUE(w.pipeline->recovery().decisions_match);
  const Answer again = w.send(sale("a7"), t0 + 100'000);
  EXPECT_EQ(again.kind, Answer::Kind::repeated);
  EXPECT_EQ(again.decision, answers[7].decision);
  EXPECT_EQ(w.decision(w.send(sale("new"), t0 + 100'000)).readings[0].integer, 51);
}

TEST(Pipeline, ASnapshotPlusTheTailIsTheSameStateAsTheWholeJournal) {
  sim::SimDisk disk(5);
  Options o = options();
  o.snapshot_every = 40;
  core::TimeMs now = t0;
  std::mt19937_64 random(99);
  {
    World w(disk, o);
    for (int i = 0; i < 300; ++i) {
      now += 400;
      w.send(sale("a" + std::to_string(i), "token/x:c" + std::to_string(random() % 7)), now);
      w.pipeline->idle(now);
    }
    EXPECT_GE(w.pipeline->counters().snapshots, 2u);
  }
  World with(disk, o);
  EXPECT_GT(with.pipeline->recovery().snapshot.value, 0u);
  EXPECT_LT(with.pipeline->recovery().replayed, 300u);
  EXPECT_TRUE(with.pipeline->recovery().decisions_match);
  const std::unique_ptr<sim::SimDisk> bare = disk.after_kill();
  with.pipeline.reset();
  for (const std::string& path : bare->paths())
    if (path.find("/snapshots/") != std::string::npos) {
      ASSERT_TRUE(bare->remove(path));
    }
  World from_journal(*bare, o);
  EXPECT_EQ(from_journal.pipeline->recovery().snapshot.value, 0u);
  World with_again(disk, o);
  for (int i = 0; i < 20; ++i) {
    const EntryBuilder entry = sale("z" + std::to_string(i), "token/x:c" + std::to_string(i % 7));
    EXPECT_EQ(with_again.send(entry, now).decision, from_journal.send(entry, now).decision);
  }
}

TEST(Pipeline, ASnapshotAtStopMakesTheNextStartShort) {
  sim::SimDisk disk;
  {
    World w(disk);
    for (int i = 0; i < 10; ++i) w.send(sale("a" + std::to_string(i)));
    ASSERT_TRUE(w.pipeline->snapshot_now());
  }
  World w(disk);
  EXPECT_EQ(w.pipeline->recovery().replayed, 0u);
  EXPECT_EQ(w.decision(w.send(sale("new"))).readings[0].integer, 11);
}

std::string with_more_features() {
  std::string text = policy_text;
  text.replace(text.find("rules:"), 6,
               "  - {name: card_sum, key: [card.id], aggregate: sum, value: amount, window: 30d}\nrules:");
  text.replace(text.find("\"{pair_count} {labels}\""), 23, "\"{pair_count} {labels} {card_sum}\"");
  return text;
}

const engine::Reading& reading(const engine::Decision& decision, std::string_view name) {
  return *std::ranges::find(decision.readings, name, &engine::Reading::name);
}

TEST(Pipeline, ANewFeatureIsUnknownUntilItsPastIsComputedAndTheSwitchIsReplayed) {
  sim::SimDisk disk;
  core::TimeMs now = t0;
  {
    World w(disk);
    for (int i = 0; i < 20; ++i) w.send(sale("a" + std::to_string(i)), now += 10);
    ASSERT_TRUE(w.pipeline->swap_policy(policy::bundle_of(with_more_features()), now));
    EXPECT_EQ(reading(w.decision(w.send(sale("b"), now)), "card_sum").coverage,
              engine::Coverage::unknown_backfill);
    while (w.pipeline->idle(now)) {
    }
    EXPECT_EQ(w.pipeline->counters().backfills, 1u);
    EXPECT_EQ(reading(w.decision(w.send(sale("c"), now)), "card_sum").integer, 2200);
  }
  World w(disk, options(), with_more_features(), now);
  EXPECT_TRUE(w.pipeline->recovery().decisions_match);
  EXPECT_EQ(reading(w.decision(w.send(sale("d"), now)), "card_sum").integer, 2300);
}

TEST(Pipeline, AnotherPolicyAtStartIsPutInForceByAnEntry) {
  sim::SimDisk disk;
  {
    World w(disk);
  }
  World w(disk, options(), with_more_features());
  EXPECT_EQ(w.pipeline->bundle().features().size(), 4u);
  while (w.pipeline->idle(t0)) {
  }
  EXPECT_FALSE(w.pipeline->engine().backfill_need());
}

TEST(Pipeline, AfterADiskErrorNothingIsAcknowledged) {
  sim::SimDisk disk;
  World w(disk);
  ASSERT_EQ(w.send(sale("a")).kind, Answer::Kind::decided);
  disk.fail_calls(disk.calls() + 1, 1);
  EXPECT_EQ(w.send(sale("b")).kind, Answer::Kind::undurable);
  EXPECT_TRUE(w.pipeline->dead());
  EXPECT_EQ(w.send(sale("c")).kind, Answer::Kind::undurable);
}

TEST(Pipeline, TicksComeOnceASecond) {
  sim::SimDisk disk;
  World w(disk);
  const std::uint64_t before = w.pipeline->last_durable().value;
  w.pipeline->idle(t0 + 999);
  EXPECT_EQ(w.pipeline->last_durable().value, before);
  w.pipeline->idle(t0 + 1000);
  w.pipeline->idle(t0 + 1500);
  EXPECT_EQ(w.pipeline->last_durable().value, before + 1);
}

TEST(Pipeline, AVerificationStepsTheWholeJournalAgain) {
  sim::SimDisk disk;
  core::TimeMs now = t0;
  {
    World w(disk);
    for (int i = 0; i < 30; ++i) w.send(sale("a" + std::to_string(i)), now += 10);
    ASSERT_TRUE(w.pipeline->swap_policy(policy::bundle_of(with_more_features()), now));
    while (w.pipeline->idle(now)) {
    }
    w.send(sale("b"), now);
  }
  const auto result = verify(disk, "data", options().past_ms_max);
  ASSERT_TRUE(result) << result.error().to_string();
  EXPECT_EQ(result->entries, 34u);
  EXPECT_EQ(result->decisions, 31u);
  EXPECT_EQ(result->mismatches, 0u);
  // Under another lateness the windows keep other entries; here none is late, so the decisions are the same.
  EXPECT_EQ(verify(disk, "data", core::day_ms)->hash, result->hash);
  EXPECT_FALSE(verify(disk, "nowhere", core::day_ms));
}

TEST(Pipeline, ARetractedBatchMayBeSentAgain) {
  sim::SimDisk disk;
  World w(disk);
  EntryBuilder wrong = sale("a", "token/x:c", 999);
  wrong.set(AttributeId::source, Value::of("file-1"));
  w.send(wrong);
  EntryBuilder retract;
  retract.header.kind = EntryKind::retract;
  retract.header.event_time = t0;
  retract.set(AttributeId::retract_batch, Value::of("file-1"));
  ASSERT_EQ(w.send(retract).kind, Answer::Kind::decided);
  while (w.pipeline->idle(t0)) {
  }
  EntryBuilder right = sale("a", "token/x:c", 100);
  right.set(AttributeId::source, Value::of("file-1"));
  EXPECT_EQ(w.send(right).kind, Answer::Kind::decided);
  EXPECT_EQ(w.send(right).kind, Answer::Kind::repeated) << "the second loading stands";
  w.send(sale("b"));
  const engine::Decision d = w.decision(w.send(sale("c")));
  EXPECT_EQ(reading(d, "pair_count").integer, 3) << "the wrong entry is in no window, the right one is";
}

// Random traffic on a disk that loses power after a random call; what was acknowledged must be there with the
// same bytes.
class PowerLoss : public ::testing::TestWithParam<int> {};

struct Ledger {
  std::map<std::string, Answer> acknowledged;
  int sent = 0;
};

void run_until_power_is_gone(sim::SimDisk& disk, const Options& o, Ledger& ledger, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  auto opened = Pipeline::open(disk, o, policy::bundle_of(policy_text), t0);
  if (!opened) return;
  core::TimeMs now = t0;
  for (int i = 0; i < 60; ++i) {
    std::vector<EntryBuilder> entries;
    std::vector<std::string> ids;
    for (std::uint64_t n = 1 + random() % 5; n > 0; --n) {
      ids.push_back("r" + std::to_string(random() % 3 == 0 && ledger.sent > 0
                                             ? random() % static_cast<std::uint64_t>(ledger.sent)
                                             : static_cast<std::uint64_t>(ledger.sent++)));
      entries.push_back(sale(ids.back()));
    }
    std::vector<Submission> submissions;
    for (const EntryBuilder& entry : entries) submissions.push_back({&entry, true});
    const std::vector<Answer> answers = (*opened)->process(submissions, now += 300);
    for (std::size_t k = 0; k < answers.size(); ++k) {
      if (answers[k].kind != Answer::Kind::decided && answers[k].kind != Answer::Kind::repeated) continue;
      const auto [at, added] = ledger.acknowledged.emplace(ids[k], answers[k]);
      EXPECT_EQ(at->second.decision, answers[k].decision) << ids[k];
    }
    (*opened)->idle(now);
    if ((*opened)->dead()) return;
  }
}

std::string judge(sim::SimDisk& disk, const Options& o, const Ledger& ledger) {
  auto opened = Pipeline::open(disk, o, policy::bundle_of(policy_text), t0);
  if (!opened) return "does not open: " + opened.error().to_string();
  if (!(*opened)->recovery().decisions_match) return "the replay decides otherwise";
  for (const auto& [id, answer] : ledger.acknowledged) {
    const auto record = (*opened)->read(answer.sequence);
    if (!record) return "lost: " + id;
    if (record->decision != answer.decision || record->entry != answer.entry) return "altered: " + id;
  }
  std::set<std::string> seen;
  for (std::uint64_t n = 1; n <= (*opened)->last_durable().value; ++n) {
    const auto record = (*opened)->read(core::Sequence(n));
    payment::EntryView view;
    if (!record || !view.decode(record->entry)) return "unreadable: " + std::to_string(n);
    const std::string id(view.text(AttributeId::id));
    if (!id.empty() && !seen.insert(id).second) return "twice: " + id;
  }
  return {};
}

TEST_P(PowerLoss, KeepsWhatWasAcknowledged) {
  const auto seed = static_cast<std::uint64_t>(GetParam());
  std::mt19937_64 random(seed);
  Options o = options();
  o.snapshot_every = 30;
  sim::SimDisk disk(seed);
  disk.power_off_after(20 + random() % 600);
  Ledger ledger;
  run_until_power_is_gone(disk, o, ledger, seed);
  for (const sim::Loss loss : sim::all_losses) {
    const std::unique_ptr<sim::SimDisk> after = disk.after_crash(loss, seed);
    EXPECT_EQ(judge(*after, o, ledger), "") << "seed " << seed << ", loss " << sim::name_of(loss);
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, PowerLoss, ::testing::Range(1, 41));

TEST(PowerLossSabotage, AcknowledgingBeforeTheSyncIsNoticed) {
  Options sabotaged = options();
  if (!sabotaged.sabotage.set("acknowledge_before_sync"))
    GTEST_SKIP() << "this build has no sabotage switches";
  bool noticed = false;
  for (std::uint64_t seed = 1; seed <= 10 && !noticed; ++seed) {
    sim::SimDisk disk(seed);
    disk.power_off_after(100 + seed * 10);
    Ledger ledger;
    run_until_power_is_gone(disk, sabotaged, ledger, seed);
    noticed = !judge(*disk.after_crash(sim::Loss::lost, seed), options(), ledger).empty();
  }
  EXPECT_TRUE(noticed);
}

// Ten transactions, the desk opened again after five of them: which decisions are not those of a desk that
// ran on.
int decided_otherwise_after_reopening(const Options& o) {
  sim::SimDisk steady_disk, reopened_disk;
  World steady(steady_disk);
  {
    World before(reopened_disk);
    for (int i = 0; i < 5; ++i) {
      const std::string id = "a" + std::to_string(i);
      EXPECT_EQ(before.send(sale(id)).decision, steady.send(sale(id)).decision);
    }
  }
  World after(reopened_disk, o);
  int otherwise = 0;
  for (int i = 5; i < 10; ++i) {
    const std::string id = "a" + std::to_string(i);
    if (after.send(sale(id)).decision != steady.send(sale(id)).decision) ++otherwise;
  }
  return otherwise;
}

TEST(Pipeline, DecidesAfterReopeningAsIfItHadRunOn) {
  EXPECT_EQ(decided_otherwise_after_reopening(options()), 0);
}

TEST(PowerLossSabotage, SkippingTheTailIsNoticed) {
  Options sabotaged = options();
  if (!sabotaged.sabotage.set("skip_journal_tail")) GTEST_SKIP() << "this build has no sabotage switches";
  // The journal itself notices: an engine that forgot its past numbers the next entry as one that is there.
  EXPECT_DEATH((void)decided_otherwise_after_reopening(sabotaged), "record.sequence == expected");
}

}  // namespace
}  // namespace tillwatch::pipeline
