#include "intake/held_queue.h"

#include <cstring>

#include "core/check.h"

namespace tillwatch::intake {
namespace {
struct Head {
  std::int64_t order;
  std::uint64_t line;
  std::uint32_t size;
  std::uint32_t kind;
};
}  // namespace

void HeldQueue::push(const Held& entry) {
  const Head head{entry.order, entry.line, static_cast<std::uint32_t>(entry.bytes.size()),
                  static_cast<std::uint32_t>(entry.kind)};
  const std::size_t size = sizeof head + entry.bytes.size();
  if (blocks_.empty() || blocks_.back().size() + size > block_bytes) {
    blocks_.emplace_back();
    blocks_.back().reserve(std::max(block_bytes, size));
  }
  char raw[sizeof head];
  std::memcpy(raw, &head, sizeof head);
  blocks_.back().append(raw, sizeof head);
  blocks_.back().append(entry.bytes);
  bytes_ += size;
}

HeldQueue::Held HeldQueue::front() const {
  CHECK(!blocks_.empty());
  Head head{};
  std::memcpy(&head, blocks_.front().data() + at_, sizeof head);
  return {head.order, head.line, static_cast<payment::EntryKind>(head.kind),
          std::string_view(blocks_.front()).substr(at_ + sizeof head, head.size)};
}

void HeldQueue::pop() {
  const std::size_t size = sizeof(Head) + front().bytes.size();
  at_ += size;
  bytes_ -= size;
  if (at_ == blocks_.front().size()) {
    blocks_.pop_front();
    at_ = 0;
  }
}

}  // namespace tillwatch::intake
