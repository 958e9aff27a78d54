// What accounts need besides the desk while serving, on the service thread: the API keys of the database
// reach the engine's door through a box, as a whole set after every change, and unused accounts go to rest.
// Made by serve_command.cpp. Never touches the door itself.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "api/api_keys.h"
#include "posix/mailbox.h"
#include "service_part.h"
#include "service_thread.h"

namespace tillwatch {

// Engine side: take(), of which the last is the newest set. It outlives the service thread.
using ApiKeyBox = posix::Mailbox<std::vector<api::ApiKey>>;

class AccessPart final : public ServicePart {
 public:
  // Before service.start(): the box holds the keys when this returns. Errors: those of the database, corrupt
  // (a row that is no key).
  static core::Result<std::unique_ptr<AccessPart>> create(ServiceThread& service, ApiKeyBox& box);

  void turn(std::span<const ports::Event> events) override;
  core::DurationMs wait_ms_max() override { return 500; }
  void stop() override { stopping_ = true; }
  bool stopped() override { return stopping_; }

 private:
  AccessPart(ServiceThread& service, ApiKeyBox& box) : service_(service), box_(box) {}
  core::Status hand_keys_over();
  void complain(std::string_view event, const core::Error& error);

  ServiceThread& service_;
  ApiKeyBox& box_;
  std::string mark_;  // of the set that was handed over
  bool handed_ = false;
  bool stopping_ = false;
  core::TimeMs rest_until_ = 0, dormant_due_ = 0;  // monotonic
};

}  // namespace tillwatch
