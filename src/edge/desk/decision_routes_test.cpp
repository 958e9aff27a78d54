// The decisions room as a browser meets it, over a real journal: list, page, what lies around, and nothing of
// other people's merchants.
#include "desk/decision_routes.h"

#include <random>
#include <set>

#include "desk/desk_fixture.h"
#include "engine/decision.h"
#include "pipeline/pipeline_fixture.h"
#include "registry/registry.h"
#include "relay/eras.h"
#include "relay/projector.h"

namespace tillwatch::desk {
namespace {

using payment::AttributeId;
using payment::Value;

class ScopedTerritory final : public Territory {
 public:
  core::Result<registry::Scope> scope_of(sql::Connection&, core::TimeMs, const Caller&,
                                         std::string_view right) override {
    EXPECT_TRUE(right.starts_with("decisions.")) << right;
    return scope;
  }
  registry::Scope scope = registry::Scope::everything();
};

class DecisionRoutesTest : public ::testing::TestWithParam<sql::Dialect> {
 protected:
  DecisionRoutesTest() {
    add_decision_routes(desk_.routes, {&territory_, &records_});
    desk_.authenticator.rights = {"decisions.read", "decisions.export"};
    desk_.open();
  }
  void sell(const std::string& id, std::string_view merchant, std::int64_t amount = 100) {
    payment::EntryBuilder entry = pipeline::sale(id, "token/x:c", amount);
    entry.set(AttributeId::merchant_id, Value::of(merchant));
    entry.set(AttributeId::card_masked, Value::of("622200******1234"));
    entry.set(AttributeId::currency, Value::of("CNY"));
    pipeline_.send(entry);
  }
  void project() {
    while (projector_.step(desk_.store.connection(), pipeline_.pipeline->last_durable()).value()) {
    }
  }
  // An agent with the merchant of this number.
  std::string settle(const std::string& name, const std::string& number) {
    auto transaction = sql::Transaction::begin(desk_.store.connection()).value();
    const registry::Author author{"test", everything_, 5};
    registry::Wish agent, shop;
    agent.fields = {{"name", name}};
    const std::string id =
        registry_.create(desk_.store.connection(), author, registry::Entity::agent, agent)->id;
    registry::Wish channel;
    channel.id = "ch" + number;
    channel.fields = {{"name", name}};
    registry_.create(desk_.store.connection(), author, registry::Entity::channel, channel).value();
    shop.fields = {{"name", name + " shop"}, {"agent", id}};
    shop.numbers = {{"ch" + number, number}};
    registry_.create(desk_.store.connection(), author, registry::Entity::merchant, shop).value();
    EXPECT_TRUE(transaction.commit());
    return id;
  }
  sim::HttpReply get(const std::string& target) { return desk_.ask("GET", target); }
  std::vector<std::string> ids(const sim::HttpReply& reply, std::string_view member = "items") {
    std::vector<std::string> found;
    json::Reader reader;
    const auto root = reader.parse(reply.body);
    EXPECT_TRUE(root && root->find(member)) << reply.body;
    if (!root || !root->find(member)) return found;
    for (const json::View& item : root->find(member)->elements())
      found.emplace_back(item.find("request_id")->as_string().value());
    return found;
  }

  sim::SimDisk disk_;
  pipeline::World pipeline_{disk_};
  relay::Projector projector_{disk_, "data/journal", {}};
  DecisionRecords records_{disk_, "data"};
  sim::SimRandom random_{3};
  crypto::DataKeys keys_ = crypto::DataKeys::generate(random_, 0);
  registry::Registry registry_{keys_, random_};
  registry::Scope everything_ = registry::Scope::everything();
  ScopedTerritory territory_;
  DeskWorld desk_{GetParam()};
};
INSTANTIATE_TEST_SUITE_P(Engines, DecisionRoutesTest, ::testing::ValuesIn(sql::test_engines()),
                         sql::engine_name);

// The decision of the n-th sale (the journal begins with the policy).
std::string id_of(std::uint64_t sequence) {
  return engine::decision_id(core::Sequence(sequence));
}

TEST_P(DecisionRoutesTest, TheListTurnsItsPagesAndNamesRules) {
  for (int i = 1; i <= 5; ++i) sell("s" + std::to_string(i), "m", 100 * i);
  project();
  const sim::HttpReply first = get("/desk/decisions?limit=2");
  EXPECT_EQ(first.status, 200) << first.body;
  EXPECT_EQ(ids(first), (std::vector<std::string>{"s5", "s4"}));
  EXPECT_NE(first.body.find(R"("hits":[{"rule":"R")"), std::string::npos) << first.body;
  EXPECT_NE(first.body.find(R"("outcome":{"authorisation":"decline")"), std::string::npos);
  EXPECT_NE(first.body.find(R"("amount":{"minor":500,"currency":"CNY"})"), std::string::npos);
  json::Reader reader;
  const std::string next(reader.parse(first.body)->find("next")->as_string().value());
  EXPECT_EQ(ids(get("/desk/decisions?limit=2&cursor=" + next)), (std::vector<std::string>{"s3", "s2"}));
  EXPECT_EQ(ids(get("/desk/decisions?authorisation=decline&rule=R")),
            (std::vector<std::string>{"s5", "s4", "s3"}));
  EXPECT_EQ(ids(get("/desk/decisions?fired=false")), (std::vector<std::string>{"s2", "s1"}));
  EXPECT_EQ(ids(get("/desk/decisions?card=622200******1234&request_id=s2")), std::vector<std::string>{"s2"});
  EXPECT_EQ(ids(get("/desk/decisions?merchant=other")), std::vector<std::string>{});
}

TEST_P(DecisionRoutesTest, WrongFiltersAreToldAllAtOnce) {
  const sim::HttpReply reply = get("/desk/decisions?from=yesterday&authorisation=no&card=6222000011112222");
  EXPECT_EQ(reply.status, 400);
  for (const char* pointer : {"?from", "?authorisation", "?card"})
    EXPECT_NE(reply.body.find(pointer), std::string::npos) << reply.body;
  EXPECT_EQ(reply.body.find("6222000011112222"), std::string::npos);
  EXPECT_EQ(get("/desk/decisions?cursor=x").status, 400);
  EXPECT_EQ(get("/desk/decisions?colour=red").status, 400);
}

TEST_P(DecisionRoutesTest, APageSaysWhy) {
  for (int i = 1; i <= 3; ++i) sell("s" + std::to_string(i), "m");
  pipeline_.send(pipeline::label("l1", "s3"));
  project();
  const sim::HttpReply page = get("/desk/decisions/" + id_of(4));
  ASSERT_EQ(page.status, 200) << page.body;
  EXPECT_NE(page.body.find(R"("text":{"en":"3 )"), std::string::npos) << "words of the bundle: " << page.body;
  EXPECT_NE(page.body.find(R"("name":"pair_count","value":3,"coverage":"exact","window":)"),
            std::string::npos);
  EXPECT_NE(page.body.find(R"("policy":{"name":"pipe","version":)"), std::string::npos);
  EXPECT_NE(page.body.find(R"("titles":[{"rule":"R","en":"R","zh":"R"}])"), std::string::npos);
  EXPECT_NE(page.body.find(R"("terminal.serial":"SN1")"), std::string::npos);
  EXPECT_NE(page.body.find(R"("withheld":["card.reference")"), std::string::npos);
  EXPECT_EQ(page.body.find("token/x"), std::string::npos) << "a card's reference stays where it is";
  EXPECT_NE(page.body.find(R"("fraud":true)"), std::string::npos) << "what was told later";
  EXPECT_EQ(get("/desk/decisions/" + id_of(99)).status, 404);
  EXPECT_EQ(get("/desk/decisions/" + id_of(1)).status, 404) << "the policy is no decision";
  EXPECT_EQ(get("/desk/decisions/none").status, 404);
}

TEST_P(DecisionRoutesTest, AroundItLieItsCardAndItsMerchant) {
  for (int i = 1; i <= 7; ++i) sell("s" + std::to_string(i), i % 2 == 0 ? "even" : "odd");
  project();
  json::Reader reader;
  const auto of = [&](std::uint64_t sequence, std::string_view whose) {
    const sim::HttpReply around = get("/desk/decisions/" + id_of(sequence) + "/around?limit=2");
    EXPECT_EQ(around.status, 200) << around.body;
    return *reader.parse(around.body)->find(whose);
  };
  const auto side = [&](std::uint64_t sequence, std::string_view whose, std::string_view name) {
    std::string all;
    for (const json::View& item : of(sequence, whose).find(name)->elements())
      all += std::string(item.find("request_id")->as_string().value()) + " ";
    return all;
  };
  EXPECT_EQ(side(5, "card", "before"), "s2 s3 ");
  EXPECT_EQ(side(5, "card", "after"), "s5 s6 ");
  EXPECT_EQ(side(5, "merchant", "before"), "s2 ");
  EXPECT_EQ(side(5, "merchant", "after"), "s6 ");
  EXPECT_TRUE(of(5, "card").find("more_before")->as_boolean().value());
  EXPECT_FALSE(of(5, "merchant").find("more_after")->as_boolean().value());
  // A history goes on where eras end, in both directions.
  ASSERT_TRUE(
      desk_.store.connection().execute("update decision set sequence = sequence + $1 where sequence > 6",
                                       {std::int64_t{3} << relay::era_bits}));
  EXPECT_EQ(side(5, "card", "after"), "s5 s6 ");
  EXPECT_EQ(side(7 + (3 << relay::era_bits), "card", "before"), "s4 s5 ");
  EXPECT_EQ(get("/desk/decisions/" + id_of(5) + "/around?limit=101").status, 400);
  EXPECT_EQ(get("/desk/decisions/" + id_of(77) + "/around").status, 404);
}

TEST_P(DecisionRoutesTest, NothingOfOtherPeoplesMerchants) {
  const std::string north = settle("North", "N1");
  settle("South", "S1");
  for (int i = 1; i <= 6; ++i)
    sell("s" + std::to_string(i), i % 3 == 0 ? "N1" : i % 3 == 1 ? "S1" : "nobody");
  project();
  territory_.scope = registry::Scope::under({north});
  EXPECT_EQ(ids(get("/desk/decisions")), (std::vector<std::string>{"s6", "s3"}));
  EXPECT_EQ(ids(get("/desk/decisions?merchant=S1")), std::vector<std::string>{});
  EXPECT_EQ(get("/desk/decisions/" + id_of(2)).status, 404);
  EXPECT_EQ(get("/desk/decisions/" + id_of(3) + "/around").status, 404);
  const sim::HttpReply around = get("/desk/decisions/" + id_of(7) + "/around");
  EXPECT_EQ(around.status, 200) << around.body;
  EXPECT_NE(around.body.find("\"s3\""), std::string::npos);
  for (const char* foreign : {"\"s1\"", "\"s2\"", "\"s4\"", "\"s5\"", "S1", "nobody"})
    EXPECT_EQ(around.body.find(foreign), std::string::npos) << "the card was elsewhere too: " << foreign;
  territory_.scope = registry::Scope::under({});
  EXPECT_EQ(ids(get("/desk/decisions")), std::vector<std::string>{});
  EXPECT_EQ(get("/desk/decisions/" + id_of(7)).status, 404);
}

// Whatever stands in the query, the answer is one of the table's, and nobody else's merchant is in it.
TEST_P(DecisionRoutesTest, AnyQueryHasAnAnswer) {
  const std::string north = settle("North", "N1");
  for (int i = 1; i <= 9; ++i) sell("s" + std::to_string(i), i % 2 == 0 ? "N1" : "FOREIGN");
  project();
  std::mt19937 dice(static_cast<unsigned>(::testing::UnitTest::GetInstance()->random_seed()) + 4);
  const auto any = [&](const auto& list) { return std::string(list[dice() % list.size()]); };
  const std::vector<std::string_view> values = {"",
                                                "1",
                                                "-1",
                                                "true",
                                                "allow",
                                                "hold",
                                                "watch",
                                                "2026-07-03T06:05:00Z",
                                                "1969-12-31T00:00:00Z",
                                                "N1",
                                                "R",
                                                "s2",
                                                "%00",
                                                "%FF",
                                                "%27",
                                                "9223372036854775807",
                                                "9223372036854775808",
                                                "A%20B",
                                                "FOREIGN",
                                                "%E7%A6%8F",
                                                "9999-12-31T23:59:59.999Z",
                                                "transaction",
                                                "decline",
                                                "none",
                                                "*",
                                                "%25"};
  std::vector<std::string_view> names = decision_filter_names();
  names.insert(names.end(), {"limit", "cursor"});
  int answered = 0;
  for (int round = 0; round < 400; ++round) {
    territory_.scope = round % 2 == 0 ? registry::Scope::everything() : registry::Scope::under({north});
    std::set<std::string> chosen;
    for (std::size_t i = dice() % 5; i > 0; --i) chosen.insert(any(names));
    std::string target = "/desk/decisions";
    for (const std::string& name : chosen)
      target += (target.ends_with("decisions") ? "?" : "&") + name + "=" + any(values);
    const sim::HttpReply reply = get(target);
    EXPECT_TRUE(reply.status == 200 || reply.status == 400) << target << " " << reply.status << reply.body;
    const bool told = round % 2 == 1 && reply.status == 200;
    EXPECT_FALSE(told && reply.body.find("FOREIGN") != std::string::npos) << target;
    answered += reply.status == 200 ? 1 : 0;
  }
  EXPECT_GT(answered, 50);
}

TEST_P(DecisionRoutesTest, ARecordThatTheJournalNoLongerHoldsIsToldInWords) {
  sell("s1", "m");
  project();
  DecisionRecords elsewhere{disk_, "other"};
  DeskWorld other{GetParam()};
  add_decision_routes(other.routes, {&territory_, &elsewhere});
  other.authenticator.rights = {"decisions.read"};
  other.open();
  while (relay::Projector(disk_, "data/journal", {})
             .step(other.store.connection(), pipeline_.pipeline->last_durable())
             .value()) {
  }
  const sim::HttpReply page = other.ask("GET", "/desk/decisions/" + id_of(2));
  EXPECT_EQ(page.status, 404) << page.body;
  EXPECT_NE(page.body.find("the journal no longer holds its record"), std::string::npos) << page.body;
  EXPECT_EQ(page.body.find("folder"), std::string::npos) << page.body;
}

}  // namespace
}  // namespace tillwatch::desk
