// One connection of the server with its socket: carries bytes between the network port and the sans-I/O
// connection, through TLS where the listener says so. Called by Server alone. Never decides what is fair or
// when to wait.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "http/connection.h"
#include "http/tls.h"
#include "ports/network.h"

namespace tillwatch::http {

class Peer {
 public:
  // All arguments outlive the peer; `tls` may be null.
  Peer(ports::Network& network, ports::ConnectionId id, const Limits& limits, Gate& gate,
       const std::string& date, const TlsContext* tls, std::int64_t now_ms);

  // Reads once, at most `buffer`. Returns the bytes read; 0 also where nothing may or can be read now.
  std::size_t read(std::span<char> buffer, std::int64_t now_ms);
  // Sends what there is, as far as the network takes it, and says goodbye once all is done.
  void flush(std::int64_t now_ms);

  bool may_read() const;
  bool handshaking() const { return tls_ && !tls_->established(); }
  // Nothing more can come of it: to be closed.
  bool gone() const { return broken_ || connection_.lingered(); }
  // The earliest of all deadlines that apply.
  std::int64_t deadline() const;
  void on_deadline(std::int64_t now_ms);

  void mark_readable() { readable_ = true; }
  bool readable() const { return readable_; }
  Connection& connection() { return connection_; }
  const Connection& connection() const { return connection_; }
  ports::ConnectionId id() const { return id_; }

 private:
  void take(std::string_view bytes, std::int64_t now_ms);
  bool send_plain(std::int64_t now_ms);
  bool send_sealed(std::int64_t now_ms);
  bool push_sealed();

  ports::Network* network_;
  ports::ConnectionId id_;
  const Limits* limits_;
  Connection connection_;
  std::optional<TlsSession> tls_;
  std::int64_t opened_ms_;
  std::size_t sealed_bytes_ = 0;  // of the connection's output, encrypted and not yet all sent
  bool readable_ = true;
  bool broken_ = false;
  bool tls_failed_ = false;
};

}  // namespace tillwatch::http
