#include "pipeline/orphan_table.h"

#include <algorithm>

namespace tillwatch::pipeline {

void OrphanTable::note(const journal::Key128& original, core::Sequence orphan) {
  by_original_.emplace(original, orphan);
  order_.push_back({original, orphan});
  if (order_.size() <= size_max) return;
  // Those of one transaction are in the order of their coming: the oldest of all is its first.
  by_original_.erase(by_original_.lower_bound(order_.front().original));
  order_.pop_front();
}

std::vector<core::Sequence> OrphanTable::take(const journal::Key128& original) {
  std::vector<core::Sequence> taken;
  const auto [first, last] = by_original_.equal_range(original);
  if (first == last) return taken;
  for (auto at = first; at != last; ++at) taken.push_back(at->second);
  by_original_.erase(first, last);
  std::erase_if(order_, [&](const Orphan& orphan) { return orphan.original == original; });
  return taken;
}

void OrphanTable::encode(core::ByteWriter& out) const {
  out.varint(order_.size());
  for (const Orphan& orphan : order_) {
    out.u64(orphan.original.high);
    out.u64(orphan.original.low);
    out.u64(orphan.sequence.value);
  }
}

core::Result<OrphanTable> OrphanTable::decode(core::ByteReader& in) {
  OrphanTable table;
  const std::uint64_t count = in.varint();
  if (in.ok() && count <= size_max) {
    for (std::uint64_t i = 0; i < count && in.ok(); ++i) {
      const std::uint64_t high = in.u64(), low = in.u64();
      table.note({high, low}, core::Sequence(in.u64()));
    }
    if (in.ok()) return table;
  }
  return core::fail(core::ErrorCode::corrupt, "snapshot", "the orphans are damaged");
}

}  // namespace tillwatch::pipeline
