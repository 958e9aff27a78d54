// Messages to the outside while serving: the courier's turns on the service thread, and the threads that
// send. Made by serve_command.cpp beside the desk. Never blocks the thread that it runs on.
#pragma once

#include <span>
#include <string>

#include "crypto/data_keys.h"
#include "notify/courier.h"
#include "notify/webhook.h"
#include "outgoing_threads.h"
#include "service_part.h"
#include "service_thread.h"

namespace tillwatch {

struct NotifyOptions {
  bool near_too = false;  // http, this machine and private networks: for tests
  std::string ca_file;    // authorities beside the system's; "" for none
};

class NotifyPart final : public ServicePart {
 public:
  // Before service.start(). `keys` and `service` outlive it.
  NotifyPart(const NotifyOptions& options, const crypto::DataKeys& keys, ServiceThread& service);

  void turn(std::span<const ports::Event> events) override;
  core::DurationMs wait_ms_max() override { return 500; }
  void on_projected(core::Sequence) override { hurry_ = true; }
  void stop() override {
    stopping_ = true;
    threads_.stop();
  }
  bool stopped() override { return stopping_; }

 private:
  notify::Parts parts_;
  ServiceThread& service_;
  OutgoingThreads threads_;
  notify::Courier courier_;
  bool hurry_ = false, stopping_ = false;
  core::TimeMs rest_until_ = 0;  // monotonic; after trouble with the database
};

}  // namespace tillwatch
