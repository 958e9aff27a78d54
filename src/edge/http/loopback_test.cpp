// The server over the real loop and real loopback sockets.
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <string>
#include <thread>

#include "http/problem.h"
#include "http/server.h"
#include "posix/clock.h"
#include "posix/event_loop.h"

namespace tillwatch::http {
namespace {

class Echo final : public Handler {
 public:
  void on_request(RequestId id, Request request) override {
    Response response;
    response.content_type = "text/plain";
    response.body =
        std::string(name_of(request.head.method)) + " " + request.head.target + " " + request.body;
    if (request.head.target == "/stop") stop = true;
    server->respond(id, response);
  }
  Server* server = nullptr;
  bool stop = false;
};

int connect_to(std::uint16_t port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  EXPECT_EQ(::connect(fd, static_cast<sockaddr*>(static_cast<void*>(&address)), sizeof address), 0);
  return fd;
}

TEST(Loopback, AnswersOverRealSockets) {
  auto loop = posix::EventLoop::create({}, nullptr);
  ASSERT_TRUE(loop.has_value());
  posix::Clock clock;
  Echo echo;
  Server server(**loop, clock, echo);
  echo.server = &server;
  const auto port = server.listen({});
  ASSERT_TRUE(port.has_value());
  const int fd = connect_to(*port);
  const std::string text = "POST /a?b=c HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello";
  ASSERT_EQ(::send(fd, text.data(), text.size(), 0), static_cast<ssize_t>(text.size()));
  std::string got;
  while (got.find("hello") == std::string::npos) {
    server.turn((*loop)->wait(server.wait_ms_max()));
    std::array<char, 4096> block{};
    const auto n = ::recv(fd, block.data(), block.size(), MSG_DONTWAIT);
    if (n > 0) got.append(block.data(), static_cast<std::size_t>(n));
  }
  EXPECT_TRUE(got.starts_with("HTTP/1.1 200 OK\r\nDate: ")) << got;
  EXPECT_TRUE(got.ends_with("\r\n\r\nPOST /a?b=c hello")) << got;
  ::close(fd);
}

}  // namespace
}  // namespace tillwatch::http
