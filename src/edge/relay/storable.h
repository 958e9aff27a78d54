// How a text of the journal is written into a database. What traffic names may hold octets that no engine
// takes, and a projection that hands them on stands still for ever: every projection writes what it reads of
// an entry through this. Never used for what people type: that is refused where it is typed.
#pragma once

#include <deque>
#include <string>
#include <string_view>

namespace tillwatch::relay {

// Whether both engines take the text as it is: UTF-8 without NUL.
bool is_storable(std::string_view text);
// As the text is written where they do not: what is not ASCII, and NUL, is U+FFFD byte by byte.
std::string storable(std::string_view text);

// Storable texts that live as long as this: the text itself where it is one, else what is written instead.
class StorableTexts {
 public:
  std::string_view of(std::string_view text) {
    return is_storable(text) ? text : kept_.emplace_back(storable(text));
  }
  // As `of`, where the text itself does not live as long.
  std::string_view copy(std::string_view text) { return kept_.emplace_back(storable(text)); }

 private:
  std::deque<std::string> kept_;
};

}  // namespace tillwatch::relay
