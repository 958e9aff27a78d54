// The tree and what a scope lets through, against a naive map of parents on random trees.
#include "registry/tree.h"

#include <set>

#include "registry/registry_fixture.h"
#include "registry/search.h"

namespace tillwatch::registry {
namespace {

using core::ErrorCode;

class TreeTest : public RegistryTest {
 protected:
  bool naive_within(std::string agent, const std::string& root) const {
    for (; !agent.empty(); agent = parents_.at(agent))
      if (agent == root) return true;
    return false;
  }
  std::map<std::string, std::string> parents_;
};
INSTANTIATE_TEST_SUITE_P(Engines, TreeTest, ::testing::ValuesIn(sql::test_engines()), sql::engine_name);

TEST_P(TreeTest, ScopesAreSubtreesWhateverMoves) {
  for (const unsigned seed : {1u, 2u, 3u}) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937 dice(seed);
    std::vector<std::string> agents;
    std::map<std::string, std::string> shops;  // to their agent
    parents_.clear();
    const auto any_agent = [&] { return agents[dice() % agents.size()]; };
    for (int round = 0; round < 40; ++round) {
      const std::string parent = agents.empty() || dice() % 4 == 0 ? std::string() : any_agent();
      if (agents.size() < 12 || dice() % 2 == 0) {
        const auto made =
            try_create(Entity::agent, {.id = "",
                                       .fields = {{"name", text("A")}, {"parent", text(parent)}},
                                       .numbers = std::nullopt,
                                       .reason = ""});
        ASSERT_TRUE(made);
        agents.push_back(made->id);
        parents_[made->id] = parent;
        shops[create(Entity::merchant, {{"name", text("Shop")}, {"agent", text(made->id)}})] = made->id;
      } else {
        const std::string moved = any_agent();
        const auto done = try_change(Entity::agent, moved, {{"parent", text(parent)}});
        const bool circle = !parent.empty() && naive_within(parent, moved);
        ASSERT_EQ(done.has_value(), !circle);
        if (done) parents_[moved] = parent;
      }
    }
    for (const std::string& root : agents) {
      const Scope scope = Scope::under({root});
      std::set<std::string> in_sight;
      for (const auto& [shop, owner] : shops)
        if (naive_within(owner, root)) in_sight.insert(shop);
      std::set<std::string> listed;
      const auto rows_4 = list(db_, scope, Entity::merchant, {}, "", 1000).value();
      for (const Record& record : rows_4) listed.insert(record.id);
      EXPECT_EQ(listed, in_sight);
      std::set<std::string> found;
      const auto rows_5 = search(db_, registry_.vault(), scope, "shop", true, 1000).value();
      for (const Found& one : rows_5)
        if (one.entity == Entity::merchant) found.insert(one.id);
      EXPECT_EQ(found, in_sight);
      for (const auto& [shop, owner] : shops)
        EXPECT_EQ(find(db_, scope, Entity::merchant, shop)->has_value(), in_sight.contains(shop));
      for (const std::string& agent : agents) {
        EXPECT_EQ(is_within(db_, agent, root).value(), naive_within(agent, root));
        EXPECT_EQ(find(db_, scope, Entity::agent, agent)->has_value(), naive_within(agent, root));
      }
      EXPECT_EQ(path_of(db_, root)->size(), [&] {
        std::size_t depth = 0;
        for (std::string at = root; !at.empty(); at = parents_.at(at)) ++depth;
        return depth;
      }());
    }
    const Scope two = Scope::under({agents[0], agents[1]});
    const auto rows_6 = list(db_, two, Entity::merchant, {}, "", 1000).value();
    for (const Record& record : rows_6)
      EXPECT_TRUE(naive_within(shops.at(record.id), agents[0]) ||
                  naive_within(shops.at(record.id), agents[1]));
  }
}

TEST_P(TreeTest, NobodyReachesOutOfHisScope) {
  const std::string mine = agent("Mine");
  const std::string under = agent("Under", mine);
  const std::string other = agent("Other");
  const std::string their_shop = create(Entity::merchant, {{"name", text("Theirs")}, {"agent", text(other)}});
  const std::string my_shop = create(Entity::merchant, {{"name", text("Mine")}, {"agent", text(mine)}});
  const std::string nobodys = create(Entity::merchant, {{"name", text("Nobodys")}});
  const Scope scope = Scope::under({mine});
  const auto wish = [](Fields fields) {
    return Wish{.id = "", .fields = std::move(fields), .numbers = std::nullopt, .reason = "r"};
  };
  EXPECT_EQ(try_change(scope, Entity::merchant, their_shop, 1, wish({{"name", text("X")}})).error().code,
            ErrorCode::not_found);
  EXPECT_EQ(try_change(scope, Entity::merchant, nobodys, 1, wish({{"name", text("X")}})).error().code,
            ErrorCode::not_found);
  EXPECT_EQ(try_change(scope, Entity::merchant, my_shop, 1, wish({{"agent", text(other)}})).error().where,
            "/agent");
  EXPECT_EQ(try_change(scope, Entity::merchant, my_shop, 1, wish({{"agent", FieldValue()}})).error().where,
            "/agent");
  EXPECT_EQ(try_create(scope, Entity::merchant, wish({{"name", text("X")}})).error().where, "/agent");
  EXPECT_EQ(
      try_create(scope, Entity::merchant, wish({{"name", text("X")}, {"agent", text(other)}})).error().where,
      "/agent");
  EXPECT_TRUE(try_create(scope, Entity::merchant, wish({{"name", text("X")}, {"agent", text(under)}})));
  EXPECT_EQ(try_create(scope, Entity::agent, wish({{"name", text("X")}})).error().where, "/parent");
  EXPECT_EQ(
      try_create(scope, Entity::agent, wish({{"name", text("X")}, {"parent", text(other)}})).error().where,
      "/parent");
  EXPECT_TRUE(try_create(scope, Entity::agent, wish({{"name", text("X")}, {"parent", text(under)}})));
  EXPECT_EQ(try_change(scope, Entity::agent, mine, 1, wish({{"parent", text(other)}})).error().where,
            "/parent");
  EXPECT_EQ(try_change(scope, Entity::agent, mine, 1, wish({{"parent", text(under)}})).error().where,
            "/parent");
  EXPECT_TRUE(list(db_, Scope::under({}), Entity::merchant, {}, "", 10)->empty());
  EXPECT_EQ(
      list(db_, scope, Entity::merchant,
           {.status = "", .agent = other, .merchant = "", .parent = "", .mcc = "", .risk_tier = ""}, "", 10)
          ->size(),
      0u);
  EXPECT_FALSE(reaches(db_, scope, "").value());
  EXPECT_TRUE(reaches(db_, Scope::everything(), "").value());
}

TEST_P(TreeTest, TheTreeHasADepth) {
  std::string at = agent("0");
  for (int i = 1; i < tree_depth_max; ++i) at = agent(std::to_string(i), at);
  EXPECT_EQ(try_create(Entity::agent, {.id = "",
                                       .fields = {{"name", text("deep")}, {"parent", text(at)}},
                                       .numbers = std::nullopt,
                                       .reason = ""})
                .error()
                .code,
            ErrorCode::limit);
  const std::string pair = agent("top");
  agent("below", pair);
  EXPECT_EQ(try_change(Entity::agent, pair, {{"parent", text(at)}}).error().code, ErrorCode::limit);
}

}  // namespace
}  // namespace tillwatch::registry
