// A network in memory: peers whose bytes arrive whole, in trickles or not at all, who stop reading,
// half-close or cut. It is loop and network port at once and owns the passing of time: wait() moves the clock
// to what happens next. Called by tests of edge/http and edge/gateway; the seed decides all chance. Never
// used by the product.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "ports/loop.h"
#include "ports/network.h"
#include "sim/sim_clock.h"
#include "sim/sim_random.h"

namespace tillwatch::sim {

class SimNetwork;

// The other end of one connection, in the hand of the test.
class SimPeer {
 public:
  // Arrive in order, the first after `delay_ms`.
  SimPeer& send(std::string_view bytes, core::DurationMs delay_ms = 0);
  // In pieces of 1 to `piece_max` bytes, one each `every_ms`.
  SimPeer& trickle(std::string_view bytes, std::size_t piece_max, core::DurationMs every_ms);
  // Ends its sending side; goes on reading.
  SimPeer& half_close(core::DurationMs delay_ms = 0);
  // Breaks the connection: what was not read is lost.
  SimPeer& cut(core::DurationMs delay_ms = 0);
  // How many bytes it holds unread before the server's writes fall short; what it read stays in received().
  SimPeer& set_window(std::size_t bytes);
  // Takes up to `bytes` out of the window: there is room again.
  void read(std::size_t bytes);

  const std::string& received() const { return received_; }
  bool server_ended() const { return server_ended_; }    // the server will write nothing more
  bool server_closed() const { return server_closed_; }  // the connection is gone
  ports::ConnectionId id() const { return id_; }

 private:
  friend class SimNetwork;
  enum class Act : std::uint8_t { bytes, end, cut };
  struct Delivery {
    std::int64_t due_ms = 0;
    Act act = Act::bytes;
    std::string bytes;
  };
  explicit SimPeer(SimNetwork& network) : network_(&network) {}
  SimPeer& schedule(Act act, std::string_view bytes, core::DurationMs delay_ms);

  SimNetwork* network_;
  ports::ConnectionId id_;
  std::string address_;
  std::deque<Delivery> coming_;
  std::int64_t last_due_ms_ = 0;
  std::string inbox_;  // arrived, not yet read by the server
  std::string received_;
  std::size_t window_ = SIZE_MAX;
  std::size_t unread_ = 0;  // of received_, by the peer
  bool ended_ = false;
  bool cut_ = false;
  bool wants_room_ = false;
  bool said_readable_ = false;
  bool said_writable_ = false;
  bool server_ended_ = false;
  bool server_closed_ = false;
};

class SimNetwork final : public ports::Loop, public ports::Network {
 public:
  SimNetwork(SimClock& clock, std::uint64_t seed) : clock_(clock), random_(seed) {}

  // Connects to a listening port; the peer lives as long as the network.
  SimPeer& connect(std::uint16_t port, std::string address = "192.0.2.1");
  void request_stop() { stop_requested_ = true; }
  void request_reload() { reload_requested_ = true; }
  std::size_t open_connections() const;
  bool listening(std::uint16_t port) const;

  std::span<const ports::Event> wait(core::DurationMs timeout_ms) override;
  void wake() override { woken_ = true; }
  core::Result<ports::ListenerId> listen(const ports::ListenAddress& address) override;
  std::uint16_t port_of(ports::ListenerId listener) override;
  void close_listener(ports::ListenerId listener) override;
  std::string peer_of(ports::ConnectionId connection) override;
  ports::ReadResult read(ports::ConnectionId connection, std::span<char> into) override;
  ports::WriteResult write(ports::ConnectionId connection, std::string_view bytes) override;
  void end_writing(ports::ConnectionId connection) override;
  void close(ports::ConnectionId connection) override;

 private:
  friend class SimPeer;
  struct Listener {
    std::uint16_t port = 0;
    bool open = true;
  };
  void deliver(SimPeer& peer);
  void collect();
  void say(ports::Event::Kind kind, SimPeer& peer);
  std::int64_t next_due_ms() const;
  SimPeer& peer_at(ports::ConnectionId connection);

  SimClock& clock_;
  SimRandom random_;
  std::vector<Listener> listeners_;
  std::vector<std::unique_ptr<SimPeer>> peers_;
  std::vector<SimPeer*> slots_;  // open connections by slot
  std::vector<std::uint32_t> generations_;
  std::vector<ports::Event> new_events_;
  std::vector<ports::Event> events_;
  std::uint16_t next_port_ = 40000;
  bool stop_requested_ = false;
  bool reload_requested_ = false;
  bool woken_ = false;
};

}  // namespace tillwatch::sim
