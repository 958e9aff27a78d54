// The outside as a test wants it: requests are kept, and end when the test says how. Called by tests of
// notify; never used by the product.
#pragma once

#include <deque>
#include <string>
#include <utility>
#include <vector>

#include "core/check.h"
#include "ports/outgoing.h"

namespace tillwatch::sim {

class SimOutgoing final : public ports::Outgoing {
 public:
  struct Sent {
    std::uint64_t number = 0;
    ports::OutgoingRequest request;
  };
  std::size_t room() override { return capacity - waiting.size(); }
  void hand_over(std::uint64_t number, ports::OutgoingRequest request) override {
    CHECK(room() > 0);
    waiting.push_back({number, std::move(request)});
    ++handed;
  }
  std::vector<ports::OutgoingResult> take_results() override { return std::exchange(results_, {}); }

  // The oldest request that waits ends with this status (0: no connection).
  Sent end(int status) {
    CHECK(!waiting.empty());
    Sent sent = std::move(waiting.front());
    waiting.pop_front();
    const bool good = status >= 200 && status < 300;
    results_.push_back({sent.number, good, status, good ? "" : "the receiver did not take it", 12});
    return sent;
  }
  // The process dies: nobody will hear what became of these.
  void forget() {
    waiting.clear();
    results_.clear();
  }

  std::size_t capacity = 8;
  std::deque<Sent> waiting;
  std::size_t handed = 0;

 private:
  std::vector<ports::OutgoingResult> results_;
};

}  // namespace tillwatch::sim
