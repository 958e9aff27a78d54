#include "payment/attribute_domain.h"

#include <array>

#include "core/time.h"

namespace tillwatch::payment {
namespace {

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

constexpr std::array<std::string_view, 4> identities{"token", "masked", "issuer_only", "none"};
constexpr std::array<std::string_view, 3> authorisations{"allow", "challenge", "decline"};
constexpr std::array<std::string_view, 2> settlements{"release", "hold"};
constexpr std::array<std::string_view, 4> subjects{"none", "watch", "restrict", "suspend"};
constexpr std::array<std::string_view, 2> policy_stages{"swap", "backfilled"};

}  // namespace

std::span<const std::string_view> words_of(AttributeId id) {
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
    case AttributeId::card_identity:
      return identities;
    case AttributeId::decision_authorisation:
      return authorisations;
    case AttributeId::decision_settlement:
      return settlements;
    case AttributeId::decision_subject:
      return subjects;
    case AttributeId::policy_stage:
      return policy_stages;
    case AttributeId::list_action:
      return list_actions;
    default:
      return {};
  }
}

std::optional<Span> span_of(AttributeId id) {
  constexpr std::int64_t money_max = 1'000'000'000'000'000;  // ten million million yuan in fen
  switch (id) {
    case AttributeId::amount:
    case AttributeId::amount_base:
    case AttributeId::tx_original_amount:
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
    case AttributeId::decision_fired:
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

}  // namespace tillwatch::payment
