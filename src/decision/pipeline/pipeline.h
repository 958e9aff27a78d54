// The pipeline: admission, idempotency, the engine's step and the journal as one durable unit: decide a
// batch, append entries and decisions together, sync once, then answer. Called by edge/api (serve), by import
// and by tests. One owner, one thread. Never answers what is not durable; after a disk error it is dead and
// says so.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "core/limits.h"
#include "core/sabotage.h"
#include "core/strong.h"
#include "core/time.h"
#include "crypto/hash.h"
#include "engine/decision.h"
#include "journal/journal.h"
#include "payment/entry.h"
#include "pipeline/act.h"
#include "ports/disk.h"
#include "window/store.h"

namespace tillwatch::engine {
class Engine;
struct ActPosition;
}  // namespace tillwatch::engine
namespace tillwatch::policy {
class Bundle;
}

namespace tillwatch::pipeline {

struct Options {
  std::string directory = "data";
  std::uint64_t segment_bytes = 0;           // 0: core::limits::journal_segment_bytes_default
  std::uint64_t snapshot_every = 1'000'000;  // entries between snapshots
  core::DurationMs past_ms_max = core::limits::event_time_past_ms_max;
  core::DurationMs future_ms_max = core::limits::event_time_future_ms_max;
  crypto::SipKey hash_key{};  // the installation's (installation.h); the same over restarts
  window::StoreLimits window_limits;
  bool create = true;  // make the data directory where it is not
  core::Sabotage sabotage;
};

// One request for the pipeline. The builder's header.event_time is the caller's (flag_event_time_missing
// where it gave none); flag_history makes it history; admitted_at is set here.
struct Submission {
  const payment::EntryBuilder* entry = nullptr;  // borrowed until process() returns
  bool record = true;                            // false: a dry run, nothing is kept
};

struct Answer {
  enum class Kind : std::uint8_t {
    decided,    // new and durable; `decision` is set for kinds that are decided
    repeated,   // the same content under the same key before: the stored decision, byte for byte
    conflict,   // other content under the same key: nothing was done
    dry_run,    // decided, not recorded
    refused,    // `error` says why; nothing was recorded
    undurable,  // the journal failed: the outcome is unknown to the caller, the process must stop
  };
  Kind kind = Kind::refused;
  core::Sequence sequence;
  std::string entry;     // canonical bytes as stored
  std::string decision;  // engine::decode reads it; empty for history and facts
  core::Error error;
};

struct RecoveryReport {
  core::Sequence snapshot;     // position of the snapshot that was loaded, 0 for none
  core::Sequence last;         // last entry of the journal
  std::uint64_t replayed = 0;  // entries stepped through again
  std::uint64_t truncated_bytes = 0;
  bool decisions_match = true;  // every replayed decision equals the stored one
};

struct Counters {
  std::uint64_t entries = 0, decisions = 0, repeated = 0, conflicts = 0, refused = 0, batches = 0,
                snapshots = 0;
  std::uint64_t orphans = 0, rematched = 0, event_times_replaced = 0, snapshot_failures = 0, backfills = 0;
};

class Pipeline {
 public:
  // Opens or creates the data directory, recovers the state. `bundle` is the policy to run: where it differs
  // from the one in force a policy_swap entry is journalled. `now`: wall time, the first admission is not
  // earlier than the journal's last.
  static core::Result<std::unique_ptr<Pipeline>> open(ports::Disk& disk, const Options& options,
                                                      std::shared_ptr<const policy::Bundle> bundle,
                                                      core::TimeMs now);
  ~Pipeline();
  Pipeline(const Pipeline&) = delete;
  Pipeline& operator=(const Pipeline&) = delete;

  // Decides the submissions in order as one batch, makes them durable, and returns one answer each, in the
  // same order.
  std::vector<Answer> process(std::span<const Submission> submissions, core::TimeMs now);

  // Journals acts of people in order, as one durable batch. Each is journalled once: one that has been seen
  // is answered as such. One whose entry cannot be made, or that the engine would refuse, is journalled as
  // kind act with the refusal, so that it holds nobody up. Stops at the first that does not follow the last
  // (out_of_order), which means that the database is not the one of this journal.
  std::vector<ActAnswer> journal_acts(std::span<const ActSubmission> acts, core::TimeMs now);
  // The last act that was journalled.
  const engine::ActPosition& acts() const;

  // Work between batches, bounded: snapshot pages, backfill steps, a tick when a second has passed. True:
  // call again soon.
  bool idle(core::TimeMs now);

  // Puts another policy in force (journalled); features that are new are backfilled by idle().
  core::Status swap_policy(std::shared_ptr<const policy::Bundle> bundle, core::TimeMs now);

  // A durable record. Errors: not_found, io, corrupt.
  core::Result<journal::OwnedRecord> read(core::Sequence sequence);
  // The record of (client, kind, id), where it is durable.
  core::Result<core::Sequence> find(const payment::Digest128& key);
  core::Sequence last_durable() const;

  const engine::Engine& engine() const;
  const policy::Bundle& bundle() const;  // in force
  std::shared_ptr<const policy::Bundle> bundle_of(
      const std::array<unsigned char, 32>& hash);  // nullptr where it is not kept
  const RecoveryReport& recovery() const;
  const Counters& counters() const;
  bool dead() const;  // the journal failed

  // Writes a snapshot of the present state and waits for it (graceful stop). Errors: io.
  core::Status snapshot_now();

  struct State;

 private:
  explicit Pipeline(std::unique_ptr<State> state);
  Answer consider(const Submission& submission, std::int64_t& batch_index);
  core::Result<std::string> entry_of_act(const ActSubmission& act, bool& orphan);
  core::Result<ActAnswer> journal_act(const ActSubmission& act);
  core::Result<bool> find_earlier(const payment::EntryView& view, const payment::Digest128& key,
                                  Answer& answer, std::int64_t& batch_index);
  std::unique_ptr<State> state_;
};

}  // namespace tillwatch::pipeline
