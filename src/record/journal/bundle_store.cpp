// Content-addressed blobs: see bundle_store.h.
#include "journal/bundle_store.h"

#include <fmt/format.h>

#include <optional>

#include "core/limits.h"
#include "journal/atomic_file.h"

namespace tillwatch::journal {

using core::ErrorCode;

namespace {
constexpr std::string_view suffix = ".bundle";
constexpr std::size_t piece_bytes = 1024 * 1024;

std::string file_name(const crypto::Digest256& name) {
  return crypto::to_hex(name) + std::string(suffix);
}

std::optional<unsigned> hex_digit(char c) {
  if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a') + 10;
  return std::nullopt;
}

std::optional<crypto::Digest256> parse_file_name(std::string_view name) {
  crypto::Digest256 digest{};
  if (name.size() != digest.size() * 2 + suffix.size() || !name.ends_with(suffix)) return std::nullopt;
  for (std::size_t i = 0; i < digest.size(); ++i) {
    const std::optional<unsigned> high = hex_digit(name[2 * i]);
    const std::optional<unsigned> low = hex_digit(name[2 * i + 1]);
    if (!high || !low) return std::nullopt;
    digest[i] = static_cast<unsigned char>(*high * 16 + *low);
  }
  return digest;
}
}  // namespace

core::Result<std::unique_ptr<BundleStore>> BundleStore::open(ports::Disk& disk, std::string directory) {
  TRY_STATUS(make_durable_directory(disk, directory));
  TRY_STATUS(remove_temporaries(disk, directory));
  return std::unique_ptr<BundleStore>(new BundleStore(disk, std::move(directory)));
}

std::string BundleStore::path_of(const crypto::Digest256& name) const {
  return join_path(directory_, file_name(name));
}

core::Result<crypto::Digest256> BundleStore::put(std::string_view content) {
  if (content.size() > core::limits::bundle_bytes_max) {
    return core::fail(ErrorCode::limit, directory_,
                      fmt::format("a bundle of {} bytes passes the bound of {}; split it.", content.size(),
                                  core::limits::bundle_bytes_max));
  }
  const crypto::Digest256 name = crypto::sha256(content);
  const core::Result<std::string> present = get(name);
  if (present) {
    // An earlier process may have ended between the rename and the sync of the folder.
    TRY_STATUS(disk_.sync_directory(directory_));
    return name;
  }
  if (present.error().code != ErrorCode::not_found && present.error().code != ErrorCode::corrupt) {
    return std::unexpected<core::Error>(present.error());
  }
  TRY(file, AtomicFile::create(disk_, directory_, file_name(name)));
  for (std::size_t at = 0; at < content.size(); at += piece_bytes)
    TRY_STATUS(file->append(content.substr(at, piece_bytes)));
  TRY_STATUS(file->commit());
  return name;
}

core::Result<std::string> BundleStore::get(const crypto::Digest256& name) {
  const std::string path = path_of(name);
  TRY(file, disk_.open(path, ports::OpenMode::read));
  TRY(size, file->size());
  std::string content;
  const bool sane = size <= core::limits::bundle_bytes_max;
  if (sane) TRY_STATUS(file->read_at(0, static_cast<std::size_t>(size), content));
  if (!sane || content.size() != size || crypto::sha256(content) != name) {
    return core::fail(ErrorCode::corrupt, path,
                      "the bundle's content is not what its name says; restore it from a copy.");
  }
  return content;
}

core::Result<std::vector<crypto::Digest256>> BundleStore::list() {
  TRY(names, disk_.list(directory_));
  std::vector<crypto::Digest256> result;
  for (const std::string& name : names) {
    if (const std::optional<crypto::Digest256> digest = parse_file_name(name)) result.push_back(*digest);
  }
  return result;
}

}  // namespace tillwatch::journal
