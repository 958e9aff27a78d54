#include "access/sealing.h"

#include <string>
#include <vector>

namespace tillwatch::access {
namespace {

struct Sealed {
  std::string_view table, column;
  std::string_view context_before, context_after;  // around the id
};
constexpr Sealed all[] = {{"access_account", "shown_name", "account:", ":shown_name"},
                          {"access_factor", "secret", "factor:", ":secret"}};

core::Status seal_anew(sql::Connection& connection, const crypto::DataKeys& keys, ports::Random& random,
                       const Sealed& what, const std::string& id) {
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

core::Status seal_anew(sql::Connection& connection, const crypto::DataKeys& keys, ports::Random& random) {
  for (const Sealed& what : all) {
    std::vector<std::string> ids;
    TRY_STATUS(connection.each("select id from " + std::string(what.table), {}, [&](const sql::Row& row) {
      ids.emplace_back(row.text(0));
      return true;
    }));
    for (const std::string& id : ids) TRY_STATUS(seal_anew(connection, keys, random, what, id));
  }
  return {};
}

}  // namespace tillwatch::access
