// How long the lists of registry and inbox take with 100,000 merchants and many alerts, on a store that is
// made for it: desk_lists_bench URL [merchants] [hits]. Prints the median and the 99th of 100 of each
// question, asked at random depths and for random agents. Run by hand.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include "core/check.h"
#include "findings/alert.h"
#include "findings/inbox.h"
#include "posix/random.h"
#include "registry/registry.h"
#include "registry/search.h"
#include "sql/migration.h"

namespace tillwatch {
namespace {

using registry::Entity;
using registry::FieldValue;
using registry::Scope;

constexpr core::TimeMs start = 1'783'000'000'000;

template <class T>
T must(core::Result<T> result) {
  if (!result) core::check_failed("bench", 0, result.error().to_string().c_str());
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

struct World {
  explicit World(sql::Connection& connection) : db(connection) {}
  sql::Connection& db;
  posix::Random random{};
  crypto::DataKeys keys = crypto::DataKeys::generate(random, start);
  registry::Registry registry{keys, random};
  std::mt19937 dice{1};
  Scope everything = Scope::everything();
  std::vector<std::string> tops, leaves;  // agents
  std::vector<std::string> merchants;

  std::size_t any(std::size_t size) { return dice() % size; }
  registry::Author author() const { return {"bench", everything, start}; }
  std::string create(Entity entity, registry::Wish wish) {
    return must(registry.create(db, author(), entity, wish)).id;
  }
};

std::string agent(World& world, const std::string& parent) {
  return world.create(Entity::agent, {.id = "",
                                      .fields = {{"name", std::string("Agent")}, {"parent", parent}},
                                      .numbers = std::nullopt,
                                      .reason = ""});
}

void fill_registry(World& world, std::size_t merchants) {
  auto transaction = must(sql::Transaction::begin(world.db));
  world.create(
      Entity::channel,
      {.id = "leshua", .fields = {{"name", std::string("Leshua")}}, .numbers = std::nullopt, .reason = ""});
  for (int top = 0; top < 20; ++top) {
    world.tops.push_back(agent(world, ""));
    for (int middle = 0; middle < 10; ++middle) {
      const std::string under = agent(world, world.tops.back());
      for (int leaf = 0; leaf < 10; ++leaf) world.leaves.push_back(agent(world, under));
    }
  }
  must(transaction.commit());
  const std::vector<std::string> words{"福源", "便利店", "超市", "吉祥", "五金", "茶行", "东方", "酒店"};
  for (std::size_t i = 0; i < merchants;) {
    auto batch = must(sql::Transaction::begin(world.db));
    for (std::size_t end = std::min(merchants, i + 1000); i < end; ++i) {
      const std::string name = words[world.any(8)] + std::to_string(i) + words[world.any(8)];
      world.merchants.push_back(
          world.create(Entity::merchant,
                       {.id = "",
                        .fields = {{"name", name},
                                   {"agent", world.leaves[world.any(world.leaves.size())]},
                                   {"status", std::string(world.any(1000) == 0 ? "suspended" : "active")}},
                        .numbers = std::vector<registry::ChannelNumber>{{"leshua", "M" + std::to_string(i)}},
                        .reason = ""}));
      if (i % 10 == 0)
        world.create(Entity::person, {.id = "",
                                      .fields = {{"name", std::string("王小明")},
                                                 {"phone", "138" + std::to_string(10'000'000 + i)}},
                                      .numbers = std::nullopt,
                                      .reason = ""});
    }
    must(batch.commit());
  }
}

void fill_inbox(World& world, std::size_t hits) {
  const findings::Inbox inbox{findings::Grouping{}};
  std::int64_t sequence = 0;
  for (std::size_t i = 0; i < hits;) {
    auto batch = must(sql::Transaction::begin(world.db));
    for (std::size_t end = std::min(hits, i + 1000); i < end; ++i) {
      const std::string subject = "M" + std::to_string(world.any(world.merchants.size()));
      const std::string rule = "R" + std::to_string(world.any(40));
      const std::string owner = world.leaves[world.any(world.leaves.size())];
      must(inbox.take(world.db, {.sequence = ++sequence,
                                 .place = 0,
                                 .at = start + sequence * 10,
                                 .rule = rule,
                                 .typology = "T07",
                                 .reason = "repetition",
                                 .severity = 1 + static_cast<std::int64_t>(world.any(4)),
                                 .subject_kind = "merchant.id",
                                 .subject = subject,
                                 .agent = owner,
                                 .merchant = subject,
                                 .terminal = "",
                                 .declined = false,
                                 .client = "till",
                                 .request_id = "",
                                 .amount = 100,
                                 .currency = "CNY"}));
    }
    must(batch.commit());
  }
  must(world.db.execute(
      "update findings_alert set state = 'closed' where severity < 4 and opened_sequence % 10 <> 0"));
  if (world.db.dialect() == sql::Dialect::postgres) must(world.db.script("analyze"));
}

void measure(const char* name, const std::function<std::size_t()>& ask) {
  std::vector<double> times;
  std::size_t rows = 0;
  for (int i = 0; i < 100; ++i) {
    const auto begin = std::chrono::steady_clock::now();
    rows += ask();
    times.push_back(
        std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count());
  }
  std::ranges::sort(times);
  std::printf("%-44s %8.2f ms median %8.2f ms p99   %zu rows in all\n", name, times[50], times[98], rows);
}

void measure_registry(World& w) {
  const auto page = [&w](const Scope& scope, registry::Filter filter, bool deep) {
    const std::string after = deep ? w.merchants[w.any(w.merchants.size())] : std::string();
    return must(registry::list(w.db, scope, Entity::merchant, filter, after, 51)).size();
  };
  registry::Filter rare;
  rare.status = "suspended";
  measure("merchants, first page", [&] { return page(w.everything, {}, false); });
  measure("merchants, at any depth", [&] { return page(w.everything, {}, true); });
  measure("merchants, rare status", [&] { return page(w.everything, rare, true); });
  measure("merchants of an agent with 5 %",
          [&] { return page(Scope::under({w.tops[w.any(20)]}), {}, true); });
  measure("merchants of an agent with 0.05 %",
          [&] { return page(Scope::under({w.leaves[w.any(2000)]}), {}, true); });
  measure("merchants, rare status, 0.05 %",
          [&] { return page(Scope::under({w.leaves[w.any(2000)]}), rare, false); });
  const auto find = [&w](const Scope& scope, const std::string& text) {
    return must(registry::search(w.db, w.registry.vault(), scope, text, true, 20)).size();
  };
  measure("search, part of a frequent name", [&] { return find(w.everything, "便利"); });
  measure("search, the same within 0.05 %",
          [&] { return find(Scope::under({w.leaves[w.any(2000)]}), "便利"); });
  measure("search, a number",
          [&] { return find(w.everything, "M" + std::to_string(w.any(w.merchants.size()))); });
  measure("search, last four of a phone",
          [&] { return find(w.everything, std::to_string(1000 + w.any(9000))); });
}

void measure_inbox(World& w) {
  const auto page = [&w](const Scope& scope, findings::Filter filter) {
    char id[32];
    std::snprintf(id, sizeof id, "alt_%016zx00", w.any(w.merchants.size()));
    return must(findings::list(w.db, scope, filter, 4, id, 51)).size();
  };
  findings::Filter open;
  open.state = "open";
  findings::Filter grave = open;
  grave.by_severity = true;
  findings::Filter rule = open;
  rule.rule = "R7";
  findings::Filter mine;
  mine.assignee = "acct_9";
  measure("alerts, open, newest", [&] { return page(w.everything, open); });
  measure("alerts, open, gravest", [&] { return page(w.everything, grave); });
  measure("alerts, open, one rule", [&] { return page(w.everything, rule); });
  measure("alerts, all states", [&] { return page(w.everything, {}); });
  measure("alerts, of somebody who has none", [&] { return page(w.everything, mine); });
  measure("alerts of an agent with 5 %", [&] { return page(Scope::under({w.tops[w.any(20)]}), open); });
  measure("alerts of an agent with 0.05 %",
          [&] { return page(Scope::under({w.leaves[w.any(2000)]}), open); });
  measure("open alerts, counted", [&] { return must(findings::count_open(w.db, w.everything)).size(); });
}

}  // namespace
}  // namespace tillwatch

int main(int count, char** words) {
  using namespace tillwatch;
  if (count < 2) return 2;
  const auto database = must(sql::open_database(words[1]));
  const auto connection = must(database->connect());
  must(sql::migrate(*connection, sql::migrations(), start));
  World world(*connection);
  const auto begin = std::chrono::steady_clock::now();
  const auto told = [&](const char* what) {
    std::printf("%s: %.1f s\n", what,
                std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
  };
  fill_registry(world, count > 2 ? std::strtoull(words[2], nullptr, 10) : 100'000);
  told("registered");
  fill_inbox(world, count > 3 ? std::strtoull(words[3], nullptr, 10) : 1'000'000);
  told("and hits taken");
  measure_registry(world);
  measure_inbox(world);
  return 0;
}
