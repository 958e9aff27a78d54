// The table of orphans: order, bound, and the way through a snapshot.
#include "pipeline/orphan_table.h"

#include <gtest/gtest.h>

#include <random>

namespace tillwatch::pipeline {
namespace {

journal::Key128 key(std::uint64_t n) {
  return {n % 3, n};
}

TEST(OrphanTable, TakesThoseOfOneTransactionInTheirOrderOnce) {
  OrphanTable table;
  table.note(key(1), core::Sequence(5));
  table.note(key(2), core::Sequence(6));
  table.note(key(1), core::Sequence(7));
  EXPECT_EQ(table.take(key(1)), (std::vector{core::Sequence(5), core::Sequence(7)}));
  EXPECT_TRUE(table.take(key(1)).empty());
  EXPECT_EQ(table.take(key(2)), (std::vector{core::Sequence(6)}));
  EXPECT_TRUE(table.empty());
}

TEST(OrphanTable, ForgetsTheOldestBeyondItsBound) {
  OrphanTable table;
  for (std::uint64_t i = 0; i <= OrphanTable::size_max; ++i) table.note(key(i % 100), core::Sequence(i + 1));
  EXPECT_EQ(table.size(), OrphanTable::size_max);
  EXPECT_EQ(table.take(key(0)).front(), core::Sequence(101));
  EXPECT_EQ(table.take(key(1)).front(), core::Sequence(2));
}

// Beside a plain list.
TEST(OrphanTable, RandomUseGoesThroughASnapshotUnchanged) {
  const unsigned seed = 31;
  SCOPED_TRACE(seed);
  std::mt19937 random(seed);
  OrphanTable table;
  std::vector<std::pair<std::uint64_t, core::Sequence>> plain;
  for (std::uint64_t i = 1; i < 3000; ++i) {
    const std::uint64_t original = random() % 50;
    if (random() % 3 == 0) {
      std::vector<core::Sequence> expected;
      for (const auto& [of, sequence] : plain)
        if (of == original) expected.push_back(sequence);
      std::erase_if(plain, [&](const auto& one) { return one.first == original; });
      ASSERT_EQ(table.take(key(original)), expected);
    } else {
      table.note(key(original), core::Sequence(i));
      plain.emplace_back(original, core::Sequence(i));
    }
    if (random() % 10 != 0) continue;
    core::Bytes bytes;
    core::ByteWriter out(bytes);
    table.encode(out);
    core::ByteReader in(bytes);
    auto again = OrphanTable::decode(in);
    ASSERT_TRUE(again.has_value() && in.at_end());
    table = std::move(*again);
  }
}

TEST(OrphanTable, DamageIsRefused) {
  OrphanTable table;
  table.note(key(1), core::Sequence(5));
  core::Bytes bytes;
  core::ByteWriter out(bytes);
  table.encode(out);
  for (std::size_t cut = 0; cut < bytes.size(); ++cut) {
    core::ByteReader in(std::string_view(bytes).substr(0, cut));
    EXPECT_FALSE(OrphanTable::decode(in).has_value()) << cut;
  }
  core::Bytes many;
  core::ByteWriter(many).varint(OrphanTable::size_max + 1);
  core::ByteReader in(many);
  EXPECT_FALSE(OrphanTable::decode(in).has_value());
}

}  // namespace
}  // namespace tillwatch::pipeline
