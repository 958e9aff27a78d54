// The port to the outside: one HTTP request or one mail at a time is handed over, and what became of it is
// fetched later. Called by backoffice/notify on the service thread. Real side: apps over edge/outgoing.
// Simulated side: tests/sim. Never waits, never repeats, never decides what is said.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "core/time.h"

namespace tillwatch::ports {

// A POST over HTTP. Redirects are never followed, answers are read up to a bound and thrown away.
struct OutgoingPost {
  bool tls = true;
  std::string host;  // a name or a numeric address, without brackets
  std::uint16_t port = 443;
  std::string target = "/";                                 // path and query
  std::vector<std::pair<std::string, std::string>> fields;  // none holds a control character
  std::string body;
  bool near_too = false;  // this machine and private networks may be reached: for tests
};

struct OutgoingMail {
  enum class Security : std::uint8_t {
    tls,        // from the first byte
    start_tls,  // the server must offer it
    none,       // refused beyond this machine
  };
  std::string host;
  std::uint16_t port = 587;
  Security security = Security::start_tls;
  std::string user;  // "": no log-in
  std::string password;
  std::string from, to;  // bare addresses, checked
  std::string content;   // header and body, lines end with CRLF
};

using OutgoingRequest = std::variant<OutgoingPost, OutgoingMail>;

struct OutgoingResult {
  std::uint64_t number = 0;  // as it was handed over
  bool good = false;         // 2xx; for a mail: taken by the server
  int status = 0;            // the last HTTP or SMTP code; 0: there was none
  std::string trouble;       // one sentence where it is not good; never holds what was sent
  core::DurationMs took_ms = 0;
};

class Outgoing {
 public:
  virtual ~Outgoing() = default;
  // How many more requests are taken now.
  virtual std::size_t room() = 0;
  // CHECKs that there is room. `number` is the caller's own.
  virtual void hand_over(std::uint64_t number, OutgoingRequest request) = 0;
  // What has ended since the last call. Each request ends once.
  virtual std::vector<OutgoingResult> take_results() = 0;
};

}  // namespace tillwatch::ports
