// The journal's everyday contract: append, sync, read, find, stream, roll over segments, reopen. Crashes:
// crash_test.cpp.
#include "journal/journal.h"

#include <gtest/gtest.h>

#include "journal/journal_fixture.h"
#include "sim/sim_disk.h"

namespace tillwatch::journal {
namespace {

using core::ErrorCode;
using core::Sequence;

TEST(Journal, creates_only_when_told) {
  sim::SimDisk disk;
  Options options = small_options();
  options.create = false;
  const auto refused = Journal::open(disk, "journal", options);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::not_found);
  options.create = true;
  const auto made = Journal::open(disk, "journal", options);
  ASSERT_TRUE(made) << made.error().to_string();
  EXPECT_TRUE((*made)->recovery().created);
  EXPECT_EQ((*made)->first_sequence(), Sequence(1));
  EXPECT_EQ((*made)->last_appended(), Sequence(0));
}

TEST(Journal, shows_nothing_before_it_is_durable) {
  sim::SimDisk disk;
  auto journal = open_or_die(disk);
  const std::vector<OwnedRecord> records = make_records(1, 3);
  append_or_die(*journal, records);
  EXPECT_EQ(journal->last_appended(), Sequence(3));
  EXPECT_EQ(journal->last_durable(), Sequence(0));
  EXPECT_EQ(journal->read(Sequence(1)).error().code, ErrorCode::not_found);
  EXPECT_EQ(journal->find_key(records[1].key).value(), Sequence(2));
  ASSERT_TRUE(journal->sync());
  EXPECT_EQ(journal->last_durable(), Sequence(3));
  for (const OwnedRecord& record : records) EXPECT_EQ(journal->read(record.sequence).value(), record);
  EXPECT_EQ(journal->read(Sequence(4)).error().code, ErrorCode::not_found);
  EXPECT_EQ(journal->read(Sequence(0)).error().code, ErrorCode::not_found);
}

TEST(Journal, keeps_everything_over_many_segments_and_a_reopening) {
  sim::SimDisk disk;
  std::vector<OwnedRecord> all;
  {
    auto journal = open_or_die(disk);
    for (std::uint64_t first = 1; first <= 300; first += 3) {
      const std::vector<OwnedRecord> batch = make_records(first, 3);
      append_or_die(*journal, batch);
      ASSERT_TRUE(journal->sync());
      if (first % 2 == 0) {
        ASSERT_TRUE(journal->maintain());
      }
      all.insert(all.end(), batch.begin(), batch.end());
    }
    EXPECT_GT(journal->segments().size(), 5u);
    expect_holds(*journal, all);
  }
  auto journal = open_or_die(disk);
  EXPECT_GT(journal->recovery().segments, 5u);
  EXPECT_EQ(journal->recovery().truncated_bytes, 0u);
  expect_holds(*journal, all);
  EXPECT_FALSE(journal->find_key({77, 77}).value().has_value());
}

TEST(Journal, refuses_a_second_owner) {
  sim::SimDisk disk;
  const auto journal = open_or_die(disk);
  const auto second = Journal::open(disk, "journal", small_options());
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::conflict);
}

}  // namespace
}  // namespace tillwatch::journal
