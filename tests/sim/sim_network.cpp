#include "sim/sim_network.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "core/check.h"

namespace tillwatch::sim {

using ports::ConnectionId;
using ports::Event;
using ports::ListenerId;

SimPeer& SimPeer::schedule(Act act, std::string_view bytes, core::DurationMs delay_ms) {
  const std::int64_t from = std::max(last_due_ms_, network_->clock_.monotonic_ms());
  last_due_ms_ = from + delay_ms;
  coming_.push_back({last_due_ms_, act, std::string(bytes)});
  return *this;
}

SimPeer& SimPeer::send(std::string_view bytes, core::DurationMs delay_ms) {
  return schedule(Act::bytes, bytes, delay_ms);
}

SimPeer& SimPeer::trickle(std::string_view bytes, std::size_t piece_max, core::DurationMs every_ms) {
  while (!bytes.empty()) {
    const auto size = std::min<std::size_t>(bytes.size(), network_->random_.between(1, piece_max));
    schedule(Act::bytes, bytes.substr(0, size), every_ms);
    bytes.remove_prefix(size);
  }
  return *this;
}

SimPeer& SimPeer::half_close(core::DurationMs delay_ms) {
  return schedule(Act::end, {}, delay_ms);
}
SimPeer& SimPeer::cut(core::DurationMs delay_ms) {
  return schedule(Act::cut, {}, delay_ms);
}

SimPeer& SimPeer::set_window(std::size_t bytes) {
  window_ = bytes;
  return *this;
}

void SimPeer::read(std::size_t bytes) {
  unread_ -= std::min(bytes, unread_);
  if (std::exchange(wants_room_, false) && !server_closed_) network_->say(Event::Kind::writable, *this);
}

SimPeer& SimNetwork::connect(std::uint16_t port, std::string address) {
  const auto listener =
      std::ranges::find_if(listeners_, [&](const Listener& l) { return l.port == port && l.open; });
  CHECK(listener != listeners_.end());
  std::size_t slot = 0;
  while (slot < slots_.size() && slots_[slot] != nullptr) ++slot;
  if (slot == slots_.size()) {
    slots_.push_back(nullptr);
    generations_.push_back(0);
  }
  peers_.push_back(std::unique_ptr<SimPeer>(new SimPeer(*this)));
  SimPeer& peer = *peers_.back();
  peer.id_ = {static_cast<std::uint32_t>(slot), ++generations_[slot]};
  peer.address_ = std::move(address);
  slots_[slot] = &peer;
  new_events_.push_back({Event::Kind::accepted, peer.id_,
                         ListenerId{static_cast<std::uint32_t>(listener - listeners_.begin())}});
  return peer;
}

std::size_t SimNetwork::open_connections() const {
  return slots_.size() - static_cast<std::size_t>(std::ranges::count(slots_, nullptr));
}

bool SimNetwork::listening(std::uint16_t port) const {
  return std::ranges::any_of(listeners_, [&](const Listener& l) { return l.port == port && l.open; });
}

void SimNetwork::say(Event::Kind kind, SimPeer& peer) {
  bool& said = kind == Event::Kind::readable ? peer.said_readable_ : peer.said_writable_;
  if (!std::exchange(said, true)) new_events_.push_back({kind, peer.id_, {}});
}

void SimNetwork::deliver(SimPeer& peer) {
  while (!peer.coming_.empty() && peer.coming_.front().due_ms <= clock_.monotonic_ms()) {
    SimPeer::Delivery delivery = std::move(peer.coming_.front());
    peer.coming_.pop_front();
    switch (delivery.act) {
      case SimPeer::Act::bytes:
        peer.inbox_ += delivery.bytes;
        break;
      case SimPeer::Act::end:
        peer.ended_ = true;
        break;
      case SimPeer::Act::cut:
        peer.cut_ = true;
        peer.inbox_.clear();
        if (std::exchange(peer.wants_room_, false)) say(Event::Kind::writable, peer);
        break;
    }
    say(Event::Kind::readable, peer);
  }
}

std::int64_t SimNetwork::next_due_ms() const {
  std::int64_t due = std::numeric_limits<std::int64_t>::max();
  for (const SimPeer* peer : slots_) {
    if (peer != nullptr && !peer->coming_.empty()) due = std::min(due, peer->coming_.front().due_ms);
  }
  return due;
}

void SimNetwork::collect() {
  for (SimPeer* peer : slots_) {
    if (peer != nullptr) deliver(*peer);
  }
  // A connection is accepted before anything else happens to it; the rest comes in any order.
  events_.clear();
  for (const bool accepted : {true, false}) {
    for (const Event& event : new_events_) {
      if ((event.kind == Event::Kind::accepted) == accepted) events_.push_back(event);
    }
  }
  const auto accepted = std::ranges::count(new_events_, Event::Kind::accepted, &Event::kind);
  new_events_.clear();
  const std::span<Event> others = std::span(events_).subspan(static_cast<std::size_t>(accepted));
  for (std::size_t n = others.size(); n > 1; --n) std::swap(others[n - 1], others[random_.below(n)]);
  for (const Event& event : events_) {
    SimPeer* peer = event.connection.slot < slots_.size() ? slots_[event.connection.slot] : nullptr;
    if (peer == nullptr || peer->id_ != event.connection) continue;
    if (event.kind == Event::Kind::readable) peer->said_readable_ = false;
    if (event.kind == Event::Kind::writable) peer->said_writable_ = false;
  }
  if (std::exchange(stop_requested_, false)) events_.push_back({Event::Kind::stop_requested, {}, {}});
  if (std::exchange(reload_requested_, false)) events_.push_back({Event::Kind::reload_requested, {}, {}});
  if (std::exchange(woken_, false)) events_.push_back({Event::Kind::woken, {}, {}});
}

std::span<const Event> SimNetwork::wait(core::DurationMs timeout_ms) {
  collect();
  if (!events_.empty() || timeout_ms == 0) return events_;
  const std::int64_t due = next_due_ms();
  const std::int64_t now = clock_.monotonic_ms();
  const bool endless = timeout_ms < 0;
  CHECK(!endless || due != std::numeric_limits<std::int64_t>::max());  // nothing would ever happen
  const std::int64_t until = endless ? due : std::min(due, now + timeout_ms);
  clock_.advance(std::max<std::int64_t>(0, until - now));
  collect();
  return events_;
}

core::Result<ListenerId> SimNetwork::listen(const ports::ListenAddress& address) {
  const std::uint16_t port = address.port != 0 ? address.port : next_port_++;
  if (listening(port)) return core::fail(core::ErrorCode::conflict, address.host, "the port is taken");
  listeners_.push_back({port, true});
  return ListenerId{static_cast<std::uint32_t>(listeners_.size() - 1)};
}

std::uint16_t SimNetwork::port_of(ListenerId listener) {
  return listeners_.at(listener.value).port;
}
void SimNetwork::close_listener(ListenerId listener) {
  listeners_.at(listener.value).open = false;
}

SimPeer& SimNetwork::peer_at(ConnectionId connection) {
  CHECK(connection.slot < slots_.size());
  SimPeer* peer = slots_[connection.slot];
  CHECK(peer != nullptr && peer->id_ == connection);
  return *peer;
}

std::string SimNetwork::peer_of(ConnectionId connection) {
  return peer_at(connection).address_;
}

ports::ReadResult SimNetwork::read(ConnectionId connection, std::span<char> into) {
  using State = ports::ReadResult::State;
  SimPeer& peer = peer_at(connection);
  if (peer.cut_) return {0, State::failed};
  const std::size_t bytes = std::min(into.size(), peer.inbox_.size());
  std::ranges::copy(peer.inbox_.substr(0, bytes), into.begin());
  peer.inbox_.erase(0, bytes);
  if (bytes == into.size()) return {bytes, State::more};
  return {bytes, peer.ended_ ? State::ended : State::drained};
}

ports::WriteResult SimNetwork::write(ConnectionId connection, std::string_view bytes) {
  SimPeer& peer = peer_at(connection);
  CHECK(!peer.server_ended_);
  if (peer.cut_) return {0, true};
  const std::size_t room = peer.window_ - std::min(peer.window_, peer.unread_);
  const std::size_t taken = std::min(room, bytes.size());
  peer.received_.append(bytes.substr(0, taken));
  if (peer.window_ != SIZE_MAX) peer.unread_ += taken;
  if (taken < bytes.size()) peer.wants_room_ = true;
  return {taken, false};
}

void SimNetwork::end_writing(ConnectionId connection) {
  peer_at(connection).server_ended_ = true;
}

void SimNetwork::close(ConnectionId connection) {
  SimPeer& peer = peer_at(connection);
  peer.server_ended_ = peer.server_closed_ = true;
  peer.coming_.clear();
  slots_[connection.slot] = nullptr;
}

}  // namespace tillwatch::sim
