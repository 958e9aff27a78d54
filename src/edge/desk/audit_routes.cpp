// What people did: the acts of the outbox, who, what, when and why, over HTTP. Called by all_routes(). Shows
// what was written when the act was done, and where the journal has it. Never changes anything.
#include <algorithm>

#include "desk/cursor.h"
#include "desk/fields.h"
#include "desk/home_routes.h"
#include "desk/nullable.h"
#include "json/reader.h"

namespace tillwatch::desk {
namespace {

using sql::Parameter;

constexpr std::string_view list_name = "audit";
constexpr std::size_t looked_max = 20'000;
constexpr std::size_t block = 500;

struct AuditFilter {
  std::string actor, kind, subject;
  std::optional<core::TimeMs> from, to;
};

struct AuditRow {
  std::int64_t number = 0;
  core::TimeMs at = 0;
  std::string kind, actor, sign_in, subject, detail, refusal, reason;
  std::optional<std::int64_t> sequence;
};

struct AuditPage {
  std::vector<AuditRow> rows;
  std::int64_t next = 0;        // go on before this number; 0: there is nothing more
  core::TimeMs stopped_at = 0;  // where the bound ended the search
};

// An actor is named by his id or by what he signs in with.
core::Result<std::string> actor_of(sql::Connection& connection, const std::string& named) {
  if (named.empty()) return named;
  TRY(rows, connection.query("select id from access_account where sign_in = $1", {std::string_view(named)}));
  return rows.empty() ? named : std::string(rows[0].text(0));
}

std::string condition(const AuditFilter& filter, std::vector<Parameter>& parameters) {
  std::string text;
  const auto require = [&](std::string_view column_and_sign, Parameter value) {
    parameters.push_back(value);
    text += " and " + std::string(column_and_sign) + " $" + std::to_string(parameters.size());
  };
  if (!filter.actor.empty()) require("o.actor =", std::string_view(filter.actor));
  if (!filter.subject.empty()) require("o.subject =", std::string_view(filter.subject));
  if (!filter.kind.empty()) require("o.kind =", std::string_view(filter.kind));
  return text;
}

AuditRow read(const sql::Row& row) {
  AuditRow one;
  one.number = row.integer(0);
  one.at = row.integer(1);
  one.kind = row.text(2);
  one.actor = row.text(3);
  one.subject = row.text(4);
  one.detail = row.text(5);
  if (!row.is_null(6)) one.sequence = row.integer(6);
  one.refusal = row.text(7);
  one.sign_in = row.text(8);
  one.reason = row.text(9);
  return one;
}

// Actor, subject and kind have an index; times are asked act by act, for the clock that gave them may have
// been set.
core::Result<AuditPage> search(sql::Connection& connection, const AuditFilter& filter, std::int64_t before,
                               std::size_t limit) {
  std::vector<Parameter> parameters{before, static_cast<std::int64_t>(block)};
  const std::string statement =
      "select o.number, o.at, o.kind, o.actor, o.subject, o.detail, o.sequence, o.refusal, a.sign_in,"
      " w.reason from outbox o left join access_account a on a.id = o.actor"
      " left join outbox_reason w on w.number = o.number where o.number < $1" +
      condition(filter, parameters) + " order by o.number desc limit $2";
  AuditPage page;
  core::TimeMs last_at = 0;
  for (std::size_t looked = 0; page.rows.size() <= limit;) {
    parameters[0] = before;
    std::size_t here = 0;
    TRY_STATUS(connection.each(statement, parameters, [&](const sql::Row& row) {
      ++here;
      before = row.integer(0);
      last_at = row.integer(1);
      if (last_at >= filter.from.value_or(INT64_MIN) && last_at < filter.to.value_or(INT64_MAX))
        page.rows.push_back(read(row));
      return page.rows.size() <= limit;
    }));
    looked += here;
    if (page.rows.size() > limit) break;
    if (here < block) return page;
    if (looked >= looked_max) {
      page.next = before;
      page.stopped_at = last_at;
      return page;
    }
  }
  page.rows.resize(limit);
  page.next = page.rows.back().number;
  return page;
}

// The item that an act about a list names.
std::string item_of(const AuditRow& row) {
  json::Reader reader;
  const auto root = reader.parse(row.detail);
  const auto item = root && root->is(json::Kind::object) ? root->find("item") : std::nullopt;
  return item && item->is(json::Kind::string) ? std::string(item->as_string().value()) : std::string();
}

// Where words stand in a row of their own, beside the thing that they are about.
core::Result<sql::Table> words_of(sql::Connection& connection, const AuditRow& row, std::string_view entity,
                                  std::string_view id) {
  // A verdict and its labels are one step: its last act stands beside the text.
  if (entity == "alert")
    return connection.query(
        "select note from findings_event where alert = $1 and act >= $2 and at = $3"
        " and actor = $4 order by act limit 1",
        {id, row.number, row.at, std::string_view(row.actor)});
  if (entity == "list" && row.kind == "list.item_removed")
    return connection.query("select end_note from rulebook_list_item where id = $1 and end_act = $2",
                            {item_of(row), row.number});
  if (entity == "list")
    return connection.query(
        "select case when note = '' then reason else note end from rulebook_list_item"
        " where id = $1 and act = $2",
        {item_of(row), row.number});
  // Putting back is the product's own step, and has nothing to do with why there is such a version.
  if (entity == "policy" && row.kind != "policy.put_back")
    return connection.query("select reason from rulebook_version where cast(number as text) = $1", {id});
  if (row.kind == "proposal.approved" || row.kind == "proposal.rejected")
    return connection.query("select coalesce(decided_reason, '') from access_proposal where id = $1", {id});
  if (row.kind == "proposal.made" || row.kind.starts_with("proposal.consumed"))
    return connection.query("select reason from access_proposal where id = $1", {id});
  return connection.query(
      "select coalesce(reason, '') from registry_change where entity = $1 and id = $2"
      " and act = $3 limit 1",
      {entity, id, row.number});
}

// Why: what the person wrote. It stays where it was written, out of the act that the journal keeps for ever.
core::Status add_reason(sql::Connection& connection, AuditRow& row) {
  const std::size_t colon = row.subject.find(':');
  if (!row.reason.empty() || colon == std::string::npos) return {};
  const std::string_view subject(row.subject);
  TRY(rows, words_of(connection, row, subject.substr(0, colon), subject.substr(colon + 1)));
  if (!rows.empty()) row.reason = rows[0].text(0);
  return {};
}

void write_row(json::Writer& out, const AuditRow& row) {
  out.begin_object().member("act", row.number).member("at", core::format_time(row.at));
  out.member("kind", row.kind).member("actor", row.actor);
  text_or_null(out, "sign_in", row.sign_in);
  out.member("subject", row.subject).key("detail");
  if (row.detail.empty())
    out.null();
  else
    out.raw(row.detail);
  text_or_null(out, "reason", row.reason);
  out.key("sequence");
  if (row.sequence)
    out.value(*row.sequence);
  else
    out.null();
  text_or_null(out, "refusal", row.refusal);
  out.end_object();
}

core::Result<Answer> list_acts(Call& call) {
  Query query(call);
  const Page page = Page::of(call, query, list_name, "i");
  AuditFilter filter;
  const std::string actor = query.text("actor").value_or("");
  filter.kind = query.text("kind", 64).value_or("");
  filter.subject = query.text("subject", 256).value_or("");
  filter.from = query.time("from");
  filter.to = query.time("to");
  if (auto refusal = query.refusal()) return *std::move(refusal);
  TRY(account, actor_of(call.connection, actor));
  filter.actor = account;
  TRY(found, search(call.connection, filter, page.after ? page.integer(0) : INT64_MAX, page.limit));
  for (AuditRow& row : found.rows) TRY_STATUS(add_reason(call.connection, row));
  std::string text;
  json::Writer out(text);
  out.begin_object().key("items").begin_array();
  for (const AuditRow& row : found.rows) write_row(out, row);
  out.end_array();
  write_next(out, found.next == 0 ? std::nullopt : std::optional(write_cursor(list_name, {found.next})));
  time_or_null(out, "stopped_at", found.stopped_at);
  out.end_object();
  return json_answer(std::move(text));
}

}  // namespace

void add_audit_routes(Routes& routes) {
  routes.add({.name = "listActs",
              .path = "/desk/audit",
              .right = "audit.read",
              .query = {"actor", "kind", "subject", "from", "to", "limit", "cursor"}},
             list_acts);
}

}  // namespace tillwatch::desk
