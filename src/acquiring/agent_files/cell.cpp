#include "agent_files/cell.h"

#include <array>

namespace tillwatch::agent_files {
namespace {

using traffic::Event;
using traffic::Instrument;
using traffic::TxType;

constexpr std::array<std::string_view, 3> kind_words = {"消费", "退货", "冲正"};
constexpr std::array<std::string_view, 3> kind_codes = {"S22", "S30", "S31"};
constexpr std::array<std::string_view, 3> kind_states = {"SUCCESS", "REFUND", "REVOKED"};
constexpr std::array<std::string_view, 4> instrument_words = {"银行卡", "银联二维码", "微信", "支付宝"};
constexpr std::array<std::string_view, 4> instrument_codes = {"CARD", "UPQR", "WXPAY", "ALIPAY"};
constexpr std::array<std::string_view, 4> entry_codes = {"07", "05", "90", "03"};
constexpr std::array<std::string_view, 3> cvm_codes = {"0", "1", "2"};
constexpr std::array<std::string_view, 9> responses = {"00", "05", "14", "51", "54", "55", "61", "91", "96"};

template <class Names, class Enum>
std::string_view name_in(const Names& names, Enum value) {
  return names[static_cast<std::size_t>(value)];
}

bool by_wallet(const Event& event) {
  return event.instrument == Instrument::wechat || event.instrument == Instrument::alipay;
}

class Cell {
 public:
  Cell(std::string& out, const World& world, const Layout& layout, const Event& event)
      : out_(out), world_(world), layout_(layout), event_(event) {}

  void append(What what) {
    if (what < What::order)
      party(what);
    else if (what <= What::instrument_code)
      deed(what);
    else if (what < What::pay_time)
      sum(what);
    else if (what < What::card_class)
      booking(what);
    else if (what < What::response)
      card(what);
    else
      authorisation(what);
  }

 private:
  bool returned() const { return event_.type != TxType::sale; }

  void money(std::int64_t amount) {
    switch (layout_.money) {
      case Money::fen:
        return append_decimal(out_, amount, 0, false);
      case Money::fen_12:
        return append_padded(out_, amount, 12);
      case Money::yuan:
        return append_decimal(out_, amount, 2, false);
      case Money::yuan_grouped:
        return append_decimal(out_, amount, 2, true);
    }
  }

  void rate() {
    switch (layout_.rate) {
      case RateForm::per_ten_thousand:
        return append_decimal(out_, event_.rate_e6, 2, false);
      case RateForm::percent_sign:
        append_decimal(out_, event_.rate_e6, 4, false);
        out_.push_back('%');
        return;
      case RateForm::fraction:
        return append_decimal(out_, event_.rate_e6, 6, false);
    }
  }

  void time(core::TimeMs time) {
    const bool dashes = layout_.clock == Clock::dashes;
    append_date(out_, world::day_of(time), dashes);
    if (dashes) out_.push_back(' ');
    append_clock(out_, time, dashes);
  }

  void flag(bool set) { out_.append(set ? "1" : "0"); }

  // Who and where.
  void party(What what) {
    const world::Merchant& merchant = world_.merchant(event_.merchant);
    switch (what) {
      case What::blank:
        return;
      case What::zero:
        money(0);
        return;
      case What::mark:
        out_.append(returned() ? "BV" : "BT");
        return;
      case What::agent:
        append_agent(out_, merchant.agent);
        return;
      case What::rep:
        append_rep(out_, merchant.agent, merchant.rep);
        return;
      case What::merchant:
        world_.append_merchant_code(out_, event_.merchant);
        return;
      case What::shop:
        out_.append(shop_name(world_, event_.merchant));
        return;
      case What::mcc:
        out_.append(world::kind_names()[event_.code_kind].mcc);
        return;
      case What::terminal:
        world_.append_terminal_id(out_, event_.terminal);
        return;
      default:
        return;
    }
  }

  // Which transaction, of what kind, paid by what.
  void deed(What what) {
    switch (what) {
      case What::order:
        append_order(out_, world_, event_.id);
        return;
      case What::sale_order:
        if (!returned() || event_.original != 0)
          append_order(out_, world_, returned() ? event_.original : event_.id);
        return;
      case What::return_order:
        if (returned()) append_order(out_, world_, event_.id);
        return;
      case What::original:
        if (event_.original != 0) append_order(out_, world_, event_.original);
        return;
      case What::kind_words:
        out_.append(name_in(kind_words, event_.type));
        return;
      case What::kind_code:
        out_.append(name_in(kind_codes, event_.type));
        return;
      case What::kind_state:
        out_.append(event_.response == traffic::Response::approved ? name_in(kind_states, event_.type)
                                                                   : std::string_view("PAYERROR"));
        return;
      case What::return_kind:
        if (returned()) out_.append("ORIGINAL");
        return;
      case What::instrument_words:
        out_.append(name_in(instrument_words, event_.instrument));
        return;
      case What::instrument_code:
        out_.append(name_in(instrument_codes, event_.instrument));
        return;
      default:
        return;
    }
  }

  void sum(What what) {
    switch (what) {
      case What::amount:
        money(event_.amount);
        return;
      case What::sale_amount:
        money(returned() ? 0 : event_.amount);
        return;
      case What::return_amount:
        money(returned() ? event_.amount : 0);
        return;
      case What::fee:
        money(layout_.minus_returns && returned() ? -event_.fee : event_.fee);
        return;
      case What::rate:
        rate();
        return;
      case What::net:
        money(event_.amount - event_.fee);
        return;
      default:
        return;
    }
  }

  // Times, settlement, the acquirer's own numbers.
  void booking(What what) {
    const bool dashes = layout_.clock == Clock::dashes;
    switch (what) {
      case What::pay_time:
        time(event_.time);
        return;
      case What::pay_date:
        append_date(out_, world::day_of(event_.time), dashes);
        return;
      case What::pay_clock:
        append_clock(out_, event_.time, dashes);
        return;
      case What::settle_time:  // of what is settled on the same day; it looks like the time of the sale
        time(event_.same_day ? event_.time + 10 * core::minute_ms : event_.time);
        return;
      case What::settle_date:
        append_date(out_, world::day_of(event_.time) + (event_.same_day ? 0 : 1), dashes);
        return;
      case What::settle_speed:
        out_.append(event_.same_day ? "D0" : "T1");
        return;
      case What::batch:
        append_padded(out_, world::day_of(event_.time) % 1'000'000, 6);
        return;
      case What::voucher:
        append_padded(out_, static_cast<std::int64_t>(chance::mix64(event_.id) % 1'000'000), 6);
        return;
      case What::reference:
        append_padded(out_, static_cast<std::int64_t>(chance::mix64(event_.id + 1) % 1'000'000'000), 12);
        return;
      case What::deposit:
        flag(event_.deposit);
        return;
      case What::sim_fee:
        flag(event_.sim_fee);
        return;
      case What::currency:
        out_.append("CNY");
        return;
      default:
        return;
    }
  }

  void card(What what) {
    const world::Card card = world_.card(event_.card);
    if (by_wallet(event_)) {  // the wallet knows the card, the acquirer does not
      if (what == What::payer)
        world::append_letters(out_,
                              chance::mix64(card.token + static_cast<std::uint64_t>(event_.instrument)));
      if (what == What::card_class_code) out_.append("00");
      return;
    }
    const auto holder = static_cast<world::PersonNumber>(event_.card / 4);
    const bool person = event_.card < world::strange_cards;
    switch (what) {
      case What::card_class:
        out_.append(card.credit ? "贷记卡" : "借记卡");
        return;
      case What::card_class_code:
        out_.append(card.credit ? "02" : "01");
        return;
      case What::issuer:
        out_.append(card.issuer);
        return;
      case What::issuer_words:
        out_.append("模拟银行").append(card.issuer.substr(card.issuer.size() - 2));
        return;
      case What::card_masked:
        append_masked(out_, card);
        return;
      case What::holder_name:
        if (person) out_.append(hidden_name(world_, holder));
        return;
      case What::holder_id:  // of a region that does not exist: nobody's
        if (person) {
          out_.append("99000019");
          append_padded(out_, 60 + holder % 40, 2);
          append_padded(out_, 1 + holder % 12, 2);
          append_padded(out_, 1 + holder % 28, 2);
          append_padded(out_, holder % 1'000, 3);
          out_.push_back('X');
        }
        return;
      default:
        return;
    }
  }

  void authorisation(What what) {
    switch (what) {
      case What::response:
        out_.append(name_in(responses, event_.response));
        return;
      case What::card_token: {
        const std::uint64_t token = world_.card(event_.card).token;
        world::append_letters(out_, by_wallet(event_)
                                        ? chance::mix64(token + static_cast<std::uint64_t>(event_.instrument))
                                        : token);
        return;
      }
      case What::entry_mode:
        out_.append(name_in(entry_codes, event_.entry_mode));
        return;
      case What::cvm:
        out_.append(name_in(cvm_codes, event_.cvm));
        return;
      case What::offline:
        flag(event_.offline);
        return;
      case What::latitude:
        if (event_.fix != traffic::Fix::none) append_decimal(out_, event_.place.latitude_e6, 0, false);
        return;
      case What::longitude:
        if (event_.fix != traffic::Fix::none) append_decimal(out_, event_.place.longitude_e6, 0, false);
        return;
      case What::serial:
        world_.append_serial(out_, event_.terminal);
        return;
      default:
        return;
    }
  }

  std::string& out_;
  const World& world_;
  const Layout& layout_;
  const Event& event_;
};

}  // namespace

void append_cell(std::string& out, const World& world, const Layout& layout, Grade grade, What what,
                 const traffic::Event& event) {
  if (grade > poorest_grade(what)) return;
  // Who gets the whole stream knows the card by its token.
  if (grade == Grade::full && what == What::card_masked) return;
  Cell(out, world, layout, event).append(what);
}

std::int64_t signed_amount(const traffic::Event& event) {
  return event.type == TxType::sale ? event.amount : -event.amount;
}

}  // namespace tillwatch::agent_files
