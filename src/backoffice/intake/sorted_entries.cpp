#include "intake/sorted_entries.h"

#include <algorithm>
#include <utility>

#include "core/bytes.h"
#include "core/check.h"

namespace tillwatch::intake {
namespace {
constexpr std::size_t run_buffer_min = 4 * 1024;
constexpr std::size_t write_bytes = 256 * 1024;
constexpr std::size_t head_bytes = 8 + 1 + 1 + 4 + 8 + 1 + 4;
}  // namespace

// A sorted file, read from front to back through a buffer.
class SortedEntries::Run {
 public:
  Run(std::unique_ptr<ports::File> file, std::size_t buffer)
      : file_(std::move(file)), buffer_bytes_(buffer) {}

  // Loads the next entry; false at the end.
  core::Result<bool> advance() {
    if (text_.size() - at_ < head_bytes) TRY_STATUS(refill(head_bytes));
    if (text_.size() == at_) return false;
    core::ByteReader in(std::string_view(text_).substr(at_));
    order_.order = in.i64();
    order_.rank = in.u8();
    order_.emit = in.u8();
    order_.input = in.u32();
    order_.line = in.u64();
    kind_ = static_cast<payment::EntryKind>(in.u8());
    const std::size_t size = in.u32();
    if (!in.ok() || size > core::limits::entry_bytes_max) return damaged();
    if (text_.size() - at_ < head_bytes + size) TRY_STATUS(refill(head_bytes + size));
    if (text_.size() - at_ < head_bytes + size) return damaged();
    bytes_ = std::string_view(text_).substr(at_ + head_bytes, size);
    at_ += head_bytes + size;
    return true;
  }
  const EntryOrder& order() const { return order_; }
  StreamedEntry entry() const { return {order_.order, kind_, order_.input, order_.line, bytes_}; }

 private:
  core::Status refill(std::size_t wanted) {
    text_.erase(0, at_);
    at_ = 0;
    std::string more;
    TRY_STATUS(file_->read_at(offset_, std::max(wanted, buffer_bytes_) - text_.size(), more));
    offset_ += more.size();
    text_ += more;
    return {};
  }
  static std::unexpected<core::Error> damaged() {
    return core::fail(core::ErrorCode::corrupt, "--sort",
                      "a temporary file is not as it was written; run again");
  }

  std::unique_ptr<ports::File> file_;
  std::size_t buffer_bytes_;
  std::string text_;
  std::size_t at_ = 0;
  std::uint64_t offset_ = 0;
  EntryOrder order_;
  payment::EntryKind kind_ = payment::EntryKind::transaction;
  std::string_view bytes_;
};

struct SortedEntries::LaterRun {
  bool operator()(const Run* a, const Run* b) const { return b->order() < a->order(); }
};

SortedEntries::SortedEntries(std::vector<MappedInput*> inputs, ports::Disk& disk, Options options)
    : inputs_(std::move(inputs)), disk_(disk), options_(std::move(options)) {
  options_.memory_bytes = std::max(options_.memory_bytes, core::limits::sort_bytes_min);
}

SortedEntries::~SortedEntries() {
  runs_.clear();
  // What cannot be removed stays behind as a file named run-N; there is nobody left to tell.
  for (std::size_t i = 0; i < run_count_; ++i) static_cast<void>(disk_.remove(run_path(i)));
}

std::string SortedEntries::run_path(std::size_t number) const {
  return options_.folder + "/run-" + std::to_string(number);
}

core::Status SortedEntries::spill() {
  std::ranges::sort(items_, [](const Item& a, const Item& b) { return a.order < b.order; });
  if (run_count_ == 0) TRY_STATUS(disk_.make_directory(options_.folder));
  if ((run_count_ + 1) * run_buffer_min > options_.memory_bytes)
    return core::fail(core::ErrorCode::limit, "--sort-memory",
                      "the input needs more than " + std::to_string(run_count_) +
                          " sorted parts at this memory; raise --sort-memory");
  TRY(file, disk_.open(run_path(run_count_), ports::OpenMode::create));
  ++run_count_;
  core::Bytes out;
  core::ByteWriter writer(out);
  std::uint64_t offset = 0;
  const auto flush = [&]() -> core::Status {
    TRY_STATUS(file->write_at(offset, out));
    offset += out.size();
    out.clear();
    return {};
  };
  for (const Item& item : items_) {
    writer.i64(item.order.order);
    writer.u8(item.order.rank);
    writer.u8(item.order.emit);
    writer.u32(item.order.input);
    writer.u64(item.order.line);
    writer.u8(static_cast<std::uint8_t>(item.kind));
    writer.u32(item.size);
    writer.raw(std::string_view(arena_).substr(item.offset, item.size));
    if (out.size() >= write_bytes) TRY_STATUS(flush());
  }
  TRY_STATUS(flush());
  items_.clear();
  arena_.clear();
  return {};
}

core::Status SortedEntries::take_row(std::uint32_t input, const RowEntries& row) {
  for (std::size_t i = 0; i < row.count; ++i) {
    const Draft& draft = row.drafts[i];
    const std::size_t needed = arena_.size() + draft.bytes.size() + (items_.size() + 1) * sizeof(Item);
    if (!items_.empty() && needed > options_.memory_bytes) TRY_STATUS(spill());
    items_.push_back({{draft.order, EntryOrder::rank_of(draft.kind), draft.emit, input, row.line},
                      static_cast<std::uint32_t>(draft.bytes.size()),
                      draft.kind,
                      arena_.size()});
    arena_ += draft.bytes;
  }
  return {};
}

core::Status SortedEntries::open_runs() {
  std::string().swap(arena_);
  std::vector<Item>().swap(items_);
  const std::size_t buffer = options_.memory_bytes / run_count_;
  for (std::size_t i = 0; i < run_count_; ++i) {
    TRY(file, disk_.open(run_path(i), ports::OpenMode::read));
    runs_.push_back(std::make_unique<Run>(std::move(file), buffer));
    TRY(more, runs_.back()->advance());
    if (more) heap_.push_back(runs_.back().get());
  }
  std::ranges::make_heap(heap_, LaterRun());
  return {};
}

core::Status SortedEntries::read_all() {
  read_ = true;
  // Reserved, not touched: growing by doubling would hold three times the stated memory for a moment.
  arena_.reserve(options_.memory_bytes);
  items_.reserve(options_.memory_bytes / (sizeof(Item) + 16));
  RowEntries row;
  std::uint64_t rows = 0;
  for (std::uint32_t input = 0; input < inputs_.size(); ++input) {
    while (options_.rows_max == 0 || rows < options_.rows_max) {
      TRY(more, inputs_[input]->next(row));
      if (!more) break;
      ++rows;
      TRY_STATUS(take_row(input, row));
    }
  }
  if (run_count_ == 0) {
    std::ranges::sort(items_, [](const Item& a, const Item& b) { return a.order < b.order; });
    return {};
  }
  TRY_STATUS(spill());
  return open_runs();
}

core::Result<bool> SortedEntries::next(StreamedEntry& entry) {
  if (!read_) TRY_STATUS(read_all());
  if (run_count_ == 0) {
    if (at_ == items_.size()) return false;
    const Item& item = items_[at_++];
    entry = {item.order.order, item.kind, item.order.input, item.order.line,
             std::string_view(arena_).substr(item.offset, item.size)};
    return true;
  }
  if (taken_ != nullptr) {
    TRY(more, taken_->advance());
    if (more) {
      heap_.push_back(taken_);
      std::ranges::push_heap(heap_, LaterRun());
    }
    taken_ = nullptr;
  }
  if (heap_.empty()) return false;
  std::ranges::pop_heap(heap_, LaterRun());
  taken_ = heap_.back();
  heap_.pop_back();
  entry = taken_->entry();
  return true;
}

}  // namespace tillwatch::intake
