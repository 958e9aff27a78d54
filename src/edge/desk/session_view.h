// What a browser is told of its session, and the cookies that carry it. Called by the routes that begin,
// change or end one.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "access/parts.h"
#include "access/session.h"
#include "access/sign_in.h"
#include "desk/call.h"

namespace tillwatch::desk {

inline constexpr std::string_view device_cookie = "__Host-tillwatch-device";

// The session of the caller, half or whole.
core::Result<std::optional<access::Session>> session_of(Call& call);
// denied with step-up-needed where the caller has not shown his second factor a short while ago. For what a
// right of the route does not say; rights with a step-up of their own are asked by the authenticator.
core::Status check_fresh_factor(Call& call);

// The secret of the device's cookie; "" where none came.
std::string_view device_secret_of(const Call& call);

// {"state":...,"csrf":...,"stepped_up":...,"account":{...}|null,"approval_mode":...}, and the codes where
// there are any. `session` nullopt: a stranger.
core::Result<std::string> session_view(sql::Connection& connection, const access::Parts& parts,
                                       const std::optional<access::Session>& session, core::TimeMs now,
                                       const std::vector<std::string>& recovery_codes = {});

// The answer to a try to sign in: 200 with the view and the cookies, 401, or 429 with Retry-After.
core::Result<http::Response> sign_in_answer(sql::Connection& connection, core::TimeMs now,
                                            const access::Parts& parts, const access::SignInResult& result,
                                            const std::vector<std::string>& recovery_codes = {});

// Both are Secure, HttpOnly and SameSite=Strict; the session's ends with the browser.
void set_session_cookie(http::Response& response, std::string_view secret);
void drop_session_cookie(http::Response& response);

}  // namespace tillwatch::desk
