// format: backup
#include "backup/manifest.h"

#include <charconv>
#include <map>

namespace tillwatch::backup {
namespace {

using core::ErrorCode;

constexpr std::string_view version_line = "tillwatch-backup 1";

template <class T>
bool number(std::string_view text, T& out) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc() && end == text.data() + text.size();
}

}  // namespace

std::string write_manifest(const Manifest& manifest) {
  std::string text(version_line);
  text += "\nmade_at " + core::format_time(manifest.made_at);
  text += "\njournal_last " + std::to_string(manifest.journal_last.value);
  text += std::string("\ndatabase ") + (manifest.has_database ? "yes" : "no");
  text += "\nprojected " + std::to_string(manifest.projected.value);
  text += "\nlast_act " + std::to_string(manifest.last_act) + "\n";
  return text;
}

core::Result<Manifest> read_manifest(std::string_view text) {
  const auto broken = [] {
    return core::fail(ErrorCode::corrupt, "backup", "its manifest is not what this program writes");
  };
  if (!text.starts_with("tillwatch-backup ")) return broken();
  const std::size_t first = text.find('\n');
  if (text.substr(0, first) != version_line) {
    return core::fail(
        ErrorCode::unsupported, "backup",
        "a later program made it: " + std::string(text.substr(0, std::min<std::size_t>(first, 40))));
  }
  std::map<std::string_view, std::string_view> values;
  for (text.remove_prefix(first + 1); !text.empty();) {
    const std::size_t end = text.find('\n'), space = text.find(' ');
    if (end == std::string_view::npos || space >= end) return broken();
    values[text.substr(0, space)] = text.substr(space + 1, end - space - 1);
    text.remove_prefix(end + 1);
  }
  Manifest manifest;
  const auto made_at = core::parse_time(values["made_at"]);
  if (!made_at || !number(values["journal_last"], manifest.journal_last.value) ||
      !number(values["projected"], manifest.projected.value) ||
      !number(values["last_act"], manifest.last_act) ||
      (values["database"] != "yes" && values["database"] != "no"))
    return broken();
  manifest.made_at = *made_at;
  manifest.has_database = values["database"] == "yes";
  return manifest;
}

}  // namespace tillwatch::backup
