// Acts of people: each moves the engine once, over restarts and snapshots, and none holds the others up.
#include <gtest/gtest.h>

#include <fmt/format.h>

#include <random>

#include "pipeline/pipeline_fixture.h"
#include "pipeline/verification.h"
#include "sim/rounds.h"

namespace tillwatch::pipeline {
namespace {

using payment::AttributeId;
using payment::EntryBuilder;
using payment::EntryKind;
using payment::EntryView;
using payment::Value;

std::string bytes_of(const EntryBuilder& entry) {
  std::string bytes;
  EXPECT_TRUE(entry.encode(bytes).has_value());
  return bytes;
}

EntryBuilder listed(std::string_view value, std::string_view action = "add") {
  EntryBuilder entry;
  entry.header = {EntryKind::list_change, 0, 0, t0, t0};
  entry.set(AttributeId::list_name, Value::of("blocked"));
  entry.set(AttributeId::list_value, Value::of(value));
  entry.set(AttributeId::list_action, Value::of(action));
  return entry;
}

ActSubmission act(std::int64_t number, const EntryBuilder* entry = nullptr, std::string epoch = "e1") {
  return {std::move(epoch),
          number,
          "list.item_added",
          "account-1",
          "list:blocked",
          fmt::format("{:064}", number),
          t0,
          entry == nullptr ? std::string() : bytes_of(*entry)};
}

ActAnswer give(World& w, const ActSubmission& submission, core::TimeMs now = t0) {
  const std::vector<ActAnswer> answers = w.pipeline->journal_acts({&submission, 1}, now);
  EXPECT_EQ(answers.size(), 1u);
  return answers[0];
}

EntryView stored(World& w, core::Sequence sequence, std::string& keep) {
  keep = w.pipeline->read(sequence)->entry;
  EntryView view;
  EXPECT_TRUE(view.decode(keep).has_value());
  return view;
}

bool is_listed(World& w, std::string_view value) {
  return w.pipeline->engine().facts().listed("blocked", value, t0).has_value();
}

TEST(Acts, AreJournalledOnceAndMoveTheEngine) {
  sim::SimDisk disk;
  World w(disk);
  const EntryBuilder change = listed("m9");
  const ActAnswer first = give(w, act(1));
  EXPECT_EQ(first.kind, ActAnswer::Kind::journalled);
  const ActAnswer second = give(w, act(2, &change));
  EXPECT_EQ(second.kind, ActAnswer::Kind::journalled);
  EXPECT_TRUE(second.refusal.empty());
  EXPECT_TRUE(is_listed(w, "m9"));
  std::string keep;
  EXPECT_EQ(stored(w, first.sequence, keep).kind(), EntryKind::act);
  const EntryView view = stored(w, second.sequence, keep);
  EXPECT_EQ(view.kind(), EntryKind::list_change);
  EXPECT_EQ(view.text(AttributeId::act_epoch), "e1");
  EXPECT_EQ(view.get(AttributeId::act_number).integer(), 2);
  EXPECT_EQ(view.text(AttributeId::act_actor), "account-1");
  EXPECT_EQ(view.text(AttributeId::act_digest), fmt::format("{:064}", 2));
  const core::Sequence last = w.pipeline->last_durable();
  EXPECT_EQ(give(w, act(2, &change)).kind, ActAnswer::Kind::seen);
  EXPECT_EQ(give(w, act(1)).kind, ActAnswer::Kind::seen);
  EXPECT_EQ(w.pipeline->last_durable(), last);
}

TEST(Acts, AreTakenInTheirOrderAndFromOneDatabaseOnly) {
  sim::SimDisk disk;
  World w(disk);
  EXPECT_EQ(give(w, act(2)).kind, ActAnswer::Kind::out_of_order);
  EXPECT_EQ(give(w, act(1)).kind, ActAnswer::Kind::journalled);
  EXPECT_EQ(give(w, act(3)).kind, ActAnswer::Kind::out_of_order);
  EXPECT_EQ(give(w, act(1, nullptr, "e2")).kind, ActAnswer::Kind::out_of_order);
  EXPECT_EQ(give(w, act(2, nullptr, "e2")).kind, ActAnswer::Kind::out_of_order);
  const std::vector<ActSubmission> some{act(2), act(4), act(3)};
  const std::vector<ActAnswer> answers = w.pipeline->journal_acts(some, t0);
  ASSERT_EQ(answers.size(), 2u);
  EXPECT_EQ(answers[0].kind, ActAnswer::Kind::journalled);
  EXPECT_EQ(answers[1].kind, ActAnswer::Kind::out_of_order);
  EXPECT_EQ(w.pipeline->acts().number, 2);
}

TEST(Acts, WhoseEntryIsRefusedAreJournalledWithTheRefusal) {
  sim::SimDisk disk;
  World w(disk);
  EntryBuilder nameless = listed("m1", "frobnicate");
  EntryBuilder forbidden = sale("tx-1");
  EntryBuilder unknown_policy;
  unknown_policy.header.kind = EntryKind::policy_swap;
  unknown_policy.set(AttributeId::policy_bundle, Value::of("00"));
  ActSubmission damaged = act(4);
  damaged.entry = "\x07 no entry";
  std::string keep;
  const std::vector<ActSubmission> all{act(1, &nameless), act(2, &forbidden), act(3, &unknown_policy),
                                       damaged};
  for (const ActAnswer& answer : w.pipeline->journal_acts(all, t0)) {
    EXPECT_EQ(answer.kind, ActAnswer::Kind::journalled);
    EXPECT_FALSE(answer.refusal.empty());
    const EntryView view = stored(w, answer.sequence, keep);
    EXPECT_EQ(view.kind(), EntryKind::act);
    EXPECT_EQ(view.text(AttributeId::act_refusal), answer.refusal);
  }
  EXPECT_EQ(w.pipeline->acts().number, 4);
  EXPECT_EQ(w.pipeline->engine().counts().refused_commands, 0u);
  EXPECT_EQ(give(w, act(5)).kind, ActAnswer::Kind::journalled);
}

TEST(Acts, LabelIsCompletedFromItsTransactionOrEnteredAgainWhenThatComes) {
  sim::SimDisk disk;
  World w(disk);
  w.send(sale("tx-1"));
  const EntryBuilder verdict = label("ignored", "tx-1"), early = label("ignored", "tx-2");
  std::string keep;
  const ActAnswer known = give(w, act(1, &verdict));
  const EntryView view = stored(w, known.sequence, keep);
  EXPECT_EQ(view.text(AttributeId::terminal_serial), "SN1");
  EXPECT_FALSE(view.has(AttributeId::id));
  const ActAnswer orphan = give(w, act(2, &early));
  EXPECT_NE(stored(w, orphan.sequence, keep).header().flags & payment::flag_orphan, 0);
  const Answer sold = w.send(sale("tx-2"));
  const EntryView again = stored(w, core::Sequence(sold.sequence.value + 1), keep);
  EXPECT_EQ(again.kind(), EntryKind::label);
  EXPECT_EQ(again.text(AttributeId::terminal_serial), "SN1");
  EXPECT_FALSE(again.has(AttributeId::act_number));
  EXPECT_EQ(w.pipeline->acts().number, 2);
}

TEST(Acts, PutAKeptPolicyInForce) {
  sim::SimDisk disk;
  std::string hash;
  {
    World other(disk, options(), policy_text + "    severity: 2\n");
    hash = policy::to_hex(other.pipeline->bundle().hash());
  }
  World w(disk);
  ASSERT_NE(policy::to_hex(w.pipeline->bundle().hash()), hash);
  EntryBuilder swap;
  swap.header.kind = EntryKind::policy_swap;
  swap.set(AttributeId::policy_bundle, Value::of(std::string_view(hash)));
  EXPECT_EQ(give(w, act(1, &swap)).refusal, "");
  EXPECT_EQ(policy::to_hex(w.pipeline->bundle().hash()), hash);
}

// Every prefix of a stream of acts survives a restart in the state, from a snapshot or from the journal, and
// what is handed over again from the beginning does nothing.
TEST(Acts, AreRememberedOverRestartsAndSnapshots) {
  for (const bool snapshots : {true, false}) {
    sim::SimDisk disk;
    std::mt19937_64 random(7);
    std::int64_t number = 0;
    for (int life = 0; life < 6; ++life) {
      World w(disk);
      EXPECT_TRUE(w.pipeline->recovery().decisions_match);
      EXPECT_EQ(w.pipeline->acts().number, number);
      EXPECT_EQ(w.pipeline->acts().digest, number == 0 ? "" : fmt::format("{:064}", number));
      std::vector<ActSubmission> again;
      for (std::int64_t n = 1; n <= number + 5; ++n) {
        const EntryBuilder change = listed(fmt::format("m{}", n % 3), n % 2 == 0 ? "add" : "remove");
        again.push_back(act(n, n % 4 == 0 ? nullptr : &change));
      }
      const std::uint64_t before = w.pipeline->last_durable().value;
      const std::vector<ActAnswer> answers = w.pipeline->journal_acts(again, t0);
      ASSERT_EQ(answers.size(), again.size());
      EXPECT_EQ(w.pipeline->last_durable().value, before + 5);
      number += 5;
      w.send(sale(fmt::format("tx-{}", life)));
      if (snapshots && random() % 2 == 0) {
        ASSERT_TRUE(w.pipeline->snapshot_now().has_value());
      }
    }
    const auto made_again = verify(disk, "data", options().past_ms_max);
    ASSERT_TRUE(made_again.has_value());
    EXPECT_EQ(made_again->mismatches, 0u);
  }
}

// The numbers of the acts in the journal, in its order.
std::vector<std::int64_t> numbers_in(sim::SimDisk& disk) {
  std::vector<std::int64_t> numbers;
  World w(disk);
  std::string keep;
  for (std::uint64_t n = 1; n <= w.pipeline->last_durable().value; ++n) {
    const EntryView view = stored(w, core::Sequence(n), keep);
    if (view.has(AttributeId::act_number)) numbers.push_back(view.get(AttributeId::act_number).integer());
  }
  return numbers;
}

TEST(Acts, StandOnceInTheJournalHoweverPowerFails) {
  std::uint64_t calls = 0;
  {
    sim::SimDisk disk;
    World w(disk);
    calls = disk.calls();
  }
  for (std::uint64_t call = calls; call < calls + 60; call += 60 / sim::rounds(60)) {
    sim::SimDisk disk(call);
    std::int64_t acknowledged = 0;
    {
      World w(disk);
      disk.power_off_after(call);
      const EntryBuilder change = listed("m1");
      for (std::int64_t n = 1; n <= 12; ++n)
        if (give(w, act(n, &change)).kind == ActAnswer::Kind::journalled) acknowledged = n;
    }
    for (const sim::Loss loss : sim::all_losses) {
      const auto after = disk.after_crash(loss, call);
      std::int64_t last = 0;
      {
        World w(*after);
        last = w.pipeline->acts().number;
        ASSERT_GE(last, acknowledged) << call << ' ' << sim::name_of(loss);
        for (std::int64_t n = 1; n <= last + 2; ++n) give(w, act(n));  // the relay may begin anywhere
      }
      const std::vector<std::int64_t> numbers = numbers_in(*after);
      ASSERT_EQ(numbers.size(), static_cast<std::size_t>(last + 2)) << call << ' ' << sim::name_of(loss);
      for (std::size_t i = 0; i < numbers.size(); ++i) EXPECT_EQ(numbers[i], static_cast<int>(i) + 1);
    }
  }
}

TEST(Acts, AreNotAnsweredWhereTheJournalFails) {
  sim::SimDisk disk;
  World w(disk);
  disk.power_off_after(disk.calls() + 1);
  EXPECT_EQ(give(w, act(1)).kind, ActAnswer::Kind::undurable);
  EXPECT_TRUE(w.pipeline->dead());
}

}  // namespace
}  // namespace tillwatch::pipeline
