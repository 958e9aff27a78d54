#include "intake/csv_reader.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "core/check.h"
#include "json/utf8.h"
#include "yaml/yaml.h"

namespace tillwatch::intake {
namespace {

using core::ErrorCode;
namespace limits = core::limits;

constexpr std::size_t buffer_bytes = limits::row_bytes_max + 256 * 1024;
constexpr std::string_view bom = "\xef\xbb\xbf";
constexpr std::string_view convert_to_utf8 =
    "convert the file to UTF-8 first (iconv -f GB18030 -t UTF-8, where it comes from a Chinese system)";

// Whether a row's bytes are UTF-8 without NUL. Most rows are plain ASCII: eight bytes a step.
bool is_clean_text(std::string_view text) {
  std::uint64_t high = 0;
  std::size_t i = 0;
  for (; i + 8 <= text.size(); i += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data() + i, 8);
    high |= word;
  }
  for (; i < text.size(); ++i) high |= static_cast<unsigned char>(text[i]);
  if ((high & 0x8080808080808080ull) != 0 && !json::is_utf8(text)) return false;
  return text.empty() || std::memchr(text.data(), 0, text.size()) == nullptr;
}

}  // namespace

// One attempt at one row over the bytes at hand. It is begun anew where they do not reach.
struct CsvReader::Scan {
  enum class Result : std::uint8_t { complete, need_more, bad_quote, bad_byte };
  struct Unescaped {
    std::size_t field, begin, size;
  };

  std::string_view in;
  bool in_is_all = false;  // the source has ended: what is missing will not come
  Result result = Result::complete;
  std::size_t length = 0;    // of the row, without its line break
  std::size_t consumed = 0;  // with it
  std::uint64_t line_breaks = 0;
  bool in_quotes = false;
  std::size_t quote = 0;  // where the last quoted field began
  Damage fault;           // the first; for bad_quote and bad_byte, or a bound passed
  bool faulty = false;
  std::vector<Field> fields;
  std::vector<Unescaped> unescaped;

  void fail(std::size_t offset, std::string why, std::string remedy) {
    if (faulty) return;
    faulty = true;
    fault = {offset, "", std::move(why), std::move(remedy), false};
  }
};

CsvReader::CsvReader(ports::ByteSource& source, CsvOptions options)
    : source_(source),
      options_(std::move(options)),
      buffer_(buffer_bytes, '\0'),
      scan_(std::make_unique<Scan>()) {
  CHECK(options_.separator != '"' && options_.separator != '\n' && options_.separator != '\r' &&
        options_.separator != '\0');
}
CsvReader::~CsvReader() = default;

// Reads more behind the unread bytes; false where the source has ended or the buffer is full.
core::Result<bool> CsvReader::refill() {
  if (source_ended_) return false;
  if (begin_ > 0) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }
  if (end_ == buffer_.size()) return false;
  TRY(size, source_.read(std::span(buffer_).subspan(end_)));
  if (size == 0) {
    source_ended_ = true;
    return false;
  }
  end_ += size;
  return true;
}

bool CsvReader::scan_quoted(Scan& scan, std::size_t& at) {
  const std::string_view in = scan.in;
  scan.quote = at;
  scan.in_quotes = true;
  const std::size_t content = at + 1;
  std::size_t from = content;
  std::size_t unescaped_begin = unescaped_.size();
  bool doubled = false;
  for (;;) {
    const std::size_t quote = in.find('"', from);
    if (quote == std::string_view::npos || (quote + 1 == in.size() && !scan.in_is_all)) {
      scan.result = Scan::Result::need_more;
      return false;
    }
    if (quote + 1 < in.size() && in[quote + 1] == '"') {
      unescaped_.append(in.substr(from, quote + 1 - from));
      doubled = true;
      from = quote + 2;
      continue;
    }
    const std::string_view text = in.substr(content, quote - content);
    scan.line_breaks += static_cast<std::uint64_t>(std::count(text.begin(), text.end(), '\n'));
    if (doubled) {
      unescaped_.append(in.substr(from, quote - from));
      scan.unescaped.push_back({scan.fields.size(), unescaped_begin, unescaped_.size() - unescaped_begin});
    }
    const std::size_t size = doubled ? unescaped_.size() - unescaped_begin : text.size();
    if (size > limits::row_field_bytes_max)
      scan.fail(at, "a field is longer than " + std::to_string(limits::row_field_bytes_max) + " bytes",
                "shorten it");
    scan.fields.push_back({text, at, true});
    at = quote + 1;
    break;
  }
  scan.in_quotes = false;
  if (at < in.size() && in[at] != options_.separator && in[at] != '\n' && in[at] != '\r') {
    scan.result = Scan::Result::bad_quote;
    scan.fail(scan.quote, "the quote that opens here is closed in the middle of a field",
              "double every quote inside a quoted field, or remove a stray one");
    return false;
  }
  return true;
}

bool CsvReader::scan_plain(Scan& scan, std::size_t& at) {
  const std::string_view in = scan.in;
  const std::size_t begin = at;
  const char separator = options_.separator;
  while (at < in.size()) {
    const char c = in[at];
    if (c == separator || c == '\n' || c == '\r') break;
    if (c == '"') {
      scan.result = Scan::Result::bad_byte;
      scan.fail(at, "a quote stands inside a field that does not begin with one",
                "put the whole field in quotes and double the quotes inside it");
      return false;
    }
    ++at;
  }
  if (at - begin > limits::row_field_bytes_max)
    scan.fail(begin, "a field is longer than " + std::to_string(limits::row_field_bytes_max) + " bytes",
              "shorten it");
  scan.fields.push_back({in.substr(begin, at - begin), begin, true});
  return true;
}

// Fills `scan` from scan.in: a row up to and with its line break, or the reason why there is none.
void CsvReader::scan_row(Scan& scan) {
  scan.result = Scan::Result::complete;
  scan.line_breaks = 0;
  scan.in_quotes = false;
  scan.faulty = false;
  scan.fields.clear();
  scan.unescaped.clear();
  unescaped_.clear();
  const std::string_view in = scan.in;
  std::size_t at = 0;
  for (;;) {
    const bool quoted = at < in.size() && in[at] == '"';
    if (!(quoted ? scan_quoted(scan, at) : scan_plain(scan, at))) return;
    if (scan.fields.size() > limits::row_columns_max) {
      scan.fields.pop_back();  // the row is damaged; what follows is only looked through
      scan.fail(at, "the row has more than " + std::to_string(limits::row_columns_max) + " columns",
                "check the separator");
    }
    if (at == in.size()) {
      if (!scan.in_is_all) {
        scan.result = Scan::Result::need_more;
        return;
      }
      scan.length = scan.consumed = at;
      break;
    }
    if (in[at] == options_.separator) {
      ++at;
      continue;
    }
    if (in[at] == '\n') {
      scan.length = at;
      scan.consumed = at + 1;
      break;
    }
    if (at + 1 == in.size() && !scan.in_is_all) {
      scan.result = Scan::Result::need_more;
      return;
    }
    if (at + 1 < in.size() && in[at + 1] == '\n') {
      scan.length = at;
      scan.consumed = at + 2;
      break;
    }
    scan.result = Scan::Result::bad_byte;
    scan.fail(at, "a carriage return stands alone", "end rows with a line feed, or put the field in quotes");
    return;
  }
  for (const Scan::Unescaped& part : scan.unescaped)
    if (part.field < scan.fields.size())
      scan.fields[part.field].text = std::string_view(unescaped_).substr(part.begin, part.size);
}

core::Result<RowState> CsvReader::finish(const Scan& scan, Row& row, Damage& damage) {
  row.line = line_;
  row.raw = scan.in.substr(0, scan.length);
  row.fields.assign(scan.fields.begin(), scan.fields.end());
  begin_ += scan.consumed;
  line_ += scan.line_breaks + 1;
  damage = {};
  if (scan.faulty) {
    damage = scan.fault;
    return RowState::damaged;
  }
  if (row.raw.size() > limits::row_bytes_max) {
    damage.why = "the row is longer than " + std::to_string(limits::row_bytes_max) + " bytes";
    damage.remedy = "split it, or look for a quote that is not closed";
    return RowState::damaged;
  }
  if (!is_clean_text(row.raw)) {
    damage.why = "the row is not UTF-8 text";
    damage.remedy = convert_to_utf8;
    return RowState::damaged;
  }
  return RowState::row;
}

// The row ends with the physical line that `fault` stands in; what follows is read as rows of its own.
core::Result<RowState> CsvReader::give_up_quotes(Row& row, Damage& damage, std::size_t fault) {
  std::size_t line_end = unread().find('\n', fault);
  while (line_end == std::string_view::npos) {
    TRY(more, refill());
    if (!more) break;
    line_end = unread().find('\n', fault);
  }
  if (line_end == std::string_view::npos && !source_ended_) return skip_long_line(row, damage);
  const std::string_view in = unread();
  const std::size_t consumed = line_end == std::string_view::npos ? in.size() : line_end + 1;
  std::size_t length = line_end == std::string_view::npos ? in.size() : line_end;
  if (length > 0 && in[length - 1] == '\r') --length;
  row.line = line_;
  row.raw = in.substr(0, length);
  row.fields.clear();
  damage.offset = std::min(damage.offset, length);
  begin_ += consumed;
  line_ += static_cast<std::uint64_t>(
               std::count(in.begin(), in.begin() + static_cast<std::ptrdiff_t>(length), '\n')) +
           1;
  return RowState::damaged;
}

core::Result<RowState> CsvReader::skip_long_line(Row& row, Damage& damage) {
  unescaped_.assign(unread().substr(0, limits::row_bytes_max));
  row.line = line_;
  row.raw = unescaped_;
  row.fields.clear();
  damage = {0, "", "the row is longer than " + std::to_string(limits::row_bytes_max) + " bytes",
            "split it, or look for a quote that is not closed", true};
  for (;;) {
    const std::size_t line_end = unread().find('\n');
    if (line_end != std::string_view::npos) {
      begin_ += line_end + 1;
      break;
    }
    begin_ = end_;
    TRY(more, refill());
    if (!more) break;
  }
  ++line_;
  return RowState::damaged;
}

core::Result<RowState> CsvReader::next_record(Row& row, Damage& damage) {
  Scan& scan = *scan_;
  for (;;) {
    if (begin_ == end_) {
      TRY(more, refill());
      if (!more) return RowState::end;
    }
    scan.in = unread();
    scan.in_is_all = source_ended_;
    scan_row(scan);
    switch (scan.result) {
      case Scan::Result::complete:
        if (scan.length == 0) {  // a blank line
          begin_ += scan.consumed;
          ++line_;
          continue;
        }
        return finish(scan, row, damage);
      case Scan::Result::bad_quote:
      case Scan::Result::bad_byte:
        damage = scan.fault;
        return give_up_quotes(row, damage, scan.fault.offset);
      case Scan::Result::need_more: {
        const bool too_long = scan.in.size() > limits::row_bytes_max + 2;
        bool more = false;
        if (!too_long && !source_ended_) {
          TRY(refilled, refill());
          more = refilled || source_ended_;  // at the end the same bytes are read once more, as all there is
        }
        if (more) continue;
        if (!scan.in_quotes) return skip_long_line(row, damage);
        damage = {scan.quote, "", "the quote that opens here is never closed",
                  "close it, or remove it where it is stray", false};
        return give_up_quotes(row, damage, scan.quote);
      }
    }
  }
}

core::Status CsvReader::take_header(const Row& row) {
  const std::string where = std::string(source_.name()) + ":" + std::to_string(row.line);
  header_line_ = row.raw;
  for (const Field& field : row.fields) column_names_.emplace_back(field.text);
  column_count_ = column_names_.size();
  for (const std::string& name : options_.wanted) {
    const auto at = std::ranges::find(column_names_, name);
    if (at == column_names_.end()) {
      const std::string near = yaml::nearest(name, column_names_);
      return core::fail(ErrorCode::invalid, where,
                        "the header has no column '" + name + "'" +
                            (near.empty() ? "; it has " + std::to_string(column_count_) +
                                                " columns, is the separator right?"
                                          : "; did you mean '" + near + "'?"));
    }
    if (std::find(at + 1, column_names_.end(), name) != column_names_.end())
      return core::fail(ErrorCode::invalid, where,
                        "the header names '" + name + "' twice; use input.columns with header: false");
    selection_.push_back(static_cast<std::size_t>(at - column_names_.begin()));
  }
  return {};
}

core::Status CsvReader::begin() {
  begun_ = true;
  while (end_ < bom.size()) {
    TRY(more, refill());
    if (!more) break;
  }
  if (unread().starts_with(bom))
    begin_ += bom.size();
  else if (unread().starts_with("\xff\xfe") || unread().starts_with("\xfe\xff"))
    return core::fail(ErrorCode::invalid, std::string(source_.name()),
                      "this is UTF-16; convert it first: iconv -f UTF-16 -t UTF-8");
  TRY_STATUS(skip_preamble());
  if (!options_.header) {
    column_names_ = options_.file_columns;
    column_count_ = column_names_.size();
    for (const std::string& name : options_.wanted) {
      const auto at = std::ranges::find(column_names_, name);
      CHECK(at != column_names_.end());
      selection_.push_back(static_cast<std::size_t>(at - column_names_.begin()));
    }
    return {};
  }
  Row row;
  Damage damage;
  TRY(state, next_record(row, damage));
  switch (state) {
    case RowState::end:
      return core::fail(ErrorCode::invalid, std::string(source_.name()),
                        "the file is empty: not even a header");
    case RowState::damaged:
      return core::fail(ErrorCode::invalid, std::string(source_.name()) + ":" + std::to_string(row.line),
                        "the header cannot be read: " + damage.why + "; " + damage.remedy);
    case RowState::row:
      break;
  }
  return take_header(row);
}

core::Status CsvReader::skip_preamble() {
  for (std::size_t i = 0; i < options_.preamble; ++i) {
    std::size_t line_end = unread().find('\n');
    while (line_end == std::string_view::npos) {
      TRY(more, refill());
      if (!more)
        return core::fail(ErrorCode::invalid, std::string(source_.name()) + ":" + std::to_string(line_),
                          "the file ends before its header; input.preamble says that " +
                              std::to_string(options_.preamble) + " lines come before it");
      line_end = unread().find('\n');
    }
    begin_ += line_end + 1;
    ++line_;
  }
  return {};
}

// A field without its guard; nothing where it says that there is nothing.
std::string_view CsvReader::bare(std::string_view text) const {
  if (options_.guard != '\0' && text.starts_with(options_.guard)) text.remove_prefix(1);
  if (!options_.absent.empty() && text == options_.absent) return {};
  return text;
}

bool CsvReader::ends(const Row& row) const {
  if (row.fields.empty()) return false;
  const std::string_view first = bare(row.fields.front().text);
  return std::ranges::any_of(options_.end, [&](const std::string& mark) { return first.starts_with(mark); });
}

// Reads to the end of the source, so that a file that is damaged further on is noticed.
core::Result<RowState> CsvReader::drain() {
  for (;;) {
    begin_ = end_ = 0;
    TRY(more, refill());
    if (!more) return RowState::end;
  }
}

void CsvReader::select(Row& row) {
  selected_.clear();
  for (const std::size_t field : selection_) {
    selected_.push_back(row.fields[field]);
    selected_.back().text = bare(selected_.back().text);
  }
  row.fields.swap(selected_);
}

core::Result<RowState> CsvReader::next(Row& row, Damage& damage) {
  if (!begun_) TRY_STATUS(begin());
  TRY(state, next_record(row, damage));
  if (state != RowState::row) return state;
  if (ends(row)) return drain();
  if (row.fields.size() != column_count_) {
    damage.offset = row.fields.size() > column_count_ ? row.fields[column_count_].offset : row.raw.size();
    damage.why = "the row has " + std::to_string(row.fields.size()) + " fields instead of " +
                 std::to_string(column_count_);
    damage.remedy = "add what is missing, or put a field that holds the separator in quotes";
    return RowState::damaged;
  }
  select(row);
  return RowState::row;
}

}  // namespace tillwatch::intake
