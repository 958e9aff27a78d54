// What passes between the service thread and the engine thread: acts of people one way, what became of them
// the other, and how far the journal is durable. Owned by the service thread's object; each side calls only
// its own half. Nothing waits in here.
#pragma once

#include <atomic>
#include <cstdint>
#include <vector>

#include "core/office_limits.h"
#include "core/strong.h"
#include "pipeline/act.h"
#include "posix/mailbox.h"

namespace tillwatch {

class ActExchange {
 public:
  // Service side. False where the engine has not taken the earlier ones yet.
  bool hand_over(std::vector<pipeline::ActSubmission>&& acts) { return acts_.put(std::move(acts)); }
  std::vector<pipeline::ActAnswer> take_answers() {
    std::vector<pipeline::ActAnswer> all;
    for (std::vector<pipeline::ActAnswer>& some : answers_.take())
      for (pipeline::ActAnswer& answer : some) all.push_back(std::move(answer));
    return all;
  }
  // Up to here the journal may be read.
  core::Sequence durable() const { return core::Sequence(durable_.load(std::memory_order_acquire)); }

  // Engine side.
  std::vector<std::vector<pipeline::ActSubmission>> take_acts() { return acts_.take(); }
  // The service takes answers before it hands over more, so there is always room.
  bool answer(std::vector<pipeline::ActAnswer>&& answers) { return answers_.put(std::move(answers)); }
  void publish_durable(core::Sequence sequence) { durable_.store(sequence.value, std::memory_order_release); }

 private:
  // One group at a time: the next begins behind what the first came to.
  posix::Mailbox<std::vector<pipeline::ActSubmission>> acts_{1};
  posix::Mailbox<std::vector<pipeline::ActAnswer>> answers_{2};
  std::atomic<std::uint64_t> durable_{0};
};

}  // namespace tillwatch
