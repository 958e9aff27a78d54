// The policy room while serving: what the versions that people published and the engine come to at a start,
// and versions that come into force at their time. Made by serve_command.cpp where there is a database; runs
// on the service thread. Never swaps a policy by itself once the desk has versions: the swap is an act.
#pragma once

#include <memory>
#include <string>

#include "core/error.h"
#include "pipeline/pipeline.h"
#include "policy/bundle.h"
#include "service_part.h"
#include "service_thread.h"
#include "trace/log.h"

namespace tillwatch {

struct PolicyStart {
  std::string folder;                                   // of --policy; "" without
  std::shared_ptr<const policy::Bundle> folder_policy;  // the same
  bool desk = false;                                    // people come in: the policy is theirs from now on
};

// Before service.start(). True where the policy changes at the desk only: the folder's policy was adopted as
// version 1 now, or there were versions before, and then the folder changes nothing any more (a warning says
// so where it differs). False: no desk and no versions; the folder's policy is in force as without a
// database. Errors: those of the connection and of the journal; those of reading the folder's scenarios.
core::Result<bool> settle_policy(const PolicyStart& start, pipeline::Pipeline& pipeline,
                                 ServiceThread& service, trace::Log& log);

class PolicyPart final : public ServicePart {
 public:
  explicit PolicyPart(ServiceThread& service) : service_(service) {}

  void turn(std::span<const ports::Event> events) override;
  core::DurationMs wait_ms_max() override { return look_ms; }
  void stop() override { stopped_ = true; }
  bool stopped() override { return stopped_; }

 private:
  static constexpr core::DurationMs look_ms = 250;
  core::Status put_in_force();

  ServiceThread& service_;
  core::TimeMs next_look_ = 0;  // monotonic
  bool stopped_ = false;
};

}  // namespace tillwatch
