// The byte source port: a file, a pipe or a text, read from its beginning to its end, already uncompressed.
// Called by intake's readers; real side in edge/archive, `MemorySource` here for tests, fuzz entries and
// embedded texts. Never seeks and never hands out a byte twice.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/error.h"

namespace tillwatch::ports {

class ByteSource {
 public:
  virtual ~ByteSource() = default;
  // Writes up to out.size() bytes (out is not empty) and returns how many; 0 only at the end, and ever after.
  // Errors: io (the medium failed), corrupt (the compressed form is damaged; the text names the offset).
  // After an error the source must not be read again.
  virtual core::Result<std::size_t> read(std::span<char> out) = 0;
  // What a person calls it: the path as given, or "standard input".
  virtual std::string_view name() const = 0;
  // Bytes handed out so far.
  virtual std::uint64_t bytes_out() const = 0;
  // Bytes taken from the medium so far (compressed, where it is), and how many there are where that is known.
  virtual std::uint64_t bytes_in() const = 0;
  virtual std::optional<std::uint64_t> bytes_in_total() const = 0;
};

// A source over a text that outlives it. `step`: the most bytes that one read gives.
class MemorySource final : public ByteSource {
 public:
  explicit MemorySource(std::string_view text, std::string name = "memory", std::size_t step = 64 * 1024)
      : text_(text), name_(std::move(name)), step_(step) {}

  core::Result<std::size_t> read(std::span<char> out) override {
    const std::size_t size = std::min({out.size(), step_, text_.size() - at_});
    std::copy_n(text_.data() + at_, size, out.data());
    at_ += size;
    return size;
  }
  std::string_view name() const override { return name_; }
  std::uint64_t bytes_out() const override { return at_; }
  std::uint64_t bytes_in() const override { return at_; }
  std::optional<std::uint64_t> bytes_in_total() const override { return text_.size(); }

 private:
  std::string_view text_;
  std::string name_;
  std::size_t step_;
  std::size_t at_ = 0;
};

}  // namespace tillwatch::ports
