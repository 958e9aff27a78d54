#include "policy_folder.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <system_error>
#include <utility>
#include <vector>

#include "core/limits.h"
#include "policy/packs.h"
#include "policy/review.h"
#include "policy/source.h"

namespace tillwatch {
namespace {
using core::ErrorCode;
constexpr std::size_t policy_file_bytes_max = 1024 * 1024;
}  // namespace

core::Result<std::string> read_text_file(const std::string& path, std::size_t bytes_max) {
  std::error_code error;
  const std::filesystem::file_status status = std::filesystem::status(path, error);
  if (!std::filesystem::exists(status))
    return core::fail(ErrorCode::not_found, path, "there is no such file");
  if (std::filesystem::is_directory(status))
    return core::fail(ErrorCode::io, path, "this is a folder; name a file");
  std::ifstream file(path, std::ios::binary);
  std::string text(bytes_max + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (!file.eof() && !file.good()) return core::fail(ErrorCode::io, path, "cannot be read");
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (text.size() > bytes_max)
    return core::fail(ErrorCode::limit, path, "is longer than " + std::to_string(bytes_max) + " bytes");
  return text;
}

namespace {

// One folder's files; their names begin with `prefix`, which is where the folder lies as seen from `folder`.
core::Result<std::vector<policy::SourceFile>> read_one_folder(const std::string& folder,
                                                              const std::string& prefix) {
  std::error_code error;
  if (!std::filesystem::is_directory(folder, error))
    return core::fail(ErrorCode::not_found, folder,
                      "there is no such folder; a policy pack is a folder of YAML files");
  std::vector<std::string> names;
  for (std::filesystem::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    const std::string name = at->path().filename();
    if (name.ends_with(".yaml") && !name.starts_with("mapping") && !name.starts_with('.'))
      names.push_back(name);
  }
  if (error) return core::fail(ErrorCode::io, folder, "cannot be listed: " + error.message());
  if (names.empty()) return core::fail(ErrorCode::not_found, folder, "holds no .yaml file of a policy");
  std::ranges::sort(names);
  std::vector<policy::SourceFile> files;
  for (const std::string& name : names) {
    TRY(text, read_text_file(folder + "/" + name, policy_file_bytes_max));
    files.push_back({prefix + name, std::move(text)});
  }
  return files;
}

}  // namespace

core::Result<std::vector<policy::SourceFile>> read_own_files(const std::string& folder) {
  return read_one_folder(folder, "");
}

core::Result<std::vector<policy::SourceFile>> read_scenarios(const std::string& folder) {
  std::vector<policy::SourceFile> files;
  const std::string inside = folder + "/scenarios";
  std::error_code error;
  if (!std::filesystem::is_directory(inside, error)) return files;
  std::vector<std::string> names;
  for (std::filesystem::directory_iterator at(inside, error), end; !error && at != end; at.increment(error))
    if (at->path().extension() == ".scenario") names.push_back(at->path().filename());
  if (error) return core::fail(ErrorCode::io, inside, "cannot be listed: " + error.message());
  std::ranges::sort(names);
  for (const std::string& name : names) {
    TRY(text, read_text_file(inside + "/" + name, core::limits::scenario_bytes_max));
    files.push_back({"scenarios/" + name, std::move(text)});
  }
  return files;
}

core::Status replace_text_file(const std::string& path, const std::string& text) {
  const std::string fresh = path + ".new";
  std::ofstream file(fresh, std::ios::binary | std::ios::trunc);
  file << text;
  file.close();
  std::error_code error;
  if (file) std::filesystem::permissions(fresh, std::filesystem::status(path, error).permissions(), error);
  if (file && !error) std::filesystem::rename(fresh, path, error);
  if (file && !error) return {};
  std::error_code unused;
  std::filesystem::remove(fresh, unused);
  return core::fail(ErrorCode::io, path,
                    "cannot be written" + (error ? ": " + error.message() : std::string()));
}

core::Result<std::vector<policy::SourceFile>> read_policy_folder(const std::string& folder) {
  TRY(files, read_one_folder(folder, ""));
  std::vector<policy::SourceFile> last = files;
  std::set<std::string> known{""};
  std::string prefix;
  // What is missing or in a circle is told by the reader, with its place.
  while (const auto below = policy::base_folder_of(last)) {
    prefix = policy::prefix_below(prefix, *below);
    if (below->starts_with('/') || known.size() > core::limits::policy_packs_max ||
        !known.insert(prefix).second)
      break;
    auto more = read_one_folder(folder + "/" + prefix, prefix);
    if (!more) break;
    last = std::move(*more);
    files.insert(files.end(), last.begin(), last.end());
  }
  return files;
}

std::shared_ptr<const policy::Bundle> look_through(std::vector<policy::SourceFile> files,
                                                   std::optional<core::TimeMs> now, policy::Faults& faults) {
  std::shared_ptr<const policy::Bundle> bundle = policy::Bundle::load(std::move(files), faults);
  if (bundle == nullptr) return nullptr;
  for (policy::Fault& fault : policy::review(*bundle, now)) faults.push_back(std::move(fault));
  return std::ranges::all_of(faults, &policy::Fault::warning) ? bundle : nullptr;
}

core::Result<std::shared_ptr<const policy::Bundle>> load_policy_folder(const std::string& folder) {
  TRY(files, read_policy_folder(folder));
  policy::Faults faults;
  std::shared_ptr<const policy::Bundle> bundle = look_through(std::move(files), std::nullopt, faults);
  if (bundle != nullptr) return bundle;
  std::string all;
  for (const policy::Fault& fault : faults)
    if (!fault.warning) all += "\n  " + fault.to_string();
  return core::fail(ErrorCode::invalid, folder, "the policy has faults:" + all);
}

}  // namespace tillwatch
