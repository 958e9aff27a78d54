#include "relay/outbox.h"

#include <fmt/format.h>

#include <array>
#include <cstddef>

#include "crypto/hash.h"

namespace tillwatch::relay {

using core::ErrorCode;

core::Result<std::string> database_epoch(sql::Connection& connection, ports::Random& random) {
  std::array<std::byte, 16> drawn{};
  random.fill(drawn);
  std::array<unsigned char, 16> octets{};
  for (std::size_t i = 0; i < octets.size(); ++i) octets[i] = std::to_integer<unsigned char>(drawn[i]);
  const std::string fresh = crypto::to_hex(octets);
  TRY_STATUS(connection.execute("update outbox_counter set epoch = $1 where id = 1 and epoch = ''",
                                {std::string_view(fresh)}));
  TRY(kept, connection.query("select epoch from outbox_counter where id = 1"));
  if (kept.empty())
    return core::fail(ErrorCode::corrupt, "outbox_counter", "its row is gone; restore the database");
  return std::string(kept[0].text(0));
}

core::Result<std::int64_t> last_act(sql::Connection& connection) {
  TRY(rows, connection.query("select last from outbox_counter where id = 1"));
  if (rows.empty())
    return core::fail(ErrorCode::corrupt, "outbox_counter", "its row is gone; restore the database");
  return rows[0].integer(0);
}

core::Result<std::vector<pipeline::ActSubmission>> acts_after(sql::Connection& connection,
                                                              const std::string& epoch, std::int64_t after,
                                                              std::size_t count) {
  std::vector<pipeline::ActSubmission> acts;
  const std::array<sql::Parameter, 2> parameters{after, static_cast<std::int64_t>(count)};
  TRY_STATUS(connection.each(
      "select number, kind, actor, subject, digest, at, entry from outbox where number > $1"
      " order by number limit $2",
      parameters, [&](const sql::Row& row) {
        acts.push_back({epoch, row.integer(0), std::string(row.text(1)), std::string(row.text(2)),
                        std::string(row.text(3)), std::string(row.text(4)), row.integer(5),
                        row.is_null(6) ? std::string() : std::string(row.text(6))});
        return true;
      }));
  for (std::size_t i = 0; i < acts.size(); ++i) {
    const std::int64_t expected = after + 1 + static_cast<std::int64_t>(i);
    if (acts[i].number != expected)
      return core::fail(ErrorCode::corrupt, "outbox",
                        fmt::format("act {} is missing; restore the database from a backup", expected));
  }
  return acts;
}

core::Result<std::optional<Effect>> effect_of(sql::Connection& connection, std::int64_t number) {
  TRY(rows, connection.query(
                "select sequence, refusal from outbox where number = $1 and sequence is not null", {number}));
  if (rows.empty()) return std::nullopt;
  return Effect{core::Sequence(static_cast<std::uint64_t>(rows[0].integer(0))), std::string(rows[0].text(1))};
}

}  // namespace tillwatch::relay
