#include "pipeline/verification.h"

#include "core/bytes.h"
#include "pipeline/pipeline_state.h"

namespace tillwatch::pipeline {

using payment::AttributeId;
using payment::EntryKind;

namespace {

core::Status open_stores(Pipeline::State& state) {
  TRY(there, state.disk.exists(state.options.directory + "/journal"));
  if (!there)
    return core::fail(core::ErrorCode::not_found, state.options.directory,
                      "there is no journal in this folder");
  TRY(bundles, journal::BundleStore::open(state.disk, state.options.directory + "/bundles"));
  state.bundles = std::move(bundles);
  journal::Options options;
  options.semantics_version = engine::semantics_version;
  TRY(journal, journal::Journal::open(state.disk, state.options.directory + "/journal", options));
  state.journal = std::move(journal);
  return {};
}

void compare(const journal::Record& record, const core::Bytes& recomputed, crypto::Sha256& hasher,
             Verification& result) {
  ++result.entries;
  if (recomputed != record.decision) {
    if (result.mismatches++ == 0) result.first_mismatch = record.sequence;
  }
  if (recomputed.empty()) return;
  ++result.decisions;
  core::Bytes size;
  core::ByteWriter(size).u64(recomputed.size());
  hasher.update(size);
  hasher.update(recomputed);
}

}  // namespace

core::Result<Verification> verify(ports::Disk& disk, const std::string& directory,
                                  core::DurationMs past_ms_max) {
  Options options;
  options.directory = directory;
  options.past_ms_max = past_ms_max;
  Pipeline::State state(disk, options);
  TRY_STATUS(open_stores(state));
  TRY_STATUS(state.begin_from_genesis(nullptr));
  TRY(reader, state.journal->reader(state.journal->first_sequence()));
  Verification result;
  crypto::Sha256 hasher;
  payment::EntryView view;
  engine::Decision decision;
  core::Bytes recomputed;
  while (true) {
    TRY(record, reader.next(state.journal->last_durable()));
    if (!record) break;
    TRY_STATUS(view.decode(record->entry));
    TRY_STATUS(state.before_replayed(view, record->sequence));
    recomputed.clear();
    if (state.engine->step(record->sequence, view, decision)) engine::encode(decision, recomputed);
    (void)state.engine->take_commands();
    compare(*record, recomputed, hasher, result);
  }
  result.hash = hasher.finish();
  return result;
}

}  // namespace tillwatch::pipeline
