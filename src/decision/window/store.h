// The window store: entries go in, the values of features come out, exactly as docs/windows.md defines them.
// Called by the engine: apply() once for every admitted entry, then begin_evaluation() and evaluate() for its
// features. Never reads a clock, never depends on hash order, never approximates without saying so.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "core/bytes.h"
#include "core/error.h"
#include "core/limits.h"
#include "core/sabotage.h"
#include "crypto/hash.h"
#include "state/arena.h"
#include "window/plan.h"
#include "window/scalar.h"

namespace tillwatch::window {

// Logical caps: they count keys and entries, never bytes, so that every machine drops the same.
struct StoreLimits {
  std::uint64_t keys_max = core::limits::window_keys_default;
  std::uint64_t entries_max = core::limits::window_entries_default;
  std::uint64_t keys_per_stream_max = core::limits::window_keys_default;
  std::uint64_t entries_per_stream_max = core::limits::window_entries_default;
  std::uint32_t sweep_keys_per_apply = 2;  // cold keys looked at, per stream fed
};

struct StoreOptions {
  crypto::SipKey hash_key{};  // the installation's; the same over restarts
  StoreLimits limits;
  core::Sabotage sabotage;
};

enum class DropKind : std::uint8_t {
  key_refused,    // a new key of an expendable stream at the cap
  key_evicted,    // a key not used since the hand last passed, removed with its entries
  entry_refused,  // an entry of an expendable stream at the cap of entries
};

struct Dropped {
  std::uint16_t stream = 0;
  DropKind kind = DropKind::key_refused;
  std::uint64_t keys = 0;
  std::uint64_t entries = 0;
  friend bool operator==(const Dropped&, const Dropped&) = default;
};

struct StoreCounts {
  std::uint64_t keys = 0;
  std::uint64_t entries = 0;
  std::uint64_t texts = 0;                // different texts kept whole
  std::uint64_t entries_over_budget = 0;  // left the exact part since the start
  std::uint64_t keys_reclaimed = 0;       // cold keys the sweep removed since the start
};

class Store {
 public:
  // One store per policy generation; the plan is fixed for its life. `arena` outlives the store; several may
  // share it.
  Store(state::Arena& arena, Plan plan, StoreOptions options);
  ~Store();
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  const Plan& plan() const;

  // Feeds every stream whose kinds contain the entry's and whose key attributes it has.
  void apply(const EntryInputs& entry);

  // Names the deciding entry: the one applied last (sequence the same), or one that is only asked about (it
  // is then not part of any window). `attributes` must stay valid until the last evaluate() for this entry.
  void begin_evaluation(std::span<const Scalar> attributes, core::TimeMs time, std::uint64_t sequence);
  // The value of a feature (index into the plan's features) at the deciding entry.
  FeatureValue evaluate(std::uint32_t feature);

  // What the caps have dropped since the last call, by stream and kind in ascending order: the engine
  // journals it.
  std::vector<Dropped> take_dropped();
  StoreCounts counts() const;

  // Gives slots back to the arena, at most about `keys_budget` keys; true when all is released. The store is
  // then of no further use: for the generation that a policy swap has retired.
  bool release_some(std::uint64_t keys_budget);

  // The roots for a snapshot's blob. load_roots() needs a fresh store with a plan of the same digest and a
  // restored arena.
  void save_roots(core::ByteWriter& out) const;
  core::Status load_roots(core::ByteReader& in);

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace tillwatch::window
