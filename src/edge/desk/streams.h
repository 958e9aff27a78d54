// Answers that go on: who has one open, how many there may be, the beat that keeps proxies from cutting them,
// and their end when the session or the right ends. Called by Handler at every turn of the loop. Never lets a
// slow reader cost memory: what does not fit waits in the database.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "desk/authenticator.h"
#include "desk/call.h"
#include "http/server.h"
#include "ports/clock.h"
#include "sql/database.h"
#include "trace/log.h"

namespace tillwatch::desk {

class Streams {
 public:
  static constexpr std::int64_t beat_ms = 15'000;
  static constexpr std::int64_t ask_again_ms = 10'000;      // whether session and right are still there
  static constexpr std::int64_t life_ms_max = 15 * 60'000;  // a browser then comes again by itself
  static constexpr std::size_t room_min = 32 * 1024;        // below it the reader has to catch up first

  // All must outlive the streams.
  struct Parts {
    Authenticator& authenticator;
    sql::Connection& connection;
    ports::Clock& clock;
    trace::Log& log;
  };
  explicit Streams(Parts parts) : parts_(parts) {}

  struct Wish {
    Caller caller;
    std::string_view right;
    Stream stream;
  };
  // 429 where the caller, or all together, have as many as there may be.
  std::optional<http::Response> refusal(const Caller& caller) const;
  static http::Response head();
  void begin(http::Server& server, http::RequestId id, const http::Response& head, Wish wish);

  void on_moved() { moved_ = true; }
  void turn(http::Server& server);
  std::size_t size() const { return open_.size(); }
  // Something can be sent at once.
  bool behind() const { return moved_ || behind_; }

 private:
  struct Open {
    http::RequestId id;
    Wish wish;
    std::int64_t until_ms = 0, beat_at_ms = 0, ask_at_ms = 0;
    bool behind = true;
  };
  bool goes_on(http::Server& server, Open& one, std::int64_t now_ms);
  bool feed(http::Server& server, Open& one, std::int64_t now_ms);

  Parts parts_;
  std::vector<Open> open_;
  bool moved_ = false;
  bool behind_ = false;
};

}  // namespace tillwatch::desk
