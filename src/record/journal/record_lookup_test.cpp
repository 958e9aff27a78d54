// Single records beside a journal that grows: every one, in any order, over segments; and what is not there.
#include "journal/record_lookup.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "journal/journal_fixture.h"
#include "sim/sim_disk.h"

namespace tillwatch::journal {
namespace {

using core::ErrorCode;
using core::Sequence;

TEST(RecordLookup, finds_every_record_in_any_order_while_the_journal_grows) {
  sim::SimDisk disk;
  auto journal = open_or_die(disk);
  RecordLookup lookup(disk, "journal");
  EXPECT_EQ(lookup.read(Sequence(1)).error().code, ErrorCode::not_found);
  std::mt19937 dice(11);
  std::uint64_t last = 0;
  for (int round = 0; round < 60; ++round) {
    const std::uint64_t count = 1 + dice() % 7;
    append_or_die(*journal, make_records(last + 1, count));
    ASSERT_TRUE(journal->sync());
    last += count;
    for (int i = 0; i < 5; ++i) {
      const std::uint64_t at = 1 + dice() % last;
      const auto record = lookup.read(Sequence(at));
      ASSERT_TRUE(record) << at << " of " << last << ": " << record.error().to_string();
      ASSERT_EQ(*record, make_record(at));
    }
    ASSERT_EQ(lookup.read(Sequence(last)).value(), make_record(last));
    ASSERT_EQ(lookup.read(Sequence(last + 1)).error().code, ErrorCode::not_found);
  }
  EXPECT_GT(journal->segments().size(), 3u);
}

TEST(RecordLookup, reads_backwards_and_says_what_was_retired) {
  sim::SimDisk disk;
  auto journal = open_or_die(disk);
  for (std::uint64_t first = 1; first <= 121; first += 5) append_or_die(*journal, make_records(first, 5));
  ASSERT_TRUE(journal->sync());
  RecordLookup lookup(disk, "journal");
  for (std::uint64_t at = 125; at >= 1; --at) ASSERT_EQ(lookup.read(Sequence(at)).value(), make_record(at));
  const Sequence second = journal->segments().at(1).header.first_sequence;
  ASSERT_TRUE(journal->retire(second));
  EXPECT_EQ(lookup.read(Sequence(1)).error().code, ErrorCode::not_found);
  EXPECT_EQ(lookup.read(second).value(), make_record(second.value));
}

TEST(RecordLookup, gives_a_clean_error_where_the_disk_fails_or_the_bytes_are_damaged) {
  sim::SimDisk disk;
  auto journal = open_or_die(disk);
  append_or_die(*journal, make_records(1, 3));
  ASSERT_TRUE(journal->sync());
  const std::string path = "journal/" + segment_name(Sequence(1));
  auto file = disk.open(path, ports::OpenMode::read_write).value();
  ASSERT_TRUE(file->write_at(segment_header_bytes + 80, "damage"));
  RecordLookup lookup(disk, "journal");
  EXPECT_FALSE(lookup.read(Sequence(2)).has_value());
}

}  // namespace
}  // namespace tillwatch::journal
