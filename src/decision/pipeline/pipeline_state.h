// The parts of an open pipeline. Called by pipeline.cpp, recovery.cpp and upkeep.cpp only.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/backfill.h"
#include "engine/engine.h"
#include "journal/bundle_store.h"
#include "journal/journal.h"
#include "journal/snapshot_store.h"
#include "pipeline/admission.h"
#include "pipeline/orphan_table.h"
#include "pipeline/pipeline.h"
#include "pipeline/state_snapshot.h"

namespace tillwatch::pipeline {

// An entry of the batch in work: decided, not yet durable.
struct PendingRecord {
  core::Sequence sequence;
  journal::Key128 key;
  core::TimeMs admitted_at = 0;
  std::string entry;
  std::string decision;
};

struct Pipeline::State {
  State(ports::Disk& disk_in, Options options_in) : disk(disk_in), options(std::move(options_in)) {}

  ports::Disk& disk;
  Options options;
  std::unique_ptr<journal::Journal> journal;
  std::unique_ptr<journal::BundleStore> bundles;
  std::unique_ptr<journal::SnapshotStore> snapshots;
  std::map<std::string, engine::BundlePointer> loaded;  // by hash in hexadecimal
  std::unique_ptr<engine::Engine> engine;
  std::unique_ptr<SnapshotTaking> taking;
  std::unique_ptr<engine::Backfill> backfill;
  std::unique_ptr<journal::Reader> backfill_reader;
  RecoveryReport recovery;
  Counters counters;
  core::TimeMs now = core::time_min;  // monotone wall time of admissions
  core::TimeMs last_tick = core::time_min;
  core::Sequence last_snapshot;
  std::optional<core::Error> failure;
  std::vector<PendingRecord> batch;  // stepped, to be appended
  std::size_t batch_bytes = 0;
  std::size_t appended = 0;  // of `batch`, written but not yet synced
  std::map<journal::Key128, std::size_t> batch_keys;
  OrphanTable orphans;

  // Reading policies.
  engine::BundlePointer bundle_of(const std::string& hash_hex);
  core::Status keep_bundle(const engine::BundlePointer& bundle);
  engine::Options engine_options() const;

  // Opening.
  core::Status recover(const engine::BundlePointer& bundle);
  core::Status begin_from_genesis(const engine::BundlePointer& bundle);
  core::Status before_replayed(const payment::EntryView& view, core::Sequence sequence);
  core::Status load_snapshot();
  core::Status replay_tail();
  core::Status backfill_now(core::Sequence before);

  // The batch.
  void begin_batch();
  core::Sequence next_sequence() const;
  core::Result<std::optional<std::string>> find_original(const payment::Digest128& key);
  // Steps one encoded entry and puts it into the batch. Errors: unavailable (no space), io.
  core::Status add(std::string entry, const payment::Digest128& key);
  core::Status add_command(payment::EntryBuilder command);
  core::Status add_wanted_commands();
  void note_orphan(const payment::EntryBuilder& entry, core::Sequence sequence);
  core::Status rematch(const payment::Digest128& key, core::Sequence transaction);
  core::Status enter_again(core::Sequence sequence, const payment::EntryView& original);
  core::Status append_batch();
  core::Status make_durable();
  core::Status die(const core::Error& error);
  void cancel_snapshot();
  core::Status tick_if_due();

  // Upkeep.
  bool step_snapshot();
  bool step_backfill();
};

journal::Key128 journal_key(const payment::Digest128& digest);

}  // namespace tillwatch::pipeline
