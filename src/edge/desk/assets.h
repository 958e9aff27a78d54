// The web console as files over HTTP: packed as the browser takes it, cached for ever where the name has a
// hash in it, one page for all of the console's own addresses. Called by Handler for every path outside
// /desk/. Never reads a disk, never looks at sessions: what it gives is the same for everybody.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>

#include "desk/embedded_file.h"
#include "http/message.h"
#include "ports/random.h"

namespace tillwatch::desk {

// Stands in index.html where the nonce of its styles belongs: <meta name="csp-nonce"
// content="__CSP_NONCE__">.
inline constexpr std::string_view nonce_mark = "__CSP_NONCE__";

class Assets {
 public:
  // All must outlive this. CHECKs that there is an index.html.
  Assets(std::span<const EmbeddedFile> files, ports::Random& random);

  // The answer to GET or HEAD of a path outside /desk/: a file, the console's page for an address of its own,
  // or 404. Sets Content-Security-Policy and Cache-Control.
  http::Response answer(const http::RequestHead& head);

 private:
  struct Form {
    std::string_view bytes;
    std::string_view coding;  // "" as it is, "gzip", "br"
  };
  struct Asset {
    std::vector<Form> forms;  // the smallest first
    std::string etag;         // of what it is unpacked
  };
  http::Response page();
  static http::Response file(const http::RequestHead& head, std::string_view path, const Asset& asset);

  ports::Random& random_;
  std::map<std::string, Asset, std::less<>> assets_;
};

}  // namespace tillwatch::desk
