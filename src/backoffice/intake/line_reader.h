// Lines of a byte source: LF or CRLF, a byte order mark passed over, blank lines too, bounded memory. Called
// by the NDJSON reader. Never splits inside a line, however long: what passes the bound is cut and said so.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/error.h"
#include "ports/byte_source.h"

namespace tillwatch::intake {

class LineReader {
 public:
  struct Line {
    std::uint64_t number = 0;  // from 1
    std::string_view text;     // without its line break; valid until the next call
    bool cut = false;          // longer than row_bytes_max: only its beginning
  };

  // `source` must outlive the reader.
  explicit LineReader(ports::ByteSource& source);

  // The next line that is not blank; false at the end. Errors: those of the source.
  core::Result<bool> next(Line& line);

 private:
  core::Result<bool> refill();
  std::string_view unread() const { return std::string_view(buffer_).substr(begin_, end_ - begin_); }

  ports::ByteSource& source_;
  std::string buffer_;
  std::size_t begin_ = 0, end_ = 0;
  bool ended_ = false;
  bool begun_ = false;
  std::uint64_t number_ = 0;
  std::string kept_;  // the beginning of a line that was cut
};

}  // namespace tillwatch::intake
