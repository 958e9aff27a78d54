// Rights: what a role gives and where; what nobody may do to himself.
#include "access/actor.h"

#include <gtest/gtest.h>

#include "access/access_fixture.h"

namespace tillwatch::access {
namespace {

class Actors : public AccessTest {};
INSTANTIATE_TEST_SUITE_P(Engines, Actors, ::testing::ValuesIn(sql::test_engines()), sql::engine_name);

TEST(Rights, TablesAgree) {
  for (std::size_t i = 0; i < right_count; ++i) EXPECT_EQ(find_right(rights()[i].name), i);
  EXPECT_EQ(find_right("all"), right_count);
  EXPECT_EQ(find_role("root"), nullptr);
  EXPECT_TRUE(find_role("owner")->rights.all());
  // Who reads changes nothing.
  for (const std::string_view reader : {"inspector", "auditor"})
    for (const std::string_view right :
         {"registry.edit", "alerts.work", "policy.draft", "lists.edit", "roles.grant", "proposals.decide",
          "settings.manage", "decisions.export"})
      EXPECT_FALSE(find_role(reader)->rights.test(find_right(right))) << reader << right;
  // Who manages people does not manage rules, and the other way round.
  EXPECT_FALSE(find_role("administrator")->rights.test(find_right("policy.publish")));
  EXPECT_FALSE(find_role("policy_approver")->rights.test(find_right("accounts.manage")));
}

TEST_P(Actors, ARoleUnderAnAgentGivesItsScopedRightsThereOnly) {
  account("owner", {{"owner", "*"}});
  const std::string id = account("desk", {{"desk", "agt_1"}, {"rep", "agt_2"}});
  const Actor actor = Actor::of(db_, id).value();
  EXPECT_TRUE(actor.may("alerts.work"));
  EXPECT_FALSE(actor.may("lists.edit"))
      << "lists have no agent: a right over them holds everywhere or not at all";
  EXPECT_FALSE(actor.may("accounts.read"));
  EXPECT_FALSE(actor.scope_of("alerts.work").all());
  EXPECT_EQ(actor.scope_of("alerts.work").roots(), (std::vector<std::string>{"agt_1"}));
  EXPECT_EQ(actor.scope_of("alerts.read").roots(), (std::vector<std::string>{"agt_1", "agt_2"}));
  EXPECT_TRUE(actor.scope_of("accounts.read").roots().empty());
  EXPECT_FALSE(actor.scope_of("nonsense").all());
}

TEST_P(Actors, DecidesInThreeWords) {
  const std::string id = account("owner", {{"owner", "*"}});
  const Actor owner = Actor::of(db_, id).value();
  EXPECT_EQ(decide(owner, "alerts.read", false), Verdict::allowed);
  EXPECT_EQ(decide(owner, "accounts.manage", false), Verdict::step_up_needed);
  EXPECT_EQ(decide(owner, "accounts.manage", true), Verdict::allowed);
  EXPECT_EQ(decide(owner, "nonsense", true), Verdict::denied);
  EXPECT_EQ(decide(Actor::of(db_, "acc_none").value(), "alerts.read", true), Verdict::denied);
}

TEST_P(Actors, NobodyRaisesHimselfAndSomebodyIsLeft) {
  const std::string owner = account("owner", {{"owner", "*"}});
  const std::string desk = account("desk", {{"desk", "*"}});
  const auto change = [&](const std::string& id, AccountChange wish, const std::string& by) {
    const auto version = find_account(db_, parts_, id).value()->version;
    return in_transaction([&] { return change_account(db_, parts_, id, version, wish, by, now_); });
  };
  AccountChange raise;
  raise.grants = {{"owner", "*", "", 0}};
  EXPECT_EQ(change(desk, raise, desk).error().code, core::ErrorCode::denied);
  AccountChange lower;
  lower.grants = {{"rep", "*", "", 0}};
  EXPECT_EQ(change(owner, lower, desk).error().code, core::ErrorCode::denied)
      << "nobody could manage accounts";
  EXPECT_TRUE(Actor::of(db_, owner)->may("accounts.manage")) << "and it was rolled back";
  EXPECT_TRUE(change(desk, raise, owner));
  EXPECT_TRUE(change(owner, lower, desk));
  EXPECT_FALSE(Actor::of(db_, owner)->may("accounts.manage"));
  EXPECT_EQ(
      in_transaction([&] { return change_account(db_, parts_, owner, 1, lower, desk, now_); }).error().code,
      core::ErrorCode::conflict);
}

TEST_P(Actors, WhoeverRenamesSomebodyIsInTheAudit) {
  const std::string owner = account("owner", {{"owner", "*"}});
  const std::string desk = account("desk", {{"desk", "*"}});
  AccountChange wish;
  wish.shown_name = find_account(db_, parts_, desk).value()->shown_name;
  wish.language = "en";
  wish.reason = "asked for it";
  const auto told = [&](std::int64_t version) {
    EXPECT_TRUE(in_transaction([&] {
      return change_account(db_, parts_, desk, version, wish, owner, now_).has_value()
                 ? core::Status()
                 : core::fail(core::ErrorCode::conflict, "", "");
    }));
    const auto rows =
        db_.query(
               "select o.actor, o.subject, o.detail, coalesce(r.reason, '') from outbox o left join "
               "outbox_reason r"
               " on r.number = o.number where o.kind = 'account.changed' order by o.number desc")
            .value();
    std::string text = std::to_string(rows.size());
    for (std::size_t i = 0; i < 4 && rows.size() > 0; ++i) text += " " + std::string(rows[0].text(i));
    return text;
  };
  const std::string by = " " + owner + " account:" + desk + " ";
  EXPECT_EQ(told(1), "1" + by + R"({"fields":["language"]} asked for it)");
  wish.shown_name = "Chen";
  EXPECT_EQ(told(2), "2" + by + R"({"fields":["shown_name"]} asked for it)");
  EXPECT_EQ(told(3), "2" + by + R"({"fields":["shown_name"]} asked for it)") << "nothing was changed";
}

// Names of people stay out of what goes to the journal.
TEST_P(Actors, ActsNameNobody) {
  account("owner", {{"owner", "*"}});
  std::string told;
  ASSERT_TRUE(db_.each("select kind, actor, subject, detail from outbox", {}, [&](const sql::Row& row) {
    for (std::size_t i = 0; i < 4; ++i) told += std::string(row.text(i)) + "\n";
    return true;
  }));
  EXPECT_NE(told.find("account.created"), std::string::npos);
  EXPECT_EQ(told.find("老板"), std::string::npos);
  ASSERT_TRUE(db_.each("select shown_name from access_account", {}, [&](const sql::Row& row) {
    EXPECT_EQ(std::string(row.text(0)).find("老板"), std::string::npos);
    return true;
  }));
}

}  // namespace
}  // namespace tillwatch::access
