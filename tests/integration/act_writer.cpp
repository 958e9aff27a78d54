// The writing half of act_kills.py, killed by it at any instant: changes rows of its own and appends the acts
// that speak of them, from several connections, until its standard input ends. Tells what was committed on
// standard output, which is the test's record: "ok ID NUMBER" after a commit, "maybe ID NUMBER" where its
// answer was lost.
//   act_writer write URL CONNECTIONS SEED [SABOTAGE]
//   act_writer journal DATA LAST    what of the journal the test compares: "act SEQUENCE NUMBER EPOCH
//   DIGEST", "decision
//                                   SEQUENCE", up to LAST
#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "core/check.h"
#include "journal/reader.h"
#include "payment/entry.h"
#include "posix/disk.h"
#include "relay/act.h"
#include "sql/database.h"

namespace {

using namespace tillwatch;
using payment::AttributeId;
using payment::EntryBuilder;
using payment::EntryKind;
using payment::Value;

std::mutex telling;

void tell(std::string_view word, const std::string& id, std::int64_t number) {
  const std::scoped_lock hold(telling);
  const std::string line = fmt::format("{} {} {}\n", word, id, number);
  CHECK(::write(STDOUT_FILENO, line.data(), line.size()) == static_cast<ssize_t>(line.size()));
}

// What the act asks of the engine; nothing for one that is only counted. Some of it cannot be obeyed.
bool wanted_entry(std::uint64_t dice, EntryBuilder& entry) {
  entry.clear();
  const std::string value = fmt::format("M{}", dice / 8 % 6);
  switch (dice % 8) {
    case 0:
    case 1:
      entry.header.kind = EntryKind::list_change;
      entry.set(AttributeId::list_name, Value::of("probe"));
      entry.set(AttributeId::list_value, Value::of(std::string_view(value)));
      entry.set(AttributeId::list_action, Value::of(dice % 8 == 0 ? "add" : "remove"));
      return true;
    case 2:
      entry.header.kind = EntryKind::registry_command;
      entry.set(AttributeId::registry_entity, Value::of("merchant"));
      entry.set(AttributeId::registry_id, Value::of(std::string_view(value)));
      entry.set(AttributeId::registry_action, Value::of("set"));
      CHECK(entry.set_extra("status", Value::of("active")).has_value());
      return true;
    case 3:
      entry.header.kind = EntryKind::label;
      entry.header.flags = payment::flag_event_time_missing;
      entry.set(AttributeId::client, Value::of("till"));
      entry.set(AttributeId::tx_original_id,
                Value::of(std::string_view(fmt::format("tx-{}", dice / 8 % 500))));
      entry.set(AttributeId::label_fraud, Value::of(dice / 8 % 2 == 0));
      return true;
    case 4:
      entry.header.kind = EntryKind::list_change;  // without a value: refused
      entry.set(AttributeId::list_name, Value::of("probe"));
      return true;
    default:
      return false;
  }
}

core::Status change(sql::Connection& db, const std::string& id, std::mt19937_64& random,
                    core::Sabotage sabotage) {
  EntryBuilder entry;
  const bool asks = wanted_entry(random(), entry);
  const std::string subject = "probe:" + id;
  TRY(transaction, sql::Transaction::begin(db));
  const bool first = random() % 2 == 0;
  if (first) TRY_STATUS(db.execute("insert into act_probe (id, act) values ($1, 0)", {std::string_view(id)}));
  TRY(number,
      relay::append(db, {"probe.made", "writer", subject, R"({"by": "test"})", 5, asks ? &entry : nullptr},
                    sabotage));
  if (!first)
    TRY_STATUS(db.execute("insert into act_probe (id, act) values ($1, $2)", {std::string_view(id), number}));
  else
    TRY_STATUS(db.execute("update act_probe set act = $1 where id = $2", {number, std::string_view(id)}));
  if (random() % 10 == 0) return {};  // rolled back
  const core::Status done = transaction.commit();
  tell(done ? "ok" : "maybe", id, number);
  return done;
}

void write_on(sql::Database& database, int writer, std::uint64_t seed, core::Sabotage sabotage,
              const std::atomic<bool>& over) {
  std::mt19937_64 random(seed * 1000 + static_cast<std::uint64_t>(writer));
  core::Result<std::unique_ptr<sql::Connection>> db = core::fail(core::ErrorCode::unavailable, "", "");
  for (std::uint64_t n = 0; !over;) {
    if (!db) db = database.connect();
    if (!db) {
      pollfd input{STDIN_FILENO, POLLIN, 0};  // the server is down, and comes back, or the test ends
      (void)::poll(&input, 1, 20);
      continue;
    }
    const core::Status done = change(**db, fmt::format("{}-{}-{}", seed, writer, n++), random, sabotage);
    if (done) continue;
    if (done.error().code != core::ErrorCode::unavailable) {
      fmt::print(stderr, "act_writer: {}\n", done.error().to_string());
      std::_Exit(1);
    }
    db = core::fail(core::ErrorCode::unavailable, "", "");
  }
}

int write_acts(int argc, char** argv) {
  core::Sabotage sabotage;
  if (argc > 5) CHECK(sabotage.set(argv[5]));
  auto database = sql::open_database(argv[2]);
  CHECK(database.has_value());
  std::atomic<bool> over{false};
  std::vector<std::thread> writers;
  for (int w = 0; w < std::atoi(argv[3]); ++w)
    writers.emplace_back(
        [&, w] { write_on(**database, w, std::strtoull(argv[4], nullptr, 10), sabotage, over); });
  char byte = 0;
  while (::read(STDIN_FILENO, &byte, 1) > 0) {
  }
  over = true;
  for (std::thread& writer : writers) writer.join();
  return 0;
}

int print_journal(char** argv) {
  auto disk = posix::Disk::open_root(argv[2]);
  CHECK(disk.has_value());
  journal::Reader reader(**disk, "record/journal", core::Sequence(1));
  const core::Sequence last(std::strtoull(argv[3], nullptr, 10));
  payment::EntryView entry;
  while (true) {
    const auto record = reader.next(last);
    if (!record) {
      fmt::print(stderr, "act_writer: {}\n", record.error().to_string());
      return 1;
    }
    if (!*record) return 0;
    CHECK(entry.decode((*record)->entry).has_value());
    const std::uint64_t sequence = (*record)->sequence.value;
    if (entry.has(AttributeId::act_number))
      fmt::print("act {} {} {} {}\n", sequence, entry.get(AttributeId::act_number).integer(),
                 entry.text(AttributeId::act_epoch), entry.text(AttributeId::act_digest));
    if (!(*record)->decision.empty()) fmt::print("decision {}\n", sequence);
  }
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view what = argc > 1 ? argv[1] : "";
  if (what == "write" && argc >= 5) return write_acts(argc, argv);
  if (what == "journal" && argc == 4) return print_journal(argv);
  fmt::print(stderr,
             "usage: act_writer write URL CONNECTIONS SEED [SABOTAGE] | act_writer journal DATA LAST\n");
  return 2;
}
