#include "posix/event_loop.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <limits>

#include "core/check.h"

namespace tillwatch::posix {

namespace {

using ports::ConnectionId;
using ports::Event;
using ports::ListenerId;

constexpr int accepts_per_turn_max = 64;
constexpr std::size_t ready_count_start = 256;

// What an epoll event belongs to: generation and slot of a connection; generation 0 is for our own
// descriptors.
constexpr std::uint64_t name_of_wake = 0;
constexpr std::uint64_t name_of_signals = 1;
constexpr std::uint64_t name_of_first_listener = 2;

std::uint64_t name_of(std::uint32_t slot, std::uint32_t generation) {
  return (std::uint64_t{generation} << 32) | slot;
}

struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t length = sizeof(sockaddr_storage);
  sockaddr* raw() { return static_cast<sockaddr*>(static_cast<void*>(&storage)); }
  sockaddr_in& v4() { return *static_cast<sockaddr_in*>(static_cast<void*>(&storage)); }
  sockaddr_in6& v6() { return *static_cast<sockaddr_in6*>(static_cast<void*>(&storage)); }

  static core::Result<SocketAddress> parse(const ports::ListenAddress& text) {
    SocketAddress address;
    if (::inet_pton(AF_INET, text.host.c_str(), &address.v4().sin_addr) == 1) {
      address.v4().sin_family = AF_INET;
      address.v4().sin_port = htons(text.port);
      address.length = sizeof(sockaddr_in);
    } else if (::inet_pton(AF_INET6, text.host.c_str(), &address.v6().sin6_addr) == 1) {
      address.v6().sin6_family = AF_INET6;
      address.v6().sin6_port = htons(text.port);
      address.length = sizeof(sockaddr_in6);
    } else {
      return core::fail(core::ErrorCode::invalid, text.host,
                        "not a numeric IPv4 or IPv6 address; write for example 127.0.0.1, 0.0.0.0 or ::1");
    }
    return address;
  }

  std::string host() {
    std::array<char, INET6_ADDRSTRLEN> text{};
    const void* part =
        storage.ss_family == AF_INET ? static_cast<const void*>(&v4().sin_addr) : &v6().sin6_addr;
    return ::inet_ntop(storage.ss_family, part, text.data(), text.size()) != nullptr ? text.data()
                                                                                     : "unknown";
  }
  std::uint16_t port() { return ntohs(storage.ss_family == AF_INET ? v4().sin_port : v6().sin6_port); }
};

core::Status set_option(int fd, int level, int option, const std::string& where) {
  const int on = 1;
  if (::setsockopt(fd, level, option, &on, sizeof on) == 0) return {};
  return fail_errno(errno, where, "setting a socket option");
}

}  // namespace

core::Result<std::unique_ptr<EventLoop>> EventLoop::create(Options options, Signals* signals) {
  std::unique_ptr<EventLoop> loop(new EventLoop(options, signals));
  loop->epoll_ = Descriptor(::epoll_create1(EPOLL_CLOEXEC));
  if (!loop->epoll_.open()) return fail_errno(errno, "event loop", "creating epoll");
  loop->wake_ = Descriptor(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC));
  if (!loop->wake_.open()) return fail_errno(errno, "event loop", "creating an eventfd");
  TRY_STATUS(loop->watch(loop->wake_.get(), EPOLLIN, name_of_wake));
  if (signals != nullptr) TRY_STATUS(loop->watch(signals->descriptor(), EPOLLIN, name_of_signals));
  loop->ready_.resize(ready_count_start);
  return loop;
}

core::Status EventLoop::watch(int fd, std::uint32_t interest, std::uint64_t name) {
  epoll_event event{};
  event.events = interest;
  event.data.u64 = name;
  if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) != 0) {
    return fail_errno(errno, "event loop", "watching a descriptor");
  }
  return {};
}

std::span<const Event> EventLoop::wait(core::DurationMs timeout_ms) {
  events_.clear();
  const int timeout =
      timeout_ms < 0 ? -1 : static_cast<int>(std::min<core::DurationMs>(timeout_ms, 3600 * 1000));
  const int n = ::epoll_wait(epoll_.get(), ready_.data(), static_cast<int>(ready_.size()), timeout);
  if (n < 0) {
    CHECK(errno == EINTR);
    return events_;
  }
  const auto count = static_cast<std::size_t>(n);
  for (std::size_t i = 0; i < count; ++i) take(ready_[i]);
  // What did not fit is still ready and comes first next time; more room makes that rare.
  if (count == ready_.size()) ready_.resize(ready_.size() * 2);
  return events_;
}

void EventLoop::wake() {
  const std::uint64_t one = 1;
  const auto n = retry([&] { return ::write(wake_.get(), &one, sizeof one); });
  CHECK(n == static_cast<ssize_t>(sizeof one) || errno == EAGAIN);
}

void EventLoop::take(const epoll_event& event) {
  const std::uint64_t name = event.data.u64;
  if (const auto generation = static_cast<std::uint32_t>(name >> 32); generation != 0) {
    return take_connection(static_cast<std::uint32_t>(name), generation, event.events);
  }
  if (name == name_of_wake) {
    std::uint64_t count = 0;
    CHECK(::read(wake_.get(), &count, sizeof count) >= 0 || errno == EAGAIN);
    events_.push_back({Event::Kind::woken, {}, {}});
  } else if (name == name_of_signals) {
    const Signals::Pending pending = signals_->take();
    if (pending.stop) events_.push_back({Event::Kind::stop_requested, {}, {}});
    if (pending.reload) events_.push_back({Event::Kind::reload_requested, {}, {}});
  } else {
    accept_from(static_cast<std::uint32_t>(name - name_of_first_listener));
  }
}

void EventLoop::take_connection(std::uint32_t index, std::uint32_t generation, std::uint32_t happened) {
  Slot& slot = slots_[index];
  if (!slot.fd.open() || slot.generation != generation) return;
  const ConnectionId id{index, generation};
  if ((happened & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0) {
    events_.push_back({Event::Kind::readable, id, {}});
  }
  if (slot.wants_room && (happened & (EPOLLOUT | EPOLLHUP | EPOLLERR)) != 0) {
    slot.wants_room = false;
    events_.push_back({Event::Kind::writable, id, {}});
  }
}

void EventLoop::accept_from(std::uint32_t index) {
  for (int i = 0; i < accepts_per_turn_max && listeners_[index].fd.open(); ++i) {
    if (slots_.size() - free_.size() >= options_.connections_max) return pause_listeners(true);
    SocketAddress peer;
    Descriptor fd(
        ::accept4(listeners_[index].fd.get(), peer.raw(), &peer.length, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (!fd.open()) {
      if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) pause_listeners(true);
      if (errno == EAGAIN || paused_) return;
      continue;  // that peer is gone already; the next may be there
    }
    adopt(std::move(fd), peer.host(), ListenerId{index});
  }
}

bool EventLoop::adopt(Descriptor fd, std::string peer, ListenerId listener) {
  if (!set_option(fd.get(), IPPROTO_TCP, TCP_NODELAY, peer)) return false;
  if (free_.empty()) {
    free_.push_back(static_cast<std::uint32_t>(slots_.size()));
    slots_.emplace_back();
  }
  const std::uint32_t index = free_.back();
  Slot& slot = slots_[index];
  const std::uint32_t generation =
      slot.generation == std::numeric_limits<std::uint32_t>::max() ? 1 : slot.generation + 1;
  if (!watch(fd.get(), EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, name_of(index, generation))) return false;
  free_.pop_back();
  slot = Slot{std::move(fd), generation, false, std::move(peer)};
  events_.push_back({Event::Kind::accepted, {index, generation}, listener});
  return true;
}

void EventLoop::pause_listeners(bool pause) {
  if (pause == paused_) return;
  paused_ = pause;
  for (std::uint32_t i = 0; i < listeners_.size(); ++i) {
    if (!listeners_[i].fd.open()) continue;
    epoll_event event{};
    event.events = pause ? 0u : static_cast<std::uint32_t>(EPOLLIN);
    event.data.u64 = name_of_first_listener + i;
    CHECK(::epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, listeners_[i].fd.get(), &event) == 0);
  }
}

core::Result<ListenerId> EventLoop::listen(const ports::ListenAddress& wanted) {
  TRY(address, SocketAddress::parse(wanted));
  const std::string where = fmt::format("{}:{}", wanted.host, wanted.port);
  Descriptor fd(::socket(address.storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd.open()) return fail_errno(errno, where, "opening a socket");
  TRY_STATUS(set_option(fd.get(), SOL_SOCKET, SO_REUSEADDR, where));
  if (address.storage.ss_family == AF_INET6)
    TRY_STATUS(set_option(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY, where));
  if (::bind(fd.get(), address.raw(), address.length) != 0)
    return fail_errno(errno, where, "taking the port");
  if (::listen(fd.get(), options_.backlog) != 0) return fail_errno(errno, where, "listening");
  SocketAddress chosen;
  if (::getsockname(fd.get(), chosen.raw(), &chosen.length) != 0)
    return fail_errno(errno, where, "reading the port");
  const auto index = static_cast<std::uint32_t>(listeners_.size());
  TRY_STATUS(
      watch(fd.get(), paused_ ? 0u : static_cast<std::uint32_t>(EPOLLIN), name_of_first_listener + index));
  listeners_.push_back({std::move(fd), chosen.port()});
  return ListenerId{index};
}

std::uint16_t EventLoop::port_of(ListenerId listener) {
  CHECK(listener.value < listeners_.size());
  return listeners_[listener.value].port;
}

void EventLoop::close_listener(ListenerId listener) {
  CHECK(listener.value < listeners_.size());
  listeners_[listener.value].fd.reset();
}

EventLoop::Slot& EventLoop::slot_of(ConnectionId connection) {
  CHECK(connection.slot < slots_.size());
  Slot& slot = slots_[connection.slot];
  CHECK(slot.fd.open() && slot.generation == connection.generation);
  return slot;
}

std::string EventLoop::peer_of(ConnectionId connection) {
  return slot_of(connection).peer;
}

// A short read means that nothing is left: the next bytes make a new edge (epoll(7), question 9).
ports::ReadResult EventLoop::read(ConnectionId connection, std::span<char> into) {
  using State = ports::ReadResult::State;
  const int fd = slot_of(connection).fd.get();
  std::size_t done = 0;
  while (done < into.size()) {
    const auto n = retry([&] { return ::recv(fd, into.data() + done, into.size() - done, 0); });
    if (n == 0) return {done, State::ended};
    if (n < 0) return {done, errno == EAGAIN ? State::drained : State::failed};
    done += static_cast<std::size_t>(n);
    if (done < into.size()) return {done, State::drained};
  }
  return {done, State::more};
}

ports::WriteResult EventLoop::write(ConnectionId connection, std::string_view bytes) {
  Slot& slot = slot_of(connection);
  std::size_t done = 0;
  while (done < bytes.size()) {
    const auto n =
        retry([&] { return ::send(slot.fd.get(), bytes.data() + done, bytes.size() - done, MSG_NOSIGNAL); });
    if (n < 0) {
      if (errno != EAGAIN) return {done, true};
      slot.wants_room = true;
      break;
    }
    done += static_cast<std::size_t>(n);
  }
  return {done, false};
}

void EventLoop::end_writing(ConnectionId connection) {
  ::shutdown(slot_of(connection).fd.get(), SHUT_WR);
}

void EventLoop::close(ConnectionId connection) {
  Slot& slot = slot_of(connection);
  slot.fd.reset();
  slot.peer.clear();
  free_.push_back(connection.slot);
  if (paused_) pause_listeners(false);
}

}  // namespace tillwatch::posix
