#include "api/api_handler.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <utility>

#include "api/answer_json.h"
#include "api/batch_in_hand.h"
#include "api/contract.h"
#include "core/check.h"
#include "core/limits.h"
#include "crypto/secret.h"
#include "engine/decision.h"
#include "engine/engine.h"
#include "http/target.h"

namespace tillwatch::api {
namespace {

using http::Response;
using trace::FieldName;

constexpr std::string_view deadline_field = "Tillwatch-Deadline-Ms";

template <class T>
std::optional<T> number_of(std::string_view text) {
  T value = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || fault != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// The key of "Authorization: Bearer KEY"; "" where there is none.
std::string_view bearer_of(const http::RequestHead& head) {
  const std::string_view field = head.fields.find("Authorization").value_or("");
  constexpr std::string_view scheme = "Bearer ";
  if (field.size() <= scheme.size() || !http::equal_without_case(field.substr(0, scheme.size()), scheme))
    return {};
  return field.substr(scheme.size());
}

// The media type without its parameters.
bool has_media_type(const http::RequestHead& head, std::string_view wanted) {
  const auto field = head.fields.find("Content-Type");
  if (!field) return true;
  std::string_view type = field->substr(0, field->find(';'));
  while (type.ends_with(' ')) type.remove_suffix(1);
  return http::equal_without_case(type, wanted);
}

Response json_response(std::string body) {
  Response response;
  response.body = std::move(body);
  return response;
}

Response health(std::string_view status, std::optional<std::uint64_t> last) {
  Response response;
  json::Writer out(response.body);
  out.begin_object().member("status", status);
  if (last) out.member("last_durable", *last);
  out.end_object();
  return response;
}

}  // namespace

core::Result<std::unique_ptr<ApiHandler>> ApiHandler::create(Parts parts) {
  TRY(contract, json_of_yaml(openapi_yaml, "contracts/openapi.yaml"));
  return std::unique_ptr<ApiHandler>(std::make_unique<ApiHandler>(Token(), parts, std::move(contract)));
}

ApiHandler::ApiHandler(Token, Parts parts, std::string contract)
    : parts_(parts), contract_(std::move(contract)), reader_(parts.door) {}

ApiHandler::~ApiHandler() = default;

ApiHandler::Admitted ApiHandler::admit(const http::RequestHead& head) {
  Admitted admitted;
  const Found found = find_route(head.method, head.path());
  admitted.route = found.route;
  admitted.variable = found.variable;
  if (found.route == nullptr) {
    admitted.refusal = found.path_known
                           ? problem(ProblemType::method_not_allowed, "this resource takes " + found.allow)
                                 .with("Allow", found.allow)
                           : problem(ProblemType::not_found, "see /openapi.json for what is there");
    return admitted;
  }
  const Route& route = *found.route;
  if (route.scopes != 0) {
    const ApiKey* key = parts_.keys.authenticate(bearer_of(head), parts_.clock.now());
    if (key == nullptr) {
      ++counters_.keys_refused;
      admitted.refusal =
          problem(ProblemType::not_authenticated,
                  "send a key made by `tillwatch admin api-key create`: Authorization: Bearer KEY");
      return admitted;
    }
    if ((key->scopes & route.scopes) == 0) {
      admitted.refusal =
          problem(ProblemType::not_permitted, "this needs a key with the scope " + name_of(route.scopes));
      return admitted;
    }
    admitted.client = key->name;
    admitted.scopes = key->scopes;
  }
  if (route.body_bytes_max > 0 && !has_media_type(head, route.media_type))
    admitted.refusal =
        problem(ProblemType::unsupported_media_type, "send the body as " + std::string(route.media_type));
  return admitted;
}

http::Verdict ApiHandler::on_head(const http::RequestHead& head) {
  Admitted admitted = admit(head);
  http::Verdict verdict;
  verdict.body_bytes_max = admitted.route == nullptr ? 0 : admitted.route->body_bytes_max;
  if (admitted.refusal) {
    counters_.count(admitted.route, admitted.refusal->status);
    verdict.refusal = std::move(admitted.refusal);
  }
  return verdict;
}

void ApiHandler::respond(http::RequestId id, const Route* route, const Response& response) {
  CHECK(server_ != nullptr);
  counters_.count(route, response.status);
  server_->respond(id, response);
}

ApiHandler::Query ApiHandler::read_query(const Route& route, std::string_view text) const {
  Query query;
  const auto parameters = http::split_query(text);
  if (!parameters) {
    query.fault = "the query is not percent-coded as RFC 3986 says, or a parameter stands twice";
    return query;
  }
  for (const auto& [name, value] : *parameters) {
    if (std::ranges::find(route.query, name) == route.query.end()) {
      std::string known;
      for (const std::string_view one : route.query) known += (known.empty() ? "" : ", ") + std::string(one);
      query.fault = known.empty() ? "this resource takes no parameters" : "the parameters here are: " + known;
      return query;
    }
    bool right = true;
    if (name == "record") {
      right = value == "true" || value == "false";
      query.record = value == "true";
    } else if (name == "after") {
      query.after = number_of<std::uint64_t>(value);
      right =
          query.after && *query.after <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    } else if (name == "limit") {
      query.limit = number_of<std::size_t>(value);
      right = query.limit && *query.limit >= 1 && *query.limit <= core::limits::feed_page_max;
    } else {
      query.request_id = value;
      right = !value.empty() && value.size() <= core::limits::request_id_bytes_max;
    }
    if (!right) query.fault = "the value of the parameter " + name + " is not right; see /openapi.json";
  }
  if (query.fault.empty() && query.request_id && (query.after || query.limit))
    query.fault = "request_id stands alone, without after and limit";
  return query;
}

void ApiHandler::on_request(http::RequestId id, http::Request request) {
  Admitted admitted = admit(request.head);
  const Route* route = admitted.route;
  if (route == nullptr || route->operation != Operation::decide_batch) others_in_turn_ = true;
  Query query;
  if (!admitted.refusal) {
    query = read_query(*route, request.head.query());
    if (!query.fault.empty()) admitted.refusal = problem(ProblemType::invalid_parameter, query.fault);
  }
  Waiting waiting{.id = id, .route = route, .arrived_ms = request.arrived_ms, .record = query.record};
  waiting.deadline_ms = route != nullptr && route->operation == Operation::decide_batch
                            ? core::limits::http_batch_deadline_ms_default
                            : core::limits::http_deadline_ms_default;
  if (const auto field = request.head.fields.find(deadline_field); field && !admitted.refusal) {
    const auto deadline = number_of<std::int64_t>(*field);
    if (!deadline || *deadline < 1 || *deadline > core::limits::http_deadline_ms_max)
      admitted.refusal = problem(ProblemType::invalid_parameter,
                                 "Tillwatch-Deadline-Ms is a number of milliseconds, 1 to 60000");
    else
      waiting.deadline_ms = *deadline;
  }
  if (admitted.refusal) {
    respond(id, route, *admitted.refusal);
  } else if (route->method == http::Method::post) {
    collect(request, admitted, query, waiting);
  } else {
    respond(id, route, get(admitted, query));
  }
  // Bodies hold card numbers, heads hold keys: nothing of them stays behind in freed memory.
  crypto::wipe(request.body.data(), request.body.size());
  crypto::wipe(request.head.target.data(), request.head.target.size());
}

ApiHandler::Event& ApiHandler::next_event() {
  if (event_count_ == events_.size()) {
    events_.emplace_back();
    events_.back().entry = std::make_unique<payment::EntryBuilder>();
  }
  Event& event = events_[event_count_++];
  event.faults.clear();
  event.lacks_scope = false;
  event.submitted = false;
  event.answer = {};
  return event;
}

void ApiHandler::collect(http::Request& request, const Admitted& admitted, const Query& query,
                         Waiting waiting) {
  door::Expectation expectation;
  expectation.kinds = waiting.route->operation == Operation::send_event
                          ? door::Expectation::Kinds::others
                          : door::Expectation::Kinds::transaction;
  expectation.id_required = query.record;
  expectation.client = admitted.client;
  if (waiting.route->operation == Operation::decide_batch)
    return keep_batch(request, admitted, waiting, expectation);
  waiting.first = event_count_;
  read_event(request.body, expectation, admitted.scopes);
  waiting.count = event_count_ - waiting.first;
  waiting_.push_back(waiting);
}

void ApiHandler::read_event(std::string_view json, const door::Expectation& expectation, Scopes scopes) {
  Event& event = next_event();
  event.faults = reader_.read(json, expectation, *event.entry);
  if (reader_.held_card_number()) reader_.forget();
  const payment::EntryKind kind = event.entry->header.kind;
  if (!event.faults.empty() || kind == payment::EntryKind::transaction) return;
  const bool loosens = kind == payment::EntryKind::list_change || kind == payment::EntryKind::retract;
  const Scope needed = loosens ? Scope::admin : Scope::events;
  event.lacks_scope = !holds(scopes, needed);
}

Response ApiHandler::get(const Admitted& admitted, const Query& query) {
  switch (admitted.route->operation) {
    case Operation::list_decisions:
      return list_decisions(query, admitted);
    case Operation::get_decision:
      return get_decision(admitted.variable);
    case Operation::get_policy: {
      Response response;
      json::Writer out(response.body);
      write_policy(out, parts_.pipeline.bundle());
      return response;
    }
    case Operation::live:
      return health("live", std::nullopt);
    case Operation::ready:
      if (dead()) return problem(ProblemType::unavailable, "the journal failed; the server is stopping");
      return health("ready", parts_.pipeline.last_durable().value);
    case Operation::metrics:
      return metrics();
    case Operation::contract:
      return json_response(contract_);
    case Operation::decide:
    case Operation::decide_batch:
    case Operation::send_event:
      break;
  }
  CHECK(false);
}

core::Status ApiHandler::append_decision(std::string& out, std::string_view entry, std::string_view decision,
                                         bool recorded) {
  TRY_STATUS(view_.decode(entry));
  TRY_STATUS(engine::decode(decision, decision_));
  const std::shared_ptr<const policy::Bundle> bundle = parts_.pipeline.bundle_of(decision_.policy);
  json::Writer writer(out);
  write_decision(writer, view_, decision_, bundle.get(), recorded);
  return {};
}

core::Status ApiHandler::append_decision(std::string& out, core::Sequence sequence) {
  TRY(record, parts_.pipeline.read(sequence));
  if (record.decision.empty())
    return core::fail(core::ErrorCode::not_found, "", "the entry at this place is no decided transaction");
  return append_decision(out, record.entry, record.decision, true);
}

Response ApiHandler::get_decision(std::string_view id) {
  const core::Sequence sequence = engine::parse_decision_id(id);
  const auto missing = [] { return problem(ProblemType::not_found, "there is no decision with this id"); };
  if (sequence.value == 0 || sequence > parts_.pipeline.last_durable()) return missing();
  Response response;
  const core::Status status = append_decision(response.body, sequence);
  if (status) return response;
  if (status.error().code == core::ErrorCode::not_found) return missing();
  parts_.log.error("record_unreadable",
                   {{FieldName::sequence, sequence.value}, {FieldName::detail, status.error().to_string()}});
  return problem(ProblemType::internal, "the record could not be read; the server's log says why");
}

Response ApiHandler::find_decision(const std::string& request_id, const Admitted& admitted) {
  payment::EntryBuilder entry;
  entry.set(payment::AttributeId::client, payment::Value::of(std::string_view(admitted.client)));
  entry.set(payment::AttributeId::id, payment::Value::of(std::string_view(request_id)));
  core::Bytes bytes;
  CHECK(entry.encode(bytes).has_value() && view_.decode(bytes).has_value());
  Response response;
  json::Writer out(response.body);
  const auto sequence = parts_.pipeline.find(payment::key_of(view_));
  std::string decision;
  if (!sequence || !append_decision(decision, *sequence))
    return problem(ProblemType::not_found, "no decision of this client has this id");
  out.begin_object().key("decisions").begin_array().raw(decision).end_array();
  out.member("next", sequence->value)
      .member("last_durable", parts_.pipeline.last_durable().value)
      .end_object();
  return response;
}

Response ApiHandler::list_decisions(const Query& query, const Admitted& admitted) {
  if (query.request_id) return find_decision(*query.request_id, admitted);
  if (!holds(admitted.scopes, Scope::read))
    return problem(ProblemType::not_permitted, "the feed needs a key with the scope read");
  const std::uint64_t last = parts_.pipeline.last_durable().value;
  const std::size_t limit = query.limit.value_or(core::limits::feed_page_default);
  std::uint64_t at = query.after.value_or(0);
  // A number that is no place of this journal is not given back: it could be anything.
  if (at > last)
    return problem(ProblemType::invalid_parameter, "after lies beyond the last durable sequence");
  std::size_t found = 0;
  std::size_t looked = 0;
  Response response;
  std::string decision;
  json::Writer out(response.body);
  out.begin_object().key("decisions").begin_array();
  while (at < last && found < limit && looked < core::limits::feed_scan_max &&
         response.body.size() < core::limits::feed_page_bytes_max) {
    ++at;
    ++looked;
    decision.clear();
    const core::Status status = append_decision(decision, core::Sequence(at));
    if (status) {
      out.raw(decision);
      ++found;
    } else if (status.error().code != core::ErrorCode::not_found) {
      parts_.log.error("record_unreadable",
                       {{FieldName::sequence, at}, {FieldName::detail, status.error().to_string()}});
      return problem(ProblemType::internal, "a record could not be read; the server's log says why");
    }
  }
  out.end_array().member("next", at).member("last_durable", last).end_object();
  return response;
}

Response ApiHandler::metrics() {
  Response response;
  response.content_type = "text/plain; version=0.0.4; charset=utf-8";
  std::string& out = response.body;
  write_requests(out, counters_);
  const pipeline::Counters& pipeline = parts_.pipeline.counters();
  write_metric(out, "tillwatch_entries_total", "counter", "Entries admitted since the start",
               pipeline.entries);
  write_metric(out, "tillwatch_decisions_total", "counter", "Decisions made since the start",
               pipeline.decisions);
  write_metric(out, "tillwatch_batches_total", "counter", "Batches made durable", pipeline.batches);
  write_metric(out, "tillwatch_snapshots_total", "counter", "Snapshots written", pipeline.snapshots);
  write_metric(out, "tillwatch_refused_total", "counter", "Events that the engine could not take",
               pipeline.refused);
  write_metric(out, "tillwatch_last_durable", "gauge", "Sequence of the last durable entry",
               parts_.pipeline.last_durable().value);
  const door::Counters& door = parts_.door.counters();
  write_metric(out, "tillwatch_door_masked_total", "counter", "Digit runs masked in unknown members",
               door.masked);
  write_metric(out, "tillwatch_door_dropped_total", "counter", "Personal members left out", door.dropped);
  write_metric(out, "tillwatch_door_refused_total", "counter", "Values refused as card data", door.refused);
  write_metric(out, "tillwatch_log_caught_total", "counter", "Card numbers masked in the log; a defect",
               parts_.log.caught());
  const engine::Engine::Counts counts = parts_.pipeline.engine().counts();
  write_metric(out, "tillwatch_window_keys", "gauge", "Keys that windows hold", counts.window_keys);
  write_metric(out, "tillwatch_window_entries", "gauge", "Entries that windows hold", counts.window_entries);
  write_metric(out, "tillwatch_cards", "gauge", "Cards that the engine knows", counts.cards);
  write_metric(out, "tillwatch_state_bytes", "gauge", "Memory of the engine's state", counts.arena_bytes);
  const http::ServerCounters& server = server_->counters();
  write_metric(out, "tillwatch_connections", "gauge", "Open connections", server_->connections());
  write_metric(out, "tillwatch_connections_total", "counter", "Connections accepted", server.accepted);
  write_metric(out, "tillwatch_connections_refused_total", "counter", "Connections over a cap",
               server.refused_connections);
  write_metric(out, "tillwatch_http_received_bytes_total", "counter", "Bytes read from the network",
               server.bytes_in);
  write_metric(out, "tillwatch_http_time_limits_total", "counter", "Connections ended by a time limit",
               server.deadlines);
  return response;
}

}  // namespace tillwatch::api
