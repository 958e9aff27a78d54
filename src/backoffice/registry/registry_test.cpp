// What a registered entity is: its fields, its history, its act and what the engine is told.
#include "registry/registry.h"

#include <algorithm>

#include "registry/history.h"
#include "registry/registry_fixture.h"

namespace tillwatch::registry {
namespace {

using core::ErrorCode;

INSTANTIATE_TEST_SUITE_P(Engines, RegistryTest, ::testing::ValuesIn(sql::test_engines()), sql::engine_name);

TEST_P(RegistryTest, EveryFieldIsAColumn) {
  for (std::size_t i = 0; i < entity_count; ++i) {
    const Shape& shape = shape_of(static_cast<Entity>(i));
    const auto rows = list(db_, Scope::everything(), shape.entity, {}, "", 1);
    ASSERT_TRUE(rows) << shape.name << rows.error().to_string();
    EXPECT_EQ(find_entity(shape.name), shape.entity);
  }
}

TEST_P(RegistryTest, AMerchantIsToldToTheEngineUnderEachOfItsNumbers) {
  create(Entity::channel, {{"name", text("Leshua")}}, {}, "leshua");
  create(Entity::channel, {{"name", text("Allinpay")}}, {}, "allinpay");
  const std::string top = create(Entity::agent, {{"name", text("Top")}, {"code", text("A001")}});
  const std::int64_t before = last_act();
  const std::string shop = create(Entity::merchant,
                                  {{"name", text("福源便利店")},
                                   {"agent", text(top)},
                                   {"status", text("active")},
                                   {"mcc", text("5411")},
                                   {"single_limit", number(500000)},
                                   {"price_list", number(1)}},
                                  {{"leshua", "M100"}, {"allinpay", "M200"}});
  const std::string facts =
      " set agent=A001 kind=company mcc=5411 price_list=true risk_tier=high single_limit=500000"
      " status=active]";
  EXPECT_EQ(acts_after(before),
            (std::vector<std::string>{"merchant.created merchant:" + shop + " [merchant M200" + facts,
                                      "merchant.told merchant:" + shop + " [merchant M100" + facts}));
  const Record record = get(Entity::merchant, shop);
  EXPECT_EQ(record.version, 1);
  EXPECT_EQ(record.act, before + 2);
  EXPECT_FALSE(record.effective);
  ASSERT_TRUE(db_.execute("update outbox set sequence = number where number = $1", {record.act}));
  EXPECT_TRUE(get(Entity::merchant, shop).effective);
}

TEST_P(RegistryTest, AnEmptiedFactIsForgottenFirst) {
  create(Entity::channel, {{"name", text("Leshua")}}, {}, "leshua");
  const std::string shop = create(
      Entity::merchant, {{"name", text("Shop")}, {"single_limit", number(5)}, {"daily_limit", number(9)}},
      {{"leshua", "M100"}});
  const std::int64_t before = last_act();
  change(Entity::merchant, shop, {{"single_limit", FieldValue()}});
  EXPECT_EQ(acts_after(before),
            (std::vector<std::string>{
                "merchant.changed merchant:" + shop + " [merchant M100 remove]",
                "merchant.told merchant:" + shop +
                    " [merchant M100 set daily_limit=9 kind=company risk_tier=high status=pending]"}));
}

TEST_P(RegistryTest, ANumberThatIsGivenUpIsForgottenAndMayGoToAnotherMerchant) {
  create(Entity::channel, {{"name", text("Leshua")}}, {}, "leshua");
  const std::string one = create(Entity::merchant, {{"name", text("One")}}, {{"leshua", "M1"}});
  const std::string two = create(Entity::merchant, {{"name", text("Two")}}, {{"leshua", "M2"}});
  Wish wish{.id = "",
            .fields = {},
            .numbers = std::vector<ChannelNumber>{{"leshua", "M1"}, {"leshua", "M2"}},
            .reason = ""};
  EXPECT_EQ(try_change(Scope::everything(), Entity::merchant, two, 1, wish).error().code,
            ErrorCode::conflict);
  const std::string terminal =
      create(Entity::terminal, {{"merchant", text(one)}, {"status", text("active")}}, {}, "SN000001");
  const std::int64_t before = last_act();
  wish.numbers = std::vector<ChannelNumber>{{"leshua", "M3"}};
  ASSERT_TRUE(try_change(Scope::everything(), Entity::merchant, one, 1, wish));
  EXPECT_EQ(acts_after(before),
            (std::vector<std::string>{"merchant.changed merchant:" + one + " [merchant M1 remove]",
                                      "merchant.told merchant:" + one +
                                          " [merchant M3 set kind=company risk_tier=high status=pending]",
                                      "terminal.followed terminal:SN000001 [terminal SN000001 set "
                                      "kind=network_pos merchant=M3 status=active]"}));
  wish.numbers = std::vector<ChannelNumber>{{"leshua", "M1"}, {"leshua", "M2"}};
  EXPECT_TRUE(try_change(Scope::everything(), Entity::merchant, two, 1, wish));
  wish.numbers = std::vector<ChannelNumber>{{"nowhere", "M9"}};
  EXPECT_EQ(try_change(Scope::everything(), Entity::merchant, two, 2, wish).error().where, "/numbers");
  wish.numbers = std::vector<ChannelNumber>{{"leshua", "4012888888881881"}};
  EXPECT_EQ(try_change(Scope::everything(), Entity::merchant, two, 2, wish).error().code, ErrorCode::invalid);
}

TEST_P(RegistryTest, OnlyWhoReadTheLastVersionChangesIt) {
  const std::string one = agent("One");
  const Wish rename{
      .id = "", .fields = {{"name", text("Other")}}, .numbers = std::nullopt, .reason = "typing error"};
  const auto first = try_change(Scope::everything(), Entity::agent, one, 1, rename);
  ASSERT_TRUE(first);
  EXPECT_EQ(first->version, 2);
  const auto second = try_change(Scope::everything(), Entity::agent, one, 1, rename);
  EXPECT_EQ(second.error().code, ErrorCode::conflict);
  EXPECT_EQ(second.error().where, "/version");
  // The same again changes nothing, and says nothing to anybody.
  const std::int64_t before = last_act();
  const auto same = try_change(Scope::everything(), Entity::agent, one, 2, rename);
  ASSERT_TRUE(same);
  EXPECT_EQ(same->act, 0);
  EXPECT_EQ(same->version, 2);
  EXPECT_EQ(last_act(), before);
}

TEST_P(RegistryTest, NoReasonKeepsACardNumber) {
  const std::string one = agent("One");
  const auto done = try_change(Scope::everything(), Entity::agent, one, 1,
                               {.id = "",
                                .fields = {{"name", text("Two")}},
                                .numbers = std::nullopt,
                                .reason = "of 4111111111111111"});
  ASSERT_TRUE(done);
  const std::string kept =
      history_of(db_, Scope::everything(), Entity::agent, one, 0, "", 50).value().at(0).event.reason;
  EXPECT_EQ(kept.find("4111111111111111"), std::string::npos) << kept;
  EXPECT_EQ(kept.substr(0, 3), "of ");
}

TEST_P(RegistryTest, HistoryTellsWhoWhenWhatAndWhy) {
  const std::string one = agent("One");
  now_ += 1000;
  change(Entity::agent, one, {{"name", text("Two")}, {"note", text("moved")}});
  const auto history = history_of(db_, Scope::everything(), Entity::agent, one, 0, "", 50).value();
  ASSERT_EQ(history.size(), 5u);
  EXPECT_EQ(history[0].changed.field, "name");
  EXPECT_EQ(history[0].changed.before, "One");
  EXPECT_EQ(history[0].changed.after, "Two");
  EXPECT_EQ(history[0].event.at, now_);
  EXPECT_EQ(history[0].event.actor, "acct_1");
  EXPECT_EQ(history[0].event.action, "changed");
  EXPECT_EQ(history[0].event.reason, "because");
  EXPECT_EQ(history[0].event.version, 2);
  EXPECT_EQ(history[1].changed.field, "note");
  EXPECT_FALSE(history[1].changed.before);
  EXPECT_EQ(history[2].event.action, "created");
  // By pages of one it is the same.
  std::vector<std::string> paged;
  std::int64_t act = 0;
  std::string field;
  for (;;) {
    const auto page = history_of(db_, Scope::everything(), Entity::agent, one, act, field, 1).value();
    if (page.empty()) break;
    act = page[0].event.act;
    field = page[0].changed.field;
    paged.push_back(field);
  }
  EXPECT_EQ(paged, (std::vector<std::string>{"name", "note", "filing_state", "name", "status"}));
}

TEST_P(RegistryTest, ATerminalKeepsItsSerialAndTheHistoryOfItsPlaces) {
  const std::string one = create(Entity::merchant, {{"name", text("One")}});
  const std::string two = create(Entity::merchant, {{"name", text("Two")}});
  const std::string sn = create(Entity::terminal, {{"model", text("P8")}}, {}, "SN12345678");
  EXPECT_EQ(try_change(Entity::terminal, sn, {{"status", text("active")}}).error().where, "/merchant");
  change(Entity::terminal, sn, {{"status", text("active")}, {"merchant", text(one)}, {"tid", text("T1")}});
  now_ += 5000;
  change(Entity::terminal, sn, {{"merchant", text(two)}});
  now_ += 5000;
  change(Entity::terminal, sn,
         {{"status", text("recovered")}, {"merchant", FieldValue()}, {"tid", FieldValue()}});
  const auto rows = db_.query(
                           "select merchant, tid, until - since from registry_terminal_binding"
                           " where terminal = $1 order by since",
                           {std::string_view(sn)})
                        .value();
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0].text(0), one);
  EXPECT_EQ(rows[0].text(1), "T1");
  EXPECT_EQ(rows[0].integer(2), 5000);
  EXPECT_EQ(rows[1].text(0), two);
  EXPECT_EQ(rows[1].integer(2), 5000);
  // The logical number is used again, but not twice at one merchant.
  create(Entity::terminal, {{"status", text("active")}, {"merchant", text(one)}, {"tid", text("T1")}}, {},
         "SN9");
  EXPECT_EQ(try_create(Entity::terminal,
                       {.id = "SN10",
                        .fields = {{"status", text("active")}, {"merchant", text(one)}, {"tid", text("T1")}},
                        .numbers = std::nullopt,
                        .reason = ""})
                .error()
                .where,
            "/tid");
  EXPECT_EQ(try_create(Entity::terminal, {.id = sn, .fields = {}, .numbers = std::nullopt, .reason = ""})
                .error()
                .code,
            ErrorCode::conflict);
  EXPECT_EQ(try_change(Entity::merchant, one, {{"status", text("closed")}}).error().where, "/status");
  change(Entity::merchant, two, {{"status", text("closed")}});
}

TEST_P(RegistryTest, WhatBelongsToAMerchantGoesWithIt) {
  const std::string left = agent("Left");
  const std::string right = agent("Right");
  const std::string shop = create(Entity::merchant, {{"name", text("Shop")}, {"agent", text(left)}});
  const std::string sn =
      create(Entity::terminal, {{"merchant", text(shop)}, {"status", text("active")}}, {}, "SN1");
  const std::string account =
      create(Entity::account,
             {{"merchant", text(shop)}, {"number", text("6222000011112222")}, {"holder", text("王小明")}});
  EXPECT_EQ(get(Entity::terminal, sn).owner(), left);
  EXPECT_EQ(get(Entity::account, account).owner(), left);
  change(Entity::merchant, shop, {{"agent", text(right)}});
  EXPECT_EQ(get(Entity::terminal, sn).owner(), right);
  EXPECT_EQ(get(Entity::account, account).owner(), right);
  EXPECT_EQ(registry_.masks(get(Entity::account, account)).value()[shape_of(Entity::account).at("number")],
            "622200******2222");
  const auto history = history_of(db_, Scope::everything(), Entity::terminal, sn, 0, "", 1).value();
  EXPECT_EQ(history.at(0).event.action, "followed");
  EXPECT_EQ(history.at(0).changed.after, right);
}

TEST_P(RegistryTest, ACodeThatComesLaterIsToldWithAllThatNamesIt) {
  create(Entity::channel, {{"name", text("Leshua")}}, {}, "leshua");
  const std::string top = agent("Top");
  const std::string shop =
      create(Entity::merchant, {{"name", text("Shop")}, {"agent", text(top)}}, {{"leshua", "M1"}});
  const std::int64_t before = last_act();
  change(Entity::agent, top, {{"code", text("A7")}});
  EXPECT_EQ(acts_after(before),
            (std::vector<std::string>{
                "agent.changed agent:" + top + " [agent " + top + " remove]",
                "agent.told agent:" + top + " [agent A7 set filing_state=none status=active]",
                "merchant.followed merchant:" + shop +
                    " [merchant M1 set agent=A7 kind=company risk_tier=high status=pending]"}));
  EXPECT_EQ(get(Entity::merchant, shop).version, 1) << "nothing of it was changed";
}

TEST_P(RegistryTest, RefusesWhatIsNotRight) {
  const auto where = [&](Entity entity, Fields fields, std::string id = "") {
    const auto receipt = try_create(
        entity, {.id = std::move(id), .fields = std::move(fields), .numbers = std::nullopt, .reason = ""});
    return receipt ? std::string("taken") : receipt.error().where;
  };
  EXPECT_EQ(where(Entity::agent, {}), "/name");
  EXPECT_EQ(where(Entity::agent, {{"name", text("   ")}}), "/name");
  EXPECT_EQ(where(Entity::agent, {{"name", number(5)}}), "/name");
  EXPECT_EQ(where(Entity::agent, {{"name", text("A")}, {"colour", text("red")}}), "/colour");
  EXPECT_EQ(where(Entity::agent, {{"name", text("A")}, {"status", text("gone")}}), "/status");
  EXPECT_EQ(where(Entity::agent, {{"name", text("A")}, {"parent", text("agt_none")}}), "/parent");
  EXPECT_EQ(where(Entity::agent, {{"name", text("card 4012888888881881")}}), "/name");
  EXPECT_EQ(where(Entity::agent, {{"name", text(std::string(201, 'x'))}}), "/name");
  EXPECT_EQ(where(Entity::agent, {{"name", text(std::string(200, 'x'))}}), "taken");
  EXPECT_EQ(where(Entity::merchant, {{"name", text("A")}, {"mcc", text("54a1")}}), "/mcc");
  EXPECT_EQ(where(Entity::merchant, {{"name", text("A")}, {"single_limit", number(-1)}}), "/single_limit");
  EXPECT_EQ(where(Entity::merchant,
                  {{"name", text("A")}, {"opens_minute", number(600)}, {"closes_minute", number(600)}}),
            "/closes_minute");
  EXPECT_EQ(where(Entity::merchant, {{"name", text("A")}, {"price_list", number(2)}}), "/price_list");
  EXPECT_EQ(where(Entity::terminal, {}), "/id");
  EXPECT_EQ(where(Entity::terminal, {}, "SN 1"), "/id");
  EXPECT_EQ(where(Entity::terminal, {}, std::string(65, '1')), "/id");
  EXPECT_EQ(where(Entity::person, {{"name", text("A")}}, "prs_1"), "/id");
  EXPECT_EQ(where(Entity::person, {{"name", text("A")}, {"phone", text("12a")}}), "/phone");
  EXPECT_EQ(where(Entity::person, {{"name", text("A")}, {"identity_number", text("11010519491231002x")}}),
            "taken");
  EXPECT_EQ(where(Entity::person, {{"name", text("A")}, {"identity_number", text("110105194912310021")}}),
            "/identity_number");
  const std::string coded = create(Entity::agent, {{"name", text("A")}, {"code", text("C1")}});
  EXPECT_EQ(where(Entity::agent, {{"name", text("B")}, {"code", text("C1")}}), "/code");
  EXPECT_EQ(try_change(Entity::agent, coded, {{"code", text("C2")}}).error().where, "/code");
  EXPECT_EQ(try_change(Entity::agent, coded, {{"name", FieldValue()}}).error().where, "/name");
  EXPECT_EQ(try_change(Entity::agent, coded, {{"parent", text(coded)}}).error().where, "/parent");
}

TEST_P(RegistryTest, ResyncTellsTheEngineEverythingAgain) {
  create(Entity::channel, {{"name", text("Leshua")}}, {}, "leshua");
  for (int i = 0; i < 5; ++i)
    create(Entity::merchant, {{"name", text("Shop")}, {"daily_limit", number(i)}},
           {{"leshua", "M" + std::to_string(i)}});
  const std::int64_t before = last_act();
  std::string after;
  for (;;) {
    const auto last = registry_.resync(db_, author(Scope::everything()), Entity::merchant, after, 2);
    ASSERT_TRUE(last);
    if (!*last) break;
    after = **last;
  }
  const auto acts = acts_after(before);
  ASSERT_EQ(acts.size(), 5u);
  for (int i = 0; i < 5; ++i)
    EXPECT_EQ(std::ranges::count_if(acts,
                                    [&](const std::string& act) {
                                      return act.find("daily_limit=" + std::to_string(i)) !=
                                             std::string::npos;
                                    }),
              1);
  EXPECT_EQ(get(Entity::merchant, after).act, before + 5);
}

}  // namespace
}  // namespace tillwatch::registry
