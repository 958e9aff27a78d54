// Sends events to a server with a bounded number of requests without an answer, in order, and heeds what the
// server says: 429 and 503 make it wait and send again, a lost connection makes it connect anew. Called by
// world_live.cpp. Nothing is lost and nothing counts twice: a repeated request has the same id.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>

#include "blocking_client.h"
#include "core/error.h"
#include "telling/writer.h"

namespace tillwatch {

class Sender {
 public:
  using Time = std::chrono::steady_clock::time_point;
  // Takes the answer of an event; its status is 200.
  using Take = std::function<core::Status(const traffic::Event&, const HttpAnswer&)>;

  Sender(ServerAddress server, std::string key, const telling::Writer& writer, int outstanding_max,
         Take take);

  // Sends once there is room; takes answers meanwhile. Errors: io, unavailable (the server refuses too
  // often), invalid (it refuses the event: the problem is quoted), and those of `take`.
  core::Status send(const traffic::Event& event);
  // Takes answers until that instant.
  core::Status wait_until(Time time);
  // Until the event with this id, if any, is answered.
  core::Status settle(traffic::EventId id);
  // Until all are.
  core::Status finish();

  std::uint64_t sent() const { return sent_; }            // answered with 200
  std::uint64_t held_back() const { return held_back_; }  // answers 429 and 503
  std::uint64_t connections() const { return connections_; }
  std::size_t most_outstanding() const { return most_outstanding_; }
  // When the last pause that the server asked for, or a lost connection, ended.
  Time paused_until() const { return paused_until_; }

 private:
  struct Request {
    traffic::Event event;
    int tries = 0;
  };
  core::Status put(Request request);
  core::Status take_answer();
  core::Status send_again();
  core::Status lost(const core::Error& error);
  core::Status connect();
  bool waits(traffic::EventId id) const;

  ServerAddress server_;
  std::string key_;
  const telling::Writer& writer_;
  std::size_t outstanding_max_;
  Take take_;
  std::optional<BlockingClient> client_;
  std::deque<Request> outstanding_;  // sent, in order
  std::deque<Request> again_;        // to be sent again, in order
  Time paused_until_;
  std::uint64_t sent_ = 0, held_back_ = 0, connections_ = 0;
  std::size_t most_outstanding_ = 0;
};

}  // namespace tillwatch
