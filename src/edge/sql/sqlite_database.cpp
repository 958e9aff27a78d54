#include "sql/sqlite_database.h"

#include <sqlite3.h>

#include <filesystem>
#include <map>
#include <utility>

#include "core/check.h"
#include "posix/disk.h"
#include "sql/sqlite_error.h"
#include "sql/sqlite_statement.h"
#include "sql/transaction_state.h"

namespace tillwatch::sql {
namespace {

using core::ErrorCode;

constexpr std::size_t kept_statements_max = 256;

struct Closer {
  void operator()(sqlite3* connection) const { sqlite3_close(connection); }
};
using Handle = std::unique_ptr<sqlite3, Closer>;

class SqliteConnection final : public Connection {
 public:
  explicit SqliteConnection(Handle handle) : handle_(std::move(handle)) {}
  Dialect dialect() const override { return Dialect::sqlite; }

  core::Status copy_pages(sqlite3* to, const std::string& path) {
    CHECK(!state_.open());
    sqlite3_backup* backup = sqlite3_backup_init(to, "main", handle_.get(), "main");
    if (backup == nullptr) return std::unexpected(sqlite_error(to, sqlite3_errcode(to), path));
    // All in one step, under one read lock: writers go on, and the copy is of one moment.
    sqlite3_backup_step(backup, -1);
    const int code = sqlite3_backup_finish(backup);
    if (code != SQLITE_OK) return std::unexpected(sqlite_error(to, code, path));
    return {};
  }

  using Connection::execute;
  core::Result<std::int64_t> execute(std::string_view text, std::span<const Parameter> parameters) override {
    const std::int64_t before = sqlite3_total_changes64(handle_.get());
    TRY_STATUS(run(text, parameters, nullptr));
    // Where nothing was changed sqlite3_changes64 still speaks of an earlier statement.
    return sqlite3_total_changes64(handle_.get()) == before ? 0 : sqlite3_changes64(handle_.get());
  }

  core::Status each(std::string_view text, std::span<const Parameter> parameters,
                    const std::function<bool(const Row&)>& take) override {
    return run(text, parameters, &take);
  }

  core::Status script(std::string_view statements) override {
    TRY_STATUS(state_.usable());
    const std::string text(statements);
    const int code = sqlite3_exec(handle_.get(), text.c_str(), nullptr, nullptr, nullptr);
    if (code == SQLITE_OK) return {};
    core::Error error = failed(code, text);
    if (code == SQLITE_ERROR) error.code = ErrorCode::invalid;
    return std::unexpected(std::move(error));
  }

 protected:
  core::Status begin(Access access) override {
    CHECK(!state_.open());
    TRY_STATUS(run(access == Access::write ? "begin immediate" : "begin", {}, nullptr));
    state_.opened();
    if (access == Access::write) return {};
    // The view is fixed by the first read: now, not at the caller's.
    core::Status viewed = run("pragma query_only = on", {}, nullptr);
    if (viewed) viewed = run("select 1 from sqlite_schema limit 1", {}, nullptr);
    if (!viewed) roll_back();
    return viewed;
  }

  core::Status commit() override {
    core::Status done = state_.usable();
    if (done) done = run("commit", {}, nullptr);
    if (!done)
      roll_back();
    else
      over();
    return done;
  }

  void roll_back() noexcept override {
    // Some errors have rolled back already.
    if (sqlite3_get_autocommit(handle_.get()) == 0)
      sqlite3_exec(handle_.get(), "rollback", nullptr, nullptr, nullptr);
    over();
  }

 private:
  struct Kept {
    std::unique_ptr<SqliteStatement> statement;
    std::uint64_t used = 0;
  };

  void over() noexcept {
    state_.closed();
    sqlite3_exec(handle_.get(), "pragma query_only = off", nullptr, nullptr, nullptr);
  }

  core::Error failed(int code, std::string_view text) {
    state_.failed();
    return sqlite_error(handle_.get(), code, text);
  }

  core::Status run(std::string_view text, std::span<const Parameter> parameters,
                   const std::function<bool(const Row&)>* take) {
    TRY_STATUS(state_.usable());
    // A statement that is being read by an outer call stays with it: the inner one gets its own.
    Kept* kept = &kept_statement(text);
    std::unique_ptr<SqliteStatement> own;
    if (kept->statement->busy()) own = std::make_unique<SqliteStatement>(handle_.get(), text);
    SqliteStatement& statement = own ? *own : *kept->statement;
    core::Status done = statement.bind(parameters);
    if (!done) state_.failed();
    int code = SQLITE_OK;
    while (done && (code = statement.step()) == SQLITE_ROW && (take == nullptr || (*take)(statement))) {
    }
    if (done && code != SQLITE_ROW && code != SQLITE_DONE) done = std::unexpected(failed(code, text));
    statement.reset();
    return done;
  }

  Kept& kept_statement(std::string_view text) {
    auto found = kept_.find(text);
    if (found == kept_.end()) {
      if (kept_.size() >= kept_statements_max) forget_oldest();
      found = kept_.emplace(std::string(text), Kept{std::make_unique<SqliteStatement>(handle_.get(), text)})
                  .first;
    }
    found->second.used = ++uses_;
    return found->second;
  }

  void forget_oldest() {
    auto oldest = kept_.end();
    for (auto one = kept_.begin(); one != kept_.end(); ++one) {
      if (!one->second.statement->busy() && (oldest == kept_.end() || one->second.used < oldest->second.used))
        oldest = one;
    }
    if (oldest != kept_.end()) kept_.erase(oldest);
  }

  Handle handle_;
  std::map<std::string, Kept, std::less<>> kept_;  // destroyed before the handle
  std::uint64_t uses_ = 0;
  TransactionState state_;
};

// What each connection is set to. WAL with synchronous=FULL syncs at each commit; the rest makes SQLite as
// strict as PostgreSQL, and distrustful of a file that somebody else may have written.
constexpr const char* settings =
    "pragma journal_mode = wal;"
    "pragma synchronous = full;"
    "pragma foreign_keys = on;"
    "pragma trusted_schema = off;"
    "pragma case_sensitive_like = on;"
    "pragma temp_store = memory;"
    "pragma cache_size = -32768;";

class SqliteDatabase final : public Database {
 public:
  explicit SqliteDatabase(std::string path) : path_(std::move(path)) {}
  Dialect dialect() const override { return Dialect::sqlite; }

  core::Result<std::unique_ptr<Connection>> connect() override {
    sqlite3* raw = nullptr;
    const int opened = sqlite3_open_v2(
        path_.c_str(), &raw, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nullptr);
    Handle handle(raw);
    CHECK(raw != nullptr);
    if (opened != SQLITE_OK) return std::unexpected(at_path(sqlite_error(raw, opened, "")));
    sqlite3_busy_timeout(raw, lock_wait_ms);
    for (const int option : {SQLITE_DBCONFIG_DQS_DML, SQLITE_DBCONFIG_DQS_DDL})
      sqlite3_db_config(raw, option, 0, nullptr);  // "x" is a name, never a text
    sqlite3_db_config(raw, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    const int set = sqlite3_exec(raw, settings, nullptr, nullptr, nullptr);
    if (set != SQLITE_OK) return std::unexpected(at_path(sqlite_error(raw, set, "")));
    return std::make_unique<SqliteConnection>(std::move(handle));
  }

 private:
  core::Error at_path(core::Error error) const {
    error.where = path_;
    return error;
  }
  std::string path_;
};

core::Result<std::unique_ptr<posix::Disk>> folder_of(const std::filesystem::path& path) {
  return posix::Disk::open_root(path.has_parent_path() ? path.parent_path().string() : ".");
}

// SQLite would make the file with the rights of the umask.
core::Status make_file(const std::filesystem::path& path) {
  TRY(disk, folder_of(path));
  TRY(present, disk->exists(path.filename().string()));
  if (!present) {
    TRY_STATUS(disk->open(path.filename().string(), ports::OpenMode::create));
    return {};
  }
  std::error_code error;
  const auto rights = std::filesystem::status(path, error).permissions();
  constexpr auto others = std::filesystem::perms::group_all | std::filesystem::perms::others_all;
  if (error) return core::fail(ErrorCode::io, path.string(), "stat failed: " + error.message());
  if ((rights & others) != std::filesystem::perms::none)
    return core::fail(ErrorCode::denied, path.string(), "other users may read or write it: chmod 600");
  return {};
}

}  // namespace

core::Result<std::unique_ptr<Database>> open_sqlite(std::string path) {
  if (path.empty() || path.ends_with('/'))
    return core::fail(ErrorCode::invalid, "database", "sqlite: names no file: write sqlite:PATH");
  TRY_STATUS(make_file(path));
  return std::make_unique<SqliteDatabase>(std::move(path));
}

core::Result<bool> sqlite_file_exists(const std::string& path) {
  TRY(disk, folder_of(path));
  return disk->exists(std::filesystem::path(path).filename().string());
}

core::Status copy_sqlite_pages(Connection& from, const std::string& path) {
  CHECK(from.dialect() == Dialect::sqlite);
  TRY_STATUS(make_file(path));
  sqlite3* raw = nullptr;
  const int opened = sqlite3_open_v2(
      path.c_str(), &raw, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nullptr);
  const Handle to(raw);
  CHECK(raw != nullptr);
  if (opened != SQLITE_OK) return std::unexpected(sqlite_error(raw, opened, path));
  return static_cast<SqliteConnection&>(from).copy_pages(raw, path);
}

}  // namespace tillwatch::sql
