#include "intake/digit_mask.h"

#include <cstddef>

namespace tillwatch::intake {
namespace {
constexpr std::size_t run_min = 13;
constexpr std::size_t kept_front = 6, kept_back = 4;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
}  // namespace

std::string mask_card_length(std::string_view text) {
  std::string out(text);
  std::size_t at = 0;
  while (at < out.size()) {
    if (!is_digit(out[at])) {
      ++at;
      continue;
    }
    std::size_t end = at, digits = 0;
    while (end < out.size()) {
      if (is_digit(out[end]))
        ++digits;
      else if ((out[end] != ' ' && out[end] != '-') || end + 1 == out.size() || !is_digit(out[end + 1]))
        break;
      ++end;
    }
    if (digits >= run_min) {
      std::size_t seen = 0;
      for (std::size_t i = at; i < end; ++i) {
        if (!is_digit(out[i])) continue;
        if (seen >= kept_front && seen < digits - kept_back) out[i] = '*';
        ++seen;
      }
    }
    at = end;
  }
  return out;
}

std::string quoted_value(std::string_view text) {
  constexpr std::size_t most = 40;
  std::string out = mask_card_length(text);
  const bool longer = out.size() > most;
  if (longer) {
    std::size_t end = most;
    while (end > 0 && (static_cast<unsigned char>(out[end]) & 0xc0) == 0x80) --end;  // no half character
    out.resize(end);
  }
  for (char& c : out)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = '?';
  return "'" + out + (longer ? "...'" : "'");
}

}  // namespace tillwatch::intake
