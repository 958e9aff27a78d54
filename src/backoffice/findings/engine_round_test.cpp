// The whole round: what is registered reaches the engine, what fires reaches the inbox, a verdict comes back
// to the engine as labels, each once, through outbox, journal and projector.
#include <gtest/gtest.h>

#include <algorithm>

#include "findings/handling.h"
#include "findings/inbox.h"
#include "pipeline/pipeline_fixture.h"
#include "registry/registry.h"
#include "relay/relay_fixture.h"
#include "relay/sums.h"

namespace tillwatch::findings {
namespace {

using pipeline::t0;

const std::string with_registry = pipeline::policy_text + R"(
  - id: S
    title: {en: S, zh: S}
    when: has(registered_merchant.status) && registered_merchant.status == "suspended" &&
      registered_merchant.agent == "A1"
    action: {authorisation: decline}
    reason: suspended
    text: {en: "suspended", zh: "停"}
registered:
  - {entity: merchant, name: status, type: string}
  - {entity: merchant, name: agent, type: string}
)";

class EngineRoundTest : public ::testing::TestWithParam<sql::Dialect> {
 protected:
  EngineRoundTest() {
    relay::CountingRandom random(9);
    epoch_ = relay::database_epoch(db_, random).value();
  }
  void hand_over() {
    const auto acts = relay::acts_after(db_, epoch_, world_.pipeline->acts().number, 1000).value();
    for (const pipeline::ActAnswer& answer : world_.pipeline->journal_acts(acts, t0)) {
      EXPECT_EQ(answer.kind, pipeline::ActAnswer::Kind::journalled);
      EXPECT_EQ(answer.refusal, "");
    }
  }
  void project() {
    for (bool more = true; more;) {
      const auto step = projector_.step(db_, world_.pipeline->last_durable());
      ASSERT_TRUE(step) << step.error().to_string();
      more = *step;
    }
  }
  engine::Decision sell(std::string_view id, std::string_view card) {
    return world_.decision(world_.send(pipeline::sale(id, card)));
  }
  static bool fired(const engine::Decision& decision, std::string_view rule) {
    return std::ranges::find(decision.hits, rule, &engine::RuleHit::rule) != decision.hits.end();
  }
  registry::Author author() { return {"acct_1", everything_, t0}; }
  std::string create(registry::Entity entity, registry::Wish wish) {
    const auto made = registry_.create(db_, author(), entity, wish);
    EXPECT_TRUE(made) << made.error().to_string();
    return made ? made->id : "";
  }
  std::int64_t count(std::string_view query) { return db_.query(query).value()[0].integer(0); }

  sim::SimDisk disk_;
  sql::TestStore store_{GetParam()};
  sql::Connection& db_ = store_.connection();
  pipeline::World world_{disk_, pipeline::options(), with_registry};
  Inbox inbox_{Grouping{}};
  relay::Projector projector_{disk_, relay::journal_folder, {&inbox_}};
  std::string epoch_;
  registry::Scope everything_ = registry::Scope::everything();
  relay::CountingRandom random_{3};
  crypto::DataKeys keys_ = crypto::DataKeys::generate(random_, t0);
  registry::Registry registry_{keys_, random_};
};
INSTANTIATE_TEST_SUITE_P(Engines, EngineRoundTest, ::testing::ValuesIn(sql::test_engines()),
                         sql::engine_name);

TEST_P(EngineRoundTest, AVerdictComesBackAsLabelsThatWindowsCount) {
  for (const std::string_view id : {"a", "b", "c", "d"}) sell(id, "token/x:c");
  project();
  const std::vector<Alert> alerts = list(db_, everything_, {}, 0, "", 10).value();
  ASSERT_EQ(alerts.size(), 1u);
  EXPECT_EQ(alerts[0].rule, "R");
  EXPECT_EQ(alerts[0].decisions, 2);
  EXPECT_EQ(judge(db_, author(), alerts[0].id, 0, "fraud", "the holder denies it", Grouping{})->labels, 2);
  hand_over();
  project();
  EXPECT_EQ(count("select count(*) from later_word where label_fraud = 1 and orphan = 0 and merchant = 'm'"),
            2);
  EXPECT_EQ(count("select count(*) from outbox where sequence is null"), 0);
  const engine::Decision next = sell("e", "token/x:c");
  const auto labels = std::ranges::find(next.readings, "labels", &engine::Reading::name);
  ASSERT_NE(labels, next.readings.end());
  EXPECT_EQ(labels->integer, 2) << "the engine did not learn of both";
  // What came after the verdict opens an alert of its own: fraud has no cool-down.
  project();
  EXPECT_EQ(list(db_, everything_, {}, 0, "", 10)->size(), 2u);
}

TEST_P(EngineRoundTest, NoNameOfTrafficStopsTheProjection) {
  for (const std::string_view id : {"a", "b", "c"}) {
    payment::EntryBuilder odd = pipeline::sale(id);
    for (const payment::AttributeId name :
         {payment::AttributeId::merchant_id, payment::AttributeId::terminal_serial,
          payment::AttributeId::agent_id, payment::AttributeId::client, payment::AttributeId::currency})
      odd.set(name, payment::Value::of(std::string_view("o\0\xff", 3)));
    odd.set(payment::AttributeId::id, payment::Value::of(std::string(id) + std::string("\0", 1)));
    world_.send(odd);
  }
  project();
  const std::vector<Alert> alerts = list(db_, everything_, {}, 0, "", 10).value();
  ASSERT_EQ(alerts.size(), 1u);
  EXPECT_EQ(alerts[0].subject, "o\xEF\xBF\xBD\xEF\xBF\xBD");
}

TEST_P(EngineRoundTest, NoSumOfTrafficStopsTheProjection) {
  constexpr std::int64_t most = 1'000'000'000'000'000;
  for (const std::string_view id : {"a", "b", "c"}) world_.send(pipeline::sale(id, "token/x:c", most));
  project();
  ASSERT_TRUE(db_.execute("update findings_alert set amount = $1", {relay::sum_most - most + 1}));
  world_.send(pipeline::sale("d", "token/x:c", most));
  project();
  const std::vector<Alert> alerts = list(db_, everything_, {}, 0, "", 10).value();
  ASSERT_EQ(alerts.size(), 1u);
  EXPECT_EQ(alerts[0].amount, relay::sum_most);
  EXPECT_EQ(alerts[0].decisions, 2);
}

TEST_P(EngineRoundTest, AnAlertTellsWhatHappenedFromWhatArrived) {
  for (const std::string_view id : {"a", "b", "c"})
    world_.send(pipeline::sale(id, "token/x:c", 100, t0 - 2 * core::hour_ms));
  world_.send(pipeline::sale("d", "token/x:c", 100, t0 - 119 * core::minute_ms));
  project();
  const std::vector<Alert> alerts = list(db_, everything_, {}, 0, "", 10).value();
  ASSERT_EQ(alerts.size(), 1u);
  EXPECT_EQ(alerts[0].first_happened_at, t0 - 2 * core::hour_ms);
  EXPECT_EQ(alerts[0].last_happened_at, t0 - 119 * core::minute_ms);
  EXPECT_EQ(alerts[0].first_at, t0);
  EXPECT_EQ(alerts[0].last_at, t0);
}

TEST_P(EngineRoundTest, TheEngineDecidesByWhatIsRegistered) {
  create(
      registry::Entity::channel,
      {.id = "leshua", .fields = {{"name", std::string("Leshua")}}, .numbers = std::nullopt, .reason = ""});
  const std::string agent =
      create(registry::Entity::agent, {.id = "",
                                       .fields = {{"name", std::string("A")}, {"code", std::string("A1")}},
                                       .numbers = std::nullopt,
                                       .reason = ""});
  const std::string shop =
      create(registry::Entity::merchant,
             {.id = "",
              .fields = {{"name", std::string("Shop")}, {"agent", agent}, {"status", std::string("active")}},
              .numbers = std::vector<registry::ChannelNumber>{{"leshua", "m"}},
              .reason = ""});
  hand_over();
  EXPECT_FALSE(fired(sell("a", "token/x:1"), "S"));
  const auto change = [&](std::int64_t version, registry::FieldValue status) {
    const auto changed = registry_.change(
        db_, author(), registry::Entity::merchant, shop, version,
        {.id = "", .fields = {{"status", std::move(status)}}, .numbers = std::nullopt, .reason = ""});
    ASSERT_TRUE(changed) << changed.error().to_string();
  };
  change(1, std::string("suspended"));
  EXPECT_FALSE(fired(sell("b", "token/x:2"), "S")) << "not before the journal has it";
  hand_over();
  EXPECT_TRUE(fired(sell("c", "token/x:3"), "S"));
  project();
  const std::vector<Alert> alerts = list(db_, registry::Scope::under({agent}), {}, 0, "", 10).value();
  ASSERT_EQ(alerts.size(), 1u);
  EXPECT_EQ(alerts[0].agent, agent);
  EXPECT_TRUE(registry::find(db_, everything_, registry::Entity::merchant, shop).value()->effective);
  change(2, std::string("active"));
  hand_over();
  EXPECT_FALSE(fired(sell("d", "token/x:4"), "S"));
}

TEST_P(EngineRoundTest, AFreshEngineLearnsAllFromResync) {
  create(
      registry::Entity::channel,
      {.id = "leshua", .fields = {{"name", std::string("Leshua")}}, .numbers = std::nullopt, .reason = ""});
  const std::string agent =
      create(registry::Entity::agent, {.id = "",
                                       .fields = {{"name", std::string("A")}, {"code", std::string("A1")}},
                                       .numbers = std::nullopt,
                                       .reason = ""});
  create(registry::Entity::merchant,
         {.id = "",
          .fields = {{"name", std::string("Shop")}, {"agent", agent}, {"status", std::string("suspended")}},
          .numbers = std::vector<registry::ChannelNumber>{{"leshua", "m"}},
          .reason = ""});
  hand_over();
  sim::SimDisk other;
  pipeline::World fresh(other, pipeline::options(), with_registry);
  const std::int64_t before = relay::last_act(db_).value();
  ASSERT_TRUE(registry_.resync(db_, author(), registry::Entity::merchant, "", 100));
  auto acts = relay::acts_after(db_, epoch_, before, 1000).value();
  for (pipeline::ActSubmission& act : acts) {
    act.epoch = "fresh";
    act.number -= before;
  }
  fresh.pipeline->journal_acts(acts, t0);
  EXPECT_TRUE(fired(fresh.decision(fresh.send(pipeline::sale("a"))), "S"));
}

}  // namespace
}  // namespace tillwatch::findings
