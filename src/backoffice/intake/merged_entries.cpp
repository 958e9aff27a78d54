#include "intake/merged_entries.h"

#include <string>
#include <utility>

#include "core/limits.h"

namespace tillwatch::intake {
namespace {
constexpr std::size_t emits_max = core::limits::mapping_emits_max;
}

MergedEntries::MergedEntries(std::vector<MappedInput*> inputs, std::size_t held_bytes_max,
                             std::uint64_t rows_max)
    : inputs_(std::move(inputs)),
      held_bytes_max_(held_bytes_max),
      rows_left_(rows_max),
      bounded_rows_(rows_max != 0),
      queues_(inputs_.size() * emits_max) {
  for (std::uint32_t i = 0; i < inputs_.size(); ++i) frontiers_.push({core::time_min, i});
}

EntryOrder MergedEntries::order_of(std::size_t queue) const {
  const HeldQueue::Held held = queues_[queue].front();
  return {held.order, EntryOrder::rank_of(held.kind), static_cast<std::uint8_t>(queue % emits_max),
          static_cast<std::uint32_t>(queue / emits_max), held.line};
}

// Reads one row of the input that is least far, and puts its entries into their lanes.
core::Status MergedEntries::read_row(std::uint32_t input) {
  frontiers_.pop();
  if (bounded_rows_ && rows_left_ == 0) return {};
  TRY(more, inputs_[input]->next(row_));
  if (!more) return {};
  if (bounded_rows_) --rows_left_;
  frontiers_.push({row_.arrival, input});
  for (std::size_t i = 0; i < row_.count; ++i) {
    const Draft& draft = row_.drafts[i];
    const std::size_t queue = input * emits_max + draft.emit;
    const bool was_empty = queues_[queue].empty();
    const std::size_t before = queues_[queue].bytes();
    queues_[queue].push({draft.order, row_.line, draft.kind, draft.bytes});
    held_bytes_ += queues_[queue].bytes() - before;
    if (was_empty) lanes_.push({order_of(queue), queue});
  }
  if (held_bytes_ > held_bytes_max_)
    return core::fail(
        core::ErrorCode::limit,
        std::string(inputs_[input]->source().name()) + ":" + std::to_string(row_.line),
        "the entries that wait for their time take more than " +
            std::to_string(held_bytes_max_ / (1024 * 1024)) +
            " MiB; raise --held-memory, shorten the offsets of the mapping, or split the file by days");
  return {};
}

core::Result<bool> MergedEntries::next(StreamedEntry& entry) {
  if (taken_valid_) {
    HeldQueue& queue = queues_[taken_];
    held_bytes_ -= queue.bytes();
    queue.pop();
    held_bytes_ += queue.bytes();
    if (!queue.empty()) lanes_.push({order_of(taken_), taken_});
    taken_valid_ = false;
  }
  // A row still unread may hold an entry of the very time that its input has reached, so only what is older
  // may go.
  while (!frontiers_.empty() && (lanes_.empty() || lanes_.top().front.order >= frontiers_.top().time))
    TRY_STATUS(read_row(frontiers_.top().input));
  if (lanes_.empty()) return false;
  taken_ = lanes_.top().queue;
  taken_valid_ = true;
  lanes_.pop();
  const HeldQueue::Held held = queues_[taken_].front();
  entry = {held.order, held.kind, static_cast<std::uint32_t>(taken_ / emits_max), held.line, held.bytes};
  return true;
}

}  // namespace tillwatch::intake
