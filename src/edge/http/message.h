// A request as it came and a response as it goes (RFC 9110, RFC 9112). Filled by the parser, answered by
// handlers. Called by edge/api. Values: they own their text. Never interpret a path: that is the router's
// task.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tillwatch::http {

// The methods that a resource may define here. Others are answered with 501 before a handler sees them.
enum class Method : std::uint8_t { get, head, post, put, patch, remove, options };

// "GET", ..., "DELETE".
std::string_view name_of(Method method);

// Header fields in the order of arrival, in one piece of memory. Names compare without case.
class Fields {
 public:
  void add(std::string_view name, std::string_view value);
  std::size_t size() const { return spans_.size(); }
  std::string_view name(std::size_t i) const { return part(spans_[i].name_at, spans_[i].name_size); }
  std::string_view value(std::size_t i) const { return part(spans_[i].value_at, spans_[i].value_size); }
  // The first field of that name.
  std::optional<std::string_view> find(std::string_view name) const;
  std::size_t count(std::string_view name) const;

 private:
  struct Span {
    std::uint32_t name_at, name_size, value_at, value_size;
  };
  std::string_view part(std::uint32_t at, std::uint32_t size) const {
    return std::string_view(text_).substr(at, size);
  }
  std::string text_;
  std::vector<Span> spans_;
};

bool equal_without_case(std::string_view a, std::string_view b);

struct RequestHead {
  Method method = Method::get;
  std::string target;  // in origin form ("/path?query") or "*"
  int minor_version = 1;
  Fields fields;
  std::optional<std::uint64_t> content_length;
  bool chunked = false;

  // Before and after the first '?', not decoded.
  std::string_view path() const { return std::string_view(target).substr(0, target.find('?')); }
  std::string_view query() const;
  bool has_body() const { return chunked || content_length.value_or(0) > 0; }
};

struct Request {
  std::uint64_t number = 0;  // within its connection, from 0
  RequestHead head;
  std::string body;
  std::int64_t arrived_ms = 0;  // monotonic: when the loop turn began that completed it
};

struct Response {
  int status = 200;
  std::string content_type = "application/json";  // not sent where the body is empty
  std::vector<std::pair<std::string, std::string>> fields;
  std::string body;
  bool close = false;  // end the connection after this answer

  Response& with(std::string name, std::string value) {
    fields.emplace_back(std::move(name), std::move(value));
    return *this;
  }
};

// "Not Found" for 404; "" for a code without a registered phrase.
std::string_view reason_of(int status);

// How a response is framed for one request.
struct Framing {
  bool head_only = false;  // the request was HEAD: the length, but no body
  bool http10 = false;     // say keep-alive in words
  bool close = false;      // say close
  bool stream = false;     // the body comes later, in pieces: chunked, or ended by the end of the connection
  std::string_view date;   // an IMF-fixdate; no Date field where it is empty
};

// Appends the response as bytes. Control characters in field values become spaces: nobody can smuggle a
// second field.
void append_response(std::string& out, const Response& response, const Framing& framing);

// Appends one piece of a body in chunks; an empty one ends it (RFC 9112, 7.1).
void append_chunk(std::string& out, std::string_view bytes);

// "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110, 5.6.7). `unix_ms`: milliseconds since 1970.
std::string format_http_date(std::int64_t unix_ms);

}  // namespace tillwatch::http
