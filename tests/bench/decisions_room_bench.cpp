// How long the pages of the decisions room and home take with many decisions and 100,000 merchants, on a
// store that is made for it: decisions_room_bench URL [decisions] [merchants]. Asks the routes themselves,
// everything but HTTP, at the newest page and at random depths. Prints median and 99th of 100 of each, on the
// clock and of CPU. Run by hand; judges nothing.
#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <deque>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "core/check.h"
#include "desk/cursor.h"
#include "desk/decision_routes.h"
#include "desk/home_routes.h"
#include "engine/decision.h"
#include "sql/database.h"
#include "sql/migration.h"

namespace tillwatch {
namespace {

using Steady = std::chrono::steady_clock;

constexpr core::TimeMs t0 = 1'783'000'000'000;
constexpr core::TimeMs now = t0 + 400 * core::day_ms;
constexpr std::size_t rounds = 100;
constexpr std::int64_t tops = 20, middles = 10, leaves = 10;  // agents of each level

template <class T>
T must(core::Result<T> result) {
  if (!result) core::check_failed("bench", 0, result.error().to_string().c_str());
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

double seconds_since(Steady::time_point start) {
  return std::chrono::duration<double>(Steady::now() - start).count();
}

// User and system time of this thread: what other programs on the machine do not change much.
double cpu_seconds() {
  rusage used{};
  CHECK(::getrusage(RUSAGE_THREAD, &used) == 0);
  const auto of = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) * 1e-6;
  };
  return of(used.ru_utime) + of(used.ru_stime);
}

class OneScope final : public desk::Territory {
 public:
  core::Result<registry::Scope> scope_of(sql::Connection&, core::TimeMs, const desk::Caller&,
                                         std::string_view) override {
    return scope;
  }
  registry::Scope scope = registry::Scope::everything();
};

class StillSystem final : public desk::System {
 public:
  desk::SystemState state() override { return {}; }
};

struct World {
  sql::Connection& db;
  std::int64_t decisions;
  std::int64_t merchants;
  std::mt19937_64 dice{7};
  std::int64_t any(std::int64_t size) {
    return static_cast<std::int64_t>(dice() % static_cast<std::uint64_t>(size));
  }
};

// Rows of texts and numbers for one statement; texts live as long as the portion.
class Portion {
 public:
  Portion(sql::Connection& db, std::string statement, std::size_t columns)
      : db_(db), statement_(std::move(statement)), columns_(columns) {}
  Portion& text(std::string value) {
    values_.emplace_back(std::string_view(texts_.emplace_back(std::move(value))));
    return *this;
  }
  Portion& number(std::int64_t value) {
    values_.emplace_back(value);
    return *this;
  }
  void write() {
    if (!values_.empty()) must(db_.execute_rows(statement_, columns_, values_));
    values_.clear();
    texts_.clear();
  }

 private:
  sql::Connection& db_;
  std::string statement_;
  std::size_t columns_;
  std::vector<sql::Parameter> values_;
  std::deque<std::string> texts_;
};

std::string agent_name(std::int64_t top, std::int64_t middle = -1, std::int64_t leaf = -1) {
  std::string name = "A" + std::to_string(top);
  if (middle >= 0) name += "." + std::to_string(middle);
  if (leaf >= 0) name += "." + std::to_string(leaf);
  return name;
}

void fill_agents(World& world) {
  Portion agents(world.db,
                 "insert into registry_agent (id, version, act, created_at, updated_at, status, name, code,"
                 " filing_state) values ($1, 1, 0, 0, 0, 'active', $1, $1, 'none')",
                 1);
  Portion tree(world.db, "insert into registry_agent_closure values ($1, $2, $3)", 3);
  const auto hang = [&](const std::vector<std::string>& path) {
    agents.text(path.back());
    for (std::size_t i = 0; i < path.size(); ++i)
      tree.text(path[i]).text(path.back()).number(static_cast<std::int64_t>(path.size() - 1 - i));
  };
  for (std::int64_t top = 0; top < tops; ++top) {
    hang({agent_name(top)});
    for (std::int64_t middle = 0; middle < middles; ++middle) {
      hang({agent_name(top), agent_name(top, middle)});
      for (std::int64_t leaf = 0; leaf < leaves; ++leaf)
        hang({agent_name(top), agent_name(top, middle), agent_name(top, middle, leaf)});
    }
  }
  agents.write();
  tree.write();
}

void fill_registry(World& world) {
  auto transaction = must(sql::Transaction::begin(world.db));
  fill_agents(world);
  Portion shops(
      world.db,
      "insert into registry_merchant (id, version, act, created_at, updated_at, status, agent, name,"
      " kind, risk_tier) values ($1, 1, 0, 0, 0, 'active', $2, $3, 'shop', 'normal')",
      3);
  Portion numbers(world.db, "insert into registry_merchant_number values ($1, 'leshua', $2, 0)", 2);
  for (std::int64_t i = 0; i < world.merchants; ++i) {
    const std::int64_t at = world.any(tops * middles * leaves);
    const std::string id = "mer_" + std::to_string(i);
    shops.text(id)
        .text(agent_name(at / (middles * leaves), at / leaves % middles, at % leaves))
        .text("福源便利店 " + std::to_string(i));
    numbers.text("M" + std::to_string(i)).text(id);
    if (i % 5000 == 4999) {
      shops.write();
      numbers.write();
    }
  }
  shops.write();
  numbers.write();
  must(transaction.commit());
}

void fill_alerts(World& world) {
  auto transaction = must(sql::Transaction::begin(world.db));
  Portion alerts(
      world.db,
      "insert into findings_alert (id, version, state, severity, subject_kind, subject, rule,"
      " typology, reason, agent, merchant, period, opened_sequence, first_at, last_at, decisions,"
      " snoozed_decisions, cooled_decisions, declined, amount, currency, assignee, snoozed_until,"
      " verdict, cool_until, act) values ($1, 1, $2, $3, 'merchant.id', $4, 'R1', 'T1', 'r', $5, $4,"
      " 1, 1, 1, 1, 1, 0, 0, 0, 0, 'CNY', $6, 1, '', 0, 0)",
      6);
  const std::int64_t count = std::clamp<std::int64_t>(world.decisions / 100, 1, 100'000);
  for (std::int64_t i = 0; i < count; ++i) {
    const std::int64_t at = world.any(tops * middles * leaves);
    alerts.text("alt_" + std::to_string(i)).text(i % 10 == 0 ? "open" : i % 97 == 0 ? "snoozed" : "closed");
    alerts.number(1 + world.any(4)).text("M" + std::to_string(world.any(world.merchants)));
    alerts.text(agent_name(at / (middles * leaves), at / leaves % middles, at % leaves));
    alerts.text(i % 20 == 0 ? "acc" : "");
    if (i % 5000 == 4999) alerts.write();
  }
  alerts.write();
  must(transaction.commit());
}

// SQLite makes an index of rows that are there many times faster than along with them.
class IndexesLater {
 public:
  explicit IndexesLater(sql::Connection& db) : db_(db) {
    if (db.dialect() != sql::Dialect::sqlite) return;
    const auto found =
        must(db.query("select name, sql from sqlite_master where type = 'index' and sql is not null"
                      " and tbl_name in ('decision', 'decision_hit')"));
    for (std::size_t i = 0; i < found.size(); ++i) {
      statements_.emplace_back(found[i].text(1));
      must(db.script("drop index " + std::string(found[i].text(0))));
    }
  }
  void make() {
    for (const std::string& statement : statements_) must(db_.script(statement));
  }

 private:
  sql::Connection& db_;
  std::vector<std::string> statements_;
};

// Four hundred days of trade; one in twenty fires.
void fill_decisions(World& world) {
  Portion rows(
      world.db,
      "insert into decision (sequence, admitted_at, event_time, kind, client, request_id, merchant,"
      " terminal, agent, channel, card, card_masked, amount, currency, amount_base, tx_type, tx_response,"
      " authorisation, settlement, subject, asked_authorisation, asked_settlement, asked_subject,"
      " severity, score_ppm, fired) values ($1, $2, $2, 'transaction', 'till', $3, $4, $5, 'A1',"
      " 'leshua', $6, '622200******1234', $7, 'CNY', $7, 'sale', '00', 0, 0, 0, $8, $9, 0, $10, 0, $11)",
      11);
  Portion hits(world.db, "insert into decision_hit values ($1, $2, $3, 'why', 2, 0, 0, 0)", 3);
  for (std::int64_t i = 1; i <= world.decisions;) {
    auto transaction = must(sql::Transaction::begin(world.db));
    for (const std::int64_t end = std::min(world.decisions, i + 4999); i <= end; ++i) {
      const std::int64_t shop = world.any(world.merchants);
      const bool fired = world.any(20) == 0;
      rows.number(i).number(
          t0 + static_cast<std::int64_t>(static_cast<double>(i) / static_cast<double>(world.decisions) *
                                         static_cast<double>(now - t0)));
      rows.text("tx-" + std::to_string(i)).text("M" + std::to_string(shop)).text("SN" + std::to_string(shop));
      rows.number(1 + world.any(world.decisions / 5 + 1)).number(world.any(1'000'000));
      rows.number(fired ? world.any(3) : 0).number(fired && world.any(10) == 0 ? 1 : 0);
      rows.number(fired ? 1 + world.any(4) : 0).number(fired ? 1 : 0);
      if (fired) {
        const std::int64_t rule = world.any(40);
        hits.number(i).text("R" + std::to_string(rule)).text("T" + std::to_string(rule / 4));
      }
    }
    rows.write();
    hits.write();
    must(transaction.commit());
  }
  auto transaction = must(sql::Transaction::begin(world.db));
  Portion hours(world.db, "insert into decision_hour values ($1, 'CNY', 1, 1, 1, 1, 1, 1)", 1);
  for (core::TimeMs hour = t0 - t0 % core::hour_ms; hour < now; hour += core::hour_ms) hours.number(hour);
  hours.write();
  Portion agents(world.db, "insert into registry_agent_hour values ($1, $2, 'CNY', 1, 1, 1, 1, 1, 1)", 2);
  for (core::TimeMs hour = now - 3 * core::day_ms; hour < now; hour += core::hour_ms)
    for (std::int64_t at = 0; at < tops * middles * leaves; ++at)
      agents.text(agent_name(at / (middles * leaves), at / leaves % middles, at % leaves))
          .number(hour - hour % core::hour_ms);
  agents.write();
  must(transaction.commit());
}

class Bench {
 public:
  explicit Bench(World& world) : world_(world) {
    desk::add_decision_routes(routes_, {&territory_, nullptr});
    desk::add_decision_export(routes_, {&territory_, nullptr});
    desk::add_home_routes(routes_, {&territory_, &system_, 480});
    caller_.account = "acc";
  }

  void run() {
    fmt::print("{:46} {:>9} {:>9} {:>9} {:>9}\n", "milliseconds", "median", "99th", "CPU", "CPU 99th");
    const auto shop = [&] { return "M" + std::to_string(world_.any(world_.merchants)); };
    list("all", [] { return desk_parameters(); });
    list("fired", [] { return desk_parameters({{"fired", "true"}}); });
    list("declined", [] { return desk_parameters({{"authorisation", "decline"}}); });
    list("held (of those that fired)", [] { return desk_parameters({{"settlement", "hold"}}); });
    list("one rule", [&] { return desk_parameters({{"rule", "R" + std::to_string(world_.any(40))}}); });
    list("one typology",
         [&] { return desk_parameters({{"typology", "T" + std::to_string(world_.any(10))}}); });
    list("one merchant", [&] { return desk_parameters({{"merchant", shop()}}); });
    list("one card",
         [&] { return desk_parameters({{"card", std::to_string(1 + world_.any(world_.decisions / 5))}}); });
    list("a leaf agent", [&] { return desk_parameters({{"agent", leaf()}}); });
    list("a top agent", [&] { return desk_parameters({{"agent", agent_name(world_.any(tops))}}); });
    list("a week by admission", [&] {
      const core::TimeMs from = t0 + world_.any(390) * core::day_ms;
      return desk_parameters(
          {{"from", core::format_time(from)}, {"to", core::format_time(from + 7 * core::day_ms)}});
    });
    list("an hour by event", [&] {
      const core::TimeMs from = t0 + world_.any(390 * 24) * core::hour_ms;
      return desk_parameters(
          {{"event_from", core::format_time(from)}, {"event_to", core::format_time(from + core::hour_ms)}});
    });
    list("nothing to be found (stops at its bound)",
         [] { return desk_parameters({{"min_amount", "2000000"}}); });
    scoped("of a leaf agent's account", [&] { return leaf(); });
    scoped("of a top agent's account", [&] { return agent_name(world_.any(tops)); });
    time("home of who sees half the tree", [&] {
      std::vector<std::string> half;
      for (std::int64_t top = 0; top < tops / 2; ++top) half.push_back(agent_name(top));
      territory_.scope = registry::Scope::under(half);
      ask("getHome", {});
    });
    territory_.scope = registry::Scope::everything();
    time("around a decision", [&] {
      ask("getAroundDecision", {}, engine::decision_id(core::Sequence(static_cast<std::uint64_t>(depth()))));
    });
    time("a file of 10,000 rows, all its slices", [&] { ask("exportDecisions", {}); });
    std::optional<desk::Slices> file;
    time("one slice of it", [&] {
      if (!file) file = answer("exportDecisions", {}).slices;
      if (must(file->next(world_.db, caller_, now))) file.reset();
    });
    time("home", [&] { ask("getHome", {}); });
    time("health", [&] { ask("getHealth", {}); });
  }

 private:
  using Parameters = http::Parameters;
  static Parameters desk_parameters(Parameters parameters = {}) { return parameters; }
  std::string leaf() { return agent_name(world_.any(tops), world_.any(middles), world_.any(leaves)); }
  std::int64_t depth() { return 1 + world_.any(world_.decisions); }

  void ask(std::string_view name, Parameters parameters, std::string variable = "") {
    const desk::Answer given = answer(name, std::move(parameters), std::move(variable));
    std::optional<http::Response> last;
    while (given.slices && !last) last = must(given.slices->next(world_.db, caller_, now));
    CHECK((last ? *last : given.response).status == 200);
  }
  desk::Answer answer(std::string_view name, Parameters parameters, std::string variable = "") {
    const auto row = std::ranges::find(routes_.rows(), name, [](const auto& one) { return one.route.name; });
    CHECK(row != routes_.rows().end());
    std::optional<sql::Transaction> transaction;
    if (row->route.store == desk::Store::read)
      transaction.emplace(must(sql::Transaction::begin_read(world_.db)));
    desk::Call call(world_.db, caller_, now);
    call.parameters = std::move(parameters);
    if (!variable.empty()) call.variables.push_back(std::move(variable));
    desk::Answer given = must(row->function(call));
    if (transaction) must(transaction->commit());
    return given;
  }
  template <class Make>
  void list(const std::string& name, Make make) {
    time(name + ", newest", [&] { ask("listDecisionItems", make()); });
    time(name + ", deep", [&] {
      Parameters parameters = make();
      parameters.emplace_back("cursor", desk::write_cursor("decisions", {depth()}));
      ask("listDecisionItems", std::move(parameters));
    });
  }
  template <class Who>
  void scoped(const std::string& name, Who who) {
    const auto as = [&](auto what) {
      return [this, who, what] {
        territory_.scope = registry::Scope::under({who()});
        what();
      };
    };
    time("list " + name + ", deep",
         as([this] { ask("listDecisionItems", {{"cursor", desk::write_cursor("decisions", {depth()})}}); }));
    time("fired " + name + ", newest", as([this] { ask("listDecisionItems", {{"fired", "true"}}); }));
    time("home " + name, as([this] { ask("getHome", {}); }));
    territory_.scope = registry::Scope::everything();
  }
  template <class Question>
  void time(const std::string& name, Question question) {
    std::vector<double> took, cpu;
    question();  // statements are prepared once
    for (std::size_t i = 0; i < rounds; ++i) {
      const Steady::time_point start = Steady::now();
      const double cpu_start = cpu_seconds();
      question();
      cpu.push_back((cpu_seconds() - cpu_start) * 1000);
      took.push_back(seconds_since(start) * 1000);
    }
    std::ranges::sort(took);
    std::ranges::sort(cpu);
    constexpr std::size_t at_99 = rounds * 99 / 100 - 1;
    fmt::print("{:46} {:9.2f} {:9.2f} {:9.2f} {:9.2f}\n", name, took[rounds / 2], took[at_99],
               cpu[rounds / 2], cpu[at_99]);
  }

  World& world_;
  OneScope territory_;
  StillSystem system_;
  desk::Routes routes_;
  desk::Caller caller_;
};

int run(int argc, char** argv) {
  if (argc < 2 || argc > 4) {
    fmt::print(stderr,
               "usage: decisions_room_bench URL [decisions, default 1000000] [merchants, default 100000]\n");
    return 2;
  }
  const std::int64_t decisions = argc > 2 ? std::atoll(argv[2]) : 1'000'000;
  const std::int64_t merchants = argc > 3 ? std::atoll(argv[3]) : 100'000;
  CHECK(decisions > 100 && merchants > 100);
  const auto database = must(sql::open_database(argv[1]));
  const auto connection = must(database->connect());
  must(sql::migrate(*connection, sql::migrations(), t0));
  World world{*connection, decisions, merchants};
  if (must(connection->query("select 1 from registry_merchant limit 1")).empty()) {
    if (connection->dialect() == sql::Dialect::sqlite)
      must(connection->script("pragma synchronous = off; pragma cache_size = -524288"));
    const Steady::time_point start = Steady::now();
    fill_registry(world);
    fill_alerts(world);
    IndexesLater indexes(*connection);
    fill_decisions(world);
    indexes.make();
    if (connection->dialect() == sql::Dialect::postgres) must(connection->script("analyze"));
    fmt::print("made {} decisions and {} merchants in {:.0f} s\n", decisions, merchants,
               seconds_since(start));
  }
  // As the desk has it.
  const auto fresh = must(database->connect());
  World asked{*fresh, decisions, merchants};
  Bench(asked).run();
  return 0;
}

}  // namespace
}  // namespace tillwatch

int main(int argc, char** argv) {
  return tillwatch::run(argc, argv);
}
