#include "verify_command.h"

#include <fmt/format.h>

#include <cstdio>
#include <optional>
#include <string>

#include "command_line.h"
#include "core/limits.h"
#include "crypto/hash.h"
#include "installation.h"
#include "pipeline/verification.h"
#include "posix/disk.h"

namespace tillwatch {

int verify_command(int argc, char** argv) {
  CommandLine app(
      "Step the journal of a data directory again and compare every decision with the stored one.",
      "tillwatch verify");
  std::string data;
  app.add_option("--data", data, "the data directory; the server must be stopped").required();
  if (const std::optional<int> code = app.parse(argc, argv)) return *code;
  const auto disk = posix::Disk::open_root(data);
  if (!disk) {
    fmt::print(stderr, "tillwatch verify: {}\n", disk.error().to_string());
    return 1;
  }
  const auto result = pipeline::verify(**disk, record_folder, core::limits::event_time_past_ms_max);
  if (!result) {
    fmt::print(stderr, "tillwatch verify: {}\n", result.error().to_string());
    return 1;
  }
  fmt::print("entries {}\ndecisions {}\nhash {}\n", result->entries, result->decisions,
             crypto::to_hex(result->hash));
  if (result->mismatches == 0) {
    fmt::print("every decision is the same when it is made again\n");
    return 0;
  }
  fmt::print("{} decisions differ, the first at entry {}\n", result->mismatches,
             result->first_mismatch.value);
  return 1;
}

}  // namespace tillwatch
