// A result file that appears whole or not at all: written beside its place under another name, renamed at the
// end. Called by the replay command. "-" is standard output.
#pragma once

#include <cstdio>
#include <memory>
#include <string>
#include <string_view>

#include "core/error.h"

namespace tillwatch {

class OutputFile {
 public:
  // Errors: io.
  static core::Result<OutputFile> create(const std::string& path);
  ~OutputFile();
  OutputFile(OutputFile&& other) noexcept = default;
  OutputFile& operator=(OutputFile&&) = delete;

  core::Status write(std::string_view text);
  // Puts the file in its place. Without this call it is removed.
  core::Status finish();

 private:
  struct Close {
    void operator()(std::FILE* file) const {
      if (file != stdout) std::fclose(file);  // a failure was, or will be, seen by finish()
    }
  };
  OutputFile(std::string path, std::FILE* file) : path_(std::move(path)), file_(file) {}
  std::string partial() const { return path_ + ".part"; }

  std::string path_;
  std::unique_ptr<std::FILE, Close> file_;
};

}  // namespace tillwatch
