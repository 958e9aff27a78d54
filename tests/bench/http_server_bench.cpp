// What the HTTP door costs: requests a second and server CPU a request with a handler that does nothing,
// beside a bare epoll responder (the floor) in the same run, without and with pipelining. Prints a table;
// judges nothing. Usage: http_server_bench [seconds per row, default 2] [connections, default 32]. Server and
// clients are one thread each.
#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <atomic>
#include <cstdlib>
#include <ctime>
#include <string>
#include <thread>
#include <vector>

#include "core/check.h"
#include "http/server.h"
#include "posix/clock.h"
#include "posix/event_loop.h"
#include "sim/http_client.h"

namespace {

using namespace tillwatch;

constexpr std::size_t body_bytes = 578;  // an event
constexpr std::size_t answer_bytes = 200;

std::string request_text() {
  const std::vector<std::pair<std::string, std::string>> fields = {
      {"Authorization", "Bearer 0123456789abcdef0123456789abcdef"},
      {"Content-Type", "application/json"},
      {"Accept", "*/*"}};
  return sim::format_request("POST", "/v1/decisions", std::string(body_bytes, 'x'), fields);
}

double thread_cpu_seconds() {
  timespec time{};
  CHECK(::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time) == 0);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

struct Result {
  std::uint64_t requests = 0;
  double server_cpu = 0;
};

// The floor: reads, counts whole requests by their known length, writes as many fixed answers.
class Floor {
 public:
  Floor()
      : answer_("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(answer_bytes) + "\r\n\r\n" +
                std::string(answer_bytes, 'y')) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    auto* raw = static_cast<sockaddr*>(static_cast<void*>(&address));
    socklen_t length = sizeof address;
    CHECK(listener_.open() && epoll_.open());
    CHECK(::bind(listener_.get(), raw, length) == 0 && ::listen(listener_.get(), 1024) == 0);
    CHECK(::getsockname(listener_.get(), raw, &length) == 0);
    port_ = ntohs(address.sin_port);
    watch(listener_.get());
  }
  std::uint16_t port() const { return port_; }
  void run(const std::atomic<bool>& stop) {
    std::vector<epoll_event> events(256);
    std::vector<char> buffer(65536);
    const std::size_t request_bytes = request_text().size();
    while (!stop) {
      const int n = ::epoll_wait(epoll_.get(), events.data(), 256, 10);
      for (int i = 0; i < n; ++i) {
        const int fd = events[static_cast<std::size_t>(i)].data.fd;
        if (fd == listener_.get()) {
          accept();
          continue;
        }
        const auto got = ::recv(fd, buffer.data(), buffer.size(), 0);
        if (got <= 0) continue;
        std::size_t& open = unread_[static_cast<std::size_t>(fd)];
        open += static_cast<std::size_t>(got);
        out_.clear();
        for (; open >= request_bytes; open -= request_bytes) out_ += answer_;
        CHECK(::send(fd, out_.data(), out_.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(out_.size()));
      }
    }
  }

 private:
  void watch(int fd) {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.fd = fd;
    CHECK(::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) == 0);
  }
  void accept() {
    posix::Descriptor fd(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    const int on = 1;
    ::setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    watch(fd.get());
    const auto index = static_cast<std::size_t>(fd.get());
    if (unread_.size() <= index) unread_.resize(index + 1);
    accepted_.push_back(std::move(fd));
  }
  posix::Descriptor listener_{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  posix::Descriptor epoll_{::epoll_create1(EPOLL_CLOEXEC)};
  std::vector<posix::Descriptor> accepted_;
  std::vector<std::size_t> unread_;
  std::string answer_;
  std::string out_;
  std::uint16_t port_ = 0;
};

class NullHandler final : public http::Handler {
 public:
  NullHandler() { answer_.body.assign(answer_bytes, 'y'); }
  void on_request(http::RequestId id, http::Request) override { batch_.push_back(id); }
  void on_turn_end() override {
    for (const http::RequestId id : batch_) server->respond(id, answer_);
    batch_.clear();
  }
  http::Server* server = nullptr;

 private:
  http::Response answer_;
  std::vector<http::RequestId> batch_;
};

class Door {
 public:
  Door() : loop_(posix::EventLoop::create({}, nullptr).value()), server_(*loop_, clock_, handler_) {
    handler_.server = &server_;
    port_ = server_.listen({}).value();
  }
  std::uint16_t port() const { return port_; }
  void run(const std::atomic<bool>& stop) {
    while (!stop) server_.turn(loop_->wait(std::min<core::DurationMs>(10, server_.wait_ms_max())));
  }

 private:
  posix::Clock clock_;
  std::unique_ptr<posix::EventLoop> loop_;
  NullHandler handler_;
  http::Server server_;
  std::uint16_t port_ = 0;
};

// Keeps `depth` requests in flight on each of `connections`, for `seconds`.
std::uint64_t load(std::uint16_t port, std::size_t connections, std::size_t depth, double seconds) {
  std::vector<std::unique_ptr<sim::HttpClient>> clients;
  const posix::Descriptor epoll(::epoll_create1(EPOLL_CLOEXEC));
  for (std::size_t i = 0; i < connections; ++i) {
    clients.push_back(std::make_unique<sim::HttpClient>(port));
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = i;
    CHECK(::epoll_ctl(epoll.get(), EPOLL_CTL_ADD, clients.back()->descriptor(), &event) == 0);
  }
  const std::string one = request_text();
  std::string burst;
  for (std::size_t i = 0; i < depth; ++i) burst += one;
  std::vector<std::size_t> unread(connections);
  clients[0]->send(one);
  std::vector<char> buffer(65536);
  const auto first = ::recv(clients[0]->descriptor(), buffer.data(), buffer.size(), 0);
  CHECK(first > 0);
  const auto reply_bytes = static_cast<std::size_t>(first);  // every answer is as long as the first
  for (auto& client : clients) client->send(burst);
  posix::Clock clock;
  const std::int64_t end = clock.monotonic_ns() + static_cast<std::int64_t>(seconds * 1e9);
  std::uint64_t answered = 0;
  std::vector<epoll_event> events(256);
  while (clock.monotonic_ns() < end) {
    const int n = ::epoll_wait(epoll.get(), events.data(), 256, 100);
    for (int i = 0; i < n; ++i) {
      const auto index = static_cast<std::size_t>(events[static_cast<std::size_t>(i)].data.u64);
      const auto got = ::recv(clients[index]->descriptor(), buffer.data(), buffer.size(), 0);
      CHECK(got > 0);
      unread[index] += static_cast<std::size_t>(got);
      const std::size_t replies = unread[index] / reply_bytes;
      unread[index] %= reply_bytes;
      answered += replies;
      clients[index]->send(std::string_view(burst).substr(0, replies * one.size()));
    }
  }
  return answered;
}

template <class Responder>
Result measure(std::size_t connections, std::size_t depth, double seconds) {
  Responder responder;
  std::atomic<bool> stop = false;
  Result result;
  std::thread server([&] {
    const double before = thread_cpu_seconds();
    responder.run(stop);
    result.server_cpu = thread_cpu_seconds() - before;
  });
  result.requests = load(responder.port(), connections, depth, seconds);
  stop = true;
  server.join();
  return result;
}

}  // namespace

int main(int argc, char** argv) {
  const double seconds = argc > 1 ? std::atof(argv[1]) : 2;
  const std::size_t connections = argc > 2 ? static_cast<std::size_t>(std::atoi(argv[2])) : 32;
  fmt::print("{} connections, {} bytes in, {} byte body out, {} s a row\n", connections,
             request_text().size(), answer_bytes, seconds);
  fmt::print("{:>9} {:>12} {:>12} {:>14} {:>14} {:>8}\n", "in flight", "floor req/s", "door req/s",
             "floor us CPU", "door us CPU", "ratio");
  for (const std::size_t depth : {1u, 16u}) {
    const Result floor = measure<Floor>(connections, depth, seconds);
    const Result door = measure<Door>(connections, depth, seconds);
    const auto cost = [](const Result& r) { return r.server_cpu * 1e6 / static_cast<double>(r.requests); };
    fmt::print("{:>9} {:>12.0f} {:>12.0f} {:>14.2f} {:>14.2f} {:>8.2f}\n", depth,
               static_cast<double>(floor.requests) / seconds, static_cast<double>(door.requests) / seconds,
               cost(floor), cost(door), cost(door) / cost(floor));
  }
  return 0;
}
