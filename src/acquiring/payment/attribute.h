// The attributes an entry may carry: numbers, names, types and units, fixed for all time because journals
// store the numbers. Called by the entry codec, the doors (JSON, CSV), the policy compiler (names to slots)
// and the explanation. The table itself is attribute_table.cpp; a site's own attributes travel as extras by
// name, not here.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace tillwatch::payment {

// Numbers are stable: never reuse one. Names: attribute_table.cpp.
enum class AttributeId : std::uint16_t {
  client = 1,
  id = 2,
  source = 3,
  utc_offset_minutes = 4,
  content_digest = 5,
  card_reference = 10,
  card_previous_reference = 11,
  card_identity = 12,
  card_bin = 13,
  card_masked = 14,
  card_funding = 15,
  card_issuer = 16,
  card_country = 17,
  card_region = 18,
  card_brand = 19,
  card_chip = 20,
  card_id = 21,
  merchant_id = 30,
  merchant_mcc = 31,
  merchant_country = 32,
  merchant_region = 33,
  merchant_city = 34,
  terminal_id = 40,
  terminal_serial = 41,
  terminal_app_version = 42,
  terminal_sim = 43,
  terminal_model = 44,
  terminal_key_counter = 45,
  agent_id = 50,
  agent_rep = 51,
  channel_id = 52,
  channel_route = 53,
  account_id = 55,
  person_id = 56,
  device_id = 57,
  device_ip = 58,
  user_id = 59,
  amount = 60,
  currency = 61,
  amount_base = 62,
  amount_rate_e9 = 63,
  tx_type = 64,
  tx_entry_mode = 65,
  tx_cvm = 66,
  tx_response = 67,
  tx_stan = 68,
  tx_rrn = 69,
  tx_auth_code = 70,
  tx_offline = 71,
  tx_card_present = 72,
  tx_original_id = 73,
  tx_settlement_speed = 74,
  tx_fee = 75,
  tx_instrument = 76,
  tx_terminal_time = 77,
  tx_arqc = 78,
  tx_atc = 79,
  tx_approved = 80,
  tx_deposit = 81,
  tx_sim_fee = 82,
  tx_latency_ms = 83,
  tx_rate_e6 = 84,
  tx_original_amount = 85,
  tx_original_card_id = 86,
  tx_original_card_reference = 87,
  location_latitude_e6 = 90,
  location_longitude_e6 = 91,
  location_cell = 92,
  location_country = 93,
  location_city = 94,
  location_source = 95,
  outcome_code = 100,
  outcome_approved = 101,
  label_type = 110,
  label_fraud = 111,
  label_source = 112,
  status_event = 120,
  status_value = 121,
  log_in_success = 130,
  log_in_action = 131,
  log_in_factor = 132,
  log_in_rows = 133,
  advert_phrase = 140,
  advert_medium = 141,
  registry_entity = 150,
  registry_id = 151,
  registry_action = 152,
  policy_bundle = 160,
  policy_stage = 161,
  list_name = 170,
  list_value = 171,
  list_action = 172,
  list_owner = 173,
  list_reason = 174,
  list_expires_at = 175,
  retract_batch = 180,
  act_epoch = 181,
  act_number = 182,
  act_kind = 183,
  act_actor = 184,
  act_subject = 185,
  act_digest = 186,
  act_refusal = 187,
  decision_authorisation = 190,
  decision_settlement = 191,
  decision_subject = 192,
  decision_fired = 193,
};

inline constexpr std::size_t attribute_slot_count = 200;  // one past the largest number

enum class AttributeType : std::uint8_t { boolean, integer, text, time };

enum class Unit : std::uint8_t {
  none,
  money_minor,       // minor units (分) of the entry's `currency`
  money_base_minor,  // minor units of the installation's base currency
  milliseconds,
  micro_degrees,
  minutes,
  count,
};

struct AttributeInfo {
  AttributeId id;
  std::string_view name;  // as policies, mappings and the API write it: "merchant.mcc"
  AttributeType type;
  Unit unit;
  bool internal;          // set by the engine or the door, refused from outside
  std::string_view text;  // one sentence in English for the reference
};

// All attributes, by ascending number.
std::span<const AttributeInfo> attributes();

// nullptr where there is none.
const AttributeInfo* find_attribute(std::string_view name);
const AttributeInfo* find_attribute(AttributeId id);
// "card" of card.number: what holds attributes and can be no value itself.
bool is_attribute_group(std::string_view name);

constexpr std::size_t slot_of(AttributeId id) {
  return static_cast<std::size_t>(id);
}

}  // namespace tillwatch::payment
