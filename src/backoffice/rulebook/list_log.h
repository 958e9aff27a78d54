// Puts what others than people at the desk did to lists (list_change by an API key, from a file) beside the
// desk's own items, so that the desk shows all that stands. Called by the projector as a projection, in its
// transaction. Never tells the engine anything: it knows.
#pragma once

#include "core/error.h"
#include "relay/projector.h"
#include "sql/database.h"

namespace tillwatch::rulebook {

class ListLog final : public relay::Projection {
 public:
  core::Status project(sql::Connection& connection, const relay::ProjectedRecord& record) override;
};

}  // namespace tillwatch::rulebook
