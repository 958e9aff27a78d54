// The bytes of one request after another, checked against RFC 9112 and our bounds. Beast's parser does the
// grammar; it is fed by hand and known to parser.cpp alone. Called by Connection. Never reads sockets, never
// keeps bytes of its own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "core/limits.h"
#include "http/message.h"

namespace tillwatch::http {

struct ParserBounds {
  std::size_t head_bytes_max = core::limits::http_head_bytes_max;
  std::size_t target_bytes_max = core::limits::http_target_bytes_max;
  std::size_t fields_max = core::limits::http_fields_max;
  std::size_t chunk_line_bytes_max = core::limits::http_chunk_line_bytes_max;
};

class RequestParser {
 public:
  enum class Step : std::uint8_t {
    need_more,  // all was looked at; show the unconsumed rest again with more behind it
    head,       // the head is complete: read head(), call allow_body(), go on
    complete,   // take(), then go on with the next request
    refused,    // refusal(): the stream cannot be understood any further
  };
  struct Refusal {
    int status = 400;
    std::string detail;
  };

  explicit RequestParser(const ParserBounds& bounds = {});
  ~RequestParser();
  RequestParser(RequestParser&&) noexcept;
  RequestParser& operator=(RequestParser&&) noexcept;

  // Looks at `input` and says in `consumed` how much of its front was used up.
  Step feed(std::string_view input, std::size_t& consumed);

  // After Step::head: how many bytes the body may have. False (and refused, 413) where it says that it has
  // more.
  bool allow_body(std::uint64_t body_bytes_max);

  const RequestHead& head() const;
  bool in_body() const;  // the head is complete, the body is not
  bool keep_alive() const;
  bool expects_continue() const;
  std::size_t body_bytes() const;
  const Refusal& refusal() const;
  // The request, after Step::complete. The parser begins anew.
  Request take();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace tillwatch::http
