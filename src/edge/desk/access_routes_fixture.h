// The desk with real accounts behind it, on a simulated network and clock, and people who come in through
// links. Included by the tests of accounts and roles of this folder.
#pragma once

#include <gtest/gtest.h>

#include <map>

#include "access/account.h"
#include "access/invitation.h"
#include "access/right.h"
#include "access/sign_in.h"
#include "access/totp.h"
#include "desk/access_authenticator.h"
#include "desk/desk_fixture.h"
#include "desk/origin.h"
#include "desk/route_table.h"
#include "registry/registry.h"
#include "sim/sim_disk.h"

namespace tillwatch::desk {

class PlainHash final : public access::PasswordHash {
 public:
  core::Result<std::string> make(std::string_view password) override {
    EXPECT_FALSE(elsewhere) << "hashed on the thread that answers";
    return "of " + std::string(password);
  }
  bool matches(std::string_view stored, std::string_view password) override {
    EXPECT_FALSE(elsewhere) << "hashed on the thread that answers";
    return stored == "of " + std::string(password);
  }
  bool outdated(std::string_view) override { return false; }
  bool elsewhere = false;  // nobody may call this one
};

inline std::string octets_of(std::string_view base32_text) {
  std::string out;
  std::uint64_t bits = 0;
  int held = 0;
  for (const char c : base32_text) {
    bits = (bits << 5) | static_cast<std::uint64_t>(c >= 'A' ? c - 'A' : c - '2' + 26);
    held += 5;
    if (held < 8) continue;
    held -= 8;
    out += static_cast<char>((bits >> held) & 0xff);
  }
  return out;
}

inline constexpr std::string_view good_password = "seven brass anchors rust";

// A browser: its cookies and the token of its session.
struct Browser {
  std::map<std::string, std::string> cookies;
  std::string csrf;
};

class AccessRoutesTest : public ::testing::TestWithParam<sql::Dialect> {
 protected:
  AccessRoutesTest() {
    RouteParts wish;
    wish.access = {&parts_};
    wish.registry.registry = &registry_;
    wish.registry.territory = &authenticator_;
    wish.alerts.territory = &authenticator_;
    wish.decisions = {&authenticator_, &records_};
    wish.notify.notify = &notify_;
    wish.home = {&authenticator_, &system_, 480};
    wish.policy = {&parts_, &compiled_};
    world_.routes = all_routes(wish);
    world_.who = &authenticator_;
    world_.open();
  }
  sim::HttpReply ask(Browser& browser, std::string_view method, std::string_view target,
                     std::string_view body = {}) {
    DeskWorld::Fields fields;
    std::string cookies;
    for (const auto& [name, value] : browser.cookies)
      cookies += (cookies.empty() ? "" : "; ") + name + "=" + value;
    if (!cookies.empty()) fields.emplace_back("Cookie", cookies);
    if (method != "GET" && !browser.csrf.empty()) fields.emplace_back("Tillwatch-Csrf", browser.csrf);
    if (!body.empty()) fields.emplace_back("Content-Type", "application/json");
    const sim::HttpReply reply = world_.send(method, target, body, std::move(fields));
    for (const auto& [name, value] : reply.fields) {
      if (name != "Set-Cookie") continue;
      const std::size_t equals = value.find('=');
      browser.cookies[value.substr(0, equals)] = value.substr(equals + 1, value.find(';') - equals - 1);
    }
    const std::string token = text_of(reply, "csrf");
    if (!token.empty()) browser.csrf = token;
    return reply;
  }
  static std::string text_of(const sim::HttpReply& reply, std::string_view member) {
    json::Reader reader(json::Bounds{.string_bytes_max = 64 * 1024});  // a drawing of a code is long
    const auto root = reader.parse(reply.body);
    if (!root || !root->is(json::Kind::object)) return {};
    const auto found = root->find(member);
    return found && found->is(json::Kind::string) ? std::string(found->as_string().value()) : std::string();
  }
  std::string link(access::Purpose purpose, std::string_view account = "") {
    auto transaction = sql::Transaction::begin(db_);
    const auto secret = access::invite(db_, parts_, purpose, account, "", world_.clock.now());
    EXPECT_TRUE(transaction->commit());
    return secret.value();
  }
  std::string digits(std::string_view seed) {
    return access::totp(seed, access::totp_step(world_.clock.now()));
  }
  void pass(core::DurationMs time) { world_.clock.advance(time); }
  // Enrols a factor in a session that has to; gives its seed.
  std::string enrol(Browser& browser) {
    const auto begun = ask(browser, "POST", "/desk/account/totp");
    EXPECT_EQ(begun.status, 200) << begun.body;
    EXPECT_NE(begun.body.find("<svg"), std::string::npos);
    const std::string seed = octets_of(text_of(begun, "secret"));
    const auto done =
        ask(browser, "POST", "/desk/account/totp/confirm", "{\"totp\":\"" + digits(seed) + "\"}");
    EXPECT_EQ(done.status, 200) << done.body;
    EXPECT_EQ(text_of(done, "state"), "signed_in");
    pass(core::minute_ms);
    return seed;
  }
  // The first owner, signed in; gives the seed.
  std::string make_owner(Browser& browser) {
    const std::string body = "{\"token\":\"" + link(access::Purpose::owner) + "\",\"password\":\"" +
                             std::string(good_password) +
                             R"(","sign_in":"owner","shown_name":"Chen","language":"zh"})";
    const auto come = ask(browser, "POST", "/desk/first-run", body);
    EXPECT_EQ(come.status, 200) << come.body;
    EXPECT_EQ(text_of(come, "state"), "enrol_factor");
    EXPECT_EQ(ask(browser, "GET", "/desk/accounts").status, 401) << "no factor yet";
    return enrol(browser);
  }
  // A colleague with a role, signed in.
  std::string make_colleague(Browser& owner, std::string_view seed, std::string_view name,
                             std::string_view role, Browser& browser) {
    step_up(owner, seed);
    const std::string wish = "{\"sign_in\":\"" + std::string(name) +
                             "\",\"shown_name\":\"Li\",\"roles\":[{\"role\":\"" + std::string(role) +
                             "\",\"agent\":\"*\"}]}";
    const auto made = ask(owner, "POST", "/desk/accounts", wish);
    EXPECT_EQ(made.status, 201) << made.body;
    const std::string body =
        "{\"token\":\"" + text_of(made, "token") + "\",\"password\":\"" + std::string(good_password) + "\"}";
    EXPECT_EQ(ask(browser, "POST", "/desk/first-run", body).status, 200);
    EXPECT_EQ(ask(browser, "POST", "/desk/first-run", body).status, 404) << "once";
    enrol(browser);
    return text_of(made, "id");
  }
  void step_up(Browser& browser, std::string_view seed) {
    pass(core::minute_ms);
    const auto reply = ask(browser, "POST", "/desk/session/step-up", "{\"totp\":\"" + digits(seed) + "\"}");
    EXPECT_EQ(reply.status, 200) << reply.body;
  }

  DeskWorld world_{GetParam()};
  sql::Connection& db_ = world_.store.connection();
  PlainHash hash_;
  crypto::DataKeys keys_ = crypto::DataKeys::generate(world_.random, 1'782'864'000'000);
  access::Parts parts_{keys_, world_.random, hash_, 15};
  sim::SimDisk disk_;
  class : public System {
    SystemState state() override { return {}; }
  } system_;
  DecisionRecords records_{disk_, "data"};
  rulebook::CompiledPolicies compiled_;
  notify::Parts notify_{keys_, world_.random};
  registry::Registry registry_{keys_, world_.random};
  AccessAuthenticator authenticator_;
};

}  // namespace tillwatch::desk
