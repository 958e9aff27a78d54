// People over HTTP: first run, factor, sign-in, step-up, colleagues and their roles, on a simulated network
// with the real accounts behind it; and every route of the desk asked as a stranger and as every role.
#include "desk/access_routes_fixture.h"

namespace tillwatch::desk {
namespace {

constexpr std::string_view password = good_password;

TEST_P(AccessRoutesTest, TheFirstOwnerComesInByALinkAndSignsInAgain) {
  Browser browser;
  auto session = ask(browser, "GET", "/desk/session");
  EXPECT_EQ(text_of(session, "state"), "none");
  const std::string seed = make_owner(browser);
  session = ask(browser, "GET", "/desk/session");
  EXPECT_NE(session.body.find("\"state\":\"signed_in\""), std::string::npos) << session.body;
  EXPECT_NE(session.body.find("accounts.manage"), std::string::npos);
  EXPECT_EQ(ask(browser, "DELETE", "/desk/session").status, 204);
  EXPECT_EQ(ask(browser, "GET", "/desk/account/sessions").status, 401);

  const std::string right = "{\"name\":\"Owner\",\"password\":\"" + std::string(password) + "\"}";
  const auto wrong =
      ask(browser, "POST", "/desk/sessions", R"({"name":"owner","password":"open sesame, please"})");
  const auto nobody =
      ask(browser, "POST", "/desk/sessions", R"({"name":"nobody","password":"open sesame, please"})");
  EXPECT_EQ(wrong.status, 401);
  EXPECT_EQ(wrong.body, nobody.body);
  EXPECT_EQ(text_of(ask(browser, "POST", "/desk/sessions", right), "state"), "factor_needed");
  EXPECT_EQ(ask(browser, "GET", "/desk/account/sessions").status, 401) << "the factor is missing";
  EXPECT_EQ(ask(browser, "POST", "/desk/account/totp").status, 401)
      << "and cannot be replaced before it is shown";
  EXPECT_EQ(ask(browser, "POST", "/desk/sessions/factor", R"({"totp":"000000"})").status, 401);
  pass(core::minute_ms);
  const std::string code = "{\"totp\":\"" + digits(seed) + "\"}";
  EXPECT_EQ(text_of(ask(browser, "POST", "/desk/sessions/factor", code), "state"), "signed_in");
  EXPECT_EQ(ask(browser, "GET", "/desk/account/sessions").status, 200);
}

TEST_P(AccessRoutesTest, WhatIsSensitiveNeedsAFreshFactorAndTheTokenOfTheSession) {
  Browser owner;
  const std::string seed = make_owner(owner);
  pass(6 * core::minute_ms);
  const std::string wish = R"({"sign_in":"desk1","shown_name":"Li","roles":[{"role":"desk","agent":"*"}]})";
  auto reply = ask(owner, "POST", "/desk/accounts", wish);
  EXPECT_EQ(reply.status, 403);
  EXPECT_EQ(kind_of(reply), "step-up-needed");
  const Browser before = owner;
  step_up(owner, seed);
  EXPECT_NE(before.cookies.at(std::string(session_cookie)), owner.cookies.at(std::string(session_cookie)));
  Browser stolen = before;
  EXPECT_EQ(ask(stolen, "GET", "/desk/account/sessions").status, 401)
      << "the secret before the step-up is worth nothing";
  Browser forged = owner;
  forged.csrf = "another";
  EXPECT_EQ(kind_of(ask(forged, "POST", "/desk/accounts", wish)), "foreign-origin");
  EXPECT_EQ(ask(owner, "POST", "/desk/accounts", wish).status, 201);
  pass(16 * core::minute_ms);
  EXPECT_EQ(ask(owner, "GET", "/desk/account/sessions").status, 401) << "idle";
}

TEST_P(AccessRoutesTest, ADisabledColleagueIsOutAtOnce) {
  Browser owner, desk;
  const std::string seed = make_owner(owner);
  const std::string id = make_colleague(owner, seed, "desk1", "desk", desk);
  EXPECT_EQ(ask(desk, "GET", "/desk/alerts").status, 200);
  EXPECT_EQ(ask(desk, "GET", "/desk/accounts").status, 403);
  step_up(owner, seed);
  const auto one = ask(owner, "GET", "/desk/accounts/" + id);
  json::Reader reader;
  const std::int64_t version = reader.parse(one.body).value().find("version")->as_integer().value();
  const auto off = ask(owner, "PATCH", "/desk/accounts/" + id,
                       "{\"version\":" + std::to_string(version) + ",\"state\":\"disabled\"}");
  EXPECT_EQ(off.status, 200) << off.body;
  EXPECT_EQ(ask(desk, "GET", "/desk/alerts").status, 401);
}

// Two came in by password before there was a factor: whoever enrols first has it, the other one gets nothing.
// A page that only listens is no sign that somebody is there.
TEST_P(AccessRoutesTest, AnOpenStreamDoesNotKeepASessionAlive) {
  Browser owner;
  make_owner(owner);
  const auto sessions = db_.query("select id, account from access_session where ended_at is null");
  ASSERT_EQ(sessions->size(), 1u);
  Caller caller;
  caller.session = (*sessions)[0].text(0);
  caller.account = (*sessions)[0].text(1);
  const auto still = [&](std::string_view right) {
    return authenticator_.still(db_, world_.clock.now(), caller, right).has_value();
  };
  EXPECT_TRUE(still("decisions.read"));
  EXPECT_FALSE(still("no.such_right"));
  for (int minute = 0; minute < 13; ++minute) {
    pass(core::minute_ms);
    EXPECT_TRUE(still("decisions.read")) << minute;
  }
  pass(3 * core::minute_ms);
  EXPECT_FALSE(still("decisions.read")) << "asking does not count";
  EXPECT_EQ(ask(owner, "GET", "/desk/accounts").status, 401);

  caller = {};
  EXPECT_FALSE(still("decisions.read"));
}

TEST_P(AccessRoutesTest, SigningOutEndsAStream) {
  Browser owner;
  make_owner(owner);
  const auto sessions = db_.query("select id, account from access_session where ended_at is null");
  Caller caller;
  caller.session = (*sessions)[0].text(0);
  caller.account = (*sessions)[0].text(1);
  EXPECT_TRUE(authenticator_.still(db_, world_.clock.now(), caller, "decisions.read"));
  EXPECT_EQ(ask(owner, "DELETE", "/desk/session").status, 204);
  EXPECT_FALSE(authenticator_.still(db_, world_.clock.now(), caller, "decisions.read"));
}

TEST_P(AccessRoutesTest, AHalfOpenSessionDoesNotReplaceAFactor) {
  Browser owner, first, second;
  const std::string seed = make_owner(owner);
  const std::string id = make_colleague(owner, seed, "desk1", "desk", first);
  step_up(owner, seed);
  const std::string token = text_of(ask(owner, "POST", "/desk/accounts/" + id + "/reset"), "token");
  const std::string body = "{\"token\":\"" + token + "\",\"password\":\"" + std::string(password) + "\"}";
  ASSERT_EQ(text_of(ask(first, "POST", "/desk/first-run", body), "state"), "enrol_factor");
  const std::string right = "{\"name\":\"desk1\",\"password\":\"" + std::string(password) + "\"}";
  ASSERT_EQ(text_of(ask(second, "POST", "/desk/sessions", right), "state"), "enrol_factor");
  enrol(first);
  EXPECT_EQ(ask(second, "POST", "/desk/account/totp").status, 401);
  EXPECT_EQ(ask(second, "POST", "/desk/account/totp/confirm", R"({"totp":"123456"})").status, 401);
}

// Only an owner makes owners, and takes an owner's factor away.
TEST_P(AccessRoutesTest, AnAdministratorDoesNotBecomeAnOwner) {
  Browser owner, administrator;
  const std::string seed = make_owner(owner);
  make_colleague(owner, seed, "admin1", "administrator", administrator);
  const auto accounts = ask(administrator, "GET", "/desk/accounts");
  const std::size_t at = accounts.body.find("\"id\":\"acc_") + 6;
  const std::string owner_id = accounts.body.substr(at, accounts.body.find('"', at) - at);
  EXPECT_EQ(ask(administrator, "POST", "/desk/accounts/" + owner_id + "/reset").status, 403);
  EXPECT_EQ(
      ask(administrator, "PATCH", "/desk/accounts/" + owner_id, R"({"version":1,"state":"disabled"})").status,
      403);
  EXPECT_EQ(ask(administrator, "POST", "/desk/accounts",
                R"({"sign_in":"puppet","shown_name":"P","roles":[{"role":"owner","agent":"*"}]})")
                .status,
            403);
}

TEST_P(AccessRoutesTest, TheReviewSaysWhoHasWhatAndNoSpreadsheetRunsIt) {
  Browser owner, desk;
  const std::string seed = make_owner(owner);
  make_colleague(owner, seed, "desk1", "desk", desk);
  const auto whole = ask(owner, "GET", "/desk/access-review");
  EXPECT_EQ(whole.status, 200) << whole.body;
  EXPECT_NE(whole.body.find(R"("sign_in":"desk1")"), std::string::npos);
  const auto accounts = ask(owner, "GET", "/desk/accounts");
  const std::size_t at = accounts.body.rfind("\"id\":\"acc_") + 6;
  const std::string id = accounts.body.substr(at, accounts.body.find('"', at) - at);
  json::Reader reader;
  const std::int64_t version = reader.parse(ask(owner, "GET", "/desk/accounts/" + id).body)
                                   .value()
                                   .find("version")
                                   ->as_integer()
                                   .value();
  step_up(owner, seed);
  EXPECT_EQ(ask(owner, "PATCH", "/desk/accounts/" + id,
                "{\"version\":" + std::to_string(version) + R"(,"shown_name":"=1+\"x\""})")
                .status,
            200);
  const auto table = ask(owner, "GET", "/desk/access-review?format=csv");
  EXPECT_EQ(table.field("Content-Type"), "text/csv; charset=utf-8");
  EXPECT_NE(table.body.find(R"("desk1","'=1+""x""","active","desk","*")"), std::string::npos) << table.body;
}

TEST_P(AccessRoutesTest, WhoIsAloneChoosesTheModeAndTwoChangeItTogether) {
  Browser owner, other;
  const std::string seed = make_owner(owner);
  EXPECT_EQ(ask(owner, "PUT", "/desk/approval-mode", R"({"mode":"solo"})").status, 204);
  EXPECT_EQ(ask(owner, "PUT", "/desk/approval-mode", R"({"mode":"two_people"})").status, 204);
  const std::string second = make_colleague(owner, seed, "admin1", "administrator", other);
  EXPECT_EQ(ask(owner, "PUT", "/desk/approval-mode", R"({"mode":"duo"})").status, 422) << "say why";
  const auto waits = ask(other, "PUT", "/desk/approval-mode", R"({"mode":"duo","reason":"holidays"})");
  ASSERT_EQ(waits.status, 202) << waits.body;
  const auto member = [&waits](std::string_view name) {
    const std::size_t at = waits.body.find("\"" + std::string(name) + "\":\"") + name.size() + 4;
    return waits.body.substr(at, waits.body.find('"', at) - at);
  };
  const std::string id = member("id");
  const std::string go = R"({"mode":"duo","proposal":")" + id + "\"}";
  EXPECT_EQ(ask(other, "PUT", "/desk/approval-mode", go).status, 409) << "nobody approved";
  const std::string approval = R"({"hash":")" + member("hash") + "\"}";
  EXPECT_EQ(ask(other, "POST", "/desk/proposals/" + id + "/approve", approval).status, 403);
  EXPECT_EQ(ask(owner, "POST", "/desk/proposals/" + id + "/approve", approval).status, 204);
  EXPECT_EQ(ask(other, "PUT", "/desk/approval-mode", go).status, 204);
  EXPECT_NE(ask(other, "GET", "/desk/session").body.find(R"("approval_mode":"duo")"), std::string::npos);
}

// Every route, as a stranger and as every role: who lacks the right hears 403, who has it anything else;
// never 5xx.
TEST_P(AccessRoutesTest, EveryRouteAsEveryRole) {
  Browser owner;
  const std::string seed = make_owner(owner);
  const auto target_of = [](std::string_view path) {
    std::string out;
    for (std::size_t i = 0; i < path.size(); ++i) {
      if (path[i] == '{') {
        i = path.find('}', i);
        out += "none";
      } else {
        out += path[i];
      }
    }
    return out;
  };
  int asked = 0;
  for (const access::Role& role : access::roles()) {
    Browser browser;
    make_colleague(owner, seed, "one_" + std::string(role.name), role.name, browser);
    for (const Routes::Row& row : world_.routes.rows()) {
      const Route& route = row.route;
      if (route.right == open_to_all || route.name == "signOut" || route.name == "stepUp") continue;
      const std::string body = route.body_bytes_max > 0 ? "{}" : "";
      const std::string target = target_of(route.path);
      // What does not end is asked for its head.
      const bool endless = route.name == "streamDecisions";
      const std::string_view method = endless ? "HEAD" : http::name_of(route.method);
      Browser stranger;
      EXPECT_EQ(ask(stranger, method, target, body).status, 401) << route.name;
      const int status = ask(browser, method, target, body).status;
      EXPECT_LT(status, 500) << route.name;
      EXPECT_NE(status, 401) << route.name << " as " << role.name;
      const std::size_t place = access::find_right(route.right);
      const bool may = route.right == any_account || (place < access::right_count && role.rights.test(place));
      if (route.right != any_account) {
        EXPECT_LT(place, access::right_count) << route.right << ": no such right";
        EXPECT_EQ(may, status != 403) << route.name << " as " << role.name;
      }
      ++asked;
    }
  }
  EXPECT_GT(asked, 500);
}

INSTANTIATE_TEST_SUITE_P(Engines, AccessRoutesTest, ::testing::ValuesIn(sql::test_engines()),
                         sql::engine_name);

}  // namespace
}  // namespace tillwatch::desk
