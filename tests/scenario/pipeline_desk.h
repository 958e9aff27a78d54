// A whole risk desk in memory: the real pipeline over a simulated disk, the real door. Called by the scenario
// runner and by the test over a simulated world. Takes time as an argument.
#pragma once

#include <memory>
#include <string>

#include "core/error.h"
#include "core/time.h"
#include "door/door.h"
#include "pipeline/pipeline.h"
#include "policy/bundle.h"
#include "scenario/desk.h"
#include "sim/sim_disk.h"

namespace tillwatch::scenario {

class PipelineDesk final : public Desk {
 public:
  // Errors: those of the pipeline.
  static core::Result<std::unique_ptr<Desk>> open(std::shared_ptr<const policy::Bundle> bundle,
                                                  core::TimeMs now);

  // The pipeline gives no sight of slots behind the decision: `slots` is not used.
  core::Result<Answer> submit(const payment::EntryBuilder& entry, core::TimeMs now,
                              std::span<const std::uint32_t> slots) override;
  door::Door& door() override { return *door_; }

 private:
  PipelineDesk() = default;
  sim::SimDisk disk_;
  std::unique_ptr<door::Door> door_;
  std::unique_ptr<pipeline::Pipeline> pipeline_;
};

// Reads and compiles a pack from its folder. Errors: not_found (no such folder), invalid (the pack's faults,
// one a line).
core::Result<std::shared_ptr<const policy::Bundle>> load_pack(const std::string& folder);

}  // namespace tillwatch::scenario
