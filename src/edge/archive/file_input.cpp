#include "archive/file_input.h"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <system_error>

#include "core/check.h"

namespace tillwatch::archive {
namespace {
using core::ErrorCode;

std::string reason(int error) {
  return std::generic_category().message(error);
}
}  // namespace

void FileInput::Close::operator()(std::FILE* file) const {
  if (owned) std::fclose(file);  // read only: nothing can be lost here
}

core::Result<FileInput> FileInput::open(const std::string& path) {
  std::error_code error;
  const std::filesystem::file_status status = std::filesystem::status(path, error);
  if (status.type() == std::filesystem::file_type::not_found)
    return core::fail(ErrorCode::not_found, path, "there is no such file");
  if (std::filesystem::is_directory(status))
    return core::fail(ErrorCode::io, path, "this is a folder; name the files in it");
  Handle file(std::fopen(path.c_str(), "rb"), Close{});
  if (!file) return core::fail(ErrorCode::io, path, "cannot be opened: " + reason(errno));
  FileInput input(path, std::move(file));
  if (std::filesystem::is_regular_file(status)) {
    const std::uintmax_t size = std::filesystem::file_size(path, error);
    if (!error) input.total_ = size;
  }
  return input;
}

FileInput FileInput::standard_input() {
  return {"standard input", Handle(stdin, Close{.owned = false})};
}

core::Result<std::size_t> FileInput::read_file(std::span<char> out) {
  const std::size_t size = std::fread(out.data(), 1, out.size(), file_.get());
  if (size < out.size() && std::ferror(file_.get()) != 0)
    return core::fail(ErrorCode::io, name_,
                      "reading failed at byte " + std::to_string(taken_ + size) + ": " + reason(errno));
  return size;
}

core::Result<std::string_view> FileInput::peek(std::size_t size) {
  CHECK(size <= 16 && taken_ == 0);
  if (peeked_.size() < size) {
    std::string more(size - peeked_.size(), '\0');
    TRY(got, read_file(more));
    peeked_.append(more, 0, got);
  }
  return std::string_view(peeked_).substr(0, size);
}

core::Result<std::size_t> FileInput::read(std::span<char> out) {
  const std::size_t kept = std::min(peeked_.size(), out.size());
  std::copy_n(peeked_.data(), kept, out.data());
  peeked_.erase(0, kept);
  TRY(size, kept == out.size() ? core::Result<std::size_t>(0) : read_file(out.subspan(kept)));
  taken_ += kept + size;
  return kept + size;
}

}  // namespace tillwatch::archive
