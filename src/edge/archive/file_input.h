// The bytes of a file or of standard input as they lie on the medium. Called by the decoders of this module.
// Never interprets them.
#pragma once

#include <cstdint>
#include <cstdio>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/error.h"

namespace tillwatch::archive {

class FileInput {
 public:
  // Errors: not_found, io (a folder, no right to read).
  static core::Result<FileInput> open(const std::string& path);
  static FileInput standard_input();

  // Fills `out` as far as there are bytes; less than asked only at the end. Errors: io.
  core::Result<std::size_t> read(std::span<char> out);
  // The first bytes without consuming them: `size` (at most 16) or fewer at the end. Only before the first
  // read.
  core::Result<std::string_view> peek(std::size_t size);

  const std::string& name() const { return name_; }
  std::uint64_t taken() const { return taken_; }
  std::optional<std::uint64_t> total() const { return total_; }

 private:
  struct Close {
    bool owned = true;
    void operator()(std::FILE* file) const;
  };
  using Handle = std::unique_ptr<std::FILE, Close>;
  FileInput(std::string name, Handle file) : name_(std::move(name)), file_(std::move(file)) {}
  core::Result<std::size_t> read_file(std::span<char> out);

  std::string name_;
  Handle file_;
  std::string peeked_;
  std::uint64_t taken_ = 0;
  std::optional<std::uint64_t> total_;
};

}  // namespace tillwatch::archive
