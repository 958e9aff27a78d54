// The thread that hashes passwords, one after the other (19 MiB and some twenty milliseconds each). Made by
// DeskPart; the service thread puts and takes. Never knows whose password it is.
#pragma once

#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <thread>

#include "access/hash_queue.h"
#include "access/password_hash.h"
#include "ports/loop.h"

namespace tillwatch {

class HashThread final : public access::HashQueue {
 public:
  // `loop` is woken when one is done. Both outlive this; `hash` is used by no other thread meanwhile, or may
  // be (Argon2id holds nothing that changes).
  HashThread(access::PasswordHash& hash, ports::Loop& loop);
  ~HashThread() override;  // what waits is thrown away

  bool room() override;
  std::optional<std::uint64_t> put(access::HashJob job) override;
  std::optional<access::HashOutcome> take(std::uint64_t ticket) override;
  void drop(std::uint64_t ticket) override;

 private:
  struct Waiting {
    std::uint64_t ticket;
    access::HashJob job;
  };
  void work();

  access::PasswordHash& hash_;
  ports::Loop& loop_;
  std::mutex lock_;
  std::condition_variable changed_;
  std::deque<Waiting> waiting_;
  // By ticket: what is open, with its outcome once there is one.
  std::map<std::uint64_t, std::optional<access::HashOutcome>> open_;
  std::uint64_t next_ = 1;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace tillwatch
