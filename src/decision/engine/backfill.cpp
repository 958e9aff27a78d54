#include "engine/backfill.h"

#include <algorithm>

namespace tillwatch::engine {

using payment::AttributeId;
using payment::Value;

namespace {
constexpr std::size_t scratch_bytes = 256 * 1024;
}

void assign_outcome(payment::EntryView& view, const Decision& decision) {
  view.assign(AttributeId::decision_authorisation, Value::of(name_of(decision.effective.authorisation)));
  view.assign(AttributeId::decision_settlement, Value::of(name_of(decision.effective.settlement)));
  view.assign(AttributeId::decision_subject, Value::of(name_of(decision.effective.subject)));
  const auto fired = std::ranges::count_if(decision.hits, [](const RuleHit& hit) { return !hit.shadow; });
  view.assign(AttributeId::decision_fired, Value::of(static_cast<std::int64_t>(fired)));
}

Backfill::Backfill(const Engine& engine, BackfillNeed need, std::unique_ptr<Generation> generation)
    : engine_(engine), need_(std::move(need)), generation_(std::move(generation)), scratch_(scratch_bytes) {}

core::Result<std::unique_ptr<Backfill>> Backfill::begin(const Engine& engine) {
  std::optional<BackfillNeed> need = engine.backfill_need();
  CHECK(need.has_value());
  TRY(generation, engine.make_generation(*need));
  return std::unique_ptr<Backfill>(new Backfill(engine, std::move(*need), std::move(generation)));
}

core::Status Backfill::feed(core::Sequence sequence, std::string_view entry, std::string_view decision) {
  TRY_STATUS(view_.decode(entry));
  last_admitted_ = std::max(last_admitted_, view_.header().admitted_at);
  if (acts_.seen(view_)) return {};
  acts_.note(view_);
  const std::string_view batch = view_.text(AttributeId::source);
  if (!batch.empty() && engine_.is_retracted(batch, sequence)) return {};
  const std::int64_t card = engine_.find_card(view_);
  if (card != 0) view_.assign(AttributeId::card_id, Value::of(card));
  if (view_.has(AttributeId::tx_original_card_reference)) {
    const std::int64_t original =
        engine_.facts().find_card(view_.text(AttributeId::tx_original_card_reference));
    if (original != 0) view_.assign(AttributeId::tx_original_card_id, Value::of(original));
  }
  const core::TimeMs reach = last_admitted_ - engine_.lateness_ms();
  generation_->apply(view_, sequence.value * 2, reach, scratch_);
  if (decision.empty() || !generation_->looks_at(payment::EntryKind::decision)) return {};
  TRY_STATUS(decode(decision, decision_));
  payment::EntryHeader header = view_.header();
  header.kind = payment::EntryKind::decision;
  decision_view_.become_decision(view_, header);
  assign_outcome(decision_view_, decision_);
  generation_->apply(decision_view_, sequence.value * 2 + 1, reach, scratch_);
  return {};
}

}  // namespace tillwatch::engine
