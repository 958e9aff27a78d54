// Who has what, since when and from whom, and who was not seen for long: the report that is read every half
// year (PCI DSS 7.2.4), as JSON and as a table for a spreadsheet. See account_routes.h. Never changes
// anything.
#include "access/account.h"
#include "access/factor.h"
#include "desk/account_routes.h"
#include "desk/fields.h"
#include "json/writer.h"

namespace tillwatch::desk {
namespace {

using access::Account;
using access::Grant;

constexpr std::size_t accounts_at_once = 200;

// A cell that no spreadsheet takes for a formula.
void add_cell(std::string& out, std::string_view text) {
  if (!out.empty() && out.back() != '\n') out += ',';
  out += '"';
  if (!text.empty() && std::string_view("=+-@\t\r").contains(text.front())) out += '\'';
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  out += '"';
}

std::string time_or_nothing(core::TimeMs time) {
  return time == 0 ? std::string() : core::format_time(time);
}

void add_row(std::string& out, const Account& account, const Grant& grant, bool factor, core::TimeMs now) {
  add_cell(out, account.id);
  add_cell(out, account.sign_in);
  add_cell(out, account.shown_name);
  add_cell(out, account.state);
  add_cell(out, grant.role);
  add_cell(out, grant.agent);
  add_cell(out, grant.granted_by);
  add_cell(out, time_or_nothing(grant.granted_at));
  add_cell(out, time_or_nothing(account.seen_at));
  add_cell(out, account.dormant(now) ? "dormant" : "");
  add_cell(out, factor ? "factor" : "");
  out += '\n';
}

void write_row(json::Writer& out, const Account& account, const Grant& grant, bool factor, core::TimeMs now) {
  out.begin_object().member("account", account.id).member("sign_in", account.sign_in);
  out.member("shown_name", account.shown_name).member("state", account.state);
  out.member("role", grant.role).member("agent", grant.agent).member("granted_by", grant.granted_by);
  out.member("granted_at", core::format_time(grant.granted_at)).key("seen_at");
  if (account.seen_at == 0)
    out.null();
  else
    out.value(core::format_time(account.seen_at));
  out.member("dormant", account.dormant(now)).member("has_factor", factor).end_object();
}

core::Result<Answer> review(Call& call, const access::Parts& parts) {
  Query query(call);
  const bool table = query.word("format", {"json", "csv"}).value_or("json") == "csv";
  if (auto refusal = query.refusal()) return *std::move(refusal);
  std::string rows =
      "account,sign_in,shown_name,state,role,agent,granted_by,granted_at,seen_at,dormant,factor\n";
  std::string text;
  json::Writer out(text);
  out.begin_object().member("at", core::format_time(call.now)).key("items").begin_array();
  for (std::string after;;) {
    TRY(accounts, access::list_accounts(call.connection, parts, after, accounts_at_once));
    for (const Account& account : accounts) {
      TRY(factor, access::has_factor(call.connection, account.id));
      for (const Grant& grant : account.grants) {
        if (table)
          add_row(rows, account, grant, factor, call.now);
        else
          write_row(out, account, grant, factor, call.now);
      }
    }
    if (accounts.size() < accounts_at_once) break;
    after = accounts.back().id;
  }
  out.end_array().end_object();
  http::Response response = json_answer(table ? std::move(rows) : std::move(text));
  if (!table) return response;
  response.content_type = "text/csv; charset=utf-8";
  return response.with("Content-Disposition", "attachment; filename=\"access-review.csv\"");
}

}  // namespace

void add_review_routes(Routes& routes, const AccessParts& given) {
  const access::Parts* parts = given.access;
  routes.add(
      {.name = "reviewAccess", .path = "/desk/access-review", .right = "access.review", .query = {"format"}},
      [parts](Call& call) { return review(call, *parts); });
}

}  // namespace tillwatch::desk
