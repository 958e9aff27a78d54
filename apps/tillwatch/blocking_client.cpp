#include "blocking_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <utility>

namespace tillwatch {
namespace {

constexpr std::size_t answer_bytes_max = std::size_t{16} * 1024 * 1024;
constexpr std::size_t head_bytes_max = std::size_t{64} * 1024;

core::Error system_error(std::string what) {
  return {core::ErrorCode::io, std::move(what), std::strerror(errno)};
}

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool starts_with_name(std::string_view line, std::string_view name) {
  if (line.size() < name.size()) return false;
  for (std::size_t i = 0; i < name.size(); ++i)
    if (lower(line[i]) != name[i]) return false;
  return true;
}

template <class Number>
bool parse_number(std::string_view text, Number& out) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  const auto result = std::from_chars(text.data(), text.data() + text.size(), out);
  return result.ec == std::errc{} && result.ptr != text.data();
}

}  // namespace

core::Result<ServerAddress> parse_server(std::string_view url) {
  const auto refuse = [&] {
    return core::fail(core::ErrorCode::invalid, std::string(url),
                      "expected http://127.0.0.1:PORT, a server on this machine");
  };
  constexpr std::string_view scheme = "http://";
  if (!url.starts_with(scheme)) return refuse();
  url.remove_prefix(scheme.size());
  if (url.ends_with('/')) url.remove_suffix(1);
  const std::size_t colon = url.rfind(':');
  if (colon == std::string_view::npos) return refuse();
  ServerAddress server;
  server.host = url.substr(0, colon) == "localhost" ? "127.0.0.1" : std::string(url.substr(0, colon));
  if (!server.host.starts_with("127.") || !parse_number(url.substr(colon + 1), server.port)) return refuse();
  return server;
}

core::Result<BlockingClient> BlockingClient::connect(const ServerAddress& server) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(server.port);
  if (::inet_pton(AF_INET, server.host.c_str(), &address.sin_addr) != 1)
    return core::fail(core::ErrorCode::invalid, server.host, "is no IPv4 address of this machine");
  BlockingClient client(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (client.descriptor_ < 0) return std::unexpected(system_error("socket"));
  const int yes = 1;
  ::setsockopt(client.descriptor_, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  const void* place = &address;
  if (::connect(client.descriptor_, static_cast<const sockaddr*>(place), sizeof address) != 0)
    return core::fail(core::ErrorCode::unavailable, server.host + ":" + std::to_string(server.port),
                      std::string("no server answers here (") + std::strerror(errno) +
                          "); start it with `tillwatch serve`");
  return client;
}

BlockingClient::BlockingClient(BlockingClient&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)), unread_(std::move(other.unread_)) {}

BlockingClient::~BlockingClient() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

core::Status BlockingClient::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) return std::unexpected(system_error("send"));
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return {};
}

core::Status BlockingClient::read_more() {
  std::array<char, 65536> buffer;
  for (;;) {
    const ssize_t got = ::recv(descriptor_, buffer.data(), buffer.size(), 0);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return std::unexpected(system_error("receive"));
    if (got == 0) return core::fail(core::ErrorCode::io, "receive", "the server closed the connection");
    unread_.append(buffer.data(), static_cast<std::size_t>(got));
    return {};
  }
}

core::Result<bool> BlockingClient::wait(int milliseconds) {
  if (!unread_.empty()) return true;
  pollfd wanted{descriptor_, POLLIN, 0};
  const int ready = ::poll(&wanted, 1, milliseconds);
  if (ready < 0 && errno != EINTR) return std::unexpected(system_error("poll"));
  return ready > 0;
}

core::Result<HttpAnswer> BlockingClient::receive() {
  std::size_t head_end = std::string::npos;
  while ((head_end = unread_.find("\r\n\r\n")) == std::string::npos) {
    if (unread_.size() > head_bytes_max)
      return core::fail(core::ErrorCode::limit, "receive", "an endless head");
    TRY_STATUS(read_more());
  }
  const std::string_view head = std::string_view(unread_).substr(0, head_end);
  HttpAnswer answer;
  std::size_t length = 0;
  bool has_length = false;
  if (!head.starts_with("HTTP/1.1 ") || !parse_number(head.substr(9), answer.status))
    return core::fail(core::ErrorCode::corrupt, "receive", "the answer is not HTTP/1.1");
  for (std::size_t at = head.find("\r\n"); at != std::string_view::npos; at = head.find("\r\n", at + 2)) {
    const std::string_view line = head.substr(at + 2, head.find("\r\n", at + 2) - at - 2);
    if (starts_with_name(line, "retry-after:")) parse_number(line.substr(12), answer.retry_after_s);
    if (starts_with_name(line, "tillwatch-repeated:")) answer.repeated = true;
    if (starts_with_name(line, "content-length:")) has_length = parse_number(line.substr(15), length);
  }
  if (!has_length && answer.status != 204)
    return core::fail(core::ErrorCode::unsupported, "receive", "the answer has no Content-Length");
  if (length > answer_bytes_max)
    return core::fail(core::ErrorCode::limit, "receive", "the answer is over 16 MiB");
  while (unread_.size() < head_end + 4 + length) TRY_STATUS(read_more());
  answer.body = unread_.substr(head_end + 4, length);
  unread_.erase(0, head_end + 4 + length);
  return answer;
}

std::string http_request(std::string_view method, std::string_view target, const ServerAddress& server,
                         std::string_view bearer, std::string_view body) {
  std::string request;
  request.reserve(body.size() + 256);
  request.append(method).append(" ").append(target).append(" HTTP/1.1\r\nHost: ");
  request.append(server.host).append(":").append(std::to_string(server.port)).append("\r\n");
  if (!bearer.empty()) request.append("Authorization: Bearer ").append(bearer).append("\r\n");
  request.append("Content-Type: application/json\r\nTillwatch-Deadline-Ms: 30000\r\nContent-Length: ")
      .append(std::to_string(body.size()));
  request.append("\r\n\r\n").append(body);
  return request;
}

}  // namespace tillwatch
