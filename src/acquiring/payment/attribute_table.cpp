// The table of attributes (attribute.h). Data only.
#include <algorithm>
#include <array>
#include <cstdint>
#include <string>

#include "payment/attribute.h"

namespace tillwatch::payment {
namespace {

using enum AttributeId;
using enum AttributeType;
using enum Unit;

constexpr auto table = std::to_array<AttributeInfo>({
    {client, "client", text, none, true,
     "API client or import channel that sent the entry; part of the idempotency key"},
    {AttributeId::id, "id", text, none, false,
     "the caller's own id of this request; unique per client and kind"},
    {source, "source", text, none, true,
     "file or batch that an imported entry came from; a retract names it"},
    {utc_offset_minutes, "utc_offset_minutes", integer, minutes, false,
     "local time of the terminal minus UTC"},
    {content_digest, "content.digest", text, none, true,
     "digest of what the caller sent, kept where admission completed the entry from an earlier one"},
    {card_reference, "card.reference", text, none, true,
     "namespace and keyed hash, token or masked number of the card"},
    {card_previous_reference, "card.previous_reference", text, none, true,
     "the same card under the previous key, during a key rotation"},
    {card_identity, "card.identity", text, none, true,
     "how well the card is known: token, masked, issuer_only or none"},
    {card_bin, "card.bin", text, none, false, "first six digits of the number"},
    {card_masked, "card.masked", text, none, true, "first six and last four digits with stars between"},
    {card_funding, "card.funding", text, none, false, "credit, debit, prepaid or charge"},
    {card_issuer, "card.issuer", text, none, false, "code of the issuing institution"},
    {card_country, "card.country", text, none, false, "ISO 3166 code of the issuer's country"},
    {card_region, "card.region", text, none, false, "province or region code of the issuer"},
    {card_brand, "card.brand", text, none, false, "scheme: unionpay, visa, mastercard, ..."},
    {card_chip, "card.chip", boolean, none, false, "the card carries a chip"},
    {card_id, "card.id", integer, none, true, "the engine's own number for the card"},
    {merchant_id, "merchant.id", text, none, false, "merchant code at the acquirer"},
    {merchant_mcc, "merchant.mcc", text, none, false, "merchant category code as sent with this transaction"},
    {merchant_country, "merchant.country", text, none, false, "ISO 3166 code"},
    {merchant_region, "merchant.region", text, none, false, "province or region code"},
    {merchant_city, "merchant.city", text, none, false, "city code"},
    {terminal_id, "terminal.id", text, none, false, "logical terminal number (TID)"},
    {terminal_serial, "terminal.serial", text, none, false,
     "hardware serial; history is keyed by it, never by the TID alone"},
    {terminal_app_version, "terminal.app_version", text, none, false, "version of the payment application"},
    {terminal_sim, "terminal.sim", text, none, false, "ICCID of the SIM"},
    {terminal_model, "terminal.model", text, none, false, "model code"},
    {terminal_key_counter, "terminal.key_counter", integer, count, false,
     "transaction counter of the key serial number"},
    {agent_id, "agent.id", text, none, false, "agent that boarded the merchant"},
    {agent_rep, "agent.rep", text, none, false, "salesperson"},
    {channel_id, "channel.id", text, none, false, "acquirer or payment channel"},
    {channel_route, "channel.route", text, none, false, "route within the channel"},
    {account_id, "account.id", text, none, false, "token of the settlement account"},
    {person_id, "person.id", text, none, false, "token of the natural person behind the merchant"},
    {device_id, "device.id", text, none, false, "phone or other device"},
    {device_ip, "device.ip", text, none, false, "network address"},
    {user_id, "user.id", text, none, false, "portal user"},
    {amount, "amount", integer, money_minor, false, "amount in minor units of the currency"},
    {currency, "currency", text, none, false, "ISO 4217 code"},
    {amount_base, "amount_base", integer, money_base_minor, true,
     "amount in the base currency, converted at admission"},
    {amount_rate_e9, "amount_rate_e9", integer, none, true, "rate used for amount_base, times 10^9"},
    {tx_type, "tx.type", text, none, false, "sale, preauth, completion, void, refund, reversal, query"},
    {tx_entry_mode, "tx.entry_mode", text, none, false, "chip, contactless, stripe, fallback, manual, qr"},
    {tx_cvm, "tx.cvm", text, none, false, "pin, signature, device, none"},
    {tx_response, "tx.response", text, none, false, "response code of the host (ISO 8583 field 39)"},
    {tx_stan, "tx.stan", text, none, false, "system trace audit number"},
    {tx_rrn, "tx.rrn", text, none, false, "retrieval reference number"},
    {tx_auth_code, "tx.auth_code", text, none, false, "authorisation code"},
    {tx_offline, "tx.offline", boolean, none, false, "stored and forwarded, or forced"},
    {tx_card_present, "tx.card_present", boolean, none, false, "the card was at the terminal"},
    {tx_original_id, "tx.original_id", text, none, false,
     "id of the transaction that this one reverses, refunds or completes"},
    {tx_settlement_speed, "tx.settlement_speed", text, none, false, "T0, D0, T1, D1"},
    {tx_fee, "tx.fee", integer, money_minor, false, "fee charged"},
    {tx_instrument, "tx.instrument", text, none, false, "card, wechat, alipay, unionpay_qr"},
    {tx_terminal_time, "tx.terminal_time", AttributeType::time, milliseconds, false, "clock of the terminal"},
    {tx_arqc, "tx.arqc", text, none, false, "application cryptogram"},
    {tx_atc, "tx.atc", integer, count, false, "application transaction counter of the chip"},
    {tx_approved, "tx.approved", boolean, none, false,
     "the transaction was approved (files and advices that already know)"},
    {tx_deposit, "tx.deposit", boolean, none, false, "terminal deposit taken with this swipe"},
    {tx_sim_fee, "tx.sim_fee", boolean, none, false, "SIM fee taken with this swipe"},
    {tx_latency_ms, "tx.latency_ms", integer, milliseconds, false, "time the channel took to answer"},
    {tx_rate_e6, "tx.rate_e6", integer, none, false, "fee rate in parts per million"},
    {tx_original_amount, "tx.original_amount", integer, money_minor, true,
     "amount of the original, completed before admission"},
    {tx_original_card_id, "tx.original_card_id", integer, none, true,
     "the original's card, completed by the engine"},
    {tx_original_card_reference, "tx.original_card_reference", text, none, true,
     "the original's card, completed before admission"},
    {location_latitude_e6, "location.latitude_e6", integer, micro_degrees, false,
     "WGS 84 latitude times 10^6"},
    {location_longitude_e6, "location.longitude_e6", integer, micro_degrees, false,
     "WGS 84 longitude times 10^6"},
    {location_cell, "location.cell", text, none, false, "cell or grid code"},
    {location_country, "location.country", text, none, false, "ISO 3166 code"},
    {location_city, "location.city", text, none, false, "city code"},
    {location_source, "location.source", text, none, false, "gps, cell, ip or registered"},
    {outcome_code, "outcome.code", text, none, false, "response code of the outcome"},
    {outcome_approved, "outcome.approved", boolean, none, false, "the transaction went through"},
    {label_type, "label.type", text, none, false,
     "chargeback, issuer_notice, complaint, inspection, verdict"},
    {label_fraud, "label.fraud", boolean, none, false, "true: fraud; false: confirmed good"},
    {label_source, "label.source", text, none, false, "who said so"},
    {status_event, "status.event", text, none, false,
     "heartbeat, tamper, mac_failure, key_load, version, offline, online"},
    {status_value, "status.value", integer, none, false, "a number that belongs to the event"},
    {log_in_success, "log_in.success", boolean, none, false, "the attempt succeeded"},
    {log_in_action, "log_in.action", text, none, false, "log_in, export, rate_edit, account_edit"},
    {log_in_factor, "log_in.factor", text, none, false, "password, totp, passkey"},
    {log_in_rows, "log_in.rows", integer, count, false, "rows exported"},
    {advert_phrase, "advert.phrase", text, none, false, "code of the phrase that matched"},
    {advert_medium, "advert.medium", text, none, false, "site, chat, video, marketplace, print"},
    {registry_entity, "registry.entity", text, none, false,
     "merchant, terminal, agent, rep, channel, account, person, card"},
    {registry_id, "registry.id", text, none, false, "id of the entity; its fields are the entry's extras"},
    {registry_action, "registry.action", text, none, false, "set or remove"},
    {policy_bundle, "policy.bundle", text, none, true, "SHA-256 of the policy bundle, in hexadecimal"},
    {policy_stage, "policy.stage", text, none, true, "swap or backfilled"},
    {list_name, "list.name", text, none, false, "name of the list"},
    {list_value, "list.value", text, none, false, "the value listed"},
    {list_action, "list.action", text, none, false, "add or remove"},
    {list_owner, "list.owner", text, none, false, "who answers for the item"},
    {list_reason, "list.reason", text, none, false, "why it is listed (a code)"},
    {list_expires_at, "list.expires_at", AttributeType::time, milliseconds, false, "when the item lapses"},
    {retract_batch, "retract.batch", text, none, false, "`source` of the entries taken back"},
    {act_epoch, "act.epoch", text, none, true, "the database whose outbox the act came from"},
    {act_number, "act.number", integer, none, true, "its number there: 1, 2, 3, ..."},
    {act_kind, "act.kind", text, none, true, "what was done: account.created, list.item_added, ..."},
    {act_actor, "act.actor", text, none, true, "id of the account that did it, or system"},
    {act_subject, "act.subject", text, none, true, "what it was done to: kind and id"},
    {act_digest, "act.digest", text, none, true, "SHA-256 of the act with its detail, in hexadecimal"},
    {act_refusal, "act.refusal", text, none, true, "why the entry that the act asked for was not made"},
    {decision_authorisation, "decision.authorisation", text, none, true, "allow, challenge or decline"},
    {decision_settlement, "decision.settlement", text, none, true, "release or hold"},
    {decision_subject, "decision.subject", text, none, true, "none, watch, restrict or suspend"},
    {decision_fired, "decision.fired", integer, count, true, "live rules that matched"},
});

constexpr bool ascending() {
  for (std::size_t i = 1; i < table.size(); ++i)
    if (!(table[i - 1].id < table[i].id)) return false;
  return slot_of(table.back().id) < attribute_slot_count;
}
static_assert(ascending());

// Places of the table in the order of the names: each member of each event is looked up.
constexpr auto by_name = [] {
  std::array<std::uint16_t, table.size()> places{};
  for (std::size_t i = 0; i < places.size(); ++i) places[i] = static_cast<std::uint16_t>(i);
  std::ranges::sort(places, {}, [](std::uint16_t place) { return table[place].name; });
  return places;
}();

// The first attribute whose name is not less.
const AttributeInfo* first_not_less(std::string_view name) {
  const auto* at =
      std::ranges::lower_bound(by_name, name, {}, [](std::uint16_t place) { return table[place].name; });
  return at == by_name.end() ? nullptr : &table[*at];
}

}  // namespace

std::span<const AttributeInfo> attributes() {
  return table;
}

const AttributeInfo* find_attribute(std::string_view name) {
  const AttributeInfo* at = first_not_less(name);
  return at == nullptr || at->name != name ? nullptr : at;
}

bool is_attribute_group(std::string_view name) {
  const std::string beginning = std::string(name) + '.';
  const AttributeInfo* at = first_not_less(beginning);
  return at != nullptr && at->name.starts_with(beginning);
}

const AttributeInfo* find_attribute(AttributeId id) {
  const auto* at = std::ranges::lower_bound(table, id, {}, &AttributeInfo::id);
  return at == table.end() || at->id != id ? nullptr : at;
}

}  // namespace tillwatch::payment
