// The newest outcomes and labels whose transaction has not come yet, by its key (docs/decisions/0026). Part
// of the pipeline's state: kept in snapshots, filled again from the journal's tail. Never reads the journal.
#pragma once

#include <cstddef>
#include <deque>
#include <map>
#include <string_view>
#include <vector>

#include "core/bytes.h"
#include "core/error.h"
#include "core/strong.h"
#include "journal/record.h"

namespace tillwatch::pipeline {

class OrphanTable {
 public:
  static constexpr std::size_t size_max = 10'000;

  bool empty() const { return by_original_.empty(); }
  std::size_t size() const { return order_.size(); }
  // The oldest one is forgotten where there are too many.
  void note(const journal::Key128& original, core::Sequence orphan);
  // Those that name this transaction, in their order; they are forgotten.
  std::vector<core::Sequence> take(const journal::Key128& original);

  // Appends all, oldest first: varint count, then each: u64 high, u64 low, u64 sequence.
  void encode(core::ByteWriter& out) const;
  // Errors: corrupt.
  static core::Result<OrphanTable> decode(core::ByteReader& in);

 private:
  struct Orphan {
    journal::Key128 original;
    core::Sequence sequence;
    friend bool operator==(const Orphan&, const Orphan&) = default;
  };
  std::multimap<journal::Key128, core::Sequence> by_original_;
  std::deque<Orphan> order_;
};

}  // namespace tillwatch::pipeline
