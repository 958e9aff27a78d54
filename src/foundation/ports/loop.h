// The loop port: the one place where a thread waits. It reports what happened to sockets, and requests to
// stop. Called by apps (the engine thread's loop), which hands the events to the doors (edge/http,
// edge/gateway). Real side: edge/posix over epoll. Simulated side, driven by a seed and simulated time:
// tests/sim.
#pragma once

#include <cstdint>
#include <functional>
#include <span>

#include "core/time.h"

namespace tillwatch::ports {

struct ListenerId {
  std::uint32_t value = 0;
  friend bool operator==(ListenerId, ListenerId) = default;
};

// Names a connection for ever: a slot is used again, with another generation.
struct ConnectionId {
  std::uint32_t slot = 0;        // small and dense: fit to index an array
  std::uint32_t generation = 0;  // from 1
  friend bool operator==(ConnectionId, ConnectionId) = default;
};

struct Event {
  enum class Kind : std::uint8_t {
    accepted,          // `connection` came in on `listener`
    readable,          // bytes, end of stream or an error wait; said once: read until `drained`
    writable,          // after a short write there is room again; said once
    stop_requested,    // SIGTERM or SIGINT
    reload_requested,  // SIGHUP
    woken,             // wake() was called, once or more
  };
  Kind kind = Kind::readable;
  ConnectionId connection;
  ListenerId listener;
};

class Loop {
 public:
  virtual ~Loop() = default;
  // Waits until something happens, at most `timeout_ms` (0: only looks; negative: without end), and returns
  // all that is ready, at most one event of a kind for a connection. Valid until the next call.
  virtual std::span<const Event> wait(core::DurationMs timeout_ms) = 0;
  // Makes the present or the next wait() return. The only call that another thread may make.
  virtual void wake() = 0;
};

}  // namespace tillwatch::ports

template <>
struct std::hash<tillwatch::ports::ConnectionId> {
  std::size_t operator()(tillwatch::ports::ConnectionId id) const noexcept {
    return std::hash<std::uint64_t>{}((std::uint64_t{id.generation} << 32) | id.slot);
  }
};
