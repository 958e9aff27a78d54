#include "desk/activity.h"

#include <map>
#include <string>

#include "core/limits.h"
#include "desk/decision_search.h"
#include "json/writer.h"
#include "relay/eras.h"
#include "relay/sums.h"

namespace tillwatch::desk {
namespace {

using registry::Entity;

constexpr core::DurationMs agent_span_max = 93 * core::day_ms;

struct Bucket {
  std::int64_t count = 0, amount = 0, declined = 0, fired = 0;

  void add(const sql::Row& row) {
    count += row.integer(1);
    amount = relay::capped_sum(amount, relay::read_sum(row, 2));
    declined += row.integer(4);
    fired += row.integer(5);
  }
};

// Which decisions these are. $1 is the id.
std::string_view condition_of(const ActivityOf& of) {
  switch (of.entity) {
    case Entity::merchant:
      if (!of.registered) return " and d.merchant = $1";
      return " and d.merchant in (select number from registry_merchant_number where merchant = $1)";
    case Entity::terminal:
      return " and d.terminal = $1";
    default:
      return " and d.merchant in (select n.number from registry_agent_closure c"
             " join registry_merchant m on m.agent = c.descendant"
             " join registry_merchant_number n on n.merchant = m.id where c.ancestor = $1)";
  }
}

}  // namespace

ActivityWish ActivityWish::of(const Call& call, Query& query, std::int64_t utc_offset_minutes) {
  ActivityWish wish;
  wish.utc_offset_minutes = utc_offset_minutes;
  wish.step_ms = query.word("step", {"hour", "day"}).value_or("day") == "hour" ? core::hour_ms : core::day_ms;
  wish.to = query.time("to").value_or(call.now);
  wish.from = query.time("from").value_or(wish.to - 30 * core::day_ms);
  if (wish.from >= wish.to || wish.to - wish.from > activity_steps_max * wish.step_ms)
    query.fault("from",
                "expected a time before `to`, at most " + std::to_string(activity_steps_max) + " steps");
  return wish;
}

core::Result<Answer> activity_of(sql::Connection& connection, const registry::Scope& scope,
                                 const ActivityOf& of, const ActivityWish& wish, std::string_view currency) {
  if (of.entity == Entity::agent && wish.to - wish.from > agent_span_max)
    return refuse(
        core::Error{core::ErrorCode::invalid, "?from", "of an agent at most 93 days are shown at once"});
  const core::DurationMs shift = wish.utc_offset_minutes * core::minute_ms;
  constexpr std::size_t era_at = 5;
  std::vector<sql::Parameter> parameters{of.id, wish.from, wish.to, shift, wish.step_ms, std::int64_t{0}};
  // Merchants and agents are asked by their numbers, which nobody else's traffic has.
  const bool part = of.entity == Entity::terminal && !scope.all();
  const std::string within = part ? " and " + merchant_within(scope.roots(), parameters) : std::string();
  const std::string statement =
      "select (d.event_time + $4) / $5, count(*), " + relay::sum_columns("d.amount_base") +
      ", cast(sum(case when d.authorisation = 2 then 1 else 0 end) as bigint), cast(sum(d.fired) as bigint)"
      " from decision d where d.kind = 'transaction' and " +
      std::string(relay::era_expression) + " = $6 and d.event_time >= $2 and d.event_time < $3" +
      std::string(condition_of(of)) + within + " group by 1";
  std::map<std::int64_t, Bucket> buckets;
  TRY(low, first_admitted_from(connection, wish.from - core::limits::event_time_future_ms_max));
  TRY(eras, relay::eras_within(connection, {low}));
  for (std::int64_t era = eras.oldest; era <= eras.newest; ++era) {
    parameters[era_at] = era;
    TRY_STATUS(connection.each(statement, parameters, [&](const sql::Row& row) {
      buckets[row.integer(0)].add(row);
      return true;
    }));
  }
  std::string text;
  json::Writer out(text);
  out.begin_object().member("currency", currency).key("items").begin_array();
  const std::int64_t last = core::floor_div(wish.to - 1 + shift, wish.step_ms);
  for (std::int64_t at = core::floor_div(wish.from + shift, wish.step_ms); at <= last; ++at) {
    const Bucket& bucket = buckets[at];
    out.begin_object().member("at", core::format_time(at * wish.step_ms - shift));
    out.member("count", bucket.count).member("amount_minor", bucket.amount);
    out.member("declined", bucket.declined).member("fired", bucket.fired).end_object();
  }
  out.end_array().end_object();
  return json_answer(std::move(text));
}

}  // namespace tillwatch::desk
