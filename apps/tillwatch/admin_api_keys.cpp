#include "admin_api_keys.h"

#include <sys/stat.h>

#include <cstdio>

#include "api/api_keys.h"
#include "api/key_ring.h"
#include "installation.h"
#include "posix/clock.h"

namespace tillwatch {
namespace {

constexpr const char* lock_file = "api-keys.lock";

int failed(const core::Error& error) {
  std::fprintf(stderr, "tillwatch admin api-key: %s\n", error.to_string().c_str());
  return 1;
}

// Reads the keys, lets `change` change them, writes them back; one at a time.
template <class Change>
core::Status change_keys(const std::string& data, Change change) {
  TRY(disk, posix::Disk::open_root(data));
  const auto lock = disk->lock(lock_file);
  if (!lock) return std::unexpected(lock.error());
  TRY(keys, api::read_keys(*disk, api_keys_file));
  TRY_STATUS(change(keys));
  return api::write_keys(*disk, api_keys_file, keys);
}

std::string_view state_of(const api::ApiKey& key, core::TimeMs now) {
  if (key.revoked != 0) return "revoked";
  return key.live(now) ? "live" : "expired";
}

}  // namespace

int create_api_key(const ApiKeyWishes& wishes) {
  ::umask(077);
  posix::Clock clock;
  posix::Random random;
  const auto scopes = api::parse_scopes(wishes.scopes);
  const auto lifetime = core::parse_duration(wishes.expires);
  if (!scopes || !lifetime) {
    std::fprintf(
        stderr, "tillwatch admin api-key: %s\n",
        scopes ? "--expires: expected a duration such as 90d"
               : "--scope: expected words of decide, events, read, metrics, admin, with commas between");
    return 2;
  }
  std::string secret;
  const core::Status status = change_keys(wishes.data, [&](api::ApiKeys& keys) -> core::Status {
    TRY(created, keys.create(random, clock.now(), wishes.name, *scopes, *lifetime));
    secret = created.secret;
    return {};
  });
  if (!status) return failed(status.error());
  std::fprintf(stderr, "The key of client %s. It is shown this once; only its hash is kept.\n",
               wishes.name.c_str());
  std::printf("%s\n", secret.c_str());
  return 0;
}

int list_api_keys(const ApiKeyWishes& wishes) {
  posix::Clock clock;
  auto disk = posix::Disk::open_root(wishes.data);
  if (!disk) return failed(disk.error());
  const auto keys = api::read_keys(**disk, api_keys_file);
  if (!keys) return failed(keys.error());
  for (const api::ApiKey& key : keys->keys())
    std::printf("%s  %-8s %-24s %-32s expires %s\n", key.id.c_str(),
                std::string(state_of(key, clock.now())).c_str(), key.name.c_str(),
                api::name_of(key.scopes).c_str(), core::format_time(key.expires).c_str());
  return 0;
}

int revoke_api_key(const ApiKeyWishes& wishes) {
  ::umask(077);
  posix::Clock clock;
  const core::Status status =
      change_keys(wishes.data, [&](api::ApiKeys& keys) { return keys.revoke(wishes.id, clock.now()); });
  if (!status) return failed(status.error());
  std::printf("revoked %s\n", wishes.id.c_str());
  return 0;
}

}  // namespace tillwatch
