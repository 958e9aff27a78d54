#include "intake/fixed_reader.h"

#include <algorithm>

#include "core/check.h"
#include "core/limits.h"
#include "json/utf8.h"

namespace tillwatch::intake {
namespace {

std::string_view without_padding(std::string_view text) {
  const std::size_t first = text.find_first_not_of(' ');
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(' ') - first + 1);
}

}  // namespace

FixedReader::FixedReader(ports::ByteSource& source, const Mapping& mapping)
    : lines_(source), preamble_(mapping.preamble), end_(mapping.end), absent_(mapping.absent) {
  std::vector<Place> all;
  for (const std::size_t width : mapping.widths) {
    if (!all.empty()) length_ += mapping.gap;
    all.push_back({length_, width});
    length_ += width;
  }
  for (const std::string& name : mapping.columns) {
    const auto at = std::ranges::find(mapping.file_columns, name);
    CHECK(at != mapping.file_columns.end());
    places_.push_back(all[static_cast<std::size_t>(at - mapping.file_columns.begin())]);
  }
}

bool FixedReader::ends(std::string_view line) const {
  return std::ranges::any_of(end_, [&](const std::string& mark) { return line.starts_with(mark); });
}

bool FixedReader::check(const LineReader::Line& line, Damage& damage) const {
  damage = {};
  damage.cut = line.cut;
  damage.remedy = "correct the line";
  if (line.cut) {
    damage.why = "the line is longer than " + std::to_string(core::limits::row_bytes_max) + " bytes";
    return false;
  }
  if (!json::is_utf8(line.text) || line.text.contains('\0')) {
    damage.why = "the line is not UTF-8 text";
    return false;
  }
  if (line.text.size() == length_) return true;
  damage.offset = std::min(line.text.size(), length_);
  damage.why =
      "the line has " + std::to_string(line.text.size()) + " bytes instead of " + std::to_string(length_);
  damage.remedy = "correct the line, or input.widths where every line says so";
  return false;
}

core::Result<RowState> FixedReader::next(Row& row, Damage& damage) {
  LineReader::Line line;
  for (;;) {
    TRY(more, lines_.next(line));
    if (!more) return RowState::end;
    if (line.number <= preamble_ || ended_) continue;
    ended_ = ends(line.text);
    if (!ended_) break;
  }
  row.line = line.number;
  row.raw = line.text;
  row.fields.clear();
  if (!check(line, damage)) return RowState::damaged;
  for (const Place& place : places_) {
    const std::string_view text = without_padding(line.text.substr(place.offset, place.width));
    row.fields.push_back({text == absent_ ? std::string_view() : text, place.offset, true});
  }
  return RowState::row;
}

}  // namespace tillwatch::intake
