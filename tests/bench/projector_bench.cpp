// Whether the projection keeps up with the engine: decisions under a real policy into a journal, then the
// journal into the database, each with its rate, and both at once on two threads; then the oldest tenth is
// deleted. Prints a table; judges nothing. Usage: projector_bench POLICY_FOLDER [decisions, default 1000000]
// [database URL]
#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "core/check.h"
#include "core/office_limits.h"
#include "findings/inbox.h"
#include "pipeline/pipeline.h"
#include "policy_folder.h"
#include "posix/disk.h"
#include "registry/agent_sums.h"
#include "registry/sighting_log.h"
#include "relay/projector.h"
#include "relay/retention.h"
#include "sql/database.h"
#include "sql/migration.h"

namespace {

using namespace tillwatch;
using payment::AttributeId;
using payment::EntryBuilder;
using payment::Value;
using Steady = std::chrono::steady_clock;

constexpr std::size_t batch = 64;
constexpr core::TimeMs t0 = 1'782'864'000'000;

// User and system time of this thread.
double cpu_seconds() {
  rusage used{};
  CHECK(::getrusage(RUSAGE_THREAD, &used) == 0);
  const auto of = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) * 1e-6;
  };
  return of(used.ru_utime) + of(used.ru_stime);
}

double seconds_since(Steady::time_point start) {
  return std::chrono::duration<double>(Steady::now() - start).count();
}

template <class T>
T must(core::Result<T> result) {
  if (!result) core::check_failed(__FILE__, __LINE__, result.error().to_string().c_str());
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

// 100,000 merchants, some of them large; three terminals each; a million cards.
class Traffic {
 public:
  EntryBuilder next() {
    const std::uint64_t skewed = random_() % 1000 < 600 ? random_() % 5'000 : random_() % 100'000;
    const std::string merchant = fmt::format("8981000{:08}", skewed);
    const core::TimeMs time = t0 + number_ * 20;
    EntryBuilder entry;
    entry.header = {payment::EntryKind::transaction, 0, 0, time, time};
    set(entry, AttributeId::client, "gateway");
    set(entry, AttributeId::id, fmt::format("20260703-{:012}", number_));
    set(entry, AttributeId::card_reference, fmt::format("token/acq:{:016x}", random_() % 1'000'000));
    set(entry, AttributeId::card_identity, "token");
    set(entry, AttributeId::card_masked,
        fmt::format("62{:04}******{:04}", random_() % 90, random_() % 10'000));
    set(entry, AttributeId::card_funding, random_() % 3 == 0 ? "credit" : "debit");
    set(entry, AttributeId::merchant_id, merchant);
    set(entry, AttributeId::merchant_mcc, "5411");
    set(entry, AttributeId::terminal_serial, fmt::format("SN{:08}{}", skewed, random_() % 3));
    set(entry, AttributeId::terminal_id, fmt::format("{:08}", skewed));
    set(entry, AttributeId::agent_id, fmt::format("A{:03}", skewed % 200));
    set(entry, AttributeId::currency, "CNY");
    set(entry, AttributeId::tx_type, "sale");
    set(entry, AttributeId::tx_entry_mode, "chip");
    entry.set(AttributeId::amount, Value::of(static_cast<std::int64_t>(random_() % 200'000 + 100)));
    ++number_;
    return entry;
  }

 private:
  static void set(EntryBuilder& entry, AttributeId id, std::string_view text) {
    entry.set(id, Value::of(text));
  }
  std::mt19937_64 random_{7};
  std::int64_t number_ = 0;
};

struct Bench {
  std::string folder;
  std::unique_ptr<posix::Disk> disk, reading;
  std::unique_ptr<pipeline::Pipeline> pipeline;
  std::unique_ptr<sql::Database> database;
  std::unique_ptr<sql::Connection> connection;
  findings::Inbox inbox{findings::Grouping{}};
  registry::SightingLog sightings;
  registry::AgentSums agent_sums;
  std::unique_ptr<relay::Projector> projector;
  Traffic traffic;
  std::vector<double> steps;  // milliseconds

  void decide(std::size_t count) {
    std::vector<EntryBuilder> entries;
    std::vector<pipeline::Submission> submissions;
    for (std::size_t done = 0; done < count; done += batch) {
      entries.clear();
      submissions.clear();
      for (std::size_t i = 0; i < batch; ++i) entries.push_back(traffic.next());
      for (const EntryBuilder& entry : entries) submissions.push_back({&entry, true});
      now = std::max(now, entries.back().header.event_time);
      for (const pipeline::Answer& answer : pipeline->process(submissions, now))
        CHECK(answer.kind == pipeline::Answer::Kind::decided);
      while (pipeline->idle(now)) {
      }
      durable.store(pipeline->last_durable().value);
    }
  }
  // Until nothing waits, or `enough`.
  void project(const std::atomic<bool>* enough = nullptr) {
    for (bool more = true; more && (enough == nullptr || !*enough);) {
      const auto start = Steady::now();
      more = must(projector->step(*connection, core::Sequence(durable.load())));
      steps.push_back(seconds_since(start) * 1000);
    }
  }
  std::atomic<std::uint64_t> durable{0};
  core::TimeMs now = t0;
};

void print_steps(std::vector<double>& steps) {
  if (steps.empty()) return;
  std::ranges::sort(steps);
  const auto at = [&](double share) {
    return steps[static_cast<std::size_t>(share * static_cast<double>(steps.size() - 1))];
  };
  fmt::print("  a transaction of {} rows: p50 {:.2f} ms, p99 {:.2f} ms, most {:.1f} ms\n",
             core::limits::projector_rows_max, at(0.5), at(0.99), steps.back());
  steps.clear();
}

void run(Bench& bench, std::size_t count) {
  fmt::print("{:>12} {:>14} {:>14} {:>14} {:>14}\n", "decisions", "engine /s", "projector /s",
             "engine CPU us", "projector");
  const std::size_t part = count / 10;
  for (int i = 1; i <= 9; ++i) {
    auto start = Steady::now();
    double cpu = cpu_seconds();
    bench.decide(part);
    const double decided = seconds_since(start), decided_cpu = cpu_seconds() - cpu;
    start = Steady::now();
    cpu = cpu_seconds();
    bench.project();
    const double projected = seconds_since(start), projected_cpu = cpu_seconds() - cpu;
    const auto rows = static_cast<double>(part);
    fmt::print("{:>12} {:>14.0f} {:>14.0f} {:>14.1f} {:>14.1f}\n", part * static_cast<std::size_t>(i),
               rows / decided, rows / projected, decided_cpu / rows * 1e6, projected_cpu / rows * 1e6);
    std::fflush(stdout);
  }
  print_steps(bench.steps);
  // The last part with both at work, as in serve.
  std::atomic<bool> over{false};
  const auto start = Steady::now();
  double decided = 0;
  std::thread engine([&] {
    bench.decide(part);
    decided = seconds_since(start);
    over = true;
  });
  while (!over) bench.project(&over);
  engine.join();
  const std::uint64_t behind = bench.durable.load() - bench.projector->position().value;
  bench.project();
  const double projected = seconds_since(start);
  fmt::print("both at once: engine {:.0f}/s; projected {:.0f}/s; {} behind when the engine ended\n",
             static_cast<double>(part) / decided, static_cast<double>(part) / projected, behind);
  print_steps(bench.steps);
}

void retire(Bench& bench) {
  const auto rows = must(bench.connection->query("select max(sequence) from decision"));
  const std::int64_t before = rows[0].integer(0) / 10;
  const auto edge = must(bench.connection->query(
      "select admitted_at from decision where sequence >= $1 order by sequence limit 1", {before}));
  const auto start = Steady::now();
  std::int64_t gone = 0;
  relay::Retention retention;
  while (true) {
    const auto step = Steady::now();
    const std::int64_t some = must(retention.step(*bench.connection, edge[0].integer(0)));
    if (some == 0) break;
    gone += some;
    bench.steps.push_back(seconds_since(step) * 1000);
  }
  std::ranges::sort(bench.steps);
  fmt::print("retention: {} decisions deleted at {:.0f}/s in steps of p99 {:.1f} ms\n", gone,
             static_cast<double>(gone) / seconds_since(start),
             bench.steps.empty() ? 0 : bench.steps[bench.steps.size() * 99 / 100]);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    fmt::print(stderr, "usage: projector_bench POLICY_FOLDER [decisions] [database URL]\n");
    return 2;
  }
  const std::size_t count = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 1'000'000;
  Bench bench;
  std::string pattern = (std::filesystem::temp_directory_path() / "projector-bench-XXXXXX").string();
  CHECK(::mkdtemp(pattern.data()) != nullptr);
  bench.folder = pattern;
  const std::string url = argc > 3 ? argv[3] : "sqlite:" + bench.folder + "/desk.db";
  bench.disk = must(posix::Disk::open_root(bench.folder));
  bench.reading = must(posix::Disk::open_root(bench.folder));
  bench.pipeline = must(pipeline::Pipeline::open(*bench.disk, {}, must(load_policy_folder(argv[1])), t0));
  bench.database = must(sql::open_database(url));
  bench.connection = must(bench.database->connect());
  must(sql::migrate(*bench.connection, sql::migrations(), t0));
  bench.projector = std::make_unique<relay::Projector>(
      *bench.reading, "data/journal",
      std::vector<relay::Projection*>{&bench.inbox, &bench.sightings, &bench.agent_sums});
  run(bench, count);
  retire(bench);
  const auto size = [](const std::string& path) {
    std::error_code error;
    const auto bytes = std::filesystem::file_size(path, error);
    return error ? 0 : bytes / 1'000'000;
  };
  if (argc <= 3) fmt::print("desk.db: {} MB\n", size(bench.folder + "/desk.db"));
  bench.pipeline.reset();
  std::filesystem::remove_all(bench.folder);
}
