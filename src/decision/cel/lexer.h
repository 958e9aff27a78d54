// The words of the language and where they stand. Called by the parser only.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "cel/fault.h"

namespace tillwatch::cel {

enum class TokenKind : std::uint8_t {
  end,
  bad,         // a fault has been noted already
  identifier,  // also reserved words: where they may stand is the parser's business
  quoted,      // `field name`
  integer,     // text holds the digits, "0x" included
  uinteger,
  real,
  text,
  bytes,
  symbol,  // text holds the operator or bracket
};

struct Token {
  TokenKind kind = TokenKind::end;
  std::uint32_t at = 0;      // code points from 0
  std::uint32_t end_at = 0;  // one past the last code point
  std::string text;          // decoded where it is text or bytes
};

// The tokens of a UTF-8 text, the last one `end`. Faults (unclosed text, stray characters, broken UTF-8,
// wrong escapes) are added to `faults`; reading goes on after them.
std::vector<Token> tokenize(std::string_view source, FaultList& faults);

}  // namespace tillwatch::cel
