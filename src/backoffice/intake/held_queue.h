// Entries of one kind of emit that wait for their time, first in first out, packed in blocks. Called by the
// merge. Never reorders: an input in order and a constant offset give entries in order.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>

#include "core/time.h"
#include "payment/entry.h"

namespace tillwatch::intake {

class HeldQueue {
 public:
  struct Held {
    core::TimeMs order = 0;
    std::uint64_t line = 0;
    payment::EntryKind kind = payment::EntryKind::transaction;
    std::string_view bytes;  // valid until the next pop
  };

  bool empty() const { return blocks_.empty(); }
  void push(const Held& entry);
  // Not on an empty queue.
  Held front() const;
  void pop();
  // Memory in use, as a count of payload and record heads.
  std::size_t bytes() const { return bytes_; }

 private:
  static constexpr std::size_t block_bytes = 64 * 1024;
  std::deque<std::string> blocks_;  // each begins and ends with a whole record
  std::size_t at_ = 0;              // of the front record in the first block
  std::size_t bytes_ = 0;
};

}  // namespace tillwatch::intake
