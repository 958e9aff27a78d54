#include "posix/resolver.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>
#include <memory>

namespace tillwatch::posix {
namespace {

constexpr std::size_t addresses_max = 16;

NetworkAddress of_v4(const in_addr& address) {
  NetworkAddress out;
  out.bytes[10] = out.bytes[11] = 0xff;
  std::memcpy(out.bytes.data() + 12, &address, 4);
  std::array<char, INET6_ADDRSTRLEN> text{};
  ::inet_ntop(AF_INET, &address, text.data(), text.size());
  out.text = text.data();
  return out;
}

NetworkAddress of_v6(const in6_addr& address) {
  NetworkAddress out;
  std::memcpy(out.bytes.data(), &address, 16);
  std::array<char, INET6_ADDRSTRLEN> text{};
  ::inet_ntop(AF_INET6, &address, text.data(), text.size());
  out.text = text.data();
  return out;
}

}  // namespace

core::Result<std::vector<NetworkAddress>> resolve(const std::string& host) {
  addrinfo wish{};
  wish.ai_family = AF_UNSPEC;
  wish.ai_socktype = SOCK_STREAM;
  addrinfo* raw = nullptr;
  if (::getaddrinfo(host.c_str(), nullptr, &wish, &raw) != 0)
    return core::fail(core::ErrorCode::unavailable, "", "the receiver's name has no address");
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> found(raw, ::freeaddrinfo);
  std::vector<NetworkAddress> out;
  for (const addrinfo* one = found.get(); one != nullptr && out.size() < addresses_max; one = one->ai_next) {
    if (one->ai_family == AF_INET && one->ai_addrlen >= sizeof(sockaddr_in)) {
      sockaddr_in v4{};
      std::memcpy(&v4, one->ai_addr, sizeof v4);
      out.push_back(of_v4(v4.sin_addr));
    } else if (one->ai_family == AF_INET6 && one->ai_addrlen >= sizeof(sockaddr_in6)) {
      sockaddr_in6 v6{};
      std::memcpy(&v6, one->ai_addr, sizeof v6);
      out.push_back(of_v6(v6.sin6_addr));
    }
  }
  if (out.empty()) return core::fail(core::ErrorCode::unavailable, "", "the receiver's name has no address");
  return out;
}

std::optional<NetworkAddress> numeric_address(const std::string& text) {
  in_addr v4{};
  if (::inet_pton(AF_INET, text.c_str(), &v4) == 1) return of_v4(v4);
  in6_addr v6{};
  if (::inet_pton(AF_INET6, text.c_str(), &v6) == 1) return of_v6(v6);
  return std::nullopt;
}

}  // namespace tillwatch::posix
