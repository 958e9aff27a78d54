#include "engine/engine.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "core/check.h"
#include "engine/backfill.h"

namespace tillwatch::engine {

using payment::AttributeId;
using payment::EntryKind;
using payment::EntryView;
using payment::Value;

namespace {
// One evaluation's memory: lists and texts of a rule. Far above what a checked policy can ask for.
constexpr std::size_t scratch_bytes = 1024 * 1024;
constexpr std::size_t sweep_per_tick = 64;
}  // namespace

Engine::Engine(const Options& options, BundlePointer bundle, BundleSource bundles)
    : options_(options),
      bundles_(std::move(bundles)),
      bundle_(std::move(bundle)),
      facts_(arena_, options.hash_key),
      scratch_(scratch_bytes) {}

Engine::~Engine() = default;

core::Result<std::unique_ptr<Engine>> Engine::create(const Options& options, BundlePointer bundle,
                                                     BundleSource bundles) {
  std::unique_ptr<Engine> engine(new Engine(options, bundle, std::move(bundles)));
  std::vector<std::uint32_t> all(bundle->features().size());
  for (std::uint32_t i = 0; i < all.size(); ++i) all[i] = i;
  TRY(generation, Generation::create(bundle, std::move(all),
                                     {options.hash_key, options.window_limits, options.sabotage}));
  engine->generations_.push_back(std::move(generation));
  TRY_STATUS(engine->put_in_force(std::move(bundle)));
  return engine;
}

core::Status Engine::put_in_force(BundlePointer bundle) {
  bundle_ = std::move(bundle);
  activation_.reset();
  find_homes();
  activation_ = std::make_unique<DecidingActivation>(*bundle_, facts_, generations_, homes_, scratch_);
  refresh_rules();
  ceilings_.reset(bundle_->rules().size());
  seen_slot_.assign(policy::Bundle::first_slot + bundle_->slots().size(), 0);
  return {};
}

// Gives every feature its home and lets go of generations that nothing needs any more.
void Engine::find_homes() {
  homes_.assign(bundle_->features().size(), {});
  std::vector<bool> needed(generations_.size(), false);
  for (std::size_t i = 0; i < homes_.size(); ++i) {
    for (std::size_t g = 0; g < generations_.size() && homes_[i].generation < 0; ++g) {
      for (std::uint32_t f = 0; f < generations_[g]->features().size(); ++f) {
        if (generations_[g]->identity(f) != bundle_->features()[i].identity) continue;
        homes_[i] = {static_cast<std::int32_t>(g), f};
        needed[g] = true;
        break;
      }
    }
  }
  std::vector<std::unique_ptr<Generation>> kept;
  std::vector<std::int32_t> moved(generations_.size(), -1);
  for (std::size_t g = 0; g < generations_.size(); ++g) {
    if (!needed[g]) continue;
    moved[g] = static_cast<std::int32_t>(kept.size());
    kept.push_back(std::move(generations_[g]));
  }
  generations_ = std::move(kept);
  for (FeatureHome& home : homes_)
    if (home.generation >= 0) home.generation = moved[static_cast<std::size_t>(home.generation)];
}

void Engine::refresh_rules() {
  const policy::Model& model = bundle_->model();
  modes_.clear();
  rule_reads_card_.clear();
  bound_attributes_.clear();
  for (std::size_t i = 0; i < model.rules.size(); ++i) {
    const policy::RuleDefinition& rule = model.rules[i];
    const Value mode = facts_.registered_fact("rule", rule.id, "mode");
    const bool shadowed =
        mode.type() == Value::Type::text && mode.text() == "shadow" && rule.mode == policy::RuleMode::live;
    modes_.push_back(shadowed ? policy::RuleMode::shadow : rule.mode);
    bool reads_card = false;
    for (const std::uint32_t slot : bundle_->rules()[i].reads) {
      const policy::SlotInfo info = bundle_->slot(slot);
      if (info.kind == policy::SlotInfo::Kind::feature) {
        const auto& key = bundle_->features()[info.index].key;
        reads_card = reads_card || std::ranges::find(key, AttributeId::card_id) != key.end();
      }
      reads_card = reads_card || info.name.starts_with("card.");
    }
    rule_reads_card_.push_back(reads_card);
    if (const payment::AttributeInfo* info = payment::find_attribute(rule.action.of);
        info != nullptr && rule.action.subject >= 2)
      if (std::ranges::find(bound_attributes_, info->id) == bound_attributes_.end())
        bound_attributes_.push_back(info->id);
  }
}

bool Engine::step(core::Sequence sequence, EntryView& entry, Decision& decision) {
  CHECK(sequence > last_);
  apply_unseen();
  const payment::EntryHeader& header = entry.header();
  last_ = sequence;
  last_admitted_ = std::max(last_admitted_, header.admitted_at);
  reach_ = std::max(reach_, last_admitted_ - options_.lateness_ms);
  if (acts_.seen(entry)) {
    ++refused_commands_;
    return false;
  }
  acts_.note(entry);
  complete(entry);
  command(entry);
  const std::uint64_t window_sequence = sequence.value * 2;
  for (const std::unique_ptr<Generation>& generation : generations_)
    generation->apply(entry, window_sequence, reach_, scratch_);
  if (!decides(entry)) return false;
  decide(entry, window_sequence, decision);
  decision.sequence = sequence;
  for (const std::unique_ptr<Generation>& generation : generations_)
    decision.dropped += generation->take_dropped();
  act(entry, decision);
  remember(entry, decision);
  return true;
}

// Runs the very step on a trial of all state, then rolls it back: a dry run decides exactly what the entry
// itself would.
bool Engine::consider(EntryView& entry, Decision& decision) {
  if (!decides(entry)) return false;
  const std::vector<state::Arena*> all = arenas();
  core::Bytes kept;
  core::ByteWriter out(kept);
  facts_.save_roots(out);
  for (const std::unique_ptr<Generation>& generation : generations_) generation->save_roots(out);
  const auto times = std::tuple(last_, last_admitted_, reach_);
  const Ceilings ceilings = ceilings_;
  // An earlier entry of the batch may want some.
  std::vector<payment::EntryBuilder> commands = take_commands();
  for (state::Arena* arena : all) arena->begin_trial();
  const bool decided = step(core::Sequence(last_.value + 1), entry, decision);
  for (state::Arena* arena : all) arena->roll_back();
  core::ByteReader in(kept);
  CHECK(facts_.load_roots(in).has_value());
  for (const std::unique_ptr<Generation>& generation : generations_)
    CHECK(generation->load_roots(in).has_value());
  CHECK(in.ok() && in.at_end());
  std::tie(last_, last_admitted_, reach_) = times;
  ceilings_ = ceilings;
  commands_ = std::move(commands);
  has_unseen_ = false;
  decision.sequence = {};
  return decided;
}

std::int64_t Engine::find_card(const EntryView& entry) const {
  const std::int64_t card = facts_.find_card(entry.text(AttributeId::card_reference));
  return card != 0 || !entry.has(AttributeId::card_previous_reference)
             ? card
             : facts_.find_card(entry.text(AttributeId::card_previous_reference));
}

// Puts in what only the engine knows: the numbers of the cards.
void Engine::complete(EntryView& entry) {
  const std::int64_t card = facts_.card_of(entry, options_.sabotage.forget_old_key);
  if (card != 0) entry.assign(AttributeId::card_id, Value::of(card));
  if (entry.has(AttributeId::tx_original_card_reference)) {
    const std::int64_t original = facts_.find_card(entry.text(AttributeId::tx_original_card_reference));
    if (original != 0) entry.assign(AttributeId::tx_original_card_id, Value::of(original));
  }
}

void Engine::command(const EntryView& entry) {
  core::Status status;
  switch (entry.kind()) {
    case EntryKind::registry_command:
      status = facts_.apply_registry(entry);
      if (entry.text(AttributeId::registry_entity) == "rule") refresh_rules();
      break;
    case EntryKind::list_change:
      status = facts_.apply_list_change(entry);
      break;
    case EntryKind::policy_swap:
      swap_policy(entry);
      break;
    case EntryKind::retract:
      // What was computed with the batch is worth nothing: every feature is unknown until it has been
      // computed without it.
      retracted_[std::string(entry.text(AttributeId::retract_batch))] = last_;
      generations_.clear();
      find_homes();
      break;
    case EntryKind::tick:
      facts_.sweep(entry.header().admitted_at, sweep_per_tick);
      break;
    default:
      break;
  }
  if (!status) ++refused_commands_;
}

core::Status Engine::check_command(const EntryView& entry) const {
  switch (entry.kind()) {
    case EntryKind::registry_command:
      return facts_.check_registry(entry);
    case EntryKind::list_change:
      return facts_.check_list_change(entry);
    case EntryKind::policy_swap:
      if (bundles_(std::string(entry.text(AttributeId::policy_bundle)))) return {};
      return core::fail(core::ErrorCode::not_found, "policy.bundle",
                        "the policy that is to be put in force is not kept in the bundles folder");
    case EntryKind::retract:
      if (!entry.text(AttributeId::retract_batch).empty()) return {};
      return core::fail(core::ErrorCode::invalid, "retract.batch", "a retract names a batch");
    default:
      return {};
  }
}

void Engine::swap_policy(const EntryView& entry) {
  if (entry.text(AttributeId::policy_stage) == "backfilled") {
    if (!offered_) return;
    generations_.push_back(std::move(offered_));
    find_homes();
    return;
  }
  const BundlePointer bundle = bundles_(std::string(entry.text(AttributeId::policy_bundle)));
  if (!bundle) {
    ++unknown_bundles_;
    return;
  }
  CHECK(put_in_force(bundle).has_value());
}

std::optional<BackfillNeed> Engine::backfill_need() const {
  BackfillNeed need{bundle_, {}};
  for (std::uint32_t i = 0; i < homes_.size(); ++i)
    if (homes_[i].generation < 0) need.features.push_back(i);
  return need.features.empty() ? std::nullopt : std::optional(need);
}

core::Result<std::unique_ptr<Generation>> Engine::make_generation(const BackfillNeed& need) const {
  return Generation::create(need.bundle, need.features,
                            {options_.hash_key, options_.window_limits, options_.sabotage});
}

bool Engine::decides(const EntryView& entry) const {
  if (entry.header().history() || entry.kind() == EntryKind::act) return false;
  if (entry.kind() == EntryKind::transaction) return true;
  const std::uint32_t bit = 1u << static_cast<unsigned>(entry.kind());
  return std::ranges::any_of(bundle_->model().rules,
                             [bit](const policy::RuleDefinition& rule) { return (rule.kinds & bit) != 0; });
}

// Its own decisions are facts, visible from the next entry on: they move the windows when that entry comes,
// so that until then the values of this decision can still be asked for.
void Engine::remember(const EntryView& entry, const Decision& decision) {
  if (std::ranges::none_of(generations_,
                           [](const auto& generation) { return generation->looks_at(EntryKind::decision); }))
    return;
  unseen_entry_ = entry.bytes();
  unseen_decision_ = decision;
  has_unseen_ = true;
}

void Engine::apply_unseen() {
  if (!has_unseen_) return;
  has_unseen_ = false;
  EntryView entry;
  CHECK(entry.decode(unseen_entry_).has_value());
  complete(entry);
  payment::EntryHeader header = entry.header();
  header.kind = EntryKind::decision;
  decision_view_.become_decision(entry, header);
  assign_outcome(decision_view_, unseen_decision_);
  const std::uint64_t window_sequence = unseen_decision_.sequence.value * 2 + 1;
  for (const std::unique_ptr<Generation>& generation : generations_)
    generation->apply(decision_view_, window_sequence, reach_, scratch_);
}

std::vector<payment::EntryBuilder> Engine::take_commands() {
  return std::exchange(commands_, {});
}

Engine::Counts Engine::counts() const {
  Counts counts;
  for (const std::unique_ptr<Generation>& generation : generations_) {
    const window::StoreCounts store = generation->counts();
    counts.window_keys += store.keys;
    counts.window_entries += store.entries;
    counts.arena_bytes += generation->arena().bytes_in_use();
  }
  counts.arena_bytes += arena_.bytes_in_use();
  counts.cards = facts_.cards();
  counts.generations = generations_.size();
  counts.unknown_bundles = unknown_bundles_;
  counts.refused_commands = refused_commands_;
  return counts;
}

}  // namespace tillwatch::engine
