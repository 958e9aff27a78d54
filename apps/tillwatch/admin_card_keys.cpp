#include "admin_card_keys.h"

#include <array>
#include <cstdio>

#include "crypto/sealed_box.h"
#include "installation.h"
#include "posix/clock.h"
#include "posix/hardening.h"
#include "posix/secret_buffer.h"
#include "secret_file.h"

namespace tillwatch {
namespace {

using core::ErrorCode;

int done(const core::Status& status, const char* words) {
  if (status) {
    std::printf("%s\n", words);
    return 0;
  }
  std::fprintf(stderr, "tillwatch admin key: %s\n", status.error().to_string().c_str());
  return 1;
}

std::string folder_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? "." : slash == 0 ? "/" : path.substr(0, slash);
}
std::string name_in_folder(const std::string& path) {
  return path.substr(path.rfind('/') + 1);
}

// Puts `content` in place in one step, with rights 0600; durable on return. `replace` false: refuses where
// the file is there.
core::Status write_secret(const std::string& path, std::string_view content, bool replace) {
  TRY(disk, posix::Disk::open_root(folder_of(path)));
  core::Status written = tillwatch::write_secret(*disk, name_in_folder(path), content, replace);
  if (!written && written.error().code == ErrorCode::conflict) written.error().where = path;
  return written;
}

core::Result<door::CardKeys> read_keys(const std::string& path) {
  auto text = posix::read_secret_file(path);
  if (!text) return std::unexpected(text.error());
  return door::CardKeys::parse(text->view());
}

core::Status init_key(const CardKeyWishes& wishes) {
  TRY_STATUS(posix::harden_process());
  posix::Random random;
  posix::Clock clock;
  const std::string path = card_keys_path(wishes.data, wishes.file);
  return write_secret(path, door::CardKeys::generate(random, clock.now()).file_text().view(), false);
}

core::Status rotate_key(const CardKeyWishes& wishes) {
  TRY_STATUS(posix::harden_process());
  posix::Random random;
  posix::Clock clock;
  const auto overlap = core::parse_duration(wishes.overlap);
  if (!overlap) return core::fail(ErrorCode::invalid, "--overlap", "expected a duration such as 400d");
  const std::string path = card_keys_path(wishes.data, wishes.file);
  TRY(keys, read_keys(path));
  TRY_STATUS(keys.rotate(random, clock.now(), *overlap));
  return write_secret(path, keys.file_text().view(), true);
}

core::Status retire_key(const CardKeyWishes& wishes) {
  TRY_STATUS(posix::harden_process());
  posix::Clock clock;
  const std::string path = card_keys_path(wishes.data, wishes.file);
  TRY(keys, read_keys(path));
  TRY_STATUS(keys.retire(clock.now()));
  return write_secret(path, keys.file_text().view(), true);
}

core::Result<crypto::Secret> passphrase_of(const std::string& path) {
  TRY(text, posix::read_secret_file(path));
  std::string_view line = text.view();
  while (line.ends_with('\n') || line.ends_with('\r')) line.remove_suffix(1);
  return crypto::Secret::of(line);
}

core::Status export_key(const CardKeyWishes& wishes) {
  TRY_STATUS(posix::harden_process());
  posix::Random random;
  TRY(keys, read_keys(card_keys_path(wishes.data, wishes.file)));
  TRY(passphrase, passphrase_of(wishes.passphrase_file));
  TRY(box, crypto::seal(keys.file_text(), passphrase, random));
  return write_secret(wishes.backup, box, false);
}

core::Status import_key(const CardKeyWishes& wishes) {
  TRY_STATUS(posix::harden_process());
  TRY(box, posix::read_secret_file(wishes.backup));
  TRY(passphrase, passphrase_of(wishes.passphrase_file));
  TRY(content, crypto::unseal(box.view(), passphrase));
  TRY(keys, door::CardKeys::parse(content.view()));
  return write_secret(card_keys_path(wishes.data, wishes.file), keys.file_text().view(), false);
}

core::Status print_keys(const CardKeyWishes& wishes) {
  TRY_STATUS(posix::harden_process());
  TRY(keys, read_keys(card_keys_path(wishes.data, wishes.file)));
  for (const door::CardKeys::Epoch& epoch : keys.epochs()) {
    std::printf("epoch %u  %-8s  made %s", epoch.number, std::string(name_of(epoch.state)).c_str(),
                core::format_time(epoch.created).c_str());
    if (epoch.state == door::CardKeys::State::previous)
      std::printf("  may be retired from %s on", core::format_time(epoch.overlap_until).c_str());
    std::printf("\n");
  }
  return {};
}

constexpr auto actions = std::to_array<CardKeyAction>({
    {"init", "makes the first key", false, false,
     [](const CardKeyWishes& wishes) {
       return done(init_key(wishes), "made epoch 1. Back it up now: `tillwatch admin key export`");
     }},
    {"rotate", "makes a new key; the present one stays for the overlap", true, false,
     [](const CardKeyWishes& wishes) {
       return done(rotate_key(wishes), "made a new epoch. Restart the server, and back the keys up");
     }},
    {"retire", "destroys the previous key after the overlap", false, false,
     [](const CardKeyWishes& wishes) { return done(retire_key(wishes), "retired. Restart the server"); }},
    {"list", "prints the epochs, without keys", false, false,
     [](const CardKeyWishes& wishes) {
       const core::Status status = print_keys(wishes);
       return status ? 0 : done(status, "");
     }},
    {"export", "writes a backup, sealed under a passphrase", false, true,
     [](const CardKeyWishes& wishes) { return done(export_key(wishes), "written"); }},
    {"import", "reads a backup into an installation that has no keys", false, true,
     [](const CardKeyWishes& wishes) { return done(import_key(wishes), "read"); }},
});

}  // namespace

std::span<const CardKeyAction> card_key_actions() {
  return actions;
}

}  // namespace tillwatch
