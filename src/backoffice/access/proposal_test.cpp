// Four eyes: by example, and random sequences of people who hurry, change their minds and their roles against
// a model that knows nothing but who saw and approved which text.
#include "access/proposal.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "access/access_fixture.h"
#include "access/factor.h"
#include "access/right.h"
#include "access/role_grant.h"
#include "access/standing.h"
#include "crypto/hash.h"
#include "sim/long_mode.h"

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
  core::Status consume_now(const std::string& id, std::string_view change, std::string_view version = "1") {
    return in_transaction([&] { return consume(db_, id, wish(change, version), now_, sabotage_); });
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

// What must hold whatever people do: a change is carried out only where somebody else than its author, with
// the right, by a role that the author did not give or that had settled, had approved exactly this text, and
// neither lost his role since; or the cooling-off of the mode at the time was over. The model keeps who saw
// what, who holds which role from whom since when, and whose second factor is how old; it has no states of
// proposals.
class Story {
 public:
  struct Known {
    std::string author, change;
    core::TimeMs made_at = 0;
    bool may_cool = false;
    std::set<std::string> approved_by;  // of exactly this text, with the right at that time
    bool over = false;
  };
  std::map<std::string, Known> proposals;
  std::map<std::string, bool> may;                          // propose and approve
  std::map<std::string, std::string> maker;                 // who gave the role
  std::map<std::string, core::TimeMs> given_at, factor_at;  // 0: there is no factor

  bool counts(const std::string& who, const std::string& author, core::TimeMs now) const {
    if (maker.at(who) != author) return true;
    return factor_at.at(who) != 0 && std::max(given_at.at(who), factor_at.at(who)) + settled_after_ms <= now;
  }

  bool may_approve(const std::string& id, const std::string& who, const std::string& change,
                   core::TimeMs now) const {
    const Known& one = proposals.at(id);
    return !one.over && now < one.made_at + proposal_ms_max && change == one.change && may.at(who) &&
           who != one.author && counts(who, one.author, now);
  }
  void lose(const std::string& who) {
    may[who] = false;
    for (auto& [id, one] : proposals)
      if (one.author == who || one.approved_by.contains(who)) one.over = true;
  }

  bool allowed(const std::string& id, const std::string& change, core::TimeMs now) const {
    const Known& one = proposals.at(id);
    if (one.over || change != one.change || now >= one.made_at + proposal_ms_max) return false;
    if (!one.approved_by.empty()) return true;
    return one.may_cool && now >= one.made_at + cooling_off_ms;
  }
};

void set_factor(sql::Connection& db, const std::string& who, core::TimeMs at) {
  EXPECT_TRUE(db.execute("delete from access_factor where account = $1", {who}));
  if (at == 0) return;
  EXPECT_TRUE(
      db.execute("insert into access_factor (id, account, kind, secret, created_at, confirmed_at,"
                 " last_step) values ($1, $1, 'totp', $2, $3, $3, 0)",
                 {who, sql::Octets{"x"}, at}));
}

void set_start(sql::Connection& db, const std::string& who, const std::string& maker, core::TimeMs given_at,
               core::TimeMs factor_at) {
  EXPECT_TRUE(db.execute("update access_grant set granted_by = $2, granted_at = $3 where account = $1",
                         {who, maker, given_at}));
  set_factor(db, who, factor_at);
}

// Some come from the start by the hand of another of them, some with a factor, of any age.
Story begun(sql::Connection& db, sim::SimRandom& random, const std::vector<std::string>& people,
            const std::string& root, core::TimeMs now) {
  Story story;
  for (const std::string& one : people) {
    const bool by_another = random.below(2) == 0;
    const std::string& other = people[random.below(people.size())];
    const core::TimeMs given_at = now - static_cast<core::DurationMs>(random.below(14)) * core::day_ms;
    const core::TimeMs factor_at = now - static_cast<core::DurationMs>(random.below(14)) * core::day_ms;
    story.may[one] = true;
    story.maker[one] = by_another && other != one ? other : root;
    story.given_at[one] = given_at;
    story.factor_at[one] = random.below(4) == 0 ? 0 : factor_at;
    set_start(db, one, story.maker[one], given_at, story.factor_at[one]);
  }
  return story;
}

int bypasses(sql::Connection& db, Parts& parts, core::TimeMs& now, std::uint64_t seed, int sequences,
             core::Sabotage sabotage, const std::vector<std::string>& people, const std::string& root) {
  sim::SimRandom random(seed);
  const auto run = [&](auto work) {
    auto transaction = sql::Transaction::begin(db);
    auto result = work();
    if (result) {
      EXPECT_TRUE(transaction->commit().has_value());
    }
    return result;
  };
  const auto set_role = [&](const std::string& who, std::string_view role, const std::string& by) {
    AccountChange roles;
    roles.grants = {{std::string(role), "*", "", 0}};
    const auto version = find_account(db, parts, who).value()->version;
    EXPECT_TRUE(run([&] { return change_account(db, parts, who, version, roles, by, now); }));
  };
  int found = 0;
  for (int sequence = 0; sequence < sequences; ++sequence) {
    Story story = begun(db, random, people, root, now);
    const auto mode = static_cast<ApprovalMode>(random.below(3));
    store_mode(db, mode);
    std::vector<std::string> ids;
    std::set<std::string> lowered;
    for (std::uint64_t step = 0, steps = random.between(4, 10); step < steps; ++step) {
      const std::string& who = people[random.below(people.size())];
      const std::string change = "change " + std::to_string(random.below(3));
      now += static_cast<core::DurationMs>(random.below(9)) * core::hour_ms;
      if (random.below(6) == 0) now += static_cast<core::DurationMs>(random.below(9)) * core::day_ms;
      const std::uint64_t what = ids.empty() ? 0 : random.below(8);
      if (what == 0) {
        const auto made = run(
            [&] { return propose(db, parts, who, {"list.override", "list:watch", "1", change, "r"}, now); });
        EXPECT_EQ(made.has_value(), story.may[who]);
        if (!made) continue;
        ids.push_back(made->id);
        story.proposals[made->id] = {who, change, now, mode != ApprovalMode::two_people, {}, false};
        continue;
      }
      const std::string id = ids[random.below(ids.size())];
      Story::Known& one = story.proposals[id];
      if (what <= 2) {
        // Races and edits: what he saw need not be what lies there.
        const bool good =
            run([&] { return approve(db, who, id, hash_of(change), "", now, sabotage); }).has_value();
        found += good && !story.may_approve(id, who, change, now);
        if (good && change == one.change) one.approved_by.insert(who);
      } else if (what == 3) {
        const auto made = run([&] { return revise(db, parts, who, id, change, now); });
        if (!made) continue;
        one.over = true;
        ids.push_back(made->id);
        story.proposals[made->id] = {who, change, now, mode != ApprovalMode::two_people, {}, false};
      } else if (what == 4) {
        if (run([&] { return withdraw(db, who, id, now); })) one.over = true;
      } else if (what == 5) {
        const bool up = lowered.contains(who);
        const std::string& by = random.below(2) == 0 ? root : people[random.below(people.size())];
        if (by == who) continue;
        set_role(who, up ? "risk_lead" : "inspector", by);
        up ? lowered.erase(who) : lowered.insert(who).second;
        if (up) {
          story.may[who] = true;
          story.maker[who] = by;
          story.given_at[who] = now;
        } else {
          story.lose(who);
        }
      } else if (what == 6) {  // a link, and another factor
        story.factor_at[who] = now;
        set_factor(db, who, now);
      } else {
        const bool should = story.allowed(id, change, now);
        const bool did =
            run([&] {
              return consume(db, id, {"list.override", "list:watch", "1", change, "r"}, now, sabotage);
            }).has_value();
        found += did && !should;
        if (!sabotage.four_eyes_by_name_only) {
          EXPECT_EQ(did, should) << "seed " << seed << ", sequence " << sequence;
        }
        if (did) one.over = true;
      }
    }
    for (const std::string& who : people) {  // as at the start, from root
      set_role(who, "inspector", root);
      set_role(who, "risk_lead", root);
    }
  }
  return found;
}

TEST_P(Proposals, RandomSequencesFindNoBypass) {
  const bool all = sim::long_mode() && GetParam() == sql::Dialect::sqlite;
  const int sequences = all ? 100'000 : 400;
  const std::string root = account("root", {{"owner", "*"}});
  std::vector<std::string> people;
  for (const std::string_view name : {"one", "two", "three", "four"})
    people.push_back(account(name, {{"risk_lead", "*"}}, root));
  EXPECT_EQ(bypasses(db_, parts_, now_, 20261125, sequences, {}, people, root), 0);
}

#if defined(TILLWATCH_SABOTAGE)
TEST_P(Proposals, SabotageApprovalByNameOnlyTurnsTheSearchRed) {
  core::Sabotage sabotage;
  ASSERT_TRUE(sabotage.set("four_eyes_by_name_only"));
  const std::string root = account("root", {{"owner", "*"}});
  std::vector<std::string> people;
  for (const std::string_view name : {"one", "two", "three", "four"})
    people.push_back(account(name, {{"risk_lead", "*"}}, root));
  EXPECT_GT(bypasses(db_, parts_, now_, 20261125, 400, sabotage, people, root), 0);
}
#endif

}  // namespace
}  // namespace tillwatch::access
