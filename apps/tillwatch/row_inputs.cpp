#include "row_inputs.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <system_error>
#include <utility>

#include "archive/archive.h"
#include "core/limits.h"
#include "crypto/hash.h"
#include "intake/merged_entries.h"
#include "intake/sorted_entries.h"
#include "policy_folder.h"
#include "posix/disk.h"
#include "posix/random.h"

namespace tillwatch {
namespace {

using core::ErrorCode;
constexpr std::size_t mapping_bytes_max = 1024 * 1024;
constexpr std::size_t mib = 1024 * 1024;

core::Result<std::string> make_temporary(const std::string& parent) {
  posix::Random random;
  std::array<unsigned char, 8> number{};
  random.fill(std::as_writable_bytes(std::span(number)));
  std::error_code error;
  const std::filesystem::path folder =
      parent.empty() ? std::filesystem::temp_directory_path(error) : std::filesystem::path(parent);
  return (folder / ("tillwatch-sort-" + crypto::to_hex(number))).string();
}

}  // namespace

RowInputs::~RowInputs() {
  stream_.reset();
  disk_.reset();
  std::error_code ignored;  // an empty folder that stays behind harms nobody
  if (!temporary_.empty()) std::filesystem::remove_all(temporary_, ignored);
}

core::Status RowInputs::open_sort(const RowInputWishes& wishes, std::vector<intake::MappedInput*> inputs) {
  TRY(folder, make_temporary(wishes.sort_folder));
  temporary_ = folder;
  TRY(disk, posix::Disk::open_root(folder));
  disk_ = std::move(disk);
  intake::SortedEntries::Options options;
  options.memory_bytes = static_cast<std::size_t>(wishes.sort_mib) * mib;
  options.folder = "runs";
  options.rows_max = wishes.rows_max;
  stream_ = std::make_unique<intake::SortedEntries>(std::move(inputs), *disk_, std::move(options));
  return {};
}

core::Result<std::unique_ptr<RowInputs>> RowInputs::open(const RowInputWishes& wishes,
                                                         const std::vector<intake::Batch>& batches,
                                                         door::Door& door, intake::SetAside& set_aside) {
  const std::size_t count = wishes.inputs.size();
  if (count > core::limits::row_inputs_max)
    return core::fail(ErrorCode::limit, "",
                      "there are more than " + std::to_string(core::limits::row_inputs_max) +
                          " inputs; take several runs, or join the files");
  if (wishes.mappings.size() != 1 && wishes.mappings.size() != count)
    return core::fail(ErrorCode::invalid, "--mapping",
                      "give one mapping for all inputs, or one for each in their order");
  if (std::ranges::count(wishes.inputs, "-") > 1)
    return core::fail(ErrorCode::invalid, "-", "standard input can be read only once");
  std::unique_ptr<RowInputs> made(new RowInputs());
  for (const std::string& path : wishes.mappings) {
    TRY(text, read_text_file(path, mapping_bytes_max));
    TRY(mapping, intake::read_mapping(text, path));
    made->mappings_.push_back(std::make_unique<intake::Mapping>(std::move(mapping)));
  }
  std::vector<intake::MappedInput*> inputs;
  for (std::size_t i = 0; i < count; ++i) {
    const std::string& path = wishes.inputs[i];
    TRY(source, path == "-" ? archive::open_standard_input() : archive::open_file(path));
    const intake::Mapping& mapping = *made->mappings_[made->mappings_.size() == 1 ? 0 : i];
    made->inputs_.push_back(std::make_unique<intake::MappedInput>(
        std::move(source), mapping, door, batches.empty() ? intake::Batch{} : batches[i],
        intake::InputOptions{.in_order = !wishes.sort, .strict = wishes.strict}, set_aside));
    inputs.push_back(made->inputs_.back().get());
  }
  if (wishes.sort) {
    TRY_STATUS(made->open_sort(wishes, std::move(inputs)));
    return made;
  }
  made->stream_ = std::make_unique<intake::MergedEntries>(
      std::move(inputs), static_cast<std::size_t>(wishes.held_mib) * mib, wishes.rows_max);
  return made;
}

bool RowInputs::has_arrival() const {
  return std::ranges::any_of(mappings_, [](const auto& mapping) { return mapping->arrival.has_value(); });
}

bool RowInputs::names_originals() const {
  return std::ranges::any_of(mappings_, [](const auto& mapping) {
    return std::ranges::any_of(mapping->emits, [](const intake::Emit& emit) {
      return std::ranges::any_of(emit.set, [](const intake::Assignment& one) {
        return one.target == intake::Assignment::Target::attribute &&
               one.id == payment::AttributeId::tx_original_id;
      });
    });
  });
}

std::uint64_t RowInputs::rows() const {
  std::uint64_t sum = 0;
  for (const auto& input : inputs_) sum += input->rows();
  return sum;
}

std::uint64_t RowInputs::bytes_in() const {
  std::uint64_t sum = 0;
  for (const auto& input : inputs_) sum += input->source().bytes_in();
  return sum;
}

std::optional<std::uint64_t> RowInputs::bytes_total() const {
  std::uint64_t sum = 0;
  for (const auto& input : inputs_) {
    const std::optional<std::uint64_t> total = input->source().bytes_in_total();
    if (!total) return std::nullopt;
    sum += *total;
  }
  return sum;
}

}  // namespace tillwatch
