// Values on their way to PostgreSQL and back: parameters in the binary form of their type, rows in the text
// form that the server gives. Called by the PostgreSQL driver only. Never guesses a type: what is bound says
// it.
#pragma once

#include <libpq-fe.h>

#include <array>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sql/database.h"

namespace tillwatch::sql {

struct ResultFree {
  void operator()(PGresult* result) const { PQclear(result); }
};
using PostgresResult = std::unique_ptr<PGresult, ResultFree>;

// The arrays that libpq wants. Borrows what the parameters borrow.
class PostgresParameters {
 public:
  // Errors: invalid (a text with NUL).
  static core::Result<PostgresParameters> of(std::span<const Parameter> parameters);

  int size() const { return static_cast<int>(types_.size()); }
  const Oid* types() const { return types_.data(); }
  const char* const* values() const { return values_.data(); }
  const int* lengths() const { return lengths_.data(); }
  const int* formats() const { return formats_.data(); }
  const std::vector<bool>& nulls() const { return nulls_; }
  // One letter a parameter: statements of other types are other statements.
  const std::string& signature() const { return signature_; }

 private:
  void add(Oid type, char letter, const char* value, std::size_t length);
  std::vector<Oid> types_;
  std::vector<const char*> values_;
  std::vector<int> lengths_, formats_;
  std::vector<bool> nulls_;
  std::string signature_;
  std::vector<std::array<char, 8>> numbers_;  // reserved beforehand: values_ point into it
};

// One row of a result that is held in memory.
class PostgresRow final : public Row {
 public:
  PostgresRow(const PGresult* result, int row);
  std::size_t size() const override { return columns_; }
  Type type(std::size_t column) const override;
  std::int64_t integer(std::size_t column) const override;
  double decimal(std::size_t column) const override;
  std::string_view text(std::size_t column) const override;

 private:
  std::string_view raw(std::size_t column) const;
  const PGresult* result_;
  int row_;
  std::size_t columns_;
  mutable std::vector<std::string> octets_;  // decoded once, on demand
};

}  // namespace tillwatch::sql
