// Pages of a list: how many, and where the last page ended. A cursor is the sort key of the last row shown,
// packed so that nobody builds on its form; it holds nothing that its reader has not seen, and every page
// applies filters and rights again. Called by the list routes of every subject. The cost of a page does not
// depend on how many came before.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/office_limits.h"
#include "desk/fields.h"
#include "json/writer.h"

namespace tillwatch::desk {

using CursorValue = std::variant<std::int64_t, std::string>;

// `list`: a short word for the list and its order ("decisions"), so that the cursor of one is refused by
// another.
std::string write_cursor(std::string_view list, std::span<const CursorValue> values);
inline std::string write_cursor(std::string_view list, std::initializer_list<CursorValue> values) {
  return write_cursor(list, std::span(values.begin(), values.size()));
}
// nullopt where the text is no such cursor. `shape`: "it" is an integer, then a text.
std::optional<std::vector<CursorValue>> read_cursor(std::string_view list, std::string_view shape,
                                                    std::string_view text);

// ?limit and ?cursor. A wrong one is a fault of the query.
struct Page {
  std::size_t limit = core::limits::desk_page_rows_default;
  std::optional<std::vector<CursorValue>> after;  // nullopt: the first page

  static constexpr std::size_t limit_max = core::limits::desk_page_rows_max;
  static Page of(const Call& call, Query& query, std::string_view list, std::string_view shape);
  std::int64_t integer(std::size_t index) const { return std::get<std::int64_t>(after->at(index)); }
  const std::string& text(std::size_t index) const { return std::get<std::string>(after->at(index)); }
};

// The end of a list's answer: member "next", null where the list ends here.
void write_next(json::Writer& out, const std::optional<std::string>& cursor);

}  // namespace tillwatch::desk
