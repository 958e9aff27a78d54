// A tiny HTTP/1.1 client for tests: splits a byte stream into answers, and talks to a real server over a
// blocking loopback socket. Called by tests of the server and of whatever answers through it. Never used by
// the product.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tillwatch::sim {

struct HttpReply {
  int status = 0;
  std::vector<std::pair<std::string, std::string>> fields;
  std::string body;
  // The first field of that name (without case), "" where there is none.
  std::string field(std::string_view name) const;
};

// Takes the first complete answer off the front of `bytes`; none where it is not complete yet.
// `head_only`: it answers a HEAD request. Ends the process on bytes that are no answer.
std::optional<HttpReply> take_reply(std::string& bytes, bool head_only = false);
// All complete answers, in order.
std::vector<HttpReply> take_replies(std::string bytes);

// "METHOD target HTTP/1.1" with Host and, where there is a body or the method is POST, Content-Length.
std::string format_request(std::string_view method, std::string_view target, std::string_view body = {},
                           const std::vector<std::pair<std::string, std::string>>& fields = {});

// One keep-alive connection to 127.0.0.1. Every call fails the process after `timeout_ms` without progress.
class HttpClient {
 public:
  explicit HttpClient(std::uint16_t port, int timeout_ms = 10000);
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  void send(std::string_view bytes);
  // The next answer; none where the server closed before one was complete.
  std::optional<HttpReply> receive(bool head_only = false);
  std::optional<HttpReply> request(std::string_view method, std::string_view target,
                                   std::string_view body = {},
                                   const std::vector<std::pair<std::string, std::string>>& fields = {});
  void half_close();
  int descriptor() const { return fd_; }

 private:
  int fd_;
  std::string unread_;
};

}  // namespace tillwatch::sim
