// Test code: runs Store and the naive model side by side and counts where they differ.
// Called by the property tests of the windows. Never used by the product.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "window/store.h"
#include "windows/naive_model.h"
#include "windows/random_world.h"

namespace tillwatch::windows {

using window::EntryInputs;
using window::FeatureValue;
using window::Store;
using window::StoreOptions;

inline constexpr crypto::SipKey first_key = {3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9, 3};

// An entry as spans; owns what they point to.
class Given {
 public:
  Given(const Entry& entry, core::TimeMs reach);
  const EntryInputs& inputs() const { return inputs_; }

 private:
  std::vector<Scalar> attributes_, values_;
  std::unique_ptr<bool[]> filters_;
  EntryInputs inputs_;
};

// "" where the two agree; else what differs.
std::string difference(const FeatureDefinition& definition, const Entry& entry, const Answer& want,
                       const FeatureValue& got);

// A store and a model that see the same entries.
class Pair {
 public:
  Pair(std::uint64_t seed, const WorldShape& shape, StoreOptions options);
  // One entry through both; the differences found (at most a few are told apart), with the seed.
  std::vector<std::string> step();
  // Goes on with a store restored from a snapshot, taken while `entries_meanwhile` more entries came in and
  // checked to be the instant it began: those entries are applied to the restored store once more.
  std::vector<std::string> restart_from_snapshot(int entries_meanwhile);
  Store& store() { return *store_; }
  state::Arena& arena() { return *arena_; }

 private:
  std::vector<std::string> check(Store& store, const Entry& entry, core::TimeMs reach);
  std::uint64_t seed_;
  World world_;
  StoreOptions options_;
  std::vector<FeatureDefinition> definitions_;
  Model model_;
  std::unique_ptr<state::Arena> arena_;
  std::unique_ptr<Store> store_;
};

}  // namespace tillwatch::windows
