// The policy room by example, and random sequences of drafts, edits, approvals, times and roll-backs against
// a naive model of what must be in force.
#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "access/access_fixture.h"
#include "access/proposal.h"
#include "payment/entry.h"
#include "pipeline/pipeline_fixture.h"
#include "relay/outbox.h"
#include "rulebook/draft.h"
#include "rulebook/examination.h"
#include "rulebook/publication.h"
#include "rulebook/tally.h"

namespace tillwatch::rulebook {
namespace {

using core::ErrorCode;

// A rule on amounts from `least` 分 on.
std::string rules(std::int64_t least) {
  return "policy: small\n"
         "authority: acquirer\n"
         "rules:\n"
         "  - id: T01-large\n"
         "    typology: T01\n"
         "    title: {en: Large, zh: 大额}\n"
         "    when: amount >= " +
         std::to_string(least) +
         "\n"
         "    action: {authorisation: decline}\n"
         "    reason: amount\n"
         "    text: {en: Large amount, zh: 大额交易}\n";
}
constexpr std::string_view scenario =
    "policy small\n"
    "2026-07-01 10:00:00 transaction id=a tx.type=sale currency=CNY merchant.id=M card=c amount=500.00\n"
    "expect authorisation=decline rule=T01-large\n";

class Rulebook : public access::AccessTest {
 protected:
  void SetUp() override {
    account("owner", {{"owner", "*"}});
    writer_ = account("writer", {{"policy_author", "*"}});
    approver_ = account("approver", {{"policy_approver", "*"}});
    const PackSet first{{{"policy.yaml", rules(40'000)}}, {{"scenarios/a.scenario", std::string(scenario)}}};
    ASSERT_TRUE(in_transaction([&] { return adopt(db_, first, now_); }).value());
  }
  Author as(const std::string& who) { return {who, now_}; }
  Draft begin() {
    return in_transaction([&] { return begin_draft(db_, random_, as(writer_), "lower"); }).value();
  }
  core::Result<Draft> write(const Draft& draft, std::string_view content,
                            std::string_view name = "policy.yaml") {
    return in_transaction(
        [&] { return write_file(db_, as(writer_), draft.id, draft.version, name, content); });
  }
  Tested run(const std::string& id) {
    TestRun test(files_of(db_, id).value());
    while (test.step()) {
    }
    EXPECT_TRUE(in_transaction([&] { return keep_test(db_, as(writer_), id, test.tested()); }).value());
    return test.tested();
  }
  core::Result<access::Proposal> propose_it(const std::string& id,
                                            const Intent& intent = {"because", "", 0}) {
    const Draft draft = find_draft(db_, id).value().value();
    return in_transaction([&] { return propose(db_, parts_, as(writer_), id, draft.version, intent); });
  }
  core::Status approve_it(const access::Proposal& one) {
    return in_transaction([&] { return access::approve(db_, approver_, one.id, one.hash, "", now_); });
  }
  core::Result<Version> publish_it(const std::string& id) {
    return in_transaction([&] { return publish(db_, as(approver_), id, sabotage_); });
  }
  std::string rules_in(const Version& version) {
    return files_of_version(db_, version).value().policy.at(0).text;
  }
  void tick() {
    while (in_transaction([&] { return put_due_in_force(db_, now_); }).value()) {
    }
  }
  const std::string& find_lead() {
    if (lead_.empty()) lead_ = account("lead", {{"risk_lead", "*"}});
    return lead_;
  }
  std::int64_t running() { return in_force(db_).value()->number; }

  std::string writer_, approver_, lead_;
  core::Sabotage sabotage_;
};
INSTANTIATE_TEST_SUITE_P(Engines, Rulebook, ::testing::ValuesIn(sql::test_engines()), sql::engine_name);

TEST_P(Rulebook, AdoptsOnceAndBeginsDraftsFromWhatIsInForce) {
  EXPECT_FALSE(in_transaction([&] { return adopt(db_, {{{"x.yaml", rules(1)}}, {}}, now_); }).value());
  const Draft draft = begin();
  const PackSet files = files_of(db_, draft.id).value();
  EXPECT_EQ(files.policy_hash(), in_force(db_).value()->policy);
  EXPECT_EQ(files.scenario_hash(), in_force(db_).value()->scenarios);
  EXPECT_EQ(draft.based_on, 1);
}

TEST_P(Rulebook, GoesFromAFailingTestToInForceByAnother) {
  Draft draft = write(begin(), rules(60'000)).value();
  EXPECT_EQ(propose_it(draft.id).error().code, ErrorCode::conflict) << "not tested";
  EXPECT_EQ(run(draft.id).failed, 1);
  EXPECT_EQ(propose_it(draft.id).error().where, "/despite") << "its scenario fails";
  draft = write(draft, rules(45'000)).value();
  EXPECT_EQ(propose_it(draft.id).error().code, ErrorCode::conflict) << "tested as it was before";
  EXPECT_EQ(run(draft.id).failed, 0);
  const auto proposal = propose_it(draft.id);
  ASSERT_TRUE(proposal) << proposal.error().to_string();
  EXPECT_EQ(publish_it(draft.id).error().code, ErrorCode::conflict) << "nobody approved";
  EXPECT_FALSE(
      in_transaction([&] { return access::approve(db_, writer_, proposal->id, proposal->hash, "", now_); }));
  ASSERT_TRUE(approve_it(*proposal));
  const auto version = publish_it(draft.id);
  ASSERT_TRUE(version) << version.error().to_string();
  EXPECT_EQ(running(), 1) << "published, not yet told";
  tick();
  const Version now = in_force(db_).value().value();
  EXPECT_EQ(now.number, 2);
  EXPECT_EQ(now.policy, files_of(db_, draft.id)->policy_hash());
  EXPECT_EQ(find_version(db_, 1).value()->state, "replaced");
  EXPECT_EQ(publish_it(draft.id).error().code, ErrorCode::conflict) << "once";
  const auto act = db_.query("select kind, entry from outbox where number = $1", {now.act}).value();
  payment::EntryView entry;
  ASSERT_TRUE(entry.decode(act[0].text(1)));
  EXPECT_EQ(entry.kind(), payment::EntryKind::policy_swap);
  EXPECT_EQ(entry.text(payment::AttributeId::policy_bundle), now.policy);
}

// Through outbox and journal: the engine decides by what was approved, once it holds its pack.
TEST_P(Rulebook, TheEngineSwapsToWhatWasApproved) {
  const Draft draft = write(begin(), rules(45'000)).value();
  run(draft.id);
  ASSERT_TRUE(approve_it(propose_it(draft.id).value()));
  ASSERT_TRUE(publish_it(draft.id));
  tick();
  const Version version = in_force(db_).value().value();
  // In the journal's folder already, given along with the act, or nowhere.
  for (const std::string_view where : {"journal", "act", ""}) {
    const bool held = !where.empty();
    sim::SimDisk disk;
    if (where == "journal") pipeline::World keeps_it(disk, pipeline::options(), rules_in(version));
    pipeline::World world(disk);
    const std::string before = policy::to_hex(world.pipeline->bundle().hash());
    auto acts = relay::acts_after(db_, relay::database_epoch(db_, random_).value(), 0, 1000).value();
    if (where == "act")
      for (pipeline::ActSubmission& act : acts) act.bundle = bundle_of(db_, version.policy).value();
    std::string refusal;
    for (const pipeline::ActAnswer& answer : world.pipeline->journal_acts(acts, pipeline::t0)) {
      EXPECT_EQ(answer.kind, pipeline::ActAnswer::Kind::journalled);
      refusal += answer.refusal;
    }
    EXPECT_EQ(refusal.empty(), held) << refusal;
    EXPECT_EQ(policy::to_hex(world.pipeline->bundle().hash()), held ? version.policy : before);
  }
}

TEST_P(Rulebook, WhatWasSwappedPastTheDeskIsPutBackOnce) {
  const Version version = in_force(db_).value().value();
  const auto put = [&](std::string_view policy_of_engine, std::int64_t acts) {
    return in_transaction([&] { return put_back(db_, policy_of_engine, acts, now_); }).value();
  };
  EXPECT_FALSE(put(version.policy, 0)) << "the engine has it";
  EXPECT_TRUE(put("another", 0));
  const std::int64_t act = in_force(db_).value()->act;
  EXPECT_GT(act, 0);
  EXPECT_FALSE(put("another", act - 1)) << "the swap is under way";
  EXPECT_TRUE(put("another", act)) << "it was obeyed, and swapped past the desk again";
}

TEST_P(Rulebook, CompilesAPolicyOnce) {
  CompiledPolicies compiled;
  const std::string hash = in_force(db_).value()->policy;
  const auto first = compiled.find(db_, hash).value();
  EXPECT_EQ(policy::to_hex(first->hash()), hash);
  EXPECT_EQ(compiled.find(db_, hash).value(), first);
  EXPECT_EQ(compiled.find(db_, "nothing").error().code, ErrorCode::not_found);
}

TEST_P(Rulebook, CountsHitsByDayAndForgetsDroppedRulesWithTheirPolicy) {
  RuleTally tally;
  engine::Decision decision;
  decision.hits.resize(2);
  decision.hits[0].rule = "T01-large";
  decision.hits[1].rule = "T02-odd";
  decision.hits[1].shadow = true;
  const auto tell = [&](const payment::EntryBuilder& built, const engine::Decision* decided) {
    core::Bytes bytes;
    ASSERT_TRUE(built.encode(bytes));
    payment::EntryView view;
    ASSERT_TRUE(view.decode(bytes));
    ASSERT_TRUE(in_transaction([&]() -> core::Result<bool> {
      tally.begin();
      TRY_STATUS(tally.project(db_, {core::Sequence(1), view, decided}));
      TRY_STATUS(tally.project(db_, {core::Sequence(2), view, decided}));
      TRY_STATUS(tally.finish(db_));
      return true;
    }));
  };
  payment::EntryBuilder sale;
  sale.header = {payment::EntryKind::transaction, 0, now_, now_, now_};
  tell(sale, &decision);
  sale.header.admitted_at += core::day_ms;
  tell(sale, &decision);
  const auto all = hits_since(db_, now_).value();
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all[0].hits, 4);
  EXPECT_EQ(all[0].shadow_hits, 0);
  EXPECT_EQ(all[1].shadow_hits, 4);
  EXPECT_EQ(hits_since(db_, now_ + core::day_ms).value()[0].hits, 2);
  EXPECT_EQ(days_of_rule(db_, "T02-odd", now_).value().size(), 2u);

  payment::EntryBuilder drop;
  drop.header = {payment::EntryKind::registry_command, 0, now_, now_, now_};
  drop.set(payment::AttributeId::registry_entity, payment::Value::of("rule"));
  drop.set(payment::AttributeId::registry_id, payment::Value::of("T01-large"));
  drop.set(payment::AttributeId::registry_action, payment::Value::of("set"));
  ASSERT_TRUE(drop.set_extra("why", payment::Value::of("ceiling")));
  tell(drop, nullptr);
  ASSERT_EQ(dropped_rules(db_).value().size(), 1u);
  EXPECT_EQ(dropped_rules(db_).value()[0].rule, "T01-large");
  payment::EntryBuilder swap;
  swap.header = {payment::EntryKind::policy_swap, 0, now_, now_, now_};
  swap.set(payment::AttributeId::policy_stage, payment::Value::of("swap"));
  tell(swap, nullptr);
  EXPECT_TRUE(dropped_rules(db_).value().empty());
}

TEST_P(Rulebook, AnEditAfterTheApprovalVoidsIt) {
  Draft draft = write(begin(), rules(45'000)).value();
  run(draft.id);
  const auto proposal = propose_it(draft.id).value();
  ASSERT_TRUE(approve_it(proposal));
  draft = find_draft(db_, draft.id).value().value();
  ASSERT_TRUE(write(draft, rules(1)));
  EXPECT_EQ(access::find_proposal(db_, proposal.id).value()->state, "withdrawn");
  EXPECT_FALSE(publish_it(draft.id));
  // The same behind the module's back: the hash alone holds it.
  const Draft other = write(begin(), rules(46'000)).value();
  run(other.id);
  ASSERT_TRUE(approve_it(propose_it(other.id).value()));
  ASSERT_TRUE(db_.execute("update rulebook_file set content = $1 where draft = $2 and name = 'policy.yaml'",
                          {std::string_view("policy: {}"), std::string_view(other.id)}));
  EXPECT_EQ(publish_it(other.id).error().code, ErrorCode::conflict);
#if defined(TILLWATCH_SABOTAGE)
  sabotage_.four_eyes_by_name_only = true;
  EXPECT_TRUE(publish_it(other.id)) << "the sabotage switch: what the test above would not notice";
#endif
}

TEST_P(Rulebook, ARejectedDraftIsProposedAnewAWaitingOneIsNot) {
  const Draft draft = write(begin(), rules(45'000)).value();
  run(draft.id);
  const auto proposal = propose_it(draft.id).value();
  EXPECT_EQ(propose_it(draft.id).error().code, ErrorCode::conflict) << "it waits";
  ASSERT_TRUE(in_transaction([&] { return access::reject(db_, approver_, proposal.id, "no", now_); }));
  EXPECT_FALSE(publish_it(draft.id));
  const auto again = propose_it(draft.id);
  ASSERT_TRUE(again) << again.error().to_string();
  ASSERT_TRUE(approve_it(*again));
  EXPECT_TRUE(publish_it(draft.id));
}

TEST_P(Rulebook, AnotherVersionInBetweenVoidsTheApproval) {
  const Draft one = write(begin(), rules(41'000)).value(), two = write(begin(), rules(42'000)).value();
  run(one.id);
  run(two.id);
  ASSERT_TRUE(approve_it(propose_it(one.id).value()));
  ASSERT_TRUE(approve_it(propose_it(two.id).value()));
  ASSERT_TRUE(publish_it(one.id));
  EXPECT_EQ(publish_it(two.id).error().code, ErrorCode::conflict);
}

TEST_P(Rulebook, GoesOnInSpiteOfFailuresWithAReasonButNeverWithFaults) {
  Draft draft = write(begin(), rules(60'000)).value();
  run(draft.id);
  const auto proposal = propose_it(draft.id, {"because", "the scenario is out of date", 0});
  ASSERT_TRUE(proposal) << proposal.error().to_string();
  EXPECT_NE(proposal->change.find("out of date"), std::string::npos) << "the approver sees it";
  EXPECT_NE(proposal->change.find("\"scenarios_failed\":1"), std::string::npos);
  draft = write(find_draft(db_, draft.id).value().value(), "rules: [{id: 1}]").value();
  run(draft.id);
  EXPECT_EQ(propose_it(draft.id, {"because", "anyway", 0}).error().code, ErrorCode::conflict);
  const Examined examined = examine(files_of(db_, draft.id)->policy, now_);
  ASSERT_FALSE(examined.faults.empty());
  EXPECT_EQ(examined.faults[0].place.file, "policy.yaml");
  EXPECT_GT(examined.faults[0].place.line, 0);
}

TEST_P(Rulebook, RefusesNamesSizesStrangersAndOldVersions) {
  const Draft draft = begin();
  for (const std::string_view name : {"", "a.txt", "/etc/a.yaml", "a/b.yaml", "scenarios/../a.scenario",
                                      ".yaml", "scenarios/a.yaml", "b\n.yaml"})
    EXPECT_EQ(write(draft, "x", name).error().where, "/path") << name;
  EXPECT_EQ(write(draft, std::string(file_bytes_max + 1, 'x')).error().code, ErrorCode::limit);
  EXPECT_TRUE(write(draft, std::string(file_bytes_max, 'x')));
  EXPECT_EQ(write(draft, "x").error().where, "/version") << "changed meanwhile";
  EXPECT_EQ(in_transaction([&] { return drop_draft(db_, as(approver_), draft.id, 2); }).error().code,
            ErrorCode::denied);
  EXPECT_TRUE(in_transaction([&] { return drop_draft(db_, as(writer_), draft.id, 2); }));
  const Tested old{files_of(db_, draft.id)->hash(), 1, 0};
  EXPECT_FALSE(in_transaction([&] { return keep_test(db_, as(writer_), draft.id, old); }).value())
      << "dropped";
}

// The model: the versions in order, each with its time; whose time has come last is in force.
TEST_P(Rulebook, HoldsWhatANaiveModelSays) {
  constexpr unsigned seed = 20261125;
  std::mt19937_64 random(seed);
  SCOPED_TRACE(seed);
  struct Planned {
    std::int64_t number;
    core::TimeMs at;
    std::string policy;
  };
  std::vector<Planned> waiting;
  std::map<std::int64_t, std::string> was{{1, in_force(db_).value()->policy}};
  std::int64_t current = 1, last = 1;
  int published = 0, refused = 0, rolled_back = 0;
  const auto plan = [&](const Version& version) {
    std::erase_if(waiting, [&](const Planned& one) { return one.at >= version.effective_at; });
    waiting.push_back({version.number, version.effective_at, version.policy});
    EXPECT_EQ(version.number, ++last);
  };
  for (int round = 0; round < 60; ++round) {
    now_ += static_cast<core::TimeMs>(random() % 120) * core::minute_ms;
    const bool approved = random() % 4 != 0, edited = random() % 5 == 0;
    if (random() % 5 == 0 && was.size() > 1) {
      const std::int64_t to = std::next(was.begin(), static_cast<long>(random() % was.size()))->first;
      const auto proposal =
          in_transaction([&] { return propose_roll_back(db_, parts_, as(approver_), to, "back"); });
      EXPECT_EQ(proposal.has_value(), to != current);
      if (proposal) {
        const auto early = in_transaction([&] { return roll_back(db_, as(approver_), proposal->id); });
        EXPECT_FALSE(early) << "nobody approved";
        if (approved) {
          const std::string lead = find_lead();
          ASSERT_TRUE(in_transaction(
              [&] { return access::approve(db_, lead, proposal->id, proposal->hash, "", now_); }));
          const auto version = in_transaction([&] { return roll_back(db_, as(approver_), proposal->id); });
          ASSERT_TRUE(version) << version.error().to_string();
          EXPECT_EQ(version->policy, was[to]);
          plan(*version);
          ++rolled_back;
        }
      }
    } else {
      Draft draft = write(begin(), rules(static_cast<std::int64_t>(30'000 + random() % 20'000))).value();
      run(draft.id);
      const core::TimeMs at =
          random() % 2 == 0 ? 0 : now_ + static_cast<core::TimeMs>(1 + random() % 300) * core::minute_ms;
      const auto proposal = propose_it(draft.id, {"because", "", at});
      ASSERT_TRUE(proposal) << proposal.error().to_string();
      if (approved) {
        ASSERT_TRUE(approve_it(*proposal));
      }
      if (edited) {
        ASSERT_TRUE(write(find_draft(db_, draft.id).value().value(), rules(1)));
      }
      const auto version = publish_it(draft.id);
      ASSERT_EQ(version.has_value(), approved && !edited);
      if (version) plan(*version), ++published;
      if (!version) ++refused;
    }
    tick();
    std::ranges::sort(waiting, {}, &Planned::at);
    while (!waiting.empty() && waiting.front().at <= now_) {
      current = waiting.front().number;
      was[current] = waiting.front().policy;
      waiting.erase(waiting.begin());
    }
    ASSERT_EQ(running(), current) << "round " << round;
    ASSERT_EQ(in_force(db_).value()->policy, was[current]);
  }
  EXPECT_GT(published, 10);
  EXPECT_GT(refused, 5);
  EXPECT_GT(rolled_back, 0);
}

}  // namespace
}  // namespace tillwatch::rulebook
