// The courier: takes messages that are due out of the database, signs them, hands them to the port to the
// outside, and writes down what became of them. Called by apps on the service thread, a turn at a time. A
// message leaves at least once: what was sent and not written down is sent again, under the same id.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "core/error.h"
#include "core/time.h"
#include "notify/message.h"
#include "notify/webhook.h"
#include "ports/outgoing.h"
#include "sql/database.h"

namespace tillwatch::notify {

class Courier {
 public:
  // Both outlive this.
  Courier(const Parts& parts, ports::Outgoing& outgoing) : parts_(parts), outgoing_(outgoing) {}

  // Short: a look at what has ended, and where it is time, at what is due. `hurry`: look now. Errors: those
  // of the database; what was learned is kept and written down by a later turn.
  core::Status turn(sql::Connection& connection, core::TimeMs now, bool hurry = false);
  // The webhooks that were disabled since the last call.
  std::int64_t take_disabled() { return std::exchange(disabled_, 0); }
  std::size_t under_way() const { return under_way_.size(); }

 private:
  core::Status write_down(sql::Connection& connection, core::TimeMs now);
  core::Status send_due(sql::Connection& connection, core::TimeMs now);
  core::Result<bool> send(sql::Connection& connection, const Message& message, core::TimeMs now);
  core::Status refuse(sql::Connection& connection, const Message& message, std::string trouble,
                      core::TimeMs now);

  struct Sent {
    std::string message, target;
  };
  const Parts& parts_;
  ports::Outgoing& outgoing_;
  std::map<std::uint64_t, Sent> under_way_;
  std::vector<ports::OutgoingResult> ended_;  // not written down yet
  std::uint64_t next_number_ = 1;
  core::TimeMs look_at_ = 0, forget_at_ = 0;
  std::int64_t disabled_ = 0;
};

}  // namespace tillwatch::notify
