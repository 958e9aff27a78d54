// The real loop and network ports in one object: epoll, edge-triggered, so that a request costs no interest
// change. Called by apps, which hand it to the doors. One owner, one thread; only wake() may come from
// another thread. Never blocks but in wait(), never accepts more than its bound of connections, never raises
// SIGPIPE.
#pragma once

#include <sys/epoll.h>

#include <memory>
#include <vector>

#include "core/limits.h"
#include "ports/loop.h"
#include "ports/network.h"
#include "posix/descriptor.h"
#include "posix/signals.h"

namespace tillwatch::posix {

class EventLoop final : public ports::Loop, public ports::Network {
 public:
  struct Options {
    // Beyond it connections wait in the kernel's queue. Above the doors' own bound, so that these can answer
    // 503.
    std::size_t connections_max =
        core::limits::http_connections_max + core::limits::http_connections_refused_max;
    int backlog = 1024;
  };
  // `signals` may be null and must outlive the loop.
  static core::Result<std::unique_ptr<EventLoop>> create(Options options, Signals* signals);

  std::span<const ports::Event> wait(core::DurationMs timeout_ms) override;
  void wake() override;

  core::Result<ports::ListenerId> listen(const ports::ListenAddress& address) override;
  std::uint16_t port_of(ports::ListenerId listener) override;
  void close_listener(ports::ListenerId listener) override;
  std::string peer_of(ports::ConnectionId connection) override;
  ports::ReadResult read(ports::ConnectionId connection, std::span<char> into) override;
  ports::WriteResult write(ports::ConnectionId connection, std::string_view bytes) override;
  void end_writing(ports::ConnectionId connection) override;
  void close(ports::ConnectionId connection) override;

 private:
  struct Slot {
    Descriptor fd;
    std::uint32_t generation = 0;
    bool wants_room = false;  // the last write was short
    std::string peer;
  };
  struct Listener {
    Descriptor fd;
    std::uint16_t port = 0;
  };

  EventLoop(Options options, Signals* signals) : options_(options), signals_(signals) {}
  core::Status watch(int fd, std::uint32_t interest, std::uint64_t name);
  Slot& slot_of(ports::ConnectionId connection);
  void take(const epoll_event& event);
  void take_connection(std::uint32_t slot, std::uint32_t generation, std::uint32_t happened);
  void accept_from(std::uint32_t index);
  bool adopt(Descriptor fd, std::string peer, ports::ListenerId listener);
  void pause_listeners(bool pause);

  Options options_;
  Signals* signals_;
  Descriptor epoll_;
  Descriptor wake_;
  std::vector<Listener> listeners_;
  std::vector<Slot> slots_;
  std::vector<std::uint32_t> free_;
  std::vector<epoll_event> ready_;
  std::vector<ports::Event> events_;
  bool paused_ = false;  // no room for connections
};

}  // namespace tillwatch::posix
