// Snapshots: the newest intact one is loaded, an older one where it is damaged, none where none is; never a
// mixture.
#include "journal/snapshot_store.h"

#include <gtest/gtest.h>

#include <map>

#include "core/limits.h"
#include "sim/sim_disk.h"

namespace tillwatch::journal {
namespace {

using core::ErrorCode;
using core::Sequence;

constexpr std::uint64_t page_count = 5;

std::string page_content(std::uint64_t position, std::uint64_t id) {
  return std::string(static_cast<std::size_t>(100 + id * 50), static_cast<char>('a' + (position + id) % 26));
}

class Collector : public SnapshotSink {
 public:
  core::Status begin(const SnapshotHeader& header) override {
    pages.clear();
    root.clear();
    if (header.layout_version != 1) return core::fail(ErrorCode::unsupported, "", "another layout.");
    return {};
  }
  core::Status page(std::uint64_t id, std::string_view bytes) override {
    pages[id] = bytes;
    return {};
  }
  core::Status roots(std::string_view bytes) override {
    root = bytes;
    return {};
  }
  bool holds(std::uint64_t position) const {
    for (std::uint64_t id = 0; id < page_count; ++id) {
      const auto found = pages.find(id);
      if (found == pages.end() || found->second != page_content(position, id)) return false;
    }
    return pages.size() == page_count && root == "roots " + std::to_string(position);
  }
  std::map<std::uint64_t, std::string> pages;
  std::string root;
};

core::Status write_snapshot(SnapshotStore& store, std::uint64_t position, std::uint32_t layout = 1) {
  TRY(writer, store.begin({Sequence(position), layout}));
  for (std::uint64_t i = 0; i < page_count; ++i) {
    const std::uint64_t id = (i * 3 + position) % page_count;  // any order
    if (i == position % page_count) TRY_STATUS(writer->roots("roots " + std::to_string(position)));
    TRY_STATUS(writer->page(id, page_content(position, id)));
  }
  return writer->commit();
}

std::unique_ptr<SnapshotStore> open_store(ports::Disk& disk) {
  auto store = SnapshotStore::open(disk, "snapshots");
  EXPECT_TRUE(store) << store.error().to_string();
  return *std::move(store);
}

std::string path_of(std::uint64_t position) {
  return "snapshots/" + snapshot_name(Sequence(position));
}

TEST(SnapshotStore, loads_the_newest_and_keeps_two) {
  sim::SimDisk disk;
  const auto store = open_store(disk);
  Collector sink;
  EXPECT_FALSE(store->load_newest(sink, Sequence(1000)).value().header);
  for (const std::uint64_t position : {10u, 20u, 30u}) ASSERT_TRUE(write_snapshot(*store, position));
  EXPECT_EQ(store->positions().value(), (std::vector<Sequence>{Sequence(20), Sequence(30)}));
  const SnapshotLoad load = store->load_newest(sink, Sequence(30)).value();
  EXPECT_EQ(load.header, (SnapshotHeader{Sequence(30), 1}));
  EXPECT_TRUE(load.passed_over.empty());
  EXPECT_TRUE(sink.holds(30));
}

TEST(SnapshotStore, refuses_to_stand_beside_an_older_journal) {
  sim::SimDisk disk;
  const auto store = open_store(disk);
  ASSERT_TRUE(write_snapshot(*store, 30));
  Collector sink;
  EXPECT_EQ(store->load_newest(sink, Sequence(29)).error().code, ErrorCode::conflict);
}

TEST(SnapshotStore, passes_over_another_layout) {
  sim::SimDisk disk;
  const auto store = open_store(disk);
  ASSERT_TRUE(write_snapshot(*store, 10));
  ASSERT_TRUE(write_snapshot(*store, 20, 2));
  Collector sink;
  const SnapshotLoad load = store->load_newest(sink, Sequence(30)).value();
  EXPECT_EQ(load.header->position, Sequence(10));
  ASSERT_EQ(load.passed_over.size(), 1u);
  EXPECT_EQ(load.passed_over[0].code, ErrorCode::unsupported);
  EXPECT_TRUE(sink.holds(10));
}

TEST(SnapshotStore, abandoned_writer_leaves_nothing) {
  sim::SimDisk disk;
  const auto store = open_store(disk);
  {
    auto writer = store->begin({Sequence(5), 1});
    ASSERT_TRUE(writer);
    ASSERT_TRUE((*writer)->page(1, "x"));
  }
  EXPECT_TRUE(disk.paths().empty());
}

TEST(SnapshotStore, is_bounded_and_syncs_large_ones_on_the_way) {
  sim::SimDisk disk;
  const auto store = open_store(disk);
  auto writer = store->begin({Sequence(5), 1});
  ASSERT_TRUE(writer);
  std::string bytes(core::limits::snapshot_chunk_bytes_max, 'p');
  EXPECT_TRUE((*writer)->page(1, bytes));
  bytes += 'p';
  EXPECT_EQ((*writer)->page(2, bytes).error().code, ErrorCode::limit);
  EXPECT_TRUE((*writer)->roots(""));
  EXPECT_TRUE((*writer)->commit());
  Collector sink;
  ASSERT_TRUE(store->load_newest(sink, Sequence(5)).value().header);
  EXPECT_EQ(sink.pages.at(1).size(), core::limits::snapshot_chunk_bytes_max);
}

TEST(SnapshotStore, falls_back_where_any_byte_is_damaged_missing_or_too_many) {
  sim::SimDisk disk;
  const auto store = open_store(disk);
  ASSERT_TRUE(write_snapshot(*store, 10));
  ASSERT_TRUE(write_snapshot(*store, 20));
  const std::string original = disk.contents(path_of(20));
  std::vector<std::string> damaged = {original + "x", original + std::string(32, '\0')};
  for (std::size_t at = 0; at < original.size(); ++at) {
    damaged.push_back(original.substr(0, at));
    for (unsigned bit = 0; bit < 8; ++bit) {
      damaged.push_back(original);
      damaged.back()[at] = static_cast<char>(static_cast<unsigned char>(original[at]) ^ (1u << bit));
    }
  }
  for (std::string& bytes : damaged) {
    disk.overwrite(path_of(20), std::move(bytes));
    Collector sink;
    const auto load = store->load_newest(sink, Sequence(20));
    ASSERT_TRUE(load) << load.error().to_string();
    ASSERT_EQ(load->header->position, Sequence(10));
    ASSERT_EQ(load->passed_over.size(), 1u);
    ASSERT_TRUE(sink.holds(10));
  }
  disk.overwrite(path_of(10), "");
  Collector sink;
  const SnapshotLoad load = store->load_newest(sink, Sequence(20)).value();
  EXPECT_FALSE(load.header);
  EXPECT_EQ(load.passed_over.size(), 2u);
}

// Each chunk is intact, but one stands where another was written: pages of equal length, so no count or size
// shows it.
TEST(SnapshotStore, notices_a_chunk_in_the_place_of_another) {
  sim::SimDisk disk;
  const auto store = open_store(disk);
  auto writer = store->begin({Sequence(5), 1}).value();
  for (std::uint64_t id = 0; id < 3; ++id)
    ASSERT_TRUE(writer->page(id, std::string(100, static_cast<char>('a' + id))));
  ASSERT_TRUE(writer->roots(""));
  ASSERT_TRUE(writer->commit());
  std::string bytes = disk.contents(path_of(5));
  bytes.replace(64 + 132, 132, bytes.substr(64, 132));
  disk.overwrite(path_of(5), bytes);
  Collector sink;
  EXPECT_FALSE(store->load_newest(sink, Sequence(5)).value().header);
}

TEST(SnapshotStore, survives_a_crash_and_a_fault_at_every_call) {
  const std::vector<std::uint64_t> positions = {10, 20, 30, 40};
  for (std::uint64_t call = 1;; ++call) {
    std::uint64_t committed = 0;
    sim::SimDisk crashing(call);
    crashing.power_off_after(call);
    sim::SimDisk failing(call);
    failing.fail_calls(call, 1);
    for (sim::SimDisk* disk : {&crashing, &failing}) {
      committed = 0;
      if (const auto store = SnapshotStore::open(*disk, "snapshots")) {
        for (const std::uint64_t position : positions) {
          const core::Status status = write_snapshot(**store, position);
          EXPECT_TRUE(status || status.error().code == ErrorCode::io);
          if (status) committed = position;
        }
      }
      for (const sim::Loss loss : sim::all_losses) {
        const auto crashed = disk->after_crash(loss, call);
        const auto store = open_store(*crashed);
        Collector sink;
        const SnapshotLoad load = store->load_newest(sink, Sequence(100)).value();
        const std::uint64_t found = load.header ? load.header->position.value : 0;
        EXPECT_GE(found, committed) << call << " " << name_of(loss);
        EXPECT_TRUE(load.passed_over.empty()) << load.passed_over[0].to_string();
        EXPECT_TRUE(found == 0 || sink.holds(found));
        EXPECT_TRUE(write_snapshot(*store, 50));
      }
    }
    if (crashing.calls() <= call) break;
    ASSERT_LT(call, 500u);
  }
}

}  // namespace
}  // namespace tillwatch::journal
