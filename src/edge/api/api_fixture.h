// An interface over a real pipeline on a simulated disk, network and clock, and what tests ask of its
// answers. Included by the tests of this folder.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "api/api_handler.h"
#include "json/reader.h"
#include "payment/card_digits.h"
#include "policy/policy_fixture.h"
#include "sim/http_client.h"
#include "sim/sim_clock.h"
#include "sim/sim_disk.h"
#include "sim/sim_network.h"
#include "sim/sim_random.h"

namespace tillwatch::api {

inline constexpr std::string_view card = "4012888888881881";
inline const std::string policy_text = R"(policy: desk
version: 3
authority: acquirer
outcomes: [{authorisation: decline, code: "59"}]
messages: [{reason: repetition, text: {en: Keep the slips, zh: 请留存签购单}}]
features:
  - {name: pair_count, of: transaction, key: [card.id, merchant.id], aggregate: count, window: 1h}
rules:
  - id: T07-repetition
    typology: T07
    title: {en: Repetition, zh: 重复}
    when: pair_count > 2
    action: {authorisation: decline}
    severity: 2
    confidence: 0.5
    reason: repetition
    text: {en: "{pair_count} times", zh: "{pair_count} 次"}
)";

struct World {
  explicit World(core::Sabotage sabotage = {}) : network(clock, 7) {
    pipeline::Options options;
    options.directory = "record";
    options.segment_bytes = 1024 * 1024;
    options.sabotage = sabotage;
    auto opened = pipeline::Pipeline::open(disk, options, policy::bundle_of(policy_text), clock.now());
    EXPECT_TRUE(opened.has_value()) << (opened ? "" : opened.error().to_string());
    pipeline = std::move(*opened);
    EXPECT_TRUE(disk.make_directory("desk").has_value());
    secret = make_key("gate", "decide,events,read,metrics,admin");
    EXPECT_TRUE(ring.read().has_value());
    handler = ApiHandler::create({*pipeline, door, ring, clock, log}).value();
    server.emplace(network, clock, *handler);
    handler->attach(*server);
    port = server->listen({}).value();
  }
  std::string make_key(std::string_view name, std::string_view scopes,
                       core::DurationMs lifetime = core::day_ms) {
    ApiKeys keys = read_keys(disk, "desk/api-keys").value();
    auto created = keys.create(random, clock.now(), name, *parse_scopes(scopes), lifetime);
    EXPECT_TRUE(created.has_value());
    EXPECT_TRUE(write_keys(disk, "desk/api-keys", keys).has_value());
    return created->secret;
  }
  using Fields = std::vector<std::pair<std::string, std::string>>;
  sim::HttpReply ask(std::string_view method, std::string_view target, std::string_view body = {},
                     Fields fields = {}, std::string_view key = "own") {
    if (key == "own") key = secret;
    if (!key.empty()) fields.emplace_back("Authorization", "Bearer " + std::string(key));
    sim::SimPeer& peer = network.connect(port).send(sim::format_request(method, target, body, fields) + "");
    std::optional<sim::HttpReply> reply;
    for (int i = 0; i < 200 && !reply; ++i) {
      server->turn(network.wait(0));
      if (i > 0) clock.advance(BatchPace::gap_ns / 1'000'000);  // a batch may wait for a gap
      std::string bytes = peer.received();
      reply = sim::take_reply(bytes, method == "HEAD");
    }
    EXPECT_TRUE(reply.has_value()) << peer.received();
    all_received += peer.received();
    return reply.value_or(sim::HttpReply{});
  }
  sim::HttpReply decide(std::string_view id, std::string_view more = "", Fields fields = {}) {
    return ask("POST", "/v1/decisions", event(id, more), std::move(fields));
  }
  static std::string event(std::string_view id, std::string_view more = "") {
    return R"({"id":")" + std::string(id) +
           R"(","time":"2026-07-01T00:00:00Z","amount":100,"currency":"CNY",)" +
           R"("card":{"number":"4012888888881881"},"merchant":{"id":"m1"},"tx":{"type":"sale"})" +
           std::string(more) + "}";
  }

  sim::SimClock clock;
  sim::SimDisk disk;
  sim::SimRandom random{11};
  sim::SimNetwork network;
  std::unique_ptr<pipeline::Pipeline> pipeline;
  door::Door door{std::make_shared<const door::CardKeys>(door::CardKeys::generate(random, 0))};
  KeyRing ring{disk, "desk/api-keys",
               [this](const core::Result<std::size_t>& found) { looks.push_back(found); }};
  std::vector<core::Result<std::size_t>> looks;
  std::string logged;
  trace::Log log{clock, [this](std::string_view line) { logged += line; }, payment::mask_digit_runs};
  std::unique_ptr<ApiHandler> handler;
  std::optional<http::Server> server;
  std::uint16_t port = 0;
  std::string secret;
  std::string all_received;
};

// The text of a member of a JSON document, by a path of names.
inline std::string text_at(const std::string& json, std::initializer_list<std::string_view> path) {
  json::Reader reader;
  const auto root = reader.parse(json);
  EXPECT_TRUE(root.has_value()) << json;
  if (!root) return "";
  json::View view = *root;
  for (const std::string_view name : path) {
    auto next = view.find(name);
    if (!next && view.is(json::Kind::array) && view.size() > 0) next = *view.elements().begin();
    if (!next) return "(missing)";
    view = *next;
  }
  if (view.is(json::Kind::string)) return std::string(view.as_string().value());
  if (view.is(json::Kind::integer)) return std::to_string(view.as_integer().value());
  return std::string(name_of(view.kind()));
}
inline std::string type_of_problem(const sim::HttpReply& reply) {
  EXPECT_EQ(reply.field("Content-Type"), "application/problem+json");
  return text_at(reply.body, {"type"}).substr(22);
}

}  // namespace tillwatch::api
