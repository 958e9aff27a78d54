#include "backup_command.h"

#include <fmt/format.h>

#include <cstdio>
#include <optional>
#include <string>

#include "backup/backup.h"
#include "command_line.h"
#include "posix/clock.h"
#include "posix/hardening.h"
#include "posix/random.h"
#include "posix/secret_buffer.h"

namespace tillwatch {
namespace {

struct Wishes {
  backup::Installation installation;
  std::string file;
  std::string passphrase_file;
};

void add_common(CommandLine& app, Wishes& wishes) {
  app.add_option("--data", wishes.installation.data, "data directory").required();
  app.add_option("--database", wishes.installation.database,
                 "database of people's work: sqlite:PATH or postgres://..., as given to serve");
  app.add_option("--card-keys", wishes.installation.card_keys, "the card keys, where they lie elsewhere");
  app.add_option("--passphrase-file", wishes.passphrase_file,
                 "file (rights 0600) with the passphrase, at least 15 characters")
      .required();
}

core::Result<crypto::Secret> passphrase_of(const std::string& path) {
  TRY(text, posix::read_secret_file(path));
  std::string_view line = text.view();
  while (line.ends_with('\n') || line.ends_with('\r')) line.remove_suffix(1);
  return crypto::Secret::of(line);
}

core::Result<backup::Manifest> make(const Wishes& wishes) {
  TRY_STATUS(posix::harden_process());
  TRY(passphrase, passphrase_of(wishes.passphrase_file));
  posix::Random random;
  posix::Clock clock;
  return backup::make_backup(wishes.installation, wishes.file, passphrase, random, clock.now());
}

core::Result<backup::Manifest> restore(const Wishes& wishes) {
  TRY_STATUS(posix::harden_process());
  TRY(passphrase, passphrase_of(wishes.passphrase_file));
  posix::Clock clock;
  return backup::restore_backup(wishes.file, wishes.installation, passphrase, clock.now());
}

int told(const char* command, const core::Result<backup::Manifest>& done) {
  if (!done) {
    fmt::print(stderr, "tillwatch {}: {}\n", command, done.error().to_string());
    return 1;
  }
  fmt::print("of {}: {} files, {} bytes; journal up to entry {}", core::format_time(done->made_at),
             done->files, done->bytes, done->journal_last.value);
  if (done->has_database)
    fmt::print("; database up to act {}, journal projected up to entry {}", done->last_act,
               done->projected.value);
  fmt::print("\n");
  return 0;
}

int run(CommandLine& app, int argc, char** argv, Wishes& wishes, const char* command,
        core::Result<backup::Manifest> (*work)(const Wishes&)) {
  if (const std::optional<int> code = app.parse(argc, argv)) return *code;
  return told(command, work(wishes));
}

}  // namespace

int backup_command(int argc, char** argv) {
  CommandLine app("Seal journal, database and keys in one file, also while the server runs.",
                  "tillwatch backup");
  Wishes wishes;
  add_common(app, wishes);
  app.add_option("--out", wishes.file, "the backup; must not be there, nor lie in the data directory")
      .required();
  return run(app, argc, argv, wishes, "backup", make);
}

int restore_command(int argc, char** argv) {
  CommandLine app("Make a data directory, which is not there or empty, from a backup.", "tillwatch restore");
  Wishes wishes;
  add_common(app, wishes);
  app.add_option("FILE", wishes.file, "the backup").required();
  return run(app, argc, argv, wishes, "restore", restore);
}

}  // namespace tillwatch
