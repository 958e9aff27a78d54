#include "intake/line_reader.h"

#include <cstring>

#include "core/limits.h"

namespace tillwatch::intake {
namespace {
constexpr std::size_t buffer_bytes = core::limits::row_bytes_max + 256 * 1024;
}

LineReader::LineReader(ports::ByteSource& source) : source_(source), buffer_(buffer_bytes, '\0') {}

// Reads more behind the unread bytes; false at the end of the source.
core::Result<bool> LineReader::refill() {
  if (ended_) return false;
  if (begin_ > 0) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }
  TRY(size, source_.read(std::span(buffer_).subspan(end_)));
  end_ += size;
  ended_ = size == 0;
  return !ended_;
}

core::Result<bool> LineReader::next(Line& line) {
  if (!begun_) {
    begun_ = true;
    while (end_ < 3) {
      TRY(more, refill());
      if (!more) break;
    }
    if (unread().starts_with("\xef\xbb\xbf")) begin_ += 3;
  }
  std::size_t looked = 0;  // bytes of unread() known to hold no line feed
  bool cut = false;
  for (;;) {
    const std::size_t at = unread().find('\n', looked);
    if (at == std::string_view::npos) {
      looked = unread().size();
      if (looked > core::limits::row_bytes_max + 1) {
        if (!cut) kept_.assign(unread().substr(0, core::limits::row_bytes_max));
        cut = true;
        begin_ = end_;
        looked = 0;
      }
      TRY(more, refill());
      if (more) continue;
      if (begin_ == end_ && !cut) return false;
    }
    const std::size_t size = at == std::string_view::npos ? unread().size() : at;
    std::string_view text = unread().substr(0, size);
    begin_ += at == std::string_view::npos ? size : size + 1;
    ++number_;
    looked = 0;
    if (text.ends_with('\r')) text.remove_suffix(1);
    if (!cut && text.size() > core::limits::row_bytes_max) {
      kept_.assign(text.substr(0, core::limits::row_bytes_max));
      cut = true;
    }
    if (!cut && text.find_first_not_of(" \t") == std::string_view::npos) continue;
    line = {number_, cut ? std::string_view(kept_) : text, cut};
    return true;
  }
}

}  // namespace tillwatch::intake
