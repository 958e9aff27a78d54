// A batch of lines that is decided over several turns: what is still to read, and its answer so far. Made and
// used by ApiHandler only. Its body holds card numbers: it is wiped when the batch ends.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

#include "api/api_handler.h"
#include "crypto/secret.h"

namespace tillwatch::api {

struct ApiHandler::Batch {
  Batch() = default;
  ~Batch() { crypto::wipe(body.data(), body.size()); }
  Batch(const Batch&) = delete;
  Batch& operator=(const Batch&) = delete;

  bool all_read() const { return at >= body.size(); }
  // Without its line break. Only while !all_read().
  std::string_view next_line() {
    const std::size_t end = std::min(body.find('\n', at), body.size());
    std::string_view line = std::string_view(body).substr(at, end - at);
    if (line.ends_with('\r')) line.remove_suffix(1);
    at = end + 1;
    return line;
  }

  Waiting request;
  std::string body;
  std::size_t at = 0;
  std::string client;
  door::Expectation kinds;  // its client is the one above
  Scopes scopes = 0;
  http::Response answer;
  std::size_t lines_answered = 0;
  bool none_in_time = true;  // every line so far came too late
  bool undurable = false;
};

}  // namespace tillwatch::api
