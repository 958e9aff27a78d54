// The engine: the one deterministic step (state, entry) -> (state, decision), and the state it steps.
// Called by the pipeline (live and recovery), by replay, back-test and tests. Pure but for its own state: no
// clock, disk, socket, thread, locale or random number; time is a field of the entry.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cel/arena.h"
#include "core/error.h"
#include "core/limits.h"
#include "core/sabotage.h"
#include "core/strong.h"
#include "engine/act_position.h"
#include "engine/activation.h"
#include "engine/ceiling.h"
#include "engine/decision.h"
#include "engine/facts.h"
#include "engine/generation.h"
#include "payment/entry.h"
#include "policy/bundle.h"

namespace tillwatch::engine {

// The version of the step's meaning: journals name it, and a change of it makes old decisions not comparable.
inline constexpr std::uint32_t semantics_version = 1;

using BundlePointer = std::shared_ptr<const policy::Bundle>;
// Finds the bundle that a policy_swap entry or a snapshot names; nullptr where it is not kept.
using BundleSource = std::function<BundlePointer(const std::string& hash_hex)>;

struct Options {
  // No later evaluation has an event time below the newest admission minus this.
  core::DurationMs lateness_ms = core::limits::event_time_past_ms_max;
  crypto::SipKey hash_key{};
  window::StoreLimits window_limits;
  core::Sabotage sabotage;
};

// Which features need their past.
struct BackfillNeed {
  BundlePointer bundle;
  std::vector<std::uint32_t> features;  // of the bundle
};

class Engine {
 public:
  // An empty world under `bundle`. Errors: invalid (its windows cannot be planned).
  static core::Result<std::unique_ptr<Engine>> create(const Options& options, BundlePointer bundle,
                                                      BundleSource bundles);
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;
  ~Engine();

  // Applies entry `sequence` (strictly ascending). The view's bytes must outlive the call; its internal
  // attributes are completed. True where it was decided: `decision` then holds the result. False: history,
  // commands and facts. A policy_swap whose bundle cannot be found leaves the policy as it is (and is
  // counted).
  bool step(core::Sequence sequence, payment::EntryView& entry, Decision& decision);

  // What step() would decide on this entry now, with the entry in its windows, without changing anything.
  // The decision's sequence is 0. Costs a copy of every page that the step writes.
  bool consider(payment::EntryView& entry, Decision& decision);

  // After step(): the value of a slot of the bundle in force at that entry.
  Reading last_value(std::uint32_t slot) { return activation_->reading(slot); }

  const policy::Bundle& bundle() const { return *bundle_; }
  const BundlePointer& shared_bundle() const { return bundle_; }
  core::DurationMs lateness_ms() const { return options_.lateness_ms; }
  core::Sequence last() const { return last_; }
  core::TimeMs last_admitted() const { return last_admitted_; }
  const Facts& facts() const { return facts_; }
  // The last act of a person that was stepped. An entry whose act has been seen moves nothing.
  const ActPosition& acts() const { return acts_; }
  // Whether a command entry could be obeyed now; step() counts and passes over one that cannot.
  // Errors: invalid (it names nothing), limit (too much is registered), not_found (its policy is not kept).
  core::Status check_command(const payment::EntryView& entry) const;

  // Whether entry `sequence` of this batch (its `source`) has been taken back. What comes after the retract
  // is not: the same file may be brought in again.
  bool is_retracted(std::string_view batch, core::Sequence sequence) const {
    const auto at = retracted_.find(batch);
    return at != retracted_.end() && sequence < at->second;
  }

  // Backfill (architecture: a feature that is new is unknown until its past has been computed from retained
  // entries). Nothing where every feature has its state. `Backfill` does the work, adopt() takes the result
  // at a `backfilled` entry.
  std::optional<BackfillNeed> backfill_need() const;
  // The generation that the next policy_swap entry of stage `backfilled` puts in place.
  void offer(std::unique_ptr<Generation> generation) { offered_ = std::move(generation); }
  // Scratch-made generation for a backfill of this engine.
  core::Result<std::unique_ptr<Generation>> make_generation(const BackfillNeed& need) const;
  std::int64_t find_card(const payment::EntryView& entry) const;

  // Whether a generation has been offered and no `backfilled` entry has put it in place yet.
  bool has_offer() const { return offered_ != nullptr; }

  // Commands that the step wants journalled (a rule over its ceiling drops to shadow). Each once; ignored
  // during replay.
  std::vector<payment::EntryBuilder> take_commands();

  struct Counts {
    std::uint64_t window_keys = 0, window_entries = 0, cards = 0, generations = 0, unknown_bundles = 0,
                  refused_commands = 0;
    std::uint64_t arena_bytes = 0;
  };
  Counts counts() const;

  // Snapshots: the arenas in their order, and a blob with everything that does not live in them.
  std::vector<state::Arena*> arenas();
  core::Bytes roots() const;
  // Two steps: an engine whose arenas() wait for their pages, then, when all are there, the rest of the
  // roots. Errors: corrupt, unsupported, not_found (a bundle). After an error the engine is of no use.
  static core::Result<std::unique_ptr<Engine>> begin_restore(const Options& options, core::Bytes roots,
                                                             BundleSource bundles);
  core::Status finish_restore();

 private:
  Engine(const Options& options, BundlePointer bundle, BundleSource bundles);
  core::Status put_in_force(BundlePointer bundle);
  void find_homes();
  void refresh_rules();
  void complete(payment::EntryView& entry);
  void command(const payment::EntryView& entry);
  void swap_policy(const payment::EntryView& entry);
  bool decides(const payment::EntryView& entry) const;
  void decide(payment::EntryView& entry, std::uint64_t window_sequence, Decision& decision);
  void evaluate_rules(const payment::EntryView& entry, Decision& decision);
  // What rule `rule` says about the entry that is decided, where that is not simply no.
  std::optional<RuleHit::Cause> judge_rule(std::uint32_t rule, Decision& decision);
  void note_hit(std::uint32_t rule, RuleHit::Cause cause, std::uint32_t confidence_cap, Decision& decision);
  void weigh_standing(const payment::EntryView& entry, Decision& decision);
  // Needs hit_rules_, as evaluate_rules() left it.
  void settle_outcome(Decision& decision);
  void act(const payment::EntryView& entry, const Decision& decision);
  void remember(const payment::EntryView& entry, const Decision& decision);
  void apply_unseen();
  std::uint16_t reading_of(std::uint32_t slot, Decision& decision);

  Options options_;
  BundleSource bundles_;
  BundlePointer bundle_;
  state::Arena arena_;
  Facts facts_;
  std::vector<std::unique_ptr<Generation>> generations_;
  std::vector<FeatureHome> homes_;
  std::unique_ptr<Generation> offered_;
  std::map<std::string, core::Sequence, std::less<>> retracted_;  // batch -> the retract's sequence
  cel::Arena scratch_;
  std::unique_ptr<DecidingActivation> activation_;
  payment::EntryView decision_view_;
  core::Bytes unseen_entry_;  // the last decided entry, whose decision no window has seen yet
  Decision unseen_decision_;
  bool has_unseen_ = false;
  std::vector<policy::RuleMode> modes_;
  std::vector<bool> rule_reads_card_;
  std::vector<payment::AttributeId> bound_attributes_;  // what actions of rules can bind
  cel::PredicatePlanes planes_;
  std::vector<std::uint32_t> hit_rules_;  // of the present decision's hits, their numbers
  std::vector<std::uint32_t> unseen_;     // slots that the present decision's rules missed
  std::vector<std::uint32_t> seen_slot_;  // slot -> reading index + 1 of the present decision
  Ceilings ceilings_;
  ActPosition acts_;
  std::vector<payment::EntryBuilder> commands_;
  core::Sequence last_;
  core::TimeMs last_admitted_ = core::time_min;
  core::TimeMs reach_ = core::time_min;
  core::Bytes restoring_;  // between begin_restore and finish_restore
  std::size_t restoring_from_ = 0;
  std::uint64_t unknown_bundles_ = 0;
  std::uint64_t refused_commands_ = 0;
};

}  // namespace tillwatch::engine
