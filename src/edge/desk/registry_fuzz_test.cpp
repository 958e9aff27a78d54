// Whatever is sent to the routes of registry and inbox, the answer is one that the table says, never a
// failure of ours; and whoever sees a part of the tree only never reads the mark that stands on everything
// else.
#include <random>

#include "desk/alert_routes.h"
#include "desk/desk_fixture.h"
#include "desk/registry_routes.h"
#include "findings/inbox.h"

namespace tillwatch::desk {
namespace {

constexpr std::string_view foreign_mark = "FOREIGNMARK";

class FixedTerritory final : public Territory {
 public:
  core::Result<registry::Scope> scope_of(sql::Connection&, core::TimeMs, const Caller&,
                                         std::string_view) override {
    return scope;
  }
  registry::Scope scope = registry::Scope::everything();
};

class RegistryFuzzTest : public ::testing::Test {
 protected:
  RegistryFuzzTest() {
    add_registry_routes(world_.routes, {.registry = &registry_, .territory = &territory_});
    add_alert_routes(world_.routes, {.territory = &territory_, .grouping = {}});
    for (const Routes::Row& row : world_.routes.rows())
      world_.authenticator.rights.insert(std::string(row.route.right));
    world_.open();
  }
  std::size_t any(std::size_t size) { return dice_() % size; }
  template <class List>
  const auto& any_of(const List& list) {
    return list[any(list.size())];
  }
  std::string made(std::string_view path, const std::string& body) {
    const sim::HttpReply reply = world_.ask("POST", path, body);
    EXPECT_EQ(reply.status, 201) << path << body << reply.body;
    json::Reader reader;
    return std::string(reader.parse(reply.body)->find("id")->as_string().value());
  }
  // An agent with a merchant, a terminal, an account, a person, a rep and an alert; each carries the mark.
  void settle(const std::string& mark, std::int64_t sequence) {
    const std::string agent = made("/desk/agents", R"({"name":")" + mark + "\"}");
    const std::string number = "N" + mark;
    const std::string of = R"("agent":")" + agent + "\"";
    ids_.push_back(agent);
    ids_.push_back(made("/desk/merchants", "{" + of + R"(,"name":")" + mark +
                                               R"(","numbers":[{"channel":"leshua","number":")" + number +
                                               "\"}]}"));
    ids_.push_back(made("/desk/terminals",
                        R"({"id":"SN)" + mark + R"(","status":"active","merchant":")" + ids_.back() + "\"}"));
    ids_.push_back(
        made("/desk/settlement-accounts",
             "{" + of + R"(,"bank":")" + mark + R"(","number":"6222000011119876","holder":"王小明"})"));
    ids_.push_back(made("/desk/persons", "{" + of + R"(,"name":"王小明","note":")" + mark + "\"}"));
    ids_.push_back(made("/desk/reps", "{" + of + R"(,"name":"王小明","note":")" + mark + "\"}"));
    ids_.push_back("alt_" + std::string(15, '0') + std::to_string(sequence) + "00");
    ids_.push_back(number);
    const findings::Inbox inbox{findings::Grouping{}};
    ASSERT_TRUE(inbox.take(world_.store.connection(), {.sequence = sequence,
                                                       .place = 0,
                                                       .at = world_.clock.now(),
                                                       .rule = "T07",
                                                       .typology = "T07",
                                                       .reason = mark,
                                                       .severity = 3,
                                                       .subject_kind = "merchant.id",
                                                       .subject = number,
                                                       .agent = agent,
                                                       .merchant = number,
                                                       .terminal = "SN1",
                                                       .declined = true,
                                                       .client = "till",
                                                       .request_id = "x",
                                                       .amount = 100,
                                                       .currency = "CNY"}));
    agents_.push_back(agent);
  }
  std::string value() {
    static const std::vector<std::string> values{"null",
                                                 "true",
                                                 "\"\"",
                                                 "\"x\"",
                                                 "5",
                                                 "-1",
                                                 "9223372036854775807",
                                                 "1.5",
                                                 "[]",
                                                 "{}",
                                                 "\"active\"",
                                                 "\"fraud\"",
                                                 "\"2026-07-03T06:05:00Z\"",
                                                 R"({"minor":5,"currency":"CNY"})",
                                                 R"({"minor":-5,"currency":"CNY"})",
                                                 R"([{"channel":"leshua","number":"Z9"}])",
                                                 R"([{"channel":"nowhere","number":"Z9"}])",
                                                 "\"4012888888881881\"",
                                                 "\"11010519491231002X\"",
                                                 "\"\\u0000\"",
                                                 "\"138 1234 9876\"",
                                                 "\"王**\"",
                                                 "\"5411\""};
    return any(3) == 0 ? "\"" + any_of(ids_) + "\"" : any_of(values);
  }
  std::string body() {
    static const std::vector<std::string> names{"name",
                                                "status",
                                                "agent",
                                                "parent",
                                                "merchant",
                                                "tid",
                                                "code",
                                                "numbers",
                                                "reason",
                                                "version",
                                                "verdict",
                                                "until",
                                                "text",
                                                "assignee",
                                                "phone",
                                                "identity_number",
                                                "number",
                                                "holder",
                                                "single_limit",
                                                "mcc",
                                                "opens_minute",
                                                "closes_minute",
                                                "price_list",
                                                "id",
                                                "kind",
                                                "colour",
                                                "settlement_account",
                                                "rep",
                                                "contact"};
    // Some that are right, so that what is behind the first check is met too.
    if (any(4) == 0) return R"({"name":"x","agent":")" + agents_[1] + "\"}";
    if (any(4) == 0)
      return "{\"version\":" + std::to_string(1 + any(3)) + ",\"note\":\"n" + std::to_string(any(100)) +
             "\"}";
    std::set<std::string> used;
    std::string text = any(2) == 0 ? "\"version\":1" : "";
    if (!text.empty()) used.insert("version");
    for (std::size_t i = any(6); i > 0; --i) {
      const std::string& name = any_of(names);
      if (!used.insert(name).second) continue;
      text += (text.empty() ? "\"" : ",\"") + name + "\":" + value();
    }
    return "{" + text + "}";
  }
  std::string query(const Route& route) {
    static const std::vector<std::string> values{"",
                                                 "x",
                                                 "1",
                                                 "0",
                                                 "500",
                                                 "true",
                                                 "open",
                                                 "day",
                                                 "merchant",
                                                 "high",
                                                 "2026-07-03T00:00:00Z",
                                                 "%E4%BE%BF",
                                                 "effective",
                                                 "a%00b",
                                                 "9876"};
    std::string text;
    for (const std::string_view name : route.query)
      if (any(3) == 0 && name != "wait")
        text += (text.empty() ? "?" : "&") + std::string(name) + "=" +
                (any(3) == 0 ? any_of(ids_) : any_of(values));
    return text;
  }
  std::string target(const Routes::Row& row) {
    std::string path(row.route.path);
    if (const std::size_t at = path.find("{id}"); at != std::string::npos)
      path.replace(at, 4, any(5) == 0 ? "none" : any_of(ids_));
    return path + query(row.route);
  }

  std::mt19937 dice_{1};
  sim::SimRandom random_{3};
  crypto::DataKeys keys_ = crypto::DataKeys::generate(random_, 0);
  registry::Registry registry_{keys_, random_};
  FixedTerritory territory_;
  DeskWorld world_;
  std::vector<std::string> ids_, agents_;
};

TEST_F(RegistryFuzzTest, EveryAnswerIsOneOfTheTableAndNothingForeignIsSeen) {
  made("/desk/channels", R"({"id":"leshua","name":"Leshua"})");
  settle(std::string(foreign_mark), 1);
  settle("MINE", 2);
  territory_.scope = registry::Scope::under({agents_[1]});
  std::map<int, int> statuses;
  const auto& rows = world_.routes.rows();
  for (int round = 0; round < 3000; ++round) {
    const Routes::Row& row = rows[any(rows.size())];
    const Route& route = row.route;
    const std::string where = target(row);
    const std::string sent = route.body_bytes_max > 0 ? body() : std::string();
    const sim::HttpReply reply = world_.ask(http::name_of(route.method), where, sent);
    const std::string told = "round " + std::to_string(round) + ": " +
                             std::string(http::name_of(route.method)) + " " + where + " " + sent + " got " +
                             std::to_string(reply.status) + " " + reply.body;
    ++statuses[reply.status];
    ASSERT_LT(reply.status, 500) << told;
    const bool own = std::ranges::find(route.statuses, reply.status) != route.statuses.end();
    const auto implied = implied_statuses(route);
    ASSERT_TRUE(own || std::ranges::find(implied, reply.status) != implied.end()) << told;
    ASSERT_EQ(reply.body.find(foreign_mark), std::string::npos) << told;
    ASSERT_EQ(reply.body.find(agents_[0]), std::string::npos) << told;
  }
  for (const int status : {200, 201, 400, 404, 409, 422})
    EXPECT_GT(statuses[status], 0) << status << " never came: the requests say too little";
  EXPECT_EQ(world_.logged.find("王小明"), std::string::npos);
}

}  // namespace
}  // namespace tillwatch::desk
