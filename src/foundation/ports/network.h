// The network port: stream sockets by id, never blocking. What happens to them is told by the loop port.
// Called by edge/http and edge/gateway. Real side: edge/posix. Simulated side (peers that trickle, cut,
// half-close): tests/sim. Never waits, never resolves names, never interprets bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "core/error.h"
#include "ports/loop.h"

namespace tillwatch::ports {

struct ListenAddress {
  std::string host = "127.0.0.1";  // a numeric IPv4 or IPv6 address
  std::uint16_t port = 0;          // 0: the system chooses, port_of() tells
};

struct ReadResult {
  enum class State : std::uint8_t {
    more,     // the buffer was filled: there may be more
    drained,  // nothing more now; a readable event will tell
    ended,    // the peer will send nothing more (bytes may still have been read)
    failed,   // the connection is broken
  };
  std::size_t bytes = 0;
  State state = State::drained;
};

struct WriteResult {
  std::size_t bytes = 0;  // taken; fewer than offered: a writable event will tell when to go on
  bool failed = false;    // the connection is broken
};

class Network {
 public:
  virtual ~Network() = default;
  virtual core::Result<ListenerId> listen(const ListenAddress& address) = 0;
  virtual std::uint16_t port_of(ListenerId listener) = 0;
  // No more connections come in; those that are there stay.
  virtual void close_listener(ListenerId listener) = 0;

  // The peer's numeric address, without its port. The connection must be open, as for all calls below.
  virtual std::string peer_of(ConnectionId connection) = 0;
  virtual ReadResult read(ConnectionId connection, std::span<char> into) = 0;
  virtual WriteResult write(ConnectionId connection, std::string_view bytes) = 0;
  // Says that we will write nothing more; reading goes on.
  virtual void end_writing(ConnectionId connection) = 0;
  // Frees the connection and its id; unread and unsent bytes may be lost.
  virtual void close(ConnectionId connection) = 0;
};

}  // namespace tillwatch::ports
