#include "outgoing_threads.h"

#include <utility>

#include "core/check.h"
#include "posix/resolver.h"

namespace tillwatch {

OutgoingThreads::OutgoingThreads(ports::Loop& loop, std::string ca_file)
    : loop_(loop), sender_(posix::resolve, std::move(ca_file), stopping_) {
  for (std::size_t i = 0; i < threads; ++i) threads_.emplace_back([this] { work(); });
}

OutgoingThreads::~OutgoingThreads() {
  stop();
  for (std::thread& thread : threads_) thread.join();
}

void OutgoingThreads::stop() {
  {
    const std::scoped_lock hold(lock_);
    stopping_.store(true);
  }
  handed_.notify_all();
}

std::size_t OutgoingThreads::room() {
  const std::scoped_lock hold(lock_);
  return stopping_.load() ? 0 : requests_max - open_;
}

void OutgoingThreads::hand_over(std::uint64_t number, ports::OutgoingRequest request) {
  {
    const std::scoped_lock hold(lock_);
    CHECK(open_ < requests_max);
    ++open_;
    waiting_.push_back({number, std::move(request)});
  }
  handed_.notify_one();
}

std::vector<ports::OutgoingResult> OutgoingThreads::take_results() {
  const std::scoped_lock hold(lock_);
  open_ -= results_.size();
  return std::exchange(results_, {});
}

void OutgoingThreads::work() {
  for (;;) {
    std::unique_lock hold(lock_);
    handed_.wait(hold, [this] { return stopping_.load() || !waiting_.empty(); });
    if (stopping_.load()) return;
    const Waiting one = std::move(waiting_.front());
    waiting_.pop_front();
    hold.unlock();
    ports::OutgoingResult result =
        std::visit([this](const auto& request) { return sender_.send(request); }, one.request);
    result.number = one.number;
    hold.lock();
    // What was broken off because we stop is not the receiver's fault: it is sent again after the next start.
    if (stopping_.load() && !result.good) return;
    results_.push_back(std::move(result));
    hold.unlock();
    loop_.wake();
  }
}

}  // namespace tillwatch
