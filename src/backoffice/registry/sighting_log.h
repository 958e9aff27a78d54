// Notes for each projected transaction which merchants and terminals nobody has registered (seen.h). Called
// by the projector. Keeps what it found registered in memory for a while, because nearly all is.
#pragma once

#include <cstddef>
#include <string>
#include <unordered_set>
#include <vector>

#include "core/error.h"
#include "core/time.h"
#include "relay/projector.h"
#include "sql/database.h"

namespace tillwatch::registry {

class SightingLog final : public relay::Projection {
 public:
  core::Status project(sql::Connection& connection, const relay::ProjectedRecord& record) override;
  void begin() override { strangers_.clear(); }
  core::Status finish(sql::Connection& connection) override;

 private:
  struct Stranger {
    core::TimeMs at = 0;
    std::string merchant, terminal, agent;
  };
  std::vector<Stranger> strangers_;                        // of the present transaction
  std::unordered_set<std::string> merchants_, terminals_;  // registered, as of the last `records_` records
  std::size_t records_ = 0;
};

}  // namespace tillwatch::registry
