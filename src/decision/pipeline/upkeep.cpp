// What the pipeline does between batches: ticks, snapshots, backfills. Every call is bounded.
#include <algorithm>

#include "core/check.h"
#include "pipeline/pipeline_state.h"

namespace tillwatch::pipeline {

namespace {
constexpr std::uint32_t snapshot_pages_per_step = 16;  // one mebibyte
constexpr int backfill_records_per_step = 2000;
}  // namespace

bool Pipeline::idle(core::TimeMs now) {
  State& s = *state_;
  if (s.failure) return false;
  s.now = std::max(s.now, now);
  s.begin_batch();
  if (s.now - s.last_tick >= core::second_ms) {
    if (!s.tick_if_due() || !s.make_durable()) return false;
  }
  const core::Result<bool> maintained = s.journal->maintain();
  bool more = maintained && *maintained;
  more = s.step_backfill() || more;
  if (s.failure) return false;
  return s.step_snapshot() || more;
}

void Pipeline::State::cancel_snapshot() {
  taking.reset();
}

bool Pipeline::State::step_snapshot() {
  if (!taking) {
    if (backfill || engine->last().value - last_snapshot.value < options.snapshot_every) return false;
    last_snapshot = engine->last();
    core::Result<std::unique_ptr<SnapshotTaking>> begun = SnapshotTaking::begin(*engine, orphans, *snapshots);
    if (!begun) {
      ++counters.snapshot_failures;
      return false;
    }
    taking = std::move(*begun);
    return true;
  }
  const core::Result<bool> done = taking->copy_some(snapshot_pages_per_step);
  if (done && !*done) return true;
  ++(done ? counters.snapshots : counters.snapshot_failures);
  taking.reset();
  return false;
}

bool Pipeline::State::step_backfill() {
  if (!backfill) {
    if (!engine->backfill_need()) return false;
    core::Result<std::unique_ptr<engine::Backfill>> begun = engine::Backfill::begin(*engine);
    core::Result<journal::Reader> reader = journal->reader(journal->first_sequence());
    if (!begun || !reader) return false;
    backfill = std::move(*begun);
    backfill_reader = std::make_unique<journal::Reader>(std::move(*reader));
  }
  for (int i = 0; i < backfill_records_per_step; ++i) {
    const core::Result<std::optional<journal::Record>> record =
        backfill_reader->next(journal->last_durable());
    if (!record) {
      backfill.reset();
      (void)die(record.error());
      return false;
    }
    if (!*record) {
      // Caught up: the entry that puts the features in place follows at once, so it stands on exactly these
      // records.
      engine->offer(backfill->take());
      backfill.reset();
      backfill_reader.reset();
      payment::EntryBuilder done;
      done.header.kind = payment::EntryKind::policy_swap;
      done.set(payment::AttributeId::policy_bundle,
               payment::Value::of(std::string_view(policy::to_hex(engine->bundle().hash()))));
      done.set(payment::AttributeId::policy_stage, payment::Value::of("backfilled"));
      ++counters.backfills;
      if (!add_command(std::move(done))) return false;
      (void)make_durable();
      return false;
    }
    if (const core::Status fed = backfill->feed((*record)->sequence, (*record)->entry, (*record)->decision);
        !fed) {
      (void)die(fed.error());
      return false;
    }
  }
  return true;
}

core::Status Pipeline::snapshot_now() {
  State& s = *state_;
  if (s.failure) return std::unexpected(*s.failure);
  if (!s.taking) {
    TRY(begun, SnapshotTaking::begin(*s.engine, s.orphans, *s.snapshots));
    s.taking = std::move(begun);
  }
  while (true) {
    const core::Result<bool> done = s.taking->copy_some(1024);
    if (done && !*done) continue;
    s.taking.reset();
    if (!done) return std::unexpected(done.error());
    ++s.counters.snapshots;
    s.last_snapshot = s.engine->last();
    return {};
  }
}

}  // namespace tillwatch::pipeline
