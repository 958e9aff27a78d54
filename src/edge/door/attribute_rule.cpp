#include "door/attribute_rule.h"

#include <algorithm>
#include <span>

#include "core/limits.h"
#include "payment/attribute_domain.h"

namespace tillwatch::door {
namespace {

using payment::AttributeId;
using payment::span_of;
using payment::words_of;
using Words = std::span<const std::string_view>;

bool all_digits(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

std::string vocabulary_of(AttributeId id) {
  std::string text;
  for (const std::string_view word : words_of(id)) {
    if (!text.empty()) text += ", ";
    text += word;
  }
  return text;
}

std::optional<std::string> fault_of(AttributeId id, std::string_view text) {
  const Words words = words_of(id);
  if (!words.empty() && std::ranges::find(words, text) == words.end()) return "one of: " + vocabulary_of(id);
  switch (id) {
    case AttributeId::id:
      if (text.size() > core::limits::request_id_bytes_max) return "an id of at most 128 bytes";
      break;
    case AttributeId::currency:
      if (text.size() != 3 || !std::ranges::all_of(text, [](char c) { return c >= 'A' && c <= 'Z'; }))
        return "an ISO 4217 code of three capital letters, such as CNY";
      break;
    case AttributeId::merchant_mcc:
      if (text.size() != 4 || !all_digits(text)) return "a merchant category code of four digits";
      break;
    case AttributeId::card_issuer:
      // It becomes part of the reference of a masked card, which has to stay within a text.
      if (text.size() > 256) return "a code of at most 256 bytes";
      break;
    case AttributeId::card_bin:
      if (text.size() < 6 || text.size() > 8 || !all_digits(text))
        return "six to eight digits, of which six are kept";
      break;
    default:
      break;
  }
  if (text.size() > core::limits::entry_text_bytes_max) return "a text of at most 1024 bytes";
  return std::nullopt;
}

std::optional<std::string> fault_of(AttributeId id, std::int64_t number) {
  const std::optional<payment::Span> span = span_of(id);
  if (span && (number < span->min || number > span->max)) return std::string(span->words);
  return std::nullopt;
}

}  // namespace tillwatch::door
