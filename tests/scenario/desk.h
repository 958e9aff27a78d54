// A whole risk desk in memory: a policy pack from its folder, the real pipeline over a simulated disk, the
// real door. Called by the scenario runner and by the test over a simulated world. Takes time as an argument.
#pragma once

#include <memory>
#include <string>

#include "core/error.h"
#include "core/time.h"
#include "door/door.h"
#include "engine/decision.h"
#include "payment/entry.h"
#include "pipeline/pipeline.h"
#include "policy/bundle.h"
#include "sim/sim_disk.h"

namespace tillwatch::scenario {

class Desk {
 public:
  // Errors: not_found (no such folder), invalid (the pack's faults, one a line).
  static core::Result<std::unique_ptr<Desk>> open(const std::string& pack_folder, core::TimeMs now);

  struct Answer {
    bool decided = false;  // false: history, a fact or a repetition of one
    engine::Decision decision;
  };
  // Admits one entry at `now`. Errors: what the pipeline refuses.
  core::Result<Answer> submit(const payment::EntryBuilder& entry, core::TimeMs now);

  door::Door& door() { return *door_; }
  const policy::Bundle& bundle() const { return *bundle_; }
  const pipeline::Pipeline& pipeline() const { return *pipeline_; }

 private:
  Desk() = default;
  std::shared_ptr<const policy::Bundle> bundle_;
  sim::SimDisk disk_;
  std::unique_ptr<door::Door> door_;
  std::unique_ptr<pipeline::Pipeline> pipeline_;
};

// Reads and compiles a pack. Errors: as open.
core::Result<std::shared_ptr<const policy::Bundle>> load_pack(const std::string& folder);

}  // namespace tillwatch::scenario
