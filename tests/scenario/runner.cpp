// Runs every scenario of every pack, each as a test of its own: through the pipeline over a simulated disk,
// and through the step that `tillwatch policy test` uses. Each rule has a scenario that it must hit and one
// that it must spare.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "scenario/replay_desk.h"
#include "scenario/script.h"
#include "scenario_tests/pipeline_desk.h"

namespace tillwatch::scenario {
namespace {

namespace files = std::filesystem;
const std::string packs = std::string(TILLWATCH_SOURCE) + "/policies";

// "pack/file", of all packs that have scenarios.
std::vector<std::string> scenarios() {
  std::vector<std::string> names;
  for (const auto& pack : files::directory_iterator(packs)) {
    const files::path folder = pack.path() / "scenarios";
    if (!files::is_directory(folder)) continue;
    for (const auto& item : files::directory_iterator(folder))
      if (item.path().extension() == ".scenario")
        names.push_back(pack.path().filename().string() + "/" + item.path().stem().string());
  }
  std::ranges::sort(names);
  return names;
}

std::shared_ptr<const policy::Bundle> pack(const std::string& name) {
  auto bundle = load_pack(packs + "/" + name);
  if (bundle) return *bundle;
  ADD_FAILURE() << bundle.error().to_string();
  return nullptr;
}

std::string text_of(const std::string& scenario) {
  const std::size_t slash = scenario.find('/');
  std::ostringstream text;
  text << std::ifstream(packs + "/" + scenario.substr(0, slash) + "/scenarios/" + scenario.substr(slash + 1) +
                        ".scenario")
              .rdbuf();
  return text.str();
}

class Scenario : public testing::TestWithParam<std::string> {};

TEST_P(Scenario, HoldsWhatItSays) {
  const std::string& name = GetParam();
  const auto bundle = pack(name.substr(0, name.find('/')));
  ASSERT_NE(bundle, nullptr);
  const std::string text = text_of(name);
  const Result piped = run_script(name, text, bundle, PipelineDesk::open);
  for (const std::string& failure : piped.failures) ADD_FAILURE() << "pipeline: " << failure;
  EXPECT_GT(piped.decisions, 0);
  const Result stepped = run_script(name, text, bundle, open_replay_desk);
  for (const std::string& failure : stepped.failures) ADD_FAILURE() << "step: " << failure;
  EXPECT_EQ(stepped.decisions, piped.decisions);
  EXPECT_EQ(stepped.hit, piped.hit);
}

INSTANTIATE_TEST_SUITE_P(All, Scenario, testing::ValuesIn(scenarios()), [](const auto& one) {
  std::string name = one.param;
  std::ranges::replace_if(name, [](char c) { return c == '-' || c == '.' || c == '/'; }, '_');
  return name;
});

TEST(Scenarios, HitAndSpareEveryRule) {
  std::map<std::string, std::set<std::string>> hit, spared;
  for (const std::string& name : scenarios()) {
    const std::string of = name.substr(0, name.find('/'));
    const Result result = run_script(name, text_of(name), pack(of), open_replay_desk);
    hit[of].insert(result.hit.begin(), result.hit.end());
    spared[of].insert(result.spared.begin(), result.spared.end());
  }
  ASSERT_TRUE(hit.contains("acquiring-first"));
  for (const auto& [of, rules] : hit) {
    const auto bundle = pack(of);
    for (const policy::RuleDefinition& rule : bundle->model().rules) {
      EXPECT_TRUE(rules.contains(rule.id))
          << "no scenario of " << of << " expects that " << rule.id << " matches";
      EXPECT_TRUE(spared[of].contains(rule.id))
          << "no scenario of " << of << " names " << rule.id << " as what must stay quiet";
    }
  }
}

}  // namespace
}  // namespace tillwatch::scenario
