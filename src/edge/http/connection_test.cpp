// The connection alone: order, keep-alive, pipelining, limits and times, on a clock that the test holds.
#include "http/connection.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "sim/http_client.h"
#include "sim/sim_random.h"

namespace tillwatch::http {
namespace {

class OpenGate final : public Gate {
 public:
  Verdict on_head(const RequestHead& head) override {
    Verdict verdict;
    verdict.body_bytes_max = head.path() == "/big" ? 100000 : 100;
    if (head.path() == "/no")
      verdict.refusal = Response{.status = 404, .content_type = "t/x", .fields = {}, .body = "no"};
    return verdict;
  }
};

struct World {
  explicit World(const Limits& l = {}) : limits(l), connection(limits, gate, date, now) {}

  // Feeds bytes and hands out what is complete.
  std::vector<Request> feed(std::string_view bytes) {
    if (!bytes.empty()) connection.receive(bytes, now);
    std::vector<Request> requests;
    while (auto request = connection.next(now)) requests.push_back(std::move(*request));
    return requests;
  }
  void answer(const Request& request, const std::string& body) {
    Response response;
    response.content_type = "text/plain";
    response.body = body;
    connection.respond(request.number, response, now);
  }
  std::string take_output() {
    std::string out(connection.output());
    connection.sent(out.size(), now);
    return out;
  }
  std::vector<sim::HttpReply> replies() { return sim::take_replies(take_output()); }

  Limits limits;
  OpenGate gate;
  std::string date = "Sun, 06 Nov 1994 08:49:37 GMT";
  std::int64_t now = 1000;
  Connection connection;
};

std::string get(std::string_view target, std::string_view more = {}) {
  return "GET " + std::string(target) + " HTTP/1.1\r\nHost: h\r\n" + std::string(more) + "\r\n";
}

TEST(Connection, AnswersAndStaysOpen) {
  World world;
  const auto requests = world.feed(get("/a"));
  ASSERT_EQ(requests.size(), 1u);
  EXPECT_EQ(requests[0].head.target, "/a");
  EXPECT_EQ(requests[0].arrived_ms, 1000);
  world.answer(requests[0], "hello");
  EXPECT_EQ(world.take_output(),
            "HTTP/1.1 200 OK\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nContent-Type: text/plain\r\n"
            "Content-Length: 5\r\n\r\nhello");
  EXPECT_FALSE(world.connection.finished());
  EXPECT_EQ(world.feed(get("/b")).size(), 1u);
}

TEST(Connection, ClosesWhenAsked) {
  for (const std::string& text : {get("/", "Connection: close\r\n"), std::string("GET / HTTP/1.0\r\n\r\n")}) {
    World world;
    const auto requests = world.feed(text + get("/never"));
    ASSERT_EQ(requests.size(), 1u);
    EXPECT_FALSE(world.connection.wants_input());
    EXPECT_FALSE(world.connection.finished());
    world.answer(requests[0], "x");
    EXPECT_EQ(world.replies().at(0).field("Connection"), "close");
    EXPECT_TRUE(world.connection.finished());
  }
}

TEST(Connection, KeepsHttp10OpenInWords) {
  World world;
  const auto requests = world.feed("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  world.answer(requests.at(0), "x");
  EXPECT_EQ(world.replies().at(0).field("Connection"), "keep-alive");
  EXPECT_FALSE(world.connection.finished());
}

TEST(Connection, KeepsTheOrderOfRequests) {
  World world;
  const auto requests = world.feed(get("/0") + get("/1") + get("/2"));
  ASSERT_EQ(requests.size(), 3u);
  world.answer(requests[2], "two");
  world.answer(requests[1], "one");
  EXPECT_TRUE(world.connection.output().empty());
  world.answer(requests[0], "zero");
  const auto replies = world.replies();
  ASSERT_EQ(replies.size(), 3u);
  EXPECT_EQ(replies[0].body + replies[1].body + replies[2].body, "zeroonetwo");
}

TEST(Connection, PutsARefusalBehindEarlierAnswers) {
  World world;
  const auto requests = world.feed(get("/0") + "BREW / HTTP/1.1\r\n\r\n" + get("/never"));
  ASSERT_EQ(requests.size(), 1u);
  EXPECT_TRUE(world.connection.output().empty());
  EXPECT_FALSE(world.connection.wants_input());
  world.answer(requests[0], "zero");
  const auto replies = world.replies();
  ASSERT_EQ(replies.size(), 2u);
  EXPECT_EQ(replies[0].status, 200);
  EXPECT_EQ(replies[1].status, 501);
  EXPECT_EQ(replies[1].field("Content-Type"), "application/problem+json");
  EXPECT_EQ(replies[1].field("Connection"), "close");
  EXPECT_EQ(
      replies[1].body,
      R"({"type":"about:blank","title":"Not Implemented","status":501,"detail":"this method is not known here"})");
  EXPECT_TRUE(world.connection.finished());
}

TEST(Connection, DropsWhatFollowsAClosingAnswer) {
  World world;
  const auto requests = world.feed(get("/0") + get("/1") + get("/2"));
  Response closing;
  closing.close = true;
  world.connection.respond(requests[1].number, closing, world.now);
  world.answer(requests[2], "two");
  world.answer(requests[0], "zero");
  EXPECT_EQ(world.replies().size(), 2u);
  EXPECT_TRUE(world.connection.finished());
  world.connection.respond(requests[2].number, closing, world.now);  // late: ignored
  EXPECT_TRUE(world.connection.output().empty());
}

TEST(Connection, AnswersHeadWithoutABody) {
  World world;
  const auto requests = world.feed("HEAD / HTTP/1.1\r\nHost: h\r\n\r\n");
  world.answer(requests.at(0), "hello");
  const std::string out = world.take_output();
  EXPECT_TRUE(out.ends_with("Content-Length: 5\r\n\r\n")) << out;
}

TEST(Connection, RefusesByTheGateWithoutReadingTheBody) {
  World world;
  EXPECT_TRUE(world.feed("POST /no HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\n").empty());
  const auto replies = world.replies();
  EXPECT_EQ(replies.at(0).status, 404);
  EXPECT_EQ(replies.at(0).field("Connection"), "close");
  EXPECT_TRUE(world.connection.finished());
}

TEST(Connection, StaysOpenWhenTheGateRefusesABodilessRequest) {
  World world;
  const auto requests = world.feed(get("/no") + get("/yes"));
  ASSERT_EQ(requests.size(), 1u);
  EXPECT_EQ(requests[0].head.target, "/yes");
  world.answer(requests[0], "yes");
  const auto replies = world.replies();
  ASSERT_EQ(replies.size(), 2u);
  EXPECT_EQ(replies[0].status, 404);
  EXPECT_EQ(replies[1].body, "yes");
}

TEST(Connection, LimitsTheBodyByRoute) {
  const auto status_of_length = [](const std::string& target, std::size_t length) {
    World world;
    const auto requests =
        world.feed("POST " + target + " HTTP/1.1\r\nHost: h\r\nContent-Length: " + std::to_string(length) +
                   "\r\n\r\n" + std::string(length, 'x'));
    return requests.empty() ? world.replies().at(0).status : 0;
  };
  EXPECT_EQ(status_of_length("/", 100), 0);
  EXPECT_EQ(status_of_length("/", 101), 413);
  EXPECT_EQ(status_of_length("/big", 100000), 0);
  EXPECT_EQ(status_of_length("/big", 100001), 413);
}

TEST(Connection, RefusesALargeBodyBeforeReadingIt) {
  World world;
  world.feed("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 101\r\n\r\n");
  EXPECT_EQ(world.replies().at(0).status, 413);
  EXPECT_FALSE(world.connection.wants_input());
  EXPECT_TRUE(world.connection.finished());
}

TEST(Connection, SaysContinueOnlyWhenItIsTheRequestsTurn) {
  World world;
  const std::string expecting =
      "POST /b HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n";
  const auto first = world.feed(get("/a") + expecting);
  ASSERT_EQ(first.size(), 1u);
  EXPECT_TRUE(world.connection.output().empty());
  world.answer(first[0], "a");
  const auto replies = world.replies();
  ASSERT_EQ(replies.size(), 2u);
  EXPECT_EQ(replies[1].status, 100);
  const auto second = world.feed("xyz");
  ASSERT_EQ(second.size(), 1u);
  EXPECT_EQ(second[0].body, "xyz");
  // Whoever sent the body at once needs no permission.
  EXPECT_EQ(world.feed(expecting + "abc").size(), 1u);
  world.answer(second[0], "b");
  EXPECT_EQ(world.replies().size(), 1u);
  // Nor does a request that is refused get any.
  World other;
  other.feed("POST /no HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(other.replies().at(0).status, 404);
}

TEST(Connection, HoldsThePipelineBound) {
  Limits limits;
  limits.pipeline_requests_max = 3;
  World world(limits);
  const auto two = world.feed(get("/0") + get("/1"));
  EXPECT_TRUE(world.connection.wants_input());
  const auto third = world.feed(get("/2") + get("/3"));
  ASSERT_EQ(third.size(), 1u);
  EXPECT_FALSE(world.connection.wants_input());
  EXPECT_FALSE(world.connection.has_work());
  world.answer(two[0], "0");
  EXPECT_TRUE(world.connection.has_work());
  const auto fourth = world.feed({});
  ASSERT_EQ(fourth.size(), 1u);
  EXPECT_EQ(fourth[0].head.target, "/3");
}

TEST(Connection, HoldsTheOutputBound) {
  Limits limits;
  limits.output_bytes_max = 1000;
  World world(limits);
  const auto requests = world.feed(get("/0"));
  const std::size_t overhead = [&] {
    World probe;
    probe.answer(probe.feed(get("/0")).at(0), std::string(100, 'x'));
    return probe.connection.output().size() - 100;
  }();
  world.answer(requests.at(0), std::string(1000 - overhead - 1, 'x'));
  EXPECT_EQ(world.connection.output().size(), 999u);
  EXPECT_TRUE(world.connection.wants_input());
  World full(limits);
  full.answer(full.feed(get("/0")).at(0), std::string(1000 - overhead, 'x'));
  EXPECT_EQ(full.connection.output().size(), 1000u);
  EXPECT_FALSE(full.connection.wants_input());
  full.connection.sent(1, full.now);
  EXPECT_TRUE(full.connection.wants_input());
}

TEST(Connection, AnswersAHalfClosedPeer) {
  World world;
  const auto requests = world.feed(get("/0") + "GET /cut");
  world.connection.end_of_input(world.now);
  EXPECT_TRUE(world.feed({}).empty());
  EXPECT_FALSE(world.connection.finished());
  world.answer(requests.at(0), "x");
  EXPECT_EQ(world.replies().size(), 1u);
  EXPECT_TRUE(world.connection.finished());
  World empty;
  empty.connection.end_of_input(empty.now);
  EXPECT_TRUE(empty.feed({}).empty());
  EXPECT_TRUE(empty.connection.finished());
}

// Times: one millisecond before a limit nothing happens, at the limit it does.

TEST(ConnectionTime, EndsASlowHead) {
  World world;
  world.feed("GET / HT");
  const std::int64_t due = 1000 + world.limits.head_time_ms_max;
  for (world.now = 1500; world.now < due; world.now += 500)
    world.feed("x");  // bytes that trickle buy no time
  EXPECT_EQ(world.connection.deadline(), due);
  EXPECT_FALSE(world.connection.on_deadline(due - 1));
  EXPECT_TRUE(world.connection.output().empty());
  EXPECT_FALSE(world.connection.on_deadline(due));
  EXPECT_EQ(world.replies().at(0).status, 408);
  EXPECT_TRUE(world.connection.finished());
}

TEST(ConnectionTime, EndsASlowBody) {
  World world;
  world.feed("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 50\r\n\r\nx");
  world.now += world.limits.body_time_ms_max - 1;
  EXPECT_FALSE(world.connection.on_deadline(world.now));
  world.feed("y");
  EXPECT_TRUE(world.connection.output().empty());
  EXPECT_FALSE(world.connection.on_deadline(++world.now));
  EXPECT_EQ(world.replies().at(0).status, 408);
}

TEST(ConnectionTime, EndsAnIdleConnectionSilently) {
  World world;
  world.answer(world.feed(get("/")).at(0), "x");
  world.now += 5000;
  world.replies();
  EXPECT_EQ(world.connection.deadline(), world.now + world.limits.idle_time_ms_max);
  EXPECT_FALSE(world.connection.on_deadline(world.connection.deadline() - 1));
  EXPECT_FALSE(world.connection.finished());
  EXPECT_FALSE(world.connection.on_deadline(world.connection.deadline()));
  EXPECT_TRUE(world.connection.output().empty());
  EXPECT_TRUE(world.connection.finished());
}

TEST(ConnectionTime, GivesTheHandlerTheTimeItNeeds) {
  World world;
  world.feed(get("/"));
  EXPECT_EQ(world.connection.deadline(), Connection::never);
}

TEST(ConnectionTime, DoesNotTimeAPeerThatMayNotSend) {
  Limits limits;
  limits.pipeline_requests_max = 1;
  World world(limits);
  const auto requests = world.feed(get("/0") + "GET /part");
  EXPECT_FALSE(world.connection.wants_input());
  EXPECT_EQ(world.connection.deadline(), Connection::never);
  world.now += 60000;
  world.answer(requests.at(0), "x");
  world.replies();
  EXPECT_EQ(world.connection.deadline(), world.now + limits.head_time_ms_max);
}

TEST(ConnectionTime, CutsAReaderThatDoesNotRead) {
  Limits limits;
  limits.write_bytes_min = 100;
  World world(limits);
  world.answer(world.feed(get("/")).at(0), std::string(1000, 'x'));
  const std::int64_t due = world.now + limits.write_time_ms_max;
  EXPECT_EQ(world.connection.deadline(), due);
  world.now += 10;
  world.connection.sent(99, world.now);
  EXPECT_EQ(world.connection.deadline(), due);  // not enough progress
  world.connection.sent(1, world.now);
  EXPECT_EQ(world.connection.deadline(), due + 10);
  EXPECT_FALSE(world.connection.on_deadline(due + 9));
  EXPECT_TRUE(world.connection.on_deadline(due + 10));
}

TEST(ConnectionTime, LingersForABoundedTimeAndSize) {
  World world;
  world.feed("BREW / HTTP/1.1\r\n\r\n");
  world.replies();
  world.connection.linger(world.now);
  EXPECT_EQ(world.connection.deadline(), world.now + world.limits.linger_time_ms_max);
  world.connection.receive(std::string(world.limits.linger_bytes_max, 'x'), world.now);
  EXPECT_FALSE(world.connection.lingered());
  world.connection.receive("x", world.now);
  EXPECT_TRUE(world.connection.lingered());
  EXPECT_TRUE(world.connection.on_deadline(world.connection.deadline()));
}

TEST(ConnectionStop, EndsAnIdleConnectionAtOnce) {
  World world;
  world.connection.stop(world.now);
  EXPECT_TRUE(world.connection.finished());
}

TEST(ConnectionStop, AnswersWhatWasReadAndSaysClose) {
  World world;
  const auto requests =
      world.feed(get("/0") + get("/1") + "POST /2 HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\n1");
  world.connection.stop(world.now);
  world.answer(requests.at(0), "0");
  world.answer(requests.at(1), "1");
  EXPECT_FALSE(world.connection.finished());  // a request is on its way in
  const auto last = world.feed("23" + get("/3"));
  ASSERT_EQ(last.size(), 2u);  // what came with it counts as read
  world.answer(last[0], "2");
  world.answer(last[1], "3");
  const auto replies = world.replies();
  ASSERT_EQ(replies.size(), 4u);
  EXPECT_EQ(replies[2].field("Connection"), "");
  EXPECT_EQ(replies[3].field("Connection"), "close");
  EXPECT_TRUE(world.connection.finished());
}

// Pipelines of 1 to 200, split anywhere, answered in any order: every answer comes, in order, within the
// bound.
TEST(ConnectionProperty, PipelinesOfAnyLength) {
  for (std::size_t length = 1; length <= 200; ++length) {
    SCOPED_TRACE(length);
    sim::SimRandom random(length);
    World world;
    std::string stream;
    for (std::size_t i = 0; i < length; ++i) stream += get("/" + std::to_string(i));
    std::vector<Request> open;
    std::vector<sim::HttpReply> replies;
    std::size_t at = 0;
    while (replies.size() < length) {
      if (at < stream.size() && world.connection.wants_input()) {
        const std::size_t size = std::min<std::size_t>(stream.size() - at, random.between(1, 2000));
        world.connection.receive(std::string_view(stream).substr(at, size), world.now);
        at += size;
      }
      while (auto request = world.connection.next(world.now)) open.push_back(std::move(*request));
      ASSERT_LE(world.connection.unanswered(), world.limits.pipeline_requests_max);
      for (std::uint64_t n = random.below(open.size() + 1); n > 0; --n) {
        std::swap(open[random.below(open.size())], open.back());
        world.answer(open.back(), open.back().head.target);
        open.pop_back();
      }
      for (auto& reply : world.replies()) replies.push_back(std::move(reply));
    }
    for (std::size_t i = 0; i < length; ++i) ASSERT_EQ(replies[i].body, "/" + std::to_string(i));
  }
}

}  // namespace
}  // namespace tillwatch::http
