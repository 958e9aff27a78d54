// A bounded box of messages between two threads. Called by apps, which pair it with Loop::wake of the
// receiver. Order is kept; nothing waits in here: a sender that finds it full comes again.
#pragma once

#include <cstddef>
#include <mutex>
#include <utility>
#include <vector>

namespace tillwatch::posix {

template <class Message>
class Mailbox {
 public:
  explicit Mailbox(std::size_t capacity) : capacity_(capacity) {}
  Mailbox(const Mailbox&) = delete;
  Mailbox& operator=(const Mailbox&) = delete;

  // False, and `message` untouched, where the box is full.
  bool put(Message&& message) {
    const std::scoped_lock hold(lock_);
    if (messages_.size() >= capacity_) return false;
    messages_.push_back(std::move(message));
    return true;
  }
  // All that is there, in the order of put().
  std::vector<Message> take() {
    const std::scoped_lock hold(lock_);
    return std::exchange(messages_, {});
  }

 private:
  const std::size_t capacity_;
  std::mutex lock_;
  std::vector<Message> messages_;
};

}  // namespace tillwatch::posix
