// Where a request comes from: the host it was sent to, the site that sent it, its cookies; and the header
// fields that every answer of the desk carries. Called by Handler. Never looks at who is signed in.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/error.h"
#include "http/message.h"

namespace tillwatch::desk {

inline constexpr std::string_view session_cookie = "__Host-tillwatch-session";
inline constexpr std::string_view csrf_field = "Tillwatch-Csrf";

// The value of a cookie; nullopt where it is not there, or there twice.
std::optional<std::string_view> find_cookie(std::string_view cookies, std::string_view name);

// Whether a numeric address, or "localhost", never leaves this machine.
bool is_loopback(std::string_view host);

// Plain HTTP is for the machine itself only. Errors: denied.
core::Status check_listener(std::string_view host, bool tls);

struct OriginRules {
  bool tls = false;     // this listener speaks TLS
  std::string address;  // the listener's
  // "https://desk.example.cn": as people write it into the browser, where a name or another port leads here
  // (a proxy, a DNS name). Empty: loopback names on plain HTTP, any host over TLS.
  std::vector<std::string> origins;
};

// Why the request is refused; "" where it is not. `changes`: everything but GET and HEAD.
// A host that is not ours is refused (DNS rebinding); so is, by Origin and Sec-Fetch-Site, what another site
// sends. `page`: the console's own pages, which others may link to.
std::string foreign(const http::RequestHead& head, const OriginRules& rules, bool page);

// Fields for each answer; `secure`: the browser speaks TLS.
std::vector<std::pair<std::string, std::string>> security_fields(bool secure);
// The policy of answers that are no page.
inline constexpr std::string_view policy_of_data =
    "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

}  // namespace tillwatch::desk
