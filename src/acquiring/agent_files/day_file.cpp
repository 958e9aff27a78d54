#include "agent_files/day_file.h"

#include <algorithm>
#include <optional>
#include <tuple>

#include "agent_files/cell.h"
#include "chance/random.h"

namespace tillwatch::agent_files {
namespace {

using chance::Lane;
using chance::Stream;

// What happens to the row of a transaction: the same in all grades.
struct RowFate {
  std::optional<Flaw> flaw;
  bool repeated = false;
  bool left_out = false;
};

RowFate row_fate(const World& world, const Event& event) {
  const auto& files = world.settings().files;
  Stream random(world.seed(), Lane::file_row, event.id);
  RowFate fate;
  const bool flawed = random.chance(static_cast<std::uint32_t>(files.damaged_ppm));
  const auto flaw = static_cast<Flaw>(random.below(flaw_names.size()));
  if (flawed) fate.flaw = flaw;
  fate.repeated = random.chance(static_cast<std::uint32_t>(files.repeated_ppm)) && !flawed;
  fate.left_out = random.chance(static_cast<std::uint32_t>(files.held_back_permille) * 1000);
  return fate;
}

// The digits of a number in full width.
std::string widened(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c >= '0' && c <= '9')
      out.append("\xef\xbc").push_back(static_cast<char>(0x90 + (c - '0')));
    else
      out.push_back(c);
  }
  return out;
}

bool is_amount(What what) {
  return what == What::amount || what == What::sale_amount || what == What::return_amount;
}
bool is_time(What what) {
  return what == What::pay_time || what == What::pay_date || what == What::pay_clock;
}
bool is_text_id(What what) {
  return what == What::order || what == What::merchant || what == What::terminal || what == What::original ||
         what == What::payer || what == What::card_masked;
}

class Renderer {
 public:
  Renderer(const World& world, const Layout& layout, Grade grade)
      : world_(world), layout_(layout), grade_(grade) {
    columns_.assign(layout.columns.begin(), layout.columns.end());
    const auto stream = stream_columns();
    if (grade == Grade::full) columns_.insert(columns_.end(), stream.begin(), stream.end());
  }

  void head(Day day) {
    if (layout_.byte_order_mark) text_.append("\xef\xbb\xbf");
    if (!layout_.title.empty()) {
      text_.append(layout_.title).append(" ");
      append_date(text_, day, true);
      end_line();
    }
    if (layout_.fixed) return;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      if (i > 0) text_.push_back(layout_.separator);
      text_.append(columns_[i].name);
    }
    end_line();
  }

  void row(const Event& event, std::optional<Flaw> flaw) {
    std::size_t count = columns_.size();
    if (flaw == Flaw::cut_short) count -= 2;
    for (std::size_t i = 0; i < count; ++i) {
      if (i > 0) text_.push_back(layout_.separator);
      cell_.clear();
      append_cell(cell_, world_, layout_, grade_, columns_[i].what, event);
      if (flaw) spoil(columns_[i].what, *flaw);
      put(columns_[i]);
    }
    end_line();
  }

  void total(std::uint64_t rows, std::int64_t amount, std::int64_t fee) {
    if (layout_.total_mark.empty()) return;
    text_.append(layout_.total_mark);
    if (!layout_.value_guard.empty()) {  // a header of its own, then the values
      text_.append(",总交易额,手续费总额");
      end_line();
      text_.append(layout_.value_guard).append(std::to_string(rows)).append(",").append(layout_.value_guard);
      append_decimal(text_, amount, 2, false);
      text_.append(",").append(layout_.value_guard);
      append_decimal(text_, fee, 2, false);
    } else {
      const bool yuan = layout_.money == Money::yuan || layout_.money == Money::yuan_grouped;
      text_.push_back(layout_.separator);
      text_.append(std::to_string(rows)).push_back(layout_.separator);
      append_decimal(text_, amount, yuan ? 2 : 0, false);
    }
    end_line();
  }

  std::uint64_t line() const { return line_; }
  std::string take() { return layout_.gb18030 ? to_gb18030(text_) : std::move(text_); }

 private:
  void end_line() {
    text_.append(layout_.line_end);
    ++line_;
  }

  void spoil(What what, Flaw flaw) {
    if (flaw == Flaw::scientific_amount && is_amount(what)) cell_ = "6.5E+03";
    if (flaw == Flaw::wide_digits && is_amount(what)) cell_ = layout_.fixed ? "6.5E+03" : widened(cell_);
    if (flaw == Flaw::serial_time && is_time(what)) cell_ = "46082.378472";
    if (flaw == Flaw::no_merchant && what == What::merchant) cell_.clear();
  }

  void put(const Column& column) {
    if (layout_.fixed) {
      text_.append(cell_);
      if (cell_.size() < column.width) text_.append(column.width - cell_.size(), ' ');
      return;
    }
    if (cell_.empty()) cell_ = layout_.absent;
    const bool quoted = cell_.find(layout_.separator) != std::string::npos;
    if (quoted) text_.push_back('"');
    text_.append(layout_.value_guard);
    if (is_text_id(column.what) && !cell_.empty()) text_.append(layout_.text_guard);
    text_.append(cell_);
    if (quoted) text_.push_back('"');
  }

  const World& world_;
  const Layout& layout_;
  Grade grade_;
  std::vector<Column> columns_;
  std::string text_;
  std::string cell_;
  std::uint64_t line_ = 1;
};

}  // namespace

const Layout& layout_of(const World& world, std::uint8_t channel) {
  const auto first = static_cast<std::size_t>(world.settings().files.first_layout);
  return layouts()[(first + channel) % layout_count];
}

bool is_told(Grade grade, const Event& transaction) {
  return grade == Grade::full || transaction.response == traffic::Response::approved;
}

DayFile day_file(const World& world, const Statement& statement, Grade grade, bool whole) {
  const Layout& layout = layout_of(world, statement.channel);
  const bool corrected = fate_of(world, statement.channel, statement.day).corrected;
  std::vector<const Event*> rows;
  for (const Event& event : statement.transactions)
    if (is_told(grade, event)) rows.push_back(&event);
  if (layout.by_merchant)
    std::ranges::sort(rows, {},
                      [](const Event* event) { return std::tuple(event->merchant, event->time, event->id); });
  DayFile file;
  Renderer renderer(world, layout, grade);
  renderer.head(statement.day);
  std::int64_t fee = 0;
  for (const Event* event : rows) {
    const RowFate fate = whole ? RowFate{} : row_fate(world, *event);
    if (corrected && fate.left_out) {
      file.left_out.push_back(event->id);
      continue;
    }
    if (fate.flaw) file.flawed.push_back({renderer.line(), event->id, *fate.flaw});
    if (fate.repeated) file.repeated.push_back(event->id);
    for (int times = fate.repeated ? 2 : 1; times > 0; --times) {
      renderer.row(*event, fate.flaw);
      ++file.rows;
      file.amount += signed_amount(*event);
      fee += event->type == traffic::TxType::sale ? event->fee : -event->fee;
    }
  }
  renderer.total(file.rows, file.amount, fee);
  file.text = renderer.take();
  return file;
}

std::string day_file_name(const World& world, std::uint8_t channel, Day day, bool correction) {
  return channel_name(channel) + "/" + date_text(day) + (correction ? "-c1." : ".") +
         std::string(layout_of(world, channel).extension);
}

}  // namespace tillwatch::agent_files
