// Lists over HTTP: one person blocks, two let off; a card is named by a decision on it; and what is on a list
// decides.
#include "desk/list_routes.h"

#include <string>

#include "access/account.h"
#include "access/proposal.h"
#include "desk/desk_fixture.h"
#include "engine/decision.h"
#include "pipeline/pipeline_fixture.h"
#include "relay/outbox.h"
#include "relay/projector.h"
#include "rulebook/publication.h"

namespace tillwatch::desk {
namespace {

using payment::AttributeId;
using payment::Value;

constexpr std::string_view policy_text =
    "policy: small\n"
    "authority: acquirer\n"
    "lists:\n"
    "  - {name: blocked_merchants, of: merchant.id, effect: block}\n"
    "  - {name: trusted, of: merchant.id, effect: override}\n"
    "  - {name: blocked_cards, of: card.reference, effect: block}\n"
    "rules:\n"
    "  - id: R\n"
    "    typology: T01\n"
    "    title: {en: Large, zh: 大额}\n"
    "    when: amount >= 40000\n"
    "    action: {authorisation: decline}\n"
    "    reason: amount\n"
    "    text: {en: Large amount, zh: 大额交易}\n";
constexpr std::string_view reference = "token/x:c";

class AnyoneAuthenticator final : public Authenticator {
 public:
  core::Status identify(sql::Connection&, core::TimeMs, Caller& caller) override {
    caller.account = account;
    caller.csrf = "token";
    caller.signed_in = true;
    return {};
  }
  core::Status permit(sql::Connection&, core::TimeMs, const Caller&, std::string_view right) override {
    asked = right;
    return {};
  }
  std::string account, asked;
};

class NoHash final : public access::PasswordHash {
 public:
  core::Result<std::string> make(std::string_view) override { return std::string("hash"); }
  bool matches(std::string_view, std::string_view) override { return false; }
  bool outdated(std::string_view) override { return false; }
};

class ListRoutesTest : public ::testing::TestWithParam<sql::Dialect> {
 protected:
  ListRoutesTest() {
    add_list_routes(desk_.routes, AccessParts{&parts_}, {nullptr, &records_});
    desk_.who = &who_;
    analyst_ = account("analyst", "risk_analyst");
    lead_ = account("lead", "risk_lead");
    who_.account = analyst_;
    const rulebook::PackSet first{{{"policy.yaml", std::string(policy_text)}}, {}};
    in_transaction([&] { return rulebook::adopt(db_, first, now()); });
    desk_.open();
  }
  core::TimeMs now() { return desk_.clock.now(); }
  template <class Work>
  void in_transaction(Work work) {
    auto transaction = sql::Transaction::begin(db_).value();
    const auto result = work();
    EXPECT_TRUE(result) << (result ? "" : result.error().to_string());
    EXPECT_TRUE(transaction.commit());
  }
  std::string account(std::string_view name, std::string_view role) {
    std::string id;
    in_transaction([&]() -> core::Status {
      access::NewAccount wish;
      wish.sign_in = name;
      wish.shown_name = name;
      wish.password = "hash";
      wish.grants.push_back({std::string(role), "*", "", 0});
      TRY(made, access::create_account(db_, parts_, wish, "system", now()));
      id = made;
      return {};
    });
    return id;
  }
  std::string member(const sim::HttpReply& reply, const std::string& name) {
    const std::size_t at = reply.body.find("\"" + name + "\":\"");
    if (at == std::string::npos) return {};
    const std::size_t from = at + name.size() + 4;
    return reply.body.substr(from, reply.body.find('"', from) - from);
  }
  void approve_it(const sim::HttpReply& waits) {
    ASSERT_EQ(waits.status, 202) << waits.body;
    const auto proposal = access::find_proposal(db_, member(waits, "id")).value().value();
    in_transaction([&] { return access::approve(db_, lead_, proposal.id, proposal.hash, "", now()); });
  }
  std::string in_a_day() { return core::format_time(now() + core::day_ms); }
  // Acts to the engine, and back into the database.
  void relay_and_project() {
    const auto epoch = relay::database_epoch(db_, desk_.random).value();
    const auto acts = relay::acts_after(db_, epoch, pipeline_.pipeline->acts().number, 1000).value();
    for (const pipeline::ActAnswer& answer : pipeline_.pipeline->journal_acts(acts, now()))
      EXPECT_EQ(answer.refusal, "");
    while (projector_.step(db_, pipeline_.pipeline->last_durable()).value()) {
    }
  }
  engine::Decision sell(const std::string& id, std::string_view merchant) {
    payment::EntryBuilder entry = pipeline::sale(id, std::string(reference), 100);
    entry.set(AttributeId::merchant_id, Value::of(merchant));
    entry.set(AttributeId::card_masked, Value::of("622200******1234"));
    return pipeline_.decision(pipeline_.send(entry, now()));
  }

  sim::SimDisk disk_;
  DeskWorld desk_{GetParam()};
  sql::Connection& db_ = desk_.store.connection();
  pipeline::World pipeline_{disk_, pipeline::options(), std::string(policy_text), now()};
  relay::Projector projector_{disk_, "data/journal", {}};
  DecisionRecords records_{disk_, "data"};
  crypto::DataKeys keys_ = crypto::DataKeys::generate(desk_.random, 0);
  NoHash hash_;
  access::Parts parts_{keys_, desk_.random, hash_, 15};
  AnyoneAuthenticator who_;
  std::string analyst_, lead_;
};
INSTANTIATE_TEST_SUITE_P(Engines, ListRoutesTest, ::testing::ValuesIn(sql::test_engines()), sql::engine_name);

TEST_P(ListRoutesTest, OneBlocksTwoLetOffAndTheEngineDeclines) {
  EXPECT_EQ(sell("a", "M-shop").effective.authorisation, engine::Authorisation::allow);
  const std::string items = "/desk/lists/blocked_merchants/items";
  const auto made =
      desk_.ask("POST", items, R"({"value":"M-shop","reason":"confirmed_fraud","note":"报案"})");
  ASSERT_EQ(made.status, 201) << made.body;
  EXPECT_EQ(who_.asked, "lists.edit");
  EXPECT_NE(made.body.find(R"("effective":false)"), std::string::npos);
  relay_and_project();
  const engine::Decision declined = sell("b", "M-shop");
  EXPECT_EQ(declined.effective.authorisation, engine::Authorisation::decline);
  ASSERT_EQ(declined.standing.size(), 1);
  EXPECT_EQ(declined.standing[0].reason, "confirmed_fraud");

  const auto lists = desk_.ask("GET", "/desk/lists");
  EXPECT_EQ(lists.status, 200);
  EXPECT_NE(lists.body.find(R"("name":"blocked_merchants","of":"merchant.id","effect":"block","live":1)"),
            std::string::npos)
      << lists.body;
  EXPECT_NE(lists.body.find(R"("add_takes_two":false,"remove_takes_two":true)"), std::string::npos);

  const std::string item = items + "/" + member(made, "id");
  EXPECT_EQ(desk_.ask("DELETE", item, R"({"note":""})").status, 400);
  const auto waits = desk_.ask("DELETE", item, R"({"note":"the wrong shop"})");
  ASSERT_EQ(waits.status, 202) << waits.body;
  const std::string go = "/desk/list-changes/" + member(waits, "id") + "/carry-out";
  EXPECT_EQ(desk_.ask("POST", go).status, 409) << "nobody approved";
  approve_it(waits);
  const auto done = desk_.ask("POST", go);
  ASSERT_EQ(done.status, 200) << done.body;
  EXPECT_EQ(member(done, "state"), "removed");
  EXPECT_EQ(desk_.ask("POST", go).status, 409) << "once";
  relay_and_project();
  EXPECT_EQ(sell("c", "M-shop").effective.authorisation, engine::Authorisation::allow);
  EXPECT_EQ(desk_.ask("GET", items).body, R"({"items":[],"next":null})");
  EXPECT_NE(desk_.ask("GET", items + "?state=all").body.find("the wrong shop"), std::string::npos);
}

TEST_P(ListRoutesTest, ACardIsNamedByADecisionAndNeverShown) {
  const engine::Decision first = sell("a", "M1");
  relay_and_project();
  const std::string items = "/desk/lists/blocked_cards/items";
  const std::string id = engine::decision_id(first.sequence);
  const auto refused = desk_.ask("POST", items, R"({"value":"4012888888881881","reason":"x"})");
  EXPECT_EQ(refused.status, 422);
  EXPECT_EQ(refused.body.find("4012888888881881"), std::string::npos);
  EXPECT_EQ(desk_.ask("POST", items, R"({"decision":"dec-none","reason":"x"})").status, 400);
  EXPECT_EQ(desk_
                .ask("POST", items,
                     "{\"decision\":\"" + engine::decision_id(core::Sequence(99)) + R"(","reason":"x"})")
                .status,
            404);
  const auto made = desk_.ask("POST", items, "{\"decision\":\"" + id + R"(","reason":"lost"})");
  ASSERT_EQ(made.status, 201) << made.body;
  EXPECT_NE(made.body.find(R"("value":"622200******1234","decision":")" + id), std::string::npos)
      << made.body;
  relay_and_project();
  EXPECT_EQ(sell("b", "M2").effective.authorisation, engine::Authorisation::decline);
  const auto waits = desk_.ask("DELETE", items + "/" + member(made, "id"), R"({"note":"found again"})");
  for (const std::string& body : {made.body, waits.body, desk_.ask("GET", items).body, desk_.logged})
    EXPECT_EQ(body.find(reference), std::string::npos) << body;
}

TEST_P(ListRoutesTest, PagesFiltersAndUnknownLists) {
  const std::string items = "/desk/lists/blocked_merchants/items";
  for (int i = 0; i < 5; ++i) {
    desk_.clock.advance(5);
    EXPECT_EQ(desk_.ask("POST", items, "{\"value\":\"M" + std::to_string(i) + R"(","reason":"x"})").status,
              201);
  }
  const auto first = desk_.ask("GET", items + "?limit=3");
  EXPECT_NE(first.body.find(R"("value":"M4")"), std::string::npos);
  EXPECT_EQ(first.body.find(R"("value":"M1")"), std::string::npos);
  const auto second = desk_.ask("GET", items + "?limit=3&cursor=" + member(first, "next"));
  EXPECT_NE(second.body.find(R"("value":"M1")"), std::string::npos) << second.body;
  EXPECT_NE(second.body.find(R"("next":null)"), std::string::npos);
  const auto one = desk_.ask("GET", items + "?value=M2");
  EXPECT_NE(one.body.find(R"("value":"M2")"), std::string::npos);
  EXPECT_EQ(one.body.find(R"("value":"M3")"), std::string::npos);
  EXPECT_EQ(desk_.ask("GET", items + "?state=none").status, 400);
  EXPECT_EQ(desk_.ask("GET", "/desk/lists/none/items").status, 404);
  EXPECT_EQ(desk_.ask("POST", "/desk/lists/none/items", R"({"value":"M1","reason":"x"})").status, 404);
  EXPECT_EQ(desk_.ask("POST", "/desk/list-changes/none/carry-out").status, 404);
  const std::string until = R"("expires_at":")" + in_a_day() + "\"";
  const std::string trusted = "/desk/lists/trusted/items";
  EXPECT_EQ(desk_.ask("POST", trusted, R"({"value":"M1","reason":"x"})").status, 422) << "no end";
  const auto waits = desk_.ask("POST", trusted, R"({"value":"M1","reason":"x",)" + until + "}");
  approve_it(waits);
  const std::string go = "/desk/list-changes/" + member(waits, "id") + "/carry-out";
  EXPECT_EQ(desk_.ask("POST", go).status, 200);
  EXPECT_NE(desk_.ask("GET", trusted).body.find(member(waits, "id")), std::string::npos);
}

}  // namespace
}  // namespace tillwatch::desk
