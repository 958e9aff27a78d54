// Slots, pages and their free lists; see arena.h. The page format is docs/formats/state.md.
#include "state/arena.h"

#include <cstring>
#include <utility>

namespace tillwatch::state {

// Chosen so that a page of 1023 granules is filled to within 3 %.
const std::array<std::uint16_t, Arena::class_count> Arena::class_granules = {
    1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 46, 63, 85, 127, 170, 255, 341, 511, 1023};

namespace {
constexpr std::uint16_t first_slot = 1;  // granule 0 is the header
}  // namespace

Arena::Arena(ArenaOptions options) : options_(std::move(options)) {
  static_assert(sizeof(PageHeader) <= granule_bytes);
}

std::size_t Arena::class_for(std::size_t bytes) {
  CHECK(bytes > 0 && bytes <= slot_bytes_max);
  const std::size_t granules = (bytes + granule_bytes - 1) / granule_bytes;
  std::size_t slot_class = 0;
  while (class_granules[slot_class] < granules) ++slot_class;
  return slot_class;
}

std::size_t Arena::slot_bytes_for(std::size_t bytes) {
  return class_granules[class_for(bytes)] * granule_bytes;
}

std::size_t Arena::slot_bytes(Ref ref) const {
  return class_granules[header(page_of(ref)).slot_class] * granule_bytes;
}

const Arena::PageHeader& Arena::header(std::uint32_t page) const {
  const void* at = address(page * static_cast<std::uint32_t>(granules_per_page));
  return *static_cast<const PageHeader*>(at);
}

Arena::PageHeader& Arena::header_for_write(std::uint32_t page) {
  if (copying_ || trying_) [[unlikely]]
    before_write(page);
  void* at = address(page * static_cast<std::uint32_t>(granules_per_page));
  return *static_cast<PageHeader*>(at);
}

void Arena::add_chunk() {
  constexpr std::size_t size = page_bytes * pages_per_chunk;
  auto* chunk = static_cast<std::byte*>(::operator new(size, std::align_val_t{size}));
  chunks_.emplace_back(chunk);
  if (options_.on_chunk) options_.on_chunk(std::span<std::byte>(chunk, size));
}

std::uint32_t Arena::take_page(std::size_t slot_class) {
  std::uint32_t page = 0;
  if (free_pages_ != 0) {
    page = free_pages_ - 1;
    free_pages_ = header(page).next;
  } else {
    CHECK(pages_ < options_.pages_max);
    if (pages_ == chunks_.size() * pages_per_chunk) add_chunk();  // a trial may have left one
    page = pages_++;
    std::memset(address(page * static_cast<std::uint32_t>(granules_per_page)), 0, granule_bytes);
  }
  PageHeader& fresh = header_for_write(page);
  fresh = PageHeader{static_cast<std::uint16_t>(slot_class), 0, first_slot, 0, 0, 0};
  link(page);
  return page;
}

void Arena::link(std::uint32_t page) {
  PageHeader& mine = header_for_write(page);
  std::uint32_t& head = with_room_[mine.slot_class];
  mine.next = head;
  mine.previous = 0;
  if (head != 0) header_for_write(head - 1).previous = page + 1;
  head = page + 1;
}

void Arena::unlink(std::uint32_t page) {
  PageHeader& mine = header_for_write(page);
  if (mine.previous != 0) {
    header_for_write(mine.previous - 1).next = mine.next;
  } else {
    with_room_[mine.slot_class] = mine.next;
  }
  if (mine.next != 0) header_for_write(mine.next - 1).previous = mine.previous;
  mine.next = mine.previous = 0;
}

Ref Arena::allocate(std::size_t bytes) {
  const std::size_t slot_class = class_for(bytes);
  const std::uint16_t granules = class_granules[slot_class];
  const std::uint32_t page = with_room_[slot_class] != 0 ? with_room_[slot_class] - 1 : take_page(slot_class);
  PageHeader& mine = header_for_write(page);
  const Ref first = page * static_cast<std::uint32_t>(granules_per_page);
  std::uint16_t granule = mine.free_granule;
  if (granule != 0) {
    std::memcpy(&mine.free_granule, address(first + granule), sizeof mine.free_granule);
  } else {
    granule = mine.bump;
    mine.bump = static_cast<std::uint16_t>(mine.bump + granules);
  }
  ++mine.live;
  if (mine.free_granule == 0 && mine.bump + granules > granules_per_page) unlink(page);
  std::memset(address(first + granule), 0, granules * granule_bytes);
  granules_in_use_ += granules;
  return first + granule;
}

void Arena::release(Ref ref) {
  CHECK(ref % granules_per_page != 0 && page_of(ref) < pages_);
  const std::uint32_t page = page_of(ref);
  PageHeader& mine = header_for_write(page);
  CHECK(mine.slot_class < class_count && mine.live > 0);
  const std::uint16_t granules = class_granules[mine.slot_class];
  const bool was_full = mine.free_granule == 0 && mine.bump + granules > granules_per_page;
  std::memcpy(address(ref), &mine.free_granule, sizeof mine.free_granule);
  mine.free_granule = static_cast<std::uint16_t>(ref % granules_per_page);
  --mine.live;
  granules_in_use_ -= granules;
  if (was_full) link(page);
  if (mine.live > 0) return;
  unlink(page);
  mine = PageHeader{free_page, 0, first_slot, 0, free_pages_, 0};
  free_pages_ = page + 1;
}

core::Status Arena::begin_snapshot(SnapshotSink& sink, std::string caller_roots) {
  CHECK(!copying_ && !restoring_);
  TRY_STATUS(sink.begin(pages_, own_roots(), caller_roots));
  copying_ = true;
  sink_ = &sink;
  copy_end_ = pages_;
  copy_cursor_ = 0;
  copied_.assign(copy_end_, false);
  sink_error_.reset();
  return {};
}

core::Status Arena::emit(std::uint32_t page) {
  copied_[page] = true;
  const Ref first = page * static_cast<std::uint32_t>(granules_per_page);
  return sink_->page(page, std::span<const std::byte>(address(first), header(page).bump * granule_bytes));
}

// A write cannot fail because of a snapshot: the sink's error waits for the next copy_some().
void Arena::before_write(std::uint32_t page) {
  if (trying_ && page < trial_pages_ && !is_kept_[page]) keep(page);
  if (!copying_ || page >= copy_end_ || copied_[page] || sink_error_) return;
  if (auto done = emit(page); !done) sink_error_ = std::move(done).error();
}

void Arena::keep(std::uint32_t page) {
  is_kept_[page] = true;
  kept_.push_back({page, std::make_unique_for_overwrite<std::byte[]>(page_bytes)});
  std::memcpy(kept_.back().bytes.get(), address(page * static_cast<std::uint32_t>(granules_per_page)),
              page_bytes);
}

void Arena::begin_trial() {
  CHECK(!trying_ && !restoring_);
  trying_ = true;
  trial_pages_ = pages_;
  trial_free_pages_ = free_pages_;
  trial_with_room_ = with_room_;
  trial_granules_ = granules_in_use_;
  is_kept_.assign(pages_, false);
}

void Arena::roll_back() {
  CHECK(trying_);
  for (const Kept& kept : kept_)
    std::memcpy(address(kept.page * static_cast<std::uint32_t>(granules_per_page)), kept.bytes.get(),
                page_bytes);
  kept_.clear();
  trying_ = false;
  pages_ = trial_pages_;
  free_pages_ = trial_free_pages_;
  with_room_ = trial_with_room_;
  granules_in_use_ = trial_granules_;
}

core::Result<bool> Arena::copy_some(std::uint32_t page_budget) {
  CHECK(copying_);
  for (; !sink_error_ && copy_cursor_ < copy_end_ && page_budget > 0; ++copy_cursor_) {
    if (copied_[copy_cursor_]) continue;
    --page_budget;
    if (auto done = emit(copy_cursor_); !done) sink_error_ = std::move(done).error();
  }
  if (!sink_error_ && copy_cursor_ < copy_end_) return false;
  if (!sink_error_) {
    if (auto done = sink_->end(); !done) sink_error_ = std::move(done).error();
  }
  const std::optional<core::Error> error = sink_error_;
  abandon_snapshot();
  if (error) return std::unexpected(*error);
  return true;
}

void Arena::abandon_snapshot() {
  copying_ = false;
  sink_ = nullptr;
  copied_.clear();
  sink_error_.reset();
}

core::Bytes Arena::own_roots() const {
  core::Bytes out;
  core::ByteWriter writer(out);
  writer.u32(pages_);
  writer.u32(free_pages_);
  writer.u64(granules_in_use_);
  writer.u32(class_count);
  for (const std::uint32_t head : with_room_) writer.u32(head);
  return out;
}

core::Status Arena::begin_restore(std::uint32_t pages, std::string_view arena_roots) {
  CHECK(pages_ == 0 && !restoring_);
  core::ByteReader reader(arena_roots);
  const std::uint32_t stated = reader.u32();
  free_pages_ = reader.u32();
  granules_in_use_ = reader.u64();
  const std::uint32_t classes = reader.u32();
  if (!reader.ok() || classes != class_count || stated != pages || pages > options_.pages_max ||
      free_pages_ > pages) {
    return core::fail(core::ErrorCode::corrupt, "snapshot roots",
                      "the arena's roots do not fit this version; recover from an older snapshot");
  }
  for (std::uint32_t& head : with_room_) head = reader.u32();
  for (const std::uint32_t head : with_room_) {
    if (!reader.ok() || !reader.at_end() || head > pages) {
      return core::fail(core::ErrorCode::corrupt, "snapshot roots",
                        "a list of pages begins outside the snapshot; recover from an older snapshot");
    }
  }
  while (chunks_.size() * pages_per_chunk < pages) add_chunk();
  pages_ = pages;
  restored_.assign(pages, false);
  restoring_ = true;
  return {};
}

core::Status Arena::restore_page(std::uint32_t number, std::span<const std::byte> used) {
  CHECK(restoring_);
  const std::string where = "snapshot page " + std::to_string(number);
  if (number >= pages_ || restored_[number]) {
    return core::fail(core::ErrorCode::corrupt, where,
                      "the page is unknown or was given twice; use an older snapshot");
  }
  if (used.size() < granule_bytes || used.size() > page_bytes || used.size() % granule_bytes != 0) {
    return core::fail(core::ErrorCode::corrupt, where,
                      "the page has an impossible length; use an older snapshot");
  }
  std::memcpy(address(number * static_cast<std::uint32_t>(granules_per_page)), used.data(), used.size());
  const PageHeader& mine = header(number);
  const bool sane = (mine.slot_class == free_page || mine.slot_class < class_count) &&
                    mine.bump * granule_bytes == used.size() && mine.free_granule < granules_per_page &&
                    mine.next <= pages_ && mine.previous <= pages_;
  if (!sane) {
    return core::fail(core::ErrorCode::corrupt, where,
                      "the page's header contradicts itself; use an older snapshot");
  }
  restored_[number] = true;
  return {};
}

core::Status Arena::finish_restore() {
  CHECK(restoring_);
  restoring_ = false;
  for (std::uint32_t page = 0; page < pages_; ++page) {
    if (!restored_[page]) {
      return core::fail(core::ErrorCode::corrupt, "snapshot page " + std::to_string(page),
                        "the page is missing; use an older snapshot");
    }
  }
  restored_.clear();
  return {};
}

}  // namespace tillwatch::state
