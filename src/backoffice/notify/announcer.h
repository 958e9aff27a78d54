// Alerts become messages to webhooks: a row for each webhook, in the transaction in which the projector opens
// the alert, so that none is lost and none is made twice. Added to the projector behind findings::Inbox.
// Never sends.
#pragma once

#include <string>

#include "core/error.h"
#include "findings/alert.h"
#include "ports/random.h"
#include "relay/projector.h"

namespace tillwatch::notify {

class Announcer final : public relay::Projection {
 public:
  // Outlives this.
  explicit Announcer(ports::Random& random) : random_(random) {}
  core::Status project(sql::Connection& connection, const relay::ProjectedRecord& record) override;
  // The step of project() for one alert. `now`: of the record.
  core::Status announce(sql::Connection& connection, const findings::Alert& alert, core::TimeMs now);

 private:
  ports::Random& random_;
};

// What a receiver gets: {"type":"alert.opened","timestamp":...,"data":{...}}.
std::string alert_body(const findings::Alert& alert);

}  // namespace tillwatch::notify
