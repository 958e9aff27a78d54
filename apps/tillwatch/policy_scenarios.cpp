#include "policy_scenarios.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <set>
#include <system_error>

#include "core/limits.h"
#include "policy_folder.h"
#include "scenario/replay_desk.h"
#include "scenario/script.h"

namespace tillwatch {
namespace {

core::Result<std::vector<std::string>> scenario_files(const ScenarioWishes& wishes) {
  std::vector<std::string> places = wishes.files;
  if (places.empty()) places.push_back(wishes.folder + "/scenarios");
  std::vector<std::string> found;
  for (const std::string& place : places) {
    std::error_code error;
    if (!std::filesystem::is_directory(place, error)) {
      if (!std::filesystem::exists(place, error))
        return core::fail(core::ErrorCode::not_found, place, "there is no such scenario file or folder");
      found.push_back(place);
      continue;
    }
    std::vector<std::string> inside;
    for (std::filesystem::directory_iterator at(place, error), end; !error && at != end; at.increment(error))
      if (at->path().extension() == ".scenario") inside.push_back(at->path().string());
    if (error) return core::fail(core::ErrorCode::io, place, "cannot be listed: " + error.message());
    std::ranges::sort(inside);
    found.insert(found.end(), inside.begin(), inside.end());
  }
  if (found.empty()) return core::fail(core::ErrorCode::not_found, places.front(), "holds no .scenario file");
  return found;
}

// What no scenario says anything about. The number of such rules.
std::size_t report_gaps(const policy::Bundle& bundle, const std::set<std::string>& hit,
                        const std::set<std::string>& spared) {
  std::vector<std::string> unhit, unspared;
  for (const policy::RuleDefinition& rule : bundle.model().rules) {
    if (rule.mode == policy::RuleMode::off) continue;
    if (!hit.contains(rule.id)) unhit.push_back(rule.id);
    if (!spared.contains(rule.id)) unspared.push_back(rule.id);
  }
  if (!unhit.empty()) fmt::print("no scenario expects a match of: {}\n", fmt::join(unhit, ", "));
  if (!unspared.empty())
    fmt::print("no scenario names as what must stay quiet: {}\n", fmt::join(unspared, ", "));
  return unhit.size() + unspared.size();
}

}  // namespace

int test_policy(const ScenarioWishes& wishes) {
  const auto bundle = load_policy_folder(wishes.folder);
  if (!bundle) {
    fmt::print(stderr, "{}\n", bundle.error().detail);
    return 1;
  }
  const auto found = scenario_files(wishes);
  if (!found) {
    fmt::print(stderr, "{}: {}\n", found.error().where, found.error().detail);
    return 2;
  }
  std::set<std::string> hit, spared;
  std::size_t failed = 0;
  for (const std::string& file : *found) {
    const auto text = read_text_file(file, core::limits::scenario_bytes_max);
    scenario::Result result;
    if (text)
      result = scenario::run_script(file, *text, *bundle, scenario::open_replay_desk);
    else
      result.failures.push_back(text.error().where + ": " + text.error().detail);
    hit.merge(result.hit);
    spared.merge(result.spared);
    if (result.failures.empty()) {
      fmt::print("ok      {} ({} decisions, {} expectations)\n", file, result.decisions, result.expectations);
      continue;
    }
    ++failed;
    fmt::print("FAILED  {}\n", file);
    for (const std::string& failure : result.failures) fmt::print("  {}\n", failure);
  }
  const std::size_t gaps = report_gaps(**bundle, hit, spared);
  fmt::print("{} scenarios: {} hold, {} failed\n", found->size(), found->size() - failed, failed);
  return failed == 0 && (gaps == 0 || !wishes.every_rule) ? 0 : 1;
}

}  // namespace tillwatch
