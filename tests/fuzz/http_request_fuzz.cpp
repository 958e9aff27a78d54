// Hostile bytes into an HTTP connection. However the stream is split, the same requests come out and the same
// bytes go back; the pipeline bound holds; nothing is read after a refusal. Called by the fuzzer and by the
// corpus replay. The first byte of the input seeds the splits; the rest is the stream.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/check.h"
#include "http/connection.h"
#include "sim/sim_random.h"

namespace {

using namespace tillwatch;

class Door final : public http::Gate {
 public:
  http::Verdict on_head(const http::RequestHead& head) override {
    http::Verdict verdict;
    verdict.body_bytes_max = 64;
    if (head.path() == "/no")
      verdict.refusal = http::Response{.status = 404, .content_type = "", .fields = {}, .body = ""};
    return verdict;
  }
};

// What a run showed: the requests, one a line, and what was sent back.
std::string observe(std::string_view stream, sim::SimRandom* splits) {
  http::Limits limits;
  limits.parser.head_bytes_max = 512;
  limits.parser.target_bytes_max = 64;
  limits.parser.fields_max = 8;
  limits.parser.chunk_line_bytes_max = 1024 * 1024;  // holds for lines that come in pieces only
  limits.pipeline_requests_max = 4;
  Door door;
  const std::string date;
  http::Connection connection(limits, door, date, 0);
  std::string seen;
  bool ended = false;
  while (!ended) {
    const std::size_t size =
        splits == nullptr ? stream.size() : std::min<std::size_t>(stream.size(), splits->between(1, 40));
    if (stream.empty()) {
      connection.end_of_input(0);
      ended = true;
    } else if (connection.wants_input()) {
      connection.receive(stream.substr(0, size), 0);
      stream.remove_prefix(size);
    } else {
      ended = true;
    }
    while (auto request = connection.next(0)) {
      CHECK(connection.unanswered() <= limits.pipeline_requests_max);
      CHECK(request->body.size() <= 64 && request->head.target.size() <= 64 &&
            request->head.fields.size() <= 8);
      seen += std::string(http::name_of(request->head.method)) + " " + request->head.target + " " +
              request->body + "\n";
      http::Response response;
      response.body = request->head.target;
      connection.respond(request->number, response, 0);
      seen += connection.output();
      connection.sent(connection.output().size(), 0);
    }
    seen += connection.output();
    connection.sent(connection.output().size(), 0);
  }
  CHECK(connection.finished() || connection.unanswered() == 0);
  return seen;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view stream(static_cast<const char*>(static_cast<const void*>(data + 1)), size - 1);
  // An interim 100 answer depends on when the body comes: only that may differ.
  if (stream.find("xpect") != std::string_view::npos || stream.find("XPECT") != std::string_view::npos) {
    observe(stream, nullptr);
    return 0;
  }
  sim::SimRandom splits(data[0]);
  const std::string whole = observe(stream, nullptr);
  const std::string pieces = observe(stream, &splits);
  CHECK(whole == pieces);
  return 0;
}
