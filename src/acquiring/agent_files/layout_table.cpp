// The five layouts (layout.h). Data only. Column names after public descriptions: an agents' text file in
// fen, an acquirer's statement of 34 columns, an aggregator's bill, a wallet's bill, a switch's fixed-width
// file.
#include <array>

#include "agent_files/layout.h"

namespace tillwatch::agent_files {
namespace {

using enum What;

constexpr auto fen_columns = std::to_array<Column>({
    {"记录标识", mark},
    {"代理商编号", agent},
    {"业务员编号", rep},
    {"商户编号", merchant},
    {"商户名称", shop},
    {"订单号", order},
    {"原订单号", original},
    {"交易类型", kind_words},
    {"支付方式", instrument_words},
    {"交易金额", amount},
    {"手续费", fee},
    {"费率", rate},
    {"结算金额", net},
    {"交易时间", settle_time},
    {"支付时间", pay_time},
    {"结算方式", settle_speed},
    {"结算日期", settle_date},
    {"卡类型", card_class},
    {"发卡行", issuer},
    {"卡号", card_masked},
    {"品牌名称", blank},
    {"行业代码", mcc},
    {"押金标识", deposit},
    {"流量费标识", sim_fee},
    {"备注", blank},
});

constexpr auto wide_columns = std::to_array<Column>({
    {"商户号", merchant},
    {"门店名称", shop},
    {"终端号", terminal},
    {"交易时间", pay_clock},
    {"交易类型", kind_words},
    {"交易批次号", batch},
    {"凭证号", voucher},
    {"参考号", reference},
    {"卡号", card_masked},
    {"卡类别", card_class},
    {"发卡行机构代码", issuer},
    {"发卡行名称", issuer_words},
    {"交易金额", amount},
    {"手续费", fee},
    {"交易日期", pay_date},
    {"交易单号", order},
    {"订单号", blank},
    {"商户备注", blank},
    {"对接应用号", blank},
    {"原始金额", amount},
    {"结算金额", net},
    {"产品类型", instrument_words},
    {"分期贴息", zero},
    {"交易完成时间", pay_clock},
    {"持卡人姓名", holder_name},
    {"持卡人身份证", holder_id},
    {"分期数", blank},
    {"优惠金额", zero},
    {"实付金额", amount},
    {"原交易单", original},
    {"渠道交易类型", instrument_code},
    {"出金方账户名称", blank},
    {"门店编号", blank},
    {"交易完成日期", pay_date},
});

constexpr auto bill_columns = std::to_array<Column>({
    {"订单号", order},
    {"商户号", merchant},
    {"商户名称", shop},
    {"终端号", terminal},
    {"服务商编号", agent},
    {"业务员编号", rep},
    {"支付类型", instrument_words},
    {"订单类型", kind_words},
    {"订单金额", amount},
    {"手续费", fee},
    {"费率", rate},
    {"到账金额", net},
    {"交易时间", pay_time},
    {"付款人标识", payer},
    {"付款账号", card_masked},
    {"付款银行", issuer},
    {"卡类型", card_class},
    {"原订单号", original},
    {"到账方式", settle_speed},
    {"押金", deposit},
    {"流量费", sim_fee},
    {"附言", blank},
});

constexpr auto tick_columns = std::to_array<Column>({
    {"交易时间", pay_time},
    {"公众账号ID", blank},
    {"商户号", blank},
    {"特约商户号", merchant},
    {"设备号", terminal},
    {"微信订单号", sale_order},
    {"商户订单号", blank},
    {"用户标识", payer},
    {"交易类型", instrument_code},
    {"交易状态", kind_state},
    {"付款银行", issuer},
    {"货币种类", currency},
    {"应结订单金额", sale_amount},
    {"代金券金额", zero},
    {"微信退款单号", return_order},
    {"商户退款单号", blank},
    {"退款金额", return_amount},
    {"充值券退款金额", zero},
    {"退款类型", return_kind},
    {"退款状态", kind_state},
    {"商品名称", shop},
    {"商户数据包", blank},
    {"手续费", fee},
    {"费率", rate},
    {"订单金额", sale_amount},
    {"申请退款金额", return_amount},
    {"费率备注", blank},
    {"付款账号", card_masked},
    {"卡类型", card_class},
});

constexpr auto fixed_columns = std::to_array<Column>({
    {"code", kind_code, 3},
    {"agency", agent, 11},
    {"terminal", terminal, 8},
    {"merchant", merchant, 15},
    {"time", pay_time, 14},
    {"account", card_masked, 19},
    {"amount", amount, 12},
    {"industry", mcc, 4},
    {"means", instrument_code, 8},
    {"order", order, 32},
    {"class", card_class_code, 2},
    {"issuer", issuer, 11},
    {"original", original, 32},
    {"fee", fee, 12},
    {"net", net, 12},
    {"settled", settle_date, 8},
    {"payer", payer, 32},
    {"deposit", deposit, 1},
    {"sim", sim_fee, 1},
});

constexpr auto of_stream = std::to_array<Column>({
    {"应答码", response, 2},
    {"卡标识", card_token, 16},
    {"输入方式", entry_mode, 2},
    {"持卡人验证", cvm, 1},
    {"离线标识", offline, 1},
    {"纬度", latitude, 10},
    {"经度", longitude, 10},
    {"机具SN号", serial, 10},
});

constexpr std::array<Layout, layout_count> table = {{
    {.name = "fen-txt",
     .extension = "txt",
     .mapping = "fen",
     .separator = '|',
     .absent = "*",
     .total_mark = "TT",
     .money = Money::fen,
     .columns = fen_columns},
    {.name = "wide-csv",
     .extension = "csv",
     .mapping = "wide",
     .line_end = "\r\n",
     .title = "交易明细",
     .total_mark = "合计",
     .money = Money::yuan_grouped,
     .gb18030 = true,
     .by_merchant = true,
     .columns = wide_columns},
    {.name = "bill-csv",
     .extension = "csv",
     .mapping = "bill",
     .line_end = "\r\n",
     .text_guard = "'",
     .clock = Clock::compact,
     .rate = RateForm::fraction,
     .byte_order_mark = true,
     .columns = bill_columns},
    {.name = "tick-csv",
     .extension = "csv",
     .mapping = "tick",
     .line_end = "\r\n",
     .value_guard = "`",
     .total_mark = "总交易单数",
     .rate = RateForm::percent_sign,
     .minus_returns = true,
     .columns = tick_columns},
    {.name = "fixed-txt",
     .extension = "txt",
     .mapping = "fixed",
     .separator = ' ',
     .total_mark = "TRAILER",
     .money = Money::fen_12,
     .clock = Clock::compact,
     .fixed = true,
     .columns = fixed_columns},
}};

}  // namespace

std::span<const Layout, layout_count> layouts() {
  return table;
}

std::span<const Column> stream_columns() {
  return of_stream;
}

Grade poorest_grade(What what) {
  switch (what) {
    case response:
    case card_token:
    case entry_mode:
    case cvm:
    case offline:
    case latitude:
    case longitude:
    case serial:
      return Grade::full;
    case card_masked:
    case payer:
    case holder_name:
    case holder_id:
      return Grade::masked;
    case card_class:
    case card_class_code:
    case issuer:
    case issuer_words:
      return Grade::issuer;
    default:
      return Grade::none;
  }
}

}  // namespace tillwatch::agent_files
