// The server on a simulated network: turns, fairness, caps, time limits, graceful stop. No sleeping, no
// sockets.
#include "http/server.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "sim/http_client.h"
#include "sim/sim_clock.h"
#include "sim/sim_network.h"

namespace tillwatch::http {
namespace {

// Answers "<target> <body length>" at the end of the turn, or holds answers back while `holding`.
class Recorder final : public Handler {
 public:
  Verdict on_head(const RequestHead& head) override {
    Verdict verdict;
    if (head.path() == "/batch") verdict.body_bytes_max = core::limits::http_batch_body_bytes_max;
    return verdict;
  }
  void on_request(RequestId id, Request request) override {
    ++of_turn[id.connection.slot];
    open.push_back({id, request.head.target + " " + std::to_string(request.body.size())});
  }
  void on_turn_end() override {
    largest_batch = std::max(largest_batch, open.size());
    for (const auto& [slot, count] : of_turn) largest_share = std::max(largest_share, count);
    of_turn.clear();
    if (!holding) answer_all();
  }
  void on_idle(std::int64_t) override { ++idle_turns; }
  void on_reload() override { ++reloads; }
  void answer_all() {
    for (const auto& [id, text] : open) {
      Response response;
      response.body = text;
      server->respond(id, response);
    }
    open.clear();
  }

  Server* server = nullptr;
  bool holding = false;
  std::vector<std::pair<RequestId, std::string>> open;
  std::map<std::uint32_t, std::size_t> of_turn;
  std::size_t largest_batch = 0;
  std::size_t largest_share = 0;
  int idle_turns = 0;
  int reloads = 0;
};

struct World {
  explicit World(const Limits& limits = {}, std::uint64_t seed = 1)
      : network(clock, seed), server(network, clock, recorder, limits) {
    recorder.server = &server;
    port = server.listen({}).value();
  }
  void turn() { server.turn(network.wait(0)); }
  // Lets time pass until `done` or for `at_most`.
  template <class Done>
  bool run_until(Done done, core::DurationMs at_most = 60000) {
    const std::int64_t end = clock.monotonic_ms() + at_most;
    while (!done()) {
      if (clock.monotonic_ms() >= end) return false;
      const auto wait = std::clamp<core::DurationMs>(server.wait_ms_max(), 0, 100);
      server.turn(network.wait(std::min(wait, end - clock.monotonic_ms())));
    }
    return true;
  }
  void run_for(core::DurationMs duration) {
    run_until([] { return false; }, duration);
  }

  sim::SimClock clock;
  sim::SimNetwork network;
  Recorder recorder;
  Server server;
  std::uint16_t port = 0;
};

std::string get(const std::string& target) {
  return sim::format_request("GET", target);
}

TEST(Server, AnswersInOneTurn) {
  World world;
  sim::SimPeer& peer = world.network.connect(world.port).send(get("/a"));
  world.turn();
  const auto replies = sim::take_replies(peer.received());
  ASSERT_EQ(replies.size(), 1u);
  EXPECT_EQ(replies[0].body, "/a 0");
  EXPECT_EQ(replies[0].field("Date"), "Wed, 01 Jul 2026 00:00:00 GMT");
  EXPECT_EQ(world.server.counters().requests, 1u);
  EXPECT_EQ(world.server.counters().responses, 1u);
}

TEST(Server, MakesOneBatchOfAllThatIsReady) {
  World world;
  for (int i = 0; i < 50; ++i) world.network.connect(world.port).send(get("/a") + get("/b"));
  world.turn();
  EXPECT_EQ(world.recorder.largest_batch, 100u);
}

TEST(Server, AnswersInALaterTurnInOrder) {
  World world;
  world.recorder.holding = true;
  sim::SimPeer& peer = world.network.connect(world.port).send(get("/0") + get("/1"));
  world.turn();
  world.turn();
  EXPECT_EQ(peer.received(), "");
  std::ranges::reverse(world.recorder.open);
  world.recorder.answer_all();
  EXPECT_EQ(world.server.wait_ms_max(), 0);
  world.turn();
  const auto replies = sim::take_replies(peer.received());
  ASSERT_EQ(replies.size(), 2u);
  EXPECT_EQ(replies[0].body + replies[1].body, "/0 0/1 0");
}

TEST(Server, DropsAnswersForConnectionsThatAreGone) {
  World world;
  world.recorder.holding = true;
  sim::SimPeer& peer = world.network.connect(world.port).send(get("/0"));
  world.turn();
  EXPECT_EQ(world.server.address_of(world.recorder.open.at(0).first), "192.0.2.1");
  peer.cut();
  world.turn();
  EXPECT_TRUE(peer.server_closed());
  EXPECT_EQ(world.server.address_of(world.recorder.open.at(0).first), "");
  sim::SimPeer& other = world.network.connect(world.port).send(get("/1"));
  EXPECT_EQ(other.id().slot,
            peer.id().slot);  // the slot is used again: the old answer must not reach the new peer
  world.turn();
  world.recorder.answer_all();
  world.turn();
  EXPECT_EQ(sim::take_replies(other.received()).at(0).body, "/1 0");
  EXPECT_EQ(world.server.counters().late_responses, 1u);
}

TEST(Server, BoundsTheShareOfOneConnection) {
  World world;
  std::string flood;
  for (int i = 0; i < 1000; ++i) flood += get("/f");
  sim::SimPeer& flooder = world.network.connect(world.port).send(flood);
  world.turn();
  sim::SimPeer& quiet = world.network.connect(world.port).send(get("/q"));
  world.turn();  // the quiet one is served in its first turn, whatever waits
  EXPECT_EQ(sim::take_replies(quiet.received()).size(), 1u);
  EXPECT_EQ(world.recorder.largest_share, core::limits::http_pipeline_requests_max);
  ASSERT_TRUE(world.run_until([&] { return world.server.counters().responses == 1001; }));
  EXPECT_EQ(sim::take_replies(flooder.received()).size(), 1000u);
}

TEST(Server, TheShareIsSmallerWhereOthersAreConnected) {
  World world;
  std::string flood;
  for (int i = 0; i < 300; ++i) flood += get("/f");
  world.network.connect(world.port);  // says nothing, and is there
  sim::SimPeer& flooder = world.network.connect(world.port).send(flood);
  ASSERT_TRUE(world.run_until([&] { return world.server.counters().responses == 300; }));
  EXPECT_EQ(world.recorder.largest_share, core::limits::http_requests_share_max);
  EXPECT_EQ(sim::take_replies(flooder.received()).size(), 300u);
}

TEST(Server, BoundsTheBytesReadFromOneConnectionInATurn) {
  World world;
  const std::string body(1000000, 'x');
  world.network.connect(world.port).send(sim::format_request("POST", "/batch", body));
  std::uint64_t before = 0;
  int turns = 0;
  while (world.server.counters().responses == 0) {
    world.turn();
    ASSERT_LE(world.server.counters().bytes_in - before, core::limits::http_read_bytes_per_turn_max);
    before = world.server.counters().bytes_in;
    ASSERT_LT(++turns, 30);
  }
  EXPECT_GE(turns, 15);
}

TEST(Server, BoundsTheRequestsOfATurn) {
  Limits limits;
  limits.requests_per_turn_max = 10;
  World world(limits);
  std::vector<sim::SimPeer*> peers;
  for (int i = 0; i < 7; ++i)
    peers.push_back(&world.network.connect(world.port).send(get("/0") + get("/1") + get("/2")));
  ASSERT_TRUE(world.run_until([&] { return world.server.counters().responses == 21; }));
  EXPECT_EQ(world.recorder.largest_batch, 10u);
  for (const auto* peer : peers) EXPECT_EQ(sim::take_replies(peer->received()).size(), 3u);
}

TEST(Server, StopsReadingAPeerThatDoesNotRead) {
  Limits limits;
  limits.output_bytes_max = 20000;
  World world(limits);
  std::string stream;
  for (int i = 0; i < 500; ++i) stream += get("/" + std::string(3000, 'x'));
  sim::SimPeer& peer = world.network.connect(world.port).set_window(1000).send(stream);
  for (int i = 0; i < 40; ++i) world.turn();
  EXPECT_EQ(peer.received().size(), 1000u);
  EXPECT_LT(world.server.counters().requests, 40u);  // what fits the output bound and one read
  // It reads on: everything comes.
  ASSERT_TRUE(world.run_until([&] {
    peer.read(SIZE_MAX);
    return peer.received().size() > 500 * 3000 && world.server.counters().responses == 500;
  }));
  world.run_until(
      [&] {
        peer.read(SIZE_MAX);
        return false;
      },
      2000);
  EXPECT_EQ(sim::take_replies(peer.received()).size(), 500u);
}

TEST(Server, RefusesConnectionsOverTheCap) {
  Limits limits;
  limits.connections_max = 3;
  limits.connections_refused_max = 2;
  World world(limits);
  std::vector<sim::SimPeer*> peers;
  for (int i = 0; i < 6; ++i)
    peers.push_back(&world.network.connect(world.port, "192.0.2." + std::to_string(i)));
  world.turn();
  for (int i = 0; i < 3; ++i) EXPECT_EQ(peers[static_cast<std::size_t>(i)]->received(), "");
  for (std::size_t i = 3; i < 5; ++i) {
    const auto replies = sim::take_replies(peers[i]->received());
    ASSERT_EQ(replies.size(), 1u);
    EXPECT_EQ(replies[0].status, 503);
    EXPECT_EQ(replies[0].field("Retry-After"), "1");
    EXPECT_EQ(replies[0].field("Connection"), "close");
  }
  EXPECT_TRUE(peers[5]->server_closed());
  EXPECT_EQ(peers[5]->received(), "");
  EXPECT_EQ(world.server.counters().refused_connections, 3u);
  peers[0]->cut();
  world.turn();
  sim::SimPeer& again = world.network.connect(world.port).send(get("/"));
  world.turn();
  EXPECT_EQ(sim::take_replies(again.received()).at(0).status, 200);
}

TEST(Server, CapsConnectionsPerAddress) {
  Limits limits;
  limits.connections_per_address_max = 2;
  World world(limits);
  for (int i = 0; i < 2; ++i) world.network.connect(world.port, "192.0.2.1");
  sim::SimPeer& third = world.network.connect(world.port, "192.0.2.1").send(get("/"));
  sim::SimPeer& other = world.network.connect(world.port, "192.0.2.2").send(get("/"));
  world.turn();
  EXPECT_EQ(sim::take_replies(third.received()).at(0).status, 503);
  EXPECT_EQ(sim::take_replies(other.received()).at(0).status, 200);
}

TEST(Server, EndsSlowHeadsAndBodiesAndSparesTheOthers) {
  World world;
  sim::SimPeer& slow_head =
      world.network.connect(world.port).trickle(get("/" + std::string(500, 'x')), 1, 100);
  sim::SimPeer& slow_body = world.network.connect(world.port)
                                .trickle(sim::format_request("POST", "/", std::string(900, 'x')), 4, 100);
  sim::SimPeer& good = world.network.connect(world.port);
  for (int i = 0; i < 60; ++i) good.send(get("/good"), 200);
  world.run_for(core::limits::http_head_time_ms_max - 1);
  EXPECT_EQ(slow_head.received(), "");
  world.run_for(200);
  EXPECT_EQ(sim::take_replies(slow_head.received()).at(0).status, 408);
  world.run_for(20000);
  EXPECT_EQ(sim::take_replies(slow_body.received()).at(0).status, 408);
  EXPECT_TRUE(slow_head.server_closed());
  EXPECT_TRUE(slow_body.server_closed());
  EXPECT_EQ(sim::take_replies(good.received()).size(), 60u);
  EXPECT_FALSE(good.server_closed());
  EXPECT_EQ(world.server.counters().deadlines, 4u);  // each: its limit, then the end of lingering
}

TEST(Server, EndsIdleConnectionsAndReadersThatDoNotRead) {
  World world;
  sim::SimPeer& idle = world.network.connect(world.port);
  sim::SimPeer& deaf = world.network.connect(world.port).set_window(10).send(get("/"));
  world.run_for(core::limits::http_write_time_ms_max + 200);
  EXPECT_TRUE(deaf.server_closed());
  EXPECT_FALSE(idle.server_closed());
  world.run_for(core::limits::http_idle_time_ms_max - core::limits::http_write_time_ms_max - 500);
  EXPECT_FALSE(idle.server_closed());
  world.run_for(core::limits::http_linger_time_ms_max + 1000);
  EXPECT_TRUE(idle.server_closed());
  EXPECT_EQ(idle.received(), "");
  EXPECT_EQ(world.network.open_connections(), 0u);
}

TEST(Server, ServesAPeerThatHalfCloses) {
  World world;
  sim::SimPeer& peer = world.network.connect(world.port).send(get("/0") + get("/1")).half_close();
  world.turn();
  EXPECT_EQ(sim::take_replies(peer.received()).size(), 2u);
  EXPECT_TRUE(peer.server_closed());
}

TEST(Server, ReadsWhoSendsOnBehindARefusalSlowly) {
  World world;
  const std::string refused = "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 900000\r\n\r\n";
  std::vector<sim::SimPeer*> peers;
  for (int i = 0; i < 8; ++i)
    peers.push_back(&world.network.connect(world.port).send(refused + std::string(200'000, 'x')));
  const Limits limits;
  const std::size_t at_once = peers.size() * (limits.read_bytes_per_turn_max + limits.linger_bytes_at_once);
  const std::size_t a_pause = limits.linger_reads_max * limits.read_bytes_per_turn_max;
  for (int i = 0; i < 50; ++i) world.turn();
  EXPECT_LE(world.server.counters().bytes_in, at_once + a_pause);
  for (std::size_t pauses = 2; pauses < 4; ++pauses) {
    world.clock.advance(limits.linger_pause_ms);
    for (int i = 0; i < 50; ++i) world.turn();
    EXPECT_LE(world.server.counters().bytes_in, at_once + pauses * a_pause);
  }
  EXPECT_EQ(world.server.wait_ms_max(), limits.linger_pause_ms);
  world.run_for(100);
  for (sim::SimPeer* peer : peers) {
    EXPECT_EQ(sim::take_replies(peer->received()).at(0).status, 413);
    peer->half_close();
  }
  world.run_for(100);
  EXPECT_EQ(world.network.open_connections(), 0u);
  EXPECT_GE(world.server.counters().bytes_in, 8u * 200'000);
}

// A peer that only closes after its answer is let go at once.
TEST(Server, LetsManyCloseAtOnce) {
  World world;
  for (int i = 0; i < 100; ++i)
    world.network.connect(world.port)
        .send("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
        .half_close();
  for (int i = 0; i < 3; ++i) world.turn();
  EXPECT_EQ(world.network.open_connections(), 0u);
}

TEST(Server, LetsTheRefusalArriveBeforeItCloses) {
  World world;
  sim::SimPeer& peer =
      world.network.connect(world.port).send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 70000\r\n\r\n");
  for (int i = 0; i < 5; ++i) peer.send(std::string(1000, 'x'), 100);
  world.run_for(300);
  EXPECT_EQ(sim::take_replies(peer.received()).at(0).status, 413);
  EXPECT_TRUE(peer.server_ended());
  EXPECT_FALSE(peer.server_closed());  // a close now would reset the connection and lose the answer
  peer.half_close();
  world.run_for(400);
  EXPECT_TRUE(peer.server_closed());
}

TEST(Server, StopsGracefully) {
  World world;
  world.recorder.holding = true;
  sim::SimPeer& idle = world.network.connect(world.port);
  sim::SimPeer& busy = world.network.connect(world.port).send(get("/0") + get("/1")).half_close(500);
  sim::SimPeer& sending =
      world.network.connect(world.port).send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nab");
  world.turn();
  world.server.stop();
  EXPECT_FALSE(world.network.listening(world.port));
  sending.send("cd", 50).half_close(100);
  idle.half_close(10);
  world.run_for(100);
  EXPECT_TRUE(idle.server_closed());
  EXPECT_FALSE(world.server.stopped());
  world.recorder.holding = false;
  ASSERT_TRUE(world.run_until([&] { return world.server.stopped(); }, 2000));
  const auto replies = sim::take_replies(busy.received());
  ASSERT_EQ(replies.size(), 2u);
  EXPECT_EQ(replies[0].field("Connection"), "");
  EXPECT_EQ(replies[1].field("Connection"), "close");
  EXPECT_EQ(sim::take_replies(sending.received()).at(0).body, "/ 4");
}

TEST(Server, StopsInBoundedTimeWhateverPeersAndHandlerDo) {
  World world;
  world.recorder.holding = true;  // for ever
  world.network.connect(world.port).send(get("/0"));
  world.network.connect(world.port).trickle(get("/slow"), 1, 900);
  world.run_for(1000);
  world.server.stop();
  world.run_for(core::limits::http_stop_time_ms_max - 1);
  EXPECT_FALSE(world.server.stopped());
  world.run_for(200);
  EXPECT_TRUE(world.server.stopped());
  EXPECT_EQ(world.network.open_connections(), 0u);
}

TEST(Server, RunsUntilAskedToStop) {
  World world;
  sim::SimPeer& peer = world.network.connect(world.port).send(get("/0"));
  world.network.request_reload();
  world.network.request_stop();
  peer.half_close(10);
  world.server.run(world.network);
  EXPECT_TRUE(world.server.stopped());
  EXPECT_EQ(world.recorder.reloads, 1);
}

TEST(Server, RefusesATakenPort) {
  World world;
  EXPECT_EQ(world.server.listen({"127.0.0.1", world.port}).error().code, core::ErrorCode::conflict);
}

TEST(Server, WaitsLongWhenNobodyIsThere) {
  World world;
  world.turn();
  EXPECT_GE(world.server.wait_ms_max(), core::minute_ms);
  EXPECT_GT(world.recorder.idle_turns, 0);
}

// Many peers of every temper at once; the well-behaved get all their answers in order, and nothing is left
// behind.
TEST(ServerProperty, SurvivesAnyMixOfPeers) {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    SCOPED_TRACE(seed);
    World world({}, seed);
    sim::SimRandom random(seed);
    struct Expectation {
      sim::SimPeer* peer;
      std::vector<std::string> bodies;
    };
    std::vector<Expectation> good;
    const auto pause = [&](std::uint64_t bound) {
      return static_cast<core::DurationMs>(random.below(bound));
    };
    for (int i = 0; i < 30; ++i) {
      sim::SimPeer& peer = world.network.connect(world.port, "192.0.2." + std::to_string(i % 5));
      std::string stream;
      std::vector<std::string> bodies;
      for (std::uint64_t n = random.between(1, 20); n > 0; --n) {
        const std::string body(random.below(2000), 'x');
        stream += sim::format_request("POST", "/" + std::to_string(n), body);
        bodies.push_back("/" + std::to_string(n) + " " + std::to_string(body.size()));
      }
      switch (random.below(5)) {
        case 0:
          peer.send(stream).half_close(pause(10));
          break;
        case 1:
          peer.trickle(stream, 600, pause(3));
          break;
        case 2:
          peer.send(stream.substr(0, random.below(stream.size()))).cut(pause(50));
          continue;
        case 3:
          peer.send(stream).send("nonsense \x01\r\n\r\n");
          break;
        default:
          peer.set_window(random.between(50, 5000)).send(stream);
          break;
      }
      good.push_back({&peer, bodies});
    }
    world.run_until(
        [&] {
          for (auto& expectation : good) expectation.peer->read(random.below(3000));
          return false;
        },
        3000);
    for (auto& expectation : good) {
      std::string bytes = expectation.peer->received();
      for (const std::string& body : expectation.bodies) {
        const auto reply = sim::take_reply(bytes);
        ASSERT_TRUE(reply.has_value());
        ASSERT_EQ(reply->status, 200);
        ASSERT_EQ(reply->body, body);
      }
    }
    world.server.stop();
    world.run_until(
        [&] {
          for (auto& expectation : good) expectation.peer->read(SIZE_MAX);
          return world.server.stopped();
        },
        15000);
    EXPECT_TRUE(world.server.stopped());
    EXPECT_EQ(world.network.open_connections(), 0u);
  }
}

}  // namespace
}  // namespace tillwatch::http
