// A gzip file (RFC 1952) as a byte source, with the checksum and length of every member verified, which
// libarchive does not do. Called by archive.cpp. Never stops quietly at a damaged or missing trailer.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "archive/file_input.h"
#include "ports/byte_source.h"

namespace tillwatch::archive {

class GzipSource final : public ports::ByteSource {
 public:
  explicit GzipSource(FileInput input);
  ~GzipSource() override;

  core::Result<std::size_t> read(std::span<char> out) override;
  std::string_view name() const override { return input_.name(); }
  std::uint64_t bytes_out() const override { return out_; }
  std::uint64_t bytes_in() const override { return input_.taken(); }
  std::optional<std::uint64_t> bytes_in_total() const override { return input_.total(); }

 private:
  struct Inflater;
  core::Status refill();
  // Between members: begins the next one, or sets ended_.
  core::Status begin_member();
  std::unexpected<core::Error> damaged(std::string_view what) const;

  FileInput input_;
  std::unique_ptr<Inflater> inflater_;
  std::string buffer_;
  bool input_ended_ = false;
  bool between_members_ = true;
  bool ended_ = false;
  std::uint64_t out_ = 0;
};

}  // namespace tillwatch::archive
