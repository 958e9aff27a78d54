// Answers whose body comes in pieces: framing, order among other answers, slow and vanished readers, stop.
// The connection alone first, then the server on a simulated network.
#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "http/connection.h"
#include "http/server.h"
#include "sim/http_client.h"
#include "sim/sim_clock.h"
#include "sim/sim_network.h"

namespace tillwatch::http {
namespace {

class OpenGate final : public Gate {
 public:
  Verdict on_head(const RequestHead&) override { return {}; }
};

class StreamTest : public ::testing::Test {
 protected:
  // The numbers of the requests in `bytes`.
  std::vector<std::uint64_t> feed(std::string_view bytes) {
    connection.receive(bytes, now);
    std::vector<std::uint64_t> numbers;
    while (auto request = connection.next(now)) numbers.push_back(request->number);
    return numbers;
  }
  std::string take() {
    std::string out(connection.output());
    connection.sent(out.size(), now);
    return out;
  }
  static Response head() { return Response{.content_type = "text/event-stream", .fields = {}, .body = {}}; }
  static Response whole(std::string body) {
    return Response{.content_type = "t/x", .fields = {}, .body = std::move(body)};
  }
  static std::string get(std::string_view version = "1.1") {
    return "GET / HTTP/" + std::string(version) + "\r\nHost: h\r\n\r\n";
  }

  Limits limits = [] {
    Limits small;
    small.stream_bytes_max = 1000;
    return small;
  }();
  OpenGate gate;
  std::string date;
  std::int64_t now = 1000;
  Connection connection{limits, gate, date, now};
};

TEST_F(StreamTest, PiecesAreChunks) {
  const auto numbers = feed(get());
  connection.begin_stream(numbers[0], head(), now);
  EXPECT_EQ(take(),
            "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n");
  connection.stream(numbers[0], "data: 1\n\n", now);
  connection.stream(numbers[0], "", now);
  EXPECT_EQ(take(), "9\r\ndata: 1\n\n\r\n");
  EXPECT_TRUE(connection.streaming(numbers[0]));
  connection.end_stream(numbers[0], now);
  EXPECT_EQ(take(), "0\r\n\r\n");
  EXPECT_FALSE(connection.streaming(numbers[0]));
  connection.stream(numbers[0], "late", now);
  connection.end_stream(numbers[0], now);
  EXPECT_EQ(take(), "");
  EXPECT_FALSE(connection.finished());
  EXPECT_EQ(feed(get()).size(), 1u);
}

TEST_F(StreamTest, WithoutChunksTheEndOfTheConnectionEndsIt) {
  const auto numbers = feed("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  connection.begin_stream(numbers[0], head(), now);
  connection.stream(numbers[0], "data", now);
  connection.end_stream(numbers[0], now);
  const std::string bytes = take();
  EXPECT_EQ(bytes.find("chunked"), std::string::npos);
  EXPECT_TRUE(bytes.ends_with("\r\n\r\ndata")) << bytes;
}

TEST_F(StreamTest, AHeadRequestGetsNoBody) {
  const auto numbers = feed("HEAD / HTTP/1.1\r\nHost: h\r\n\r\n");
  connection.begin_stream(numbers[0], head(), now);
  EXPECT_FALSE(connection.streaming(numbers[0]));
  EXPECT_TRUE(take().ends_with("\r\n\r\n"));
  EXPECT_EQ(feed(get()).size(), 1u);
}

TEST_F(StreamTest, KeepsItsPlaceAmongOtherAnswers) {
  const auto numbers = feed(get() + get() + get());
  ASSERT_EQ(numbers.size(), 3u);
  connection.begin_stream(numbers[1], head(), now);
  connection.stream(numbers[1], "early", now);
  connection.respond(numbers[2], whole("third"), now);
  EXPECT_EQ(take(), "");
  connection.respond(numbers[0], whole("first"), now);
  std::string bytes = take();
  EXPECT_LT(bytes.find("first"), bytes.find("5\r\nearly\r\n"));
  EXPECT_EQ(bytes.find("third"), std::string::npos);
  connection.stream(numbers[1], "late", now);
  EXPECT_EQ(take(), "4\r\nlate\r\n");
  connection.end_stream(numbers[1], now);
  bytes = take();
  EXPECT_TRUE(bytes.starts_with("0\r\n\r\nHTTP/1.1 200 OK")) << bytes;
  EXPECT_TRUE(bytes.ends_with("third"));
}

TEST_F(StreamTest, EndedBeforeItsTurnItWaitsWhole) {
  const auto numbers = feed(get() + get());
  connection.begin_stream(numbers[1], head(), now);
  connection.stream(numbers[1], "x", now);
  connection.end_stream(numbers[1], now);
  connection.respond(numbers[0], whole("first"), now);
  const std::string bytes = take();
  EXPECT_TRUE(bytes.ends_with("Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n")) << bytes;
  EXPECT_LT(bytes.find("first"), bytes.find("chunked"));
  EXPECT_EQ(connection.unanswered(), 0u);
}

TEST_F(StreamTest, TheRoomIsWhatTheReaderHasNotTaken) {
  const auto numbers = feed(get());
  connection.begin_stream(numbers[0], head(), now);
  take();
  EXPECT_EQ(connection.stream_room(numbers[0]), 1000u);
  connection.stream(numbers[0], std::string(900, 'x'), now);
  const std::size_t room = connection.stream_room(numbers[0]);
  EXPECT_LE(room, 100u);
  connection.stream(numbers[0], std::string(room, 'x'), now);
  EXPECT_EQ(connection.stream_room(numbers[0]), 0u);
  take();
  EXPECT_EQ(connection.stream_room(numbers[0]), 1000u);
  EXPECT_DEATH(connection.stream(numbers[0], std::string(1001, 'x'), now), "");
}

TEST_F(StreamTest, AReaderThatStandsStillIsCutOff) {
  const auto numbers = feed(get());
  connection.begin_stream(numbers[0], head(), now);
  EXPECT_EQ(connection.deadline(), now + limits.write_time_ms_max);
  take();
  EXPECT_EQ(connection.deadline(), Connection::never);  // an idle stream may live for ever
  connection.stream(numbers[0], "x", now);
  now += limits.write_time_ms_max;
  EXPECT_TRUE(connection.on_deadline(now));
}

TEST_F(StreamTest, EndsWhereThePeerSaysNoMore) {
  const auto numbers = feed(get());
  connection.begin_stream(numbers[0], head(), now);
  connection.end_of_input(now);
  EXPECT_FALSE(connection.streaming(numbers[0]));
  EXPECT_TRUE(take().ends_with("0\r\n\r\n"));
  connection.next(now);
  EXPECT_TRUE(connection.finished());
}

// Streams to whoever asks.
class Source final : public Handler {
 public:
  void on_request(RequestId id, Request request) override {
    Response response;
    response.content_type = "text/event-stream";
    if (request.head.target == "/whole") return server->respond(id, Response{});
    server->begin_stream(id, response);
    last = id;
  }
  Server* server = nullptr;
  std::optional<RequestId> last;
};

class ServerStreamTest : public ::testing::Test {
 protected:
  ServerStreamTest() {
    source.server = &server;
    port = server.listen({}).value();
  }
  void turns(int count = 5) {
    for (int i = 0; i < count; ++i) server.turn(network.wait(0));
  }
  sim::SimPeer& open_stream() {
    sim::SimPeer& peer = network.connect(port).send("GET /s HTTP/1.1\r\nHost: h\r\n\r\n");
    turns();
    EXPECT_TRUE(source.last && server.streaming(*source.last));
    return peer;
  }
  sim::SimClock clock;
  sim::SimNetwork network{clock, 5};
  Source source;
  Server server{network, clock, source};
  std::uint16_t port = 0;
};

TEST_F(ServerStreamTest, GoesOnOverManyTurns) {
  sim::SimPeer& peer = open_stream();
  for (int i = 0; i < 3; ++i) {
    server.stream(*source.last, "data: " + std::to_string(i) + "\n\n");
    turns();
    EXPECT_NE(peer.received().find("data: " + std::to_string(i)), std::string::npos);
  }
  clock.advance(10 * core::minute_ms);
  turns();
  EXPECT_TRUE(server.streaming(*source.last));
  server.end_stream(*source.last);
  turns();
  EXPECT_TRUE(peer.received().ends_with("0\r\n\r\n"));
  EXPECT_EQ(server.connections(), 1u);
}

TEST_F(ServerStreamTest, AReaderThatHasGoneEndsIt) {
  open_stream().cut();
  turns();
  EXPECT_FALSE(server.streaming(*source.last));
  EXPECT_EQ(server.stream_room(*source.last), 0u);
  server.stream(*source.last, "x");  // does nothing
  server.end_stream(*source.last);
  turns();
  EXPECT_EQ(server.connections(), 0u);
}

TEST_F(ServerStreamTest, ASlowReaderHoldsAtMostItsRoom) {
  open_stream().set_window(100);
  std::size_t taken = 0;
  for (int i = 0; i < 2000; ++i) {
    const std::size_t room = server.stream_room(*source.last);
    if (room == 0) break;
    const std::string piece(std::min<std::size_t>(room, 1000), 'x');
    server.stream(*source.last, piece);
    taken += piece.size();
    turns(1);
  }
  EXPECT_EQ(server.stream_room(*source.last), 0u);
  EXPECT_LT(taken, Limits().stream_bytes_max + 1000);
  clock.advance(Limits().write_time_ms_max + 200);
  turns();
  EXPECT_FALSE(server.streaming(*source.last));
}

TEST_F(ServerStreamTest, AStopEndsIt) {
  sim::SimPeer& peer = open_stream();
  server.stop();
  turns();
  EXPECT_TRUE(peer.received().ends_with("0\r\n\r\n"));
  peer.half_close();
  turns(20);
  EXPECT_TRUE(server.stopped());
}

}  // namespace
}  // namespace tillwatch::http
