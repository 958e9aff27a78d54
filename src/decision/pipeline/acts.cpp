// Acts of people on their way into the journal: see Pipeline::journal_acts.
#include <algorithm>
#include <array>
#include <utility>

#include "core/check.h"
#include "pipeline/pipeline_state.h"

namespace tillwatch::pipeline {

using core::ErrorCode;
using payment::AttributeId;
using payment::EntryBuilder;
using payment::EntryKind;
using payment::EntryView;
using payment::Value;

namespace {

constexpr auto kinds_of_acts =
    std::to_array<EntryKind>({EntryKind::registry_command, EntryKind::list_change, EntryKind::label,
                              EntryKind::policy_swap, EntryKind::retract});

// A text that fits into an entry whatever it was.
Value bounded(std::string_view text) {
  return Value::of(text.substr(0, core::limits::entry_text_bytes_max));
}

void put_act(const ActSubmission& act, EntryBuilder& entry) {
  entry.set(AttributeId::act_epoch, bounded(act.epoch));
  entry.set(AttributeId::act_number, Value::of(act.number));
  entry.set(AttributeId::act_kind, bounded(act.kind));
  entry.set(AttributeId::act_actor, bounded(act.actor));
  entry.set(AttributeId::act_subject, bounded(act.subject));
  entry.set(AttributeId::act_digest, bounded(act.digest));
}

// Without an id: an act is known by its number, and must not meet a caller's key.
core::Result<EntryBuilder> wanted_entry(const ActSubmission& act) {
  EntryView view;
  TRY_STATUS(view.decode(act.entry));
  if (std::ranges::find(kinds_of_acts, view.kind()) == kinds_of_acts.end())
    return core::fail(ErrorCode::denied, "kind",
                      "an act cannot ask for an entry of kind '" + std::string(name_of(view.kind())) + "'");
  EntryBuilder entry;
  entry.header = view.header();
  entry.header.event_time = view.header().raw_event_time;
  for (const payment::AttributeInfo& info : payment::attributes())
    if (view.has(info.id) && !is_of_act(info.id) && info.id != AttributeId::id)
      entry.set(info.id, view.get(info.id));
  for (const EntryView::Extra& extra : view.extras()) TRY_STATUS(entry.set_extra(extra.name, extra.value));
  return entry;
}

}  // namespace

// The canonical bytes of the entry that the act asks for, as admission completes it and the engine obeys it.
core::Result<std::string> Pipeline::entry_of_act(const ActSubmission& act, bool& orphan) {
  State& s = *state_;
  TRY(entry, wanted_entry(act));
  if (entry.header.kind == EntryKind::policy_swap) {
    if (act.bundle) TRY_STATUS(s.keep_bundle(act.bundle));
    entry.header = {EntryKind::policy_swap, 0, s.now, s.now, s.now};
    entry.set(AttributeId::policy_stage, Value::of("swap"));
  } else {
    const AdmissionRules rules{s.options.past_ms_max, s.options.future_ms_max,
                               s.engine->bundle().model().base_currency};
    TRY(note,
        admit(entry, s.now, rules, [&s](const payment::Digest128& key) { return s.find_original(key); }));
    orphan = note.orphan;
  }
  put_act(act, entry);
  core::Bytes bytes;
  TRY_STATUS(entry.encode(bytes));
  EntryView view;
  TRY_STATUS(view.decode(bytes));
  TRY_STATUS(s.engine->check_command(view));
  return bytes;
}

core::Result<ActAnswer> Pipeline::journal_act(const ActSubmission& act) {
  State& s = *state_;
  ActAnswer answer{ActAnswer::Kind::seen, act.number, {}, {}};
  const engine::ActPosition& last = s.engine->acts();
  if (last.reached(act.epoch, act.number)) return answer;
  answer.kind = ActAnswer::Kind::out_of_order;
  if (act.number != last.number + 1 || (last.number != 0 && act.epoch != last.epoch)) return answer;
  answer.kind = ActAnswer::Kind::journalled;
  bool orphan = false;
  core::Result<std::string> bytes = std::string();
  if (!act.entry.empty()) {
    bytes = entry_of_act(act, orphan);
    if (!bytes && bytes.error().code == ErrorCode::io) return std::unexpected(bytes.error());
    if (!bytes) answer.refusal = bytes.error().to_string().substr(0, core::limits::entry_text_bytes_max);
  }
  if (act.entry.empty() || !bytes) {
    EntryBuilder plain;
    plain.header = {EntryKind::act, 0, s.now, act.at, act.at};
    if (!answer.refusal.empty()) plain.set(AttributeId::act_refusal, bounded(answer.refusal));
    put_act(act, plain);
    bytes.emplace();
    TRY_STATUS(plain.encode(*bytes));
  }
  EntryView view;
  TRY_STATUS(view.decode(*bytes));
  const EntryKind kind = view.kind();
  TRY_STATUS(s.add(std::move(*bytes), {}));
  answer.sequence = s.batch.back().sequence;
  if (orphan) {
    ++s.counters.orphans;
    EntryView stored;
    CHECK(stored.decode(s.batch.back().entry).has_value());
    EntryBuilder named;
    named.header.kind = kind;
    for (const AttributeId id : {AttributeId::client, AttributeId::tx_original_id})
      if (stored.has(id)) named.set(id, stored.get(id));
    s.note_orphan(named, answer.sequence);
  }
  if (kind == EntryKind::policy_swap) {
    s.backfill.reset();
    s.backfill_reader.reset();
  }
  return answer;
}

std::vector<ActAnswer> Pipeline::journal_acts(std::span<const ActSubmission> acts, core::TimeMs now) {
  State& s = *state_;
  s.now = std::max(s.now, now);
  s.begin_batch();
  std::vector<ActAnswer> answers;
  if (!s.failure) (void)s.tick_if_due();
  for (const ActSubmission& act : acts) {
    core::Result<ActAnswer> answer = s.failure ? ActAnswer{} : journal_act(act);
    if (!answer) answer = ActAnswer{ActAnswer::Kind::unready, act.number, {}, answer.error().to_string()};
    answers.push_back(std::move(*answer));
    if (answers.back().kind != ActAnswer::Kind::journalled && answers.back().kind != ActAnswer::Kind::seen)
      break;
  }
  if (!s.failure) (void)s.add_wanted_commands();
  if (s.make_durable() && !s.failure) return answers;
  for (ActAnswer& answer : answers)
    if (answer.kind != ActAnswer::Kind::seen) answer.kind = ActAnswer::Kind::undurable;
  return answers;
}

const engine::ActPosition& Pipeline::acts() const {
  return state_->engine->acts();
}

}  // namespace tillwatch::pipeline
