#include "telling/writer.h"

#include <array>
#include <string_view>

#include "json/writer.h"

namespace tillwatch::telling {
namespace {

using Json = json::Writer;
using traffic::EventKind;
using traffic::Fact;
using world::kind_names;
using world::Merchant;

constexpr std::array<std::string_view, 4> kind_words = {"registry_command", "transaction", "outcome",
                                                        "label"};
constexpr std::array<std::string_view, 3> type_names = {"sale", "refund", "reversal"};
constexpr std::array<std::string_view, 4> entry_names = {"contactless", "chip", "stripe", "qr"};
constexpr std::array<std::string_view, 3> cvm_names = {"none", "pin", "signature"};
constexpr std::array<std::string_view, 4> instrument_names = {"card", "unionpay_qr", "wechat", "alipay"};
constexpr std::array<std::string_view, 9> codes = {"00", "05", "14", "51", "54", "55", "61", "91", "96"};
constexpr std::array<std::string_view, 4> label_names = {"chargeback", "issuer_notice", "complaint",
                                                         "inspection"};

template <class Names, class Enum>
std::string_view name_in(const Names& names, Enum value) {
  return names[static_cast<std::size_t>(value)];
}

// Writes an identifier through a text that is reused for all of them.
class Ids {
 public:
  explicit Ids(const World& world) : world_(world) {}
  std::string_view merchant(traffic::MerchantIndex merchant) {
    return fresh([&] { world_.append_merchant_code(text_, merchant); });
  }
  std::string_view terminal(world::TerminalNumber terminal) {
    return fresh([&] { world_.append_terminal_id(text_, terminal); });
  }
  std::string_view serial(world::TerminalNumber terminal) {
    return fresh([&] { world_.append_serial(text_, terminal); });
  }
  std::string_view person(traffic::PersonNumber person) {
    return fresh([&] { world_.append_person_token(text_, person); });
  }
  std::string_view account(std::uint64_t account) {
    return fresh([&] { world_.append_account_token(text_, account); });
  }
  std::string_view letters(std::uint64_t bits) {
    return fresh([&] { world::append_letters(text_, bits); });
  }
  // "A0007", and the reps of an agent as "A0007R2".
  std::string_view agent(std::uint32_t agent, int rep = -1) {
    return fresh([&] {
      text_.push_back('A');
      const std::string digits = std::to_string(agent + 1);
      text_.append(digits.size() < 4 ? 4 - digits.size() : 0, '0').append(digits);
      if (rep >= 0) text_.append("R").append(std::to_string(rep + 1));
    });
  }
  std::string_view channel(std::uint8_t channel) {
    return fresh([&] { text_.append("acquirer-").push_back(static_cast<char>('1' + channel)); });
  }

 private:
  template <class Fill>
  std::string_view fresh(const Fill& fill) {
    text_.clear();
    fill();
    return text_;
  }
  const World& world_;
  std::string text_;
};

void write_card(Json& json, const World& world, const Event& event, Ids& ids) {
  json.key("card").begin_object();
  const world::Card card = world.card(event.card);
  const bool wallet =
      event.instrument == traffic::Instrument::wechat || event.instrument == traffic::Instrument::alipay;
  json.member("token",
              ids.letters(wallet ? chance::mix64(card.token + static_cast<std::uint64_t>(event.instrument))
                                 : card.token));
  json.member("token_namespace",
              wallet ? name_in(instrument_names, event.instrument) : std::string_view("sim"));
  if (!wallet) {
    json.member("bin", card.bin)
        .member("funding", card.credit ? "credit" : "debit")
        .member("brand", card.brand);
    json.member("issuer", card.issuer).member("country", "CN").member("region", card.region);
  }
  json.end_object();
}

void write_parties(Json& json, const World& world, const Event& event, Ids& ids) {
  const Merchant& merchant = world.merchant(event.merchant);
  const world::City& city = world::cities()[merchant.city];
  json.key("merchant").begin_object().member("id", ids.merchant(event.merchant));
  json.member("mcc", kind_names()[event.code_kind].mcc).member("country", "CN");
  json.member("region", city.region).member("city", city.code).end_object();
  json.key("terminal")
      .begin_object()
      .member("id", ids.terminal(event.terminal))
      .member("serial", ids.serial(event.terminal));
  json.member("app_version", event.terminal % 5 == 0 ? "3.1.9" : "3.2.1")
      .member("key_counter", event.counter)
      .end_object();
  json.key("agent").begin_object().member("id", ids.agent(merchant.agent));
  json.member("rep", ids.agent(merchant.agent, merchant.rep)).end_object();
  json.key("channel").begin_object().member("id", ids.channel(merchant.channel)).end_object();
  json.key("account").begin_object().member("id", ids.account(event.account)).end_object();
}

void write_transaction(Json& json, const World& world, const telling::Writer& writer, const Event& event,
                       Ids& ids) {
  json.member("utc_offset_minutes", world::utc_offset_minutes);
  json.member("amount", event.amount).member("currency", "CNY");
  write_card(json, world, event, ids);
  write_parties(json, world, event, ids);
  json.key("tx").begin_object().member("type", name_in(type_names, event.type));
  json.member("entry_mode", name_in(entry_names, event.entry_mode))
      .member("cvm", name_in(cvm_names, event.cvm));
  json.member("card_present", event.instrument == traffic::Instrument::card);
  json.member("instrument", name_in(instrument_names, event.instrument));
  json.member("settlement_speed", event.same_day ? "D0" : "T1")
      .member("fee", event.fee)
      .member("rate_e6", event.rate_e6);
  if (event.offline) json.member("offline", true);
  if (event.deposit) json.member("deposit", true);
  if (event.sim_fee) json.member("sim_fee", true);
  if (event.original != 0) {
    std::string id;
    writer.append_id(id, event.original);
    json.member("original_id", id);
  }
  json.end_object();
  if (event.fix == traffic::Fix::none) return;
  json.key("location").begin_object().member("latitude_e6", event.place.latitude_e6);
  json.member("longitude_e6", event.place.longitude_e6).member("country", "CN");
  json.member("source", event.fix == traffic::Fix::gps ? "gps" : "cell").end_object();
}

void write_answer(Json& json, const telling::Writer& writer, const Event& event) {
  std::string id;
  writer.append_id(id, event.original);
  json.key("tx").begin_object().member("original_id", id).member("latency_ms", event.latency_ms).end_object();
  json.key("outcome").begin_object().member("code", name_in(codes, event.response));
  json.member("approved", event.response == traffic::Response::approved).end_object();
}

void write_label(Json& json, const telling::Writer& writer, const Event& event) {
  std::string id;
  writer.append_id(id, event.original);
  json.key("tx").begin_object().member("original_id", id).end_object();
  json.key("label")
      .begin_object()
      .member("type", name_in(label_names, event.label))
      .member("fraud", event.fraud)
      .end_object();
}

void write_merchant_fields(Json& json, const World& world, const Event& event, core::DurationMs shift_ms,
                           Ids& ids) {
  const Merchant& merchant = world.merchant(event.merchant);
  const world::Kind& kind = world.kind_of(merchant);
  json.member("status", "active").member("mcc", kind_names()[event.code_kind].mcc);
  json.member("declared_daily", merchant.declared_daily).member("single_limit", kind.single_limit);
  json.member("opens_minute", kind.open[0]).member("closes_minute", kind.open[1]);
  json.member("boarded_at", world::instant(merchant.opened, 0) + shift_ms).member("rate_e6", event.rate_e6);
  json.member("agent", ids.agent(merchant.agent)).member("rep", ids.agent(merchant.agent, merchant.rep));
  json.member("channel", ids.channel(merchant.channel)).member("account", ids.account(event.account));
  json.member("person", ids.person(static_cast<traffic::PersonNumber>(event.value)));
  json.member("owner_card", ids.letters(world.card(world::card_of(merchant.owner, 0)).token));
}

void write_fields(Json& json, const World& world, const Event& event, core::DurationMs shift_ms, Ids& ids) {
  switch (event.fact) {
    case Fact::agent_known: {
      const world::Agent& agent = world.agents()[static_cast<std::size_t>(event.value)];
      json.member("status", "active").member("city", world::cities()[agent.city].code);
      if (agent.parent >= 0) json.member("parent", ids.agent(static_cast<std::uint32_t>(agent.parent)));
      break;
    }
    case Fact::merchant_opened:
      write_merchant_fields(json, world, event, shift_ms, ids);
      break;
    case Fact::terminal_bound:
      json.member("status", "active")
          .member("merchant", ids.merchant(event.merchant))
          .member("country", "CN");
      json.member("latitude_e6", world.merchant(event.merchant).place.latitude_e6);
      json.member("longitude_e6", world.merchant(event.merchant).place.longitude_e6);
      break;
    case Fact::account_changed:
      json.member("account", ids.account(event.account));
      break;
    case Fact::rate_changed:
      json.member("rate_e6", event.rate_e6);
      break;
    case Fact::rate_notified:
      json.member("notified_rate_e6", event.rate_e6).member("notified_rate_from", event.value + shift_ms);
      break;
    case Fact::promotion_notified:
      json.member("promotion_until", event.value + shift_ms);
      break;
    case Fact::reverified:
      json.member("verified_at", event.value + shift_ms);
      break;
    case Fact::relocation_filed:
      json.member("moved_latitude_e6", event.place.latitude_e6)
          .member("moved_longitude_e6", event.place.longitude_e6);
      break;
    case Fact::person_known:
      json.member("person", ids.person(static_cast<traffic::PersonNumber>(event.value)));
      break;
  }
}

void write_registry(Json& json, const World& world, const Event& event, core::DurationMs shift_ms, Ids& ids) {
  const bool terminal = event.fact == Fact::terminal_bound;
  const bool agent = event.fact == Fact::agent_known;
  json.key("registry").begin_object().member("entity", agent ? "agent" : terminal ? "terminal" : "merchant");
  json.member("id", agent      ? ids.agent(static_cast<std::uint32_t>(event.value))
                    : terminal ? ids.serial(event.terminal)
                               : ids.merchant(event.merchant));
  json.member("action", "set").key("fields").begin_object();
  write_fields(json, world, event, shift_ms, ids);
  json.end_object().end_object();
}

}  // namespace

void Writer::append_id(std::string& out, traffic::EventId id) const {
  // A bijection of the number: unique, and it says nothing.
  world::append_letters(out, chance::mix64(id * chance::golden_step + chance::mix64(world_.seed() + 17)));
}

void Writer::event(const Event& event, std::string& out) const {
  json::Writer json(out);
  Ids ids(world_);
  std::string id;
  append_id(id, event.id);
  json.begin_object().member("id", id).member("kind", name_in(kind_words, event.kind));
  json.member("time", core::format_time(event.time + shift_ms_));
  switch (event.kind) {
    case EventKind::registry:
      write_registry(json, world_, event, shift_ms_, ids);
      break;
    case EventKind::transaction:
      write_transaction(json, world_, *this, event, ids);
      break;
    case EventKind::outcome:
      write_answer(json, *this, event);
      break;
    case EventKind::label:
      write_label(json, *this, event);
      break;
  }
  json.end_object();
}

void Writer::truth(const Instance& instance, std::string& out) const {
  const world::TypologyInfo& info = world::info_of(instance.id);
  Ids ids(world_);
  json::Writer json(out);
  json.begin_object()
      .member("instance", typology::name_of(instance.number))
      .member("typology", info.name)
      .member("code", info.code);
  json.member("role", instance.planted ? "planted" : "look_alike")
      .member("fraud", info.fraud && instance.planted);
  json.member("what", instance.planted ? info.words : info.look_alike).member("skill", instance.skill);
  json.member("begins", core::format_time(world::instant(instance.begins, 0)));
  json.member("first", core::format_time(world::instant(instance.first, 0)));
  json.member("last", core::format_time(world::instant(instance.last + 1, 0)));
  json.member("ends", core::format_time(world::instant(instance.ends + 1, 0)));
  json.member("ramp_days", instance.ramp_days).member("evident_after", info.evident_after);
  json.key("drawn").begin_object();
  for (std::size_t i = 0; i < info.drawn.size(); ++i)
    if (!info.drawn[i].name.empty()) json.member(info.drawn[i].name, instance.drawn[i]);
  json.end_object().key("merchants").begin_array();
  for (const traffic::MerchantIndex merchant : instance.merchants) json.value(ids.merchant(merchant));
  json.end_array().key("terminals").begin_array();
  for (const traffic::MerchantIndex merchant : instance.merchants)
    for (std::uint32_t i = 0; i < world_.merchant(merchant).terminals; ++i)
      json.value(ids.serial(world::terminal_of(merchant, i)));
  json.end_array().key("cards").begin_array();
  for (const traffic::CardNumber card : instance.cards) json.value(ids.letters(world_.card(card).token));
  json.end_array();
  if (!instance.merchants.empty())
    json.member("agent", ids.agent(world_.merchant(instance.merchants[0]).agent));
  if (instance.id == world::TypologyId::outage) json.member("channel", ids.channel(instance.channel));
  json.end_object();
}

void Writer::truth(const Event& event, std::string& out) const {
  Ids ids(world_);
  std::string id;
  append_id(id, event.id);
  json::Writer json(out);
  json.begin_object().member("transaction", id).member("instance", typology::name_of(event.instance - 1));
  json.member("fraud", event.fraud).member("arrival", core::format_time(event.arrival));
  json.member("merchant", ids.merchant(event.merchant)).member("amount", event.amount);
  json.member("approved", event.response == traffic::Response::approved).end_object();
}

}  // namespace tillwatch::telling
