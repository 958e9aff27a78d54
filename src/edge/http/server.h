// The HTTP door: owns listeners and connections, hands every complete request of a loop turn to one handler,
// lets it decide the batch, then writes the answers. Called by apps on the engine thread. Fair: what one
// connection may read and hand over in a turn is bounded, so that a flooder or a large body harms nobody
// else. Never blocks, never starts threads.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "http/peer.h"
#include "ports/clock.h"
#include "ports/loop.h"
#include "ports/network.h"

namespace tillwatch::http {

// Names a request for ever.
struct RequestId {
  ports::ConnectionId connection;
  std::uint64_t number = 0;
  friend bool operator==(const RequestId&, const RequestId&) = default;
};

class Handler : public Gate {
 public:
  // Called for each head before its body is read: body limit of the route, early refusal (404, 405, 401,
  // ...).
  Verdict on_head(const RequestHead&) override { return {}; }
  // A complete request. Answered by Server::respond, now or in any later turn, exactly once.
  virtual void on_request(RequestId id, Request request) = 0;
  // All requests of this turn were handed over: decide the batch, make it durable, answer.
  virtual void on_turn_end() {}
  // A turn without requests. `now_ms`: monotonic.
  virtual void on_idle(std::int64_t now_ms) { static_cast<void>(now_ms); }
  // SIGHUP, while in Server::run.
  virtual void on_reload() {}
};

struct ServerCounters {
  std::uint64_t accepted = 0;
  std::uint64_t refused_connections = 0;  // over a cap: answered 503 or closed
  std::uint64_t requests = 0;             // handed to the handler
  std::uint64_t responses = 0;            // taken from the handler
  std::uint64_t late_responses = 0;       // of these, for connections that were gone
  std::uint64_t deadlines = 0;            // connections ended by a time limit
  std::uint64_t bytes_in = 0;             // as read from the network
  std::uint64_t turns = 0;
};

class Server {
 public:
  // All arguments must outlive the server.
  Server(ports::Network& network, ports::Clock& clock, Handler& handler, const Limits& limits = {});
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // Opens a port; tells the port that was chosen. `tls` null: plain.
  core::Result<std::uint16_t> listen(const ports::ListenAddress& address, const TlsContext* tls = nullptr);

  // One turn of the loop: read, hand over, let the handler decide, write. The two halves are there for a
  // process that has several doors and one batch.
  void turn(std::span<const ports::Event> events);
  void read_phase(std::span<const ports::Event> events);
  void write_phase();
  // How long the loop may wait before the next turn.
  core::DurationMs wait_ms_max() const;
  // Turns until stop() was called or a stop was requested, and all is answered or the time for it is over.
  void run(ports::Loop& loop, core::DurationMs wait_ms_max = 1000);

  // The answer to a request. Dropped (and counted) where its connection is gone.
  void respond(RequestId id, const Response& response);

  // An answer whose body comes in pieces, over many turns: see Connection. A stream is over where it was
  // ended, its reader is gone, or the server stops: then streaming() is false and the rest does nothing.
  void begin_stream(RequestId id, const Response& head);
  bool streaming(RequestId id) const;
  std::size_t stream_room(RequestId id) const;
  void stream(RequestId id, std::string_view bytes);
  void end_stream(RequestId id);

  // Accepts no more, answers what was read, closes. stopped() says when that is done; limits.stop_time_ms_max
  // bounds it.
  void stop();
  bool stopped() const { return stopping_ && open_ == 0; }

  std::size_t connections() const { return open_; }
  const ServerCounters& counters() const { return counters_; }
  // The numeric address of the caller; "" where the connection is gone.
  std::string_view address_of(RequestId id) const;

 private:
  struct Guest;
  struct Door {
    ports::ListenerId listener;
    const TlsContext* tls;
  };

  void start_turn();
  void admit(const ports::Event& event);
  void pump(Guest& guest);
  bool hand_over(Guest& guest, std::size_t& requests);
  void write_out(Guest& guest);
  void sweep();
  void close(Guest& guest);
  void queue(std::vector<ports::ConnectionId>& list, Guest& guest, bool Guest::* flag);
  void queue_to_read(Guest& guest);
  void let_linger();
  Guest* find(ports::ConnectionId id) const;

  ports::Network& network_;
  ports::Clock& clock_;
  Handler& handler_;
  Limits limits_;
  std::vector<Door> doors_;
  std::vector<std::unique_ptr<Guest>> guests_;  // by slot
  std::unordered_map<std::string, std::size_t> per_address_;
  std::vector<ports::ConnectionId> ready_;  // may read or parse on
  std::vector<ports::ConnectionId>
      lingering_;                           // the same, for connections that wait for the end of the pause
  std::vector<ports::ConnectionId> dirty_;  // have something to send, or to be closed
  std::vector<ports::ConnectionId> turn_list_;
  std::vector<char> buffer_;
  std::string date_;
  std::int64_t date_second_ = -1;
  std::int64_t now_ms_ = 0;
  std::int64_t next_sweep_ms_ = 0;
  std::int64_t next_linger_ms_ = 0;
  std::int64_t stop_by_ms_ = Connection::never;
  std::size_t turn_requests_ = 0;
  std::size_t turn_handshakes_ = 0;
  std::size_t open_ = 0;
  std::size_t refused_open_ = 0;
  bool stopping_ = false;
  ServerCounters counters_;
};

}  // namespace tillwatch::http
