#include "desk/session_routes.h"

#include "access/account.h"
#include "access/factor.h"
#include "access/invitation.h"
#include "access/session.h"
#include "access/sign_in.h"
#include "desk/fields.h"
#include "desk/qr_code.h"
#include "desk/session_view.h"
#include "json/writer.h"
#include "relay/act.h"

namespace tillwatch::desk {
namespace {

using access::Session;
using access::SignInResult;

constexpr std::size_t digits_max = 16;

core::Result<Answer> get_session(Call& call, const access::Parts& parts) {
  TRY(session, session_of(call));
  TRY(view, session_view(call.connection, parts, session, call.now));
  return json_answer(std::move(view));
}

core::Result<Answer> look_at_invitation(Call& call, const access::Parts& parts) {
  Body body(call);
  const std::string token = body.text("token", 1, link_bytes_max);
  if (auto refusal = body.refusal()) return *std::move(refusal);
  TRY(found, access::find_invitation(call.connection, token, call.now));
  if (!found) return refuse(Problem::not_found, "this link was used already, or it has expired");
  std::string text;
  json::Writer out(text);
  const bool owner = found->purpose == access::Purpose::owner;
  out.begin_object().member("purpose", owner ? std::string_view("owner")
                                       : found->purpose == access::Purpose::invite
                                           ? std::string_view("invite")
                                           : std::string_view("reset"));
  out.key("sign_in");
  if (owner) {
    out.null();
  } else {
    TRY(account, access::find_account(call.connection, parts, found->account));
    out.value(account ? std::string_view(account->sign_in) : std::string_view());
  }
  out.end_object();
  return json_answer(std::move(text));
}

struct Shown {
  std::string digits;
  std::string recovery_code;
};
// Exactly one of the two.
std::optional<http::Response> read_factor(Call& call, Shown& shown) {
  Body body(call);
  shown.digits = body.text_if("totp", 0, digits_max).value_or("");
  shown.recovery_code = body.text_if("recovery_code", 0, 64).value_or("");
  if (shown.digits.empty() == shown.recovery_code.empty())
    body.fault("totp", "send either totp or recovery_code");
  return body.refusal();
}

core::Result<Answer> show_factor(Call& call, const access::Parts& parts, std::string_view wanted_state) {
  Shown shown;
  if (auto refusal = read_factor(call, shown)) return *std::move(refusal);
  TRY(session, session_of(call));
  if (!session || session->state != wanted_state) return refuse(Problem::not_signed_in, "sign in first");
  TRY(result,
      access::show_factor(call.connection, parts, *session, shown.digits, shown.recovery_code, call.now));
  TRY(answer, sign_in_answer(call.connection, call.now, parts, result));
  return std::move(answer);
}

core::Result<Answer> sign_out(Call& call) {
  TRY(session, session_of(call));
  if (session) TRY_STATUS(access::end_session(call.connection, session->account, session->id, call.now));
  http::Response response = nothing();
  drop_session_cookie(response);
  return response;
}

// Whoever enrols for the first time has only shown a password; whoever changes the factor has to show it.
core::Result<std::optional<Session>> session_that_may_enrol(Call& call) {
  TRY(session, session_of(call));
  if (!session) return std::nullopt;
  if (session->state == "enrol_factor") {
    TRY(enrolled, access::has_factor(call.connection, session->account));
    if (enrolled) return std::nullopt;  // somebody was faster: it takes that factor now
    return session;
  }
  if (session->state != "signed_in") return std::nullopt;
  TRY_STATUS(check_fresh_factor(call));
  return session;
}

core::Result<Answer> begin_totp(Call& call, const access::Parts& parts) {
  TRY(session, session_that_may_enrol(call));
  if (!session) return refuse(Problem::not_signed_in, "sign in first");
  TRY(account, access::find_account(call.connection, parts, session->account));
  TRY(begun, access::begin_totp(call.connection, parts, session->account, account->sign_in, call.now));
  TRY(svg, qr_svg(begun.uri));
  std::string text;
  json::Writer(text)
      .begin_object()
      .member("secret", begun.secret)
      .member("uri", begun.uri)
      .member("svg", svg)
      .end_object();
  return json_answer(std::move(text));
}

core::Result<Answer> confirm_totp(Call& call, const access::Parts& parts) {
  Body body(call);
  const std::string digits = body.text("totp", 1, digits_max);
  if (auto refusal = body.refusal()) return *std::move(refusal);
  TRY(session, session_that_may_enrol(call));
  if (!session) return refuse(Problem::not_signed_in, "sign in first");
  TRY(good, access::confirm_totp(call.connection, parts, session->account, digits, call.now));
  if (!good)
    return refuse(Problem::rule_broken, "these are not the digits of now: look at the clock of the phone",
                  {{"/totp", "not the digits of now"}});
  TRY(codes, access::make_recovery_codes(call.connection, parts, session->account, call.now));
  SignInResult result;
  result.kind = SignInResult::Kind::signed_in;
  TRY(opened, access::renew_session(call.connection, parts, *session, "signed_in", true, call.now));
  result.opened = std::move(opened);
  if (session->device.empty()) {
    TRY(secret, access::remember_device(call.connection, parts, session->account, call.now));
    result.device_secret = std::move(secret);
  }
  const std::string subject = "account:" + session->account;
  TRY_STATUS(relay::append(call.connection,
                           {"account.factor_enrolled", session->account, subject, "", call.now, nullptr}));
  TRY(answer, sign_in_answer(call.connection, call.now, parts, result, codes));
  return std::move(answer);
}

core::Result<Answer> new_recovery_codes(Call& call, const access::Parts& parts) {
  TRY_STATUS(check_fresh_factor(call));
  TRY(codes, access::make_recovery_codes(call.connection, parts, call.caller.account, call.now));
  std::string text;
  json::Writer out(text);
  out.begin_object().key("recovery_codes").begin_array();
  for (const std::string& code : codes) out.value(code);
  out.end_array().end_object();
  return json_answer(std::move(text));
}

core::Result<Answer> own_sessions(Call& call) {
  TRY(sessions, access::live_sessions(call.connection, call.caller.account, call.now));
  std::string text;
  json::Writer out(text);
  out.begin_object().key("items").begin_array();
  for (const Session& one : sessions)
    out.begin_object()
        .member("id", one.id)
        .member("made_at", core::format_time(one.made_at))
        .member("seen_at", core::format_time(one.seen_at))
        .member("address", one.address)
        .member("user_agent", one.user_agent)
        .member("current", one.id == call.caller.session)
        .end_object();
  out.end_array().end_object();
  return json_answer(std::move(text));
}

core::Result<Answer> end_own_session(Call& call) {
  TRY_STATUS(access::end_session(call.connection, call.caller.account, call.variable(0), call.now));
  return nothing();
}

}  // namespace

void add_session_routes(Routes& routes, const AccessParts& given) {
  using http::Method;
  const access::Parts* parts = given.access;
  const auto with = [parts](core::Result<Answer> (*function)(Call&, const access::Parts&)) {
    return [parts, function](Call& call) { return function(call, *parts); };
  };
  routes.add({.name = "getSession", .path = "/desk/session", .right = open_to_all}, with(get_session));
  routes.add({.name = "lookAtInvitation",
              .method = Method::post,
              .path = "/desk/invitation",
              .right = open_to_all,
              .body_bytes_max = body_bytes_default,
              .statuses = {200, 404}},
             with(look_at_invitation));
  routes.add({.name = "showFactor",
              .method = Method::post,
              .path = "/desk/sessions/factor",
              .right = open_to_all,
              .store = Store::own,
              .body_bytes_max = body_bytes_default,
              .statuses = {200, 401, 429}},
             [parts](Call& call) { return show_factor(call, *parts, "factor_needed"); });
  routes.add({.name = "stepUp",
              .method = Method::post,
              .path = "/desk/session/step-up",
              .right = any_account,
              .store = Store::own,
              .body_bytes_max = body_bytes_default,
              .statuses = {200, 429}},
             [parts](Call& call) { return show_factor(call, *parts, "signed_in"); });
  routes.add({.name = "signOut",
              .method = Method::remove,
              .path = "/desk/session",
              .right = any_account,
              .store = Store::write,
              .statuses = {204}},
             sign_out);
}

void add_own_account_routes(Routes& routes, const AccessParts& given) {
  using http::Method;
  const access::Parts* parts = given.access;
  const auto with = [parts](core::Result<Answer> (*function)(Call&, const access::Parts&)) {
    return [parts, function](Call& call) { return function(call, *parts); };
  };
  routes.add({.name = "beginTotp",
              .method = Method::post,
              .path = "/desk/account/totp",
              .right = open_to_all,
              .store = Store::write,
              .statuses = {200, 401, 403}},
             with(begin_totp));
  routes.add({.name = "confirmTotp",
              .method = Method::post,
              .path = "/desk/account/totp/confirm",
              .right = open_to_all,
              .store = Store::write,
              .body_bytes_max = body_bytes_default,
              .statuses = {200, 401, 403, 422}},
             with(confirm_totp));
  routes.add({.name = "makeRecoveryCodes",
              .method = Method::post,
              .path = "/desk/account/recovery-codes",
              .right = any_account,
              .store = Store::write,
              .statuses = {200}},
             with(new_recovery_codes));
  routes.add({.name = "listOwnSessions", .path = "/desk/account/sessions", .right = any_account},
             own_sessions);
  routes.add({.name = "endOwnSession",
              .method = Method::remove,
              .path = "/desk/account/sessions/{id}",
              .right = any_account,
              .store = Store::write,
              .statuses = {204, 404}},
             end_own_session);
}

}  // namespace tillwatch::desk
