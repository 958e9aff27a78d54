// The index of a sealed segment: every key and no other, also keys that share their high half; figures of the
// filter.
#include "journal/segment_index.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "sim/sim_disk.h"

namespace tillwatch::journal {
namespace {

using core::ErrorCode;
using core::Sequence;

SegmentSummary summary_of(std::uint64_t records) {
  SegmentSummary summary;
  summary.header = {1, 3, Sequence(100), 1 << 20};
  summary.last = Sequence(99 + records);
  summary.end_offset = 900'000;
  summary.admitted_min = -5;
  summary.admitted_max = 77;
  return summary;
}

std::unique_ptr<SegmentIndex> store_and_load(sim::SimDisk& disk, const SegmentSummary& summary,
                                             const std::vector<Position>& positions,
                                             const std::vector<KeyEntry>& keys) {
  EXPECT_TRUE(disk.make_directory("j"));
  EXPECT_TRUE(write_index(disk, "j", summary.header.first_sequence, encode_index(summary, positions, keys)));
  auto index = SegmentIndex::load(disk, "j", summary.header, true);
  EXPECT_TRUE(index) << index.error().to_string();
  return *std::move(index);
}

TEST(SegmentIndex, finds_every_key_and_no_other) {
  std::mt19937_64 random(3);
  for (const std::uint64_t count : {0u, 1u, 169u, 170u, 171u, 1000u, 5000u}) {
    sim::SimDisk disk;
    std::vector<KeyEntry> keys;
    // Many keys share few high halves, so that equal fences stand over several pages.
    for (std::uint64_t i = 0; i < count; ++i)
      keys.push_back({{1 + random() % 7, random()}, Sequence(100 + i)});
    std::sort(keys.begin(), keys.end());
    const auto index = store_and_load(disk, summary_of(count), {}, keys);
    EXPECT_EQ(index->summary(), summary_of(count));
    EXPECT_EQ(index->key_count(), count);
    for (const KeyEntry& entry : keys) ASSERT_EQ(index->find(entry.key).value(), entry.sequence);
    for (int i = 0; i < 2000; ++i) ASSERT_FALSE(index->find({random() % 9, random()}).value());
    ASSERT_FALSE(index->find({}).value());
  }
}

TEST(SegmentIndex, filter_keeps_nearly_all_unknown_keys_from_the_disk) {
  std::mt19937_64 random(4);
  sim::SimDisk disk;
  std::vector<KeyEntry> keys;
  for (std::uint64_t i = 0; i < 50'000; ++i) keys.push_back({{random(), random()}, Sequence(100 + i)});
  std::sort(keys.begin(), keys.end());
  const auto index = store_and_load(disk, summary_of(50'000), {}, keys);
  const std::uint64_t before = disk.calls();
  for (int i = 0; i < 100'000; ++i) ASSERT_FALSE(index->find({random(), random()}).value());
  EXPECT_LT(disk.calls() - before, 1'000u);  // under one in a hundred
}

TEST(SegmentIndex, positions_round_trip_and_must_be_in_order) {
  sim::SimDisk disk;
  std::vector<Position> positions = {
      {Sequence(100), 4096}, {Sequence(150), 30'000 / 16 * 16}, {Sequence(160), 60'000}};
  const auto index = store_and_load(disk, summary_of(100), positions, {});
  EXPECT_EQ(index->positions().all(), positions);
  const Position start{Sequence(100), 4096};
  EXPECT_EQ(index->positions().before(Sequence(149), start), positions[0]);
  EXPECT_EQ(index->positions().before(Sequence(150), start), positions[1]);
  EXPECT_EQ(index->positions().before(Sequence(999), start), positions[2]);
  std::swap(positions[0], positions[1]);
  ASSERT_TRUE(write_index(disk, "j", Sequence(100), encode_index(summary_of(100), positions, {})));
  EXPECT_EQ(SegmentIndex::load(disk, "j", summary_of(100).header, true).error().code, ErrorCode::corrupt);
}

TEST(SegmentIndex, of_another_segment_is_refused) {
  sim::SimDisk disk;
  store_and_load(disk, summary_of(10), {}, {});
  SegmentHeader other = summary_of(10).header;
  other.semantics_version = 2;
  EXPECT_EQ(SegmentIndex::load(disk, "j", other, true).error().code, ErrorCode::corrupt);
  other = summary_of(10).header;
  other.first_sequence = Sequence(101);
  EXPECT_EQ(SegmentIndex::load(disk, "j", other, true).error().code, ErrorCode::not_found);
}

TEST(KeyTable, keeps_the_newest_of_each_key_and_sorts) {
  KeyTable table;
  std::mt19937_64 random(6);
  std::vector<KeyEntry> expected;
  for (std::uint64_t i = 1; i <= 3000; ++i) {
    const Key128 key{random() % 50, random() % 50};
    if (key.is_none()) continue;
    table.put(key, Sequence(i));
    std::erase_if(expected, [&](const KeyEntry& e) { return e.key == key; });
    expected.push_back({key, Sequence(i)});
  }
  std::sort(expected.begin(), expected.end());
  EXPECT_EQ(table.size(), expected.size());
  EXPECT_EQ(table.sorted(), expected);
  for (const KeyEntry& entry : expected) EXPECT_EQ(table.find(entry.key), entry.sequence);
  EXPECT_FALSE(table.find({99, 99}));
  EXPECT_FALSE(table.find({}));
}

}  // namespace
}  // namespace tillwatch::journal
