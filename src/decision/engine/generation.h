// A generation: the window store of the features that one policy brought in, with its own arena. Features
// that a later policy still has stay where they are; new ones get a generation of their own, filled from
// retained entries. Called by the engine and by Backfill. Deterministic: fed the same entries it holds the
// same state.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "cel/arena.h"
#include "core/bytes.h"
#include "core/error.h"
#include "core/sabotage.h"
#include "crypto/hash.h"
#include "payment/entry.h"
#include "policy/bundle.h"
#include "state/arena.h"
#include "window/store.h"

namespace tillwatch::engine {

struct WindowOptions {
  crypto::SipKey hash_key{};
  window::StoreLimits limits;
  core::Sabotage sabotage;
};

// Where a feature's state is: index into the engine's generations, -1 while it is being backfilled.
struct FeatureHome {
  std::int32_t generation = -1;
  std::uint32_t feature = 0;  // index within the generation's plan
};

class Generation {
 public:
  // `features`: indexes into the bundle's features. Errors: invalid (the windows cannot be planned).
  static core::Result<std::unique_ptr<Generation>> create(std::shared_ptr<const policy::Bundle> bundle,
                                                          std::vector<std::uint32_t> features,
                                                          const WindowOptions& options);
  ~Generation();
  Generation(const Generation&) = delete;
  Generation& operator=(const Generation&) = delete;

  // Moves the windows. `sequence`: 2n for entry n, 2n + 1 for the decision on it. `arena`: scratch for the
  // expressions.
  void apply(const payment::EntryView& entry, std::uint64_t sequence, core::TimeMs reach, cel::Arena& arena);
  // Whether some feature looks at entries of this kind.
  bool looks_at(payment::EntryKind kind) const { return (kinds_ >> static_cast<unsigned>(kind) & 1) != 0; }
  // Names the deciding entry for evaluate(); cheap when nothing is asked.
  void begin_evaluation(const payment::EntryView& entry, std::uint64_t sequence);
  window::FeatureValue evaluate(std::uint32_t feature);

  const policy::Bundle& bundle() const { return *bundle_; }
  const std::shared_ptr<const policy::Bundle>& shared_bundle() const { return bundle_; }
  const std::vector<std::uint32_t>& features() const { return features_; }
  const policy::FeatureIdentity& identity(std::uint32_t feature) const;
  std::uint64_t take_dropped();  // keys and entries given up by the cap since the last call
  window::StoreCounts counts() const { return store_->counts(); }
  state::Arena& arena() { return *arena_; }

  void save_roots(core::ByteWriter& out) const { store_->save_roots(out); }
  core::Status load_roots(core::ByteReader& in) { return store_->load_roots(in); }

 private:
  Generation() = default;
  void fill_attributes(const payment::EntryView& entry);

  std::shared_ptr<const policy::Bundle> bundle_;
  std::vector<std::uint32_t> features_;
  std::uint32_t kinds_ = 0;
  std::unique_ptr<state::Arena> arena_;
  std::unique_ptr<window::Store> store_;
  std::vector<payment::AttributeId> key_attributes_;
  std::vector<window::Scalar> attributes_;
  std::vector<std::uint16_t> filters_, values_;  // programs of the bundle that this generation needs
  std::unique_ptr<bool[]> filter_results_;
  std::vector<window::Scalar> value_results_;
  const payment::EntryView* deciding_ = nullptr;
  std::uint64_t deciding_sequence_ = 0;
  bool evaluation_begun_ = false;
};

}  // namespace tillwatch::engine
