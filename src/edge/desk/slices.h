// Answers that are put together in slices, one slice at a turn of the loop, so that no long one keeps others
// from theirs. Called by Handler at every turn. Never answers where session or right has ended meanwhile, and
// never does anything more for a reader who is gone.
#pragma once

#include <deque>
#include <functional>
#include <optional>
#include <string_view>

#include "desk/authenticator.h"
#include "desk/call.h"
#include "http/server.h"
#include "ports/clock.h"
#include "sql/database.h"

namespace tillwatch::desk {

class SlicedAnswers {
 public:
  // All must outlive the answers.
  struct Parts {
    Authenticator& authenticator;
    sql::Connection& connection;
    ports::Clock& clock;
  };
  explicit SlicedAnswers(Parts parts) : parts_(parts) {}

  // 429 where the caller, or all together, have as many under way as there may be.
  std::optional<http::Response> refusal(const Caller& caller) const;
  // `right`: what the route needs; it has to outlive the answer.
  void begin(http::RequestId id, std::string_view name, std::string_view right, Caller caller, Slices slices);

  struct Done {
    http::RequestId id;
    std::string_view name;  // of the route
    core::Result<http::Response> response;
  };
  // The next slice of one of them, each in its turn; what it ended, if it did.
  std::optional<Done> turn(http::Server& server);
  std::size_t size() const { return open_.size(); }

 private:
  struct Open {
    http::RequestId id;
    std::string_view name, right;
    Caller caller;
    Slices slices;
  };
  core::Result<std::optional<http::Response>> slice(Open& one);

  Parts parts_;
  std::deque<Open> open_;  // the next one first
};

}  // namespace tillwatch::desk
