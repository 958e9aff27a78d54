// Four eyes, by example: who may decide on what, and when it counts. Random sequences of the same are in
// proposal_sequences_test.cpp.
#include "access/proposal.h"

#include <gtest/gtest.h>

#include <vector>

#include "access/access_fixture.h"
#include "access/factor.h"
#include "access/invitation.h"
#include "access/right.h"
#include "access/role_grant.h"
#include "access/standing.h"
#include "crypto/hash.h"
#include "sql/migration.h"

namespace tillwatch::access {
namespace {

using core::ErrorCode;

// Past the rule that a looser mode takes two: what the tests begin with.
void store_mode(sql::Connection& db, ApprovalMode mode) {
  EXPECT_TRUE(
      db.execute("insert into access_setting (name, value) values ('approval_mode', $1) on conflict "
                 "(name) do update set value = excluded.value",
                 {name_of(mode)}));
}

std::string hash_of(std::string_view change) {
  return crypto::to_hex(crypto::sha256(change));
}

class Proposals : public AccessTest {
 protected:
  Wish wish(std::string_view change, std::string_view version = "1") {
    return {"list.override", "list:watch", version, change, "because"};
  }
  core::Result<Proposal> propose_as(const std::string& who, std::string_view change) {
    return in_transaction([&] { return propose(db_, parts_, who, wish(change), now_); });
  }
  core::Status approve_as(const std::string& who, const std::string& id, std::string_view seen) {
    return in_transaction([&] { return approve(db_, who, id, hash_of(seen), "", now_, sabotage_); });
  }
  core::Status consume_now(const std::string& id, std::string_view change, std::string_view version = "1",
                           std::string_view who = "desk") {
    return in_transaction([&] { return consume(db_, who, id, wish(change, version), now_, sabotage_); });
  }
  void set_mode(ApprovalMode mode) { store_mode(db_, mode); }
  core::Status change_mode(ApprovalMode mode, const std::string& who, std::string_view proposal = "") {
    return in_transaction([&] { return set_approval_mode(db_, mode, who, now_, proposal, sabotage_); });
  }
  void grant(const std::string& to, std::vector<std::string> roles, const std::string& by) {
    AccountChange change;
    change.grants.emplace();
    for (const std::string& role : roles) change.grants->push_back({role, "*", "", 0});
    const auto version = find_account(db_, parts_, to).value()->version;
    const auto done =
        in_transaction([&] { return change_account(db_, parts_, to, version, change, by, now_); });
    EXPECT_TRUE(done) << done.error().to_string();
  }
  // Comes in by a link that `maker` makes now, and enrols a factor.
  void enter(const std::string& who, Purpose purpose, const std::string& maker) {
    const auto link = in_transaction([&] { return invite(db_, parts_, purpose, who, maker, now_); });
    ASSERT_TRUE(link);
    Arrival arrival;
    arrival.secret = *link;
    ASSERT_TRUE(end_arrival(db_, parts_, arrival, "hash of it", {"198.51.100.7", "test", ""}, now_));
    enrol(who);
  }
  std::string invited(std::string_view name, std::string_view role, const std::string& by) {
    NewAccount wish;
    wish.sign_in = wish.shown_name = name;
    wish.grants = {{std::string(role), "*", "", 0}};
    return in_transaction([&] { return create_account(db_, parts_, wish, by, now_); }).value_or("");
  }
  // "": he may; else why not.
  std::string refusal(const std::string& author, const std::string& approver) {
    const Proposal one = propose_as(author, "x").value();
    const core::Status done = approve_as(approver, one.id, "x");
    return done ? std::string() : done.error().detail;
  }
  core::Sabotage sabotage_;
};
INSTANTIATE_TEST_SUITE_P(Engines, Proposals, ::testing::ValuesIn(sql::test_engines()), sql::engine_name);

TEST_P(Proposals, TakeTwoPeopleAndTheExactChange) {
  const std::string owner = account("owner", {{"owner", "*"}});
  const std::string second = account("second", {{"risk_lead", "*"}});
  const std::string desk = account("desk", {{"desk", "*"}});
  const Proposal one = propose_as(desk, "let shop 7 pass").value();
  EXPECT_EQ(consume_now(one.id, "let shop 7 pass").error().code, ErrorCode::conflict) << "nobody approved";
  EXPECT_EQ(approve_as(desk, one.id, "let shop 7 pass").error().code, ErrorCode::denied)
      << "he is the author";
  EXPECT_EQ(approve_as(second, one.id, "let shop 8 pass").error().code, ErrorCode::conflict)
      << "he saw another";
  EXPECT_TRUE(approve_as(second, one.id, "let shop 7 pass"));
  EXPECT_EQ(consume_now(one.id, "let shop 8 pass").error().code, ErrorCode::conflict);
  EXPECT_EQ(consume_now(one.id, "let shop 7 pass", "2").error().code, ErrorCode::conflict)
      << "the target moved on";
  EXPECT_TRUE(consume_now(one.id, "let shop 7 pass"));
  EXPECT_EQ(consume_now(one.id, "let shop 7 pass").error().code, ErrorCode::conflict) << "once";
  static_cast<void>(owner);
}

TEST_P(Proposals, TheAuditSaysWhoCarriedAChangeOut) {
  const std::string owner = account("owner", {{"owner", "*"}}), second = account("second", {{"owner", "*"}});
  const std::string third = account("third", {{"owner", "*"}}), clerk = account("clerk", {{"rep", "*"}});
  const auto by = [&](std::string_view kind) {
    return std::string(db_.query("select actor from outbox where kind = $1 order by number desc", {kind})
                           .value()[0]
                           .text(0));
  };
  const Proposal one = propose_as(owner, "x").value();
  ASSERT_TRUE(approve_as(second, one.id, "x"));
  ASSERT_TRUE(consume_now(one.id, "x", "1", third));
  EXPECT_EQ(by("proposal.consumed"), third);
  set_mode(ApprovalMode::duo);
  const Proposal alone = propose_as(owner, "y").value();
  now_ += cooling_off_ms;
  ASSERT_TRUE(consume_now(alone.id, "y", "1", second));
  EXPECT_EQ(by("proposal.consumed_unapproved"), second);
  const Proposal roles =
      in_transaction([&] {
        const auto before = find_account(db_, parts_, clerk).value()->grants;
        return propose_roles(db_, parts_, clerk, before, {{"desk", "*", "", 0}}, owner, "r", now_);
      }).value();
  ASSERT_TRUE(in_transaction([&] { return approve(db_, second, roles.id, roles.hash, "", now_); }));
  ASSERT_TRUE(in_transaction([&] { return carry_out_roles(db_, parts_, second, roles, "", now_); }));
  EXPECT_EQ(by("proposal.consumed"), second);
  EXPECT_EQ(find_account(db_, parts_, clerk).value()->grants[0].granted_by, owner) << "whose roles they are";
}

TEST_P(Proposals, AnEditAfterTheApprovalVoidsIt) {
  account("owner", {{"owner", "*"}});
  const std::string lead = account("lead", {{"risk_lead", "*"}});
  const std::string desk = account("desk", {{"desk", "*"}});
  const Proposal one = propose_as(desk, "small").value();
  ASSERT_TRUE(approve_as(lead, one.id, "small"));
  const auto next = in_transaction([&] { return revise(db_, parts_, desk, one.id, "large", now_); });
  ASSERT_TRUE(next);
  EXPECT_EQ(consume_now(one.id, "small").error().code, ErrorCode::conflict);
  EXPECT_EQ(consume_now(next->id, "large").error().code, ErrorCode::conflict);
  EXPECT_TRUE(approve_as(lead, next->id, "large"));
  EXPECT_TRUE(consume_now(next->id, "large"));
}

TEST_P(Proposals, AnApproverOfTheAuthorsMakingAndOneWhoLostHisRightDoNotCount) {
  const std::string owner = account("owner", {{"owner", "*"}});
  const std::string other = account("other", {{"owner", "*"}});
  const std::string puppet = account("puppet", {{"rep", "*"}});
  const Proposal one = propose_as(owner, "x").value();
  now_ += 1;
  grant(puppet, {"risk_lead"}, owner);
  EXPECT_EQ(approve_as(puppet, one.id, "x").error().code, ErrorCode::denied);
  EXPECT_TRUE(approve_as(other, one.id, "x"));
  grant(other, {"rep"}, owner);
  EXPECT_EQ(consume_now(one.id, "x").error().code, ErrorCode::conflict) << "the approver lost his right";
  EXPECT_EQ(find_proposal(db_, one.id).value()->state, "void");
  grant(other, {"owner"}, "system");
  EXPECT_EQ(consume_now(one.id, "x").error().code, ErrorCode::conflict) << "given back: too late";
}

TEST_P(Proposals, AnApproverWhomTheAuthorMadeBeforeDoesNotCountEither) {
  const std::string owner = account("owner", {{"owner", "*"}});
  const std::string puppet = account("puppet", {{"risk_lead", "*"}}, owner);
  now_ += core::day_ms;
  const Proposal one = propose_as(owner, "x").value();
  EXPECT_EQ(approve_as(puppet, one.id, "x").error().code, ErrorCode::denied);
  const Proposal his = propose_as(puppet, "y").value();
  EXPECT_TRUE(approve_as(owner, his.id, "y")) << "the other way round it is another person";
}

// The shop of two: the owner gave the other her role.
TEST_P(Proposals, WhomTheAuthorMadeCountsOnceHerRoleAndHerFactorHaveSettled) {
  const std::string owner = account("owner", {{"owner", "*"}});
  const std::string wife = account("wife", {{"risk_lead", "*"}}, owner);
  const std::string_view right = "lists.override";
  const auto approves = [&] {
    const Proposal one = propose_as(owner, "x").value();
    const core::Status done = approve_as(wife, one.id, "x");
    EXPECT_EQ(has_independent_approver(db_, owner, right, "", now_).value(), done.has_value());
    EXPECT_FALSE(has_independent_approver(db_, owner, right, wife, now_).value());
    if (done) {
      EXPECT_TRUE(consume_now(one.id, "x"));
    }
    return done ? std::string() : done.error().detail;
  };
  now_ += 30 * core::day_ms;
  EXPECT_TRUE(approves().find("second factor of your own") != std::string::npos) << approves();
  enrol(wife);
  EXPECT_TRUE(approves().find("from " + core::format_time(now_ - core::minute_ms + settled_after_ms)) !=
              std::string::npos)
      << approves();
  now_ += settled_after_ms - core::minute_ms - 1;
  EXPECT_NE(approves(), "") << "one millisecond is missing";
  now_ += 1;
  EXPECT_EQ(approves(), "");
  // Taken over by a link: another factor.
  ASSERT_TRUE(in_transaction([&] { return drop_factors(db_, wife); }));
  EXPECT_NE(approves(), "");
  enrol(wife);
  EXPECT_NE(approves(), "");
  now_ += settled_after_ms;
  EXPECT_EQ(approves(), "");
  // A role that was given anew.
  grant(wife, {"rep"}, owner);
  now_ += core::day_ms;
  grant(wife, {"risk_lead"}, owner);
  EXPECT_NE(approves(), "");
  now_ += settled_after_ms;
  EXPECT_EQ(approves(), "");
}

// Who gave the role is asked elsewhere; here it is who let him in.
TEST_P(Proposals, WhomTheAuthorsLinkLetInCountsAWeekLater) {
  const std::string owner = account("owner", {{"owner", "*"}});
  const std::string admin = account("admin", {{"administrator", "*"}, {"desk", "*"}}, owner);
  const std::string lead = account("lead", {{"risk_lead", "*"}}, owner);
  enrol(lead);
  now_ += 30 * core::day_ms;
  EXPECT_EQ(refusal(admin, lead), "");
  enter(lead, Purpose::reset, admin);
  const core::TimeMs from = now_ - core::minute_ms + settled_after_ms;
  const std::string why = refusal(admin, lead);
  EXPECT_NE(why.find("link of the author's"), std::string::npos) << why;
  EXPECT_NE(why.find("from " + core::format_time(from) + " on"), std::string::npos) << why;
  now_ = from - 1;
  EXPECT_NE(refusal(admin, lead), "");
  now_ = from;
  EXPECT_EQ(refusal(admin, lead), "");
  enter(lead, Purpose::reset, owner);
  EXPECT_EQ(refusal(admin, lead), "") << "by somebody else's link: at once";
  enter(lead, Purpose::reset, "");
  EXPECT_EQ(refusal(admin, lead), "") << "by the machine's";
  const Proposal before = propose_as(admin, "y").value();
  ASSERT_TRUE(approve_as(lead, before.id, "y"));
  enter(lead, Purpose::reset, admin);
  EXPECT_TRUE(consume_now(before.id, "y")) << "what she approved herself stays approved";
}

TEST_P(Proposals, ALinkThatIsNotUsedChangesNothingAndAnInvitationCountsAsOne) {
  const std::string owner = account("owner", {{"owner", "*"}});
  const std::string admin = account("admin", {{"administrator", "*"}, {"desk", "*"}}, owner);
  const std::string lead = account("lead", {{"risk_lead", "*"}}, owner);
  for (int i = 0; i < 2; ++i)  // the second makes the first void, which does not mean that it was used
    ASSERT_TRUE(in_transaction([&] { return invite(db_, parts_, Purpose::reset, lead, admin, now_); }));
  EXPECT_EQ(refusal(admin, lead), "");
  const std::string late = invited("late", "risk_lead", owner);
  enter(late, Purpose::invite, admin);
  EXPECT_NE(refusal(admin, late), "") << "invited anew by the author";
  now_ += settled_after_ms;
  EXPECT_EQ(refusal(admin, late), "");
}

TEST_P(Proposals, AChainOfLinksIsHisWhoMadeTheFirst) {
  const std::string owner = account("owner", {{"owner", "*"}});
  const std::string admin = account("admin", {{"administrator", "*"}, {"desk", "*"}}, owner);
  const std::string other = account("other", {{"administrator", "*"}}, owner);
  const std::string lead = account("lead", {{"risk_lead", "*"}}, owner);
  enter(other, Purpose::reset, admin);
  now_ += 6 * core::day_ms;
  enter(lead, Purpose::reset, other);
  EXPECT_NE(refusal(admin, lead), "");
  now_ += 2 * core::day_ms;
  EXPECT_NE(refusal(admin, lead), "") << "when it was made, other's account was his";
  now_ += 5 * core::day_ms;
  EXPECT_EQ(refusal(admin, lead), "");
  enter(lead, Purpose::reset, other);
  EXPECT_EQ(refusal(admin, lead), "") << "other is herself again";
}

TEST_P(Proposals, TwoWhomOnePersonLetInWaitForEachOther) {
  const std::string owner = account("owner", {{"owner", "*"}});
  const std::string admin = account("admin", {{"administrator", "*"}}, owner);
  const std::string clerk = account("clerk", {{"desk", "*"}}, owner);
  const std::string lead = account("lead", {{"risk_lead", "*"}}, owner);
  now_ += 30 * core::day_ms;
  EXPECT_EQ(refusal(clerk, lead), "");
  enter(clerk, Purpose::reset, admin);
  EXPECT_EQ(refusal(clerk, lead), "");
  const core::TimeMs from = now_ - core::minute_ms + settled_after_ms;
  now_ += 2 * core::day_ms;
  enter(lead, Purpose::reset, admin);
  const std::string why = refusal(clerk, lead);
  EXPECT_NE(why.find("links of the same person"), std::string::npos) << why;
  EXPECT_NE(why.find("from " + core::format_time(from) + " on"), std::string::npos) << why;
  EXPECT_EQ(count_waiting(db_, lead, now_)->to_decide, 0);
  EXPECT_EQ(refusal(clerk, owner), "") << "whom nobody let in";
  now_ = from - 1;
  EXPECT_NE(refusal(clerk, lead), "");
  now_ = from;
  EXPECT_EQ(refusal(clerk, lead), "");
}

// A new shop: the owner invited them all.
TEST_P(Proposals, TwoWhomOnePersonInvitedDecideOnEachOthersChanges) {
  const std::string owner = account("owner", {{"owner", "*"}});
  const std::string clerk = invited("clerk", "desk", owner), lead = invited("lead", "risk_lead", owner);
  enter(clerk, Purpose::invite, owner);
  enter(lead, Purpose::invite, owner);
  EXPECT_EQ(refusal(clerk, lead), "");
  enter(lead, Purpose::reset, owner);
  EXPECT_NE(refusal(clerk, lead), "") << "one of them was a reset";
}

TEST_P(Proposals, KeepNoCardNumberThatSomebodyTypedIntoAReason) {
  const std::string owner = account("owner", {{"owner", "*"}}), other = account("other", {{"owner", "*"}});
  const std::string typed = "of 4111111111111111";
  const auto made = in_transaction(
      [&] { return propose(db_, parts_, owner, {"list.override", "list:watch", "1", "x", typed}, now_); });
  ASSERT_TRUE(made);
  ASSERT_TRUE(in_transaction([&] { return reject(db_, other, made->id, typed, now_); }));
  const Proposal kept = *find_proposal(db_, made->id).value();
  for (const std::string& text : {made->reason, kept.reason, kept.decided_reason}) {
    EXPECT_EQ(text.find("4111111111111111"), std::string::npos) << text;
    EXPECT_EQ(text.substr(0, 3), "of ");
  }
}

// Who would be the only one then.
TEST_P(Proposals, NobodyIsAloneBecauseHeResetAllOthers) {
  const std::string_view right = "proposals.decide";
  const std::string owner = account("owner", {{"owner", "*"}});
  const std::string admin = account("admin", {{"administrator", "*"}}, owner);
  const std::string made = account("made", {{"administrator", "*"}}, admin);
  const auto alone = [&](const std::string& but_not) {
    return !has_independent_approver(db_, admin, right, but_not, now_).value();
  };
  enter(owner, Purpose::reset, admin);
  EXPECT_FALSE(alone("")) << "another's role";
  EXPECT_TRUE(alone(owner)) << "his own making";
  enrol(made);
  now_ += settled_after_ms;
  EXPECT_FALSE(alone(owner)) << "settled";
  enter(made, Purpose::reset, admin);
  EXPECT_FALSE(alone(owner)) << "his own making, whom he reset";
}

// A store of before: links did not say whose they were, but the acts about them did.
TEST_P(Proposals, LinksOfBeforeAreTheirsWhoseActsTheyWere) {
  sql::TestStore old(GetParam(), sql::TestStore::Schema::empty);
  sql::Connection& db = old.connection();
  std::vector<sql::Migration> steps(sql::migrations().begin(), sql::migrations().end());
  std::erase_if(steps, [](const sql::Migration& one) { return one.version >= 17; });
  ASSERT_TRUE(sql::migrate(db, steps, 1));
  const auto link = [&db](std::string_view hash, std::string_view account, core::TimeMs made,
                          sql::Parameter used) {
    EXPECT_TRUE(
        db.execute("insert into access_invitation (hash, purpose, account, made_at, expires_at, used_at)"
                   " values ($1, 'reset', $2, $3, 900, $4)",
                   {hash, account, made, used}));
  };
  const auto act = [&db](std::int64_t number, std::string_view kind, std::string_view actor,
                         core::TimeMs at) {
    EXPECT_TRUE(
        db.execute("insert into outbox (number, kind, actor, subject, detail, at, digest) values ($1,"
                   " $2, $3, 'account:lead', '', $4, '')",
                   {number, kind, actor, at}));
  };
  link("h1", "lead", 100, std::int64_t{150});
  link("h2", "lead", 200, {});
  link("h3", "other", 100, std::int64_t{170});
  act(1, "account.reset_link", "admin", 100);
  act(2, "account.signed_in", "lead", 100);
  act(3, "account.invited", "owner", 200);
  ASSERT_TRUE(sql::migrate(db, sql::migrations(), 2));
  std::string all;
  ASSERT_TRUE(
      db.each("select i.hash, coalesce(m.maker, '-'), coalesce(i.entered_at, 0) from access_invitation i"
              " left join access_invitation_maker m on m.invitation = i.hash order by 1",
              {}, [&](const sql::Row& row) {
                all += std::string(row.text(0)) + " " + std::string(row.text(1)) + " " +
                       std::to_string(row.integer(2)) + "; ";
                return true;
              }));
  EXPECT_EQ(all, "h1 admin 150; h2 owner 0; h3 - 170; ");
}

TEST_P(Proposals, WhatWentThroughAloneIsRatifiedByWhomTheAuthorMadeOnceSheHasSettled) {
  const std::string owner = account("owner", {{"owner", "*"}});
  const std::string wife = account("wife", {{"risk_lead", "*"}}, owner);
  enrol(wife);
  set_mode(ApprovalMode::duo);
  const Proposal alone = propose_as(owner, "x").value();
  now_ += cooling_off_ms;
  ASSERT_TRUE(consume_now(alone.id, "x"));
  const auto waiting = [&](const std::string& who) { return count_waiting(db_, who, now_).value(); };
  EXPECT_EQ(waiting(wife).to_ratify, 0) << "it is not hers yet";
  EXPECT_EQ(in_transaction([&] { return ratify(db_, wife, alone.id, now_); }).error().code,
            ErrorCode::denied);
  now_ += settled_after_ms;
  EXPECT_EQ(waiting(wife).to_ratify, 1);
  EXPECT_EQ(waiting(owner).to_ratify, 0);
  EXPECT_TRUE(in_transaction([&] { return ratify(db_, wife, alone.id, now_); }));
  EXPECT_EQ(waiting(wife).to_ratify, 0);
}

TEST_P(Proposals, NobodyDecidesOnHisOwnRoles) {
  const std::string owner = account("owner", {{"owner", "*"}});
  const std::string chief = account("chief", {{"administrator", "*"}}, owner);
  const std::string puppet = account("puppet", {{"administrator", "*"}}, chief);
  const auto raise = in_transaction([&] {
    return propose_roles(db_, parts_, chief, {{"administrator", "*", "", 0}},
                         {{"administrator", "*", "", 0}, {"risk_lead", "*", "", 0}}, puppet, "why", now_);
  });
  ASSERT_TRUE(raise);
  EXPECT_EQ(
      in_transaction([&] { return approve(db_, chief, raise->id, raise->hash, "", now_); }).error().code,
      ErrorCode::denied);
  EXPECT_EQ(in_transaction([&] { return reject(db_, chief, raise->id, "", now_); }).error().code,
            ErrorCode::denied);
  EXPECT_EQ(count_waiting(db_, chief, now_)->to_decide, 0);
  EXPECT_EQ(count_waiting(db_, owner, now_)->to_decide, 1);
  EXPECT_TRUE(in_transaction([&] { return approve(db_, owner, raise->id, raise->hash, "", now_); }));
}

// Why a role that settled opens nothing: whoever can give roles may, for each kind of change, both propose
// and approve it, or neither. So an account of his making that proposes is worth as much to him as one that
// approves, and that it proposes was never refused.
TEST(Roles, WhoeverGivesRolesProposesWhatHeApproves) {
  for (const Role& role : roles()) {
    if (!role.rights.test(find_right("roles.grant"))) continue;
    for (const ChangeKind& kind : change_kinds())
      EXPECT_EQ(role.rights.test(find_right(kind.propose_right)),
                role.rights.test(find_right(kind.approve_right)))
          << role.name << " " << kind.name;
  }
}

TEST_P(Proposals, ALooserModeTakesTwoAndAStricterOneEndsTheCoolingOff) {
  const std::string owner = account("owner", {{"owner", "*"}});
  EXPECT_TRUE(change_mode(ApprovalMode::solo, owner)) << "there is nobody else";
  EXPECT_TRUE(change_mode(ApprovalMode::two_people, owner));
  const std::string other = account("other", {{"owner", "*"}});
  EXPECT_FALSE(change_mode(ApprovalMode::solo, owner));
  const Wish looser{"settings.approval_mode", "settings", "two_people", "solo", "alone for a while"};
  const Proposal made = in_transaction([&] { return propose(db_, parts_, owner, looser, now_); }).value();
  EXPECT_FALSE(change_mode(ApprovalMode::solo, owner, made.id));
  EXPECT_TRUE(approve_as(other, made.id, "solo"));
  EXPECT_FALSE(change_mode(ApprovalMode::duo, owner, made.id)) << "not this one";
  EXPECT_EQ(change_mode(ApprovalMode::solo, other, made.id).error().code, ErrorCode::denied) << "not his";
  EXPECT_EQ(change_mode(ApprovalMode::solo, owner, "prp_none").error().code, ErrorCode::not_found);
  EXPECT_TRUE(change_mode(ApprovalMode::solo, owner, made.id));
  const Proposal alone = propose_as(owner, "y").value();
  EXPECT_TRUE(change_mode(ApprovalMode::two_people, owner));
  now_ += cooling_off_ms;
  EXPECT_FALSE(consume_now(alone.id, "y"));
}

TEST_P(Proposals, TheDatabaseHoldsTheRuleToo) {
  const std::string owner = account("owner", {{"owner", "*"}});
  const Proposal one = propose_as(owner, "x").value();
  const auto refused_by = [&](std::string_view change) {
    const auto result = db_.execute("update access_proposal set " + std::string(change) + " where id = $1",
                                    {std::string_view(one.id)});
    return result ? std::string() : result.error().where;
  };
  EXPECT_EQ(refused_by("decided_by = author"), "access_proposal_two_people");
  EXPECT_EQ(refused_by("state = 'approved'"), "access_proposal_approved");
  EXPECT_EQ(refused_by("state = 'consumed'"), "access_proposal_alone");
  EXPECT_EQ(refused_by("ratified_by = author"), "access_proposal_ratified");
}

TEST_P(Proposals, ExpireAndCoolOff) {
  const std::string owner = account("owner", {{"owner", "*"}});
  const std::string other = account("other", {{"owner", "*"}});
  const Proposal late = propose_as(owner, "x").value();
  ASSERT_TRUE(approve_as(other, late.id, "x"));
  now_ += proposal_ms_max;
  EXPECT_EQ(consume_now(late.id, "x").error().code, ErrorCode::conflict);
  set_mode(ApprovalMode::solo);
  const Proposal alone = propose_as(owner, "y").value();
  now_ += cooling_off_ms - 1;
  EXPECT_FALSE(consume_now(alone.id, "y"));
  now_ += 1;
  EXPECT_TRUE(consume_now(alone.id, "y"));
  const auto ratified = [&](const std::string& who) {
    return in_transaction([&] { return ratify(db_, who, alone.id, now_); });
  };
  EXPECT_EQ(ratified(owner).error().code, ErrorCode::denied) << "not by himself";
  EXPECT_TRUE(ratified(other));
  EXPECT_EQ(ratified(other).error().code, ErrorCode::conflict);
}

}  // namespace
}  // namespace tillwatch::access
