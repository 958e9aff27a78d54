#include "registry/agent_sums.h"

#include <algorithm>
#include <set>

#include "engine/decision.h"
#include "registry/draft.h"
#include "registry/in_list.h"
#include "relay/eras.h"
#include "relay/storable.h"

namespace tillwatch::registry {
namespace {

using payment::AttributeId;
using relay::Sums;
using sql::Parameter;

constexpr std::size_t agents_remembered = 200'000;

const std::string& add_hour() {
  static const std::string statement =
      "insert into registry_agent_hour (agent, hour, currency, count, amount, challenged, declined, held,"
      " fired) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
      " on conflict (agent, hour, currency) do update set count = registry_agent_hour.count + "
      "excluded.count,"
      " challenged = registry_agent_hour.challenged + excluded.challenged,"
      " declined = registry_agent_hour.declined + excluded.declined, held = registry_agent_hour.held + "
      "excluded.held,"
      " fired = registry_agent_hour.fired + excluded.fired, amount = " +
      relay::capped_addition("registry_agent_hour.amount", "excluded.amount");
  return statement;
}

using Hour = std::pair<core::TimeMs, std::string>;  // and currency
core::Status add(sql::Connection& connection, std::string_view agent, const Hour& hour, const Sums& sums) {
  TRY_STATUS(
      connection.execute(add_hour(), {agent, hour.first, std::string_view(hour.second), sums.count,
                                      sums.amount, sums.challenged, sums.declined, sums.held, sums.fired}));
  return {};
}

// From the column `first` on.
Sums read_sums(const sql::Row& row, std::size_t first) {
  return {row.integer(first),     relay::read_sum(row, first + 1), row.integer(first + 3),
          row.integer(first + 4), row.integer(first + 5),          row.integer(first + 6)};
}

// What a number traded from `since` on, era by era from the newest (an era is a stretch of sequences, which
// the index of merchants may begin with). Times of admission do not go back along the sequence. Added up in
// the database: a busy number has hundreds of thousands of rows, and a person waits for the change.
core::Result<std::map<Hour, Sums>> traded(sql::Connection& connection, std::string_view number,
                                          core::TimeMs since) {
  std::map<Hour, Sums> hours;
  TRY(eras, relay::eras_within(connection, {}));
  const std::string statement =
      "select admitted_at - admitted_at % " + std::to_string(core::hour_ms) +
      ", coalesce(currency, ''), count(*), " + relay::sum_columns("amount") +
      ", cast(sum(case when asked_authorisation = 1 then 1 else 0 end) as bigint),"
      " cast(sum(case when asked_authorisation = 2 then 1 else 0 end) as bigint),"
      " cast(sum(case when asked_settlement = 1 then 1 else 0 end) as bigint), cast(sum(fired) as bigint)"
      " from decision where " +
      std::string(relay::era_expression) +
      " = $2 and merchant = $1 and kind = 'transaction' and admitted_at >= $3 group by 1, 2";
  for (std::int64_t era = eras.newest; era >= eras.oldest; --era) {
    const std::vector<Parameter> parameters{number, era, since};
    TRY_STATUS(connection.each(statement, parameters, [&](const sql::Row& row) {
      hours[{row.integer(0), std::string(row.text(1))}].add(read_sums(row, 2));
      return true;
    }));
    TRY(first,
        connection.query("select admitted_at from decision where sequence >= $1 order by sequence limit 1",
                         {era << relay::era_bits}));
    if (first.empty() || first[0].integer(0) < since) break;
  }
  return hours;
}

bool has_number(const std::vector<ChannelNumber>& numbers, std::string_view number) {
  return std::ranges::any_of(numbers, [number](const ChannelNumber& one) { return one.number == number; });
}

}  // namespace

core::Status AgentSums::project(sql::Connection&, const relay::ProjectedRecord& record) {
  if (record.decision == nullptr || record.decision->kind != payment::EntryKind::transaction) return {};
  const std::string_view merchant = record.entry.text(AttributeId::merchant_id);
  // A number that no database takes is written otherwise in `decision`, and cannot be registered.
  if (merchant.empty() || !relay::is_storable(merchant)) return {};
  const core::TimeMs hour = relay::hour_of(record.decision->admitted_at);
  newest_hour_ = std::max(newest_hour_, hour);
  std::string currency = relay::storable(record.entry.text(AttributeId::currency));
  gathered_[{std::string(merchant), hour, std::move(currency)}].add(relay::sums_of(record));
  return {};
}

// Whose the numbers are that were met just now.
core::Status AgentSums::learn_agents(sql::Connection& connection) {
  TRY(mark, connection.query("select moved from registry_agent_mark where id = 1"));
  const std::int64_t now = mark.empty() ? 0 : mark[0].integer(0);
  if (now != mark_ || agents_.size() > agents_remembered) agents_.clear();
  mark_ = now;
  std::vector<std::string_view> unknown;
  for (const auto& [key, sums] : gathered_) {
    const std::string& number = std::get<0>(key);
    if (agents_.contains(number) || (!unknown.empty() && unknown.back() == number)) continue;
    unknown.push_back(number);
  }
  TRY_STATUS(each_in(connection,
                     "select n.number, coalesce(m.agent, '') from registry_merchant_number n"
                     " join registry_merchant m on m.id = n.merchant where n.number",
                     unknown,
                     [this](const sql::Row& row) { agents_[std::string(row.text(0))] = row.text(1); }));
  for (const std::string_view number : unknown) agents_.try_emplace(std::string(number));
  return {};
}

core::Status AgentSums::finish(sql::Connection& connection) {
  if (gathered_.empty()) return {};
  TRY_STATUS(learn_agents(connection));
  std::map<std::pair<std::string_view, Hour>, Sums> hours;
  for (const auto& [key, sums] : gathered_) {
    const auto& [number, hour, currency] = key;
    const std::string& agent = agents_.at(number);
    if (!agent.empty()) hours[{agent, {hour, currency}}].add(sums);
  }
  for (const auto& [key, sums] : hours) TRY_STATUS(add(connection, key.first, key.second, sums));
  return forget_old(connection);
}

core::Status AgentSums::forget_old(sql::Connection& connection) {
  const core::TimeMs before = newest_hour_ - agent_sums_kept_ms;
  if (before <= forgotten_before_) return {};
  TRY_STATUS(connection.execute("delete from registry_agent_hour where hour < $1", {before}));
  forgotten_before_ = before;
  return {};
}

core::Status move_sums(sql::Connection& connection, const Draft& draft, core::TimeMs now) {
  if (draft.record.entity != Entity::merchant) return {};
  const std::vector<ChannelNumber> old = draft.before ? draft.before->numbers : std::vector<ChannelNumber>();
  const std::vector<ChannelNumber>& present = draft.record.numbers;
  const std::string before(draft.before ? draft.before->text("agent") : std::string_view());
  const std::string after(draft.record.text("agent"));
  std::set<std::string> numbers;
  for (const std::vector<ChannelNumber>* all : {&old, &present})
    for (const ChannelNumber& one : *all) numbers.insert(one.number);
  bool moved = false;
  for (const std::string& number : numbers) {
    const std::string from = has_number(old, number) ? before : "";
    const std::string to = has_number(present, number) ? after : "";
    if (from == to) continue;
    moved = true;
    TRY(hours, traded(connection, number, relay::hour_of(now) - agent_sums_kept_ms));
    for (const auto& [hour, sums] : hours) {
      Sums less;
      less.add(sums, -1);
      if (!from.empty()) TRY_STATUS(add(connection, from, hour, less));
      if (!to.empty()) TRY_STATUS(add(connection, to, hour, sums));
    }
  }
  if (moved) TRY_STATUS(connection.execute("update registry_agent_mark set moved = moved + 1 where id = 1"));
  return {};
}

core::Result<SumsByCurrency> agent_sums(sql::Connection& connection, const Scope& scope, core::TimeMs from,
                                        core::TimeMs to) {
  SumsByCurrency sums;
  std::vector<Parameter> parameters{from, to};
  const std::string within = scope.condition("s.agent", parameters);
  TRY_STATUS(connection.each(
      "select s.currency, cast(sum(s.count) as bigint), " + relay::sum_columns("s.amount") +
          ", cast(sum(s.challenged) as bigint), cast(sum(s.declined) as bigint), cast(sum(s.held) as bigint),"
          " cast(sum(s.fired) as bigint) from registry_agent_hour s where s.hour >= $1 and s.hour < $2" +
          within + " group by s.currency",
      parameters, [&](const sql::Row& row) {
        const Sums of = read_sums(row, 1);
        if (of.count != 0) sums[std::string(row.text(0))] = of;
        return true;
      }));
  return sums;
}

}  // namespace tillwatch::registry
