// Gathering and the one-pass moments; see view.h.
#include "window/view.h"

#include <algorithm>
#include <limits>

namespace tillwatch::window {

namespace {

struct Range {
  const std::uint64_t* bits;
  const std::uint64_t* cells;
  std::size_t from, to;
  std::uint64_t mask;
};

std::uint64_t count_matching(const Range& r) {
  std::uint64_t count = 0;
  for (std::size_t i = r.from; i < r.to; ++i) count += (r.bits[i] & r.mask) == r.mask ? 1 : 0;
  return count;
}

// Sums in two halves of 32 bits, which cannot overflow for any number of entries that a budget allows.
// Without branches: what does not match adds zero and is no extreme.
template <bool extremes>
void add_values(const Range& r, Moments& into) {
  constexpr auto highest = std::numeric_limits<std::int64_t>::max();
  constexpr auto lowest = std::numeric_limits<std::int64_t>::min();
  std::uint64_t count = 0;
  std::uint64_t low = 0;
  std::int64_t high = 0;
  std::int64_t minimum = highest;
  std::int64_t maximum = lowest;
  for (std::size_t i = r.from; i < r.to; ++i) {
    const bool matches = (r.bits[i] & r.mask) == r.mask;
    const std::uint64_t one = matches ? 1 : 0;
    const std::uint64_t value = r.cells[i] & (0 - one);
    count += one;
    low += value & 0xffffffffU;
    high += static_cast<std::int64_t>(value) >> 32;
    if constexpr (extremes) {
      minimum = std::min(minimum, matches ? static_cast<std::int64_t>(value) : highest);
      maximum = std::max(maximum, matches ? static_cast<std::int64_t>(value) : lowest);
    }
  }
  if (extremes && count > 0) {
    into.minimum = into.count == 0 ? minimum : std::min(into.minimum, minimum);
    into.maximum = into.count == 0 ? maximum : std::max(into.maximum, maximum);
  }
  into.count += count;
  into.sum += (static_cast<Int128>(high) << 32) + static_cast<Int128>(low);
}

void add_squares(const Range& r, Moments& into) {
  for (std::size_t i = r.from; i < r.to; ++i) {
    if ((r.bits[i] & r.mask) == r.mask) into.squares.add(static_cast<std::int64_t>(r.cells[i]));
  }
}

}  // namespace

View::View(const Stream& stream)
    : stream_(stream),
      cells_(stream.plan().columns.size()),
      cells_read_(stream.plan().columns.size()),
      groups_(stream.plan().moments.size()) {
  for (std::size_t g = 0; g < groups_.size(); ++g)
    groups_[g].by_window.resize(stream.plan().moments[g].windows.size());
}

void View::open(state::Ref record, core::TimeMs time, core::TimeMs reach, bool fed, bool closed_old_edge) {
  record_ = record;
  time_ = time;
  reach_ = reach;
  fed_ = fed;
  closed_old_edge_ = closed_old_edge;
  marks_ = record == 0 ? Marks{never, stream_.lost_to(), 0} : stream_.records().marks(record);
  segments_.clear();
  times_.clear();
  bits_read_ = false;
  std::fill(cells_read_.begin(), cells_read_.end(), false);
  for (Group& group : groups_) group.done = false;
  if (record == 0) return;
  const core::TimeMs from = time - stream_.plan().span_ms - (closed_old_edge ? 1 : 0);
  stream_.records().each_block(record, [&](const Block& block) {
    const std::size_t end = block.count_until(time);
    const std::size_t begin = block.count_until(from);
    if (begin >= end) return;
    segments_.push_back(Segment{block, begin, end});
    block.read_times(begin, end, times_);
  });
}

std::span<const std::uint64_t> View::bits() {
  if (!bits_read_) {
    bits_read_ = true;
    bits_.clear();
    for (const Segment& s : segments_) s.block.read_bits(s.from, s.to, bits_);
  }
  return bits_;
}

std::span<const std::uint64_t> View::cells(std::size_t column) {
  if (!cells_read_[column]) {
    cells_read_[column] = true;
    cells_[column].clear();
    for (const Segment& s : segments_) s.block.read_cells(column, s.from, s.to, cells_[column]);
  }
  return cells_[column];
}

std::size_t View::first_after(core::TimeMs from) const {
  return static_cast<std::size_t>(std::upper_bound(times_.begin(), times_.end(), from) - times_.begin());
}

core::TimeMs View::start_of(std::size_t window) const {
  return window_start(stream_.plan().windows[window], time_) - (closed_old_edge_ ? 1 : 0);
}

const Moments& View::moments(std::size_t group, std::size_t window) {
  if (!groups_[group].done) compute(group);
  const auto& windows = stream_.plan().moments[group].windows;
  const auto at = std::find(windows.begin(), windows.end(), static_cast<std::uint16_t>(window));
  return groups_[group].by_window[static_cast<std::size_t>(at - windows.begin())];
}

// Windows end together, so the shorter is part of the longer: from the newest entry backwards, each run is
// read once.
void View::compute(std::size_t group) {
  const MomentsPlan& plan = stream_.plan().moments[group];
  Group& mine = groups_[group];
  mine.done = true;
  order_.clear();
  for (std::size_t i = 0; i < plan.windows.size(); ++i)
    order_.emplace_back(first_after(start_of(plan.windows[i])), i);
  std::sort(order_.begin(), order_.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
  Range range{plan.mask == 0 && plan.column == no_column ? nullptr : bits().data(),
              plan.column == no_column ? nullptr : cells(plan.column).data(), size(), size(), plan.mask};
  Moments running;
  for (const auto& [first, place] : order_) {
    range.to = range.from;
    range.from = first;
    if (plan.column != no_column) {
      if (plan.squares) add_squares(range, running);
      plan.extremes ? add_values<true>(range, running) : add_values<false>(range, running);
    } else if (plan.mask == 0) {
      running.count += range.to - range.from;
    } else {
      running.count += count_matching(range);
    }
    mine.by_window[place] = running;
  }
}

}  // namespace tillwatch::window
