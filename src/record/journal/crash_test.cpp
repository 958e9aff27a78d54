// Power loss after every disk call of random work on the journal, in every mode of loss, also during recovery
// itself: what was acknowledged is there, nothing but a prefix of what was appended is there, and work goes
// on. TILLWATCH_CRASH_SEEDS: number of scripts (default 3; the long mode of the release check uses 200).
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>

#include "journal/crash_fixture.h"
#include "journal/journal_fixture.h"

namespace tillwatch::journal {
namespace {

std::uint64_t seeds() {
  const char* const text = std::getenv("TILLWATCH_CRASH_SEEDS");
  return text ? std::strtoull(text, nullptr, 10) : 3;
}

std::string place(std::uint64_t seed, std::uint64_t call, sim::Loss loss) {
  return "seed " + std::to_string(seed) + ", crash after call " + std::to_string(call) + ", unsynced data " +
         std::string(name_of(loss));
}

// Recovers, works on with other records, crashes again, recovers again.
void expect_survival(const sim::SimDisk& before, const Model& model, sim::Loss loss, std::uint64_t seed) {
  const std::unique_ptr<sim::SimDisk> disk = before.after_crash(loss, seed);
  Model now = model;
  std::unique_ptr<Journal> journal;
  const std::string verdict = judge(*disk, now, &journal);
  ASSERT_EQ(verdict, "");
  const core::Status worked = Script(seed, 3).run(*journal, now);
  ASSERT_TRUE(worked) << worked.error().to_string();
  now.acknowledged = now.appended.size();
  const std::unique_ptr<sim::SimDisk> again = disk->after_crash(sim::all_losses[seed % 4], seed + 1);
  journal.reset();
  ASSERT_EQ(judge(*again, now), "");
}

class Crash : public ::testing::TestWithParam<bool> {};
INSTANTIATE_TEST_SUITE_P(Disk, Crash, ::testing::Bool(),
                         [](const auto& test) { return test.param ? "writing_back" : "holding_back"; });

TEST_P(Crash, after_every_call_of_a_script) {
  std::uint64_t points = 0;
  for (std::uint64_t seed = 1; seed <= seeds(); ++seed) {
    sim::SimDisk disk(seed);
    disk.set_background_writeback(GetParam());
    Model model;
    disk.after_each_call([&] {
      for (const sim::Loss loss : sim::all_losses) {
        if (::testing::Test::HasFatalFailure()) return;
        SCOPED_TRACE(place(seed, disk.calls(), loss));
        ++points;
        expect_survival(disk, model, loss, seed * 1000003 + disk.calls());
      }
    });
    auto journal = open_or_die(disk);
    const core::Status status = Script(seed, 40).run(*journal, model);
    ASSERT_TRUE(status) << status.error().to_string();
    ASSERT_FALSE(HasFatalFailure());
    disk.after_each_call({});
  }
  RecordProperty("crash_points", static_cast<int>(points));
  std::printf("crash points: %llu\n", static_cast<unsigned long long>(points));
}

TEST(CrashInRecovery, after_every_call) {
  std::uint64_t points = 0;
  for (std::uint64_t seed = 1; seed <= seeds(); ++seed) {
    sim::SimDisk disk(seed);
    Model model;
    {
      auto journal = open_or_die(disk);
      disk.power_off_after(disk.calls() + 20 + seed * 13 % 90);
      static_cast<void>(Script(seed, 200).run(*journal, model));
    }
    for (const sim::Loss loss : sim::all_losses) {
      const std::unique_ptr<sim::SimDisk> crashed = disk.after_crash(loss, seed);
      crashed->after_each_call([&] {
        for (const sim::Loss again : sim::all_losses) {
          if (HasFatalFailure()) return;
          SCOPED_TRACE(place(seed, crashed->calls(), again));
          ++points;
          expect_survival(*crashed, model, again, seed * 7919 + crashed->calls());
        }
      });
      Model now = model;
      ASSERT_EQ(judge(*crashed, now), "") << place(seed, 0, loss);
      ASSERT_FALSE(HasFatalFailure());
      crashed->after_each_call({});
    }
  }
  std::printf("crash points: %llu\n", static_cast<unsigned long long>(points));
}

// A killed process loses nothing that it wrote, but nothing of it may be taken for durable: neither bytes nor
// names. The next process works on a little, and then the power goes.
TEST(Kill, after_every_call_then_power_loss_loses_nothing_that_was_shown) {
  for (std::uint64_t seed = 1; seed <= seeds(); ++seed) {
    for (std::uint64_t call = 1;; ++call) {
      SCOPED_TRACE("seed " + std::to_string(seed) + ", killed after call " + std::to_string(call));
      sim::SimDisk disk(seed);
      Model model;
      disk.power_off_after(call);
      if (auto journal = Journal::open(disk, "journal", small_options())) {
        static_cast<void>(Script(seed, 40).run(**journal, model));
      }
      const std::unique_ptr<sim::SimDisk> killed = disk.after_kill();
      std::unique_ptr<Journal> next;
      ASSERT_EQ(judge(*killed, model, &next), "");
      // `model` now says that all that the new process shows is promised.
      const std::vector<OwnedRecord> more = make_records(model.appended.size() + 1, 1, call);
      for (const bool worked_on : {false, true}) {
        if (worked_on) {
          append_or_die(*next, more);
          ASSERT_TRUE(next->sync());
          model.appended.insert(model.appended.end(), more.begin(), more.end());
          model.acknowledged = model.appended.size();
        }
        for (const sim::Loss loss : sim::all_losses) {
          Model promised = model;
          ASSERT_EQ(judge(*killed->after_crash(loss, seed), promised), "") << name_of(loss);
        }
      }
      if (disk.calls() < call) break;
    }
  }
}

}  // namespace
}  // namespace tillwatch::journal
