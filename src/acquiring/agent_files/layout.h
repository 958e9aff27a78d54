// How the day file of an acquirer looks: columns, units, separators, marks. Read by the renderer (day_file.h)
// and by tests. Five layouts after public descriptions of such files (docs/formats/agent-files.md).
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

namespace tillwatch::agent_files {

// What a file tells of the cards, and with `full` of the authorisation.
enum class Grade : std::uint8_t { full, masked, issuer, none };
inline constexpr std::size_t grade_count = 4;
inline constexpr std::array<std::string_view, grade_count> grade_names = {"full", "masked", "issuer", "none"};

// What stands in a column.
enum class What : std::uint8_t {
  blank,  // never filled
  zero,   // an amount that is always nought
  mark,   // BT a sale, BV what takes one back
  agent,
  rep,
  merchant,
  shop,
  mcc,
  terminal,
  order,
  sale_order,    // the order of the sale, also for what takes it back
  return_order,  // of what takes a sale back; else absent
  original,      // the order of the sale that is taken back; else absent
  kind_words,    // 消费, 退货, 冲正
  kind_code,     // S22, S30, S31
  kind_state,    // SUCCESS, REFUND, REVOKED; PAYERROR where it was refused
  return_kind,   // ORIGINAL where something comes back
  instrument_words,
  instrument_code,
  amount,
  sale_amount,    // nought for what takes a sale back
  return_amount,  // nought for sales
  fee,
  rate,
  net,
  pay_time,
  pay_date,
  pay_clock,
  settle_time,
  settle_date,
  settle_speed,
  batch,
  voucher,
  reference,
  deposit,
  sim_fee,
  currency,
  // Of the card, by grade.
  card_class,
  card_class_code,
  issuer,
  issuer_words,
  card_masked,
  payer,
  holder_name,
  holder_id,
  // Of the authorisation: grade full only.
  response,
  card_token,
  entry_mode,
  cvm,
  offline,
  latitude,
  longitude,
  serial,
};
// The poorest grade in which the column is filled.
Grade poorest_grade(What what);

struct Column {
  std::string_view name = {};
  What what = What::blank;
  std::uint8_t width = 0;  // of fixed layouts
};

enum class Money : std::uint8_t { fen, fen_12, yuan, yuan_grouped };
enum class Clock : std::uint8_t { dashes, compact };
enum class RateForm : std::uint8_t { per_ten_thousand, percent_sign, fraction };

struct Layout {
  std::string_view name = {};
  std::string_view extension = {};
  std::string_view mapping = {};  // policies/reference/agent-files/...
  char separator = ',';
  std::string_view line_end = "\n";
  std::string_view absent = {};       // what stands where nothing is
  std::string_view text_guard = {};   // before identifiers
  std::string_view value_guard = {};  // before every value
  std::string_view title = {};        // line before the header; "" none
  std::string_view total_mark = {};   // how the lines after the last row begin
  Money money = Money::yuan;
  Clock clock = Clock::dashes;
  RateForm rate = RateForm::per_ten_thousand;
  bool byte_order_mark = false;
  bool gb18030 = false;
  bool fixed = false;          // columns by width, no header
  bool by_merchant = false;    // rows by merchant, then by time; else by time
  bool minus_returns = false;  // fees of what comes back are negative
  std::span<const Column> columns = {};
};
inline constexpr std::size_t layout_count = 5;
std::span<const Layout, layout_count> layouts();
// What every layout adds at its end in grade full.
std::span<const Column> stream_columns();

}  // namespace tillwatch::agent_files
