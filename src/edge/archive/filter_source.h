// An .xz or .zst file as a byte source: the adapter of libarchive's filters, with its checksums on. Called by
// archive.cpp. Never lets a libarchive type or message out unexplained.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "archive/file_input.h"
#include "ports/byte_source.h"

namespace tillwatch::archive {

enum class Filter : std::uint8_t { xz, zstd };

class FilterSource final : public ports::ByteSource {
 public:
  FilterSource(FileInput input, Filter filter);
  ~FilterSource() override;

  core::Result<std::size_t> read(std::span<char> out) override;
  std::string_view name() const override;
  std::uint64_t bytes_out() const override { return out_; }
  std::uint64_t bytes_in() const override;
  std::optional<std::uint64_t> bytes_in_total() const override;

 private:
  struct State;
  core::Status begin();
  std::unexpected<core::Error> damaged() const;

  std::unique_ptr<State> state_;
  std::uint64_t out_ = 0;
  bool begun_ = false;
  bool ended_ = false;
};

}  // namespace tillwatch::archive
