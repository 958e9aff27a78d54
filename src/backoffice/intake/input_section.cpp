// format: mapping
#include "intake/input_section.h"

#include <algorithm>

#include "core/limits.h"
#include "intake/conversion.h"
#include "intake/strict_node.h"

namespace tillwatch::intake {
namespace {

namespace limits = core::limits;

constexpr std::int64_t preamble_lines_max = 20;
constexpr std::int64_t width_max = 1'000;

core::Status read_columns(const yaml::Node& node, Mapping& out) {
  TRY(names, text_list(node, "column names", limits::row_columns_max));
  out.file_columns = std::move(names);
  std::vector<std::string> sorted = out.file_columns;
  std::ranges::sort(sorted);
  const auto twice = std::ranges::adjacent_find(sorted);
  if (twice != sorted.end()) return fault_at(node, "'" + *twice + "' stands twice");
  return {};
}

core::Status read_widths(StrictNode& in, Mapping& out) {
  TRY(columns, in.at("columns"));
  TRY_STATUS(read_columns(*columns, out));
  out.header = false;
  TRY(widths, in.at("widths"));
  TRY(texts, text_list(*widths, "widths", limits::row_columns_max));
  if (texts.size() != out.file_columns.size())
    return fault_at(*widths, "there are " + std::to_string(out.file_columns.size()) + " columns and " +
                                 std::to_string(texts.size()) + " widths");
  for (const std::string& text : texts) {
    const core::Result<std::int64_t> width = whole_number(text);
    if (!width || *width < 1 || *width > width_max)
      return fault_at(*widths, "'" + text + "' is no width: 1 to " + std::to_string(width_max) + " bytes");
    out.widths.push_back(static_cast<std::size_t>(*width));
  }
  TRY(gap, in.integer("gap", 0, 0, 8));
  out.gap = static_cast<std::size_t>(gap);
  return {};
}

core::Status read_separated(StrictNode& in, Mapping& out) {
  TRY(separator, in.character("separator", ','));
  out.separator = separator;
  TRY(header, in.boolean("header", true));
  out.header = header;
  const yaml::Node* columns = in.find("columns");
  if (out.header == (columns != nullptr))
    return fault_at(columns == nullptr ? in.node() : *columns,
                    "'columns' names the columns of a file without a header");
  if (columns != nullptr) TRY_STATUS(read_columns(*columns, out));
  TRY(encoding, in.choice("encoding", {"utf-8", "gb18030"}));
  out.gb18030 = encoding == std::size_t{1};
  TRY(guard, in.character("guard", '\0'));
  out.guard = guard;
  if (guard == separator || guard == '"')
    return fault_at(in.node(), "a guard is neither the separator nor a quote");
  return {};
}

}  // namespace

core::Status read_input(const yaml::Node& node, Mapping& out) {
  TRY(in, StrictNode::open(node, "input"));
  TRY(format, in.choice("format", {"csv", "ndjson", "fixed"}));
  if (!format) return fault_at(node, "say the format: csv, ndjson or fixed");
  out.format = static_cast<Mapping::Format>(*format);
  if (out.format == Mapping::Format::ndjson) return in.finish();
  if (out.format == Mapping::Format::csv) TRY_STATUS(read_separated(in, out));
  if (out.format == Mapping::Format::fixed) TRY_STATUS(read_widths(in, out));
  TRY(preamble, in.integer("preamble", 0, 0, preamble_lines_max));
  out.preamble = static_cast<std::size_t>(preamble);
  if (const yaml::Node* end = in.find("end")) {
    TRY(marks, text_list(*end, "texts", 8));
    out.end = std::move(marks);
  }
  TRY(absent, in.text("absent"));
  out.absent = absent.value_or("");
  return in.finish();
}

}  // namespace tillwatch::intake
