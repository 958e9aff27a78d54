#include "installation.h"

#include <utility>

#include "pipeline/installation.h"
#include "posix/secret_buffer.h"

namespace tillwatch {
std::string card_keys_path(const std::string& data, const std::string& given) {
  return given.empty() ? data + "/" + card_keys_file : given;
}

core::Result<std::shared_ptr<const door::CardKeys>> load_card_keys(const std::string& path) {
  auto text = posix::read_secret_file(path);
  if (!text && text.error().code == core::ErrorCode::not_found)
    return core::fail(core::ErrorCode::not_found, path,
                      "there is no card key yet: make one with `tillwatch admin key init`");
  if (!text) return std::unexpected(text.error());
  TRY(keys, door::CardKeys::parse(text->view()));
  return std::make_shared<const door::CardKeys>(std::move(keys));
}

core::Result<pipeline::Options> pipeline_options(ports::Disk& disk, ports::Random& random,
                                                 core::Sabotage sabotage) {
  pipeline::Options options;
  options.directory = record_folder;
  TRY_STATUS(disk.make_directory(options.directory));
  TRY(key, pipeline::installation_key(disk, random, options.directory));
  options.hash_key = key;
  options.sabotage = sabotage;
  return options;
}

}  // namespace tillwatch
