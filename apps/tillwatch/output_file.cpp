#include "output_file.h"

#include <cerrno>
#include <system_error>

namespace tillwatch {
namespace {
core::Status failed(const std::string& path, std::string_view what) {
  return core::fail(core::ErrorCode::io, path,
                    std::string(what) + ": " + std::generic_category().message(errno));
}
}  // namespace

core::Result<OutputFile> OutputFile::create(const std::string& path) {
  if (path == "-") return OutputFile(path, stdout);
  OutputFile output(path, nullptr);
  output.file_.reset(std::fopen(output.partial().c_str(), "wb"));
  if (!output.file_) return std::unexpected(failed(path, "cannot be written").error());
  return output;
}

OutputFile::~OutputFile() {
  if (file_ == nullptr || file_.get() == stdout) return;
  file_.reset();
  std::remove(partial().c_str());
}

core::Status OutputFile::write(std::string_view text) {
  if (std::fwrite(text.data(), 1, text.size(), file_.get()) == text.size()) return {};
  return failed(path_, "writing failed");
}

core::Status OutputFile::finish() {
  if (file_.get() == stdout) {
    if (std::fflush(stdout) != 0) return failed(path_, "writing failed");
    return {};
  }
  if (std::fclose(file_.release()) != 0) return failed(path_, "writing failed at the end");
  if (std::rename(partial().c_str(), path_.c_str()) != 0) return failed(path_, "cannot be put in its place");
  return {};
}

}  // namespace tillwatch
