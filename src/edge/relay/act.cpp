#include "relay/act.h"

#include <fmt/format.h>

#include "core/bytes.h"
#include "core/office_limits.h"
#include "crypto/hash.h"
#include "payment/card_digits.h"

namespace tillwatch::relay {

namespace {

using core::ErrorCode;

core::Status check(const Act& act) {
  if (act.kind.empty()) return core::fail(ErrorCode::invalid, "act.kind", "an act has a kind");
  struct Bound {
    std::string_view where, text;
    std::size_t bytes_max;
  };
  for (const Bound& bound : {Bound{"act.kind", act.kind, core::limits::act_kind_bytes_max},
                             Bound{"act.actor", act.actor, core::limits::act_name_bytes_max},
                             Bound{"act.subject", act.subject, core::limits::act_name_bytes_max},
                             Bound{"act.detail", act.detail, core::limits::act_detail_bytes_max},
                             Bound{"act.reason", act.reason, core::limits::desk_text_bytes_max}})
    if (bound.text.size() > bound.bytes_max)
      return core::fail(ErrorCode::limit, std::string(bound.where),
                        fmt::format("is longer than {} bytes; tell less", bound.bytes_max));
  return {};
}

core::Result<std::int64_t> insert(sql::Connection& connection, const Act& act, std::string_view entry) {
  TRY(counted, connection.query("update outbox_counter set last = last + 1 where id = 1 returning last"));
  if (counted.empty())
    return core::fail(ErrorCode::corrupt, "outbox_counter", "its row is gone; restore the database");
  const std::int64_t number = counted[0].integer(0);
  const std::string digest = digest_of(act, entry);
  const sql::Parameter stored =
      entry.empty() ? sql::Parameter(std::monostate()) : sql::Parameter(sql::Octets{entry});
  TRY_STATUS(connection.execute(
      "insert into outbox (number, kind, actor, subject, detail, at, entry, digest)"
      " values ($1, $2, $3, $4, $5, $6, $7, $8)",
      {number, act.kind, act.actor, act.subject, act.detail, act.at, stored, std::string_view(digest)}));
  if (!act.reason.empty()) {
    // Whoever says why may have typed or pasted a card number: here is the one place that all reasons pass.
    const std::string reason = payment::masked_digit_runs(act.reason);
    TRY_STATUS(connection.execute("insert into outbox_reason (number, reason) values ($1, $2)",
                                  {number, std::string_view(reason)}));
  }
  return number;
}

}  // namespace

std::string digest_of(const Act& act, std::string_view entry) {
  core::Bytes bytes;
  core::ByteWriter writer(bytes);
  for (const std::string_view text : {act.kind, act.actor, act.subject}) writer.text(text);
  writer.i64(act.at);
  writer.text(act.detail);
  writer.text(entry);
  return crypto::to_hex(crypto::sha256(bytes));
}

core::Result<std::int64_t> append(sql::Connection& connection, const Act& act, core::Sabotage sabotage) {
  TRY_STATUS(check(act));
  core::Bytes entry;
  if (act.entry != nullptr) TRY_STATUS(act.entry->encode(entry));
  if (!sabotage.outbox_outside_transaction) return insert(connection, act, entry);
  // The caller's rows are committed before the act, and the act whatever becomes of the caller.
  TRY_STATUS(connection.execute("commit"));
  core::Result<std::int64_t> number = insert(connection, act, entry);
  TRY_STATUS(connection.execute("begin"));
  return number;
}

}  // namespace tillwatch::relay
