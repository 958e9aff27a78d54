// The HTTP interface for people: finds the route, checks host, origin, session, right, CSRF token and form,
// opens the transaction and lets the subject's function answer. Called by http::Server on the service thread;
// made by `tillwatch serve` and by tests. Never decides who may what (Authenticator does), never logs or
// repeats what was sent.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "desk/assets.h"
#include "desk/authenticator.h"
#include "desk/call.h"
#include "desk/origin.h"
#include "desk/route.h"
#include "desk/slices.h"
#include "desk/streams.h"
#include "http/limits.h"
#include "http/server.h"
#include "ports/clock.h"
#include "sql/database.h"
#include "trace/log.h"

namespace tillwatch::desk {

// The bounds of the desk's listener: people and their browsers, not machines by the thousand.
http::Limits desk_limits();

class Handler final : public http::Handler {
 public:
  // All must outlive the handler.
  struct Parts {
    const Routes& routes;
    Authenticator& authenticator;
    Assets& assets;
    sql::Connection& connection;
    ports::Clock& clock;
    trace::Log& log;
  };
  Handler(Parts parts, OriginRules rules);

  // The server that answers go to; set once, before the first request.
  void attach(http::Server& server) { server_ = &server; }

  http::Verdict on_head(const http::RequestHead& head) override;
  void on_request(http::RequestId id, http::Request request) override;
  void on_turn_end() override;

  // How long the loop may wait before the next turn: answers that wait for something want it soon.
  core::DurationMs wait_ms_max() const {
    if (sliced_.size() > 0) return 0;
    return waiting_.empty() && !streams_.behind() ? 1000 : 20;
  }
  std::size_t waiting() const { return waiting_.size(); }
  std::size_t sliced() const { return sliced_.size(); }
  // The database has more than at the last turn: streams look.
  void on_moved() { streams_.on_moved(); }
  std::size_t streams() const { return streams_.size(); }

 private:
  struct Waiting {
    http::RequestId id;
    std::string_view name;  // of the route
    Wait wait;
    std::int64_t until_ms = 0;  // monotonic
  };

  std::optional<http::Response> refusal_of(const http::RequestHead& head, const Routes::Found& found) const;
  core::Result<std::optional<http::Response>> admit(const http::Request& request, const Route& route,
                                                    core::TimeMs now, Caller& caller);
  std::optional<http::Response> prepare(const http::Request& request, const Routes::Found& found, Call& call);
  core::Result<Answer> run(const Routes::Row& row, Call& call);
  core::Result<Answer> run_once(const Routes::Row& row, Call& call);
  http::Response told(std::string_view route, const core::Error& error);
  void begin_stream(http::RequestId id, const Route& route, const Caller& caller, Stream stream);
  void begin_slices(http::RequestId id, const Route& route, const Caller& caller, Slices slices);
  void go_on_waiting();
  void respond(http::RequestId id, http::Response response);
  http::Response page(const http::RequestHead& head);
  void dress(http::Response& response) const;
  std::int64_t monotonic_ms() { return parts_.clock.monotonic_ns() / 1'000'000; }

  Parts parts_;
  OriginRules rules_;
  std::vector<std::pair<std::string, std::string>> security_fields_;
  json::Reader reader_;
  http::Server* server_ = nullptr;
  std::vector<Waiting> waiting_;
  Streams streams_;
  SlicedAnswers sliced_;
};

}  // namespace tillwatch::desk
