// The real loop over loopback sockets: what is said once, what is said again, and what happens at the bounds.
#include "posix/event_loop.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <array>
#include <string>
#include <thread>
#include <vector>

namespace tillwatch::posix {
namespace {

using ports::ConnectionId;
using ports::Event;
using State = ports::ReadResult::State;

struct World {
  explicit World(std::size_t connections_max = 100) {
    EventLoop::Options options;
    options.connections_max = connections_max;
    loop = EventLoop::create(options, nullptr).value();
    listener = loop->listen({}).value();
  }
  Descriptor connect(int receive_buffer = 0) {
    Descriptor fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (receive_buffer > 0)
      ::setsockopt(fd.get(), SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(loop->port_of(listener));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::connect(fd.get(), static_cast<sockaddr*>(static_cast<void*>(&address)), sizeof address), 0);
    return fd;
  }
  // The next event of that kind; fails the test after a second without one.
  Event next(Event::Kind kind) {
    for (int i = 0; i < 100; ++i) {
      for (const Event& event : loop->wait(1000)) {
        if (event.kind == kind) return event;
      }
    }
    ADD_FAILURE() << "no such event";
    return {};
  }
  ConnectionId accept() { return next(Event::Kind::accepted).connection; }
  ports::ReadResult read(ConnectionId id, std::size_t size = 1000) {
    buffer.assign(size, '\0');
    return loop->read(id, buffer);
  }
  std::unique_ptr<EventLoop> loop;
  ports::ListenerId listener;
  std::string buffer;
};

void send(const Descriptor& fd, const std::string& text) {
  ASSERT_EQ(::send(fd.get(), text.data(), text.size(), MSG_NOSIGNAL), static_cast<ssize_t>(text.size()));
}

TEST(EventLoop, SaysReadableOnceAndReadsToTheEnd) {
  World world;
  const Descriptor client = world.connect();
  const ConnectionId id = world.accept();
  EXPECT_EQ(world.loop->peer_of(id), "127.0.0.1");
  send(client, "hello");
  EXPECT_EQ(world.next(Event::Kind::readable).connection, id);
  EXPECT_TRUE(world.loop->wait(0).empty());  // said once
  EXPECT_EQ(world.read(id, 5).state, State::more);
  EXPECT_EQ(world.buffer, "hello");
  EXPECT_EQ(world.read(id).state, State::drained);
  send(client, "again");
  EXPECT_EQ(world.next(Event::Kind::readable).connection, id);
  const auto result = world.read(id);
  EXPECT_EQ(result.bytes, 5u);
  EXPECT_EQ(result.state, State::drained);
  ::shutdown(client.get(), SHUT_WR);
  EXPECT_EQ(world.next(Event::Kind::readable).connection, id);
  EXPECT_EQ(world.read(id).state, State::ended);
  EXPECT_EQ(world.loop->write(id, "still here").bytes, 10u);
  world.loop->end_writing(id);
  std::array<char, 100> block{};
  EXPECT_EQ(::recv(client.get(), block.data(), block.size(), MSG_WAITALL), 10);
}

TEST(EventLoop, SaysWritableAfterAShortWriteOnly) {
  World world;
  const Descriptor client = world.connect(4096);
  const ConnectionId id = world.accept();
  const std::string large(10'000'000, 'x');
  const auto result = world.loop->write(id, large);
  ASSERT_LT(result.bytes, large.size());
  ASSERT_FALSE(result.failed);
  std::size_t received = 0;
  std::vector<char> block(1'000'000);
  std::size_t sent = result.bytes;
  while (received < large.size()) {
    const auto n = ::recv(client.get(), block.data(), block.size(), MSG_DONTWAIT);
    if (n > 0) received += static_cast<std::size_t>(n);
    for (const Event& event : world.loop->wait(0)) {
      ASSERT_EQ(event.kind, Event::Kind::writable);
      sent += world.loop->write(id, std::string_view(large).substr(sent)).bytes;
    }
  }
  EXPECT_EQ(sent, large.size());
  EXPECT_TRUE(world.loop->wait(0).empty());
}

TEST(EventLoop, TellsABrokenConnection) {
  World world;
  Descriptor client = world.connect();
  const ConnectionId id = world.accept();
  const linger hard{1, 0};
  ::setsockopt(client.get(), SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
  client.reset();
  EXPECT_EQ(world.next(Event::Kind::readable).connection, id);
  EXPECT_EQ(world.read(id).state, State::failed);
  EXPECT_TRUE(world.loop->write(id, "x").failed);
  world.loop->close(id);
  const Descriptor other = world.connect();
  const ConnectionId second = world.accept();
  EXPECT_EQ(second.slot, id.slot);
  EXPECT_NE(second.generation, id.generation);
}

TEST(EventLoop, LetsConnectionsWaitOverItsBound) {
  World world(2);
  std::vector<Descriptor> clients;
  for (int i = 0; i < 3; ++i) clients.push_back(world.connect());
  std::vector<ConnectionId> accepted;
  for (int i = 0; i < 5; ++i) {
    for (const Event& event : world.loop->wait(0)) accepted.push_back(event.connection);
  }
  ASSERT_EQ(accepted.size(), 2u);
  world.loop->close(accepted[0]);
  EXPECT_EQ(world.accept().slot, accepted[0].slot);
}

TEST(EventLoop, SurvivesTheEndOfDescriptors) {
  World world;
  std::vector<Descriptor> clients;
  for (int i = 0; i < 3; ++i) clients.push_back(world.connect());
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  const auto next_free = static_cast<rlim_t>(Descriptor(::dup(0)).get());
  const rlimit small{next_free + 1, before.rlim_max};  // room for one more
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &small), 0);
  std::vector<ConnectionId> accepted;
  for (int i = 0; i < 5; ++i) {
    for (const Event& event : world.loop->wait(0)) accepted.push_back(event.connection);
  }
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
  ASSERT_EQ(accepted.size(), 1u);
  world.loop->close(accepted[0]);
  world.accept();
}

TEST(EventLoop, WakesFromAnotherThread) {
  World world;
  std::thread waker([&] { world.loop->wake(); });
  EXPECT_EQ(world.next(Event::Kind::woken).kind, Event::Kind::woken);
  waker.join();
  world.loop->wake();
  world.loop->wake();
  EXPECT_EQ(world.loop->wait(0).size(), 1u);  // any number of calls is one event
  EXPECT_TRUE(world.loop->wait(0).empty());
}

TEST(EventLoop, ReportsAllThatIsReady) {
  World world(1000);
  std::vector<Descriptor> clients;
  for (int i = 0; i < 300; ++i) clients.push_back(world.connect());
  std::size_t accepted = 0;
  while (accepted < 300) accepted += world.loop->wait(1000).size();
  for (const Descriptor& client : clients) send(client, "x");
  world.loop->wait(1000);  // the list grows here
  for (const Descriptor& client : clients) send(client, "y");
  std::size_t readable = 0;
  for (int i = 0; i < 3 && readable < 300; ++i) readable = std::max(readable, world.loop->wait(0).size());
  EXPECT_EQ(readable, 300u);
}

TEST(EventLoop, ListensWhereItIsTold) {
  World world;
  EXPECT_NE(world.loop->port_of(world.listener), 0);
  const std::uint16_t taken = world.loop->port_of(world.listener);
  const auto twice = world.loop->listen({"127.0.0.1", taken});
  ASSERT_FALSE(twice.has_value());
  EXPECT_EQ(twice.error().code, core::ErrorCode::conflict);
  EXPECT_EQ(world.loop->listen({"localhost", 0}).error().code, core::ErrorCode::invalid);
  EXPECT_EQ(world.loop->listen({"203.0.113.9", 0}).error().code, core::ErrorCode::io);  // not ours
  EXPECT_TRUE(world.loop->listen({"0.0.0.0", 0}).has_value());
  if (const auto v6 = world.loop->listen({"::1", 0}); v6.has_value()) {
    EXPECT_NE(world.loop->port_of(*v6), 0);
  }
  world.loop->close_listener(world.listener);
  EXPECT_TRUE(world.loop->listen({"127.0.0.1", taken}).has_value());
}

TEST(EventLoopDeath, RefusesAClosedConnection) {
  World world;
  const Descriptor client = world.connect();
  const ConnectionId id = world.accept();
  world.loop->close(id);
  EXPECT_DEATH(world.loop->write(id, "x"), "CHECK failed");
}

}  // namespace
}  // namespace tillwatch::posix
