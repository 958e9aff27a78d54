// The public conformance cases of the language, and ours, through the batch form of `tillwatch cel`.
// The public ones are read where TILLWATCH_CEL_CASES points to (a folder of *.jsonl) and are not part of this
// repository; without it the test says so and passes.
#include <gtest/gtest.h>
#include <algorithm>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

#include "cel/compare.h"
#include "cel_batch.h"
#include "cel_typed_value.h"
#include "json/reader.h"
#include "zone_files.h"

namespace tillwatch {
namespace {

using cel::Kind;
using cel::Value;

// As equality, but of one kind throughout, and NaN is NaN.
bool same(const Value& a, const Value& b) {
  if (a.kind != b.kind) return false;
  if (a.kind == Kind::real) return (std::isnan(a.d) && std::isnan(b.d)) || a.d == b.d;
  if (a.kind == Kind::list || a.kind == Kind::map || a.kind == Kind::optional) {
    if (a.kind == Kind::optional) {
      if (a.has_content() != b.has_content()) return false;
      return !a.has_content() || same(*a.items, *b.items);
    }
    if (a.size != b.size) return false;
    for (std::uint32_t i = 0; i < a.size; ++i) {
      if (a.kind == Kind::list && !same(a.items[i], b.items[i])) return false;
      if (a.kind == Kind::map &&
          (!same(a.entries[i].key, b.entries[i].key) || !same(a.entries[i].value, b.entries[i].value)))
        return false;
    }
    return true;
  }
  cel::Arena arena(1024);
  cel::Run run{arena, 1000, 1000};
  return cel::equality(run, a, b).is_true();
}

json::Bounds wide() {
  json::Bounds bounds;
  bounds.depth_max = 200;
  bounds.string_bytes_max = 1024 * 1024;
  return bounds;
}

// Empty where the answer is what the case expects.
std::string judge(const std::string& line, const std::string& answer) {
  json::Reader case_reader(wide());
  json::Reader answer_reader(wide());
  const auto test = case_reader.parse(line);
  const auto given = answer_reader.parse(answer);
  if (!test || !given) return "unreadable";
  const auto expect = test->at("expect");
  if (!expect) return "no expectation";
  if (expect->find("error")) return given->find("error") ? "" : "an error was expected";
  const auto wanted = expect->at("value");
  if (!wanted) {
    const auto unknown = expect->find("unknown");
    const auto names = given->find("unknown");
    if (!unknown || !names || unknown->size() != names->size()) return "another answer was expected";
    auto name = names->elements().begin();
    for (const json::View element : unknown->elements()) {
      if (element.as_string().value() != (*name).as_string().value()) return "other unknowns were expected";
      ++name;
    }
    return "";
  }
  const auto value = given->find("value");
  if (!value) return "a value was expected";
  cel::ValueStore store;
  const auto left = read_typed(*wanted, store);
  const auto right = read_typed(*value, store);
  if (!left || !right) return "a value cannot be read";
  return same(*left, *right) ? "" : "another value was expected";
}

struct Tally {
  int cases = 0;
  int failures = 0;
};

Tally run_file(const std::filesystem::path& path, cel::Zones& zones) {
  Tally tally;
  std::ifstream in(path);
  EXPECT_TRUE(in.is_open()) << path;
  for (std::string line; std::getline(in, line);) {
    if (line.empty()) continue;
    ++tally.cases;
    const std::string answer = answer_cel_line(line, &zones);
    const std::string verdict = judge(line, answer);
    if (verdict.empty()) continue;
    ++tally.failures;
    ADD_FAILURE() << path.filename() << ": " << verdict << "\n  case   " << line << "\n  answer " << answer;
  }
  return tally;
}

TEST(CelCases, Own) {
  ZoneFiles zones;
  const Tally tally =
      run_file(std::filesystem::path(TILLWATCH_CONFORMANCE_FOLDER) / "cel_cases.jsonl", zones);
  EXPECT_GT(tally.cases, 0);
  EXPECT_EQ(tally.failures, 0);
}

TEST(CelCases, PublicSuite) {
  const char* folder = std::getenv("TILLWATCH_CEL_CASES");
  if (folder == nullptr) {
    std::cout << "TILLWATCH_CEL_CASES does not point to the public cases: nothing is compared\n";
    return;
  }
  ZoneFiles zones;
  Tally all;
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    if (entry.path().extension() == ".jsonl") files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  for (const auto& file : files) {
    const Tally tally = run_file(file, zones);
    all.cases += tally.cases;
    all.failures += tally.failures;
  }
  std::cout << all.cases - all.failures << " of " << all.cases << " public cases agree\n";
  EXPECT_GT(all.cases, 0);
  EXPECT_EQ(all.failures, 0);
}

}  // namespace
}  // namespace tillwatch
