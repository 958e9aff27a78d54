// Roles by four eyes over HTTP: giving more waits for another, taking away acts at once, and nobody gets
// round it.
#include "desk/access_routes_fixture.h"

namespace tillwatch::desk {
namespace {

class RoleGrantTest : public AccessRoutesTest {
 protected:
  RoleGrantTest() {
    owner_seed_ = make_owner(owner_);
    admin_id_ = make_colleague(owner_, owner_seed_, "admin1", "administrator", admin_);
    clerk_id_ = make_colleague(owner_, owner_seed_, "clerk1", "rep", clerk_);
  }
  std::int64_t version_of(const std::string& id) {
    json::Reader reader;
    return reader.parse(ask(owner_, "GET", "/desk/accounts/" + id).body)
        ->find("version")
        ->as_integer()
        .value();
  }
  std::string roles_of(const std::string& id) {
    const std::string body = ask(owner_, "GET", "/desk/accounts/" + id).body;
    std::string out;
    for (std::size_t at = body.find("\"role\":\""); at != std::string::npos;
         at = body.find("\"role\":\"", at + 1))
      out += (out.empty() ? "" : " ") + body.substr(at + 8, body.find('"', at + 8) - at - 8);
    return out;
  }
  sim::HttpReply give(Browser& who, const std::string& id, std::initializer_list<std::string_view> roles) {
    std::string list;
    for (const std::string_view role : roles)
      list += (list.empty() ? "" : ",") + ("{\"role\":\"" + std::string(role) + "\",\"agent\":\"*\"}");
    return ask(who, "PATCH", "/desk/accounts/" + id,
               "{\"version\":" + std::to_string(version_of(id)) + ",\"roles\":[" + list + "]}");
  }
  // The id and the hash of the proposal that an answer holds.
  static std::pair<std::string, std::string> proposal_in(const sim::HttpReply& reply) {
    json::Reader reader;
    const auto one = reader.parse(reply.body)->find("proposal");
    if (!one) return {};
    return {std::string(one->find("id")->as_string().value()),
            std::string(one->find("hash")->as_string().value())};
  }
  int approve(Browser& who, const std::pair<std::string, std::string>& one) {
    return ask(who, "POST", "/desk/proposals/" + one.first + "/approve", "{\"hash\":\"" + one.second + "\"}")
        .status;
  }

  Browser owner_, admin_, clerk_;
  std::string owner_seed_, admin_id_, clerk_id_;
};
INSTANTIATE_TEST_SUITE_P(Engines, RoleGrantTest, ::testing::ValuesIn(sql::test_engines()), sql::engine_name);

TEST_P(RoleGrantTest, GivingMoreWaitsForAnotherAndHappensWithHisApproval) {
  const auto waits = give(admin_, clerk_id_, {"rep", "desk"});
  ASSERT_EQ(waits.status, 202) << waits.body;
  EXPECT_EQ(roles_of(clerk_id_), "rep");
  EXPECT_EQ(approve(admin_, proposal_in(waits)), 403) << "not his own";
  EXPECT_EQ(approve(clerk_, proposal_in(waits)), 403) << "not by whom it is for";
  EXPECT_EQ(approve(owner_, {proposal_in(waits).first, std::string(64, '0')}), 409) << "not what he saw";
  EXPECT_EQ(roles_of(clerk_id_), "rep");
  EXPECT_EQ(approve(owner_, proposal_in(waits)), 204);
  EXPECT_EQ(roles_of(clerk_id_), "desk rep");
  EXPECT_EQ(approve(owner_, proposal_in(waits)), 409) << "once";
}

// A browser that was left open is not the second person.
TEST_P(RoleGrantTest, SayingYesTakesAFreshSecondFactorAndSayingNoDoesNot) {
  const auto waits = give(admin_, clerk_id_, {"rep", "desk"}), other = give(admin_, clerk_id_, {"inspector"});
  ASSERT_EQ(waits.status + other.status, 404) << waits.body << other.body;
  pass(access::step_up_ms);
  const std::string at = "/desk/proposals/" + proposal_in(waits).first;
  const auto kept = ask(owner_, "POST", at + "/approve", "{\"hash\":\"" + proposal_in(waits).second + "\"}");
  EXPECT_EQ(kept.status, 403);
  EXPECT_NE(kept.body.find("step-up-needed"), std::string::npos) << kept.body;
  const auto ratified = ask(owner_, "POST", at + "/ratify");
  EXPECT_NE(ratified.body.find("step-up-needed"), std::string::npos) << ratified.body;
  EXPECT_EQ(roles_of(clerk_id_), "rep");
  EXPECT_EQ(
      ask(owner_, "POST", "/desk/proposals/" + proposal_in(other).first + "/reject", R"({"reason":"no"})")
          .status,
      204);
  step_up(owner_, owner_seed_);
  EXPECT_EQ(ask(owner_, "POST", at + "/ratify").status, 409);
  EXPECT_EQ(approve(owner_, proposal_in(waits)), 204);
  EXPECT_EQ(roles_of(clerk_id_), "desk rep");
}

TEST_P(RoleGrantTest, TakingAwayActsAtOnceAndSoDoesWhoeverNobodyCouldApprove) {
  EXPECT_EQ(give(owner_, clerk_id_, {"rep", "desk"}).status, 200) << "the owner gave all others their roles";
  EXPECT_EQ(roles_of(clerk_id_), "desk rep");
  EXPECT_EQ(give(admin_, clerk_id_, {"rep"}).status, 200);
  EXPECT_EQ(roles_of(clerk_id_), "rep");
  EXPECT_EQ(give(admin_, clerk_id_, {"desk"}).status, 202) << "another role is more, even for one that goes";
  EXPECT_EQ(give(admin_, admin_id_, {"administrator", "desk"}).status, 403) << "nobody his own";
}

TEST_P(RoleGrantTest, ANewAccountHasNothingUntilAnotherApproves) {
  const auto made =
      ask(admin_, "POST", "/desk/accounts",
          R"({"sign_in":"puppet","shown_name":"P","roles":[{"role":"administrator","agent":"*"}]})");
  ASSERT_EQ(made.status, 201) << made.body;
  Browser puppet;
  const std::string body =
      "{\"token\":\"" + text_of(made, "token") + "\",\"password\":\"" + std::string(good_password) + "\"}";
  EXPECT_EQ(ask(puppet, "POST", "/desk/first-run", body).status, 200);
  enrol(puppet);
  EXPECT_EQ(ask(puppet, "GET", "/desk/accounts").status, 403);
  EXPECT_EQ(approve(puppet, proposal_in(made)), 403);
  EXPECT_EQ(approve(owner_, proposal_in(made)), 204) << "that he has arrived changes nothing";
  EXPECT_EQ(ask(puppet, "GET", "/desk/accounts").status, 200);
}

TEST_P(RoleGrantTest, AnApprovalIsForTheRolesThatWereThere) {
  const auto waits = give(admin_, clerk_id_, {"rep", "desk"});
  ASSERT_EQ(waits.status, 202) << waits.body;
  EXPECT_EQ(give(owner_, clerk_id_, {"inspector"}).status, 200);
  EXPECT_EQ(approve(owner_, proposal_in(waits)), 409);
  EXPECT_EQ(roles_of(clerk_id_), "inspector");
  const std::string alone = "{\"version\":1,\"proposal\":\"" + proposal_in(waits).first + "\"}";
  EXPECT_EQ(ask(admin_, "PATCH", "/desk/accounts/" + clerk_id_, alone).status, 409) << "nobody approved";
  EXPECT_EQ(ask(owner_, "PATCH", "/desk/accounts/" + clerk_id_, alone).status, 403) << "not his to carry out";
  EXPECT_EQ(ask(admin_, "PATCH", "/desk/accounts/" + admin_id_, alone).status, 404) << "another account";
}

TEST_P(RoleGrantTest, AnOwnerIsNotMadeByWhoeverWasOne) {
  ASSERT_EQ(give(owner_, admin_id_, {"administrator", "owner"}).status, 200);
  const auto waits = give(admin_, clerk_id_, {"rep", "owner"});
  ASSERT_EQ(waits.status, 202) << waits.body;
  ASSERT_EQ(give(owner_, admin_id_, {"administrator"}).status, 200) << "what he proposed by, he keeps";
  EXPECT_EQ(approve(owner_, proposal_in(waits)), 403);
  EXPECT_EQ(roles_of(clerk_id_), "rep");
}

TEST_P(RoleGrantTest, NobodyApprovesAsAColleagueWhomHeResetForIt) {
  Browser other, taken;
  const std::string id = make_colleague(owner_, owner_seed_, "admin2", "administrator", other);
  const auto waits = give(admin_, clerk_id_, {"rep", "desk"});
  ASSERT_EQ(waits.status, 202) << waits.body;
  const auto reset = ask(admin_, "POST", "/desk/accounts/" + id + "/reset");
  ASSERT_EQ(reset.status, 200) << reset.body;
  const std::string body =
      "{\"token\":\"" + text_of(reset, "token") + "\",\"password\":\"" + std::string(good_password) + "\"}";
  ASSERT_EQ(ask(taken, "POST", "/desk/first-run", body).status, 200);
  enrol(taken);
  EXPECT_EQ(approve(taken, proposal_in(waits)), 403);
  EXPECT_EQ(roles_of(clerk_id_), "rep");
  EXPECT_EQ(approve(owner_, proposal_in(waits)), 204);
}

}  // namespace
}  // namespace tillwatch::desk
