#include "rulebook/tally.h"

#include "payment/entry.h"

namespace tillwatch::rulebook {
namespace {

using payment::AttributeId;
using payment::EntryKind;

std::int64_t day_of(core::TimeMs time) {
  return time / core::day_ms;
}

bool drops_a_rule(const payment::EntryView& entry) {
  if (entry.kind() != EntryKind::registry_command || entry.text(AttributeId::registry_entity) != "rule")
    return false;
  for (const payment::EntryView::Extra& extra : entry.extras())
    if (extra.name == "why") return extra.value.text() == "ceiling";
  return false;
}

}  // namespace

core::Status RuleTally::project(sql::Connection& connection, const relay::ProjectedRecord& record) {
  const payment::EntryView& entry = record.entry;
  const core::TimeMs at = entry.header().admitted_at;
  if (entry.kind() == EntryKind::policy_swap && entry.text(AttributeId::policy_stage) == "swap")
    TRY_STATUS(connection.execute("delete from rulebook_dropped"));
  if (drops_a_rule(entry))
    TRY_STATUS(connection.execute(
        "insert into rulebook_dropped (rule, sequence, at) values ($1, $2, $3)"
        " on conflict (rule) do nothing",
        {entry.text(AttributeId::registry_id), static_cast<std::int64_t>(record.sequence.value), at}));
  if (record.decision == nullptr) return {};
  for (const engine::RuleHit& hit : record.decision->hits) {
    Count& count = counted_[{std::string(hit.rule), day_of(at)}];
    ++(hit.shadow ? count.shadow_hits : count.hits);
  }
  return {};
}

core::Status RuleTally::finish(sql::Connection& connection) {
  for (const auto& [key, count] : counted_)
    TRY_STATUS(connection.execute(
        "insert into rulebook_rule_day (rule, day, hits, shadow_hits) values ($1, $2, $3, $4)"
        " on conflict (rule, day) do update set hits = rulebook_rule_day.hits + excluded.hits,"
        " shadow_hits = rulebook_rule_day.shadow_hits + excluded.shadow_hits",
        {std::string_view(key.first), key.second, count.hits, count.shadow_hits}));
  return {};
}

core::Result<std::vector<RuleHits>> hits_since(sql::Connection& connection, core::TimeMs since) {
  TRY(rows, connection.query("select rule, cast(sum(hits) as bigint), cast(sum(shadow_hits) as bigint) from "
                             "rulebook_rule_day where day >= $1"
                             " group by rule order by rule",
                             {day_of(since)}));
  std::vector<RuleHits> found;
  for (std::size_t i = 0; i < rows.size(); ++i)
    found.push_back({std::string(rows[i].text(0)), rows[i].integer(1), rows[i].integer(2)});
  return found;
}

core::Result<std::vector<RuleDay>> days_of_rule(sql::Connection& connection, std::string_view rule,
                                                core::TimeMs since) {
  TRY(rows, connection.query("select day, hits, shadow_hits from rulebook_rule_day"
                             " where rule = $1 and day >= $2 order by day",
                             {rule, day_of(since)}));
  std::vector<RuleDay> found;
  for (std::size_t i = 0; i < rows.size(); ++i)
    found.push_back({rows[i].integer(0), rows[i].integer(1), rows[i].integer(2)});
  return found;
}

core::Result<std::vector<Dropped>> dropped_rules(sql::Connection& connection) {
  TRY(rows, connection.query("select rule, at from rulebook_dropped order by rule"));
  std::vector<Dropped> found;
  for (std::size_t i = 0; i < rows.size(); ++i)
    found.push_back({std::string(rows[i].text(0)), rows[i].integer(1)});
  return found;
}

}  // namespace tillwatch::rulebook
