// Opening a data directory: the newest snapshot, then the tail of the journal stepped again, each decision
// compared with the stored one.
#include <fmt/format.h>

#include <algorithm>

#include "core/check.h"
#include "pipeline/pipeline_state.h"

namespace tillwatch::pipeline {

using core::ErrorCode;
using payment::AttributeId;
using payment::EntryKind;

engine::BundlePointer Pipeline::State::bundle_of(const std::string& hash_hex) {
  if (const auto at = loaded.find(hash_hex); at != loaded.end()) return at->second;
  crypto::Digest256 name{};
  if (hash_hex.size() != name.size() * 2) return nullptr;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const auto digit = [](char c) {
      return c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= '0' && c <= '9' ? c - '0' : -1;
    };
    const int high = digit(hash_hex[2 * i]), low = digit(hash_hex[2 * i + 1]);
    if (high < 0 || low < 0) return nullptr;
    name[i] = static_cast<unsigned char>(high << 4 | low);
  }
  const core::Result<std::string> packed = bundles->get(name);
  if (!packed) return nullptr;
  const core::Result<engine::BundlePointer> bundle = policy::Bundle::restore(*packed);
  if (!bundle) return nullptr;
  return loaded.emplace(hash_hex, *bundle).first->second;
}

core::Status Pipeline::State::keep_bundle(const engine::BundlePointer& bundle) {
  TRY(name, bundles->put(bundle->packed()));
  CHECK(name == bundle->hash());
  loaded[policy::to_hex(bundle->hash())] = bundle;
  return {};
}

engine::Options Pipeline::State::engine_options() const {
  engine::Options engine_options;
  engine_options.lateness_ms = options.past_ms_max;
  engine_options.hash_key = options.hash_key;
  engine_options.window_limits = options.window_limits;
  engine_options.sabotage = options.sabotage;
  return engine_options;
}

core::Status Pipeline::State::recover(const engine::BundlePointer& bundle) {
  recovery.last = journal->last_durable();
  recovery.truncated_bytes = journal->recovery().truncated_bytes;
  TRY_STATUS(load_snapshot());
  if (engine) return replay_tail();
  TRY_STATUS(begin_from_genesis(bundle));
  return replay_tail();
}

// An engine before the journal's first entry, which always names the policy it begins under; `bundle` where
// there is no entry yet.
core::Status Pipeline::State::begin_from_genesis(const engine::BundlePointer& bundle) {
  engine::BundlePointer first = bundle;
  if (journal->last_durable().value != 0) {
    const core::Sequence oldest = journal->first_sequence();
    TRY(record, journal->read(oldest));
    payment::EntryView view;
    TRY_STATUS(view.decode(record.entry));
    if (oldest.value != 1 || view.kind() != EntryKind::policy_swap)
      return core::fail(ErrorCode::corrupt, options.directory,
                        "there is no intact snapshot, and the journal's beginning has been retired");
    first = bundle_of(std::string(view.text(AttributeId::policy_bundle)));
    if (!first)
      return core::fail(ErrorCode::not_found, options.directory + "/bundles",
                        "the policy that the journal begins under is not kept");
  }
  if (!first) return core::fail(ErrorCode::invalid, "policy", "a new data directory needs a policy");
  TRY(fresh, engine::Engine::create(engine_options(), first,
                                    [this](const std::string& hash) { return bundle_of(hash); }));
  engine = std::move(fresh);
  return {};
}

// What an entry needs from outside the step: the past of new features, and the policy it names.
core::Status Pipeline::State::before_replayed(const payment::EntryView& view, core::Sequence sequence) {
  if (view.kind() != EntryKind::policy_swap) return {};
  if (view.text(AttributeId::policy_stage) == "backfilled") return backfill_now(sequence);
  if (bundle_of(std::string(view.text(AttributeId::policy_bundle)))) return {};
  return core::fail(
      ErrorCode::not_found, options.directory + "/bundles",
      fmt::format("the policy that entry {} puts in force is not kept; restore the bundles folder",
                  sequence.value));
}

core::Status Pipeline::State::load_snapshot() {
  SnapshotLoading loading(engine_options(), [this](const std::string& hash) { return bundle_of(hash); });
  TRY(load, snapshots->load_newest(loading, journal->last_durable()));
  if (!load.header) return {};
  core::Result<std::unique_ptr<engine::Engine>> restored = loading.finish();
  // A snapshot that reads well but does not become an engine is passed over: the journal gives the same
  // state.
  if (!restored) return {};
  engine = std::move(*restored);
  orphans = loading.take_orphans();
  recovery.snapshot = load.header->position;
  last_snapshot = load.header->position;
  return {};
}

core::Status Pipeline::State::replay_tail() {
  if (options.sabotage.skip_journal_tail) return {};
  TRY(reader,
      journal->reader(core::Sequence(std::max(engine->last().value + 1, journal->first_sequence().value))));
  const core::Sequence last = journal->last_durable();
  payment::EntryView view;
  engine::Decision decision;
  core::Bytes encoded;
  while (true) {
    TRY(record, reader.next(last));
    if (!record) break;
    TRY_STATUS(view.decode(record->entry));
    TRY_STATUS(before_replayed(view, record->sequence));
    if (view.kind() == EntryKind::transaction && !orphans.empty())
      (void)orphans.take(journal_key(payment::key_of(view)));  // what they led to is in the journal
    if ((view.header().flags & payment::flag_orphan) != 0) {
      payment::EntryBuilder probe;
      probe.header.kind = view.kind();
      for (const AttributeId id : {AttributeId::client, AttributeId::tx_original_id})
        if (view.has(id)) probe.set(id, view.get(id));
      note_orphan(probe, record->sequence);
    }
    if (engine->step(record->sequence, view, decision))
      engine::encode(decision, encoded);
    else
      encoded.clear();
    if (encoded != record->decision) recovery.decisions_match = false;
    (void)engine->take_commands();  // what they led to is in the journal
    ++recovery.replayed;
  }
  return {};
}

// During recovery the past of new features is computed at once: the `backfilled` entry was decided on exactly
// these records.
core::Status Pipeline::State::backfill_now(core::Sequence before) {
  if (!engine->backfill_need()) return {};
  TRY(work, engine::Backfill::begin(*engine));
  TRY(reader, journal->reader(journal->first_sequence()));
  while (true) {
    TRY(record, reader.next(core::Sequence(before.value - 1)));
    if (!record) break;
    TRY_STATUS(work->feed(record->sequence, record->entry, record->decision));
  }
  engine->offer(work->take());
  return {};
}

}  // namespace tillwatch::pipeline
