// The answer of a list that goes by pages: {"items": [...], "next": cursor or null}. Called by the list
// routes of every subject, which ask their subject for one row more than the page has: that there is one says
// that there is a next page. Lists that look at a bounded number of rows say more, and write their answers
// themselves.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "desk/call.h"
#include "desk/cursor.h"
#include "json/writer.h"

namespace tillwatch::desk {

// How many rows to ask for.
inline std::size_t rows_to_ask(const Page& page) {
  return page.limit + 1;
}

// `write(out, row)` writes one item, and may fail; `key(row)` gives what the cursor of `list` holds.
template <class Row, class Write, class Key>
core::Result<Answer> list_answer(std::string_view list, const Page& page, std::vector<Row> rows, Write write,
                                 Key key) {
  const bool more = rows.size() > page.limit;
  if (more) rows.pop_back();
  std::string text;
  json::Writer out(text);
  out.begin_object().key("items").begin_array();
  for (const Row& row : rows) {
    if constexpr (std::is_void_v<decltype(write(out, row))>)
      write(out, row);
    else
      TRY_STATUS(write(out, row));
  }
  out.end_array();
  std::optional<std::string> next;
  if (more) {
    const std::vector<CursorValue> values = key(rows.back());
    next = write_cursor(list, values);
  }
  write_next(out, next);
  out.end_object();
  return json_answer(std::move(text));
}

}  // namespace tillwatch::desk
