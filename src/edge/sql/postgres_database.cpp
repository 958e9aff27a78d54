#include "sql/postgres_database.h"

#include <algorithm>
#include <cstring>
#include <vector>

#include "core/check.h"
#include "sql/postgres_connection.h"
#include "sql/postgres_error.h"

namespace tillwatch::sql {
namespace {

using core::ErrorCode;

struct Option {
  std::string name, value;
};

bool is_elsewhere(const std::string& host) {
  return !host.empty() && !host.starts_with('/') && host != "localhost" && host != "::1" &&
         !host.starts_with("127.");
}

class PostgresDatabase final : public Database {
 public:
  explicit PostgresDatabase(std::vector<Option> options) : options_(std::move(options)) {}
  Dialect dialect() const override { return Dialect::postgres; }

  core::Result<std::unique_ptr<Connection>> connect() override {
    std::vector<const char*> names, values;
    for (const Option& one : options_) {
      names.push_back(one.name.c_str());
      values.push_back(one.value.c_str());
    }
    names.push_back(nullptr);
    values.push_back(nullptr);
    PostgresHandle handle(PQconnectdbParams(names.data(), values.data(), 0));
    CHECK(handle != nullptr);
    if (PQstatus(handle.get()) != CONNECTION_OK) return std::unexpected(refused(handle.get()));
    // Notices would go to standard error.
    PQsetNoticeReceiver(handle.get(), [](void*, const PGresult*) {}, nullptr);
    if (PQserverVersion(handle.get()) < 150000) {
      return core::fail(ErrorCode::unsupported, "postgres",
                        "the server is older than PostgreSQL 15: use a newer one");
    }
    auto connection = std::make_unique<PostgresConnection>(std::move(handle));
    TRY_STATUS(connection->set_up());
    return connection;
  }

 private:
  // Before a session there is no SQLSTATE, only libpq's sentence.
  core::Error refused(PGconn* connection) const {
    core::Error error = postgres_error(connection, nullptr, "connect");
    error.detail = PQerrorMessage(connection);
    std::replace(error.detail.begin(), error.detail.end(), '\n', ' ');
    while (error.detail.ends_with(' ')) error.detail.pop_back();
    for (const Option& one : options_) {
      if (one.name != "password" || one.value.empty()) continue;
      for (std::size_t at = 0; (at = error.detail.find(one.value, at)) != std::string::npos;)
        error.detail.replace(at, one.value.size(), "***");
    }
    if (PQconnectionNeedsPassword(connection) != 0 || PQconnectionUsedPassword(connection) != 0)
      error.code = ErrorCode::denied;
    return error;
  }
  std::vector<Option> options_;  // as the URI and we say
};

}  // namespace

core::Result<std::unique_ptr<Database>> open_postgres(std::string uri) {
  char* message = nullptr;
  const std::unique_ptr<PQconninfoOption, void (*)(PQconninfoOption*)> parsed(
      PQconninfoParse(uri.c_str(), &message), &PQconninfoFree);
  if (message != nullptr) PQfreemem(message);  // it may repeat a part of the URI, the password too
  if (parsed == nullptr) {
    return core::fail(ErrorCode::invalid, "database",
                      "not a URI that libpq reads: postgres://USER@HOST:PORT/NAME?OPTION=VALUE, with special "
                      "characters as %XX");
  }
  std::vector<Option> options{{"client_encoding", "UTF8"}};
  std::string host;
  bool says_tls = false, says_time = false, says_name = false;
  for (const PQconninfoOption* one = parsed.get(); one->keyword != nullptr; ++one) {
    if (one->val == nullptr || std::strcmp(one->keyword, "client_encoding") == 0) continue;
    options.push_back({one->keyword, one->val});
    const std::string_view name = one->keyword;
    if (name == "host" || name == "hostaddr") host = one->val;
    says_tls |= name == "sslmode";
    says_time |= name == "connect_timeout";
    says_name |= name == "application_name";
  }
  if (!says_tls && is_elsewhere(host)) options.push_back({"sslmode", "require"});
  if (!says_time) options.push_back({"connect_timeout", "10"});
  if (!says_name) options.push_back({"application_name", "tillwatch"});
  return std::make_unique<PostgresDatabase>(std::move(options));
}

}  // namespace tillwatch::sql
