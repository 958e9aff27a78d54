// The published schema of world files: what it says is what the reader reads, our worlds are valid and broken
// ones are not. Renew it with TILLWATCH_RENEW=1 world_schema_test.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "validator.h"
#include "world/world_file.h"

namespace tillwatch::world {
namespace {

using json_schema::Validator;

std::string text_of(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

bool by_schema(const std::string& text) {
  const auto root = yaml::parse(text, "w");
  EXPECT_TRUE(root) << text;
  static const Validator validator(world_schema());
  return root && validator.valid(*root);
}
bool by_reader(const std::string& text) {
  return read_world(text, "w").has_value();
}

TEST(WorldSchema, IsWhatIsPublished) {
  const std::string path = std::string(TILLWATCH_SOURCE) + "/contracts/world.schema.json";
  if (std::getenv("TILLWATCH_RENEW") != nullptr) std::ofstream(path, std::ios::binary) << world_schema();
  EXPECT_EQ(world_schema(), text_of(path)) << "renew it with TILLWATCH_RENEW=1 world_schema_test";
}

TEST(WorldSchema, HoldsForOurWorlds) {
  int worlds = 0;
  for (const auto& entry : std::filesystem::directory_iterator(std::string(TILLWATCH_SOURCE) + "/worlds")) {
    if (entry.path().extension() != ".yaml") continue;
    ++worlds;
    const std::string text = text_of(entry.path());
    EXPECT_TRUE(by_schema(text)) << entry.path();
    const auto read = read_world(text, entry.path().string());
    EXPECT_TRUE(read) << (read ? "" : read.error().to_string());
  }
  EXPECT_GE(worlds, 3);
}

// Each parameter, written with its default, at its bounds and one past them: schema and reader agree.
TEST(WorldSchema, AgreesWithTheReaderAtEveryBound) {
  EXPECT_TRUE(by_schema(write_world(Settings{})));
  int tried = 0;
  const auto agree = [&](const std::string& head, std::string_view name, std::int64_t value, bool good) {
    ++tried;
    const std::string text = head + std::string(name) + ": " + std::to_string(value) + "\n";
    EXPECT_EQ(by_schema(text), good) << text;
    if (!good) {
      EXPECT_FALSE(by_reader(text)) << text;
    }
  };
  const auto fields = [&](const std::string& head, const auto& table) {
    for (const auto& field : table) {
      const bool list = field.at.index() >= 2 || field.name.find("hump") != std::string_view::npos;
      if (list) continue;
      agree(head, field.name, field.least, true);
      agree(head, field.name, field.most, true);
      agree(head, field.name, field.least - 1, false);
      agree(head, field.name, field.most + 1, false);
    }
  };
  fields("world: w\npopulation:\n  ", population_fields());
  fields("world: w\npeople:\n  ", people_fields());
  fields("world: w\nflow:\n  ", flow_fields());
  fields("world: w\nmoney:\n  ", money_fields());
  fields("world: w\nlabels:\n  ", label_fields());
  fields("world: w\nkinds:\n  bar:\n    ", kind_fields());
  fields("world: w\ntypologies:\n  skimming:\n    ", planting_fields());
  for (const TypologyInfo& info : typologies())
    for (const DrawnInfo& drawn : info.drawn) {
      if (drawn.name.empty()) continue;
      const std::string head = "world: w\ntypologies:\n  " + std::string(info.name) + ":\n    ";
      agree(head, drawn.name, drawn.least - 1, false);
      agree(head, drawn.name, drawn.most + 1, false);
      agree(head, drawn.name, drawn.most, true);
    }
  EXPECT_GT(tried, 400);
}

TEST(WorldSchema, RefusesWhatTheReaderRefuses) {
  for (const std::string text : {
           "seed: 1\n",                                                // no name
           "world: Big City\n",                                        // a name with capitals and a space
           "world: w\nfirst_day: 2024-01-01\n",                        // before the calendar
           "world: w\nmix: harsh\n",                                   // no such mix
           "world: w\npopulation: {merchant: 5}\n",                    // a slip of the pen
           "world: w\nkinds: {bakery: {weight: 5}}\n",                 // no such kind
           "world: w\ntypologies: {phishing: {rate: 5}}\n",            // no such typology
           "world: w\ntypologies: {skimming: {parts: 5}}\n",           // another typology's parameter
           "world: w\nkinds: {bar: {weekday_permille: [1, 2, 3]}}\n",  // a week of three days
           "world: w\npopulation: 5\n",                                // no mapping
           "world: w\ndays: many\n",                                   // no number
       }) {
    EXPECT_FALSE(by_schema(text)) << text;
    EXPECT_FALSE(by_reader(text)) << text;
  }
}

}  // namespace
}  // namespace tillwatch::world
