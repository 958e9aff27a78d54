#include "simulator/writer.h"

#include <array>
#include <string_view>

#include "json/writer.h"
#include "simulator/card.h"

namespace tillwatch::simulator {
namespace {

constexpr std::array<std::string_view, 3> type_names = {"sale", "refund", "reversal"};
constexpr std::array<std::string_view, 4> entry_names = {"contactless", "chip", "stripe", "qr"};
constexpr std::array<std::string_view, 3> cvm_names = {"none", "pin", "signature"};
constexpr std::array<std::string_view, 2> fix_names = {"gps", "cell"};
constexpr std::array<std::string_view, 8> response_codes = {"00", "05", "14", "54", "51", "55", "61", "91"};

template <class Names, class Enum>
std::string_view name_in(const Names& names, Enum value) {
  return names[static_cast<std::size_t>(value)];
}

// Four digits, so that no number of an agent looks like another thing.
std::string agent_code(std::uint16_t agent) {
  std::string digits = std::to_string(agent);
  return "A" + std::string(4 - std::min<std::size_t>(4, digits.size()), '0') + digits;
}

void write_card(json::Writer& json, const World& world, const Event& event, bool whole) {
  const Card card = make_card(world.seed(), event.card);
  json.key("card").begin_object();
  if (whole) {
    json.member("number", whole_number(world.seed(), event.card));
  } else {
    json.member("token", card.token).member("token_namespace", "sim").member("bin", card.bin);
  }
  json.member("funding", card.credit ? "credit" : "debit").member("brand", card.brand);
  json.member("issuer", card.issuer).member("country", "CN").member("region", card.region);
  json.end_object();
}

void write_places(json::Writer& json, const World& world, const Event& event) {
  const Merchant& merchant = world.merchants()[event.merchant];
  const City& city = cities()[merchant.city];
  const Terminal& terminal = merchant.terminals[event.terminal];
  json.key("merchant").begin_object();
  json.member("id", merchant.code).member("mcc", merchant.kind->mcc).member("country", "CN");
  json.member("region", city.region).member("city", city.code).end_object();
  json.key("terminal").begin_object();
  json.member("id", terminal.id)
      .member("serial", terminal.serial)
      .member("app_version", "3.2.1")
      .end_object();
  json.key("agent").begin_object().member("id", agent_code(merchant.agent)).end_object();
  json.key("channel").begin_object().member("id", "acquirer-1").member("route", "route-1").end_object();
}

void write_transaction(json::Writer& json, const World& world, const Writer& writer, const Event& event) {
  json.key("tx").begin_object();
  json.member("type", name_in(type_names, event.type));
  json.member("entry_mode", name_in(entry_names, event.entry_mode))
      .member("cvm", name_in(cvm_names, event.cvm));
  json.member("card_present", true);
  json.member("instrument", event.entry_mode == EntryMode::qr ? "unionpay_qr" : "card");
  if (event.offline) json.member("offline", true);
  if (event.original != 0) json.member("original_id", writer.id_of(event.original));
  if (event.answered) {
    json.member("response", name_in(response_codes, event.response));
    json.member("approved", event.response == Response::approved);
  }
  json.end_object();
  const City& city = cities()[world.merchants()[event.merchant].city];
  json.key("location").begin_object();
  json.member("latitude_e6", event.latitude_e6).member("longitude_e6", event.longitude_e6);
  json.member("country", "CN").member("city", city.code).member("source", name_in(fix_names, event.fix));
  json.end_object();
}

void write_answer(json::Writer& json, const Writer& writer, const Event& event) {
  json.key("tx").begin_object();
  json.member("type", name_in(type_names, event.type)).member("original_id", writer.id_of(event.original));
  json.end_object();
  json.key("outcome").begin_object();
  json.member("code", name_in(response_codes, event.response));
  json.member("approved", event.response == Response::approved).end_object();
}

void write_merchant_fields(json::Writer& json, const Writer& writer, const Merchant& merchant) {
  json.member("status", "active").member("mcc", merchant.kind->mcc);
  json.member("declared_daily", merchant.declared_daily).member("single_limit", merchant.kind->single_limit);
  json.member("opens_minute", merchant.kind->opens).member("closes_minute", merchant.kind->closes);
  json.member("price_list", merchant.price_list);
  if (merchant.promotion_to != 0)
    json.member("promotion_until", writer.told_time(time_of(merchant.promotion_to + 1, 0)));
}

void write_registry(json::Writer& json, const World& world, const Writer& writer, const Event& event) {
  const Merchant& merchant = world.merchants()[event.merchant];
  const Terminal& terminal = merchant.terminals[event.terminal];
  const bool about_terminal = event.fact == Fact::terminal_active || event.fact == Fact::terminal_scrapped;
  json.key("registry").begin_object();
  json.member("entity", about_terminal ? "terminal" : "merchant");
  json.member("id", about_terminal ? terminal.serial : merchant.code).member("action", "set");
  json.key("fields").begin_object();
  switch (event.fact) {
    case Fact::merchant_opened:
      write_merchant_fields(json, writer, merchant);
      break;
    case Fact::terminal_active:
    case Fact::terminal_scrapped:
      json.member("status", event.fact == Fact::terminal_active ? "active" : "scrapped");
      json.member("merchant", merchant.code).member("country", "CN");
      json.member("latitude_e6", merchant.latitude_e6).member("longitude_e6", merchant.longitude_e6);
      break;
    case Fact::promotion_notified:
      json.member("promotion_until", writer.told_time(event.value));
      break;
    case Fact::reverified:
      json.member("verified_at", writer.told_time(event.value));
      break;
  }
  json.end_object().end_object();
}

}  // namespace

std::string Writer::id_of(EventId id) const {
  return letters_of(key_of(world_.seed(), Lane::identity, 2, 0, id));
}

void Writer::event(const Event& event, std::string& out) const {
  constexpr std::array<std::string_view, 3> kinds = {"registry_command", "transaction", "outcome"};
  out.clear();
  json::Writer json(out);
  json.begin_object();
  json.member("id", id_of(event.id)).member("kind", name_in(kinds, event.kind));
  json.member("time", core::format_time(told_time(event.time)));
  if (event.kind == EventKind::registry) {
    write_registry(json, world_, *this, event);
    json.end_object();
    return;
  }
  json.member("utc_offset_minutes", utc_offset_minutes);
  json.member("amount", event.amount).member("currency", "CNY");
  write_card(json, world_, event, options_.card_numbers);
  write_places(json, world_, event);
  if (event.kind == EventKind::transaction)
    write_transaction(json, world_, *this, event);
  else
    write_answer(json, *this, event);
  json.end_object();
}

void Writer::truth(const Instance& instance, std::string& out) const {
  out.clear();
  json::Writer json(out);
  json.begin_object().member("instance", instance.name).member("typology", instance.typology);
  json.member("role", instance.role == Role::planted ? "planted" : "look_alike")
      .member("what", instance.words);
  json.member("from", core::format_time(told_time(time_of(instance.first_day, 0))));
  json.member("to", core::format_time(told_time(time_of(instance.last_day + 1, 0))));
  json.key("merchants").begin_array();
  for (std::uint32_t i = 0; i < instance.merchant_count; ++i)
    json.value(world_.merchants()[instance.first_merchant + i].code);
  json.end_array().end_object();
}

void Writer::truth(const Event& event, std::string& out) const {
  out.clear();
  json::Writer json(out);
  json.begin_object().member("transaction", id_of(event.id));
  json.member("instance", world_.instances()[static_cast<std::size_t>(event.instance)].name).end_object();
}

}  // namespace tillwatch::simulator
