// Batches of lines: their answers, their pace beside others, their bounds.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "api/api_fixture.h"
#include "api/batch_pace.h"

namespace tillwatch::api {
namespace {

TEST(Api, BatchAnswersLineByLine) {
  World world;
  const std::string body = World::event("a") + "\n" + "{broken\n" + World::event("a") + "\r\n" +
                           World::event("a", R"(,"terminal":{"id":"t"})") + "\n\n" + World::event("b");
  const sim::HttpReply reply =
      world.ask("POST", "/v1/decisions:batch", body, {{"Content-Type", "application/x-ndjson"}});
  ASSERT_EQ(reply.status, 200) << reply.body;
  EXPECT_EQ(reply.field("Content-Type"), "application/x-ndjson");
  std::string statuses;
  std::size_t from = 0;
  for (std::size_t end = 0; (end = reply.body.find('\n', from)) != std::string::npos; from = end + 1) {
    const std::string line = reply.body.substr(from, end - from);
    statuses += text_at(line, {"line"}) + ":" + text_at(line, {"status"}) + " ";
  }
  EXPECT_EQ(statuses, "1:200 2:400 3:200 4:409 5:400 6:200 ");
  EXPECT_EQ(from, reply.body.size());
}

TEST(Api, BatchesGiveWayToOthers) {
  World world;
  const auto lines = [](std::string_view name, int count) {
    std::string body;
    for (int i = 0; i < count; ++i) body += World::event(std::string(name) + std::to_string(i)) + "\n";
    return body;
  };
  const auto send = [&](std::string_view target, std::string_view body,
                        std::string_view type) -> sim::SimPeer& {
    return world.network.connect(world.port)
        .send(sim::format_request("POST", target, body,
                                  {{"Authorization", "Bearer " + world.secret},
                                   {"Content-Type", std::string(type)},
                                   {"Tillwatch-Deadline-Ms", "60000"}}));
  };
  const auto turn = [&] { world.server->turn(world.network.wait(0)); };
  const auto answered = [](sim::SimPeer& peer) {
    std::string bytes = peer.received();
    return sim::take_reply(bytes).has_value();
  };
  EXPECT_EQ(world.decide("first").status, 200);  // somebody else is there
  sim::SimPeer& large = send("/v1/decisions:batch", lines("large", 200), "application/x-ndjson");
  turn();
  sim::SimPeer& small = send("/v1/decisions:batch", lines("small", 4), "application/x-ndjson");
  turn();
  int turns_of_small = 0;
  for (int i = 0; i < 250 && !answered(large); ++i) {
    sim::SimPeer& single =
        send("/v1/decisions", World::event("single" + std::to_string(i)), "application/json");
    const std::uint64_t before = world.pipeline->last_durable().value;
    turn();
    if (world.pipeline->last_durable().value == before) turn();  // the connection was opened in the first one
    EXPECT_TRUE(answered(single)) << i;
    EXPECT_LE(world.pipeline->last_durable().value - before, 2 * (BatchPace::beside_others.lines + 1));
    if (!answered(small)) ++turns_of_small;
  }
  EXPECT_TRUE(answered(large));
  EXPECT_LT(turns_of_small, 16);
  std::string bytes = large.received();
  const std::string body = sim::take_reply(bytes)->body;
  EXPECT_EQ(std::ranges::count(body, '\n'), 200);
  for (int i = 0; i < 200; ++i)
    EXPECT_NE(body.find("\"line\":" + std::to_string(i + 1) + ",\"status\":200"), std::string::npos) << i;
}

TEST(Api, BatchLinesThatComeTooLateAreNotDecided) {
  World world;
  EXPECT_EQ(world.decide("first").status, 200);
  const std::uint64_t before = world.pipeline->last_durable().value;
  std::string lines;
  for (int i = 0; i < 40; ++i) lines += World::event("b" + std::to_string(i)) + "\n";
  // A gap's slice a turn, and the test's turns are 2 ms apart: the third slice comes too late.
  const sim::HttpReply reply =
      world.ask("POST", "/v1/decisions:batch", lines,
                {{"Content-Type", "application/x-ndjson"}, {"Tillwatch-Deadline-Ms", "5"}});
  ASSERT_EQ(reply.status, 200);
  std::size_t late = 0;
  for (std::size_t at = 0; (at = reply.body.find("deadline-passed", at)) != std::string::npos; ++at) ++late;
  EXPECT_EQ(late, 40 - 2 * BatchPace::in_gap.lines);
  EXPECT_EQ(world.pipeline->last_durable().value, before + 2 * BatchPace::in_gap.lines);
}

TEST(Api, BatchesInHandAreBounded) {
  World world;
  EXPECT_EQ(world.decide("first").status, 200);
  const std::string line = World::event("x");
  const std::string body = line + std::string(core::limits::http_batch_body_bytes_max - line.size(), ' ');
  const std::size_t fit = core::limits::api_batch_bytes_in_hand_max / body.size();
  std::vector<sim::SimPeer*> peers;
  for (std::size_t i = 0; i < fit + 1; ++i)
    peers.push_back(&world.network.connect(world.port)
                         .send(sim::format_request("POST", "/v1/decisions:batch", body,
                                                   {{"Authorization", "Bearer " + world.secret},
                                                    {"Content-Type", "application/x-ndjson"},
                                                    {"Tillwatch-Deadline-Ms", "60000"}})));
  std::size_t busy = 0;
  for (int i = 0; i < 40; ++i) world.server->turn(world.network.wait(0));
  world.clock.advance(BatchPace::quiet_ns / 1'000'000);
  for (int i = 0; i < 10; ++i) world.server->turn(world.network.wait(0));
  for (sim::SimPeer* peer : peers) {
    std::string bytes = peer->received();
    const auto reply = sim::take_reply(bytes);
    ASSERT_TRUE(reply.has_value());
    if (reply->status == 503 && reply->field("Retry-After") == "1") ++busy;
  }
  EXPECT_EQ(busy, 1u);
}

TEST(Api, BatchBoundsAtTheLimitAndOnePast) {
  World world;
  std::string lines;
  for (std::size_t i = 0; i < core::limits::http_batch_lines_max; ++i) lines += "{}\n";
  EXPECT_EQ(world.ask("POST", "/v1/decisions:batch", lines).status, 200);
  const sim::HttpReply over = world.ask("POST", "/v1/decisions:batch", lines + "{}");
  EXPECT_EQ(over.status, 413);
  EXPECT_EQ(type_of_problem(over), "too-large");
  EXPECT_EQ(world.ask("POST", "/v1/decisions:batch", "").body, "");
}

}  // namespace
}  // namespace tillwatch::api
