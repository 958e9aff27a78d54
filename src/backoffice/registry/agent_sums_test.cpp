// The sums of agents against a naive count over every decision, while shops trade, come, move, get other
// numbers, and agents move in the tree.
#include "registry/agent_sums.h"

#include <algorithm>

#include "engine/decision.h"
#include "registry/registry_fixture.h"
#include "relay/rows.h"

namespace tillwatch::registry {
namespace {

struct Trade {
  std::string number, currency;
  core::TimeMs at = 0;
  relay::Sums sums;
};

class AgentSumsTest : public RegistryTest {
 protected:
  std::size_t any(std::size_t size) { return dice_() % size; }

  // Decided and projected, as the projector does it: its own rows, then what gathers.
  void trade(const std::string& number, bool commits = true) {
    trade_in(number, any(4) == 0 ? "USD" : "CNY", commits);
  }
  void trade_in(const std::string& number, const std::string& currency, bool commits = true) {
    Trade one{stored(number), stored(currency), now_, {}};
    engine::Decision decision;
    decision.sequence = core::Sequence(static_cast<std::uint64_t>(++sequence_));
    decision.admitted_at = decision.event_time = now_;
    decision.proposed.authorisation = static_cast<engine::Authorisation>(any(3));
    decision.proposed.settlement = static_cast<engine::Settlement>(any(2));
    if (any(2) == 0) decision.hits.emplace_back();  // a live rule
    one.sums = {1,
                static_cast<std::int64_t>(any(1000)),
                decision.proposed.authorisation == engine::Authorisation::challenge ? 1 : 0,
                decision.proposed.authorisation == engine::Authorisation::decline ? 1 : 0,
                decision.proposed.settlement == engine::Settlement::hold ? 1 : 0,
                decision.fired() ? 1 : 0};
    payment::EntryBuilder builder;
    builder.header = {payment::EntryKind::transaction, 0, now_, now_, now_};
    builder.set(payment::AttributeId::merchant_id, payment::Value::of(std::string_view(number)));
    builder.set(payment::AttributeId::currency, payment::Value::of(std::string_view(currency)));
    builder.set(payment::AttributeId::amount, payment::Value::of(one.sums.amount));
    core::Bytes bytes;
    payment::EntryView entry;
    ASSERT_TRUE(builder.encode(bytes));
    ASSERT_TRUE(entry.decode(bytes));
    auto transaction = sql::Transaction::begin(db_).value();
    const relay::ProjectedRecord record{decision.sequence, entry, &decision};
    relay::Rows rows;
    rows.take(record);
    ASSERT_TRUE(rows.write(db_));
    sums_.begin();
    ASSERT_TRUE(sums_.project(db_, record));
    ASSERT_TRUE(sums_.finish(db_));
    if (!commits) {
      --sequence_;
      return;
    }
    ASSERT_TRUE(transaction.commit());
    trades_.push_back(std::move(one));
  }
  // As a database takes it.
  static std::string stored(const std::string& text) {
    std::string out;
    for (const char c : text) out += c == '\xFF' ? std::string("\xEF\xBF\xBD") : std::string(1, c);
    return out;
  }
  void shop(const std::string& agent, const std::string& number) {
    shops_[create(Entity::merchant, {{"name", text("Shop")}, {"agent", text(agent)}}, {{"leshua", number}})] =
        agent;
  }
  void renumber(const std::string& shop, std::vector<ChannelNumber> numbers) {
    const auto done =
        try_change(Scope::everything(), Entity::merchant, shop, get(Entity::merchant, shop).version,
                   {.id = "", .fields = {}, .numbers = std::move(numbers), .reason = "because"});
    EXPECT_TRUE(done) << done.error().to_string();
  }
  // What people would count: row by row, as everything is registered now.
  SumsByCurrency naive(const std::string& root, core::TimeMs from, core::TimeMs to) {
    SumsByCurrency sums;
    for (const Trade& one : trades_) {
      const core::TimeMs hour = one.at - one.at % core::hour_ms;
      if (hour < from || hour >= to) continue;
      for (const auto& [shop, agent] : shops_) {
        const auto numbers = numbers_of(db_, shop).value();
        if (std::ranges::find(numbers, one.number, &ChannelNumber::number) == numbers.end()) continue;
        std::string above = agent;
        while (!above.empty() && above != root) above = parents_[above];
        if (!above.empty()) sums[one.currency].add(one.sums);
      }
    }
    return sums;
  }
  static std::string shown(const SumsByCurrency& sums) {
    std::string out;
    for (const auto& [currency, of] : sums)
      out += currency + " " + std::to_string(of.count) + " " + std::to_string(of.amount) + " " +
             std::to_string(of.challenged) + " " + std::to_string(of.declined) + " " +
             std::to_string(of.held) + " " + std::to_string(of.fired) + "; ";
    return out;
  }
  std::string told(const std::vector<std::string>& roots, core::TimeMs from, core::TimeMs to) {
    return shown(agent_sums(db_, Scope::under(roots), from, to).value());
  }

  std::mt19937_64 dice_{1};
  AgentSums sums_;
  std::int64_t sequence_ = 0;
  std::vector<Trade> trades_;
  std::map<std::string, std::string> shops_, parents_;
};
INSTANTIATE_TEST_SUITE_P(Engines, AgentSumsTest, ::testing::ValuesIn(sql::test_engines()), sql::engine_name);

TEST_P(AgentSumsTest, AreThoseOfANaiveCountHoweverShopsMove) {
  create(Entity::channel, {{"name", text("Leshua")}}, {}, "leshua");
  std::vector<std::string> tops, leaves;
  for (const char* name : {"North", "South", "East"}) tops.push_back(agent(name));
  for (const char* name : {"N1", "N2", "S1", "S2"}) {
    const std::string parent = tops[any(tops.size())];
    leaves.push_back(agent(name, parent));
    parents_[leaves.back()] = parent;
  }
  std::vector<std::string> agents = tops;
  agents.insert(agents.end(), leaves.begin(), leaves.end());
  const core::TimeMs end = now_ + 8 * core::day_ms;
  for (int round = 0; now_ < end; ++round) {
    now_ += static_cast<core::TimeMs>(any(90)) * core::minute_ms;
    const std::string number = "M" + std::to_string(any(12));
    const bool free =
        db_.query("select 1 from registry_merchant_number where number = $1", {number}).value().empty();
    const std::size_t what = any(14);
    const auto at =
        std::next(shops_.begin(), shops_.empty() ? 0 : static_cast<std::ptrdiff_t>(any(shops_.size())));
    if (what == 0 && free && shops_.size() < 8) {
      shop(agents[any(agents.size())], number);
    } else if (what == 1 && !shops_.empty()) {
      at->second = agents[any(agents.size())];
      change(Entity::merchant, at->first, {{"agent", text(at->second)}});
    } else if (what == 2 && !shops_.empty()) {
      if (free)
        renumber(at->first, {{"leshua", number}});
      else
        renumber(at->first, {});
    } else if (what == 3) {
      const std::string& leaf = leaves[any(leaves.size())];
      parents_[leaf] = tops[any(tops.size())];
      change(Entity::agent, leaf, {{"parent", text(parents_[leaf])}});
    } else if (what == 4) {
      trade(number, false);  // a transaction that failed
    } else {
      trade(number);
    }
    const core::TimeMs hour = now_ - now_ % core::hour_ms;
    const core::TimeMs from = hour - static_cast<core::TimeMs>(any(48)) * core::hour_ms;
    const std::string& root = agents[any(agents.size())];
    ASSERT_EQ(told({root}, from, hour + core::hour_ms), shown(naive(root, from, hour + core::hour_ms)))
        << "round " << round;
  }
  EXPECT_LT(db_.query("select count(*) from registry_agent_hour where hour < $1",
                      {end - agent_sums_kept_ms - core::day_ms})
                .value()[0]
                .integer(0),
            1)
      << "they are kept for three days";
}

TEST_P(AgentSumsTest, WhatIsNoTextMovesAsItWasAdded) {
  create(Entity::channel, {{"name", text("Leshua")}}, {}, "leshua");
  const std::string north = agent("North"), south = agent("South");
  shop(north, "M1");
  trade_in("M1", "CN\xFF");
  trade_in("M1\xFF", "CNY");  // nobody's: no number can be registered so
  trade_in("M1", "CNY");
  const core::TimeMs hour = now_ - now_ % core::hour_ms;
  EXPECT_EQ(told({north}, hour, hour + 1), shown(naive(north, hour, hour + 1)));
  shops_.begin()->second = south;
  change(Entity::merchant, shops_.begin()->first, {{"agent", text(south)}});
  EXPECT_EQ(told({north}, hour, hour + 1), "");
  EXPECT_EQ(told({south}, hour, hour + 1), shown(naive(south, hour, hour + 1)));
  EXPECT_TRUE(told({south}, hour, hour + 1).contains(stored("CN\xFF"))) << told({south}, hour, hour + 1);
}

TEST_P(AgentSumsTest, AnAgentBelowTwoRootsCountsOnce) {
  create(Entity::channel, {{"name", text("Leshua")}}, {}, "leshua");
  const std::string top = agent("Top"), leaf = agent("Leaf", top);
  shop(leaf, "M1");
  trade("M1");
  trade("M2");  // nobody's
  const core::TimeMs hour = now_ - now_ % core::hour_ms;
  EXPECT_EQ(told({top, leaf}, hour, hour + 1), told({leaf}, hour, hour + 1));
  EXPECT_NE(told({top}, hour, hour + 1), "");
  EXPECT_EQ(told({top}, hour + 1, hour + core::hour_ms), "");
  EXPECT_EQ(told({}, hour, hour + 1), "");
}

TEST_P(AgentSumsTest, WhatAShopTradedMovesOutOfEveryStretchOfTheJournal) {
  create(Entity::channel, {{"name", text("Leshua")}}, {}, "leshua");
  const std::string north = agent("North"), south = agent("South");
  trade("M1");
  now_ += 4 * core::day_ms;
  for (const std::int64_t sequence : {65'534, 131'070, 196'606}) {
    sequence_ = sequence;
    for (int i = 0; i < 4; ++i) trade("M1");
  }
  shop(north, "M1");
  const core::TimeMs hour = now_ - now_ % core::hour_ms;
  shops_.begin()->second = south;
  change(Entity::merchant, shops_.begin()->first, {{"agent", text(south)}});
  EXPECT_EQ(told({north}, hour, hour + 1), "");
  EXPECT_EQ(told({south}, hour, hour + 1), shown(naive(south, hour, hour + 1)));
}

}  // namespace
}  // namespace tillwatch::registry
