#include "access/tries.h"

#include <algorithm>

namespace tillwatch::access {

core::Result<core::DurationMs> take_try(sql::Connection& connection, std::span<const Bucket> buckets,
                                        core::TimeMs now) {
  core::DurationMs wait = 0;
  for (const Bucket& bucket : buckets) {
    TRY_STATUS(connection.execute("delete from access_try where bucket = $1 and at <= $2",
                                  {bucket.name, now - bucket.span_ms}));
    TRY(rows, connection.query("select count(*), coalesce(min(at), 0) from access_try where bucket = $1",
                               {bucket.name}));
    if (rows[0].integer(0) >= bucket.tries_max)
      wait = std::max(wait, rows[0].integer(1) + bucket.span_ms - now);
  }
  if (wait > 0) return wait;
  for (const Bucket& bucket : buckets)
    TRY_STATUS(
        connection.execute("insert into access_try (bucket, at, number) select $1, $2, coalesce(max(number), "
                           "0) + 1 from access_try "
                           "where bucket = $1 and at = $2",
                           {bucket.name, now}));
  return 0;
}

core::Status forget_tries(sql::Connection& connection, const std::string& bucket) {
  TRY_STATUS(connection.execute("delete from access_try where bucket = $1", {bucket}));
  return {};
}

std::string network_bucket(std::string_view address) {
  const bool v6 = address.find(':') != std::string_view::npos;
  if (!v6) return "network:" + std::string(address.substr(0, address.rfind('.')));
  // The first four groups; "::" stands for zeros, and what is written shorter is the same network or a
  // smaller part of it.
  std::string kept;
  int groups = 0;
  for (std::size_t from = 0; from <= address.size() && groups < 4; ++groups) {
    const std::size_t to = std::min(address.find(':', from), address.size());
    if (to == from) break;
    kept.append(address.substr(from, to - from)).append(":");
    from = to + 1;
  }
  return "network:" + kept;
}

}  // namespace tillwatch::access
