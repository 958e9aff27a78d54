// Texts as both engines take them: see storable.h.
#include "relay/storable.h"

#include "json/utf8.h"

namespace tillwatch::relay {

bool is_storable(std::string_view text) {
  return text.find('\0') == std::string_view::npos && json::is_utf8(text);
}

std::string storable(std::string_view text) {
  if (is_storable(text)) return std::string(text);
  std::string shown;
  for (const char c : text) {
    const bool plain = c != '\0' && static_cast<unsigned char>(c) < 0x80;
    shown += plain ? std::string(1, c) : std::string("\xEF\xBF\xBD");
  }
  return shown;
}

}  // namespace tillwatch::relay
