#include "sql/sqlite_statement.h"

#include <string>

#include "core/check.h"

namespace tillwatch::sql {
namespace {

sqlite3_stmt* prepare(sqlite3* connection, std::string_view text) {
  sqlite3_stmt* statement = nullptr;
  const char* rest = nullptr;
  const int code = sqlite3_prepare_v3(connection, text.data(), static_cast<int>(text.size()),
                                      SQLITE_PREPARE_PERSISTENT, &statement, &rest);
  if (code != SQLITE_OK) {
    core::check_failed(
        __FILE__, __LINE__,
        (std::string("SQLite: ") + sqlite3_errmsg(connection) + ": " + std::string(text)).c_str());
  }
  CHECK(statement != nullptr);
  const std::string_view left(rest, static_cast<std::size_t>(text.data() + text.size() - rest));
  CHECK(left.find_first_not_of(" \n\t;") == std::string_view::npos);  // one statement
  return statement;
}

}  // namespace

SqliteStatement::SqliteStatement(sqlite3* connection, std::string_view text)
    : statement_(prepare(connection, text), &sqlite3_finalize) {
  const int count = sqlite3_bind_parameter_count(statement_.get());
  for (int i = 1; i <= count; ++i) {
    places_.push_back(sqlite3_bind_parameter_index(statement_.get(), ("$" + std::to_string(i)).c_str()));
    CHECK(places_.back() > 0);
  }
}

core::Status SqliteStatement::bind(std::span<const Parameter> parameters) {
  sqlite3_stmt* statement = statement_.get();
  CHECK(places_.size() == parameters.size());
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    const int index = places_[i];
    int code = SQLITE_OK;
    if (const auto* whole = std::get_if<std::int64_t>(&parameters[i])) {
      code = sqlite3_bind_int64(statement, index, *whole);
    } else if (const auto* decimal = std::get_if<double>(&parameters[i])) {
      code = sqlite3_bind_double(statement, index, *decimal);
    } else if (const auto* text = std::get_if<std::string_view>(&parameters[i])) {
      if (text->find('\0') != std::string_view::npos)
        return core::fail(core::ErrorCode::invalid, "$" + std::to_string(i + 1),
                          "a text with a NUL character cannot be stored");
      // An empty view may have no address, which SQLite would take for NULL.
      code = sqlite3_bind_text64(statement, index, text->empty() ? "" : text->data(), text->size(),
                                 SQLITE_STATIC, SQLITE_UTF8);
    } else if (const auto* octets = std::get_if<Octets>(&parameters[i])) {
      code = sqlite3_bind_blob64(statement, index, octets->bytes.empty() ? "" : octets->bytes.data(),
                                 octets->bytes.size(), SQLITE_STATIC);
    } else {
      code = sqlite3_bind_null(statement, index);
    }
    if (code == SQLITE_TOOBIG)
      return core::fail(core::ErrorCode::limit, "$" + std::to_string(i + 1),
                        "the value is too long for the database");
    CHECK(code == SQLITE_OK);
  }
  return {};
}

void SqliteStatement::reset() {
  sqlite3_reset(statement_.get());  // repeats the error of the last step, which was seen
  sqlite3_clear_bindings(statement_.get());
}

Type SqliteStatement::type(std::size_t column) const {
  CHECK(column < size());
  switch (sqlite3_column_type(statement_.get(), static_cast<int>(column))) {
    case SQLITE_INTEGER:
      return Type::integer;
    case SQLITE_FLOAT:
      return Type::decimal;
    case SQLITE_TEXT:
      return Type::text;
    case SQLITE_BLOB:
      return Type::octets;
    default:
      return Type::null;
  }
}

std::int64_t SqliteStatement::integer(std::size_t column) const {
  const Type found = type(column);
  CHECK(found == Type::integer || found == Type::null);
  return sqlite3_column_int64(statement_.get(), static_cast<int>(column));
}

double SqliteStatement::decimal(std::size_t column) const {
  const Type found = type(column);
  CHECK(found != Type::text && found != Type::octets);
  return sqlite3_column_double(statement_.get(), static_cast<int>(column));
}

std::string_view SqliteStatement::text(std::size_t column) const {
  const Type found = type(column);
  CHECK(found != Type::integer && found != Type::decimal);
  const void* bytes = sqlite3_column_blob(statement_.get(), static_cast<int>(column));
  const int length = sqlite3_column_bytes(statement_.get(), static_cast<int>(column));
  return bytes == nullptr
             ? std::string_view()
             : std::string_view(static_cast<const char*>(bytes), static_cast<std::size_t>(length));
}

}  // namespace tillwatch::sql
