// The drill: an installation under load is backed up, restored elsewhere, and its sides agree; and every file
// that is no whole backup is refused.
#include "backup/backup.h"

#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <thread>

#include "backup/manifest.h"
#include "crypto/sealed_stream.h"
#include "pipeline/pipeline_fixture.h"
#include "pipeline/verification.h"
#include "posix/disk.h"
#include "relay/positions.h"
#include "relay/relay_fixture.h"

namespace tillwatch::backup {
namespace {

using core::ErrorCode;
namespace fs = std::filesystem;

constexpr crypto::SealCost cheap{1, 8192};

pipeline::Options record_options() {
  pipeline::Options options = pipeline::options();
  options.directory = "record";
  options.segment_bytes = 64 * 1024;  // several in a short test
  options.snapshot_every = 200;
  return options;
}

std::unique_ptr<pipeline::Pipeline> open_record(posix::Disk& disk) {
  auto opened = pipeline::Pipeline::open(disk, record_options(), policy::bundle_of(pipeline::policy_text),
                                         pipeline::t0);
  if (!opened) core::check_failed(__FILE__, __LINE__, opened.error().to_string().c_str());
  return *std::move(opened);
}

class BackupTest : public ::testing::TestWithParam<sql::Dialect> {
 protected:
  BackupTest() {
    disk_ = posix::Disk::open_root(path("data")).value();
    pipeline_ = open_record(*disk_);
    relay::CountingRandom random(1);
    epoch_ = relay::database_epoch(store_.connection(), random).value();
    std::ofstream(path("data/card-keys")) << "the keys\n";
    std::ofstream(path("data/some.lock")) << "";
  }
  std::string path(const std::string& name) const { return store_.folder() + "/" + name; }
  Installation here() const { return {path("data"), store_.url(), ""}; }
  core::Result<Manifest> make(const std::string& name) {
    relay::CountingRandom random(7);
    return make_backup(here(), path(name), passphrase_, random, 1000, cheap);
  }
  // What serve does in a turn: a sale, an act, handing over, projecting.
  void turn(sql::Connection& db, relay::Projector& projector, int number) {
    const payment::EntryBuilder sale = pipeline::sale("s" + std::to_string(number));
    pipeline::Submission submission;
    submission.entry = &sale;
    ASSERT_EQ(pipeline_->process(std::span(&submission, 1), pipeline::t0).size(), 1u);
    {
      auto transaction = sql::Transaction::begin(db);
      ASSERT_TRUE(transaction.has_value());
      ASSERT_TRUE(relay::append(db, {"thing.made", "me", "thing:1", "{}", 5, nullptr}).has_value());
      ASSERT_TRUE(transaction->commit().has_value());
    }
    const auto acts = relay::acts_after(db, epoch_, pipeline_->acts().number, 1000);
    ASSERT_TRUE(acts.has_value());
    for (const pipeline::ActAnswer& answer : pipeline_->journal_acts(*acts, pipeline::t0))
      ASSERT_EQ(answer.kind, pipeline::ActAnswer::Kind::journalled);
    if (number % 3 != 0) return;
    ASSERT_TRUE(projector.step(db, pipeline_->last_durable()).has_value());
  }
  void check_restored(const Installation& restored, const Manifest& manifest) {
    const auto disk = posix::Disk::open_root(restored.data).value();
    {
      const auto verified = pipeline::verify(*disk, "record", core::limits::event_time_past_ms_max);
      ASSERT_TRUE(verified) << verified.error().to_string();
      EXPECT_EQ(verified->mismatches, 0u);
      EXPECT_EQ(verified->entries, manifest.journal_last.value);
    }
    const auto record = open_record(*disk);
    EXPECT_EQ(record->last_durable(), manifest.journal_last);
    const auto db = sql::open_database(restored.database).value()->connect().value();
    const core::Status agree = relay::check_positions(
        *db, {record->last_durable(), [&](core::Sequence at) { return record->read(at); }, record->acts()});
    EXPECT_TRUE(agree) << agree.error().to_string();
    relay::Projector projector(*disk, "record/journal", {});
    const auto projected = projector.step(*db, record->last_durable());
    EXPECT_TRUE(projected) << projected.error().to_string();
  }
  sql::TestStore store_{GetParam()};
  crypto::Secret passphrase_ = crypto::Secret::of("correct horse battery");
  std::unique_ptr<posix::Disk> disk_;
  std::unique_ptr<pipeline::Pipeline> pipeline_;
  std::string epoch_;
};
INSTANTIATE_TEST_SUITE_P(Engines, BackupTest, ::testing::ValuesIn(sql::test_engines()), sql::engine_name);

TEST_P(BackupTest, UnderLoadItIsRestoredElsewhereAndAgrees) {
  std::atomic<bool> stop = false;
  std::atomic<std::uint64_t> durable = 0;
  std::thread load([&] {
    const auto db = store_.connect();
    relay::Projector projector(*disk_, "record/journal", {});
    for (int number = 1; !stop && !HasFatalFailure(); ++number) {
      turn(*db, projector, number);
      durable = pipeline_->last_durable().value;
    }
  });
  std::vector<Manifest> made;
  for (int i = 0; i < 6 && !HasFailure(); ++i) {
    const std::uint64_t before = durable;
    const auto manifest = make("backup" + std::to_string(i));
    EXPECT_TRUE(manifest) << manifest.error().to_string();
    if (!manifest) break;
    EXPECT_GE(manifest->journal_last.value, before);  // nothing acknowledged before it began is missing
    EXPECT_GE(manifest->journal_last, manifest->projected);
    made.push_back(*manifest);
  }
  stop = true;
  load.join();
  for (std::size_t i = 0; i < made.size(); ++i) {
    // In turn into a file and, where there is one, into PostgreSQL: whichever engine it came from.
    const sql::Dialect dialect = sql::test_engines()[i % sql::test_engines().size()];
    sql::TestStore empty(dialect, sql::TestStore::Schema::empty);
    const std::string data = path("restored" + std::to_string(i));
    const Installation to{
        data, dialect == sql::Dialect::sqlite ? "sqlite:" + data + "/desk.sqlite" : empty.url(), ""};
    const auto restored = restore_backup(path("backup" + std::to_string(i)), to, passphrase_, 2000);
    ASSERT_TRUE(restored) << restored.error().to_string();
    EXPECT_EQ(restored->files, made[i].files);
    EXPECT_TRUE(fs::exists(data + "/card-keys"));
    EXPECT_FALSE(fs::exists(data + "/some.lock"));
    check_restored(to, *restored);
  }
}

TEST_P(BackupTest, WhatIsDoneBetweenBothSidesDoesNotPartThem) {
  relay::Projector projector(*disk_, "record/journal", {});
  for (int number = 1; number <= 10; ++number) turn(store_.connection(), projector, number);
  const std::uint64_t before = pipeline_->last_durable().value;
  relay::CountingRandom random(7);
  // A sale, an act that the copied outbox lacks, and the projection of both, once the database was copied.
  const Manifest manifest = make_backup(here(), path("backup"), passphrase_, random, 1000, cheap, [&] {
                              for (int number = 11; number <= 15; ++number)
                                turn(store_.connection(), projector, number);
                            }).value();
  EXPECT_EQ(manifest.last_act, 10);
  EXPECT_EQ(manifest.journal_last.value, before + 1);  // the sale, not the act behind it
  const Installation to{path("restored"), "sqlite:" + path("restored.sqlite"), ""};
  ASSERT_TRUE(restore_backup(path("backup"), to, passphrase_, 2000));
  check_restored(to, manifest);
  // And why it is cut: beside the journal as it went on, the copy of the database would be refused.
  const auto db = sql::open_database(to.database).value()->connect().value();
  EXPECT_FALSE(relay::check_positions(
      *db, {pipeline_->last_durable(), [&](core::Sequence at) { return pipeline_->read(at); },
            pipeline_->acts()}));
}

TEST_P(BackupTest, RefusesWhatIsNoWholeBackupAndLeavesNothing) {
  relay::Projector projector(*disk_, "record/journal", {});
  for (int number = 1; number <= 5; ++number) turn(store_.connection(), projector, number);
  ASSERT_TRUE(make("backup"));
  std::ifstream file(path("backup"), std::ios::binary);
  const std::string whole((std::istreambuf_iterator<char>(file)), {});
  const Installation to{path("restored"), "sqlite:" + path("restored/desk.sqlite"), ""};
  const auto refused = [&](const std::string& content, const crypto::Secret& passphrase) {
    std::ofstream(path("other"), std::ios::binary | std::ios::trunc) << content;
    const auto restored = restore_backup(path("other"), to, passphrase, 2000);
    EXPECT_FALSE(restored);
    EXPECT_FALSE(fs::exists(to.data));
    EXPECT_FALSE(fs::exists(to.data + ".restoring"));
    return restored ? ErrorCode::invalid : restored.error().code;
  };
  EXPECT_EQ(refused(whole, crypto::Secret::of("another passphrase")), ErrorCode::denied);
  EXPECT_EQ(refused(whole.substr(0, 30), passphrase_), ErrorCode::invalid);
  EXPECT_EQ(refused(whole.substr(0, crypto::stream_head_bytes), passphrase_), ErrorCode::corrupt);
  EXPECT_EQ(refused(whole.substr(0, whole.size() - 1), passphrase_), ErrorCode::denied);
  EXPECT_EQ(refused(whole + "x", passphrase_), ErrorCode::denied);
  std::string altered = whole;
  altered[whole.size() / 2] ^= 1;
  EXPECT_EQ(refused(altered, passphrase_), ErrorCode::denied);
  for (const std::string_view secret : {"the keys", "SQLite format", "thing.made"})
    EXPECT_EQ(whole.find(secret), std::string::npos);
}

TEST_P(BackupTest, RefusesPlacesThatWouldDoHarm) {
  EXPECT_EQ(make("data/backup").error().code, ErrorCode::invalid);
  ASSERT_TRUE(make("backup"));
  EXPECT_EQ(make("backup").error().code, ErrorCode::conflict);
  const Installation full{path("data"), "sqlite:" + path("data/desk2.sqlite"), ""};
  EXPECT_EQ(restore_backup(path("backup"), full, passphrase_, 1).error().code, ErrorCode::conflict);
  const Installation without{path("restored"), "", ""};
  EXPECT_EQ(restore_backup(path("backup"), without, passphrase_, 1).error().where, "--database");
  std::ofstream(path("data/forgotten.db")) << "SQLite format 3" << '\0' << std::string(100, 'x');
  EXPECT_EQ(make("backup2").error().code, ErrorCode::invalid);
  EXPECT_FALSE(fs::exists(path("backup2.part")));
  EXPECT_FALSE(fs::exists(path("data/backup-database.tmp")));
}

}  // namespace
}  // namespace tillwatch::backup
