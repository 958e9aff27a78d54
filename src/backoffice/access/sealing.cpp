#include "access/sealing.h"

#include <string>
#include <vector>

namespace tillwatch::access {
namespace {

constexpr SealedColumn all[] = {{"access_account", "shown_name", "account:", ":shown_name"},
                                {"access_factor", "secret", "factor:", ":secret"}};

core::Status seal_row_anew(sql::Connection& connection, const crypto::DataKeys& keys, ports::Random& random,
                           const SealedColumn& what, const std::string& id) {
  const std::string table(what.table), column(what.column);
  TRY(transaction, sql::Transaction::begin(connection));
  TRY(rows, connection.query("select " + column + " from " + table + " where id = $1", {id}));
  if (rows.empty() || crypto::DataKeys::key_of(rows[0].text(0)) == keys.current()) return {};
  const std::string context = std::string(what.context_before) + id + std::string(what.context_after);
  TRY(content, keys.open(rows[0].text(0), context));
  const std::string box = keys.seal(content, context, random);
  TRY_STATUS(connection.execute("update " + table + " set " + column + " = $1 where id = $2",
                                {sql::Octets{box}, id}));
  return transaction.commit();
}

}  // namespace

core::Status seal_column_anew(sql::Connection& connection, const crypto::DataKeys& keys,
                              ports::Random& random, const SealedColumn& what) {
  std::vector<std::string> ids;
  const std::string statement =
      "select id from " + std::string(what.table) + " where " + std::string(what.column) + " is not null";
  TRY_STATUS(connection.each(statement, {}, [&](const sql::Row& row) {
    ids.emplace_back(row.text(0));
    return true;
  }));
  for (const std::string& id : ids) TRY_STATUS(seal_row_anew(connection, keys, random, what, id));
  return {};
}

core::Status seal_anew(sql::Connection& connection, const crypto::DataKeys& keys, ports::Random& random) {
  for (const SealedColumn& what : all) TRY_STATUS(seal_column_anew(connection, keys, random, what));
  return {};
}

}  // namespace tillwatch::access
