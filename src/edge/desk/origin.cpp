#include "desk/origin.h"

#include <algorithm>

#include "http/message.h"

namespace tillwatch::desk {
namespace {

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

// "127.0.0.1:8090" without its port; "[::1]:8090" is "::1".
std::string_view name_of_host(std::string_view host) {
  if (host.starts_with('[')) {
    const std::size_t end = host.find(']');
    return end == std::string_view::npos ? std::string_view() : host.substr(1, end - 1);
  }
  return host.substr(0, host.find(':'));
}

bool host_is_ours(std::string_view host, const OriginRules& rules) {
  if (host.empty()) return false;
  if (rules.origins.empty()) return rules.tls || is_loopback(name_of_host(host));
  // The machine's own name still leads here beside the public one.
  if (is_loopback(rules.address) && is_loopback(name_of_host(host))) return true;
  return std::ranges::any_of(rules.origins, [host](std::string_view origin) {
    const std::size_t at = origin.find("://");
    return at != std::string_view::npos && http::equal_without_case(origin.substr(at + 3), host);
  });
}

bool origin_is_ours(std::string_view origin, std::string_view host, const OriginRules& rules) {
  const auto same = [origin](std::string_view ours) { return http::equal_without_case(origin, ours); };
  if (std::ranges::any_of(rules.origins, same)) return true;
  return same((rules.tls ? "https://" : "http://") + std::string(host));
}

}  // namespace

std::optional<std::string_view> find_cookie(std::string_view cookies, std::string_view name) {
  std::optional<std::string_view> found;
  while (!cookies.empty()) {
    const std::size_t end = std::min(cookies.find(';'), cookies.size());
    const std::string_view one = trimmed(cookies.substr(0, end));
    const std::size_t equals = one.find('=');
    if (equals != std::string_view::npos && one.substr(0, equals) == name) {
      if (found) return std::nullopt;
      found = one.substr(equals + 1);
    }
    cookies.remove_prefix(std::min(end + 1, cookies.size()));
  }
  return found;
}

bool is_loopback(std::string_view host) {
  if (host == "::1" || http::equal_without_case(host, "localhost")) return true;
  if (!host.starts_with("127.")) return false;
  return std::ranges::all_of(host, [](char c) { return c == '.' || (c >= '0' && c <= '9'); }) &&
         std::ranges::count(host, '.') == 3;
}

core::Status check_listener(std::string_view host, bool tls) {
  if (tls || is_loopback(host)) return {};
  return core::fail(
      core::ErrorCode::denied, "--desk",
      "people's passwords would cross the network in the clear: give --tls-cert and --tls-key, or "
      "listen on 127.0.0.1");
}

std::string foreign(const http::RequestHead& head, const OriginRules& rules, bool page) {
  const std::string_view host = head.fields.find("Host").value_or("");
  if (head.fields.count("Host") != 1 || !host_is_ours(host, rules))
    return "this desk does not answer to that host name; its own is set with --desk-origin";
  const bool changes = head.method != http::Method::get && head.method != http::Method::head;
  const auto site = head.fields.find("Sec-Fetch-Site");
  if (!page && site && *site != "same-origin" && (changes || *site != "none"))
    return "the request was sent by another site";
  const auto origin = head.fields.find("Origin");
  if ((changes || !page) && origin && !origin_is_ours(*origin, host, rules))
    return "the request was sent by another site";
  return "";
}

std::vector<std::pair<std::string, std::string>> security_fields(bool secure) {
  std::vector<std::pair<std::string, std::string>> fields = {
      {"X-Content-Type-Options", "nosniff"},
      {"X-Frame-Options", "DENY"},
      {"Referrer-Policy", "no-referrer"},
      {"Cross-Origin-Opener-Policy", "same-origin"},
      {"Cross-Origin-Resource-Policy", "same-origin"},
      {"Cross-Origin-Embedder-Policy", "require-corp"},
      {"Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=(), usb=()"},
  };
  if (secure) fields.emplace_back("Strict-Transport-Security", "max-age=31536000");
  return fields;
}

}  // namespace tillwatch::desk
