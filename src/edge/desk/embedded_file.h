// Files of the web console that are compiled into the program (cmake/embed.cmake, console/dist), or the page
// that says that there is none. Called by Assets. Never changes while the program runs.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace tillwatch::desk {

struct EmbeddedFile {
  std::string_view
      path;  // below console/dist: "index.html", "assets/index-4f3a.js", "assets/index-4f3a.js.gz"
  std::string_view bytes;
};

std::span<const EmbeddedFile> console_files();

}  // namespace tillwatch::desk
