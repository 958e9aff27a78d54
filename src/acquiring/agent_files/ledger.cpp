#include "agent_files/ledger.h"

#include <array>
#include <tuple>

#include "agent_files/cell.h"
#include "agent_files/words.h"
#include "chance/random.h"

namespace tillwatch::agent_files {
namespace {

using chance::Lane;
using chance::Stream;
using traffic::EventKind;
using traffic::Fact;
using traffic::LabelType;

constexpr std::string_view mark = "\xef\xbb\xbf";
constexpr std::string_view end = "\r\n";
constexpr std::array<std::string_view, 3> class_words = {"标准", "优惠", "扫码"};
constexpr std::array<std::string_view, 4> notice_words = {"拒付", "调单", "投诉转办", "风险提示"};

bool by_wallet(const Event& event) {
  return event.instrument == traffic::Instrument::wechat || event.instrument == traffic::Instrument::alipay;
}

std::size_t class_of(const World& world, const Event& event) {
  if (by_wallet(event)) return 2;
  return world.settings().kinds[event.code_kind].preferential != 0 ? 1 : 0;
}

// True where the label is the withdrawal or the turning of an earlier one.
bool is_amendment(const Event& label) {
  return label.id == traffic::on_track(label.id, traffic::Track::amendment);
}

bool reaches_agent(const World& world, const Event& label) {
  Stream random(world.seed(), Lane::notice, traffic::on_track(label.id, traffic::Track::label));
  return random.chance(static_cast<std::uint32_t>(world.settings().files.notice_permille) * 1000);
}

void append_money(std::string& out, std::int64_t amount) {
  out.push_back(',');
  append_decimal(out, amount, 2, false);
}

}  // namespace

std::int64_t share_permille(const World& world, std::uint32_t agent, std::uint8_t channel) {
  const world::Span& range = world.settings().files.share_permille;
  Stream random(world.seed(), Lane::notice, agent, channel, 1);
  return random.between(range[0], range[1]);
}

std::int64_t cost_e6(const World& world, const Event& transaction) {
  const auto& files = world.settings().files;
  const std::array<std::int64_t, 3> costs = {files.cost_standard_e6, files.cost_preferential_e6,
                                             files.cost_micro_e6};
  return costs[class_of(world, transaction)];
}

Ledger::Sheets Ledger::day(const Statement& statement) {
  return {shares(statement), deductions(statement), notices(statement), changes(statement)};
}

// A line for each merchant and fee class. The share is taken of the sum, not of each sale.
std::string Ledger::shares(const Statement& statement) const {
  struct Sum {
    std::int64_t count = 0, amount = 0, fee = 0, cost_e6 = 0, rate_e6 = 0;
  };
  std::map<std::tuple<std::uint32_t, world::MerchantIndex, std::size_t>, Sum> sums;
  for (const Event& event : statement.transactions) {
    if (event.response != traffic::Response::approved) continue;
    Sum& sum = sums[{world_.merchant(event.merchant).agent, event.merchant, class_of(world_, event)}];
    const std::int64_t sign = event.type == traffic::TxType::sale ? 1 : -1;
    ++sum.count;
    sum.amount += sign * event.amount;
    sum.fee += sign * event.fee;
    sum.cost_e6 = cost_e6(world_, event);
    sum.rate_e6 = event.rate_e6;
  }
  std::string out(mark);
  // Rates stand here in per cent; some trade files have them in parts of ten thousand.
  out.append(
         "分润日期,代理商编号,商户编号,费率类别,笔数,交易金额,手续费,商户费率(%),成本费率(%),分润比例(%),"
         "分润金额")
      .append(end);
  for (const auto& [key, sum] : sums) {
    const auto& [agent, merchant, of_class] = key;
    const std::int64_t permille = share_permille(world_, agent, statement.channel);
    const std::int64_t above = sum.fee - core::floor_div(sum.amount * sum.cost_e6, 1'000'000);
    append_date(out, statement.day, true);
    out.push_back(',');
    append_agent(out, agent);
    out.push_back(',');
    world_.append_merchant_code(out, merchant);
    out.append(",").append(class_words[of_class]).append(",").append(std::to_string(sum.count));
    append_money(out, sum.amount);
    append_money(out, sum.fee);
    out.push_back(',');
    append_decimal(out, sum.rate_e6, 4, false);
    out.push_back(',');
    append_decimal(out, sum.cost_e6, 4, false);
    out.push_back(',');
    append_decimal(out, permille, 1, false);
    append_money(out, core::floor_div(above * permille, 1'000));
    out.append(end);
  }
  return out;
}

std::string Ledger::deductions(const Statement& statement) {
  const auto& money = world_.settings().money;
  const auto& files = world_.settings().files;
  std::string out(mark);
  out.append("日期,代理商编号,业务员编号,商户编号,原因,金额,关联订单号").append(end);
  const auto line = [&](world::MerchantIndex merchant, std::string_view cause, std::int64_t amount,
                        traffic::EventId order) {
    const world::Merchant& of = world_.merchant(merchant);
    append_date(out, statement.day, true);
    out.push_back(',');
    append_agent(out, of.agent);
    out.push_back(',');
    append_rep(out, of.agent, of.rep);
    out.push_back(',');
    world_.append_merchant_code(out, merchant);
    out.append(",").append(cause);
    append_money(out, amount);
    out.push_back(',');
    if (order != 0) append_order(out, world_, order);
    out.append(end);
  };
  for (const Event& event : statement.transactions) {
    const Day opened = world_.merchant(event.merchant).opened;
    if (event.response == traffic::Response::approved && opened >= first_ &&
        statement.day < opened + money.activation_days)
      turnover_[event.merchant] += signed_amount(event);
  }
  for (const world::Merchant& merchant : world_.merchants()) {
    if (merchant.channel != statement.channel || merchant.opened < first_ ||
        statement.day != merchant.opened + money.activation_days)
      continue;
    const bool activated = turnover_[merchant.number] >= money.activation_turnover;
    line(merchant.number, activated ? "激活返现" : "考核扣款",
         activated ? money.activation_bonus : -files.clawback, 0);
    turnover_.erase(merchant.number);
  }
  for (const Event& event : statement.news) {
    if (event.kind != EventKind::label || event.label != LabelType::chargeback) continue;
    if (!reaches_agent(world_, event) || event.fraud == is_amendment(event)) continue;
    line(event.merchant, is_amendment(event) ? "拒付退回" : "拒付扣款",
         is_amendment(event) ? event.amount : -event.amount, event.original);
  }
  return out;
}

std::string Ledger::notices(const Statement& statement) const {
  const world::Span& reply = world_.settings().files.reply_days;
  std::string out(mark);
  out.append("通知编号,通知时间,类型,商户编号,订单号,金额,卡号后四位,回复期限,说明").append(end);
  for (const Event& event : statement.news) {
    if (event.kind != EventKind::label || !reaches_agent(world_, event)) continue;
    Stream random(world_.seed(), Lane::notice, event.id, 0, 2);
    std::string number;
    world::append_letters(number, random.next());
    out.append("T").append(number.substr(0, 10)).append(",").append(moment_text(event.time));
    out.append(",").append(notice_words[static_cast<std::size_t>(event.label)]).append(",");
    world_.append_merchant_code(out, event.merchant);
    out.push_back(',');
    append_order(out, world_, event.original);
    append_money(out, event.amount);
    out.push_back(',');
    const bool by_card = event.label == LabelType::chargeback || event.label == LabelType::issuer_notice;
    if (by_card) append_padded(out, world_.card(event.card).last_four, 4);
    out.push_back(',');
    append_date(out, statement.day + random.between(reply[0], reply[1]), true);
    out.append(",").append(is_amendment(event) ? "更正：" : "");
    out.append(event.fraud ? "疑似风险交易" : "核实后无异常");
    out.append(end);
  }
  return out;
}

std::string Ledger::changes(const Statement& statement) const {
  std::string out(mark);
  out.append("时间,商户编号,变更项,变更后").append(end);
  const auto begin = [&](const Event& event, std::string_view what) {
    out.append(moment_text(event.time)).append(",");
    world_.append_merchant_code(out, event.merchant);
    out.append(",").append(what).append(",");
  };
  for (const Event& event : statement.news) {
    if (event.kind != EventKind::registry || event.instance == 0) continue;
    switch (event.fact) {
      case Fact::account_changed:
        begin(event, "结算账户");
        world_.append_account_token(out, event.account);
        break;
      case Fact::rate_changed:
        begin(event, "费率(%)");
        append_decimal(out, event.rate_e6, 4, false);
        break;
      case Fact::rate_notified:
        begin(event, "费率调整通知(%)");
        append_decimal(out, event.rate_e6, 4, false);
        break;
      case Fact::promotion_notified:
        begin(event, "促销报备");
        out.append(moment_text(event.value));
        break;
      case Fact::reverified:
        begin(event, "复核");
        out.append(moment_text(event.value));
        break;
      case Fact::relocation_filed:
        begin(event, "移机报备");
        append_decimal(out, event.place.latitude_e6, 6, false);
        out.push_back(' ');
        append_decimal(out, event.place.longitude_e6, 6, false);
        break;
      case Fact::person_known:
        begin(event, "负责人");
        out.append(hidden_name(world_, static_cast<world::PersonNumber>(event.value)));
        break;
      case Fact::agent_known:
      case Fact::merchant_opened:
      case Fact::terminal_bound:
        continue;
    }
    out.append(end);
  }
  return out;
}

}  // namespace tillwatch::agent_files
