#include "live_run.h"

#include <algorithm>
#include <chrono>
#include <fstream>
#include <iostream>
#include <map>
#include <set>
#include <thread>
#include <vector>

#include "blocking_client.h"
#include "fired_decision.h"
#include "simulator/day.h"
#include "simulator/score.h"

namespace tillwatch {
namespace {

using simulator::Event;
using simulator::EventKind;
using simulator::World;
using Steady = std::chrono::steady_clock;

constexpr std::size_t batch_max = 64;
constexpr int shown_max = 2;  // decisions shown in full for each rule and merchant

core::TimeMs wall_time() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

class LiveRun {
 public:
  LiveRun(const World& world, const simulator::Writer& writer, const LiveOptions& options,
          ServerAddress server, std::string key, BlockingClient client)
      : world_(world),
        writer_(writer),
        options_(options),
        server_(std::move(server)),
        key_(std::move(key)),
        client_(std::move(client)),
        reader_(json::Bounds{.depth_max = 16, .string_bytes_max = 65536}),
        score_(world),
        started_(Steady::now()) {}

  core::Result<int> run() {
    simulator::EventStream stream(world_, world_.config().first_day, world_.last_day(), true);
    while (const Event* event = stream.next()) {
      if (!keep_pace(*event)) continue;
      if (depends_on_batch(*event) || batch_.size() >= batch_max) TRY_STATUS(flush());
      // What Tillwatch declined never reached the issuer, so there is no answer of his to tell.
      if (event->kind == EventKind::outcome && declined_.erase(event->original) != 0) continue;
      batch_.push_back(*event);
    }
    TRY_STATUS(flush());
    summary();
    return options_.once && !score_.missed().empty() ? 3 : 0;
  }

 private:
  // False: the event lies in the future and this run does not wait for it.
  bool keep_pace(const Event& event) {
    const core::TimeMs due = writer_.told_time(event.arrival);
    if (due > wall_time()) {
      if (options_.once) {
        ++future_;
        return false;
      }
      if (!waiting_) {
        const core::Status flushed = flush();
        if (!flushed) std::cerr << "simulate: " << flushed.error().to_string() << '\n';
        std::cout << "-- the stream has caught up with the clock and keeps pace with it from here --\n"
                  << std::flush;
      }
      waiting_ = true;
      std::this_thread::sleep_for(std::chrono::milliseconds(due - wall_time()));
    }
    if (options_.rate > 0) {
      const auto slot = std::chrono::nanoseconds(1'000'000'000) *
                        static_cast<std::int64_t>(sent_ + batch_.size()) / options_.rate;
      std::this_thread::sleep_until(started_ + slot);
    }
    return true;
  }

  bool depends_on_batch(const Event& event) const {
    if (waiting_ || (options_.rate > 0 && options_.rate < 100)) return true;
    if (event.original == 0) return false;
    for (const Event& sent : batch_)
      if (sent.id == event.original) return true;
    return false;
  }

  core::Status flush() {
    if (batch_.empty()) return {};
    std::string bytes, body;
    for (const Event& event : batch_) {
      writer_.event(event, body);
      bytes += http_request("POST", event.kind == EventKind::transaction ? "/v1/decisions" : "/v1/events",
                            server_, key_, body);
    }
    TRY_STATUS(client_.send(bytes));
    for (const Event& event : batch_) {
      TRY(answer, client_.receive());
      ++sent_;
      if (answer.status != 200)
        return core::fail(core::ErrorCode::invalid,
                          "status " + std::to_string(answer.status) + " for event " + writer_.id_of(event.id),
                          answer.body);
      if (event.kind != EventKind::transaction) continue;
      TRY(decision, read_decision(reader_, answer.body, options_.language));
      take(event, decision);
    }
    batch_.clear();
    return {};
  }

  void take(const Event& event, const FiredDecision& decision) {
    ++decided_;
    if (decision.authorisation == "decline") declined_.insert(event.id);
    std::vector<simulator::FiredRule> fired;
    for (const FiredReason& reason : decision.reasons)
      if (!reason.shadow) fired.push_back({reason.typology, reason.severity});
    score_.seen(event, fired);
    if (!decision.standing.empty()) ++stood_against_;
    if (fired.empty()) return;
    ++fired_;
    bool show = false;
    for (const FiredReason& reason : decision.reasons)
      if (!reason.shadow && ++shown_[{reason.rule, event.merchant}] <= shown_max) show = true;
    if (show) print(event, decision);
  }

  void print(const Event& event, const FiredDecision& decision) {
    const simulator::Merchant& merchant = world_.merchants()[event.merchant];
    constexpr core::DurationMs offset = simulator::utc_offset_minutes * core::minute_ms;
    std::string time = core::format_time(writer_.told_time(event.time) + offset);
    time = time.substr(5, 5) + " " + time.substr(11, 5);
    std::cout << time << "  " << merchant.code << " (" << merchant.kind->name << ")  "
              << (event.type == simulator::TxType::refund ? "refund " : "") << money_words(event.amount)
              << " CNY  " << outcome_words(decision, options_.language) << "  [" << decision.id << "]\n";
    for (const FiredReason& reason : decision.reasons)
      if (!reason.shadow) std::cout << "    " << reason.rule << ": " << reason.text << '\n';
    std::cout << std::flush;
  }

  void summary() const {
    const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(Steady::now() - started_).count();
    std::cout << "\n"
              << sent_ << " events in " << took / 1000 << "." << took / 100 % 10 << " s: " << decided_
              << " decisions, " << fired_ << " with a reason, " << stood_against_
              << " met a standing restriction";
    if (future_ > 0) std::cout << "; " << future_ << " events lie after this moment and were left out";
    std::cout
        << "\n\ntypology   planted   found   look-alikes   of them fired   other honest merchants fired\n";
    for (const auto& [typology, row] : score_.result()) {
      std::string line = typology;
      const auto column = [&line](std::size_t at, int value) {
        line.resize(std::max(at, line.size()), ' ');
        line += std::to_string(value);
      };
      column(11, row.planted);
      column(21, row.found);
      column(29, row.look_alikes);
      column(43, row.look_alikes_fired);
      column(59, row.honest_fired);
      std::cout << line << '\n';
    }
    for (const std::string& name : score_.missed()) std::cout << "not found: " << name << '\n';
    for (const std::string& name : score_.mistaken()) std::cout << "look-alike that fired: " << name << '\n';
  }

  const World& world_;
  const simulator::Writer& writer_;
  const LiveOptions& options_;
  ServerAddress server_;
  std::string key_;
  BlockingClient client_;
  json::Reader reader_;
  simulator::Score score_;
  std::vector<Event> batch_;
  std::set<simulator::EventId> declined_;
  std::map<std::pair<std::string, std::uint32_t>, int> shown_;
  Steady::time_point started_;
  std::uint64_t sent_ = 0, decided_ = 0, fired_ = 0, stood_against_ = 0, future_ = 0;
  bool waiting_ = false;
};

}  // namespace

core::Result<std::string> read_api_key(const std::string& path) {
  std::ifstream file(path);
  std::string key;
  if (!file || !std::getline(file, key) || key.empty())
    return core::fail(core::ErrorCode::not_found, path,
                      "holds no API key; make one with `tillwatch admin api-key create`");
  while (!key.empty() && (key.back() == '\r' || key.back() == ' ')) key.pop_back();
  return key;
}

core::Result<int> run_live(const World& world, const simulator::Writer& writer, const LiveOptions& options) {
  TRY(server, parse_server(options.url));
  TRY(key, read_api_key(options.api_key_file));
  TRY(client, BlockingClient::connect(server));
  return LiveRun(world, writer, options, server, key, std::move(client)).run();
}

}  // namespace tillwatch
