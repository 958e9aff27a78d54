#include "pipeline/pipeline.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "pipeline/pipeline_fixture.h"
#include "pipeline/verification.h"

namespace tillwatch::pipeline {
namespace {

using payment::AttributeId;
using payment::EntryBuilder;
using payment::EntryKind;
using payment::Value;

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

}  // namespace
}  // namespace tillwatch::pipeline
