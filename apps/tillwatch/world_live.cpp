#include "world_live.h"

#include <chrono>
#include <iostream>
#include <map>
#include <set>
#include <vector>

#include "fired_decision.h"
#include "json/writer.h"
#include "pace.h"
#include "posix/clock.h"
#include "progress_line.h"
#include "sender.h"
#include "spread.h"

namespace tillwatch {
namespace {

using traffic::Event;
using traffic::EventKind;
using Steady = std::chrono::steady_clock;

core::DurationMs shift_to_yesterday(world::Day last) {
  const core::TimeMs now = std::chrono::duration_cast<std::chrono::milliseconds>(
                               std::chrono::system_clock::now().time_since_epoch())
                               .count();
  return (world::day_of(now) - 1 - last) * core::day_ms;
}

// How often a rule hit, and what it hit by the truth.
struct Hits {
  std::uint64_t all = 0, fraud = 0, touched = 0, shadow = 0;
};

class WorldLive {
 public:
  WorldLive(const world::World& world, const telling::Cut& cut, int threads, const LiveOptions& options,
            ServerAddress server, std::string key)
      : options_(options),
        writer_(world, shift_to_yesterday(cut.last)),
        teller_(world, cut, telling::slice_purchases),
        threads_(threads),
        sender_(std::move(server), std::move(key), writer_, options.outstanding,
                [this](const Event& event, const HttpAnswer& answer) { return take(event, answer); }),
        reader_(json::Bounds{.depth_max = 16, .string_bytes_max = 65536}),
        progress_(clock_, ProgressLine::form_of_standard_error(false)),
        started_(Steady::now()),
        pace_(world.seed(), options.rate, options.jitter_percent, started_) {}

  core::Status run() {
    std::vector<traffic::Events> parts(teller_.parts());
    bool more = true;
    while (more && teller_.begin_turn()) {
      spread(threads_, teller_.parts(), [&](std::size_t part) { teller_.tell_part(part, parts[part]); });
      teller_.end_turn(parts);
      if (!teller_.is_told()) continue;
      for (const Event& event : teller_.ready()) {
        if (event.kind == EventKind::transaction && options_.limit > 0 && transactions_ == options_.limit) {
          more = false;
          break;
        }
        TRY_STATUS(tell(event));
      }
    }
    TRY_STATUS(sender_.finish());
    progress_.finish();
    summary();
    return {};
  }

 private:
  core::Status tell(const Event& event) {
    // What names a transaction comes after its answer; what Tillwatch declined never reached the issuer.
    if (event.original != 0) TRY_STATUS(sender_.settle(event.original));
    if (event.kind == EventKind::outcome && declined_.erase(event.original) != 0) {
      ++left_out_;
      return {};
    }
    TRY_STATUS(sender_.wait_until(pace_.next()));
    TRY_STATUS(sender_.send(event));
    if (sender_.paused_until() > pauses_seen_) {
      pauses_seen_ = sender_.paused_until();
      pace_.resume(Steady::now());
    }
    transactions_ += event.kind == EventKind::transaction ? 1 : 0;
    progress_.update(0, std::nullopt, sender_.sent());
    return {};
  }

  core::Status take(const Event& event, const HttpAnswer& answer) {
    if (event.kind != EventKind::transaction) return {};
    TRY(decision, read_decision(reader_, answer.body, options_.language));
    ++decisions_;
    repeated_ += answer.repeated ? 1 : 0;
    ++authorisations_[decision.authorisation];
    if (decision.settlement == "hold") ++holds_;
    if (decision.authorisation == "decline") declined_.insert(event.id);
    bool fired = false;
    for (const FiredReason& reason : decision.reasons) {
      Hits& hits = rules_[reason.rule];
      if (reason.shadow) {
        ++hits.shadow;
        continue;
      }
      fired = true;
      ++hits.all;
      hits.fraud += event.fraud ? 1 : 0;
      hits.touched += !event.fraud && event.instance != 0 ? 1 : 0;
    }
    fired_ += fired ? 1 : 0;
    return {};
  }

  void summary() const {
    const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(Steady::now() - started_).count();
    std::string out;
    json::Writer json(out);
    json.begin_object().member("events", sender_.sent()).member("transactions", transactions_);
    json.member("decisions", decisions_)
        .member("repeated", repeated_)
        .member("with_a_reason", fired_)
        .member("settlement_holds", holds_);
    json.key("authorisations").begin_object();
    for (const auto& [name, count] : authorisations_) json.member(name, count);
    json.end_object().member("outcomes_left_out", left_out_).member("milliseconds", took);
    json.member("held_back", sender_.held_back()).member("connections", sender_.connections());
    json.member("most_outstanding", sender_.most_outstanding()).key("rules").begin_object();
    for (const auto& [rule, hits] : rules_) {
      json.key(rule).begin_object().member("hits", hits.all).member("of_fraud", hits.fraud);
      json.member("of_touched", hits.touched).member("of_ordinary", hits.all - hits.fraud - hits.touched);
      json.member("shadow", hits.shadow).end_object();
    }
    json.end_object().end_object();
    std::cout << out << '\n' << std::flush;
  }

  const LiveOptions& options_;
  telling::Writer writer_;
  telling::Teller teller_;
  int threads_;
  Sender sender_;
  json::Reader reader_;
  posix::Clock clock_;
  ProgressLine progress_;
  Steady::time_point started_;
  Pace pace_;
  Steady::time_point pauses_seen_;
  std::set<traffic::EventId> declined_;
  std::map<std::string, std::uint64_t> authorisations_;
  std::map<std::string, Hits> rules_;
  std::uint64_t transactions_ = 0, decisions_ = 0, repeated_ = 0, fired_ = 0, holds_ = 0, left_out_ = 0;
};

}  // namespace

core::Status tell_live(const world::World& world, const telling::Cut& cut, int threads,
                       const LiveOptions& options) {
  TRY(server, parse_server(options.url));
  TRY(key, read_api_key(options.api_key_file));
  return WorldLive(world, cut, threads, options, server, key).run();
}

}  // namespace tillwatch
