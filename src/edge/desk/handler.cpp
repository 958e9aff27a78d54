#include "desk/handler.h"

#include <algorithm>
#include <utility>

#include "core/check.h"
#include "crypto/hash.h"
#include "crypto/secret.h"
#include "http/target.h"

namespace tillwatch::desk {
namespace {

using http::Response;
using trace::FieldName;

constexpr std::size_t waiting_max = 64;  // answers that wait for something at a time
constexpr std::size_t cookie_bytes_max = 512;
constexpr std::size_t user_agent_bytes_max = 256;
constexpr int tries_max = 4;  // of a transaction that the database gave up

bool is_page(std::string_view path) {
  return path.starts_with('/') && !path.starts_with("/desk/");
}

bool changes(http::Method method) {
  return method != http::Method::get && method != http::Method::head;
}

// A body says what it is: what a form of another site can send without asking first is no JSON.
bool is_json(const http::RequestHead& head) {
  std::string_view type = head.fields.find("Content-Type").value_or("");
  type = type.substr(0, type.find(';'));
  while (type.ends_with(' ')) type.remove_suffix(1);
  return http::equal_without_case(type, "application/json");
}

// "zh-CN,zh;q=0.9,en;q=0.8": the first that we speak; browsers put the best one first.
Language language_of(const http::RequestHead& head) {
  const std::string_view wish = head.fields.find("Accept-Language").value_or("");
  const std::size_t zh = wish.find("zh");
  return zh < wish.find("en") ? Language::chinese : Language::english;
}

std::string start_of(std::optional<std::string_view> text, std::size_t bytes_max) {
  return std::string(text.value_or("").substr(0, bytes_max));
}

}  // namespace

http::Limits desk_limits() {
  http::Limits limits;
  limits.connections_max = 1024;
  limits.connections_per_address_max = 256;  // an office behind one address
  limits.pipeline_requests_max = 16;
  limits.requests_share_max = 4;
  limits.requests_per_turn_max = 64;  // relay and projector share the thread
  return limits;
}

Response json_answer(std::string json, int status) {
  Response response;
  response.status = status;
  response.body = std::move(json);
  return response;
}

Response nothing() {
  Response response;
  response.status = 204;
  return response;
}

Handler::Handler(Parts parts, OriginRules rules)
    : parts_(parts),
      rules_(std::move(rules)),
      streams_({parts.authenticator, parts.connection, parts.clock, parts.log}),
      sliced_({parts.authenticator, parts.connection, parts.clock}) {
  const bool behind_tls =
      std::ranges::any_of(rules_.origins, [](const std::string& one) { return one.starts_with("https://"); });
  security_fields_ = security_fields(rules_.tls || behind_tls);
}

// What can be said without the database.
std::optional<Response> Handler::refusal_of(const http::RequestHead& head, const Routes::Found& found) const {
  if (const std::string why = foreign(head, rules_, false); !why.empty())
    return refuse(Problem::foreign_origin, why);
  if (found.row == nullptr) {
    if (!found.path_known) return refuse(Problem::not_found, "there is nothing at this path");
    return refuse(Problem::method_not_allowed, "this resource takes " + found.allow)
        .with("Allow", found.allow);
  }
  const Route& route = found.row->route;
  if (route.right != open_to_all &&
      !find_cookie(head.fields.find("Cookie").value_or(""), session_cookie).has_value())
    return refuse(Problem::not_signed_in, "sign in first");
  if (route.body_bytes_max > 0 && !is_json(head))
    return refuse(Problem::unsupported_media_type, "send the body as application/json");
  return std::nullopt;
}

http::Verdict Handler::on_head(const http::RequestHead& head) {
  http::Verdict verdict;
  if (is_page(head.path())) {
    verdict.body_bytes_max = 0;
    return verdict;
  }
  const Routes::Found found = parts_.routes.find(head.method, head.path());
  verdict.body_bytes_max = found.row == nullptr ? 0 : found.row->route.body_bytes_max;
  verdict.refusal = refusal_of(head, found);
  if (verdict.refusal) dress(*verdict.refusal);
  return verdict;
}

void Handler::on_request(http::RequestId id, http::Request request) {
  if (is_page(request.head.path())) return respond(id, page(request.head));
  const core::TimeMs now = parts_.clock.now();
  const Routes::Found found = parts_.routes.find(request.head.method, request.head.path());
  CHECK(found.row != nullptr);  // on_head refused all others
  const Route& route = found.row->route;
  Caller caller;
  caller.address = server_->address_of(id);
  Call call(parts_.connection, caller, now);
  auto refusal = admit(request, route, now, caller);
  if (refusal && !*refusal) refusal = prepare(request, found, call);
  if (!refusal) {
    respond(id, told(route.name, refusal.error()));
  } else if (*refusal) {
    respond(id, **std::move(refusal));
  } else {
    auto answer = run(*found.row, call);
    if (!answer) {
      respond(id, told(route.name, answer.error()));
    } else if (answer->wait) {
      const std::int64_t until_ms = monotonic_ms() + answer->wait->wait_ms_max;
      waiting_.push_back({id, route.name, *std::move(answer->wait), until_ms});
    } else if (answer->stream) {
      begin_stream(id, route, caller, *std::move(answer->stream));
    } else if (answer->slices) {
      begin_slices(id, route, caller, *std::move(answer->slices));
    } else {
      respond(id, std::move(answer->response));
    }
  }
  if (route.method != http::Method::get)
    parts_.log.info("desk_change", {{FieldName::detail, std::string(route.name)}});
  // Bodies hold passwords, heads hold sessions: nothing of them stays behind in freed memory.
  crypto::wipe(request.body.data(), request.body.size());
  crypto::wipe(caller.cookie.data(), caller.cookie.size());
  if (route.body_bytes_max > 0) reader_.forget();
}

// Who asks, and whether they may. A response: they may not.
core::Result<std::optional<Response>> Handler::admit(const http::Request& request, const Route& route,
                                                     core::TimeMs now, Caller& caller) {
  const http::RequestHead& head = request.head;
  const std::string_view cookies = head.fields.find("Cookie").value_or("");
  caller.cookie = start_of(find_cookie(cookies, session_cookie), cookie_bytes_max);
  caller.user_agent = start_of(head.fields.find("User-Agent"), user_agent_bytes_max);
  TRY_STATUS(parts_.authenticator.identify(parts_.connection, now, caller));
  if (route.right == open_to_all) return std::nullopt;
  if (!caller.signed_in) return refuse(Problem::not_signed_in, "sign in first");
  if (changes(head.method)) {
    const std::string_view token = head.fields.find(csrf_field).value_or("");
    if (caller.csrf.empty() || !crypto::equal_in_constant_time(token, caller.csrf))
      return refuse(Problem::foreign_origin, "send the field Tillwatch-Csrf as GET /desk/session says");
  }
  if (route.right == any_account) return std::nullopt;
  const core::Status permitted = parts_.authenticator.permit(parts_.connection, now, caller, route.right);
  if (permitted) return std::nullopt;
  if (permitted.error().code != core::ErrorCode::denied) return std::unexpected(permitted.error());
  return refuse(permitted.error());
}

// Path, query and body into the call. A response: they are not right.
std::optional<Response> Handler::prepare(const http::Request& request, const Routes::Found& found,
                                         Call& call) {
  const Route& route = found.row->route;
  call.variables = found.variables;
  call.language = language_of(request.head);
  call.secure = rules_.tls;
  call.last_event_id = request.head.fields.find("Last-Event-ID").value_or("");
  call.cookies = request.head.fields.find("Cookie").value_or("");
  auto parameters = http::split_query(request.head.query());
  if (!parameters)
    return refuse(Problem::invalid_request, "the query is not percent-coded, or a parameter stands twice");
  std::vector<Fault> faults;
  for (const auto& [name, value] : *parameters)
    if (std::ranges::find(route.query, name) == route.query.end())
      faults.push_back({"?" + name.substr(0, 64), "there is no such parameter here"});
  if (!faults.empty()) return refuse(Problem::invalid_request, "a parameter is not known", faults);
  call.parameters = *std::move(parameters);
  if (route.body_bytes_max == 0) return std::nullopt;
  json::Bounds bounds;
  bounds.bytes_max = route.body_bytes_max;
  bounds.string_bytes_max = route.text_bytes_max;
  reader_ = json::Reader(bounds);
  const auto root = reader_.parse(request.body);
  if (!root)
    return refuse(Problem::invalid_request, "the body is no JSON that can be taken",
                  {{root.error().where, root.error().detail}});
  if (!root->is(json::Kind::object))
    return refuse(Problem::invalid_request, "the body is not right", {{"", "expected an object"}});
  call.body = *root;
  return std::nullopt;
}

core::Result<Answer> Handler::run(const Routes::Row& row, Call& call) {
  for (int tries = 1;; ++tries) {
    auto answer = run_once(row, call);
    const bool again = !answer && answer.error().code == core::ErrorCode::unavailable &&
                       row.route.store != Store::own && tries < tries_max;
    if (!again) return answer;
  }
}

core::Result<Answer> Handler::run_once(const Routes::Row& row, Call& call) {
  if (row.route.store == Store::own) return row.function(call);
  TRY(transaction, row.route.store == Store::read ? sql::Transaction::begin_read(parts_.connection)
                                                  : sql::Transaction::begin(parts_.connection));
  TRY(answer, row.function(call));
  if (answer.wait || answer.response.status < 400) TRY_STATUS(transaction.commit());
  return std::move(answer);
}

// An error as the caller may see it; what is ours to mend goes to the log.
Response Handler::told(std::string_view route, const core::Error& error) {
  Response response = refuse(error);
  if (response.status >= 500)
    parts_.log.error("desk_failed", {{FieldName::detail, std::string(route) + ": " + error.to_string()},
                                     {FieldName::code, std::string(core::name_of(error.code))}});
  return response;
}

void Handler::begin_stream(http::RequestId id, const Route& route, const Caller& caller, Stream stream) {
  if (auto refusal = streams_.refusal(caller)) return respond(id, *std::move(refusal));
  Response head = Streams::head();
  dress(head);
  streams_.begin(*server_, id, head, {caller, route.right, std::move(stream)});
}

void Handler::begin_slices(http::RequestId id, const Route& route, const Caller& caller, Slices slices) {
  if (auto refusal = sliced_.refusal(caller)) return respond(id, *std::move(refusal));
  sliced_.begin(id, route.name, route.right, caller, std::move(slices));
}

void Handler::on_turn_end() {
  if (server_ == nullptr) return;
  streams_.turn(*server_);
  if (auto done = sliced_.turn(*server_))
    respond(done->id, done->response ? *std::move(done->response) : told(done->name, done->response.error()));
  go_on_waiting();
}

void Handler::go_on_waiting() {
  if (waiting_.empty()) return;
  const std::int64_t now_ms = monotonic_ms();
  std::vector<Waiting> still;
  for (std::size_t i = 0; i < waiting_.size(); ++i) {
    Waiting& one = waiting_[i];
    // Where too many wait, the oldest have to do with what is known now.
    const bool late = now_ms >= one.until_ms || waiting_.size() - i > waiting_max;
    if (auto response = one.wait.ask(parts_.connection, late))
      respond(one.id, *std::move(response));
    else
      still.push_back(std::move(one));
  }
  waiting_ = std::move(still);
}

// The console itself. Other sites may link to it, and nothing in it depends on who asks.
Response Handler::page(const http::RequestHead& head) {
  if (const std::string why = foreign(head, rules_, true); !why.empty())
    return refuse(Problem::foreign_origin, why);
  if (changes(head.method))
    return refuse(Problem::method_not_allowed, "this resource takes GET, HEAD").with("Allow", "GET, HEAD");
  return parts_.assets.answer(head);
}

void Handler::dress(Response& response) const {
  for (const auto& [name, value] : security_fields_) response.with(name, value);
  const auto has = [&response](std::string_view name) {
    return std::ranges::any_of(response.fields, [name](const auto& field) { return field.first == name; });
  };
  if (!has("Content-Security-Policy")) response.with("Content-Security-Policy", std::string(policy_of_data));
  if (!has("Cache-Control")) response.with("Cache-Control", "no-store");
}

void Handler::respond(http::RequestId id, Response response) {
  CHECK(server_ != nullptr);
  dress(response);
  server_->respond(id, response);
}

}  // namespace tillwatch::desk
