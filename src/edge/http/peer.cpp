#include "http/peer.h"

#include <algorithm>

namespace tillwatch::http {

namespace {

constexpr std::size_t seal_bytes_max = 64 * 1024;  // encrypted at a time: keeps the unsent ciphertext small

}  // namespace

Peer::Peer(ports::Network& network, ports::ConnectionId id, const Limits& limits, Gate& gate,
           const std::string& date, const TlsContext* tls, std::int64_t now_ms)
    : network_(&network),
      id_(id),
      limits_(&limits),
      connection_(limits, gate, date, now_ms),
      opened_ms_(now_ms) {
  if (tls != nullptr) tls_.emplace(*tls);
}

bool Peer::may_read() const {
  if (!readable_ || broken_ || tls_failed_) return false;
  return connection_.lingering() ? !connection_.lingered() : connection_.wants_input();
}

std::size_t Peer::read(std::span<char> buffer, std::int64_t now_ms) {
  using State = ports::ReadResult::State;
  if (!may_read()) return 0;
  const ports::ReadResult result = network_->read(id_, buffer);
  readable_ = result.state == State::more;
  if (result.bytes > 0) take({buffer.data(), result.bytes}, now_ms);
  if (result.state == State::failed) broken_ = true;
  if (result.state == State::ended) connection_.end_of_input(now_ms);
  return result.bytes;
}

void Peer::take(std::string_view bytes, std::int64_t now_ms) {
  if (!tls_ || connection_.lingering()) return connection_.receive(bytes, now_ms);
  std::string plaintext;
  if (!tls_->receive(bytes, plaintext)) tls_failed_ = true;
  if (!plaintext.empty()) connection_.receive(plaintext, now_ms);
  if (tls_->ended()) connection_.end_of_input(now_ms);
}

void Peer::flush(std::int64_t now_ms) {
  if (broken_) return;
  const bool all_sent = tls_ ? send_sealed(now_ms) : send_plain(now_ms);
  if (broken_ || !all_sent) return;
  if (tls_failed_) {
    broken_ = true;
    return;
  }
  if (!connection_.finished() || connection_.lingering()) return;
  if (tls_) {
    tls_->end();
    if (!push_sealed()) return;  // goodbye did not fit: tried again when there is room
  }
  network_->end_writing(id_);
  connection_.linger(now_ms);
}

bool Peer::send_plain(std::int64_t now_ms) {
  if (connection_.output().empty()) return true;
  const ports::WriteResult result = network_->write(id_, connection_.output());
  if (result.failed) {
    broken_ = true;
    return false;
  }
  connection_.sent(result.bytes, now_ms);
  return connection_.output().empty();
}

bool Peer::push_sealed() {
  if (tls_->output().empty()) return true;
  const ports::WriteResult result = network_->write(id_, tls_->output());
  tls_->sent(result.bytes);
  if (result.failed) broken_ = true;
  return !broken_ && tls_->output().empty();
}

// The connection's bytes count as sent when all their ciphertext is: its limits and times then hold for both.
bool Peer::send_sealed(std::int64_t now_ms) {
  for (;;) {
    if (!push_sealed()) return false;
    if (sealed_bytes_ > 0) {
      connection_.sent(sealed_bytes_, now_ms);
      sealed_bytes_ = 0;
    }
    if (connection_.output().empty()) return true;
    if (!tls_->established() || tls_failed_) return tls_failed_;
    const std::string_view block = connection_.output().substr(0, seal_bytes_max);
    if (!tls_->write(block)) tls_failed_ = true;
    sealed_bytes_ = block.size();
  }
}

std::int64_t Peer::deadline() const {
  const std::int64_t due = connection_.deadline();
  return handshaking() ? std::min(due, opened_ms_ + limits_->handshake_time_ms_max) : due;
}

void Peer::on_deadline(std::int64_t now_ms) {
  if (handshaking() && now_ms >= opened_ms_ + limits_->handshake_time_ms_max) {
    broken_ = true;
    return;
  }
  if (connection_.on_deadline(now_ms)) broken_ = true;
}

}  // namespace tillwatch::http
