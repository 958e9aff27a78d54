#include "pipeline/pipeline.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "core/check.h"
#include "pipeline/pipeline_state.h"

namespace tillwatch::pipeline {

using core::ErrorCode;
using payment::EntryBuilder;
using payment::EntryKind;
using payment::EntryView;

namespace {
constexpr std::size_t batch_bytes_soft = core::limits::journal_batch_bytes_max / 4;
constexpr std::size_t decision_bytes_likely = 16 * 1024;
}  // namespace

journal::Key128 journal_key(const payment::Digest128& digest) {
  journal::Key128 key;
  for (std::size_t i = 0; i < 8; ++i) {
    key.high = key.high << 8 | digest[i];
    key.low = key.low << 8 | digest[8 + i];
  }
  return key;
}

Pipeline::Pipeline(std::unique_ptr<State> state) : state_(std::move(state)) {}
Pipeline::~Pipeline() = default;

core::Result<std::unique_ptr<Pipeline>> Pipeline::open(ports::Disk& disk, const Options& options,
                                                       std::shared_ptr<const policy::Bundle> bundle,
                                                       core::TimeMs now) {
  auto state = std::make_unique<State>(disk, options);
  TRY_STATUS(disk.make_directory(options.directory));
  TRY(bundles, journal::BundleStore::open(disk, options.directory + "/bundles"));
  state->bundles = std::move(bundles);
  TRY(snapshots, journal::SnapshotStore::open(disk, options.directory + "/snapshots"));
  state->snapshots = std::move(snapshots);
  journal::Options journal_options;
  if (options.segment_bytes != 0) journal_options.segment_bytes = options.segment_bytes;
  journal_options.semantics_version = engine::semantics_version;
  journal_options.create = options.create;
  journal_options.sabotage = options.sabotage;
  TRY(journal, journal::Journal::open(disk, options.directory + "/journal", journal_options));
  state->journal = std::move(journal);
  TRY_STATUS(state->recover(bundle));
  state->now = std::max(now, state->engine->last_admitted());
  state->last_tick = state->now;
  std::unique_ptr<Pipeline> pipeline(new Pipeline(std::move(state)));
  if (pipeline->last_durable().value == 0 || (bundle && pipeline->bundle().hash() != bundle->hash()))
    TRY_STATUS(pipeline->swap_policy(bundle, now));
  return pipeline;
}

core::Status Pipeline::State::die(const core::Error& error) {
  if (!failure) failure = error;
  return std::unexpected(*failure);
}

void Pipeline::State::begin_batch() {
  batch.clear();
  batch_keys.clear();
  batch_bytes = 0;
  appended = 0;
}

core::Sequence Pipeline::State::next_sequence() const {
  return core::Sequence(engine->last().value + 1);
}

core::Result<std::optional<std::string>> Pipeline::State::find_original(const payment::Digest128& digest) {
  const journal::Key128 key = journal_key(digest);
  if (const auto at = batch_keys.find(key); at != batch_keys.end()) return batch[at->second].entry;
  TRY(sequence, journal->find_key(key));
  if (!sequence) return std::nullopt;
  TRY(record, journal->read(*sequence));
  return std::move(record.entry);
}

core::Status Pipeline::State::add(std::string entry, const payment::Digest128& digest) {
  PendingRecord record;
  record.key = journal_key(digest);
  record.entry = std::move(entry);
  // Room first: once the engine has stepped, the entry must not fail for want of space.
  const std::size_t wanted = batch_bytes + record.entry.size() + decision_bytes_likely;
  if (wanted > batch_bytes_soft || batch.size() - appended >= core::limits::journal_batch_records_max / 2)
    TRY_STATUS(append_batch());
  TRY_STATUS(journal->reserve(
      std::min(journal->records_bytes_max(), batch_bytes + record.entry.size() + decision_bytes_likely)));
  EntryView view;
  TRY_STATUS(view.decode(record.entry));
  record.admitted_at = view.header().admitted_at;
  record.sequence = next_sequence();
  const bool moves_generations = view.kind() == EntryKind::policy_swap || view.kind() == EntryKind::retract;
  if (moves_generations) cancel_snapshot();
  engine::Decision decision;
  if (engine->step(record.sequence, view, decision)) {
    engine::encode(decision, record.decision);
    ++counters.decisions;
  }
  ++counters.entries;
  batch_bytes += record.entry.size() + record.decision.size() + 64;
  batch.push_back(std::move(record));
  if (!batch.back().key.is_none()) batch_keys.emplace(batch.back().key, batch.size() - 1);
  return {};
}

core::Status Pipeline::State::add_command(EntryBuilder command) {
  command.header.admitted_at = now;
  command.header.event_time = command.header.raw_event_time = now;
  core::Bytes bytes;
  TRY_STATUS(command.encode(bytes));
  return add(std::move(bytes), {});
}

core::Status Pipeline::State::add_wanted_commands() {
  for (EntryBuilder& command : engine->take_commands()) TRY_STATUS(add_command(std::move(command)));
  return {};
}

core::Status Pipeline::State::append_batch() {
  if (failure) return std::unexpected(*failure);
  std::vector<journal::Record> records;
  for (std::size_t i = appended; i < batch.size(); ++i) {
    const PendingRecord& pending = batch[i];
    records.push_back({pending.sequence, pending.key, pending.entry, pending.decision, pending.admitted_at});
  }
  if (records.empty()) return {};
  if (const core::Status status = journal->append(records); !status) return die(status.error());
  appended = batch.size();
  batch_bytes = 0;
  return {};
}

core::Status Pipeline::State::make_durable() {
  const core::Status written = append_batch();
  if (!written) return written;
  ++counters.batches;
  if (options.sabotage.acknowledge_before_sync) return {};
  if (const core::Status status = journal->sync(); !status && !options.sabotage.retry_failed_sync)
    return die(status.error());
  return {};
}

core::Status Pipeline::State::tick_if_due() {
  if (now - last_tick < core::second_ms) return {};
  last_tick = now;
  EntryBuilder tick;
  tick.header.kind = EntryKind::tick;
  return add_command(std::move(tick));
}

// A refund or reversal is a fact of its own with its own card and merchant: it has been counted and decided
// on, and entering it once more would count it twice.
void Pipeline::State::note_orphan(const EntryBuilder& entry, core::Sequence sequence) {
  if (entry.header.kind == EntryKind::transaction) return;
  orphans.note(journal_key(original_key(entry)), sequence);
}

// The transaction that orphans named has come: they are entered once more, completed, in their order.
core::Status Pipeline::State::rematch(const payment::Digest128& digest, core::Sequence transaction) {
  const std::vector<core::Sequence> sequences = orphans.take(journal_key(digest));
  if (sequences.empty()) return {};
  CHECK(batch.back().sequence == transaction);
  const std::string original_bytes = batch.back().entry;
  EntryView original;
  TRY_STATUS(original.decode(original_bytes));
  for (const core::Sequence sequence : sequences) TRY_STATUS(enter_again(sequence, original));
  return {};
}

core::Status Pipeline::State::enter_again(core::Sequence sequence, const EntryView& original) {
  std::string stored;
  for (const PendingRecord& pending : batch)
    if (pending.sequence == sequence) stored = pending.entry;
  if (stored.empty()) {
    TRY(record, journal->read(sequence));
    stored = std::move(record.entry);
  }
  EntryView orphan;
  TRY_STATUS(orphan.decode(stored));
  EntryBuilder again;
  again.header = orphan.header();
  again.header.flags &= static_cast<std::uint16_t>(~payment::flag_orphan);
  again.header.admitted_at = now;
  for (const payment::AttributeInfo& info : payment::attributes())
    if (orphan.has(info.id) && info.id != payment::AttributeId::id &&
        info.id != payment::AttributeId::content_digest && !is_of_act(info.id))
      again.set(info.id, orphan.get(info.id));
  for (const EntryView::Extra& extra : orphan.extras()) TRY_STATUS(again.set_extra(extra.name, extra.value));
  complete_from(again, original);
  set_base_amount(again, engine->bundle().model().base_currency);
  core::Bytes bytes;
  TRY_STATUS(again.encode(bytes));
  ++counters.rematched;
  return add(std::move(bytes), {});
}

namespace {

Answer refusal(core::Error error) {
  Answer answer;
  answer.kind = Answer::Kind::refused;
  answer.error = std::move(error);
  return answer;
}

}  // namespace

// One submission on its way; the answers of new entries are completed when the batch is durable.
struct Placed {
  Answer answer;
  std::int64_t batch_index = -1;
};

std::vector<Answer> Pipeline::process(std::span<const Submission> submissions, core::TimeMs now) {
  State& s = *state_;
  s.now = std::max(s.now, now);
  s.begin_batch();
  std::vector<Placed> placed;
  placed.reserve(submissions.size());
  if (!s.failure) (void)s.tick_if_due();
  for (const Submission& submission : submissions) {
    Placed& place = placed.emplace_back();
    if (s.failure) continue;
    place.answer = consider(submission, place.batch_index);
  }
  if (!s.failure) (void)s.add_wanted_commands();
  const core::Status durable = s.make_durable();
  std::vector<Answer> answers;
  answers.reserve(placed.size());
  for (Placed& place : placed) {
    Answer& answer = place.answer;
    if (place.batch_index >= 0 || s.failure) {
      if (!durable || s.failure) {
        answer.kind = Answer::Kind::undurable;
        answer.error = *s.failure;
      } else {
        const PendingRecord& record = s.batch[static_cast<std::size_t>(place.batch_index)];
        answer.sequence = record.sequence;
        answer.entry = record.entry;
        answer.decision = record.decision;
      }
    }
    if (answer.kind == Answer::Kind::repeated) ++s.counters.repeated;
    if (answer.kind == Answer::Kind::conflict) ++s.counters.conflicts;
    if (answer.kind == Answer::Kind::refused) ++s.counters.refused;
    answers.push_back(std::move(answer));
  }
  return answers;
}

Answer Pipeline::consider(const Submission& submission, std::int64_t& batch_index) {
  State& s = *state_;
  EntryBuilder entry = *submission.entry;
  const AdmissionRules rules{s.options.past_ms_max, s.options.future_ms_max,
                             s.engine->bundle().model().base_currency};
  const core::Result<AdmissionNote> note =
      admit(entry, s.now, rules, [&s](const payment::Digest128& key) { return s.find_original(key); });
  if (!note) return refusal(note.error());
  core::Bytes bytes;
  EntryView view;
  if (const core::Status status = entry.encode(bytes); !status) return refusal(status.error());
  if (const core::Status status = view.decode(bytes); !status) return refusal(status.error());
  const payment::Digest128 key = payment::key_of(view);
  if (!submission.record) {
    Answer answer;
    answer.kind = Answer::Kind::dry_run;
    engine::Decision decision;
    if (s.engine->consider(view, decision)) engine::encode(decision, answer.decision);
    answer.entry = bytes;
    return answer;
  }
  if (key != payment::Digest128{} && !s.options.sabotage.no_deduplication) {
    Answer earlier;
    const core::Result<bool> found = find_earlier(view, key, earlier, batch_index);
    if (!found) return refusal(found.error());
    if (*found) return earlier;
  }
  if (const core::Status status = s.add(std::move(bytes), key); !status) return refusal(status.error());
  batch_index = static_cast<std::int64_t>(s.batch.size()) - 1;
  const core::Sequence sequence = s.batch.back().sequence;
  if (note->event_time_replaced) ++s.counters.event_times_replaced;
  if (note->orphan) {
    ++s.counters.orphans;
    s.note_orphan(entry, sequence);
  }
  if (entry.header.kind == EntryKind::transaction && !s.orphans.empty())
    if (const core::Status status = s.rematch(key, sequence); !status) (void)s.die(status.error());
  Answer answer;
  answer.kind = Answer::Kind::decided;
  return answer;
}

// Whether the same key was used before: then the stored answer, or a conflict.
core::Result<bool> Pipeline::find_earlier(const EntryView& view, const payment::Digest128& digest,
                                          Answer& answer, std::int64_t& batch_index) {
  State& s = *state_;
  const journal::Key128 key = journal_key(digest);
  std::string stored;
  const auto pending = s.batch_keys.find(key);
  if (pending != s.batch_keys.end()) {
    stored = s.batch[pending->second].entry;
  } else {
    TRY(sequence, s.journal->find_key(key));
    if (!sequence) return false;
    TRY(record, s.journal->read(*sequence));
    answer.sequence = record.sequence;
    stored = std::move(record.entry);
    answer.decision = std::move(record.decision);
  }
  EntryView earlier;
  TRY_STATUS(earlier.decode(stored));
  // What has been taken back may be sent again: its id is free.
  if (pending == s.batch_keys.end() &&
      s.engine->is_retracted(earlier.text(payment::AttributeId::source), answer.sequence)) {
    answer = {};
    return false;
  }
  if (!payment::same_content(view, earlier)) {
    answer =
        refusal({ErrorCode::conflict, "id", "this id was used before with other content; nothing was done"});
    answer.kind = Answer::Kind::conflict;
    return true;
  }
  answer.kind = Answer::Kind::repeated;
  if (pending != s.batch_keys.end())
    batch_index = static_cast<std::int64_t>(pending->second);  // waits for the same sync
  else
    answer.entry = std::move(stored);
  return true;
}

core::Status Pipeline::swap_policy(std::shared_ptr<const policy::Bundle> bundle, core::TimeMs now) {
  State& s = *state_;
  if (s.failure) return std::unexpected(*s.failure);
  TRY_STATUS(s.keep_bundle(bundle));
  s.now = std::max(s.now, now);
  s.begin_batch();
  EntryBuilder swap;
  swap.header.kind = EntryKind::policy_swap;
  swap.set(payment::AttributeId::policy_bundle,
           payment::Value::of(std::string_view(policy::to_hex(bundle->hash()))));
  swap.set(payment::AttributeId::policy_stage, payment::Value::of("swap"));
  TRY_STATUS(s.add_command(std::move(swap)));
  s.backfill.reset();
  s.backfill_reader.reset();
  return s.make_durable();
}

core::Result<journal::OwnedRecord> Pipeline::read(core::Sequence sequence) {
  return state_->journal->read(sequence);
}

core::Result<core::Sequence> Pipeline::find(const payment::Digest128& key) {
  TRY(sequence, state_->journal->find_key(journal_key(key)));
  if (!sequence || *sequence > state_->journal->last_durable())
    return core::fail(ErrorCode::not_found, "id", "no request with this id is known");
  return *sequence;
}

core::Sequence Pipeline::last_durable() const {
  return state_->journal->last_durable();
}
const engine::Engine& Pipeline::engine() const {
  return *state_->engine;
}
const policy::Bundle& Pipeline::bundle() const {
  return state_->engine->bundle();
}
std::shared_ptr<const policy::Bundle> Pipeline::bundle_of(const std::array<unsigned char, 32>& hash) {
  return state_->bundle_of(policy::to_hex(hash));
}
const RecoveryReport& Pipeline::recovery() const {
  return state_->recovery;
}
const Counters& Pipeline::counters() const {
  return state_->counters;
}
bool Pipeline::dead() const {
  return state_->failure.has_value();
}

}  // namespace tillwatch::pipeline
