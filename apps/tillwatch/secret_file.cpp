#include "secret_file.h"

#include "posix/secret_buffer.h"

namespace tillwatch {

using core::ErrorCode;

core::Status write_secret(ports::Disk& disk, const std::string& name, std::string_view content,
                          bool replace) {
  TRY(there, disk.exists(name));
  if (there && !replace)
    return core::fail(ErrorCode::conflict, name, "this file is there already: it stays as it is");
  const std::string beside = name + ".new";
  TRY(left_over, disk.exists(beside));
  if (left_over) TRY_STATUS(disk.remove(beside));
  TRY(file, disk.open(beside, ports::OpenMode::create));
  TRY_STATUS(file->write_at(0, content));
  TRY_STATUS(file->sync());
  file.reset();
  TRY_STATUS(disk.rename(beside, name));
  return disk.sync_directory(".");
}

core::Result<std::unique_ptr<crypto::DataKeys>> open_data_keys(const std::string& data, ports::Disk& disk,
                                                               sql::Connection& connection,
                                                               ports::Random& random, core::TimeMs now) {
  const std::string path = data + "/" + data_keys_file;
  auto text = posix::read_secret_file(path);
  if (text) {
    TRY(keys, crypto::DataKeys::parse(text->view()));
    return std::make_unique<crypto::DataKeys>(std::move(keys));
  }
  if (text.error().code != ErrorCode::not_found) return std::unexpected(text.error());
  TRY(sealed, connection.query("select 1 from registry_tag limit 1"));
  if (!sealed.empty())
    return core::fail(
        ErrorCode::not_found, path,
        "the database holds personal fields that were sealed under keys of this file: restore it "
        "from a backup");
  crypto::DataKeys keys = crypto::DataKeys::generate(random, now);
  TRY_STATUS(write_secret(disk, data_keys_file, keys.file_text().view(), false));
  return std::make_unique<crypto::DataKeys>(std::move(keys));
}

}  // namespace tillwatch
