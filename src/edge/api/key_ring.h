// The file of API keys as the running server sees it: read at start, again on SIGHUP, and whenever it has
// changed (looked at once a second); and, beside them, the keys that people made at the desk. Called by
// ApiHandler. Never writes; keeps the last good keys where the file cannot be read, and says so once.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "api/api_keys.h"
#include "core/time.h"
#include "ports/disk.h"

namespace tillwatch::api {

class KeyRing {
 public:
  static constexpr std::string_view file_name = "api-keys";
  static constexpr core::DurationMs look_every_ms = 1000;
  // Told what a reading found: the number of keys, or an error.
  using Report = std::function<void(const core::Result<std::size_t>&)>;

  // `disk` must outlive the ring.
  KeyRing(ports::Disk& disk, std::string path, Report report);

  // Reads the file now; a missing file is no keys. Errors: io, invalid.
  core::Status read();
  // Reads it where a second has passed since the last look. `now_ms`: monotonic.
  void look(std::int64_t now_ms);

  // The keys of the database, all of them; they replace those that were given before.
  void take_over(std::vector<ApiKey> keys) { others_ = ApiKeys::of(std::move(keys)); }

  const ApiKey* authenticate(std::string_view secret, core::TimeMs now) const {
    const ApiKey* key = keys_.authenticate(secret, now);
    return key != nullptr ? key : others_.authenticate(secret, now);
  }
  std::size_t live(core::TimeMs now) const;

 private:
  ports::Disk& disk_;
  std::string path_;
  Report report_;
  ApiKeys keys_, others_;  // of the file; of the database
  std::string last_text_;
  std::int64_t looked_ms_ = 0;
  bool unreadable_ = false;  // said already
};

// Writes the keys beside `path` and puts the file in place in one step; durable on return. Errors: io.
core::Status write_keys(ports::Disk& disk, const std::string& path, const ApiKeys& keys);
// A missing file is no keys. Errors: io, invalid.
core::Result<ApiKeys> read_keys(ports::Disk& disk, const std::string& path);

}  // namespace tillwatch::api
