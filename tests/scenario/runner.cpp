// Runs every *.scenario of this folder, each as a test of its own, and shows that a scenario can fail.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "scenario/script.h"

namespace tillwatch::scenario {
namespace {

const std::string packs = std::string(TILLWATCH_SOURCE) + "/policies";

std::vector<std::string> scenarios() {
  std::vector<std::string> names;
  for (const auto& item :
       std::filesystem::directory_iterator(std::string(TILLWATCH_SOURCE) + "/tests/scenario"))
    if (item.path().extension() == ".scenario") names.push_back(item.path().stem().string());
  std::ranges::sort(names);
  return names;
}

class Scenario : public testing::TestWithParam<std::string> {};

TEST_P(Scenario, HoldsWhatItSays) {
  const std::string file = GetParam() + ".scenario";
  std::ostringstream text;
  text << std::ifstream(std::string(TILLWATCH_SOURCE) + "/tests/scenario/" + file).rdbuf();
  const Result result = run_script(file, text.str(), packs);
  for (const std::string& failure : result.failures) ADD_FAILURE() << failure;
  EXPECT_GT(result.decisions, 0);
}

INSTANTIATE_TEST_SUITE_P(All, Scenario, testing::ValuesIn(scenarios()), [](const auto& one) {
  std::string name = one.param;
  std::ranges::replace_if(name, [](char c) { return c == '-' || c == '.'; }, '_');
  return name;
});

std::vector<std::string> failures_of(std::string_view text) {
  return run_script("text", text, packs).failures;
}

constexpr std::string_view beginning =
    "policy acquiring-first\n"
    "2026-07-03 10:00:00 transaction id=a1 card=one merchant.id=M1 amount=10.00 currency=CNY tx.type=sale\n";

TEST(ScenarioScript, SaysWhatWasNotMet) {
  EXPECT_TRUE(failures_of(std::string(beginning) + "expect quiet\n").empty());
  const auto failures =
      failures_of(std::string(beginning) + "expect authorisation=decline\nexpect rule=T06-split\n");
  ASSERT_EQ(failures.size(), 2u);
  EXPECT_TRUE(failures[0].starts_with("text:3: expected authorisation=decline")) << failures[0];
  EXPECT_EQ(failures_of(std::string(beginning) + "sometime T06-split\n").size(), 1u);
  EXPECT_TRUE(failures_of(std::string(beginning) + "never T06-split\n").empty());
}

TEST(ScenarioScript, RefusesWhatItDoesNotUnderstand) {
  EXPECT_EQ(failures_of(beginning).size(), 1u) << "a scenario that expects nothing";
  EXPECT_FALSE(failures_of(std::string(beginning) + "never T99-nothing\n").empty());
  EXPECT_FALSE(failures_of(std::string(beginning) + "expect colour=red\n").empty());
  EXPECT_FALSE(failures_of(std::string(beginning) + "2026-07-03 25:00:00 transaction id=a2\n").empty());
  EXPECT_FALSE(failures_of(std::string(beginning) + "2026-07-03 10:00:00 swap id=a2\n").empty());
  EXPECT_FALSE(failures_of("policy nowhere\n2026-07-03 10:00:00 transaction id=a1\n").empty());
  EXPECT_FALSE(failures_of("expect quiet\n").empty());
}

}  // namespace
}  // namespace tillwatch::scenario
