// What one stream shows to one deciding entry: the key's entries up to the entry's time, widened column by
// column when a feature first asks. Called by Store; read by the aggregates, which see plain arrays. Never
// changes a record.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "window/record.h"
#include "window/stream.h"
#include "window/wide.h"

namespace tillwatch::window {

// Count, sum, squares and extremes of a run of entries.
struct Moments {
  std::uint64_t count = 0;
  Int128 sum = 0;
  SquareSum squares;
  std::int64_t minimum = 0;
  std::int64_t maximum = 0;
};

class View {
 public:
  explicit View(const Stream& stream);

  // Looks at the key's record (0 = no entry is kept) from `time` - span on. `fed`: the deciding entry is in
  // it.
  void open(state::Ref record, core::TimeMs time, core::TimeMs reach, bool fed, bool closed_old_edge);

  core::TimeMs time() const { return time_; }
  core::TimeMs reach() const { return reach_; }
  state::Ref record() const { return record_; }
  const Marks& marks() const { return marks_; }
  // Entries in order of (time, sequence), all at or before time(); the deciding one, where fed, is the last.
  std::size_t size() const { return times_.size(); }
  std::size_t size_before() const { return times_.size() - (fed_ && !times_.empty() ? 1 : 0); }
  std::span<const core::TimeMs> times() const { return times_; }
  std::span<const std::uint64_t> bits();
  std::span<const std::uint64_t> cells(std::size_t column);
  // The first entry later than `from`.
  std::size_t first_after(core::TimeMs from) const;
  // The exclusive start of a window (with the sabotage switch, one millisecond earlier).
  core::TimeMs start_of(std::size_t window) const;
  // The moments of a group in a window; computed for all windows of the group in one pass when first asked.
  const Moments& moments(std::size_t group, std::size_t window);

 private:
  struct Segment {
    Block block;
    std::size_t from, to;
  };
  struct Group {
    bool done = false;
    std::vector<Moments> by_window;  // parallel to MomentsPlan::windows
  };
  void compute(std::size_t group);

  const Stream& stream_;
  state::Ref record_ = 0;
  core::TimeMs time_ = 0;
  core::TimeMs reach_ = 0;
  bool fed_ = false;
  bool closed_old_edge_ = false;
  Marks marks_;
  std::vector<Segment> segments_;
  std::vector<core::TimeMs> times_;
  std::vector<std::uint64_t> bits_;
  bool bits_read_ = false;
  std::vector<std::vector<std::uint64_t>> cells_;
  std::vector<bool> cells_read_;
  std::vector<Group> groups_;
  std::vector<std::pair<std::size_t, std::size_t>>
      order_;  // scratch: first entry and place of a group's windows
};

}  // namespace tillwatch::window
