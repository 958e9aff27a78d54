// The threads that send to the outside: a few, each one request at a time, so that a receiver that does not
// answer keeps neither the service thread nor all others up. Made by NotifyPart; the service thread hands
// over and fetches. Never touches the database.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "outgoing/sender.h"
#include "ports/loop.h"
#include "ports/outgoing.h"

namespace tillwatch {

class OutgoingThreads final : public ports::Outgoing {
 public:
  static constexpr std::size_t threads = 4;
  static constexpr std::size_t requests_max = 2 * threads;  // waiting and under way

  // `loop` is woken when something has ended; it outlives this. `ca_file`: "" for none.
  OutgoingThreads(ports::Loop& loop, std::string ca_file);
  ~OutgoingThreads() override;  // breaks off and joins

  std::size_t room() override;
  void hand_over(std::uint64_t number, ports::OutgoingRequest request) override;
  std::vector<ports::OutgoingResult> take_results() override;
  // Breaks off what is under way.
  void stop();

 private:
  struct Waiting {
    std::uint64_t number;
    ports::OutgoingRequest request;
  };
  void work();

  ports::Loop& loop_;
  std::atomic<bool> stopping_{false};
  outgoing::Sender sender_;
  std::mutex lock_;
  std::condition_variable handed_;
  std::deque<Waiting> waiting_;
  std::vector<ports::OutgoingResult> results_;
  std::size_t open_ = 0;  // handed over and not fetched
  std::vector<std::thread> threads_;
};

}  // namespace tillwatch
