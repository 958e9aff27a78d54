// The server over the real loop and real loopback sockets, on a thread of its own.
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "http/server.h"
#include "posix/clock.h"
#include "posix/event_loop.h"
#include "sim/http_client.h"

namespace tillwatch::http {
namespace {

class Echo final : public Handler {
 public:
  Verdict on_head(const RequestHead&) override {
    Verdict verdict;
    verdict.body_bytes_max = core::limits::http_batch_body_bytes_max;
    return verdict;
  }
  void on_request(RequestId id, Request request) override {
    Response response;
    response.content_type = "text/plain";
    response.body =
        std::string(name_of(request.head.method)) + " " + request.head.target + " " + request.body;
    server->respond(id, response);
  }
  Server* server = nullptr;
};

// A server that runs until it is told to stop by a signal to its thread's process.
class RunningServer {
 public:
  explicit RunningServer(Limits limits = {}) : signals_(posix::Signals::block().value()) {
    limits.linger_time_ms_max = 200;
    loop_ = posix::EventLoop::create({}, &signals_).value();
    server_ = std::make_unique<Server>(*loop_, clock_, echo_, limits);
    echo_.server = server_.get();
    port_ = server_->listen({}).value();
    thread_ = std::thread([this] { server_->run(*loop_); });
  }
  ~RunningServer() { stop(); }
  void stop() {
    if (!thread_.joinable()) return;
    ::kill(::getpid(), SIGTERM);
    thread_.join();
  }
  std::uint16_t port() const { return port_; }
  const Server& server() const { return *server_; }  // after stop()

 private:
  posix::Signals signals_;
  std::unique_ptr<posix::EventLoop> loop_;
  posix::Clock clock_;
  Echo echo_;
  std::unique_ptr<Server> server_;
  std::uint16_t port_ = 0;
  std::thread thread_;
};

TEST(Loopback, AnswersOverRealSockets) {
  RunningServer running;
  sim::HttpClient client(running.port());
  const auto reply = client.request("POST", "/a?b=c", "hello");
  ASSERT_TRUE(reply.has_value());
  EXPECT_EQ(reply->status, 200);
  EXPECT_EQ(reply->body, "POST /a?b=c hello");
  EXPECT_FALSE(reply->field("Date").empty());
  const std::string large(1000000, 'x');
  EXPECT_EQ(client.request("POST", "/large", large)->body, "POST /large " + large);
  EXPECT_EQ(client.request("HEAD", "/h")->body, "");
  EXPECT_EQ(client.request("GET", "/g")->body, "GET /g ");
}

TEST(Loopback, AnswersAPipelineLongerThanItsBound) {
  RunningServer running;
  sim::HttpClient client(running.port());
  std::string stream;
  for (int i = 0; i < 1000; ++i) stream += sim::format_request("GET", "/" + std::to_string(i));
  client.send(stream);
  for (int i = 0; i < 1000; ++i) ASSERT_EQ(client.receive()->body, "GET /" + std::to_string(i) + " ");
}

TEST(Loopback, RefusalsArriveThoughTheBodyIsStillBeingSent) {
  RunningServer running;
  sim::HttpClient client(running.port());
  client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2000000\r\n\r\n" + std::string(200000, 'x'));
  const auto reply = client.receive();
  ASSERT_TRUE(reply.has_value());
  EXPECT_EQ(reply->status, 413);
  EXPECT_FALSE(client.receive().has_value());
}

TEST(Loopback, HoldsAThousandIdleConnections) {
  rlimit files{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &files), 0);
  files.rlim_cur = std::min<rlim_t>(files.rlim_max, 4096);
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &files), 0);
  RunningServer running;
  std::vector<std::unique_ptr<sim::HttpClient>> idle;
  for (int i = 0; i < 1000; ++i) idle.push_back(std::make_unique<sim::HttpClient>(running.port()));
  sim::HttpClient busy(running.port());
  for (int i = 0; i < 200; ++i) ASSERT_EQ(busy.request("GET", "/b")->body, "GET /b ");
  for (auto& client : idle) ASSERT_EQ(client->request("GET", "/i")->body, "GET /i ");
  idle.clear();
  ASSERT_EQ(busy.request("GET", "/b")->body, "GET /b ");
  running.stop();
  EXPECT_EQ(running.server().counters().accepted, 1001u);
  EXPECT_EQ(running.server().counters().requests, 1201u);
  EXPECT_TRUE(running.server().stopped());
}

TEST(Loopback, StopsOnASignalAndAnswersWhatItHas) {
  RunningServer running;
  sim::HttpClient client(running.port());
  EXPECT_EQ(client.request("GET", "/a")->status, 200);
  running.stop();
  EXPECT_FALSE(client.receive().has_value());
  EXPECT_TRUE(running.server().stopped());
}

}  // namespace
}  // namespace tillwatch::http
