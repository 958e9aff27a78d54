#include "http/server.h"

#include <algorithm>
#include <utility>

#include "core/check.h"
#include "http/problem.h"

namespace tillwatch::http {

namespace {

constexpr core::DurationMs sweep_every_ms = 100;  // how late a time limit may be noticed
constexpr core::DurationMs wait_long_ms = 3600 * core::second_ms;
constexpr std::size_t read_block_bytes = 64 * 1024;

}  // namespace

struct Server::Guest {
  Guest(Peer p, std::string a, bool r) : peer(std::move(p)), address(std::move(a)), refused(r) {}
  Peer peer;
  std::string address;
  bool refused;
  bool in_ready = false;
  bool in_dirty = false;
};

Server::Server(ports::Network& network, ports::Clock& clock, Handler& handler, const Limits& limits)
    : network_(network),
      clock_(clock),
      handler_(handler),
      limits_(limits),
      buffer_(std::min(read_block_bytes, limits.read_bytes_per_turn_max)) {
  CHECK(!buffer_.empty());
  start_turn();
}

Server::~Server() {
  for (const auto& guest : guests_) {
    if (guest) network_.close(guest->peer.id());
  }
  for (const Door& door : doors_) network_.close_listener(door.listener);
}

core::Result<std::uint16_t> Server::listen(const ports::ListenAddress& address, const TlsContext* tls) {
  TRY(listener, network_.listen(address));
  doors_.push_back({listener, tls});
  return network_.port_of(listener);
}

void Server::start_turn() {
  now_ms_ = clock_.monotonic_ns() / 1'000'000;
  turn_requests_ = 0;
  turn_handshakes_ = 0;
  ++counters_.turns;
  const core::TimeMs wall = clock_.now();
  if (const std::int64_t second = core::floor_div(wall, core::second_ms); second != date_second_) {
    date_second_ = second;
    date_ = format_http_date(wall);
  }
}

void Server::turn(std::span<const ports::Event> events) {
  read_phase(events);
  if (turn_requests_ == 0) handler_.on_idle(now_ms_);
  handler_.on_turn_end();
  write_phase();
}

void Server::run(ports::Loop& loop, core::DurationMs wait_max) {
  while (!stopped()) {
    const auto events = loop.wait(std::min(wait_ms_max(), wait_max));
    for (const ports::Event& event : events) {
      if (event.kind == ports::Event::Kind::stop_requested) stop();
      if (event.kind == ports::Event::Kind::reload_requested) handler_.on_reload();
    }
    turn(events);
  }
}

void Server::read_phase(std::span<const ports::Event> events) {
  start_turn();
  for (const ports::Event& event : events) {
    if (event.kind == ports::Event::Kind::accepted) {
      admit(event);
      continue;
    }
    Guest* guest = find(event.connection);
    if (guest == nullptr) continue;
    if (event.kind == ports::Event::Kind::readable) {
      guest->peer.mark_readable();
      queue_to_read(*guest);
    } else if (event.kind == ports::Event::Kind::writable) {
      queue(dirty_, *guest, &Guest::in_dirty);
    }
  }
  let_linger();
  // Whoever is queued again below waits for the next turn, behind those who did not get their share in this
  // one.
  turn_list_.clear();
  std::swap(turn_list_, ready_);
  for (const ports::ConnectionId id : turn_list_) {
    if (Guest* guest = find(id)) {
      guest->in_ready = false;
      pump(*guest);
    }
  }
}

void Server::admit(const ports::Event& event) {
  ++counters_.accepted;
  const auto door = std::ranges::find(doors_, event.listener, &Door::listener);
  if (door == doors_.end()) return;  // another door's listener
  std::string address = network_.peer_of(event.connection);
  const bool full = open_ - refused_open_ >= limits_.connections_max ||
                    per_address_[address] >= limits_.connections_per_address_max;
  if (full) ++counters_.refused_connections;
  // Over TLS a refusal would cost a handshake: more than the caller is owed.
  if (stopping_ || (full && (door->tls != nullptr || refused_open_ >= limits_.connections_refused_max))) {
    if (per_address_[address] == 0) per_address_.erase(address);
    return network_.close(event.connection);
  }
  const std::size_t slot = event.connection.slot;
  if (slot >= guests_.size()) guests_.resize(slot + 1);
  CHECK(guests_[slot] == nullptr);
  guests_[slot] =
      std::make_unique<Guest>(Peer(network_, event.connection, limits_, handler_, date_, door->tls, now_ms_),
                              std::move(address), full);
  Guest& guest = *guests_[slot];
  ++open_;
  if (full) {
    ++refused_open_;
    guest.peer.connection().refuse(problem(503, "too many connections; try again").with("Retry-After", "1"),
                                   now_ms_);
    queue(dirty_, guest, &Guest::in_dirty);
  } else {
    ++per_address_[guest.address];
    queue(ready_, guest, &Guest::in_ready);
  }
}

void Server::queue(std::vector<ports::ConnectionId>& list, Guest& guest, bool Guest::* flag) {
  if (std::exchange(guest.*flag, true)) return;
  list.push_back(guest.peer.id());
}

// What still comes behind the last answer is dropped; more than a little of it has to wait.
void Server::queue_to_read(Guest& guest) {
  const Connection& connection = guest.peer.connection();
  const bool waits = connection.lingering() && connection.linger_bytes() >= limits_.linger_bytes_at_once;
  queue(waits ? lingering_ : ready_, guest, &Guest::in_ready);
}

void Server::let_linger() {
  if (lingering_.empty() || now_ms_ < next_linger_ms_) return;
  next_linger_ms_ = now_ms_ + limits_.linger_pause_ms;
  const auto end =
      lingering_.begin() + static_cast<std::ptrdiff_t>(std::min(lingering_.size(), limits_.linger_reads_max));
  ready_.insert(ready_.end(), lingering_.begin(), end);
  lingering_.erase(lingering_.begin(), end);
}

// Reads and hands over within this connection's share of the turn.
void Server::pump(Guest& guest) {
  Peer& peer = guest.peer;
  std::size_t bytes = 0;
  std::size_t requests = 0;
  bool go_on = true;
  const std::size_t bytes_max =
      peer.connection().lingering() && peer.connection().linger_bytes() < limits_.linger_bytes_at_once
          ? limits_.linger_bytes_at_once
          : limits_.read_bytes_per_turn_max;
  while (go_on) {
    go_on = hand_over(guest, requests) && peer.may_read() && bytes < bytes_max;
    if (go_on && peer.handshaking()) go_on = turn_handshakes_++ < limits_.handshakes_per_turn_max;
    if (!go_on) break;
    const std::size_t share = std::min(buffer_.size(), bytes_max - bytes);
    const std::size_t got = peer.read(std::span(buffer_).first(share), now_ms_);
    std::fill_n(buffer_.begin(), got, '\0');  // requests hold card numbers and keys
    bytes += got;
  }
  counters_.bytes_in += bytes;
  queue(dirty_, guest, &Guest::in_dirty);
}

// False where the share of this connection, or of the turn, is used up.
bool Server::hand_over(Guest& guest, std::size_t& requests) {
  const std::size_t share = open_ > 1 ? limits_.requests_share_max : limits_.pipeline_requests_max;
  for (;;) {
    if (requests >= share || turn_requests_ >= limits_.requests_per_turn_max) return false;
    auto request = guest.peer.connection().next(now_ms_);
    if (!request) return true;
    ++requests;
    ++turn_requests_;
    ++counters_.requests;
    const RequestId id{guest.peer.id(), request->number};
    handler_.on_request(id, std::move(*request));
  }
}

void Server::respond(RequestId id, const Response& response) {
  ++counters_.responses;
  Guest* guest = find(id.connection);
  if (guest == nullptr) {
    ++counters_.late_responses;
    return;
  }
  guest->peer.connection().respond(id.number, response, now_ms_);
  queue(dirty_, *guest, &Guest::in_dirty);
}

void Server::begin_stream(RequestId id, const Response& head) {
  ++counters_.responses;
  Guest* guest = find(id.connection);
  if (guest == nullptr) {
    ++counters_.late_responses;
    return;
  }
  guest->peer.connection().begin_stream(id.number, head, now_ms_);
  queue(dirty_, *guest, &Guest::in_dirty);
}

bool Server::streaming(RequestId id) const {
  const Guest* guest = find(id.connection);
  return guest != nullptr && guest->peer.connection().streaming(id.number);
}

std::size_t Server::stream_room(RequestId id) const {
  const Guest* guest = find(id.connection);
  return guest == nullptr ? 0 : guest->peer.connection().stream_room(id.number);
}

void Server::stream(RequestId id, std::string_view bytes) {
  Guest* guest = find(id.connection);
  if (guest == nullptr) return;
  guest->peer.connection().stream(id.number, bytes, now_ms_);
  queue(dirty_, *guest, &Guest::in_dirty);
}

void Server::end_stream(RequestId id) {
  Guest* guest = find(id.connection);
  if (guest == nullptr) return;
  guest->peer.connection().end_stream(id.number, now_ms_);
  queue(dirty_, *guest, &Guest::in_dirty);
}

void Server::write_phase() {
  turn_list_.clear();
  std::swap(turn_list_, dirty_);
  for (const ports::ConnectionId id : turn_list_) {
    if (Guest* guest = find(id)) {
      guest->in_dirty = false;
      write_out(*guest);
    }
  }
  if (now_ms_ >= next_sweep_ms_) sweep();
}

void Server::write_out(Guest& guest) {
  guest.peer.flush(now_ms_);
  if (guest.peer.gone()) return close(guest);
  if (guest.peer.may_read() || guest.peer.connection().has_work()) queue_to_read(guest);
}

void Server::sweep() {
  next_sweep_ms_ = now_ms_ + sweep_every_ms;
  const bool time_is_up = now_ms_ >= stop_by_ms_;
  for (const auto& guest : guests_) {
    if (!guest) continue;
    const bool due = now_ms_ >= guest->peer.deadline();
    if (due) {
      ++counters_.deadlines;
      guest->peer.on_deadline(now_ms_);
      guest->peer.flush(now_ms_);
    }
    if (time_is_up || guest->peer.gone()) close(*guest);
  }
}

void Server::close(Guest& guest) {
  const ports::ConnectionId id = guest.peer.id();
  --open_;
  if (guest.refused) {
    --refused_open_;
  } else if (const auto found = per_address_.find(guest.address); --found->second == 0) {
    per_address_.erase(found);
  }
  network_.close(id);
  guests_[id.slot].reset();
}

Server::Guest* Server::find(ports::ConnectionId id) const {
  if (id.slot >= guests_.size()) return nullptr;
  Guest* guest = guests_[id.slot].get();
  return guest != nullptr && guest->peer.id() == id ? guest : nullptr;
}

std::string_view Server::address_of(RequestId id) const {
  const Guest* guest = find(id.connection);
  return guest == nullptr ? std::string_view() : std::string_view(guest->address);
}

void Server::stop() {
  if (stopping_) return;
  stopping_ = true;
  now_ms_ = clock_.monotonic_ns() / 1'000'000;
  stop_by_ms_ = now_ms_ + limits_.stop_time_ms_max;
  for (const Door& door : doors_) network_.close_listener(door.listener);
  for (const auto& guest : guests_) {
    if (!guest) continue;
    guest->peer.connection().stop(now_ms_);
    queue(dirty_, *guest, &Guest::in_dirty);
  }
}

core::DurationMs Server::wait_ms_max() const {
  if (!ready_.empty() || !dirty_.empty()) return 0;
  if (open_ == 0) return wait_long_ms;
  const std::int64_t next = lingering_.empty() ? next_sweep_ms_ : std::min(next_sweep_ms_, next_linger_ms_);
  return std::max<core::DurationMs>(0, next - clock_.monotonic_ns() / 1'000'000);
}

}  // namespace tillwatch::http
