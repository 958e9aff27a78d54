// Notes for each projected transaction which merchants and terminals nobody has registered (seen.h). Called
// by the projector. Keeps what it found registered in memory for a while, because nearly all is.
#pragma once

#include <cstddef>
#include <string>
#include <unordered_set>

#include "core/error.h"
#include "relay/projector.h"
#include "sql/database.h"

namespace tillwatch::registry {

class SightingLog final : public relay::Projection {
 public:
  core::Status project(sql::Connection& connection, const relay::ProjectedRecord& record) override;

 private:
  core::Result<bool> known(sql::Connection& connection, std::unordered_set<std::string>& seen,
                           std::string_view statement, std::string_view id);

  std::unordered_set<std::string> merchants_, terminals_;  // registered, as of the last `records_` records
  std::size_t records_ = 0;
};

}  // namespace tillwatch::registry
