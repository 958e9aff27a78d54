// Files as portals and switches write them, under hostile bytes: GB18030, titles, guards, totals, fixed
// widths. What is read does not depend on the size of the pieces in which the bytes come, and every fault has
// a place within its row.
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/check.h"
#include "intake/csv_reader.h"
#include "intake/decoded_source.h"
#include "intake/fixed_reader.h"

namespace {

using namespace tillwatch;

std::string drain(intake::RowReader& reader) {
  std::string seen;
  intake::Row row;
  intake::Damage damage;
  for (;;) {
    const auto state = reader.next(row, damage);
    if (!state) return seen + "!" + state.error().detail;
    if (*state == intake::RowState::end) return seen;
    seen += std::to_string(row.line) + "|" + std::string(row.raw) + "|";
    if (*state == intake::RowState::damaged) {
      CHECK(damage.offset <= row.raw.size() && !damage.why.empty() && !damage.remedy.empty());
      seen += damage.why + std::to_string(row.position(damage.offset).column);
      continue;
    }
    for (const intake::Field& field : row.fields) {
      CHECK(field.text != "*");
      seen += std::string(field.text) + ";";
    }
  }
}

std::string read_separated(std::string_view text, std::size_t step) {
  intake::DecodedSource source(std::make_unique<ports::MemorySource>(text, "fuzz", step));
  intake::CsvOptions options;
  options.header = false;
  options.file_columns = {"a", "b", "c"};
  options.wanted = {"c", "a"};
  options.preamble = 1;
  options.end = {"SUM", "合计"};
  options.guard = '`';
  options.absent = "*";
  intake::CsvReader reader(source, options);
  return drain(reader);
}

std::string read_fixed(std::string_view text, std::size_t step) {
  ports::MemorySource source(text, "fuzz", step);
  intake::Mapping mapping;
  mapping.format = intake::Mapping::Format::fixed;
  mapping.file_columns = {"a", "b", "c"};
  mapping.widths = {3, 1, 4};
  mapping.gap = 1;
  mapping.columns = {"c", "a"};
  mapping.end = {"END"};
  mapping.absent = "*";
  intake::FixedReader reader(source, mapping);
  return drain(reader);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string text(data + 1, data + size);
  const std::size_t step = 1 + data[0] % 16;
  CHECK(read_separated(text, 1 << 20) == read_separated(text, step));
  CHECK(read_fixed(text, 1 << 20) == read_fixed(text, step));
  return 0;
}
