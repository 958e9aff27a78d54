// Copies of a journal that is being written: whole up to the chosen place, and a journal again.
#include "journal/copy_plan.h"

#include <gtest/gtest.h>

#include "journal/atomic_file.h"
#include "journal/journal_fixture.h"
#include "journal/segment_format.h"
#include "sim/sim_disk.h"

namespace tillwatch::journal {
namespace {

using core::ErrorCode;
using core::Sequence;

// As a backup does it.
void copy_to(ports::Disk& from, ports::Disk& to, const CopyPlan& plan) {
  ASSERT_TRUE(to.make_directory("journal"));
  for (const SegmentCopy& segment : plan.segments) {
    std::string content;
    const std::string path = "journal/" + segment.name;
    ASSERT_TRUE(from.open(path, ports::OpenMode::read)
                    .value()
                    ->read_at(0, static_cast<std::size_t>(segment.bytes), content));
    ASSERT_EQ(content.size(), segment.bytes);
    const auto file = to.open(path, ports::OpenMode::create).value();
    ASSERT_TRUE(file->write_at(0, content));
    ASSERT_TRUE(file->preallocate(segment.size));
  }
}

class CopyPlanTest : public ::testing::Test {
 protected:
  CopyPlanTest() : journal_(open_or_die(disk_)) {
    for (std::uint64_t first = 1; first <= 96; first += 3) append_or_die(*journal_, make_records(first, 3));
    EXPECT_TRUE(journal_->sync());
    EXPECT_GT(journal_->segments().size(), 3u);
  }
  core::Result<CopyPlan> plan(std::uint64_t certain, std::uint64_t until) {
    return plan_copy(disk_, "journal", Sequence(certain),
                     [&](const Record& record) { return record.sequence.value <= until; });
  }
  sim::SimDisk disk_;
  std::unique_ptr<Journal> journal_;
};

TEST_F(CopyPlanTest, EveryPlaceGivesAJournalThatEndsThere) {
  for (std::uint64_t until = 0; until <= 99; ++until) {
    const CopyPlan copy = plan(0, until).value();
    const std::uint64_t last = std::min<std::uint64_t>(until / 3 * 3, 96);  // batches are taken in whole
    ASSERT_EQ(copy.last.value, last);
    sim::SimDisk other;
    copy_to(disk_, other, copy);
    Options options = small_options();
    options.create = false;
    expect_holds(*open_or_die(other, options), make_records(1, last));
  }
}

TEST_F(CopyPlanTest, WhatIsCertainIsTakenInWithoutAsking) {
  EXPECT_EQ(plan(40, 0).value().last.value, 39u + 3u);
  EXPECT_EQ(plan(96, 0).value().last.value, 96u);
  const auto refused = plan(97, 1000);
  EXPECT_EQ(refused.error().code, ErrorCode::conflict);
  const auto failed = plan_copy(disk_, "journal", Sequence(3), [](const Record&) -> core::Result<bool> {
    return core::fail(ErrorCode::cancelled, "", "");
  });
  EXPECT_EQ(failed.error().code, ErrorCode::cancelled);
}

TEST_F(CopyPlanTest, ABatchThatIsBeingWrittenIsNotTakenIn) {
  const std::string path = "journal/" + plan(0, 1000).value().segments.back().name;
  const std::uint64_t end = plan(0, 1000).value().segments.back().bytes;
  append_or_die(*journal_, make_records(97, 3));
  ASSERT_EQ(plan(0, 1000).value().last.value, 99u);
  // Half of its bytes have reached the file.
  const auto file = disk_.open(path, ports::OpenMode::read_write).value();
  ASSERT_TRUE(file->write_at(end + 700, std::string(2000, '\0')));
  const CopyPlan copy = plan(0, 1000).value();
  EXPECT_EQ(copy.last.value, 96u);
  EXPECT_EQ(copy.segments.back().bytes, end);
}

TEST_F(CopyPlanTest, RefusesDamageBelowAndNoJournal) {
  EXPECT_EQ(plan_copy(disk_, ".", Sequence(0), [](const Record&) { return true; }).error().code,
            ErrorCode::not_found);
  const std::string path = "journal/" + plan(0, 1000).value().segments[1].name;
  const auto file = disk_.open(path, ports::OpenMode::read_write).value();
  ASSERT_TRUE(file->write_at(5000, "damage"));
  EXPECT_EQ(plan(0, 1000).error().code, ErrorCode::corrupt);
}

}  // namespace
}  // namespace tillwatch::journal
