// A small world's sheets and the product's mappings of them, for the tests of this folder. Test code only.
#pragma once

#include <gtest/gtest.h>

#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "agent_files/ledger.h"
#include "agent_files/statement.h"
#include "agent_files/words.h"
#include "intake/mapped_input.h"
#include "intake/sample_door.h"

namespace tillwatch::agent_files {

using payment::AttributeId;

inline world::Settings small(std::uint64_t seed) {
  world::Settings settings;
  settings.seed = seed;
  settings.days = 6;
  settings.mix = world::Mix::training;
  settings.population.merchants = 70;
  settings.population.cities = 2;
  settings.population.people_per_merchant = 40;
  settings.population.channels = 5;
  settings.population.agents = 6;
  settings.files.corrected_permille = 300;
  settings.files.damaged_ppm = 12'000;
  settings.files.repeated_ppm = 6'000;
  return settings;
}

inline std::vector<Statement> statements(const World& world) {
  const auto& settings = world.settings();
  const telling::Cut cut{settings.first_day, settings.first_day + settings.days - 1, std::nullopt};
  std::vector<Statement> out;
  telling::Teller teller(world, cut);
  Book book(world, cut);
  std::vector<Events> parts(teller.parts());
  while (teller.begin_day()) {
    for (std::size_t i = 0; i < parts.size(); ++i) teller.tell_part(i, parts[i]);
    teller.end_day(parts);
    if (!teller.is_told()) continue;
    for (Statement& statement : book.take(teller.day(), teller.ready())) out.push_back(std::move(statement));
  }
  return out;
}

inline intake::Mapping mapping_named(const std::string& name) {
  const std::string path =
      std::string(TILLWATCH_SOURCE) + "/policies/reference/agent-files/" + name + ".yaml";
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  const auto mapping = intake::read_mapping(text.str(), path);
  EXPECT_TRUE(mapping.has_value()) << (mapping ? "" : mapping.error().to_string());
  return mapping.value_or(intake::Mapping{});
}

struct Refused {
  std::uint64_t line;
  std::string sentence;
};

class Refusals final : public intake::SetAside {
 public:
  core::Status take(std::string_view input, std::string_view, const intake::Row& row,
                    const intake::Damage& damage) override {
    all.push_back({row.line, intake::sentence_about(input, row, damage)});
    return {};
  }
  std::vector<Refused> all;
};

inline std::string order_of(const World& world, traffic::EventId id) {
  std::string out;
  if (id != 0) append_order(out, world, id);
  return out;
}

// The entries of a sheet, none of whose rows is refused.
inline std::vector<core::Bytes> entries_of(const std::string& text, const intake::Mapping& mapping) {
  std::vector<core::Bytes> out;
  const auto door = intake::sample_door();
  Refusals refusals;
  intake::MappedInput input(std::make_unique<ports::MemorySource>(text, "sheet"), mapping, *door, {},
                            {.in_order = false, .strict = false}, refusals);
  intake::RowEntries row;
  for (;;) {
    const core::Result<bool> more = input.next(row);
    EXPECT_TRUE(more.has_value()) << (more ? "" : more.error().to_string());
    if (!more || !*more) break;
    for (std::size_t i = 0; i < row.count; ++i) out.push_back(row.drafts[i].bytes);
  }
  EXPECT_TRUE(refusals.all.empty()) << refusals.all.front().sentence;
  return out;
}

}  // namespace tillwatch::agent_files
