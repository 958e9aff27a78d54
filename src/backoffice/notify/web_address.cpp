#include "notify/web_address.h"

#include <algorithm>
#include <charconv>

namespace tillwatch::notify {
namespace {

std::unexpected<core::Error> wrong(std::string words) {
  return core::fail(core::ErrorCode::invalid, "/url", std::move(words));
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// A name of DNS, or four decimal numbers. What other programs read as a number is neither ("127.1", "0x7f").
bool is_host(std::string_view host) {
  if (host.empty() || host.size() > 253) return false;
  std::size_t labels = 0, numeric = 0;
  std::string_view last;
  while (true) {
    const std::string_view label = host.substr(0, host.find('.'));
    if (label.empty() || label.size() > 63 || label.front() == '-' || label.back() == '-') return false;
    const auto good = [](char c) { return (c >= 'a' && c <= 'z') || is_digit(c) || c == '-' || c == '_'; };
    if (!std::ranges::all_of(label, good)) return false;
    ++labels;
    numeric += std::ranges::all_of(label, is_digit) && label.size() <= 3;
    last = label;
    if (label.size() == host.size()) break;
    host.remove_prefix(label.size() + 1);
  }
  if (!is_digit(last.front())) return true;
  return labels == 4 && numeric == 4;
}

}  // namespace

core::Result<WebAddress> parse_web_address(std::string_view url, bool plain_too) {
  if (url.size() > url_bytes_max) return wrong("the address is too long: at most 1024 characters");
  if (!std::ranges::all_of(
          url, [](char c) { return c > ' ' && c < 0x7f && c != '"' && c != '<' && c != '>' && c != '\\'; }))
    return wrong("the address holds a blank or a character outside ASCII: percent-encode it");
  WebAddress out;
  if (url.starts_with("https://")) {
    url.remove_prefix(8);
  } else if (url.starts_with("http://") && plain_too) {
    out.tls = false;
    out.port = 80;
    url.remove_prefix(7);
  } else {
    return wrong("expected https://HOST/PATH");
  }
  if (url.find('#') != std::string_view::npos) return wrong("an address has no fragment (#) here");
  const std::size_t end = std::min(url.find_first_of("/?"), url.size());
  std::string_view authority = url.substr(0, end);
  const std::string_view target = url.substr(end);
  if (authority.find('@') != std::string_view::npos)
    return wrong("no user and no password in the address: the signature says who speaks");
  std::string_view port;
  if (authority.starts_with('[')) {
    const std::size_t close = authority.find(']');
    if (close == std::string_view::npos) return wrong("a bracket is not closed");
    out.host = authority.substr(1, close - 1);
    const bool good = std::ranges::all_of(out.host, [](char c) {
      return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') || c == ':' || c == '.';
    });
    if (!good || out.host.find(':') == std::string::npos)
      return wrong("expected an IPv6 address in the brackets");
    port = authority.substr(close + 1);
  } else {
    const std::size_t colon = std::min(authority.find(':'), authority.size());
    out.host = authority.substr(0, colon);
    for (char& c : out.host)
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    if (!is_host(out.host)) return wrong("the host is neither a name nor a numeric address");
    port = authority.substr(colon);
  }
  if (!port.empty()) {
    const char* last = port.data() + port.size();
    const auto [read, fault] = std::from_chars(port.data() + 1, last, out.port);
    if (port.front() != ':' || fault != std::errc() || read != last || out.port == 0)
      return wrong("expected a port of 1 to 65535");
  }
  out.target = target.starts_with('/') ? std::string(target) : "/" + std::string(target);
  return out;
}

}  // namespace tillwatch::notify
