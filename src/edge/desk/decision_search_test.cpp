// Searching for decisions against a naive model: random rows, filters, scopes and bounds; whatever drives,
// the pages put together are what a look at every row would give.
#include "desk/decision_search.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>

#include "crypto/data_keys.h"
#include "registry/registry.h"
#include "relay/eras.h"
#include "sim/sim_random.h"
#include "sql/store_fixture.h"

namespace tillwatch::desk {
namespace {

using registry::Entity;
using registry::Scope;

constexpr core::TimeMs t0 = 1'783'000'000'000;

struct Hit {
  std::string rule, typology;
};
struct Made {
  DecisionRow row;
  std::vector<Hit> hits;
  std::string owner;  // the agent whose merchant it is; "" nobody's
};

class DecisionSearchTest : public ::testing::TestWithParam<sql::Dialect> {
 protected:
  std::string create(Entity entity, registry::Wish wish) {
    return registry_.create(db_, {"test", everything_, t0}, entity, wish).value().id;
  }
  std::string agent(const std::string& name, const std::string& parent) {
    registry::Wish wish;
    wish.fields = {{"name", name}, {"code", name}};
    if (!parent.empty()) wish.fields.emplace("parent", parent);
    return create(Entity::agent, wish);
  }
  // Two agents, one with a child; merchants of each, and numbers that nobody has.
  void settle(int merchants) {
    auto transaction = sql::Transaction::begin(db_).value();
    registry::Wish channel;
    channel.id = "leshua";
    channel.fields = {{"name", std::string("Leshua")}};
    create(Entity::channel, channel);
    agents_ = {agent("A", ""), agent("B", "")};
    agents_.push_back(agent("AA", agents_[0]));
    for (int i = 0; i < merchants; ++i) {
      const std::string& owner = agents_[any(3)];
      registry::Wish wish;
      wish.fields = {{"name", "Shop " + std::to_string(i)}, {"agent", owner}};
      wish.numbers = {{"leshua", "M" + std::to_string(i)}};
      ids_["M" + std::to_string(i)] = create(Entity::merchant, wish);
      owners_["M" + std::to_string(i)] = owner;
    }
    ASSERT_TRUE(transaction.commit());
  }
  std::size_t any(std::size_t size) { return dice_() % size; }

  void trade(int count, int merchants) {
    auto transaction = sql::Transaction::begin(db_).value();
    core::TimeMs admitted = t0;
    for (int i = 0; i < count; ++i) {
      Made made;
      DecisionRow& row = made.row;
      // Now and then far enough that an era ends, or several: what lies between them is empty.
      const std::size_t gap = any(40) == 0 ? any(3) << relay::era_bits : any(3);
      row.sequence = (made_.empty() ? 0 : made_.back().row.sequence) + 1 + static_cast<std::int64_t>(gap);
      admitted += static_cast<core::TimeMs>(any(3));
      row.admitted_at = admitted;
      row.event_time = t0 + static_cast<core::TimeMs>(any(static_cast<std::size_t>(count)));
      row.merchant = any(10) == 0 ? "N1" : "M" + std::to_string(any(static_cast<std::size_t>(merchants)));
      row.terminal = "T" + std::to_string(any(20));
      row.agent = any(4) == 0 ? "WILD" : "A";
      row.card = static_cast<std::int64_t>(any(30));
      if (any(20) != 0) row.amount_base = static_cast<std::int64_t>(any(1000));
      row.asked.authorisation = any(8) == 0 ? 1 + static_cast<std::int64_t>(any(2)) : 0;
      row.asked.settlement = any(20) == 0 ? 1 : 0;
      row.asked.subject = any(20) == 0 ? static_cast<std::int64_t>(any(4)) : 0;
      for (int h = 0; h < 3; ++h)
        if (any(8) == 0) made.hits.push_back({"R" + std::to_string(h), "T0" + std::to_string(h / 2)});
      row.fired =
          !made.hits.empty() || row.asked.authorisation + row.asked.settlement + row.asked.subject > 0;
      made.owner = owners_.contains(row.merchant) ? owners_[row.merchant] : "";
      insert(made);
      made_.push_back(std::move(made));
    }
    ASSERT_TRUE(transaction.commit());
  }
  void insert(const Made& made) {
    const DecisionRow& row = made.row;
    const sql::Parameter amount = row.amount_base ? sql::Parameter(*row.amount_base) : sql::Parameter();
    ASSERT_TRUE(db_.execute(
        "insert into decision (sequence, admitted_at, event_time, kind, merchant, terminal, agent, card,"
        " amount_base, authorisation, settlement, subject, asked_authorisation, asked_settlement,"
        " asked_subject, severity, score_ppm, fired) values ($1, $2, $3, 'transaction', $4, $5, $6, $7, $8, "
        "0,"
        " 0, 0, $9, $10, $11, 0, 0, $12)",
        {row.sequence, row.admitted_at, row.event_time, std::string_view(row.merchant),
         std::string_view(row.terminal), std::string_view(row.agent), row.card, amount,
         row.asked.authorisation, row.asked.settlement, row.asked.subject, std::int64_t{row.fired ? 1 : 0}}));
    for (const Hit& hit : made.hits)
      ASSERT_TRUE(
          db_.execute("insert into decision_hit (sequence, rule, typology, reason, severity, shadow, cause,"
                      " confidence_ppm) values ($1, $2, $3, 'why', 2, 0, 0, 0)",
                      {row.sequence, std::string_view(hit.rule), std::string_view(hit.typology)}));
  }

  // What a look at every row gives.
  static bool within(const Made& made, const std::vector<std::string>& roots,
                     const std::vector<std::string>& agents) {
    for (const std::string& root : roots)
      if (made.owner == root || (root == agents[0] && made.owner == agents[2])) return true;
    return false;
  }
  bool meets(const Made& made, const Scope& scope, const DecisionFilter& f) {
    const DecisionRow& row = made.row;
    const auto is = [](const auto& wish, const auto& value) { return !wish || *wish == value; };
    const auto named = [](const std::string& wish, const std::string& value) {
      return wish.empty() || wish == value;
    };
    const auto hit = [&](auto member, const std::string& wish) {
      return wish.empty() ||
             std::ranges::any_of(made.hits, [&](const Hit& one) { return one.*member == wish; });
    };
    if (!scope.all() && !within(made, scope.roots(), agents_)) return false;
    if (!f.agent.empty()) {
      if (f.agent == "WILD" ? row.agent != "WILD"
                            : !within(made, {f.agent == "A" ? agents_[0] : f.agent}, agents_))
        return false;
    }
    const std::string number = f.merchant.starts_with("M") || f.merchant.starts_with("N") ? f.merchant : "";
    const bool merchant = f.merchant.empty() || row.merchant == number ||
                          (ids_.contains(row.merchant) && ids_[row.merchant] == f.merchant);
    return merchant && (!f.from || row.admitted_at >= *f.from) && (!f.to || row.admitted_at < *f.to) &&
           (!f.event_from || row.event_time >= *f.event_from) &&
           (!f.event_to || row.event_time < *f.event_to) && named(f.terminal, row.terminal) &&
           is(f.card, row.card) && hit(&Hit::rule, f.rule) && hit(&Hit::typology, f.typology) &&
           is(f.authorisation, row.asked.authorisation) && is(f.settlement, row.asked.settlement) &&
           is(f.subject, row.asked.subject) && is(f.fired, row.fired) &&
           (!f.min_amount || (row.amount_base && *row.amount_base >= *f.min_amount)) &&
           (!f.max_amount || (row.amount_base && *row.amount_base <= *f.max_amount));
  }

  DecisionFilter random_filter(std::size_t span) {
    DecisionFilter f;
    const auto time = [&] { return t0 + static_cast<core::TimeMs>(any(span)); };
    if (any(4) == 0) f.from = time();
    if (any(4) == 0) f.to = time();
    if (any(4) == 0) f.event_from = time();
    if (any(4) == 0) f.event_to = time();
    const std::string shop = "M" + std::to_string(any(12));
    if (any(5) == 0) f.merchant = any(2) == 0 ? shop : ids_.contains(shop) ? ids_[shop] : "N1";
    if (any(8) == 0) f.terminal = "T" + std::to_string(any(20));
    if (any(5) == 0) f.agent = std::vector<std::string>{"A", agents_[1], agents_[2], "WILD"}[any(4)];
    if (any(8) == 0) f.card = static_cast<std::int64_t>(any(30));
    if (any(5) == 0) f.rule = "R" + std::to_string(any(3));
    if (any(5) == 0) f.typology = "T0" + std::to_string(any(2));
    if (any(5) == 0) f.authorisation = static_cast<std::int64_t>(any(3));
    if (any(8) == 0) f.settlement = static_cast<std::int64_t>(any(2));
    if (any(8) == 0) f.subject = static_cast<std::int64_t>(any(4));
    if (any(5) == 0) f.fired = any(2) == 0;
    if (any(8) == 0) f.min_amount = static_cast<std::int64_t>(any(1000));
    if (any(8) == 0) f.max_amount = static_cast<std::int64_t>(any(1000));
    return f;
  }
  Scope random_scope() {
    switch (any(5)) {
      case 0:
        return Scope::under({});
      case 1:
        return Scope::under({agents_[any(3)]});
      case 2:
        return Scope::under({agents_[0], agents_[2]});
      default:
        return Scope::everything();
    }
  }

  // All pages, as the console turns them. `pages`: how many there were.
  std::vector<std::int64_t> found(const Scope& scope, const DecisionFilter& filter, SearchBounds bounds) {
    std::vector<std::int64_t> all;
    for (int pages = 0; pages < 5000; ++pages) {
      const auto page = search_decisions(db_, scope, filter, bounds);
      EXPECT_TRUE(page) << page.error().to_string();
      if (!page) return all;
      EXPECT_LE(page->rows.size(), bounds.limit);
      EXPECT_TRUE(page->next == 0 || page->next < bounds.before);
      EXPECT_TRUE(page->next == 0 || page->rows.size() == bounds.limit || page->stopped_at != 0);
      for (const DecisionRow& row : page->rows) all.push_back(row.sequence);
      if (page->next == 0) return all;
      bounds.before = page->next;
    }
    ADD_FAILURE() << "the pages do not end";
    return all;
  }

  std::mt19937 dice_{static_cast<unsigned>(::testing::UnitTest::GetInstance()->random_seed()) + 9};
  sql::TestStore store_{GetParam()};
  sql::Connection& db_ = store_.connection();
  sim::SimRandom random_{3};
  crypto::DataKeys keys_ = crypto::DataKeys::generate(random_, 0);
  registry::Registry registry_{keys_, random_};
  Scope everything_ = Scope::everything();
  std::vector<std::string> agents_;
  std::map<std::string, std::string> owners_, ids_;
  std::vector<Made> made_;
};
INSTANTIATE_TEST_SUITE_P(Engines, DecisionSearchTest, ::testing::ValuesIn(sql::test_engines()),
                         sql::engine_name);

TEST_P(DecisionSearchTest, IsWhatALookAtEveryRowGives) {
  settle(10);
  trade(600, 12);
  std::size_t rows = 0;
  for (int round = 0; round < 300; ++round) {
    const DecisionFilter filter = random_filter(700);
    const Scope scope = random_scope();
    const SearchBounds bounds{.before = INT64_MAX, .limit = 1 + any(60), .looked_max = 1 + any(400)};
    std::vector<std::int64_t> wanted;
    for (const Made& made : made_)
      if (meets(made, scope, filter)) wanted.push_back(made.row.sequence);
    std::ranges::reverse(wanted);
    rows += wanted.size();
    ASSERT_EQ(found(scope, filter, bounds), wanted)
        << "round " << round << " seed " << ::testing::UnitTest::GetInstance()->random_seed();
  }
  EXPECT_GT(rows, 1000u);
}

TEST_P(DecisionSearchTest, MoreMerchantsThanCanBeAskedOneByOneAreMetAlongTheSequence) {
  settle(250);
  trade(400, 250);
  const Scope scope = Scope::under({agents_[0], agents_[1]});
  std::vector<std::int64_t> wanted;
  for (const Made& made : made_)
    if (meets(made, scope, {})) wanted.push_back(made.row.sequence);
  std::ranges::reverse(wanted);
  ASSERT_GT(wanted.size(), 200u);
  EXPECT_EQ(found(scope, {}, {.before = INT64_MAX, .limit = 20, .looked_max = 100}), wanted);
}

TEST_P(DecisionSearchTest, SaysWhereItStoppedAndShowsHitsAndMerchants) {
  settle(10);
  trade(300, 10);
  DecisionFilter nothing;
  nothing.min_amount = 5000;
  const auto page =
      search_decisions(db_, everything_, nothing, {.before = INT64_MAX, .limit = 5, .looked_max = 60});
  ASSERT_TRUE(page);
  EXPECT_TRUE(page->rows.empty());
  EXPECT_NE(page->next, 0);
  EXPECT_GE(page->stopped_at, t0);
  const auto all = search_decisions(db_, everything_, {}, {.before = INT64_MAX, .limit = 200});
  ASSERT_TRUE(all);
  for (const DecisionRow& row : all->rows) {
    const auto made =
        std::ranges::find(made_, row.sequence, [](const Made& one) { return one.row.sequence; });
    ASSERT_NE(made, made_.end());
    EXPECT_EQ(row.hits.size(), made->hits.size());
    EXPECT_EQ(row.merchant_id, ids_.contains(row.merchant) ? ids_[row.merchant] : "");
    EXPECT_EQ(row.merchant_name.empty(), row.merchant_id.empty());
  }
}

TEST_P(DecisionSearchTest, AdmissionIsFoundByHalving) {
  trade(200, 5);
  for (core::TimeMs time = t0 - 2; time < t0 + 500; ++time) {
    const std::int64_t place = first_admitted_from(db_, time).value();
    for (const Made& made : made_)
      ASSERT_EQ(made.row.sequence >= place, made.row.admitted_at >= time) << time - t0;
  }
}

TEST_P(DecisionSearchTest, AnEmptyDatabaseAndOneRow) {
  EXPECT_TRUE(first_admitted_from(db_, t0));
  DecisionFilter filter;
  filter.from = t0;
  EXPECT_TRUE(search_decisions(db_, everything_, filter, {})->rows.empty());
  settle(2);
  trade(1, 2);
  EXPECT_EQ(search_decisions(db_, everything_, {}, {})->rows.size(), 1u);
  EXPECT_FALSE(find_decision(db_, everything_, 999).value());
  EXPECT_FALSE(find_decision(db_, Scope::under({}), made_[0].row.sequence).value());
  for (const std::string& root : agents_)
    EXPECT_EQ(find_decision(db_, Scope::under({root}), made_[0].row.sequence)->has_value(),
              within(made_[0], {root}, agents_));
}

}  // namespace
}  // namespace tillwatch::desk
