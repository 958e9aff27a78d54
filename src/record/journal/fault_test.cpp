// Every disk call fails at call n, n + 1, ... until the script completes, once and for ever: the error is
// clean, the journal is dead after a failed append or sync, and the next start finds everything acknowledged,
// also after a power loss.
#include <gtest/gtest.h>

#include <cstdint>
#include <limits>

#include "journal/crash_fixture.h"
#include "journal/journal_fixture.h"
#include "sim/rounds.h"

namespace tillwatch::journal {
namespace {

using core::ErrorCode;
using core::Sequence;

constexpr std::uint64_t for_ever = std::numeric_limits<std::uint64_t>::max() / 2;

struct Outcome {
  bool completed = false;  // the faults came after the last call
  std::string violation;   // empty where every promise was kept
};

// After its first error the journal says the same to every call.
std::string check_dead(Journal& journal) {
  const core::Error error = *journal.failure();
  if (error.code != ErrorCode::io) return "a dead journal must say io";
  const std::vector<OwnedRecord> one = make_records(journal.last_appended().value + 1, 1);
  const auto same = [&error](const auto& result) { return !result && result.error() == error; };
  const bool all = same(journal.append(views(one))) && same(journal.sync()) && same(journal.reserve(1)) &&
                   same(journal.maintain()) && same(journal.read(Sequence(1))) &&
                   same(journal.find_key({1, 1})) && same(journal.reader(Sequence(1))) &&
                   same(journal.retire(Sequence(1)));
  return all ? "" : "a dead journal must say the same to every call";
}

// One run with the calls from `first` on failing `count` times; then a kill, a restart, and a power loss.
Outcome run_with_faults(std::uint64_t seed, std::uint64_t first, std::uint64_t count,
                        core::Sabotage sabotage) {
  sim::SimDisk disk(seed);
  disk.fail_calls(first, count);
  Model model;
  Options options = small_options();
  options.sabotage = sabotage;
  {
    core::Result<std::unique_ptr<Journal>> journal = Journal::open(disk, "journal", options);
    if (!journal) {
      if (journal.error().code != ErrorCode::io)
        return {false, "opening failed with " + journal.error().to_string()};
    } else {
      const core::Status worked = Script(seed, 60).run(**journal, model);
      if (worked) model.acknowledged = model.appended.size();
      if (!worked && worked.error().code != ErrorCode::io)
        return {false, "working failed with " + worked.error().to_string()};
      if ((*journal)->failure()) {
        if (const std::string violation = check_dead(**journal); !violation.empty())
          return {false, violation};
      }
    }
  }
  const bool completed = disk.calls() < first;
  for (const sim::Loss loss : sim::all_losses) {
    Model now = model;
    if (const std::string v = judge(*disk.after_crash(loss, seed + first), now); !v.empty())
      return {completed, v};
  }
  const std::unique_ptr<sim::SimDisk> killed = disk.after_kill();
  if (const std::string v = judge(*killed, model); !v.empty()) return {completed, v};
  Model promised = model;
  return {completed, judge(*killed->after_crash(sim::Loss::lost, seed), promised)};
}

// Violations over all fault points of a script; the message of the last one.
std::uint64_t count_violations(std::uint64_t seed, std::uint64_t count, core::Sabotage sabotage,
                               std::string& message) {
  std::uint64_t violations = 0;
  for (std::uint64_t first = 1; first < 10'000; ++first) {
    const Outcome outcome = run_with_faults(seed, first, count, sabotage);
    if (!outcome.violation.empty()) {
      ++violations;
      message = "seed " + std::to_string(seed) + ", call " + std::to_string(first) + ": " + outcome.violation;
    }
    if (outcome.completed) return violations;
  }
  message = "the script never completes";
  return violations + 1;
}

TEST(Fault, at_every_call_once) {
  for (std::uint64_t seed = 1; seed <= sim::rounds(4); ++seed) {
    std::string message;
    EXPECT_EQ(count_violations(seed, 1, {}, message), 0u) << message;
  }
}

TEST(Fault, from_every_call_on_for_ever) {
  for (std::uint64_t seed = 1; seed <= sim::rounds(4); ++seed) {
    std::string message;
    EXPECT_EQ(count_violations(seed, for_ever, {}, message), 0u) << message;
  }
}

#if defined(TILLWATCH_SABOTAGE)
TEST(Sabotage, retrying_a_failed_sync_turns_the_fault_test_red) {
  core::Sabotage sabotage;
  ASSERT_TRUE(sabotage.set("retry_failed_sync"));
  std::uint64_t violations = 0;
  for (std::uint64_t seed = 1; seed <= 3 && violations == 0; ++seed) {
    std::string message;
    violations += count_violations(seed, 1, sabotage, message);
  }
  EXPECT_GT(violations, 0u);
}
#endif

TEST(Fault, failed_append_or_sync_ends_the_journal_for_good) {
  for (const bool at_sync : {false, true}) {
    sim::SimDisk disk;
    auto journal = open_or_die(disk);
    append_or_die(*journal, make_records(1, 2));
    ASSERT_TRUE(journal->sync());
    const std::vector<OwnedRecord> more = make_records(3, 2);
    if (at_sync) append_or_die(*journal, more);
    disk.fail_calls(disk.calls() + 1, 1);
    const core::Status failed = at_sync ? journal->sync() : journal->append(views(more));
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().code, ErrorCode::io);
    EXPECT_EQ(journal->failure(), failed.error());
    EXPECT_EQ(journal->last_durable(), Sequence(2));
    // The disk works again; the journal does not.
    EXPECT_EQ(check_dead(*journal), "");
    EXPECT_EQ(journal->last_durable(), Sequence(2));
  }
}

// A full disk is no failure of the journal: reserve() says so, and work goes on when there is space again.
TEST(FullDisk, stops_before_deciding_and_recovers_without_a_restart) {
  sim::SimDisk disk;
  auto journal = open_or_die(disk);
  disk.set_capacity(small_options().segment_bytes * 5 / 2);
  Model model;
  core::Status room;
  for (std::uint64_t sequence = 1; sequence < 200; ++sequence) {
    const OwnedRecord record = make_record(sequence);
    room = journal->reserve(encoded_bytes_max(view(record)));
    if (!room) break;
    append_or_die(*journal, {record});
    model.appended.push_back(record);
    ASSERT_TRUE(journal->sync());
  }
  ASSERT_FALSE(room);
  EXPECT_EQ(room.error().code, ErrorCode::unavailable);
  EXPECT_FALSE(journal->failure());
  EXPECT_FALSE(journal->maintain());
  EXPECT_FALSE(journal->failure());
  ASSERT_GE(model.appended.size(), 20u);
  EXPECT_EQ(journal->read(Sequence(20)).value(), model.appended[19]);

  disk.set_capacity(small_options().segment_bytes * 100);
  const OwnedRecord record = make_record(model.appended.size() + 1);
  ASSERT_TRUE(journal->reserve(encoded_bytes_max(view(record))));
  append_or_die(*journal, {record});
  ASSERT_TRUE(journal->sync());
  model.appended.push_back(record);
  model.acknowledged = model.appended.size();
  journal.reset();
  EXPECT_EQ(judge(*disk.after_crash(sim::Loss::lost, 1), model), "");
}

}  // namespace
}  // namespace tillwatch::journal
