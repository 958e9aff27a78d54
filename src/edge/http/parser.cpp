// Beast asserts in one place what a slow peer can break (the last chunk arriving in pieces); the assertion is
// about nothing that the code after it needs, and must not end the process.
#define BOOST_DISABLE_ASSERTS
#include "http/parser.h"

#include <fmt/format.h>

#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/verb.hpp>
#include <limits>
#include <optional>

#include "core/check.h"

namespace tillwatch::http {

namespace {

namespace beast = boost::beast;
using beast::http::error;
using boost::system::error_code;

std::string_view as_view(beast::string_view text) {
  return {text.data(), text.size()};
}

std::optional<Method> method_of(beast::http::verb verb) {
  switch (verb) {
    case beast::http::verb::get:
      return Method::get;
    case beast::http::verb::head:
      return Method::head;
    case beast::http::verb::post:
      return Method::post;
    case beast::http::verb::put:
      return Method::put;
    case beast::http::verb::patch:
      return Method::patch;
    case beast::http::verb::delete_:
      return Method::remove;
    case beast::http::verb::options:
      return Method::options;
    default:
      return std::nullopt;
  }
}

// Beast's grammar, our storage: no allocation a field.
class Grammar final : public beast::http::basic_parser<true> {
 public:
  Grammar() {
    eager(false);
    body_limit(boost::none);
    header_limit(std::numeric_limits<std::uint32_t>::max());  // the head is shown whole, its size known
  }
  RequestHead head;
  std::string body;
  std::string method;

 private:
  using View = beast::string_view;
  void on_request_impl(beast::http::verb verb, View method_text, View target, int version,
                       error_code&) override {
    known_ = method_of(verb);
    method.assign(as_view(method_text));
    head.target.assign(as_view(target));
    head.minor_version = version - 10;
  }
  void on_response_impl(int, View, int, error_code&) override {}
  void on_field_impl(beast::http::field, View name, View value, error_code&) override {
    if (!head_done_) head.fields.add(as_view(name), as_view(value));  // trailer fields are read and dropped
  }
  void on_header_impl(error_code&) override { head_done_ = true; }
  void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
  std::size_t on_body_impl(View part, error_code&) override {
    body.append(as_view(part));
    return part.size();
  }
  void on_chunk_header_impl(std::uint64_t, View, error_code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, View part, error_code&) override {
    body.append(as_view(part));
    return part.size();
  }
  void on_finish_impl(error_code&) override {}

  bool head_done_ = false;

 public:
  std::optional<Method> known_;
};

RequestParser::Refusal refusal_of(error_code ec) {
  if (ec == error::bad_method) return {400, "the request line does not begin with a method"};
  if (ec == error::bad_target)
    return {400, "the request target has a character that must be percent-encoded"};
  if (ec == error::bad_line_ending) return {400, "a line does not end with CR LF"};
  if (ec == error::bad_field || ec == error::bad_obs_fold) return {400, "a header field name is malformed"};
  if (ec == error::bad_value) return {400, "a header field value is malformed"};
  if (ec == error::bad_content_length || ec == error::multiple_content_length) {
    return {400, "Content-Length is malformed, repeated or beside Transfer-Encoding"};
  }
  if (ec == error::bad_transfer_encoding)
    return {400, "Transfer-Encoding is repeated or beside Content-Length"};
  if (ec == error::bad_chunk || ec == error::bad_chunk_extension)
    return {400, "a chunk of the body is malformed"};
  if (ec == error::body_limit) return {413, "the body is larger than this resource takes"};
  return {400, "the request is malformed"};
}

// What stands after the second space decides: another version of HTTP, or no request line at all.
RequestParser::Refusal refusal_of_version(std::string_view text) {
  const std::size_t version = text.find(' ', text.find(' ') + 1);
  const bool other = version != std::string_view::npos && text.substr(version + 1).starts_with("HTTP/");
  if (other) return {505, "this server speaks HTTP/1.1 and HTTP/1.0"};
  return {400, "the request line must end with HTTP/1.1 or HTTP/1.0"};
}

// Whether the size line that this begins with is whole and has a quoted extension that it does not close:
// Beast reads over the line break then, how far depends on what has come.
bool has_open_quote(std::string_view rest) {
  if (rest.starts_with("\r\n")) rest.remove_prefix(2);
  const std::size_t end = rest.find("\r\n");
  if (end == std::string_view::npos) return false;
  bool open = false;
  for (std::size_t i = 0; i < end; ++i) {
    if (open && rest[i] == '\\')
      ++i;
    else if (rest[i] == '"')
      open = !open;
  }
  return open;
}

bool is_digits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

}  // namespace

struct RequestParser::State {
  explicit State(const ParserBounds& b) : bounds(b) {}

  Step refuse(int status, std::string detail) {
    refusal = {status, std::move(detail)};
    return Step::refused;
  }
  Step feed_head(std::string_view input, std::size_t& consumed);
  bool refuse_flaw(std::string_view text);
  Step incomplete_head(std::string_view text);
  Step check_head();
  Step check_framing();
  Step check_target();
  Step feed_body(std::string_view input, std::size_t& consumed);

  ParserBounds bounds;
  std::optional<Grammar> grammar;  // there between the end of a head and take()
  std::size_t scanned = 0;         // of an incomplete head: no end begins before
  bool complete = false;
  Refusal refusal;
};

RequestParser::RequestParser(const ParserBounds& bounds) : state_(std::make_unique<State>(bounds)) {}
RequestParser::~RequestParser() = default;
RequestParser::RequestParser(RequestParser&&) noexcept = default;
RequestParser& RequestParser::operator=(RequestParser&&) noexcept = default;

RequestParser::Step RequestParser::feed(std::string_view input, std::size_t& consumed) {
  consumed = 0;
  if (state_->refusal.detail.size() > 0) return Step::refused;
  return state_->grammar ? state_->feed_body(input, consumed) : state_->feed_head(input, consumed);
}

// One empty line before the request line is forgiven (RFC 9112, 2.2).
RequestParser::Step RequestParser::State::feed_head(std::string_view input, std::size_t& consumed) {
  const std::size_t skipped = input.starts_with("\r\n") ? 2 : 0;
  const std::string_view text = input.substr(skipped);
  const std::size_t end = text.substr(0, bounds.head_bytes_max).find("\r\n\r\n", scanned);
  if (end == std::string_view::npos) return incomplete_head(text);
  const std::size_t size = end + 4;
  if (refuse_flaw(text.substr(0, size))) return Step::refused;
  scanned = 0;
  grammar.emplace();
  error_code ec;
  const std::size_t used = grammar->put({text.data(), size}, ec);
  if (!ec && used == size) {
    const Step step = check_head();
    if (step == Step::head) consumed = skipped + size;
    return step;
  }
  const Refusal reason = ec == error::bad_version ? refusal_of_version(text) : refusal_of(ec);
  return refuse(reason.status, reason.detail);
}

// What is wrong with a head as far as it can be seen, complete or not. A flaw is judged by its first
// offending byte, so that the answer does not depend on how the stream was split.
bool RequestParser::State::refuse_flaw(std::string_view text) {
  if (text.empty() || text == "\r") return false;
  const auto first = static_cast<unsigned char>(text.front());
  if (first < 0x21 || first > 0x7e) {
    refuse(400, "the request line does not begin with a method");
    return true;
  }
  constexpr std::size_t beside_target = 64;  // the longest method, the version and two spaces fit
  const std::size_t line_max = bounds.target_bytes_max + beside_target;
  std::size_t bare = text.find('\n', scanned);
  while (bare != std::string_view::npos && bare > 0 && text[bare - 1] == '\r')
    bare = text.find('\n', bare + 1);
  if (bare > line_max && text.size() > line_max &&
      text.substr(0, line_max + 1).find("\r\n") == std::string_view::npos) {
    refuse(414, fmt::format("the request target has more than {} bytes", bounds.target_bytes_max));
    return true;
  }
  if (bare == std::string_view::npos) return false;
  refuse(400, "a line does not end with CR LF");
  return true;
}

RequestParser::Step RequestParser::State::incomplete_head(std::string_view text) {
  if (refuse_flaw(text.substr(0, bounds.head_bytes_max))) return Step::refused;
  if (text.size() >= bounds.head_bytes_max) {
    return refuse(431, fmt::format("the head of the request has more than {} bytes", bounds.head_bytes_max));
  }
  scanned = text.size() < 3 ? 0 : text.size() - 3;
  return Step::need_more;
}

RequestParser::Step RequestParser::State::check_head() {
  RequestHead& head = grammar->head;
  if (head.fields.size() > bounds.fields_max) {
    return refuse(431, fmt::format("the request has more than {} header fields", bounds.fields_max));
  }
  if (head.target.size() > bounds.target_bytes_max) {
    return refuse(414, fmt::format("the request target has more than {} bytes", bounds.target_bytes_max));
  }
  if (const Step step = check_framing(); step != Step::head) return step;
  if (!grammar->known_) return refuse(501, "this method is not known here");
  head.method = *grammar->known_;
  if (const Step step = check_target(); step != Step::head) return step;
  const std::size_t hosts = head.fields.count("Host");
  if (hosts > 1 || (hosts == 0 && head.minor_version == 1)) {
    return refuse(400, "HTTP/1.1 needs exactly one Host field");
  }
  for (std::size_t i = 0; i < head.fields.size(); ++i) {
    if (!equal_without_case(head.fields.name(i), "Expect")) continue;
    if (!equal_without_case(head.fields.value(i), "100-continue"))
      return refuse(417, "only 100-continue can be expected");
  }
  return Step::head;
}

// One framing only, in its plainest form: whatever two readers could read differently is refused.
RequestParser::Step RequestParser::State::check_framing() {
  RequestHead& head = grammar->head;
  const std::size_t lengths = head.fields.count("Content-Length");
  const std::size_t encodings = head.fields.count("Transfer-Encoding");
  if (lengths > 1 || encodings > 1 || (lengths == 1 && encodings == 1)) {
    return refuse(400, "the request says the length of its body twice");
  }
  if (lengths == 1) {
    if (!is_digits(*head.fields.find("Content-Length"))) return refuse(400, "Content-Length is not a number");
    head.content_length = grammar->content_length().value();
  }
  if (encodings == 1) {
    if (head.minor_version == 0) return refuse(400, "HTTP/1.0 has no Transfer-Encoding");
    if (!equal_without_case(*head.fields.find("Transfer-Encoding"), "chunked")) {
      return refuse(501, "the only transfer encoding known here is chunked");
    }
    head.chunked = true;
  }
  return Step::head;
}

// Reduces the absolute form (RFC 9112, 3.2.2) to the origin form.
RequestParser::Step RequestParser::State::check_target() {
  RequestHead& head = grammar->head;
  std::string& target = head.target;
  if (target == "*" && head.method == Method::options) return Step::head;
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (target.size() < scheme.size() || !equal_without_case(target.substr(0, scheme.size()), scheme))
      continue;
    const std::size_t path = target.find_first_of("/?", scheme.size());
    if (path == scheme.size()) break;
    target.erase(0, path == std::string::npos ? target.size() : path);
    if (!target.starts_with('/')) target.insert(target.begin(), '/');
    break;
  }
  if (!target.starts_with('/') || target.find('#') != std::string::npos) {
    return refuse(400, "the request target must be a path such as /v1/decisions");
  }
  return Step::head;
}

RequestParser::Step RequestParser::State::feed_body(std::string_view input, std::size_t& consumed) {
  if (grammar->is_done()) return complete = true, Step::complete;
  grammar->eager(true);
  if (input.empty()) return Step::need_more;
  error_code ec;
  consumed = grammar->put({input.data(), input.size()}, ec);
  if (grammar->is_done() && !ec) return complete = true, Step::complete;
  if (ec && ec != error::need_more) {
    const Refusal reason = refusal_of(ec);
    return refuse(reason.status, reason.detail);
  }
  if (has_open_quote(input.substr(consumed))) return refuse(400, "a chunk of the body is malformed");
  if (input.size() - consumed > bounds.chunk_line_bytes_max) {
    return refuse(400, fmt::format("a chunk's size line or the trailer has more than {} bytes",
                                   bounds.chunk_line_bytes_max));
  }
  return Step::need_more;
}

bool RequestParser::allow_body(std::uint64_t body_bytes_max) {
  CHECK(in_body() || state_->grammar);
  if (head().content_length.value_or(0) > body_bytes_max) {
    state_->refuse(413, fmt::format("the body has {} bytes; this resource takes {}", *head().content_length,
                                    body_bytes_max));
    return false;
  }
  state_->grammar->body_limit(body_bytes_max);
  return true;
}

const RequestHead& RequestParser::head() const {
  CHECK(state_->grammar.has_value());
  return state_->grammar->head;
}

bool RequestParser::in_body() const {
  return state_->grammar.has_value() && !state_->complete;
}
bool RequestParser::keep_alive() const {
  return state_->grammar->keep_alive();
}

bool RequestParser::expects_continue() const {
  return head().minor_version == 1 && head().fields.find("Expect").has_value();
}

std::size_t RequestParser::body_bytes() const {
  return state_->grammar ? state_->grammar->body.size() : 0;
}
const RequestParser::Refusal& RequestParser::refusal() const {
  return state_->refusal;
}

Request RequestParser::take() {
  CHECK(state_->complete);
  Request request;
  request.head = std::move(state_->grammar->head);
  request.body = std::move(state_->grammar->body);
  state_->grammar.reset();
  state_->complete = false;
  return request;
}

}  // namespace tillwatch::http
