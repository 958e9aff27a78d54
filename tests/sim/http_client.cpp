#include "sim/http_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>

#include "core/check.h"

namespace tillwatch::sim {

namespace {

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

std::size_t number_in(std::string_view text) {
  std::size_t value = 0;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), value);
  CHECK(ec == std::errc() && end == text.data() + text.size());
  return value;
}

}  // namespace

std::string HttpReply::field(std::string_view wanted) const {
  for (const auto& [name, value] : fields) {
    if (std::ranges::equal(name, wanted, [](char a, char b) { return lower(a) == lower(b); })) return value;
  }
  return {};
}

std::optional<HttpReply> take_reply(std::string& bytes, bool head_only) {
  const std::size_t head_end = bytes.find("\r\n\r\n");
  if (head_end == std::string::npos) return std::nullopt;
  std::string_view head = std::string_view(bytes).substr(0, head_end + 2);
  CHECK(head.starts_with("HTTP/1.1 "));
  HttpReply reply;
  reply.status = static_cast<int>(number_in(head.substr(9, 3)));
  head.remove_prefix(head.find("\r\n") + 2);
  while (!head.empty()) {
    const std::string_view line = head.substr(0, head.find("\r\n"));
    const std::size_t colon = line.find(": ");
    CHECK(colon != std::string_view::npos);
    reply.fields.emplace_back(line.substr(0, colon), line.substr(colon + 2));
    head.remove_prefix(line.size() + 2);
  }
  const std::string length = reply.field("Content-Length");
  const bool bodiless = head_only || reply.status < 200 || reply.status == 204 || reply.status == 304;
  CHECK(bodiless || !length.empty());
  const std::size_t size = bodiless ? 0 : number_in(length);
  if (bytes.size() < head_end + 4 + size) return std::nullopt;
  reply.body = bytes.substr(head_end + 4, size);
  bytes.erase(0, head_end + 4 + size);
  return reply;
}

std::vector<HttpReply> take_replies(std::string bytes) {
  std::vector<HttpReply> replies;
  while (auto reply = take_reply(bytes)) replies.push_back(std::move(*reply));
  CHECK(bytes.empty());
  return replies;
}

std::string format_request(std::string_view method, std::string_view target, std::string_view body,
                           const std::vector<std::pair<std::string, std::string>>& fields) {
  std::string out;
  out.append(method).append(" ").append(target).append(" HTTP/1.1\r\nHost: localhost\r\n");
  for (const auto& [name, value] : fields) out.append(name).append(": ").append(value).append("\r\n");
  if (!body.empty() || method == "POST")
    out.append("Content-Length: ").append(std::to_string(body.size())).append("\r\n");
  return out.append("\r\n").append(body);
}

HttpClient::HttpClient(std::uint16_t port, int timeout_ms)
    : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  CHECK(fd_ >= 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  CHECK(::connect(fd_, static_cast<sockaddr*>(static_cast<void*>(&address)), sizeof address) == 0);
  const timeval limit{timeout_ms / 1000, timeout_ms % 1000 * 1000};
  const int on = 1;
  CHECK(::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit) == 0);
  CHECK(::setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit) == 0);
  CHECK(::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) == 0);
}

HttpClient::~HttpClient() {
  ::close(fd_);
}

void HttpClient::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto n = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 && (errno == EPIPE || errno == ECONNRESET)) return;  // receive() will tell
    CHECK(n > 0);
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
}

std::optional<HttpReply> HttpClient::receive(bool head_only) {
  for (std::array<char, 65536> block;;) {
    if (auto reply = take_reply(unread_, head_only)) return reply;
    const auto n = ::recv(fd_, block.data(), block.size(), 0);
    if (n < 0 && errno == EINTR) continue;
    if (n == 0 || (n < 0 && errno == ECONNRESET)) return std::nullopt;
    CHECK(n > 0);
    unread_.append(block.data(), static_cast<std::size_t>(n));
  }
}

std::optional<HttpReply> HttpClient::request(std::string_view method, std::string_view target,
                                             std::string_view body,
                                             const std::vector<std::pair<std::string, std::string>>& fields) {
  send(format_request(method, target, body, fields));
  return receive(method == "HEAD");
}

void HttpClient::half_close() {
  ::shutdown(fd_, SHUT_WR);
}

}  // namespace tillwatch::sim
