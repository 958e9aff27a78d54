// Signals as events: SIGTERM, SIGINT and SIGHUP are blocked and read from a descriptor by the event loop.
// Made by apps before any thread is started, so that every thread inherits the mask. Never runs code in a
// handler.
#pragma once

#include <csignal>

#include "posix/descriptor.h"

namespace tillwatch::posix {

class Signals {
 public:
  // Blocks the three signals for the calling thread and its future children.
  static core::Result<Signals> block();
  ~Signals();  // restores the mask
  Signals(Signals&&) noexcept = default;
  Signals& operator=(Signals&&) = delete;

  int descriptor() const { return fd_.get(); }

  struct Pending {
    bool stop = false;    // SIGTERM or SIGINT
    bool reload = false;  // SIGHUP
  };
  // Takes what is pending; never waits.
  Pending take();

 private:
  Signals(Descriptor fd, sigset_t before) : fd_(std::move(fd)), before_(before) {}
  Descriptor fd_;
  sigset_t before_;
};

}  // namespace tillwatch::posix
