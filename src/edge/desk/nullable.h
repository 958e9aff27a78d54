// Members of an answer that may be null: a time that has not come, a text that nobody wrote. Called by the
// routes of every subject. Never leaves such a member out: a reader shall not have to guess.
#pragma once

#include <string_view>

#include "core/time.h"
#include "json/writer.h"

namespace tillwatch::desk {

// 0 is null.
inline void time_or_null(json::Writer& out, std::string_view name, core::TimeMs time) {
  out.key(name);
  if (time == 0)
    out.null();
  else
    out.value(core::format_time(time));
}

// "" is null.
inline void text_or_null(json::Writer& out, std::string_view name, std::string_view text) {
  out.key(name);
  if (text.empty())
    out.null();
  else
    out.value(text);
}

}  // namespace tillwatch::desk
