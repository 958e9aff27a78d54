// Which index leads a search for decisions, and the sequences it gives. Called by decision_search.cpp only.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "relay/eras.h"
#include "sql/database.h"

namespace tillwatch::desk {

struct Sequences {
  std::vector<std::int64_t> newest_first;
  bool last = false;  // there are no more in the span
};

class DecisionDriver {
 public:
  enum class Kind : std::uint8_t { all, column, by_era, listed };

  static DecisionDriver all();
  // `column` of the table decision, with an index; or of decision_hit.
  static DecisionDriver column(std::string_view column, std::int64_t value);
  static DecisionDriver column(std::string_view column, std::string value);
  static DecisionDriver hit(std::string_view column, std::string value);
  // Few enough that each can be asked.
  static DecisionDriver merchants(std::vector<std::string> numbers);
  // In any order.
  static DecisionDriver listed(std::vector<std::int64_t> sequences);

  // About `count` of the span. Errors: those of the database.
  core::Result<Sequences> next(sql::Connection& connection, relay::SequenceSpan span,
                               std::size_t count) const;
  Kind kind() const { return kind_; }

 private:
  explicit DecisionDriver(Kind kind) : kind_(kind) {}
  core::Result<Sequences> of_eras(sql::Connection& connection, relay::SequenceSpan span,
                                  std::size_t count) const;
  core::Status add_of_era(sql::Connection& connection, relay::SequenceSpan span, std::int64_t era,
                          std::size_t count, std::vector<std::int64_t>& to) const;

  Kind kind_;
  std::string statement_;
  std::int64_t number_ = 0;
  bool numeric_ = false;
  std::vector<std::string> texts_;
  std::vector<std::int64_t> sequences_;  // the newest first
};

}  // namespace tillwatch::desk
