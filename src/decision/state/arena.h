// The memory of the engine: 64 KiB pages of 64-byte granules, addressed by 32-bit references instead of
// pointers. Called by Index, Table and the window store. Whatever lives here can be written to a snapshot
// while the engine goes on (a page is handed to the sink before its first write after the snapshot's
// position) and read back page by page. Never forks, waits, reads a clock or starts a thread; never gives a
// page back to the operating system.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <new>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/bytes.h"
#include "core/check.h"
#include "core/error.h"

namespace tillwatch::state {

// The number of a granule: page * 1024 + granule within the page. 0 is "none": granule 0 of a page is its
// header.
using Ref = std::uint32_t;

inline constexpr std::size_t granule_bytes = 64;
inline constexpr std::size_t granules_per_page = 1024;
// The page that a reference lies in.
constexpr std::uint32_t page_of(Ref ref) {
  return static_cast<std::uint32_t>(ref / granules_per_page);
}
inline constexpr std::size_t page_bytes = granule_bytes * granules_per_page;
inline constexpr std::size_t slot_bytes_max = (granules_per_page - 1) * granule_bytes;
inline constexpr std::size_t pages_per_chunk = 32;  // memory is taken 2 MiB at a time, aligned to 2 MiB

// Receives a snapshot. The engine's file writer implements it; see snapshot.h for the encoding of the file.
class SnapshotSink {
 public:
  virtual ~SnapshotSink() = default;
  // First call: how many pages will follow, and the roots (the arena's own, then the caller's blob).
  virtual core::Status begin(std::uint32_t pages, std::string_view arena_roots,
                             std::string_view caller_roots) = 0;
  // Once for every page, in any order. `used` is the page's written prefix, valid during the call only.
  virtual core::Status page(std::uint32_t number, std::span<const std::byte> used) = 0;
  // Last call, after every page.
  virtual core::Status end() = 0;
};

struct ArenaOptions {
  std::uint32_t pages_max =
      1U << 22;  // 256 GiB, the reach of a Ref; passing it ends the process (caps come first)
  // Called once with every new chunk, for example to advise huge pages. May be empty.
  std::function<void(std::span<std::byte>)> on_chunk;
};

class Arena {
 public:
  explicit Arena(ArenaOptions options = {});
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;

  // A zeroed slot of at least `bytes` (1..slot_bytes_max). The same calls in the same order give the same
  // references.
  Ref allocate(std::size_t bytes);
  // `ref` must come from allocate and must not have been released.
  void release(Ref ref);
  // How many bytes the slot that allocate(bytes) returns really has.
  static std::size_t slot_bytes_for(std::size_t bytes);
  std::size_t slot_bytes(Ref ref) const;

  // The bytes of a slot. A pointer from write() serves until the next begin_snapshot(); both move never.
  const std::byte* read(Ref ref) const { return address(ref); }
  std::byte* write(Ref ref) {
    if (copying_ || trying_) [[unlikely]]
      before_write(page_of(ref));
    return address(ref);
  }
  // Asks the processor to fetch the first line of a slot.
  void prefetch(Ref ref) const { __builtin_prefetch(address(ref)); }

  std::uint32_t pages() const { return pages_; }
  std::uint64_t bytes_in_use() const { return granules_in_use_ * granule_bytes; }

  // Begins a snapshot of this instant: `caller_roots` are the roots of everything that lives here. None may
  // be running.
  core::Status begin_snapshot(SnapshotSink& sink, std::string caller_roots);
  // Hands over up to `page_budget` pages that no write has handed over yet. True when the snapshot has ended.
  // After an error of the sink (also one met by a write in between, reported here) the snapshot is over and
  // must be thrown away.
  core::Result<bool> copy_some(std::uint32_t page_budget);
  bool snapshot_running() const { return copying_; }
  void abandon_snapshot();

  // Runs ahead and comes back: from begin_trial() on every page is kept as it was before its first write, and
  // roll_back() makes all of it undone. The roots of what lives here are the caller's to keep and to load
  // again. A snapshot may be running.
  void begin_trial();
  void roll_back();

  // Restoring into an arena that has never been used: begin, each page once in any order, finish.
  core::Status begin_restore(std::uint32_t pages, std::string_view arena_roots);
  core::Status restore_page(std::uint32_t number, std::span<const std::byte> used);
  core::Status finish_restore();

 private:
  static constexpr std::size_t class_count = 19;
  struct PageHeader {              // granule 0 of every page
    std::uint16_t slot_class;      // index into the size classes, or free_page
    std::uint16_t live;            // slots in use
    std::uint16_t bump;            // the first granule never given out
    std::uint16_t free_granule;    // head of the page's free slots, 0 = none
    std::uint32_t next, previous;  // pages of the same class with room (page + 1; 0 = none)
  };
  static constexpr std::uint16_t free_page = 0xffff;
  static const std::array<std::uint16_t, class_count> class_granules;

  static std::size_t class_for(std::size_t bytes);
  std::byte* address(Ref ref) const {
    return chunks_[ref / (granules_per_page * pages_per_chunk)].get() +
           (ref % (granules_per_page * pages_per_chunk)) * granule_bytes;
  }
  const PageHeader& header(std::uint32_t page) const;
  PageHeader& header_for_write(std::uint32_t page);
  std::uint32_t take_page(std::size_t slot_class);
  void link(std::uint32_t page);
  void unlink(std::uint32_t page);
  void add_chunk();
  void before_write(std::uint32_t page);
  void keep(std::uint32_t page);
  core::Status emit(std::uint32_t page);
  core::Bytes own_roots() const;

  struct ChunkDeleter {
    void operator()(std::byte* chunk) const {
      ::operator delete(chunk, std::align_val_t{page_bytes * pages_per_chunk});
    }
  };
  ArenaOptions options_;
  std::vector<std::unique_ptr<std::byte[], ChunkDeleter>> chunks_;
  std::uint32_t pages_ = 0;
  std::uint32_t free_pages_ = 0;                        // head of the free pages (page + 1)
  std::array<std::uint32_t, class_count> with_room_{};  // heads, page + 1
  std::uint64_t granules_in_use_ = 0;

  struct Kept {
    std::uint32_t page = 0;
    std::unique_ptr<std::byte[]> bytes;
  };
  bool trying_ = false;
  std::uint32_t trial_pages_ = 0;
  std::uint32_t trial_free_pages_ = 0;
  std::array<std::uint32_t, class_count> trial_with_room_{};
  std::uint64_t trial_granules_ = 0;
  std::vector<Kept> kept_;
  std::vector<bool> is_kept_;

  bool copying_ = false;
  SnapshotSink* sink_ = nullptr;
  std::uint32_t copy_end_ = 0;  // pages that belong to the snapshot
  std::uint32_t copy_cursor_ = 0;
  std::vector<bool> copied_;
  std::optional<core::Error> sink_error_;
  std::vector<bool> restored_;
  bool restoring_ = false;
};

}  // namespace tillwatch::state
