// The merge and the sort against one naive model: map every row, sort all entries.
#include "intake/entry_stream.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <tuple>

#include "intake/merged_entries.h"
#include "intake/sample_door.h"
#include "intake/sorted_entries.h"
#include "sim/rounds.h"
#include "sim/sim_disk.h"

namespace tillwatch::intake {
namespace {

const std::string sample = R"(mapping: sample
input: {format: csv, header: false, columns: [T, REF, L, N]}
time: {column: T, format: epoch_ms}
emits:
  - {kind: label, offset: 10ms, when: [{column: L, equals: "1"}], set: {id: REF, label.fraud: L}}
  - {kind: transaction, set: {id: REF}}
  - {kind: advert, when: [{column: N, equals: "1"}], set: {id: REF}}
  - {kind: label, when: [{column: N, equals: "1"}], set: {id: REF}}
)";

class Refuse final : public SetAside {
 public:
  core::Status take(std::string_view input, std::string_view, const Row& row, const Damage& damage) override {
    return core::fail(core::ErrorCode::invalid, "", sentence_about(input, row, damage));
  }
};

struct Line {
  std::int64_t time;
  bool label, extra;
};

class EntryStreamTest : public ::testing::Test {
 protected:
  void use(const std::vector<std::vector<Line>>& files, bool in_order) {
    texts_.clear();
    for (std::size_t f = 0; f < files.size(); ++f) {
      std::string text;
      for (std::size_t i = 0; i < files[f].size(); ++i)
        text += std::to_string(files[f][i].time) + ",f" + std::to_string(f) + "r" + std::to_string(i) + "," +
                (files[f][i].label ? "1" : "0") + "," + (files[f][i].extra ? "1" : "0") + "\n";
      texts_.push_back(text);
    }
    inputs_.clear();
    for (const std::string& text : texts_)
      inputs_.push_back(std::make_unique<MappedInput>(
          std::make_unique<ports::MemorySource>(text, "in" + std::to_string(inputs_.size()), 64), mapping_,
          *door_, Batch{}, InputOptions{.in_order = in_order, .strict = false}, set_aside_));
  }
  std::vector<MappedInput*> inputs() {
    std::vector<MappedInput*> all;
    for (const auto& input : inputs_) all.push_back(input.get());
    return all;
  }
  // "time kind id" of each entry.
  std::vector<std::string> drain(EntryStream& stream) {
    std::vector<std::string> all;
    StreamedEntry entry;
    for (;;) {
      const core::Result<bool> more = stream.next(entry);
      if (!more) {
        error_ = more.error();
        break;
      }
      if (!*more) break;
      payment::EntryView view;
      EXPECT_TRUE(view.decode(entry.bytes).has_value());
      EXPECT_EQ(view.header().admitted_at, entry.order);
      EXPECT_EQ(view.kind(), entry.kind);
      all.push_back(std::to_string(entry.order) + " " + std::string(name_of(entry.kind)) + " " +
                    std::string(view.text(payment::AttributeId::id)));
    }
    return all;
  }
  static std::vector<std::string> naive(const std::vector<std::vector<Line>>& files) {
    struct One {
      std::int64_t time;
      int rank;
      std::size_t file, row, emit;
      std::string kind;
    };
    std::vector<One> all;
    for (std::size_t f = 0; f < files.size(); ++f)
      for (std::size_t i = 0; i < files[f].size(); ++i) {
        const Line& line = files[f][i];
        if (line.label) all.push_back({line.time + 10, 0, f, i, 0, "label"});
        all.push_back({line.time, 1, f, i, 1, "transaction"});
        if (line.extra) all.push_back({line.time, 1, f, i, 2, "advert"});
        if (line.extra) all.push_back({line.time, 0, f, i, 3, "label"});
      }
    std::ranges::sort(all, [](const One& a, const One& b) {
      return std::tie(a.time, a.rank, a.file, a.row, a.emit) <
             std::tie(b.time, b.rank, b.file, b.row, b.emit);
    });
    std::vector<std::string> texts;
    for (const One& one : all)
      texts.push_back(std::to_string(one.time) + " " + one.kind + " f" + std::to_string(one.file) + "r" +
                      std::to_string(one.row));
    return texts;
  }
  static std::vector<std::vector<Line>> random_files(std::mt19937& random, std::size_t rows_max,
                                                     bool in_order) {
    std::vector<std::vector<Line>> files(1 + random() % 4);
    for (std::vector<Line>& file : files) {
      const std::int64_t span = 1 + static_cast<std::int64_t>(random() % 60);
      for (std::size_t n = random() % (rows_max + 1); n > 0; --n)
        file.push_back(
            {1'000'000 + static_cast<std::int64_t>(random()) % span, random() % 2 == 0, random() % 4 == 0});
      if (in_order) std::ranges::stable_sort(file, {}, &Line::time);
    }
    return files;
  }

  Mapping mapping_ = *read_mapping(sample, "m.yaml");
  std::unique_ptr<door::Door> door_ = sample_door();
  Refuse set_aside_;
  std::vector<std::string> texts_;
  std::vector<std::unique_ptr<MappedInput>> inputs_;
  core::Error error_;
};

constexpr std::size_t plenty = 1 << 20;

TEST_F(EntryStreamTest, labels_come_before_transactions_of_the_same_instant) {
  use({{{100, true, false}, {110, false, false}, {110, true, true}}}, true);
  MergedEntries merged(inputs(), plenty, 0);
  EXPECT_EQ(drain(merged),
            (std::vector<std::string>{"100 transaction f0r0", "110 label f0r0", "110 label f0r2",
                                      "110 transaction f0r1", "110 transaction f0r2", "110 advert f0r2",
                                      "120 label f0r2"}));
}

TEST_F(EntryStreamTest, the_merge_agrees_with_the_naive_model) {
  const unsigned seed = std::random_device()();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  for (std::uint64_t round = 0; round < sim::rounds(200); ++round) {
    const std::vector<std::vector<Line>> files = random_files(random, 40, true);
    use(files, true);
    MergedEntries merged(inputs(), plenty, 0);
    ASSERT_EQ(drain(merged), naive(files));
    EXPECT_EQ(merged.held_bytes(), 0u);
  }
}

TEST_F(EntryStreamTest, the_sort_agrees_with_the_naive_model_whatever_the_memory) {
  const unsigned seed = std::random_device()();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  for (std::uint64_t round = 0; round < sim::rounds(50); ++round) {
    const std::vector<std::vector<Line>> files = random_files(random, 60, false);
    use(files, false);
    sim::SimDisk disk;
    SortedEntries sorted(inputs(), disk, {});
    ASSERT_EQ(drain(sorted), naive(files));
    EXPECT_EQ(sorted.runs(), 0u);
  }
  // More than the least memory, so that it spills.
  const std::vector<std::vector<Line>> files = random_files(random, 30'000, false);
  use(files, false);
  sim::SimDisk disk;
  {
    SortedEntries sorted(inputs(), disk,
                         {.memory_bytes = core::limits::sort_bytes_min, .folder = "t", .rows_max = 0});
    ASSERT_EQ(drain(sorted), naive(files));
    std::size_t rows = 0;
    for (const std::vector<Line>& file : files) rows += file.size();
    EXPECT_GE(sorted.runs(), rows * 100 / core::limits::sort_bytes_min);
  }
  EXPECT_TRUE(disk.paths().empty());  // nothing is left behind
}

TEST_F(EntryStreamTest, every_failure_of_the_disk_while_sorting_is_an_error) {
  std::mt19937 random(7);
  std::vector<std::vector<Line>> files(1);
  for (int i = 0; i < 12'000; ++i)
    files[0].push_back({static_cast<std::int64_t>(random() % 1000), true, false});
  std::uint64_t calls = 0;
  {
    use(files, false);
    sim::SimDisk disk;
    SortedEntries sorted(inputs(), disk,
                         {.memory_bytes = core::limits::sort_bytes_min, .folder = "t", .rows_max = 0});
    const std::size_t all = drain(sorted).size();
    ASSERT_EQ(all, 24'000u);
    calls = disk.calls();
    ASSERT_GE(sorted.runs(), 2u);
  }
  for (std::uint64_t call = 1; call <= calls; ++call) {
    use(files, false);
    sim::SimDisk disk;
    disk.fail_calls(call, 1);
    SortedEntries sorted(inputs(), disk,
                         {.memory_bytes = core::limits::sort_bytes_min, .folder = "t", .rows_max = 0});
    error_ = {};
    drain(sorted);
    EXPECT_EQ(error_.code, core::ErrorCode::io) << "call " << call;
  }
}

TEST_F(EntryStreamTest, what_waits_is_bounded) {
  std::vector<Line> file;
  for (int i = 0; i < 200; ++i) file.push_back({i / 100, true, false});  // all labels wait
  use({file}, true);
  std::size_t most = 0;
  {
    MergedEntries merged(inputs(), plenty, 0);
    StreamedEntry entry;
    while (merged.next(entry).value()) most = std::max(most, merged.held_bytes());
  }
  use({file}, true);
  MergedEntries enough(inputs(), most, 0);
  EXPECT_EQ(drain(enough).size(), 400u);
  EXPECT_EQ(error_, core::Error{});
  use({file}, true);
  MergedEntries too_little(inputs(), most - 1, 0);
  EXPECT_LT(drain(too_little).size(), 400u);
  EXPECT_EQ(error_.code, core::ErrorCode::limit);
  EXPECT_NE(error_.detail.find("--held-memory"), std::string::npos);
}

TEST_F(EntryStreamTest, rows_can_be_bounded) {
  const std::vector<std::vector<Line>> files{{{1, true, false}, {2, true, false}, {3, true, false}}};
  use(files, true);
  MergedEntries merged(inputs(), plenty, 2);
  EXPECT_EQ(drain(merged).size(), 4u);
  use(files, false);
  sim::SimDisk disk;
  SortedEntries sorted(inputs(), disk, {.memory_bytes = 1 << 20, .folder = "t", .rows_max = 2});
  EXPECT_EQ(drain(sorted).size(), 4u);
}

TEST_F(EntryStreamTest, errors_of_an_input_end_the_stream) {
  use({{{5, false, false}, {4, false, false}}}, true);
  MergedEntries merged(inputs(), plenty, 0);
  EXPECT_TRUE(drain(merged).empty() || error_.code == core::ErrorCode::invalid);
  EXPECT_NE(error_.detail.find("not in order"), std::string::npos);
}

}  // namespace
}  // namespace tillwatch::intake
