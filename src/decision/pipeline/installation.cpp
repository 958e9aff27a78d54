// format: install
#include "pipeline/installation.h"

#include <algorithm>
#include <span>

namespace tillwatch::pipeline {

namespace {
constexpr std::string_view magic = "TWI1";
}

core::Result<crypto::SipKey> installation_key(ports::Disk& disk, ports::Random& random,
                                              const std::string& directory) {
  const std::string path = directory + "/install.key";
  TRY_STATUS(disk.make_directory(directory));
  TRY(there, disk.exists(path));
  crypto::SipKey key{};
  if (there) {
    TRY(file, disk.open(path, ports::OpenMode::read));
    std::string bytes;
    TRY_STATUS(file->read_at(0, magic.size() + key.size() + 1, bytes));
    if (bytes.size() != magic.size() + key.size() || !bytes.starts_with(magic))
      return core::fail(core::ErrorCode::corrupt, path,
                        "this is not an installation key; restore it from the backup of the data directory");
    std::copy(bytes.begin() + static_cast<std::ptrdiff_t>(magic.size()), bytes.end(), key.begin());
    return key;
  }
  random.fill(std::as_writable_bytes(std::span(key)));
  const std::string temporary = path + ".new";
  TRY(stale, disk.exists(temporary));
  if (stale) TRY_STATUS(disk.remove(temporary));
  TRY(file, disk.open(temporary, ports::OpenMode::create));
  std::string bytes(magic);
  bytes.append(key.begin(), key.end());
  TRY_STATUS(file->write_at(0, bytes));
  TRY_STATUS(file->sync());
  TRY_STATUS(disk.rename(temporary, path));
  TRY_STATUS(disk.sync_directory(directory));
  return key;
}

}  // namespace tillwatch::pipeline
