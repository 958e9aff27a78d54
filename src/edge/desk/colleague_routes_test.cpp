// Names of colleagues over HTTP: whom somebody hears of whose roles lie within one agent, and whom not.
#include "desk/access_routes_fixture.h"

namespace tillwatch::desk {
namespace {

class ColleaguesTest : public AccessRoutesTest {
 protected:
  ColleaguesTest() { seed_ = make_owner(owner_); }

  std::string agent(std::string_view name, std::string_view parent = "") {
    const std::string above = parent.empty() ? "" : R"(,"parent":")" + std::string(parent) + '"';
    const auto made =
        ask(owner_, "POST", "/desk/agents", R"({"name":")" + std::string(name) + '"' + above + "}");
    EXPECT_EQ(made.status, 201) << made.body;
    return text_of(made, "id");
  }
  // Somebody with one role within an agent, signed in.
  std::string come(std::string_view name, std::string_view role, std::string_view place, Browser& browser) {
    step_up(owner_, seed_);
    const std::string wish = R"({"sign_in":")" + std::string(name) + R"(","shown_name":"N )" +
                             std::string(name) + R"(","roles":[{"role":")" + std::string(role) +
                             R"(","agent":")" + std::string(place) + "\"}]}";
    const auto made = ask(owner_, "POST", "/desk/accounts", wish);
    EXPECT_EQ(made.status, 201) << made.body;
    const std::string body =
        R"({"token":")" + text_of(made, "token") + R"(","password":")" + std::string(good_password) + "\"}";
    EXPECT_EQ(ask(browser, "POST", "/desk/first-run", body).status, 200);
    enrol(browser);
    return text_of(made, "id");
  }
  // The names told, in the order of the accounts.
  std::string names(Browser& who, std::string_view query = "") {
    const auto reply = ask(who, "GET", "/desk/colleagues" + std::string(query));
    EXPECT_EQ(reply.status, 200) << reply.body;
    std::string out;
    constexpr std::string_view begin = "\"shown_name\":\"";
    for (std::size_t at = reply.body.find(begin); at != std::string::npos;
         at = reply.body.find(begin, at + 1))
      out +=
          (out.empty() ? "" : ", ") +
          reply.body.substr(at + begin.size(), reply.body.find('"', at + begin.size()) - at - begin.size());
    return out;
  }

  Browser owner_;
  std::string seed_;
};
INSTANTIATE_TEST_SUITE_P(Engines, ColleaguesTest, ::testing::ValuesIn(sql::test_engines()), sql::engine_name);

TEST_P(ColleaguesTest, NamesReachAsFarAsTheRolesDo) {
  const std::string north = agent("North"), south = agent("South"), under = agent("Under", north);
  Browser north_desk, under_rep, south_rep, analyst;
  come("north", "desk", north, north_desk);
  come("under", "rep", under, under_rep);
  come("south", "rep", south, south_rep);
  come("analyst", "risk_analyst", "*", analyst);
  EXPECT_EQ(names(owner_), "Chen, N north, N under, N south, N analyst");
  EXPECT_EQ(names(analyst), names(owner_)) << "a role everywhere, without the right to read accounts";
  EXPECT_EQ(ask(analyst, "GET", "/desk/accounts").status, 403);
  EXPECT_EQ(names(north_desk), "N north, N under") << "the subtree";
  EXPECT_EQ(names(under_rep), "N under") << "not whoever stands above";
  EXPECT_EQ(names(south_rep), "N south");
}

TEST_P(ColleaguesTest, ANameAndNothingElseIsTold) {
  Browser desk;
  const std::string id = come("north", "desk", agent("North"), desk);
  const auto reply = ask(desk, "GET", "/desk/colleagues");
  EXPECT_EQ(reply.body,
            R"({"items":[{"id":")" + id + R"(","shown_name":"N north","active":true}],"next":null})");
}

// Who was disabled did things once: his name stays, and nothing is given to him any more.
TEST_P(ColleaguesTest, WhoIsDisabledIsToldAsSuch) {
  Browser analyst;
  const std::string id = come("analyst", "risk_analyst", "*", analyst);
  json::Reader reader;
  const auto version =
      reader.parse(ask(owner_, "GET", "/desk/accounts/" + id).body)->find("version")->as_integer().value();
  EXPECT_EQ(ask(owner_, "PATCH", "/desk/accounts/" + id,
                "{\"version\":" + std::to_string(version) + R"(,"state":"disabled"})")
                .status,
            200);
  EXPECT_NE(ask(owner_, "GET", "/desk/colleagues").body.find(R"("N analyst","active":false)"),
            std::string::npos);
  EXPECT_EQ(ask(analyst, "GET", "/desk/colleagues").status, 401);
}

TEST_P(ColleaguesTest, PagesFollowEachOther) {
  Browser first, second;
  come("one", "rep", "*", first);
  come("two", "rep", "*", second);
  const auto page = ask(owner_, "GET", "/desk/colleagues?limit=2");
  EXPECT_EQ(names(owner_, "?limit=2&cursor=" + text_of(page, "next")), "N two");
  EXPECT_EQ(ask(owner_, "GET", "/desk/colleagues?cursor=x").status, 400);
}

}  // namespace
}  // namespace tillwatch::desk
