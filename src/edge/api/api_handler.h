// The HTTP interface over the pipeline: routes, keys, scopes, deadlines; collects the requests of a loop
// turn, lets the pipeline decide them as one batch, then answers. Called by http::Server on the engine
// thread; made by `tillwatch serve` and by tests. Never answers what is not durable; never logs or repeats
// what was sent.
#pragma once

#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/batch_pace.h"
#include "api/key_ring.h"
#include "api/metrics.h"
#include "api/problems.h"
#include "api/route.h"
#include "door/event_reader.h"
#include "http/server.h"
#include "pipeline/pipeline.h"
#include "ports/clock.h"
#include "trace/log.h"

namespace tillwatch::api {

inline constexpr std::string_view unknown_outcome_words =
    "the journal failed while this was written, and the server stops: whether it is recorded is unknown; "
    "send the "
    "same event again under the same id";

class ApiHandler final : public http::Handler {
 private:
  struct Token {};

 public:
  // All must outlive the handler.
  struct Parts {
    pipeline::Pipeline& pipeline;
    door::Door& door;
    KeyRing& keys;
    ports::Clock& clock;
    trace::Log& log;
  };
  // Errors: invalid (the built-in contract is no YAML).
  static core::Result<std::unique_ptr<ApiHandler>> create(Parts parts);

  ApiHandler(Token, Parts parts, std::string contract);
  ~ApiHandler() override;
  ApiHandler(const ApiHandler&) = delete;
  ApiHandler& operator=(const ApiHandler&) = delete;

  // The server that answers go to; set once, before the first request.
  void attach(http::Server& server) { server_ = &server; }

  http::Verdict on_head(const http::RequestHead& head) override;
  void on_request(http::RequestId id, http::Request request) override;
  void on_turn_end() override;
  void on_idle(std::int64_t now_ms) override;
  void on_reload() override;

  // The journal failed: the process must end with an error once the server has stopped.
  bool dead() const { return parts_.pipeline.dead(); }
  // How long the loop may wait before the next turn: the pipeline's own work and batches in hand want it
  // soon.
  core::DurationMs wait_ms_max() const;
  const RequestCounters& counters() const { return counters_; }

 private:
  // A batch whose lines are decided over several turns; answered when all are.
  struct Batch;
  // What waits for the end of the turn: one event, or some lines of a batch.
  struct Waiting {
    http::RequestId id;
    const Route* route = nullptr;
    std::int64_t arrived_ms = 0;
    std::int64_t deadline_ms = 0;
    bool record = true;
    Batch* batch = nullptr;
    std::size_t first = 0;  // of events_
    std::size_t count = 0;
  };
  // One event of it. Faults: it was not taken.
  struct Event {
    std::unique_ptr<payment::EntryBuilder> entry;
    std::vector<door::Fault> faults;
    bool lacks_scope = false;  // the key may not send this kind
    bool submitted = false;
    pipeline::Answer answer;
  };
  struct Admitted {
    const Route* route = nullptr;
    std::string_view variable;
    std::string client;
    Scopes scopes = 0;
    std::optional<http::Response> refusal;
  };
  struct Query {
    bool record = true;
    std::optional<std::uint64_t> after;
    std::optional<std::size_t> limit;
    std::optional<std::string> request_id;
    std::string fault;  // "" where the query is right
  };

  Admitted admit(const http::RequestHead& head);
  Query read_query(const Route& route, std::string_view query) const;
  void respond(http::RequestId id, const Route* route, const http::Response& response);
  std::int64_t monotonic_ms() { return parts_.clock.monotonic_ns() / 1'000'000; }

  void collect(http::Request& request, const Admitted& admitted, const Query& query, Waiting waiting);
  void read_event(std::string_view json, const door::Expectation& expectation, Scopes scopes);
  void keep_batch(http::Request& request, const Admitted& admitted, const Waiting& waiting,
                  const door::Expectation& expectation);
  std::size_t take_lines();
  void answer_lines(const Waiting& waiting);
  void end_batches();
  Event& next_event();
  void decide();
  void answer(const Waiting& waiting);
  http::Response answer_one(const Event& event);
  http::Response answer_batch(Batch& batch);
  http::Response expired() const;

  http::Response get(const Admitted& admitted, const Query& query);
  http::Response list_decisions(const Query& query, const Admitted& admitted);
  http::Response find_decision(const std::string& request_id, const Admitted& admitted);
  http::Response get_decision(std::string_view id);
  http::Response metrics();
  // Appends the stored decision. Errors: not_found (no decision at that place), io, corrupt.
  core::Status append_decision(std::string& out, core::Sequence sequence);
  core::Status append_decision(std::string& out, std::string_view entry, std::string_view decision,
                               bool recorded);

  Parts parts_;
  std::string contract_;
  door::EventReader reader_;
  http::Server* server_ = nullptr;
  std::vector<Waiting> waiting_;
  std::vector<Event> events_;  // reused; the first event_count_ belong to this turn
  std::size_t event_count_ = 0;
  std::list<Batch> batches_;     // in hand; the first is served first, and then goes to the end
  std::size_t batch_bytes_ = 0;  // of their bodies
  bool others_in_turn_ = false;  // whether a request came that is no batch
  BatchPace pace_;
  RequestCounters counters_;
  payment::EntryView view_;
  engine::Decision decision_;
  bool busy_ = false;
};

}  // namespace tillwatch::api
