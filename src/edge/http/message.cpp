#include "http/message.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>

#include "core/check.h"
#include "core/time.h"

namespace tillwatch::http {

namespace {

struct Phrase {
  int status;
  std::string_view text;
};

// RFC 9110, 15, in ascending order.
constexpr Phrase phrases[] = {
    {100, "Continue"},
    {200, "OK"},
    {201, "Created"},
    {202, "Accepted"},
    {204, "No Content"},
    {207, "Multi-Status"},
    {301, "Moved Permanently"},
    {302, "Found"},
    {303, "See Other"},
    {304, "Not Modified"},
    {307, "Temporary Redirect"},
    {308, "Permanent Redirect"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {406, "Not Acceptable"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {410, "Gone"},
    {411, "Length Required"},
    {412, "Precondition Failed"},
    {413, "Content Too Large"},
    {414, "URI Too Long"},
    {415, "Unsupported Media Type"},
    {417, "Expectation Failed"},
    {421, "Misdirected Request"},
    {422, "Unprocessable Content"},
    {426, "Upgrade Required"},
    {428, "Precondition Required"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {503, "Service Unavailable"},
    {504, "Gateway Timeout"},
    {505, "HTTP Version Not Supported"},
    {507, "Insufficient Storage"},
};

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool is_token(std::string_view text) {
  return !text.empty() && text.find_first_of(" \t\r\n:\"(),/;<=>?@[\\]{}") == std::string_view::npos;
}

void append_field(std::string& out, std::string_view name, std::string_view value) {
  CHECK(is_token(name));
  out.append(name).append(": ");
  for (const char c : value) {
    const auto byte = static_cast<unsigned char>(c);
    out.push_back(byte < 0x20 || byte == 0x7f ? ' ' : c);
  }
  out.append("\r\n");
}

}  // namespace

std::string_view name_of(Method method) {
  switch (method) {
    case Method::get:
      return "GET";
    case Method::head:
      return "HEAD";
    case Method::post:
      return "POST";
    case Method::put:
      return "PUT";
    case Method::patch:
      return "PATCH";
    case Method::remove:
      return "DELETE";
    case Method::options:
      return "OPTIONS";
  }
  return "";
}

bool equal_without_case(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) { return lower(x) == lower(y); });
}

void Fields::add(std::string_view name, std::string_view value) {
  const auto at = static_cast<std::uint32_t>(text_.size());
  const auto name_size = static_cast<std::uint32_t>(name.size());
  text_.append(name).append(value);
  spans_.push_back({at, name_size, at + name_size, static_cast<std::uint32_t>(value.size())});
}

std::optional<std::string_view> Fields::find(std::string_view wanted) const {
  for (std::size_t i = 0; i < size(); ++i) {
    if (equal_without_case(name(i), wanted)) return value(i);
  }
  return std::nullopt;
}

std::size_t Fields::count(std::string_view wanted) const {
  std::size_t n = 0;
  for (std::size_t i = 0; i < size(); ++i) n += equal_without_case(name(i), wanted) ? 1u : 0u;
  return n;
}

std::string_view RequestHead::query() const {
  const std::size_t mark = target.find('?');
  return mark == std::string::npos ? std::string_view() : std::string_view(target).substr(mark + 1);
}

std::string_view reason_of(int status) {
  const auto* found = std::ranges::lower_bound(phrases, status, {}, &Phrase::status);
  return found != std::end(phrases) && found->status == status ? found->text : std::string_view();
}

void append_response(std::string& out, const Response& response, const Framing& framing) {
  CHECK(response.status >= 200 && response.status <= 599);
  const bool bodiless = response.status == 204 || response.status == 304;
  CHECK((!bodiless && !framing.stream) || response.body.empty());
  out.append("HTTP/1.1 ");
  out.append(fmt::format_int(response.status).c_str());
  out.push_back(' ');
  out.append(reason_of(response.status)).append("\r\n");
  if (!framing.date.empty()) out.append("Date: ").append(framing.date).append("\r\n");
  if (!response.body.empty() || framing.stream) append_field(out, "Content-Type", response.content_type);
  for (const auto& [name, value] : response.fields) append_field(out, name, value);
  if (framing.stream) {
    if (!framing.http10) out.append("Transfer-Encoding: chunked\r\n");
  } else if (!bodiless) {
    out.append("Content-Length: ").append(fmt::format_int(response.body.size()).c_str()).append("\r\n");
  }
  if (framing.close) {
    out.append("Connection: close\r\n");
  } else if (framing.http10) {
    out.append("Connection: keep-alive\r\n");
  }
  out.append("\r\n");
  if (!framing.head_only) out.append(response.body);
}

void append_chunk(std::string& out, std::string_view bytes) {
  fmt::format_to(std::back_inserter(out), "{:x}\r\n", bytes.size());
  out.append(bytes).append("\r\n");
}

std::string format_http_date(std::int64_t unix_ms) {
  constexpr std::array<const char*, 7> days = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array<const char*, 12> months = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                  "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const std::int64_t day = core::floor_div(unix_ms, core::day_ms);
  const std::int64_t second = core::floor_mod(unix_ms, core::day_ms) / core::second_ms;
  const core::CivilDate date = core::civil_from_days(day);
  return fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT",
                     days[static_cast<std::size_t>(core::weekday_of_days(day))], date.day,
                     months[static_cast<std::size_t>(date.month - 1)], date.year, second / 3600,
                     second / 60 % 60, second % 60);
}

}  // namespace tillwatch::http
