#include "desk/session_view.h"

#include "access/account.h"
#include "access/actor.h"
#include "access/proposal.h"
#include "desk/origin.h"
#include "json/writer.h"

namespace tillwatch::desk {
namespace {

constexpr std::string_view attributes = "; Path=/; Secure; HttpOnly; SameSite=Strict";
// Browsers keep no cookie longer than 400 days.
constexpr std::string_view device_age = "; Max-Age=34560000";

core::Status write_account(json::Writer& out, sql::Connection& connection, const access::Parts& parts,
                           const std::string& id) {
  TRY(account, access::find_account(connection, parts, id));
  TRY(actor, access::Actor::of(connection, id));
  if (!account) return core::fail(core::ErrorCode::not_found, "", "there is no such account");
  out.begin_object().member("id", account->id).member("sign_in", account->sign_in);
  out.member("shown_name", account->shown_name).member("language", account->language);
  out.key("roles").begin_array();
  for (const std::string& role : actor.roles()) out.value(role);
  out.end_array().key("rights").begin_array();
  for (const std::string_view right : actor.rights()) out.value(right);
  out.end_array().end_object();
  return {};
}

}  // namespace

core::Result<std::optional<access::Session>> session_of(Call& call) {
  return access::find_session(call.connection, call.caller.cookie, call.now);
}

core::Status check_fresh_factor(Call& call) {
  TRY(session, session_of(call));
  if (session && session->state == "signed_in" && session->stepped_up(call.now)) return {};
  return core::fail(core::ErrorCode::denied, "step-up-needed", "show your second factor once more for this");
}

std::string_view device_secret_of(const Call& call) {
  return find_cookie(call.cookies, device_cookie).value_or("");
}

core::Result<std::string> session_view(sql::Connection& connection, const access::Parts& parts,
                                       const std::optional<access::Session>& session, core::TimeMs now,
                                       const std::vector<std::string>& recovery_codes) {
  std::string text;
  json::Writer out(text);
  out.begin_object().member("state", session ? std::string_view(session->state) : std::string_view("none"));
  out.member("csrf", session ? std::string_view(session->csrf) : std::string_view());
  out.member("stepped_up", session && session->stepped_up(now));
  out.key("account");
  if (session && session->state == "signed_in")
    TRY_STATUS(write_account(out, connection, parts, session->account));
  else
    out.null();
  TRY(mode, access::approval_mode(connection));
  out.member("approval_mode", access::name_of(mode));
  if (!recovery_codes.empty()) {
    out.key("recovery_codes").begin_array();
    for (const std::string& code : recovery_codes) out.value(code);
    out.end_array();
  }
  out.end_object();
  return text;
}

core::Result<http::Response> sign_in_answer(sql::Connection& connection, core::TimeMs now,
                                            const access::Parts& parts, const access::SignInResult& result,
                                            const std::vector<std::string>& recovery_codes) {
  using Kind = access::SignInResult::Kind;
  if (result.kind == Kind::refused)
    return refuse(Problem::not_signed_in, "that was not right, or the account may not sign in");
  if (result.kind == Kind::wait) {
    const std::int64_t seconds = (result.wait_ms + core::second_ms - 1) / core::second_ms;
    return refuse(Problem::too_many_attempts,
                  "too many tries; wait, or use the device that you signed in from before")
        .with("Retry-After", std::to_string(seconds));
  }
  TRY(view, session_view(connection, parts, result.opened->session, now, recovery_codes));
  http::Response response = json_answer(std::move(view));
  set_session_cookie(response, result.opened->secret);
  if (!result.device_secret.empty())
    response.with("Set-Cookie", std::string(device_cookie) + "=" + result.device_secret +
                                    std::string(attributes) + std::string(device_age));
  return response;
}

void set_session_cookie(http::Response& response, std::string_view secret) {
  response.with("Set-Cookie",
                std::string(session_cookie) + "=" + std::string(secret) + std::string(attributes));
}

void drop_session_cookie(http::Response& response) {
  response.with("Set-Cookie", std::string(session_cookie) + "=" + std::string(attributes) + "; Max-Age=0");
}

}  // namespace tillwatch::desk
