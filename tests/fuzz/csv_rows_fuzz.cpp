// The CSV reader under hostile bytes: it never fails but at the header, and its rows and damage account for
// every byte that is no line break, whatever the size of the pieces in which they come.
#include <cstdint>
#include <string>
#include <vector>

#include "core/check.h"
#include "intake/csv_reader.h"

namespace {

using namespace tillwatch;

struct Seen {
  std::string rows;  // raw texts, fields and reasons, one after another
  std::string raw;   // raw texts only
  bool cut = false;
};

Seen read(std::string_view text, std::size_t step) {
  ports::MemorySource source(text, "fuzz", step);
  intake::CsvOptions options;
  options.header = false;
  options.file_columns = {"a", "b", "c"};
  options.wanted = {"c", "a"};
  intake::CsvReader reader(source, options);
  Seen seen;
  intake::Row row;
  intake::Damage damage;
  for (;;) {
    const auto state = reader.next(row, damage);
    if (!state || *state == intake::RowState::end) break;
    seen.raw += row.raw;
    seen.rows += std::to_string(row.line) + "|" + std::string(row.raw) + "|";
    if (*state == intake::RowState::damaged) {
      CHECK(damage.offset <= row.raw.size());
      seen.cut = seen.cut || damage.cut;
      seen.rows += damage.why + std::to_string(row.position(damage.offset).line);
    } else {
      CHECK(row.fields.size() == 2);
      for (const intake::Field& field : row.fields) seen.rows += std::string(field.text) + ";";
    }
  }
  return seen;
}

std::string without_breaks(std::string_view text) {
  std::string out;
  for (const char c : text)
    if (c != '\n' && c != '\r') out += c;
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string bytes(data + 1, data + size);
  const Seen whole = read(bytes, 1 << 20);
  const Seen pieces = read(bytes, 1 + data[0] % 16);
  CHECK(whole.rows == pieces.rows);
  std::string_view text = bytes;
  if (text.starts_with("\xff\xfe") || text.starts_with("\xfe\xff")) return 0;  // refused as a whole
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  if (!text.starts_with("\xff\xfe") && !text.starts_with("\xfe\xff") && !whole.cut)
    CHECK(without_breaks(whole.raw) == without_breaks(text));
  return 0;
}
