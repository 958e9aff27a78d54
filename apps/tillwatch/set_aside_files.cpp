#include "set_aside_files.h"

#include <algorithm>
#include <filesystem>
#include <iostream>

#include "intake/digit_mask.h"

namespace tillwatch {
namespace {

// "in/a.csv.xz" -> "a.csv"
std::string stem_of(std::string_view input) {
  std::string name = std::filesystem::path(input).filename();
  for (const std::string_view packed : {".gz", ".xz", ".zst"})
    if (name.ends_with(packed)) name.resize(name.size() - packed.size());
  std::ranges::replace(name, ' ', '-');
  return name;
}

}  // namespace

core::Result<SetAsideFiles::Output*> SetAsideFiles::output_of(std::string_view input,
                                                              std::string_view header) {
  if (const auto at = outputs_.find(input); at != outputs_.end()) return &at->second;
  const std::string base = (std::filesystem::path(folder_) / (stem_of(input) + ".set-aside")).string();
  const auto taken = [&](const std::string& path) {
    return std::ranges::any_of(outputs_, [&](const auto& other) { return other.second.path == path; });
  };
  std::string path = base;
  for (int i = 2; taken(path); ++i) path = base + "-" + std::to_string(i);
  Output& output = outputs_[std::string(input)];
  output.path = path;
  output.file.open(path, std::ios::binary | std::ios::trunc);
  if (!header.empty()) output.file << header << '\n';
  if (!output.file)
    return core::fail(core::ErrorCode::io, path,
                      "cannot be written: rows that are damaged would be lost; use --strict "
                      "or another folder");
  return &output;
}

core::Status SetAsideFiles::take(std::string_view input, std::string_view header, const intake::Row& row,
                                 const intake::Damage& damage) {
  TRY(output, output_of(input, header));
  output->file << intake::mask_card_length(row.raw) << '\n';
  if (!output->file) return core::fail(core::ErrorCode::io, output->path, "writing failed");
  ++rows_;
  if (rows_ <= sentences_max_)
    std::cerr << intake::sentence_about(input, row, damage)
              << (damage.cut ? " (only its beginning is kept)" : "") << '\n';
  else if (rows_ == sentences_max_ + 1)
    std::cerr << "further damaged rows are set aside and counted without a line each\n";
  return {};
}

core::Status SetAsideFiles::close() {
  for (auto& [input, output] : outputs_) {
    output.file.close();
    if (!output.file) return core::fail(core::ErrorCode::io, output.path, "writing failed at the end");
  }
  return {};
}

std::string SetAsideFiles::to_text() const {
  if (rows_ == 0) return {};
  std::string text = std::to_string(rows_) + (rows_ == 1 ? " row was" : " rows were") + " set aside in";
  for (const auto& [input, output] : outputs_) text += " " + output.path;
  return text;
}

}  // namespace tillwatch
