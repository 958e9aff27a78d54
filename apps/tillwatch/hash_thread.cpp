#include "hash_thread.h"

#include <utility>

namespace tillwatch {

HashThread::HashThread(access::PasswordHash& hash, ports::Loop& loop)
    : hash_(hash), loop_(loop), thread_([this] { work(); }) {}

HashThread::~HashThread() {
  {
    const std::scoped_lock hold(lock_);
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

bool HashThread::room() {
  const std::scoped_lock hold(lock_);
  return open_.size() < access::hash_jobs_max;
}

std::optional<std::uint64_t> HashThread::put(access::HashJob job) {
  std::uint64_t ticket = 0;
  {
    const std::scoped_lock hold(lock_);
    if (open_.size() >= access::hash_jobs_max) return std::nullopt;
    ticket = next_++;
    open_.emplace(ticket, std::nullopt);
    waiting_.push_back({ticket, std::move(job)});
  }
  changed_.notify_one();
  return ticket;
}

std::optional<access::HashOutcome> HashThread::take(std::uint64_t ticket) {
  const std::scoped_lock hold(lock_);
  const auto found = open_.find(ticket);
  if (found == open_.end() || !found->second) return std::nullopt;
  access::HashOutcome outcome = *std::move(found->second);
  open_.erase(found);
  return outcome;
}

void HashThread::drop(std::uint64_t ticket) {
  const std::scoped_lock hold(lock_);
  open_.erase(ticket);
}

void HashThread::work() {
  for (;;) {
    std::unique_lock hold(lock_);
    changed_.wait(hold, [this] { return stopping_ || !waiting_.empty(); });
    if (stopping_) return;
    Waiting one = std::move(waiting_.front());
    waiting_.pop_front();
    const bool wanted = open_.contains(one.ticket);
    hold.unlock();
    access::HashOutcome outcome;
    if (wanted) outcome = access::hashed(hash_, one.job);
    one.job.forget();
    hold.lock();
    if (const auto found = open_.find(one.ticket); found != open_.end()) found->second = std::move(outcome);
    hold.unlock();
    loop_.wake();
  }
}

}  // namespace tillwatch
