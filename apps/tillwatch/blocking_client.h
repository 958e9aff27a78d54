// A small blocking HTTP/1.1 client for one keep-alive connection to a server on this machine. Called by
// `simulate --live` only. Sends requests in a row and reads as many answers, in order; speaks no TLS, follows
// no redirect, and understands only bodies with a Content-Length, which is what Tillwatch sends.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/error.h"

namespace tillwatch {

struct HttpAnswer {
  int status = 0;
  int retry_after_s = -1;  // -1: not said
  bool repeated = false;   // the server has answered this request before
  std::string body;
};

// "http://127.0.0.1:8080" in parts.
struct ServerAddress {
  std::string host;
  std::uint16_t port = 0;
};
// Errors: invalid (not http, not a loopback address).
core::Result<ServerAddress> parse_server(std::string_view url);

class BlockingClient {
 public:
  // Errors: io, unavailable (nobody listens).
  static core::Result<BlockingClient> connect(const ServerAddress& server);
  BlockingClient(BlockingClient&& other) noexcept;
  BlockingClient& operator=(BlockingClient&&) = delete;
  ~BlockingClient();

  // Sends bytes as they are. Errors: io.
  core::Status send(std::string_view bytes);
  // True once something of an answer can be read, false after so long. Errors: io.
  core::Result<bool> wait(int milliseconds);
  // The next answer. Errors: io (the connection ended), corrupt (not HTTP), limit (over 16 MiB).
  core::Result<HttpAnswer> receive();

 private:
  explicit BlockingClient(int descriptor) : descriptor_(descriptor) {}
  core::Status read_more();

  int descriptor_;
  std::string unread_;
};

// One request with its headers. `bearer`: the API key.
std::string http_request(std::string_view method, std::string_view target, const ServerAddress& server,
                         std::string_view bearer, std::string_view body);

}  // namespace tillwatch
