#include "door/attribute_rule.h"

#include <algorithm>
#include <array>
#include <span>

#include "core/limits.h"
#include "core/time.h"

namespace tillwatch::door {
namespace {

using payment::AttributeId;
using Words = std::span<const std::string_view>;

constexpr std::array<std::string_view, 7> tx_types{"sale",   "preauth",  "completion", "void",
                                                   "refund", "reversal", "query"};
constexpr std::array<std::string_view, 6> entry_modes{"chip",     "contactless", "stripe",
                                                      "fallback", "manual",      "qr"};
constexpr std::array<std::string_view, 4> cvms{"pin", "signature", "device", "none"};
constexpr std::array<std::string_view, 4> fundings{"credit", "debit", "prepaid", "charge"};
constexpr std::array<std::string_view, 8> entities{"merchant", "terminal", "agent",  "rep",
                                                   "channel",  "account",  "person", "card"};
constexpr std::array<std::string_view, 2> registry_actions{"set", "remove"};
constexpr std::array<std::string_view, 2> list_actions{"add", "remove"};

Words words_of(AttributeId id) {
  switch (id) {
    case AttributeId::tx_type:
      return tx_types;
    case AttributeId::tx_entry_mode:
      return entry_modes;
    case AttributeId::tx_cvm:
      return cvms;
    case AttributeId::card_funding:
      return fundings;
    case AttributeId::registry_entity:
      return entities;
    case AttributeId::registry_action:
      return registry_actions;
    case AttributeId::list_action:
      return list_actions;
    default:
      return {};
  }
}

bool all_digits(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

struct Span {
  std::int64_t min;
  std::int64_t max;
  std::string_view words;
};

std::optional<Span> span_of(AttributeId id) {
  constexpr std::int64_t money_max = 1'000'000'000'000'000;  // ten million million yuan in fen
  switch (id) {
    case AttributeId::amount:
      return Span{0, money_max, "minor units from 0 to 10^15; a refund is a positive amount of type refund"};
    case AttributeId::tx_fee:
      return Span{-money_max, money_max, "minor units between -10^15 and 10^15"};
    case AttributeId::utc_offset_minutes:
      return Span{-14 * 60, 14 * 60, "minutes from -840 to 840"};
    case AttributeId::location_latitude_e6:
      return Span{-90'000'000, 90'000'000, "latitude in degrees times 10^6"};
    case AttributeId::location_longitude_e6:
      return Span{-180'000'000, 180'000'000, "longitude in degrees times 10^6"};
    case AttributeId::terminal_key_counter:
    case AttributeId::tx_atc:
    case AttributeId::tx_latency_ms:
    case AttributeId::log_in_rows:
      return Span{0, 1'000'000'000'000, "a count from 0 to 10^12"};
    case AttributeId::tx_rate_e6:
      return Span{0, 1'000'000, "parts per million from 0 to 1000000"};
    case AttributeId::tx_terminal_time:
    case AttributeId::list_expires_at:
      return Span{core::time_min, core::time_max, "a time between the years 1 and 9999"};
    default:
      return std::nullopt;
  }
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
  const std::optional<Span> span = span_of(id);
  if (span && (number < span->min || number > span->max)) return std::string(span->words);
  return std::nullopt;
}

}  // namespace tillwatch::door
