// Whether a connection is inside a transaction, and whether that is still good for anything. Called by both
// drivers, so that the engines behave alike: PostgreSQL refuses every statement after one that failed, SQLite
// would go on. Never talks to an engine.
#pragma once

#include <cstdint>

#include "core/check.h"
#include "core/error.h"

namespace tillwatch::sql {

class TransactionState {
 public:
  bool open() const { return state_ != State::none; }
  void opened() {
    CHECK(state_ == State::none);  // transactions do not nest
    state_ = State::good;
  }
  void closed() { state_ = State::none; }
  // A statement failed: what the transaction did so far is only good for rolling back.
  void failed() {
    if (state_ == State::good) state_ = State::failed;
  }
  // To be asked before each statement and before commit. Errors: conflict.
  core::Status usable() const {
    if (state_ != State::failed) return {};
    return core::fail(core::ErrorCode::conflict, "transaction",
                      "an earlier statement of this transaction failed: roll it back and begin again");
  }

 private:
  enum class State : std::uint8_t { none, good, failed };
  State state_ = State::none;
};

}  // namespace tillwatch::sql
