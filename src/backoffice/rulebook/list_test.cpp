// Lists kept by people: who may do what alone, what stands when, and that the engine decides by it.
#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "access/access_fixture.h"
#include "access/proposal.h"
#include "pipeline/pipeline_fixture.h"
#include "relay/outbox.h"
#include "relay/projector.h"
#include "rulebook/list_catalogue.h"
#include "rulebook/list_item.h"
#include "rulebook/list_log.h"
#include "rulebook/publication.h"

namespace tillwatch::rulebook {
namespace {

using core::ErrorCode;

constexpr std::string_view policy_text =
    "policy: small\n"
    "authority: acquirer\n"
    "lists:\n"
    "  - {name: blocked, of: merchant.id, effect: block}\n"
    "  - {name: doubtful, of: merchant.id, effect: overridable_block}\n"
    "  - {name: trusted, of: merchant.id, effect: override}\n"
    "  - {name: muted, of: merchant.id, effect: snooze}\n"
    "  - {name: known, of: merchant.id}\n"
    "  - {name: blocked_cards, of: card.reference, effect: block}\n"
    "rules:\n"
    "  - id: T01-large\n"
    "    typology: T01\n"
    "    title: {en: Large, zh: 大额}\n"
    "    when: amount >= 40000 && !listed.known\n"
    "    action: {authorisation: decline}\n"
    "    reason: amount\n"
    "    text: {en: Large amount, zh: 大额交易}\n";

class Lists : public access::AccessTest {
 protected:
  void SetUp() override {
    account("owner", {{"owner", "*"}});
    writer_ = account("analyst", {{"risk_analyst", "*"}});
    lead_ = account("lead", {{"risk_lead", "*"}});
    const PackSet first{{{"policy.yaml", std::string(policy_text)}}, {}};
    ASSERT_TRUE(in_transaction([&] { return adopt(db_, first, now_); }).value());
  }
  core::Result<ListChange> add(const std::string& list, const NewItem& wish) {
    return in_transaction([&] { return add_item(db_, desk_, {writer_, now_}, list, wish); });
  }
  core::Result<ListChange> take_off(const std::string& list, const std::string& id,
                                    std::string_view note = "a mistake") {
    return in_transaction([&] { return remove_item(db_, desk_, {writer_, now_}, list, id, note); });
  }
  core::Status approve_it(const access::Proposal& one) {
    return in_transaction([&] { return access::approve(db_, lead_, one.id, one.hash, "", now_); });
  }
  core::Result<ListChange> carry(const access::Proposal& one, core::Sabotage sabotage = {}) {
    return in_transaction([&] { return carry_out(db_, desk_, {writer_, now_}, one.id, sabotage); });
  }
  std::set<std::string> live(const std::string& list) {
    std::set<std::string> values;
    const auto found = list_items(db_, {list, "", false}, "", 1000, now_);
    EXPECT_TRUE(found) << found.error().to_string();
    for (const ListItem& one : found.value()) values.insert(one.value);
    return values;
  }
  NewItem wish(std::string_view value, core::DurationMs lasts = core::day_ms) {
    return {value, 0, "confirmed_fraud", "by the police", lasts == 0 ? 0 : now_ + lasts, ""};
  }

  std::string writer_, lead_;
  ListCatalogue catalogue_;
  DecidedValues decided_ = [](std::int64_t decision, std::string_view) -> core::Result<DecidedValue> {
    if (decision != 7) return core::fail(ErrorCode::not_found, "", "there is no such decision");
    return DecidedValue{"v1:7f3a", "622848******1111"};
  };
  ListDesk desk_{parts_, catalogue_, decided_};
};
INSTANTIATE_TEST_SUITE_P(Engines, Lists, ::testing::ValuesIn(sql::test_engines()), sql::engine_name);

TEST_P(Lists, WhatTightensTakesOneWhatLoosensTwo) {
  const std::vector<ListInForce> lists = catalogue_.lists(db_).value();
  for (const ListInForce& list : lists) {
    const bool card = list.of == "card.reference";
    NewItem one = wish(card ? "" : "M1");
    if (card) one.decision = 7;
    const auto made = add(list.name, one);
    ASSERT_TRUE(made) << made.error().to_string();
    const bool two = loosens(list.effect, ListStep::add);
    EXPECT_EQ(made->proposal.has_value(), two) << list.name;
    EXPECT_EQ(made->act == 0, two);
    ListItem item = made->item;
    if (two) {
      EXPECT_TRUE(live(list.name).empty());
      EXPECT_EQ(carry(*made->proposal).error().code, ErrorCode::conflict) << "nobody approved";
      EXPECT_FALSE(in_transaction([&] {
        return access::approve(db_, writer_, made->proposal->id, made->proposal->hash, "", now_);
      })) << "his own";
      ASSERT_TRUE(approve_it(*made->proposal));
      const auto done = carry(*made->proposal);
      ASSERT_TRUE(done) << done.error().to_string();
      EXPECT_EQ(carry(*made->proposal).error().code, ErrorCode::conflict) << "once";
      item = done->item;
      EXPECT_EQ(item.proposal, made->proposal->id);
    }
    EXPECT_EQ(live(list.name).size(), 1);
    const auto gone = take_off(list.name, item.id);
    ASSERT_TRUE(gone) << gone.error().to_string();
    EXPECT_EQ(gone->proposal.has_value(), loosens(list.effect, ListStep::remove)) << list.name;
    EXPECT_EQ(live(list.name).size(), gone->proposal ? 1 : 0);
    if (!gone->proposal) continue;
    ASSERT_TRUE(approve_it(*gone->proposal));
    ASSERT_TRUE(carry(*gone->proposal));
    EXPECT_TRUE(live(list.name).empty());
    const ListItem after = find_item(db_, list.name, item.id).value().value();
    EXPECT_EQ(after.state(now_), "removed");
    EXPECT_EQ(after.end_proposal, gone->proposal->id);
  }
}

TEST_P(Lists, RefusesWhatItShould) {
  EXPECT_EQ(add("nowhere", wish("M1")).error().code, ErrorCode::not_found);
  const auto where = [&](const std::string& list, const NewItem& one) {
    return add(list, one).error().where;
  };
  EXPECT_EQ(where("blocked", wish("")), "/value");
  EXPECT_EQ(where("blocked", {"M1", 7, "x", "", 0, ""}), "/value");
  EXPECT_EQ(where("blocked", wish("4012888888881881")), "/value") << "a card number";
  EXPECT_EQ(where("blocked_cards", wish("M1")), "/decision");
  EXPECT_EQ(add("blocked_cards", {"", 8, "x", "", 0, ""}).error().code, ErrorCode::not_found);
  EXPECT_EQ(where("blocked", {"M1", 0, "In Words", "", 0, ""}), "/reason");
  EXPECT_EQ(where("blocked", {"M1", 0, "4012888888881881", "", 0, ""}), "/reason") << "a card number";
  EXPECT_EQ(where("blocked", {"M1", 0, "x", "", now_, ""}), "/expires_at");
  EXPECT_EQ(where("blocked", {"M1", 0, "x", "", 0, "acc_none"}), "/owner");
  EXPECT_EQ(where("trusted", wish("M1", 0)), "/expires_at") << "what loosens has an end";
  EXPECT_EQ(where("trusted", wish("M1", loosened_ms_max + 1)), "/expires_at");
  EXPECT_TRUE(add("trusted", wish("M1", loosened_ms_max)));
  const std::string long_value(list_value_bytes_max, 'v');
  EXPECT_TRUE(add("blocked", wish(long_value)));
  EXPECT_EQ(where("blocked", wish(long_value + "v")), "/value");
  const auto made = add("blocked", wish("M1"));
  EXPECT_EQ(take_off("doubtful", made->item.id).error().code, ErrorCode::not_found) << "another list's";
  EXPECT_EQ(take_off("blocked", made->item.id, "").error().where, "/note");
  EXPECT_EQ(where("blocked", wish("M1", core::hour_ms)), "/expires_at") << "sooner than it stands";
  const auto renewed = add("blocked", wish("M1", 0));
  ASSERT_TRUE(renewed) << renewed.error().to_string();
  EXPECT_EQ(find_item(db_, "blocked", made->item.id).value()->state(now_), "replaced");
  EXPECT_EQ(take_off("blocked", made->item.id).error().code, ErrorCode::conflict);
}

TEST_P(Lists, AnApprovalHoldsForExactlyWhatWasSeen) {
  const auto made = add("trusted", wish("M1"));
  ASSERT_TRUE(approve_it(*made->proposal));
  // Behind the module's back: another merchant, another end, another meaning of the list.
  const std::string change = made->proposal->change;
  const auto put = [&](std::string text) {
    ASSERT_TRUE(db_.execute("update access_proposal set change = $1 where id = $2",
                            {std::string_view(text), std::string_view(made->proposal->id)}));
  };
  for (const auto& [from, to] : std::map<std::string, std::string>{
           {"\"value\":\"M1\"", "\"value\":\"M2\""}, {"confirmed_fraud", "other"}, {"trusted", "muted"}}) {
    std::string other = change;
    other.replace(other.find(from), from.size(), to);
    put(other);
    EXPECT_FALSE(carry(*made->proposal)) << to;
  }
#if defined(TILLWATCH_SABOTAGE)
  core::Sabotage sabotage;
  sabotage.four_eyes_by_name_only = true;
  std::string other = change;
  other.replace(other.find("\"M1\""), 4, "\"M2\"");
  put(other);
  EXPECT_TRUE(carry(*made->proposal, sabotage)) << "the sabotage switch: what the loop would not notice";
#endif
}

TEST_P(Lists, AnItemInBetweenVoidsTheApproval) {
  const auto one = add("trusted", wish("M1", core::day_ms)),
             two = add("trusted", wish("M1", 2 * core::day_ms));
  ASSERT_TRUE(approve_it(*one->proposal));
  ASSERT_TRUE(approve_it(*two->proposal));
  ASSERT_TRUE(carry(*one->proposal));
  EXPECT_EQ(carry(*two->proposal).error().code, ErrorCode::conflict);
  const auto late = add("trusted", wish("M9", core::hour_ms));
  ASSERT_TRUE(approve_it(*late->proposal));
  now_ += 2 * core::hour_ms;
  EXPECT_EQ(carry(*late->proposal).error().where, "/expires_at") << "its end has passed";
}

// A naive model of what stands, through random steps and a clock that goes on.
TEST_P(Lists, HoldsWhatANaiveModelSays) {
  constexpr unsigned seed = 20261126;
  SCOPED_TRACE(seed);
  std::mt19937_64 random(seed);
  struct Standing {
    std::string id;
    core::TimeMs ends = 0;
  };
  std::map<std::string, Standing> model;
  int added = 0, refused = 0, removed = 0;
  for (int round = 0; round < 150; ++round) {
    now_ += static_cast<core::TimeMs>(random() % 40) * core::minute_ms;
    std::erase_if(model, [&](const auto& one) { return one.second.ends != 0 && one.second.ends <= now_; });
    const std::string value = "M" + std::to_string(random() % 6);
    const auto at = model.find(value);
    if (random() % 3 == 0 && at != model.end()) {
      const auto gone = take_off("blocked", at->second.id);
      ASSERT_TRUE(gone && gone->proposal);
      if (random() % 4 == 0) continue;
      ASSERT_TRUE(approve_it(*gone->proposal));
      ASSERT_TRUE(carry(*gone->proposal));
      model.erase(at);
      ++removed;
    } else {
      const core::DurationMs lasts =
          random() % 8 == 0 ? 0 : static_cast<core::TimeMs>(1 + random() % 300) * core::minute_ms;
      const NewItem one = wish(value, lasts);
      const bool sooner = at != model.end() && one.expires_at != 0 &&
                          (at->second.ends == 0 || one.expires_at < at->second.ends);
      const auto made = add("blocked", one);
      ASSERT_EQ(made.has_value(), !sooner) << (made ? "" : made.error().to_string());
      if (made) model[value] = {made->item.id, one.expires_at}, ++added;
      if (!made) ++refused;
    }
    std::set<std::string> wanted;
    for (const auto& [name, standing] : model) wanted.insert(name);
    ASSERT_EQ(live("blocked"), wanted) << "round " << round;
    ASSERT_EQ(count_items(db_, "blocked", 100, now_).value(), static_cast<std::int64_t>(wanted.size()));
  }
  EXPECT_GT(added, 30);
  EXPECT_GT(refused, 5);
  EXPECT_GT(removed, 5);
  const auto all = list_items(db_, {"blocked", "", true}, "", 1000, now_).value();
  EXPECT_EQ(all.size(), static_cast<std::size_t>(added)) << "nothing is forgotten";
}

// Through outbox and journal: a blocked merchant is declined, until the item's end.
TEST_P(Lists, TheEngineDecidesByThem) {
  now_ = pipeline::t0;
  ASSERT_TRUE(add("blocked", {"M-shop", 0, "confirmed_fraud", "", pipeline::t0 + core::hour_ms, ""}));
  sim::SimDisk disk;
  pipeline::World world(disk, pipeline::options(), std::string(policy_text));
  const auto acts = relay::acts_after(db_, relay::database_epoch(db_, random_).value(), 0, 1000).value();
  for (const pipeline::ActAnswer& answer : world.pipeline->journal_acts(acts, pipeline::t0))
    EXPECT_EQ(answer.refusal, "");
  const engine::Facts& facts = world.pipeline->engine().facts();
  const auto listed = facts.listed("blocked", "M-shop", pipeline::t0 + 1);
  ASSERT_TRUE(listed);
  EXPECT_EQ(listed->owner, writer_);
  EXPECT_EQ(listed->reason, "confirmed_fraud");
  EXPECT_FALSE(facts.listed("blocked", "M-shop", pipeline::t0 + core::hour_ms));
}

// What an API key does to a list stands beside the desk's items; the order of the journal counts.
TEST_P(Lists, WhatKeysDoToListsIsShown) {
  sim::SimDisk disk;
  pipeline::World world(disk, pipeline::options(), std::string(policy_text), now_);
  ListLog log;
  relay::Projector projector(disk, "data/journal", {&log});
  const auto by_key = [&](std::string_view id, std::string_view value, std::string_view action) {
    payment::EntryBuilder entry;
    entry.header = {payment::EntryKind::list_change, 0, 0, now_, now_};
    entry.set(payment::AttributeId::client, payment::Value::of("host"));
    entry.set(payment::AttributeId::id, payment::Value::of(id));
    entry.set(payment::AttributeId::list_name, payment::Value::of("blocked"));
    entry.set(payment::AttributeId::list_value, payment::Value::of(value));
    entry.set(payment::AttributeId::list_action, payment::Value::of(action));
    EXPECT_EQ(world.send(entry, now_).error.to_string(), core::Error{}.to_string());
  };
  const auto relay_acts = [&] {
    const auto epoch = relay::database_epoch(db_, random_).value();
    const auto acts = relay::acts_after(db_, epoch, world.pipeline->acts().number, 1000).value();
    for (const pipeline::ActAnswer& answer : world.pipeline->journal_acts(acts, now_))
      EXPECT_EQ(answer.refusal, "");
  };
  const auto project = [&] {
    while (projector.step(db_, world.pipeline->last_durable()).value()) {
    }
  };
  // What the engine has, of the values of this test.
  const auto standing = [&] {
    std::set<std::string> values;
    for (const char* value : {"M1", "M2", "M3"})
      if (world.pipeline->engine().facts().listed("blocked", value, now_)) values.insert(value);
    return values;
  };
  const auto agrees = [&] {
    relay_acts();
    project();
    EXPECT_EQ(live("blocked"), standing());
  };
  by_key("1", "M1", "add");
  agrees();
  const ListItem item = list_items(db_, {"blocked", "", false}, "", 10, now_)->at(0);
  EXPECT_EQ(item.made_by, "client:host");
  // A key takes off what the desk put on before, and only that.
  ASSERT_TRUE(add("blocked", wish("M2")));
  agrees();
  by_key("2", "M2", "remove");
  agrees();
  EXPECT_TRUE(live("blocked") == std::set<std::string>{"M1"});
  by_key("3", "M3", "remove");  // in the journal before the desk's act
  ASSERT_TRUE(add("blocked", wish("M3")));
  agrees();
  EXPECT_TRUE(live("blocked").contains("M3"));
  // The desk takes off what a key put on; a key renews it before the engine has heard that.
  const auto gone = take_off("blocked", item.id);
  ASSERT_TRUE(approve_it(*gone->proposal));
  ASSERT_TRUE(carry(*gone->proposal));
  by_key("4", "M1", "add");
  agrees();
  EXPECT_FALSE(live("blocked").contains("M1"));
}

}  // namespace
}  // namespace tillwatch::rulebook
