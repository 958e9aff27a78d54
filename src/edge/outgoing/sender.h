// One HTTP request or one mail, sent to its end over libcurl (the only adapter of it). Called by the threads
// that apps keep for it, because it blocks; never by the service thread or the engine's. The name is resolved
// here, every address is judged (reach.h), and the connection goes to the address that was judged.
#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <vector>

#include "core/error.h"
#include "ports/outgoing.h"
#include "posix/resolver.h"

namespace tillwatch::outgoing {

inline constexpr long post_ms_max = 15'000;
inline constexpr long mail_ms_max = 60'000;
inline constexpr long connect_ms_max = 5'000;
inline constexpr std::size_t answer_bytes_max = 64 * 1024;

using Resolve = std::function<core::Result<std::vector<posix::NetworkAddress>>(const std::string& host)>;

class Sender {
 public:
  // `ca_file`: PEM of authorities that are trusted beside the system's; "" for none. `stopping` breaks a
  // transfer off; it outlives this. One for all threads.
  Sender(Resolve resolve, std::string ca_file, const std::atomic<bool>& stopping);
  ~Sender();
  Sender(const Sender&) = delete;
  Sender& operator=(const Sender&) = delete;

  ports::OutgoingResult send(const ports::OutgoingPost& post) const;
  ports::OutgoingResult send(const ports::OutgoingMail& mail) const;

 private:
  Resolve resolve_;
  std::string ca_file_;
  const std::atomic<bool>& stopping_;
};

}  // namespace tillwatch::outgoing
