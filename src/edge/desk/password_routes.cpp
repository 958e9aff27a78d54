// The three things that hash a password, over HTTP: signing in, a first or new password through a one-time
// link, changing one's own. Called by all_routes(). Never hashes on the thread that answers others, where
// there is another one: whoever finds too many waiting is told to come again, before anything is counted.
#include <array>
#include <functional>
#include <utility>

#include "access/account.h"
#include "access/password_rule.h"
#include "access/session.h"
#include "access/sign_in.h"
#include "access/tries.h"
#include "crypto/secret.h"
#include "desk/fields.h"
#include "desk/session_routes.h"
#include "desk/session_view.h"

namespace tillwatch::desk {
namespace {

constexpr std::string_view full = "many passwords are looked at just now: try again in a moment";

// Borrowed from the caller.
access::Visitor visitor_of(const Caller& caller) {
  return {caller.address, caller.user_agent, ""};
}

// For what is left to do when the request is over.
Caller kept(const Caller& caller) {
  Caller copy = caller;
  crypto::wipe(copy.cookie.data(), copy.cookie.size());
  copy.cookie.clear();
  return copy;
}

bool no_room(const access::Parts& parts) {
  return parts.queue != nullptr && !parts.queue->room();
}

// What is left to do when the hash is there; called outside any transaction, and never with a reference to
// the call, which is over by then.
using Finish =
    std::function<core::Result<http::Response>(sql::Connection&, const access::HashOutcome& outcome)>;

core::Result<Answer> hash_and_finish(Call& call, const access::Parts& parts, access::HashJob job,
                                     Finish finish) {
  if (parts.queue == nullptr) {
    const access::HashOutcome outcome = access::hashed(parts.hash, job);
    job.forget();
    TRY(response, finish(call.connection, outcome));
    return Answer(std::move(response));
  }
  const auto ticket = parts.queue->put(std::move(job));
  if (!ticket) return refuse(Problem::unavailable, full);
  return Wait{.ask = [&queue = *parts.queue, ticket = *ticket, finish = std::move(finish)](
                         sql::Connection& connection, bool late) -> std::optional<http::Response> {
    const auto outcome = queue.take(ticket);
    if (!outcome && !late) return std::nullopt;
    if (!outcome) {
      queue.drop(ticket);
      return refuse(Problem::unavailable, full);
    }
    auto response = finish(connection, *outcome);
    return response ? *std::move(response) : refuse(response.error());
  }};
}

core::Status check_made(const access::HashOutcome& outcome) {
  if (!outcome.made.empty()) return {};
  return core::fail(core::ErrorCode::unavailable, "", "there is no memory for a hash just now: try again");
}

core::Result<Answer> sign_in(Call& call, const access::Parts& parts) {
  Body body(call);
  const std::string name = body.text("name");
  access::HashJob job;
  job.password = body.text("password", 1, access::password_bytes_max * 4);
  if (auto refusal = body.refusal()) return *std::move(refusal);
  if (no_room(parts)) return refuse(Problem::unavailable, full);
  TRY(begun, access::begin_sign_in(call.connection, parts, name, job.password, device_secret_of(call),
                                   visitor_of(call.caller), call.now));
  if (begun.over) {
    TRY(response, sign_in_answer(call.connection, call.now, parts, *begun.over));
    return Answer(std::move(response));
  }
  job.stored = begun.stored;
  return hash_and_finish(
      call, parts, std::move(job),
      [&parts, begun = std::move(begun), now = call.now](
          sql::Connection& connection, const access::HashOutcome& outcome) -> core::Result<http::Response> {
        TRY(result, access::end_sign_in(connection, parts, begun, outcome, now));
        return sign_in_answer(connection, now, parts, result);
      });
}

core::Result<Answer> arrive(Call& call, const access::Parts& parts) {
  Body body(call);
  access::HashJob job;
  job.only_wanted = true;
  access::Arrival arrival;
  arrival.secret = body.text("token", 1, link_bytes_max);
  job.wanted = body.text("password", 1, access::password_bytes_max * 4);
  arrival.sign_in = body.text_if("sign_in").value_or("");
  arrival.shown_name = body.text_if("shown_name").value_or("");
  arrival.language = body.word_if("language", {"zh", "en"}).value_or("zh");
  if (auto refusal = body.refusal()) return *std::move(refusal);
  if (no_room(parts)) return refuse(Problem::unavailable, full);
  arrival.password = job.wanted;
  TRY_STATUS(access::begin_arrival(call.connection, parts, arrival, call.now));
  arrival.password = {};
  return hash_and_finish(
      call, parts, std::move(job),
      [&parts, arrival = std::move(arrival), caller = kept(call.caller), now = call.now](
          sql::Connection& connection, const access::HashOutcome& outcome) -> core::Result<http::Response> {
        TRY_STATUS(check_made(outcome));
        TRY(result, access::end_arrival(connection, parts, arrival, outcome.made, visitor_of(caller), now));
        return sign_in_answer(connection, now, parts, result);
      });
}

// A session left open must not become a place to guess the password at.
core::Result<std::optional<http::Response>> count_password_try(Call& call) {
  TRY(transaction, sql::Transaction::begin(call.connection));
  const std::array<access::Bucket, 1> buckets = {{{"password:" + call.caller.account}}};
  TRY(wait, access::take_try(call.connection, buckets, call.now));
  TRY_STATUS(transaction.commit());
  if (wait == 0) return std::nullopt;
  return refuse(Problem::too_many_attempts, "too many tries; wait")
      .with("Retry-After", std::to_string(wait / core::second_ms + 1));
}

// Session and password may be others by now.
core::Result<http::Response> take_new_password(sql::Connection& connection, const access::Parts& parts,
                                               const access::HashOutcome& outcome, const Caller& caller,
                                               std::string_view compared, core::TimeMs now) {
  TRY(transaction, sql::Transaction::begin(connection));
  TRY(lives, access::session_lives(connection, caller.session, now));
  if (!lives) return refuse(Problem::not_signed_in, "sign in first");
  TRY(account, access::find_account(connection, parts, caller.account));
  if (!outcome.right || !account || account->password != compared)
    return refuse(Problem::rule_broken, "the present password is not right", {{"/password", "not right"}});
  TRY_STATUS(check_made(outcome));
  TRY_STATUS(access::set_password(connection, account->id, outcome.made, caller.session, now));
  TRY_STATUS(transaction.commit());
  return nothing();
}

core::Result<Answer> set_password(Call& call, const access::Parts& parts) {
  Body body(call);
  access::HashJob job;
  job.password = body.text("password", 1, access::password_bytes_max * 4);
  job.wanted = body.text("new_password", 1, access::password_bytes_max * 4);
  if (auto refusal = body.refusal()) return *std::move(refusal);
  TRY(account, access::find_account(call.connection, parts, call.caller.account));
  job.stored = account->password;
  const std::array<std::string_view, 2> own = {account->sign_in, account->shown_name};
  const core::Status good = access::check_password(job.wanted, own, parts.password_characters_min);
  if (!good) {
    core::Error error = good.error();
    error.where = "/new_password";
    return std::unexpected(std::move(error));
  }
  if (no_room(parts)) return refuse(Problem::unavailable, full);
  TRY(wait, count_password_try(call));
  if (wait) return *std::move(wait);
  return hash_and_finish(call, parts, std::move(job),
                         [&parts, caller = kept(call.caller), compared = account->password, now = call.now](
                             sql::Connection& connection, const access::HashOutcome& outcome) {
                           return take_new_password(connection, parts, outcome, caller, compared, now);
                         });
}

}  // namespace

void add_password_routes(Routes& routes, const AccessParts& given) {
  using http::Method;
  const access::Parts* parts = given.access;
  const auto with = [parts](core::Result<Answer> (*function)(Call&, const access::Parts&)) {
    return [parts, function](Call& call) { return function(call, *parts); };
  };
  routes.add({.name = "arrive",
              .method = Method::post,
              .path = "/desk/first-run",
              .right = open_to_all,
              .store = Store::own,
              .body_bytes_max = body_bytes_default,
              .statuses = {200, 404, 409, 422}},
             with(arrive));
  routes.add({.name = "signIn",
              .method = Method::post,
              .path = "/desk/sessions",
              .right = open_to_all,
              .store = Store::own,
              .body_bytes_max = body_bytes_default,
              .statuses = {200, 401, 429}},
             with(sign_in));
  routes.add({.name = "setPassword",
              .method = Method::post,
              .path = "/desk/account/password",
              .right = any_account,
              .store = Store::own,
              .body_bytes_max = body_bytes_default,
              .statuses = {204, 422, 429}},
             with(set_password));
}

}  // namespace tillwatch::desk
