// Named time zones from the system's compiled zone files (RFC 8536). Called by `tillwatch cel` only: policies
// use fixed offsets, so that a decision never depends on a machine's zone data.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "cel/run.h"

namespace tillwatch {

class ZoneFiles final : public cel::Zones {
 public:
  explicit ZoneFiles(std::string folder = "/usr/share/zoneinfo") : folder_(std::move(folder)) {}
  std::optional<std::int32_t> offset_at(std::string_view zone, std::int64_t seconds) override;

 private:
  struct Zone {
    std::vector<std::int64_t> changes;  // when the offset changes, ascending, seconds since 1970
    std::vector<std::int32_t> offsets;  // from each change on
    std::int32_t before = 0;            // until the first change
    std::string rule;                   // POSIX TZ text for times after the last change; may be empty
  };
  static std::optional<Zone> read(const std::string& path);
  std::string folder_;
  std::map<std::string, std::optional<Zone>, std::less<>> zones_;
};

// The offset that a POSIX TZ rule such as "EST5EDT,M3.2.0,M11.1.0" gives at this time; nullopt where it is
// not one.
std::optional<std::int32_t> offset_by_rule(std::string_view rule, std::int64_t seconds);

}  // namespace tillwatch
