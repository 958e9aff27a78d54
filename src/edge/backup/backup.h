// A backup of the whole installation: journal, database and keys as they fit together, sealed in one file,
// made while the server runs; and the installation made from it again. Called by `tillwatch backup` and
// `restore`. Never writes into what it copies; never leaves a backup, or an installation, that is not whole.
//
// How they fit (docs/decisions, "A backup is cut where journal and database agree"): the database is copied
// first, as of one moment; then the journal, at least as far as the database has projected it, and not as far
// as an act that the copy of the database does not have; the keys last.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "core/error.h"
#include "core/strong.h"
#include "core/time.h"
#include "crypto/sealed_box.h"
#include "ports/random.h"

namespace tillwatch::backup {

struct Installation {
  std::string data;       // the data directory
  std::string database;   // as open_database() takes it; "" where there is none
  std::string card_keys;  // the key file where it lies elsewhere; "" for DATA/card-keys
};

// What a backup holds; also its first file, "manifest", as lines of "name value".
struct Manifest {
  core::TimeMs made_at = 0;
  core::Sequence journal_last;
  bool has_database = false;
  core::Sequence projected;   // how far the database has seen the journal
  std::int64_t last_act = 0;  // the newest act of the outbox
  std::uint64_t files = 0;    // not in the file "manifest"
  std::uint64_t bytes = 0;    // of the backup; not in the file "manifest"
};

// Writes the file `out`, which must not be there and not lie in the data directory. `database_copied`: called
// between both sides, for progress, and for tests of what happens meanwhile.
// Errors: invalid (passphrase, places), conflict (there already, another backup runs, the sides do not belong
// together), unavailable (try again), not_found, io, corrupt, as of the database.
core::Result<Manifest> make_backup(const Installation& from, const std::string& out,
                                   const crypto::Secret& passphrase, ports::Random& random, core::TimeMs now,
                                   crypto::SealCost cost = {},
                                   const std::function<void()>& database_copied = {});

// Makes `to.data`, which is not there or empty. The database of the backup goes into `to.database`: a SQLite
// file that is not there (in the data directory, or elsewhere) or an empty PostgreSQL, whichever of both it
// came from; it must be given where the backup has one. `to.card_keys`: where the key file goes.
// Errors: as above; denied (wrong passphrase, or altered).
core::Result<Manifest> restore_backup(const std::string& backup, const Installation& to,
                                      const crypto::Secret& passphrase, core::TimeMs now);

}  // namespace tillwatch::backup
