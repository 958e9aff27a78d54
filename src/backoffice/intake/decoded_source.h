// A byte source of GB18030 read as UTF-8 (the only adapter of iconv in this module). Called by intake where a
// mapping says so. Bytes that are no character become a byte that no UTF-8 text has, so that their row is
// damaged and the rest is read.
#pragma once

#include <memory>
#include <string>

#include "core/error.h"
#include "ports/byte_source.h"

namespace tillwatch::intake {

class DecodedSource final : public ports::ByteSource {
 public:
  explicit DecodedSource(std::unique_ptr<ports::ByteSource> source);
  ~DecodedSource() override;
  DecodedSource(const DecodedSource&) = delete;
  DecodedSource& operator=(const DecodedSource&) = delete;

  core::Result<std::size_t> read(std::span<char> out) override;
  std::string_view name() const override { return source_->name(); }
  std::uint64_t bytes_out() const override { return bytes_out_; }
  std::uint64_t bytes_in() const override { return source_->bytes_in(); }
  std::optional<std::uint64_t> bytes_in_total() const override { return source_->bytes_in_total(); }

 private:
  core::Status refill();
  void decode();

  std::unique_ptr<ports::ByteSource> source_;
  void* way_;              // iconv_t
  std::string raw_;        // not decoded yet
  std::string text_;       // decoded
  std::size_t given_ = 0;  // of text_
  bool ended_ = false;     // of the source
  std::uint64_t bytes_out_ = 0;
};

}  // namespace tillwatch::intake
