#include "admin_data_keys.h"

#include <array>
#include <cstdio>

#include "access/sealing.h"
#include "installation.h"
#include "notify/sealing.h"
#include "posix/clock.h"
#include "posix/hardening.h"
#include "posix/random.h"
#include "posix/secret_buffer.h"
#include "registry/registry.h"
#include "secret_file.h"
#include "sql/migration.h"

namespace tillwatch {
namespace {

using core::ErrorCode;
using crypto::DataKeys;
using registry::Entity;

constexpr std::size_t entities_at_once = 500;

int done(const core::Status& status, const char* words) {
  if (status) {
    std::printf("%s\n", words);
    return 0;
  }
  std::fprintf(stderr, "tillwatch admin data-key: %s\n", status.error().to_string().c_str());
  return 1;
}

core::Result<DataKeys> read_keys(const DataKeyWishes& wishes) {
  auto text = posix::read_secret_file(wishes.data + "/" + data_keys_file);
  if (!text) return std::unexpected(text.error());
  return DataKeys::parse(text->view());
}

// The data directory for us alone: a server keeps the keys that it has read.
core::Result<std::unique_ptr<ports::Lock>> keep_servers_away(ports::Disk& disk) {
  const std::string folder = std::string(record_folder) + "/journal";
  TRY_STATUS(disk.make_directory(folder));
  auto lock = disk.lock(folder + "/lock");
  if (!lock && lock.error().code == ErrorCode::conflict)
    return core::fail(ErrorCode::conflict, "data-keys",
                      "a server runs on this data directory: stop it first");
  return lock;
}

core::Result<std::unique_ptr<sql::Connection>> connect(const DataKeyWishes& wishes, core::TimeMs now) {
  TRY(database, sql::open_database(wishes.database));
  TRY(connection, database->connect());
  TRY_STATUS(sql::migrate(*connection, sql::migrations(), now));
  return std::move(connection);
}

// Every subject that seals fields does it anew here. May be broken off and begun again.
core::Status seal_anew(const DataKeys& keys, sql::Connection& connection, ports::Random& random) {
  const registry::Registry all(keys, random);
  for (std::size_t i = 0; i < registry::entity_count; ++i) {
    const auto entity = static_cast<Entity>(i);
    std::string after;
    for (bool more = true; more;) {
      TRY(transaction, sql::Transaction::begin(connection));
      TRY(last, all.reseal(connection, entity, after, entities_at_once));
      TRY_STATUS(transaction.commit());
      more = last.has_value();
      after = last.value_or("");
    }
  }
  TRY_STATUS(access::seal_anew(connection, keys, random));
  return notify::seal_anew(connection, keys, random);
}

core::Status rotate(const DataKeyWishes& wishes) {
  TRY_STATUS(posix::harden_process());
  posix::Random random;
  posix::Clock clock;
  TRY(disk, posix::Disk::open_root(wishes.data));
  const auto alone = keep_servers_away(*disk);
  if (!alone) return std::unexpected(alone.error());
  TRY(keys, read_keys(wishes));
  TRY(connection, connect(wishes, clock.now()));
  TRY_STATUS(keys.rotate(random, clock.now()));
  // The new key is in its file before anything is sealed under it.
  TRY_STATUS(write_secret(*disk, data_keys_file, keys.file_text().view(), true));
  return seal_anew(keys, *connection, random);
}

core::Status retire(const DataKeyWishes& wishes) {
  TRY_STATUS(posix::harden_process());
  posix::Random random;
  posix::Clock clock;
  TRY(disk, posix::Disk::open_root(wishes.data));
  const auto alone = keep_servers_away(*disk);
  if (!alone) return std::unexpected(alone.error());
  TRY(keys, read_keys(wishes));
  TRY(connection, connect(wishes, clock.now()));
  // Again, in case that a rotation was broken off.
  TRY_STATUS(seal_anew(keys, *connection, random));
  std::vector<std::uint32_t> previous;
  for (const DataKeys::Key& key : keys.keys())
    if (key.state == DataKeys::State::previous) previous.push_back(key.number);
  if (previous.empty())
    return core::fail(ErrorCode::not_found, "data-keys", "there is no previous key: nothing to retire");
  for (const std::uint32_t number : previous) TRY_STATUS(keys.retire(number));
  return write_secret(*disk, data_keys_file, keys.file_text().view(), true);
}

core::Status list(const DataKeyWishes& wishes) {
  TRY(keys, read_keys(wishes));
  for (const DataKeys::Key& key : keys.keys())
    std::printf("key %u  %s  made %s\n", key.number, std::string(name_of(key.state)).c_str(),
                core::format_time(key.created).c_str());
  return {};
}

int run_list(const DataKeyWishes& wishes) {
  const core::Status status = list(wishes);
  if (status) return 0;
  return done(status, "");
}
int run_rotate(const DataKeyWishes& wishes) {
  return done(rotate(wishes), "there is a new key, and everything is sealed under it; back the file up now");
}
int run_retire(const DataKeyWishes& wishes) {
  return done(retire(wishes), "the previous keys are gone");
}

constexpr auto actions = std::to_array<DataKeyAction>({
    {"list", "prints numbers and states, never a key", false, run_list},
    {"rotate", "makes a new key and seals every personal field anew under it", true, run_rotate},
    {"retire", "destroys the previous keys", true, run_retire},
});

}  // namespace

std::span<const DataKeyAction> data_key_actions() {
  return actions;
}

}  // namespace tillwatch
