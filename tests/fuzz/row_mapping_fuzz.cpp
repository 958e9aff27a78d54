// A mapping file under hostile bytes, and, where it is accepted, rows under it: what it makes are canonical
// entries.
#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>

#include "core/check.h"
#include "door/door.h"
#include "intake/mapping.h"
#include "intake/row_mapper.h"
#include "ports/random.h"

namespace {

using namespace tillwatch;

class FixedRandom final : public ports::Random {
 public:
  void fill(std::span<std::byte> out) override { std::ranges::fill(out, std::byte{1}); }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(data, data + size);
  const auto mapping = intake::read_mapping(text, "fuzz.yaml");
  if (!mapping) {
    CHECK(!mapping.error().detail.empty() && !mapping.error().where.empty());
    return 0;
  }
  FixedRandom random;
  door::Door door(std::make_shared<const door::CardKeys>(door::CardKeys::generate(random, 0)));
  intake::RowMapper mapper(*mapping, door, {"batch", "f0"});
  intake::RowEntries entries;
  intake::Damage damage;
  for (const std::string_view value : {"", "1", "2026-07-03 14:05:09", "57.16", "true", "T1"}) {
    intake::Row row;
    row.line = 1;
    row.raw = value;
    row.fields.assign(mapping->columns.size(), {value, 0, true});
    if (!mapper.map(row, entries, damage)) {
      CHECK(!damage.why.empty() && !damage.remedy.empty());
      continue;
    }
    CHECK(entries.count <= mapping->emits.size());
    for (std::size_t i = 0; i < entries.count; ++i) {
      payment::EntryView view;
      CHECK(view.decode(entries.drafts[i].bytes).has_value());
    }
  }
  return 0;
}
