#include "intake/ndjson_reader.h"

#include <charconv>

#include "json/fault.h"
#include "json/utf8.h"

namespace tillwatch::intake {
namespace {

void append_utf8(std::string& out, std::uint32_t c) {
  const auto put = [&](std::uint32_t byte) { out.push_back(static_cast<char>(byte)); };
  if (c < 0x80) {
    put(c);
  } else if (c < 0x800) {
    put(0xc0 | (c >> 6));
    put(0x80 | (c & 0x3f));
  } else if (c < 0x10000) {
    put(0xe0 | (c >> 12));
    put(0x80 | ((c >> 6) & 0x3f));
    put(0x80 | (c & 0x3f));
  } else {
    put(0xf0 | (c >> 18));
    put(0x80 | ((c >> 12) & 0x3f));
    put(0x80 | ((c >> 6) & 0x3f));
    put(0x80 | (c & 0x3f));
  }
}

std::uint32_t hex4(std::string_view text) {
  std::uint32_t value = 0;
  std::from_chars(text.data(), text.data() + 4, value, 16);
  return value;
}

}  // namespace

// Goes once through a text that json::Reader has accepted, so that nothing here can be out of place.
class NdjsonReader::Walk {
 public:
  Walk(std::string_view text, const std::map<std::string, std::size_t, std::less<>>& wanted,
       std::vector<std::string>& unescaped, std::vector<Field>& fields)
      : text_(text), wanted_(wanted), unescaped_(unescaped), fields_(fields) {}

  void run() { value(); }
  // The column whose value is an object or an array; its count where there is none.
  std::size_t not_scalar() const { return not_scalar_; }

 private:
  void space() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\r')) ++at_;
  }
  // The text between the quotes, unescaped into `out`.
  void string(std::string& out) {
    out.clear();
    for (++at_; text_[at_] != '"';) {
      if (text_[at_] != '\\') {
        out += text_[at_++];
        continue;
      }
      const char escape = text_[at_ + 1];
      at_ += 2;
      switch (escape) {
        case 'b':
          out += '\b';
          break;
        case 'f':
          out += '\f';
          break;
        case 'n':
          out += '\n';
          break;
        case 'r':
          out += '\r';
          break;
        case 't':
          out += '\t';
          break;
        case 'u': {
          std::uint32_t c = hex4(text_.substr(at_, 4));
          at_ += 4;
          if (c >= 0xd800 && c < 0xdc00) {
            c = 0x10000 + ((c - 0xd800) << 10) + (hex4(text_.substr(at_ + 2, 4)) - 0xdc00);
            at_ += 6;
          }
          append_utf8(out, c);
          break;
        }
        default:
          out += escape;
      }
    }
    ++at_;
  }
  void container(char close) {
    ++at_;
    std::size_t element = 0;
    for (space(); text_[at_] != close; space()) {
      const std::size_t before = pointer_.size();
      if (close == '}') {
        string(name_);
        json::append_step(pointer_, name_);
        space();
        ++at_;  // the colon
      } else {
        pointer_ += "/" + std::to_string(element++);
      }
      value();
      pointer_.resize(before);
      space();
      if (text_[at_] == ',') ++at_;
    }
    ++at_;
  }
  void value() {
    space();
    const auto found = wanted_.find(pointer_);
    const bool take = found != wanted_.end();
    const std::size_t begin = at_;
    const char first = text_[at_];
    if (first == '{' || first == '[') {
      if (take && not_scalar_ == fields_.size()) {
        not_scalar_ = found->second;
        fields_[found->second].offset = begin;
      }
      container(first == '{' ? '}' : ']');
      return;
    }
    if (first == '"') {
      string(take ? unescaped_[found->second] : skipped_);
      if (take) fields_[found->second] = {unescaped_[found->second], begin, true};
      return;
    }
    while (at_ < text_.size() && std::string_view(",]} \t\r").find(text_[at_]) == std::string_view::npos)
      ++at_;
    const std::string_view word = text_.substr(begin, at_ - begin);
    if (take && word != "null") fields_[found->second] = {word, begin, true};
  }

  std::string_view text_;
  const std::map<std::string, std::size_t, std::less<>>& wanted_;
  std::vector<std::string>& unescaped_;
  std::vector<Field>& fields_;
  std::size_t at_ = 0;
  std::string pointer_, name_, skipped_;
  std::size_t not_scalar_ = fields_.size();
};

NdjsonReader::NdjsonReader(ports::ByteSource& source, const std::vector<std::string>& wanted)
    : lines_(source), names_(wanted), unescaped_(wanted.size()) {
  for (std::size_t i = 0; i < wanted.size(); ++i) wanted_.emplace(wanted[i], i);
}

core::Result<RowState> NdjsonReader::next(Row& row, Damage& damage) {
  LineReader::Line line;
  TRY(more, lines_.next(line));
  if (!more) return RowState::end;
  row.line = line.number;
  row.raw = line.text;
  row.fields.assign(names_.size(), Field{{}, 0, false});
  damage = {};
  damage.cut = line.cut;
  damage.remedy = "correct the line";
  if (line.cut) {
    damage.why = "the line is longer than " + std::to_string(core::limits::row_bytes_max) + " bytes";
    return RowState::damaged;
  }
  const core::Result<json::View> root = json_.parse(line.text);
  if (!root) {
    if (const auto fault = json::find_fault(line.text, {})) damage.offset = fault->offset;
    damage.why = root.error().detail;
    return RowState::damaged;
  }
  if (!root->is(json::Kind::object)) {
    damage.why = "the line is no JSON object";
    return RowState::damaged;
  }
  Walk walk(line.text, wanted_, unescaped_, row.fields);
  walk.run();
  if (const std::size_t column = walk.not_scalar(); column < names_.size()) {
    damage.offset = row.fields[column].offset;
    damage.column = names_[column];
    damage.why = "the member is an object or an array, not a text, number, true or false";
    damage.remedy = "name the member inside it in the mapping";
    return RowState::damaged;
  }
  return RowState::row;
}

}  // namespace tillwatch::intake
