// A stream of entries in the order in which they arrive, whatever files they come from. Implemented by the
// merge (files in order) and by the sort (files in any order); called by the replay and import commands.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/error.h"
#include "core/time.h"
#include "payment/entry.h"

namespace tillwatch::intake {

struct StreamedEntry {
  core::TimeMs order = 0;  // arrival
  payment::EntryKind kind = payment::EntryKind::transaction;
  std::uint32_t input = 0;  // which of the inputs
  std::uint64_t line = 0;   // of the row it was made from
  std::string_view bytes;   // canonical; valid until the next call
};

// The order of all entries: time; labels before all else at one instant; then inputs in their order, rows in
// the order of the file, entries of a row in the order of the mapping.
struct EntryOrder {
  core::TimeMs order = 0;
  std::uint8_t rank = 0;
  std::uint8_t emit = 0;
  std::uint32_t input = 0;
  std::uint64_t line = 0;

  static std::uint8_t rank_of(payment::EntryKind kind) { return kind == payment::EntryKind::label ? 0 : 1; }
  friend bool operator<(const EntryOrder& a, const EntryOrder& b) {
    if (a.order != b.order) return a.order < b.order;
    if (a.rank != b.rank) return a.rank < b.rank;
    if (a.input != b.input) return a.input < b.input;
    if (a.line != b.line) return a.line < b.line;
    return a.emit < b.emit;
  }
};

class EntryStream {
 public:
  virtual ~EntryStream() = default;
  // Replaces `entry`; false at the end. Errors: those of the inputs, limit (a stated bound of memory).
  virtual core::Result<bool> next(StreamedEntry& entry) = 0;
};

}  // namespace tillwatch::intake
