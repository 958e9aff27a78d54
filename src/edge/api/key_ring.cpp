#include "api/key_ring.h"

#include <algorithm>
#include <utility>

namespace tillwatch::api {
namespace {

constexpr std::uint64_t file_bytes_max = 1024 * 1024;

core::Result<std::string> text_of(ports::Disk& disk, const std::string& path) {
  TRY(exists, disk.exists(path));
  if (!exists) return std::string();
  TRY(file, disk.open(path, ports::OpenMode::read));
  TRY(size, file->size());
  if (size > file_bytes_max)
    return core::fail(core::ErrorCode::limit, path, "the file of API keys is larger than 1 MiB: it is none");
  std::string text;
  TRY_STATUS(file->read_at(0, static_cast<std::size_t>(size), text));
  return text;
}

}  // namespace

core::Result<ApiKeys> read_keys(ports::Disk& disk, const std::string& path) {
  TRY(text, text_of(disk, path));
  if (text.empty()) return ApiKeys();
  return ApiKeys::parse(text);
}

core::Status write_keys(ports::Disk& disk, const std::string& path, const ApiKeys& keys) {
  const std::string beside = path + ".new";
  TRY(left_over, disk.exists(beside));
  if (left_over) TRY_STATUS(disk.remove(beside));
  TRY(file, disk.open(beside, ports::OpenMode::create));
  TRY_STATUS(file->write_at(0, keys.file_text()));
  TRY_STATUS(file->sync());
  file.reset();
  TRY_STATUS(disk.rename(beside, path));
  const std::size_t slash = path.rfind('/');
  return disk.sync_directory(slash == std::string::npos ? "." : path.substr(0, slash));
}

KeyRing::KeyRing(ports::Disk& disk, std::string path, Report report)
    : disk_(disk), path_(std::move(path)), report_(std::move(report)) {}

core::Status KeyRing::read() {
  TRY(text, text_of(disk_, path_));
  last_text_ = text;
  if (text.empty()) {
    keys_ = ApiKeys();
    return {};
  }
  TRY(keys, ApiKeys::parse(text));
  keys_ = std::move(keys);
  return {};
}

void KeyRing::look(std::int64_t now_ms) {
  if (now_ms - looked_ms_ < look_every_ms) return;
  looked_ms_ = now_ms;
  const auto text = text_of(disk_, path_);
  if (!text) {
    if (!unreadable_) report_(std::unexpected(text.error()));
    unreadable_ = true;
    return;
  }
  unreadable_ = false;
  if (*text == last_text_) return;
  const core::Status status = read();
  report_(status ? core::Result<std::size_t>(keys_.keys().size()) : std::unexpected(status.error()));
}

std::size_t KeyRing::live(core::TimeMs now) const {
  const auto living = [&](const ApiKeys& keys) {
    return std::ranges::count_if(keys.keys(), [&](const ApiKey& key) { return key.live(now); });
  };
  return static_cast<std::size_t>(living(keys_) + living(others_));
}

}  // namespace tillwatch::api
