// The messages that wait for delivery or were delivered: the log that people read, and the queue that the
// courier works through. Rows are made in the transaction of what they tell of. Never sends.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "core/time.h"
#include "ports/outgoing.h"
#include "ports/random.h"
#include "sql/database.h"

namespace tillwatch::notify {

enum class Channel : std::uint8_t { webhook, mail };
std::string_view name_of(Channel channel);

struct Message {
  std::string id;
  Channel channel = Channel::webhook;
  std::string target;  // the webhook or the account
  std::string kind;    // alert.opened, test, digest
  std::string subject;
  std::string body;
  core::TimeMs made_at = 0;
  std::string state;  // waiting, delivered, given_up
  std::int64_t tries = 0;
  core::TimeMs due_at = 0;
  core::TimeMs settled_at = 0;
};

// Due at once. The id: "msg_..."; CHECKs message_bytes_max.
core::Result<std::string> enqueue(sql::Connection& connection, ports::Random& random, Channel channel,
                                  std::string_view target, std::string_view kind, std::string_view subject,
                                  std::string_view body, core::TimeMs now);
// Of each target at most one, the one due longest; none of webhooks that are not on.
core::Result<std::vector<Message>> due_messages(sql::Connection& connection, core::TimeMs now);
// How many wait, counted up to waiting_max.
core::Result<std::int64_t> waiting(sql::Connection& connection, std::string_view target);

// What became of a try: delivered, due again (bounds.h), or given up; and what it says of the webhook, which
// is disabled where nothing reached it for as long as a message is tried, or where it answered 410. A message
// that is gone meanwhile is nothing to tell of. To be called inside a write transaction. True: the webhook
// was disabled, which is an act.
core::Result<bool> record_try(sql::Connection& connection, ports::Random& random, std::string_view message,
                              const ports::OutgoingResult& result, core::TimeMs now);

struct Try {
  std::int64_t number = 0;
  core::TimeMs at = 0;
  std::int64_t status = 0;
  std::string trouble;
  std::int64_t took_ms = 0;
};
struct Delivery {
  Message message;
  std::vector<Try> tries;
};
// Newest first, before `before` ("": from the newest).
core::Result<std::vector<Delivery>> list_deliveries(sql::Connection& connection, std::string_view target,
                                                    std::string_view before, std::size_t count);

// Removes what is older than the log keeps, some rows at a time; true where there may be more. To be called
// inside a write transaction.
core::Result<bool> forget_old(sql::Connection& connection, core::TimeMs now);

}  // namespace tillwatch::notify
