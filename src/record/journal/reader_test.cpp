// The stream of records: beside a journal that grows, from any place, to any limit; and its errors.
#include "journal/reader.h"

#include <gtest/gtest.h>

#include "journal/journal_fixture.h"
#include "sim/sim_disk.h"

namespace tillwatch::journal {
namespace {

using core::ErrorCode;
using core::Sequence;

TEST(Reader, follows_a_growing_journal_over_its_segments) {
  sim::SimDisk disk;
  auto journal = open_or_die(disk);
  Reader reader(disk, "journal", Sequence(1));
  EXPECT_EQ(reader.semantics_version(), 0u);
  std::uint64_t seen = 0;
  for (std::uint64_t first = 1; first < 200; first += 3) {
    append_or_die(*journal, make_records(first, 3));
    EXPECT_FALSE(reader.next(Sequence(seen)).value().has_value());
    ASSERT_TRUE(journal->sync());
    // One record stays behind each time, so that the reader also stops inside batches.
    const Sequence limit(journal->last_durable().value - 1);
    for (;;) {
      const auto record = reader.next(limit);
      ASSERT_TRUE(record) << record.error().to_string();
      if (!*record) break;
      ASSERT_EQ(owned(**record), make_record(++seen));
      ASSERT_EQ(reader.position().value, seen + 1);
    }
    ASSERT_EQ(seen, limit.value);
  }
  EXPECT_GT(journal->segments().size(), 3u);
  EXPECT_EQ(reader.semantics_version(), 1u);
}

TEST(Reader, begins_at_any_sequence_with_and_without_a_hint_and_may_be_moved) {
  sim::SimDisk disk;
  auto journal = open_or_die(disk);
  for (std::uint64_t first = 1; first <= 121; first += 5) append_or_die(*journal, make_records(first, 5));
  ASSERT_TRUE(journal->sync());
  for (std::uint64_t from = 1; from <= 125; ++from) {
    Reader plain(disk, "journal", Sequence(from));
    Reader hinted = journal->reader(Sequence(from)).value();
    for (Reader* reader : {&plain, &hinted}) {
      ASSERT_EQ(owned(*reader->next(journal->last_durable()).value()), make_record(from));
      Reader moved(std::move(*reader));
      ASSERT_EQ(moved.next(journal->last_durable()).value().has_value(), from < 125);
      ASSERT_EQ(moved.position().value, std::min<std::uint64_t>(from + 2, 126));
    }
  }
  Reader end = journal->reader(Sequence(126)).value();
  EXPECT_FALSE(end.next(journal->last_durable()).value().has_value());
}

TEST(Reader, says_when_a_segment_was_retired) {
  sim::SimDisk disk;
  auto journal = open_or_die(disk);
  for (std::uint64_t first = 1; first <= 121; first += 5) append_or_die(*journal, make_records(first, 5));
  ASSERT_TRUE(journal->sync());
  while (journal->maintain().value()) {
  }
  Reader reader(disk, "journal", Sequence(1));
  ASSERT_TRUE(journal->retire(Sequence(100)));
  ASSERT_GT(journal->first_sequence(), Sequence(1));
  ASSERT_LE(journal->first_sequence(), Sequence(100));
  EXPECT_EQ(reader.next(journal->last_durable()).error().code, ErrorCode::not_found);
  EXPECT_EQ(journal->reader(Sequence(1)).error().code, ErrorCode::not_found);
  EXPECT_EQ(journal->read(Sequence(1)).error().code, ErrorCode::not_found);
  Reader rest = journal->reader(journal->first_sequence()).value();
  EXPECT_EQ(rest.next(journal->last_durable()).value()->sequence, journal->first_sequence());
}

TEST(Reader, gives_the_same_error_again) {
  sim::SimDisk disk;
  auto journal = open_or_die(disk);
  append_or_die(*journal, make_records(1, 5));
  ASSERT_TRUE(journal->sync());
  Reader reader(disk, "journal", Sequence(1));
  disk.fail_calls(disk.calls() + 1, 1);
  const auto first = reader.next(Sequence(5));
  ASSERT_FALSE(first);
  EXPECT_EQ(first.error().code, ErrorCode::io);
  EXPECT_EQ(reader.next(Sequence(5)).error(), first.error());
}

TEST(Reader, finds_a_limit_past_the_journal_corrupt) {
  sim::SimDisk disk;
  auto journal = open_or_die(disk);
  append_or_die(*journal, make_records(1, 2));
  ASSERT_TRUE(journal->sync());
  Reader reader(disk, "journal", Sequence(3));
  EXPECT_EQ(reader.next(Sequence(3)).error().code, ErrorCode::corrupt);
}

}  // namespace
}  // namespace tillwatch::journal
