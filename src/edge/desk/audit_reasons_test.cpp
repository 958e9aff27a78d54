// The audit says why: every act for which somebody gave a reason shows it, wherever the words stand.
#include "access/role_grant.h"
#include "desk/access_routes_fixture.h"
#include "relay/act.h"

namespace tillwatch::desk {
namespace {

class AuditReasonsTest : public AccessRoutesTest {
 protected:
  void SetUp() override { seed_ = make_owner(owner_); }
  std::string asked(std::string_view method, std::string_view target, int status,
                    std::string_view body = {}) {
    const auto reply = ask(owner_, method, target, body);
    EXPECT_EQ(reply.status, status) << method << " " << target << " " << reply.body;
    return text_of(reply, "id");
  }
  // Of the newest act of a kind; "-" where it shows none.
  std::string why(std::string_view kind) {
    const auto page = ask(owner_, "GET", "/desk/audit?kind=" + std::string(kind) + "&limit=1");
    json::Reader reader;
    const auto root = reader.parse(page.body);
    EXPECT_TRUE(root && root->find("items")) << page.body;
    if (!root || !root->find("items")) return {};
    const json::View items = *root->find("items");
    for (const json::View& one : items.elements()) {
      const json::View reason = *one.find("reason");
      return reason.is(json::Kind::string) ? std::string(reason.as_string().value()) : "-";
    }
    return "no such act";
  }
  std::int64_t act(std::string_view kind, std::string_view subject, std::string_view detail = "") {
    auto transaction = sql::Transaction::begin(db_);
    const auto number = relay::append(db_, {kind, "acc_1", subject, detail, world_.clock.now()});
    EXPECT_TRUE(transaction->commit());
    return number.value();
  }
  std::string in_a_day() { return core::format_time(world_.clock.now() + core::day_ms); }

  Browser owner_;
  std::string seed_;
};
INSTANTIATE_TEST_SUITE_P(Engines, AuditReasonsTest, ::testing::ValuesIn(sql::test_engines()),
                         sql::engine_name);

TEST_P(AuditReasonsTest, OfKeysWebhooksAndExports) {
  step_up(owner_, seed_);
  const std::string key = asked(
      "POST", "/desk/api-keys", 201,
      R"({"client":"till","scopes":["read"],"reason":"the new till","expires_at":")" + in_a_day() + "\"}");
  EXPECT_EQ(why("api_key.made"), "the new till");
  asked("DELETE", "/desk/api-keys/" + key + "?reason=it%20is%20gone", 204);
  EXPECT_EQ(why("api_key.revoked"), "it is gone");
  const std::string hook =
      asked("POST", "/desk/webhooks", 201,
            R"({"name":"guards","url":"https://guards.example.com/in","reason":"for the guards"})");
  EXPECT_EQ(why("webhook.made"), "for the guards");
  asked("PATCH", "/desk/webhooks/" + hook, 200, R"({"version":1,"name":"Guards","reason":"a better name"})");
  EXPECT_EQ(why("webhook.changed"), "a better name");
  asked("POST", "/desk/webhooks/" + hook + "/rotate", 200, R"({"reason":"it was seen"})");
  EXPECT_EQ(why("webhook.secret_rotated"), "it was seen");
  asked("DELETE", "/desk/webhooks/" + hook, 204);
  EXPECT_EQ(why("webhook.removed"), "-") << "none was given";
  asked("GET", "/desk/decisions/export?reason=for%20the%20auditor&fired=true", 200);
  EXPECT_EQ(why("decisions.exported"), "for the auditor");
  EXPECT_EQ(db_.query("select count(*) from outbox where detail like '%auditor%'").value()[0].integer(0), 0)
      << "words stay out of what the journal has a digest of";
}

TEST_P(AuditReasonsTest, OfRolesAndTheModeOfApproval) {
  Browser colleague;
  const std::string id = make_colleague(owner_, seed_, "ling", "desk", colleague);
  step_up(owner_, seed_);
  const auto version = access::find_account(db_, parts_, id).value()->version;
  asked("PATCH", "/desk/accounts/" + id, 200,
        "{\"version\":" + std::to_string(version) +
            R"(,"roles":[{"role":"rep","agent":"*"}],"reason":"goes out from now on"})");
  EXPECT_EQ(why("account.roles_changed"), "goes out from now on");
  asked("PATCH", "/desk/accounts/" + id, 200,
        "{\"version\":" + std::to_string(version + 1) + R"(,"state":"disabled","reason":"left us"})");
  EXPECT_EQ(why("account.disabled"), "left us");
  asked("PUT", "/desk/approval-mode", 202, R"({"mode":"duo","reason":"we are two"})");
  EXPECT_EQ(why("proposal.made"), "we are two");
  asked("PUT", "/desk/approval-mode", 204, R"({"mode":"two_people","reason":"no longer"})");
  EXPECT_EQ(why("settings.approval_mode"), "no longer");
}

TEST_P(AuditReasonsTest, OfWhoeverCarriesOutWhatHasCooledOff) {
  Browser colleague;
  const std::string id = make_colleague(owner_, seed_, "ling", "desk", colleague);
  step_up(owner_, seed_);
  asked("PUT", "/desk/approval-mode", 202, R"({"mode":"duo","reason":"we are two"})");
  ASSERT_TRUE(db_.execute("insert into access_setting (name, value) values ('approval_mode', 'duo')"));
  const auto propose = [&](std::string_view role) {
    auto transaction = sql::Transaction::begin(db_);
    const auto account = access::find_account(db_, parts_, id).value();
    const auto owner = db_.query("select id from access_account where sign_in = 'owner'").value();
    const auto made =
        access::propose_roles(db_, parts_, id, account->grants, {{std::string(role), "*", "", 0}},
                              owner[0].text(0), "she asked", world_.clock.now());
    EXPECT_TRUE(transaction->commit());
    return std::pair(made.value().id, account->version);
  };
  const auto carry_out = [&](const std::pair<std::string, std::int64_t>& one, std::string_view reason) {
    ASSERT_TRUE(db_.execute("update access_proposal set cooling_until = $1 where id = $2",
                            {world_.clock.now(), std::string_view(one.first)}));
    step_up(owner_, seed_);
    asked("PATCH", "/desk/accounts/" + id, 200,
          "{\"version\":" + std::to_string(one.second) + ",\"proposal\":\"" + one.first + "\"" +
              std::string(reason) + "}");
  };
  carry_out(propose("rep"), R"(,"reason":"nobody looked at it")");
  EXPECT_EQ(why("proposal.consumed_unapproved"), "nobody looked at it");
  EXPECT_EQ(why("account.roles_changed"), "she asked");
  carry_out(propose("inspector"), "");
  EXPECT_EQ(why("proposal.consumed_unapproved"), "she asked") << "where none was given, the proposal's";
}

TEST_P(AuditReasonsTest, OfListsPoliciesAndProposals) {
  const std::int64_t added = act("list.item_added", "list:blocked", R"({"list":"blocked","item":"lit_1"})");
  const std::int64_t other = act("list.item_added", "list:blocked", R"({"list":"blocked","item":"lit_2"})");
  const std::int64_t ended = act("list.item_removed", "list:blocked", R"({"list":"blocked","item":"lit_1"})");
  const auto item = [&](std::string_view id, std::string_view note, std::int64_t number, std::int64_t end) {
    ASSERT_TRUE(
        db_.execute("insert into rulebook_list_item values ($1, 'blocked', $1, 'v', 0, 'o', 'stolen', $2, 0, "
                    "'acc_1', 1, $3,"
                    " '', $4, $5, '', 'was found', $4, '')",
                    {id, note, number, end, end == 0 ? "" : "removed"}));
  };
  item("lit_1", "her card, she says", added, ended);
  item("lit_2", "", other, 0);
  EXPECT_EQ(why("list.item_removed"), "was found");
  EXPECT_EQ(why("list.item_added"), "stolen") << "the code, where there are no words";
  ASSERT_TRUE(db_.execute("update rulebook_list_item set note = 'the other one' where id = 'lit_2'"));
  EXPECT_EQ(why("list.item_added"), "the other one");
  ASSERT_TRUE(db_.execute("insert into rulebook_pack values ('h', $1, 1)", {sql::Octets{"x"}}));
  ASSERT_TRUE(
      db_.execute("insert into rulebook_version values (7, 'h', 'h', 'in_force', '', '', 'acc_1', 'fewer "
                  "false alarms', 1, 1, 0)"));
  act("policy.published", "policy:7");
  EXPECT_EQ(why("policy.published"), "fewer false alarms");
  act("policy.put_back", "policy:7");
  EXPECT_EQ(why("policy.put_back"), "-");
  ASSERT_TRUE(db_.execute(
      "insert into access_proposal (id, version, kind, target, target_version, change, hash, reason, state,"
      " author, made_at, expires_at, decided_at, decided_reason) select 'prp_1', 1, 'k', 't', '1', '{}', 'h',"
      " 'why not', 'rejected', id, 0, 1, 1, 'not so' from access_account where sign_in = 'owner'"));
  act("proposal.made", "proposal:prp_1");
  act("proposal.rejected", "proposal:prp_1");
  act("proposal.withdrawn", "proposal:prp_1");
  EXPECT_EQ(why("proposal.made"), "why not");
  EXPECT_EQ(why("proposal.rejected"), "not so");
  EXPECT_EQ(why("proposal.withdrawn"), "-");
}

}  // namespace
}  // namespace tillwatch::desk
