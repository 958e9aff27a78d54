// The desk over a simulated network and clock and a real, empty store, with somebody signed in. Included by
// the tests of this folder; routes are what each test adds.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "desk/fields.h"
#include "desk/handler.h"
#include "json/reader.h"
#include "payment/card_digits.h"
#include "sim/http_client.h"
#include "sim/sim_clock.h"
#include "sim/sim_network.h"
#include "sim/sim_random.h"
#include "sql/store_fixture.h"

namespace tillwatch::desk {

// Knows one account by the cookie "good" and gives it the rights a test names.
class FakeAuthenticator final : public Authenticator {
 public:
  core::Status identify(sql::Connection&, core::TimeMs, Caller& caller) override {
    if (failure) return *failure;
    if (caller.cookie != "good" && caller.cookie != "half") return {};
    caller.account = "acc_1";
    caller.session = "ses_1";
    caller.csrf = "token";
    caller.signed_in = caller.cookie == "good";
    return {};
  }
  core::Status permit(sql::Connection&, core::TimeMs, const Caller& caller, std::string_view right) override {
    EXPECT_TRUE(caller.signed_in);
    if (rights.contains(std::string(right))) return {};
    return core::fail(core::ErrorCode::denied, step_up ? "step-up-needed" : "",
                      "this needs the right " + std::string(right));
  }
  std::set<std::string> rights = {"things.read", "things.edit"};
  bool step_up = false;
  std::optional<core::Status> failure;
};

// Added to before `open()`.
struct DeskWorld {
  explicit DeskWorld(sql::Dialect dialect = sql::Dialect::sqlite) : store(dialect) {}

  void open(OriginRules rules = {.tls = false, .address = "127.0.0.1", .origins = {}}) {
    handler.emplace(Handler::Parts{routes, *who, assets, store.connection(), clock, log}, std::move(rules));
    server.emplace(network, clock, *handler, desk_limits());
    handler->attach(*server);
    port = server->listen({}).value();
  }

  using Fields = std::vector<std::pair<std::string, std::string>>;
  // Sends exactly these fields (and Host, where none is given).
  sim::HttpReply send(std::string_view method, std::string_view target, std::string_view body,
                      Fields fields) {
    std::string request = std::string(method) + " " + std::string(target) + " HTTP/1.1\r\n";
    bool host = false;
    for (const auto& [name, value] : fields) {
      if (name == "Host") host = true;
      request.append(name).append(": ").append(value).append("\r\n");
    }
    if (!host) request += "Host: 127.0.0.1:8090\r\n";
    if (!body.empty() || method == "POST")
      request += "Content-Length: " + std::to_string(body.size()) + "\r\n";
    request.append("\r\n").append(body);
    sim::SimPeer& peer = network.connect(port).send(request);
    std::optional<sim::HttpReply> reply;
    for (int i = 0; i < 400 && !reply; ++i) {
      server->turn(network.wait(0));
      if (i > 1) clock.advance(100);
      std::string bytes = peer.received();
      reply = sim::take_reply(bytes, method == "HEAD");
    }
    EXPECT_TRUE(reply.has_value()) << method << " " << target;
    peer.half_close();  // a browser's connection goes at some time
    for (int i = 0; i < 3; ++i) server->turn(network.wait(0));
    return reply.value_or(sim::HttpReply{});
  }
  // As the console does: with session, CSRF token and, where there is a body, its media type.
  sim::HttpReply ask(std::string_view method, std::string_view target, std::string_view body = {},
                     Fields more = {}) {
    Fields fields = {{"Cookie", std::string(session_cookie) + "=good"}};
    if (method != "GET" && method != "HEAD") fields.emplace_back("Tillwatch-Csrf", "token");
    if (!body.empty()) fields.emplace_back("Content-Type", "application/json");
    for (auto& field : more) fields.push_back(std::move(field));
    return send(method, target, body, std::move(fields));
  }

  sim::SimClock clock;
  sim::SimNetwork network{clock, 7};
  sql::TestStore store;
  FakeAuthenticator authenticator;
  Authenticator* who = &authenticator;  // set before open(), where it is another one
  sim::SimRandom random{5};
  Assets assets{console_files(), random};
  std::string logged;
  trace::Log log{clock, [this](std::string_view line) { logged += line; }, payment::mask_digit_runs};
  Routes routes;
  std::optional<Handler> handler;
  std::optional<http::Server> server;
  std::uint16_t port = 0;
};

// The kind of a problem document: "not-found".
inline std::string kind_of(const sim::HttpReply& reply) {
  EXPECT_EQ(reply.field("Content-Type"), "application/problem+json") << reply.status << " " << reply.body;
  json::Reader reader;
  const auto root = reader.parse(reply.body);
  if (!root || !root->find("type")) return reply.body;
  return std::string(root->find("type")->as_string().value().substr(22));
}

}  // namespace tillwatch::desk
