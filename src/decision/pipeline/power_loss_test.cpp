// What a stop must not change: power lost after any call, a desk opened again, and the switches that break
// each promise.
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "pipeline/pipeline_fixture.h"

namespace tillwatch::pipeline {
namespace {

using payment::AttributeId;
using payment::EntryBuilder;

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
