// Computes features from retained entries, in order, into a generation that the engine then adopts at a
// `backfilled` entry. Called by the pipeline (in steps beside live traffic, or at once during recovery). The
// result depends on the entries alone.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "engine/engine.h"

namespace tillwatch::engine {

class Backfill {
 public:
  // `engine` outlives this and must have a need. Errors: invalid (the windows cannot be planned).
  static core::Result<std::unique_ptr<Backfill>> begin(const Engine& engine);

  // Feeds one journal record, from the oldest retained on, without gaps. Errors: corrupt.
  core::Status feed(core::Sequence sequence, std::string_view entry, std::string_view decision);
  const BackfillNeed& need() const { return need_; }
  std::unique_ptr<Generation> take() { return std::move(generation_); }

 private:
  Backfill(const Engine& engine, BackfillNeed need, std::unique_ptr<Generation> generation);

  const Engine& engine_;
  BackfillNeed need_;
  std::unique_ptr<Generation> generation_;
  cel::Arena scratch_;
  payment::EntryView view_;
  payment::EntryView decision_view_;
  Decision decision_;
  ActPosition acts_;
  core::TimeMs last_admitted_ = core::time_min;
};

// Puts a decision's outcome on a view as the fact that windows see.
void assign_outcome(payment::EntryView& view, const Decision& decision);

}  // namespace tillwatch::engine
