#include "policy_command.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>

#include "command_line.h"
#include "policy/bundle.h"
#include "policy/difference.h"
#include "policy/review.h"
#include "policy/schema.h"
#include "policy_folder.h"
#include "policy_scenarios.h"
#include "posix/clock.h"
#include "yaml/layout.h"

namespace tillwatch {
namespace {

// 0: nothing is wrong (with `strict`: nor to be warned of); 1: faults; 2: the folder cannot be read.
int check(const std::string& folder, bool strict) {
  auto files = read_policy_folder(folder);
  if (!files) {
    fmt::print(stderr, "{}\n", files.error().to_string());
    return 2;
  }
  policy::Faults faults;
  const auto bundle = look_through(std::move(*files), posix::Clock().now(), faults);
  for (const policy::Fault& fault : faults) fmt::print(stderr, "{}/{}\n", folder, fault.to_string());
  const auto warnings = std::ranges::count_if(faults, &policy::Fault::warning);
  if (bundle == nullptr) {
    fmt::print(stderr, "{} errors, {} warnings\n", std::ssize(faults) - warnings, warnings);
    return 1;
  }
  const policy::Model& model = bundle->model();
  fmt::print(
      "{} version {}: {} features, {} rules, {} lists, {} parameters; no errors, {} warnings\nbundle {}\n",
      model.name, model.version, model.features.size(), model.rules.size(), model.lists.size(),
      bundle->parameters().size(), warnings, policy::to_hex(bundle->hash()));
  return strict && warnings != 0 ? 1 : 0;
}

void show_memory(const policy::Bundle& bundle) {
  const policy::MemoryBound bound = policy::memory_bound(bundle);
  fmt::print("memory of the windows, at most\n");
  for (const policy::MemoryBound::Key& key : bound.keys)
    fmt::print("  for each {}: {} entries one by one, {} KiB\n", fmt::join(key.attributes, " and "),
               key.entries, (key.bytes + 1023) / 1024);
  fmt::print("  for all together: {} keys and {} entries, then the oldest go; {} GiB\n", bound.keys_max,
             bound.entries_max, (bound.bytes_max + (1ull << 30) - 1) >> 30);
}

int show(const std::string& folder) {
  const auto bundle = load_policy_folder(folder);
  if (!bundle) {
    fmt::print(stderr, "{}\n", bundle.error().detail);
    return 1;
  }
  const policy::Model& model = (*bundle)->model();
  for (std::size_t i = 0; i < model.rules.size(); ++i) {
    const policy::CompiledRule& rule = (*bundle)->rules()[i];
    fmt::print("{} ({}), at most {} instructions\n  {}\n  reads", model.rules[i].id, model.rules[i].title.en,
               rule.when->cost(), model.rules[i].when.source);
    for (const std::uint32_t slot : rule.reads) fmt::print(" {}", (*bundle)->slot(slot).name);
    fmt::print("\n");
  }
  show_memory(**bundle);
  return 0;
}

// 0: all is in layout, or was put into it; 1: with `check_only`, some file is not, or one cannot be laid out;
// 2: the folder cannot be read or a file not written.
int format(const std::string& folder, bool check_only) {
  auto files = read_own_files(folder);
  if (!files) {
    fmt::print(stderr, "{}\n", files.error().to_string());
    return 2;
  }
  int code = 0;
  for (const policy::SourceFile& file : *files) {
    const std::string path = folder + "/" + file.name;
    const auto laid = yaml::lay_out(file.text, path);
    if (!laid) {
      fmt::print(stderr, "{}\n", laid.error().to_string());
      code = std::max(code, 1);
      continue;
    }
    if (*laid == file.text) continue;
    fmt::print("{} {}\n", check_only ? "not in layout:" : "laid out:", path);
    if (check_only) {
      code = std::max(code, 1);
      continue;
    }
    const core::Status written = replace_text_file(path, *laid);
    if (written) continue;
    fmt::print(stderr, "{}\n", written.error().to_string());
    code = 2;
  }
  return code;
}

// As diff(1): 0 where both mean the same, 1 where not, 2 where one cannot be read.
int diff(const std::string& before, const std::string& after) {
  std::array<std::shared_ptr<const policy::Bundle>, 2> bundles;
  for (const std::string* folder : {&before, &after}) {
    auto bundle = load_policy_folder(*folder);
    if (!bundle) {
      fmt::print(stderr, "{}\n", bundle.error().to_string());
      return 2;
    }
    bundles[folder == &before ? 0 : 1] = std::move(*bundle);
  }
  const policy::Difference found = policy::difference(*bundles[0], *bundles[1]);
  if (found.empty()) {
    fmt::print("both mean the same{}\n",
               bundles[0]->hash() == bundles[1]->hash() ? "" : "; only layout or remarks differ");
    return 0;
  }
  for (const std::string& line : found.lines) fmt::print("{}\n", line);
  if (!found.backfill.empty()) fmt::print("\nto be computed anew, unknown until then\n");
  for (const std::string& line : found.backfill) fmt::print("  {}\n", line);
  fmt::print("\n{} features keep their windows\n", found.kept);
  return 1;
}

}  // namespace

int policy_command(int argc, char** argv) {
  CommandLine app("Check a policy pack, show what its rules read, run its scenarios.", "tillwatch policy");
  std::string folder;
  CommandLine check_app = app.add_subcommand("check", "say every fault at once, with file, line and column");
  check_app.add_option("folder", folder, "the pack's folder").required();
  bool strict = false;
  check_app.add_flag("--strict", strict, "warnings count as errors");
  CommandLine show_app = app.add_subcommand("show", "what each rule reads and costs");
  show_app.add_option("folder", folder, "the pack's folder").required();
  std::string other;
  CommandLine diff_app =
      app.add_subcommand("diff", "what changes from one pack to another, and what is computed anew");
  diff_app.add_option("before", folder, "folder of the pack in force").required();
  diff_app.add_option("after", other, "folder of the pack that takes its place").required();
  CommandLine format_app = app.add_subcommand("fmt", "put the pack's files into their layout, remarks kept");
  format_app.add_option("folder", folder, "the pack's folder").required();
  bool check_only = false;
  format_app.add_flag("--check", check_only, "change nothing; fail where a file is not in its layout");
  CommandLine schema_app = app.add_subcommand("schema", "print the JSON Schema of policy files, for editors");
  ScenarioWishes wishes;
  CommandLine test_app = app.add_subcommand("test", "run the pack's scenarios and say which hold");
  test_app.add_option("folder", wishes.folder, "the pack's folder").required();
  test_app.add_option("scenarios", wishes.files,
                      "scenario files, or folders of them (default: the pack's own folder `scenarios`)");
  test_app.add_flag("--every-rule", wishes.every_rule,
                    "fail where a rule has no scenario that it must hit, or none that it must spare");
  app.require_subcommand();
  if (const std::optional<int> code = app.parse(argc, argv)) return *code;
  if (test_app.parsed()) return test_policy(wishes);
  if (diff_app.parsed()) return diff(folder, other);
  if (format_app.parsed()) return format(folder, check_only);
  if (schema_app.parsed()) {
    fmt::print("{}", policy::policy_schema());
    return 0;
  }
  return check_app.parsed() ? check(folder, strict) : show(folder);
}

}  // namespace tillwatch
