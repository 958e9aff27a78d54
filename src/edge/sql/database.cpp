#include "sql/database.h"

#include <utility>

#include "core/check.h"
#include "sql/postgres_database.h"
#include "sql/sqlite_database.h"

namespace tillwatch::sql {
namespace {

// A row of its own, copied out of the engine's.
class KeptRow final : public Row {
 public:
  explicit KeptRow(const Row& row) {
    cells_.reserve(row.size());
    for (std::size_t i = 0; i < row.size(); ++i) cells_.push_back(cell_of(row, i));
  }
  std::size_t size() const override { return cells_.size(); }
  Type type(std::size_t column) const override { return cell(column).type; }
  std::int64_t integer(std::size_t column) const override {
    CHECK(type(column) == Type::integer || type(column) == Type::null);
    return cell(column).integer;
  }
  double decimal(std::size_t column) const override {
    const Cell& one = cell(column);
    CHECK(one.type != Type::text && one.type != Type::octets);
    return one.type == Type::decimal ? one.decimal : static_cast<double>(one.integer);
  }
  std::string_view text(std::size_t column) const override {
    CHECK(type(column) != Type::integer && type(column) != Type::decimal);
    return cell(column).text;
  }

 private:
  struct Cell {
    Type type = Type::null;
    std::int64_t integer = 0;
    double decimal = 0;
    std::string text;
  };
  static Cell cell_of(const Row& row, std::size_t column) {
    Cell cell{.type = row.type(column), .text = {}};
    if (cell.type == Type::integer) cell.integer = row.integer(column);
    if (cell.type == Type::decimal) cell.decimal = row.decimal(column);
    if (cell.type == Type::text || cell.type == Type::octets) cell.text = row.text(column);
    return cell;
  }
  const Cell& cell(std::size_t column) const {
    CHECK(column < cells_.size());
    return cells_[column];
  }
  std::vector<Cell> cells_;
};

}  // namespace

void Table::add(const Row& row) {
  rows_.push_back(std::make_unique<KeptRow>(row));
}

const Row& Table::operator[](std::size_t index) const {
  CHECK(index < rows_.size());
  return *rows_[index];
}

core::Result<Table> Connection::query(std::string_view statement, std::span<const Parameter> parameters,
                                      std::size_t rows_max) {
  Table table;
  bool more = false;
  TRY_STATUS(each(statement, parameters, [&](const Row& row) {
    more = table.size() == rows_max;
    if (!more) table.add(row);
    return !more;
  }));
  if (more) {
    return core::fail(core::ErrorCode::limit, std::string(statement.substr(0, 120)),
                      "more than " + std::to_string(rows_max) + " rows: ask for a page");
  }
  return table;
}

core::Result<Table> Connection::query(std::string_view statement, std::initializer_list<Parameter> parameters,
                                      std::size_t rows_max) {
  return query(statement, std::span(parameters.begin(), parameters.size()), rows_max);
}

core::Result<std::int64_t> Connection::execute_rows(std::string_view statement, std::size_t columns,
                                                    std::span<const Parameter> values) {
  CHECK(columns > 0 && values.size() % columns == 0);
  std::int64_t rows = 0;
  for (; !values.empty(); values = values.subspan(columns)) {
    TRY(done, execute(statement, values.first(columns)));
    rows += done;
  }
  return rows;
}

core::Result<Transaction> Transaction::begin(Connection& connection) {
  TRY_STATUS(connection.begin(Connection::Access::write));
  return Transaction(connection);
}

core::Result<Transaction> Transaction::begin_read(Connection& connection) {
  TRY_STATUS(connection.begin(Connection::Access::read));
  return Transaction(connection);
}

Transaction::Transaction(Transaction&& other) noexcept
    : connection_(std::exchange(other.connection_, nullptr)) {}

Transaction::~Transaction() {
  if (connection_ != nullptr) connection_->roll_back();
}

core::Status Transaction::commit() {
  CHECK(connection_ != nullptr);  // committed once
  return std::exchange(connection_, nullptr)->commit();
}

core::Result<std::unique_ptr<Database>> open_database(const std::string& url) {
  constexpr std::string_view sqlite = "sqlite:";
  if (url.starts_with(sqlite)) return open_sqlite(url.substr(sqlite.size()));
  if (url.starts_with("postgres://") || url.starts_with("postgresql://")) return open_postgres(url);
  // The text is not repeated: it may hold a password.
  return core::fail(core::ErrorCode::invalid, "database",
                    "neither sqlite:PATH nor postgres://USER@HOST/NAME: say which database to use");
}

}  // namespace tillwatch::sql
