#include "sql/postgres_error.h"

#include <string>

#include "core/check.h"

namespace tillwatch::sql {
namespace {

using core::ErrorCode;

std::string field(const PGresult* result, int code) {
  const char* text = result == nullptr ? nullptr : PQresultErrorField(result, code);
  return text == nullptr ? "" : text;
}

core::Error constraint_error(const PGresult* result, std::string_view state) {
  if (state == "23503") {
    return {ErrorCode::conflict, "foreign_key",
            "a row that this one refers to is not there, or this one is still referred to"};
  }
  if (state == "23502") {
    return {ErrorCode::conflict, field(result, PG_DIAG_TABLE_NAME) + "." + field(result, PG_DIAG_COLUMN_NAME),
            "a value is missing"};
  }
  return {ErrorCode::conflict, field(result, PG_DIAG_CONSTRAINT_NAME),
          state == "23505" ? "there is such a row already" : "a rule of the table refuses this row"};
}

ErrorCode code_of(std::string_view state) {
  if (state == "40001" || state == "40P01" || state == "55P03" || state == "57014")
    return ErrorCode::unavailable;
  if (state == "42501" || state == "25006") return ErrorCode::denied;
  const std::string_view group = state.substr(0, 2);
  // 53100 is a full disk, 53200 memory: neither goes away by trying again.
  if (state == "53300" || group == "08" || group == "57") return ErrorCode::unavailable;
  if (group == "28") return ErrorCode::denied;
  if (group == "3D" || group == "3F") return ErrorCode::not_found;
  if (group == "22") return ErrorCode::invalid;
  if (group == "54") return ErrorCode::limit;
  if (group == "XX" && state != "XX000") return ErrorCode::corrupt;
  if (group == "0A") return ErrorCode::unsupported;
  return ErrorCode::io;
}

}  // namespace

core::Error postgres_error(PGconn* connection, const PGresult* result, std::string_view statement,
                           bool may_be_wrong) {
  const std::string state = field(result, PG_DIAG_SQLSTATE);
  std::string where = "postgres: " + std::string(statement.substr(0, 120));
  if (state.empty()) {
    // libpq itself speaks: the connection is gone.
    std::string detail = PQerrorMessage(connection);
    while (detail.ends_with('\n')) detail.pop_back();
    return {ErrorCode::unavailable, std::move(where), detail + ": try the whole transaction again"};
  }
  if (state.starts_with("23")) return constraint_error(result, state);
  const std::string detail = field(result, PG_DIAG_MESSAGE_PRIMARY) + " (" + state + ")";
  if (state.starts_with("42") && state != "42501") {
    if (!may_be_wrong)
      core::check_failed(__FILE__, __LINE__,
                         ("PostgreSQL: " + detail + ": " + std::string(statement)).c_str());
    return {ErrorCode::invalid, std::move(where), detail};
  }
  return {code_of(state), std::move(where), detail};
}

}  // namespace tillwatch::sql
