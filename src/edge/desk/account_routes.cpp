#include "desk/account_routes.h"

#include <algorithm>
#include <utility>

#include "access/account.h"
#include "access/factor.h"
#include "access/invitation.h"
#include "access/right.h"
#include "access/role_grant.h"
#include "access/session.h"
#include "desk/fields.h"
#include "desk/list_page.h"
#include "desk/nullable.h"
#include "desk/proposal_json.h"
#include "json/writer.h"
#include "registry/tree.h"
#include "relay/act.h"

namespace tillwatch::desk {
namespace {

using access::Account;
using access::Grant;

constexpr std::size_t roles_max = 20;

void write_account(json::Writer& out, const Account& account, core::TimeMs now) {
  out.begin_object().member("id", account.id).member("version", account.version);
  out.member("sign_in", account.sign_in).member("shown_name", account.shown_name);
  out.member("language", account.language)
      .member("state", account.state)
      .member("dormant", account.dormant(now));
  out.member("created_at", core::format_time(account.created_at));
  time_or_null(out, "seen_at", account.seen_at);
  out.member("dormant_at", core::format_time(account.dormant_at()));
  out.member("dormant_soon", account.dormant_soon(now));
  out.key("roles").begin_array();
  for (const Grant& grant : account.grants)
    out.begin_object()
        .member("role", grant.role)
        .member("agent", grant.agent)
        .member("granted_by", grant.granted_by)
        .member("granted_at", core::format_time(grant.granted_at))
        .end_object();
  out.end_array().end_object();
}

std::optional<std::string> text_member(const json::View& object, std::string_view name) {
  const auto member = object.find(name);
  if (!member) return std::nullopt;
  const auto text = member->as_string();
  return text ? std::optional<std::string>(*text) : std::nullopt;
}

// [{"role": ..., "agent": "*" or an agent's id}]; an agent that nobody registered is a fault.
core::Result<std::optional<std::vector<Grant>>> read_roles(Call& call, Body& body) {
  const auto view = body.view_if("roles");
  if (!view) return std::nullopt;
  std::vector<Grant> grants;
  if (!view->is(json::Kind::array) || view->size() == 0 || view->size() > roles_max) {
    body.fault("roles", "give one to twenty roles");
    return std::optional(std::move(grants));
  }
  for (const json::View& one : view->elements()) {
    const std::optional<std::string> role = text_member(one, "role");
    const std::optional<std::string> agent = text_member(one, "agent");
    if (!role || !agent || access::find_role(*role) == nullptr) {
      body.fault("roles", "each has a role of GET /desk/roles and an agent: an id, or * for everywhere");
      break;
    }
    if (*agent != access::everywhere) {
      TRY(known, registry::is_within(call.connection, *agent, *agent));
      if (!known) body.fault("roles", "there is no such agent");
    }
    grants.push_back({*role, *agent, "", 0});
  }
  return std::optional(std::move(grants));
}

core::Status check_owner(Call& call, const std::vector<Grant>& grants) {
  return access::check_owner(call.connection, call.caller.account, grants, call.now);
}

core::Result<Answer> list_accounts(Call& call, const access::Parts& parts) {
  Query query(call);
  const Page page = Page::of(call, query, "accounts", "t");
  if (auto refusal = query.refusal()) return *std::move(refusal);
  TRY(accounts,
      access::list_accounts(call.connection, parts, page.after ? page.text(0) : "", rows_to_ask(page)));
  return list_answer(
      "accounts", page, std::move(accounts),
      [&](json::Writer& out, const Account& account) { write_account(out, account, call.now); },
      [](const Account& last) { return std::vector<CursorValue>{last.id}; });
}

core::Result<Answer> get_account(Call& call, const access::Parts& parts) {
  TRY(account, access::find_account(call.connection, parts, call.variable(0)));
  if (!account) return refuse(Problem::not_found, "there is no such account");
  std::string text;
  json::Writer out(text);
  write_account(out, *account, call.now);
  return json_answer(std::move(text));
}

core::Result<Answer> create_account(Call& call, const access::Parts& parts) {
  Body body(call);
  access::NewAccount wish;
  wish.sign_in = body.text("sign_in");
  wish.shown_name = body.text("shown_name", 1, 180);
  wish.language = body.word_if("language", {"zh", "en"}).value_or("zh");
  TRY(roles, read_roles(call, body));
  if (!roles) body.fault("roles", "give one to twenty roles");
  if (auto refusal = body.refusal()) return *std::move(refusal);
  wish.grants = *std::move(roles);
  TRY_STATUS(check_owner(call, wish.grants));
  // Where another person has to approve, the colleague may arrive meanwhile and sees nothing.
  TRY(second, access::needs_second_person(call.connection, call.caller.account, "", call.now));
  wish.roles_wait = second;
  TRY(id, access::create_account(call.connection, parts, wish, call.caller.account, call.now));
  TRY(token,
      access::invite(call.connection, parts, access::Purpose::invite, id, call.caller.account, call.now));
  std::string text;
  json::Writer out(text);
  out.begin_object().member("id", id).member("token", token);
  if (second) {
    TRY(made, access::propose_roles(call.connection, parts, id, {}, wish.grants, call.caller.account,
                                    "a new account: " + wish.sign_in, call.now));
    out.key("proposal");
    write_proposal(out, made, true, call.now);
  }
  out.end_object();
  return json_answer(std::move(text), 201);
}

Answer version_answer(std::int64_t version) {
  std::string text;
  json::Writer(text).begin_object().member("version", version).end_object();
  return json_answer(std::move(text));
}

// What waited for another person and did not find one in time (approval-mode), carried out by its author.
core::Result<Answer> carry_out(Call& call, const access::Parts& parts, const std::string& proposal,
                               std::string_view reason) {
  TRY(one, access::find_proposal(call.connection, proposal));
  if (!one || one->kind != access::roles_grant || one->target != "account:" + call.variable(0))
    return refuse(Problem::not_found, "there is no such proposal for this account");
  TRY_STATUS(access::check_author(*one, call.caller.account));
  TRY_STATUS(access::carry_out_roles(call.connection, parts, call.caller.account, *one, reason, call.now));
  TRY(after, access::find_account(call.connection, parts, call.variable(0)));
  return version_answer(after ? after->version : 0);
}

core::Result<Answer> change_account(Call& call, const access::Parts& parts) {
  Body body(call);
  access::AccountChange change;
  const std::int64_t version = body.integer("version", 1, INT64_MAX);
  change.shown_name = body.text_if("shown_name", 1, 180);
  change.language = body.word_if("language", {"zh", "en"});
  change.state = body.word_if("state", {"active", "disabled"});
  change.reason = body.text_if("reason", 1, 1000).value_or("");
  const std::string proposal = body.text_if("proposal", 1, 64).value_or("");
  TRY(roles, read_roles(call, body));
  if (!proposal.empty() && (roles || change.state || change.shown_name || change.language))
    body.fault("proposal", "carries out what it says: name nothing else with it");
  if (auto refusal = body.refusal()) return *std::move(refusal);
  if (!proposal.empty()) return carry_out(call, parts, proposal, change.reason);
  change.grants = std::move(roles);
  TRY(account, access::find_account(call.connection, parts, call.variable(0)));
  if (account) TRY_STATUS(check_owner(call, account->grants));
  if (change.grants) TRY_STATUS(check_owner(call, *change.grants));
  std::vector<Grant> waiting;
  const std::string reason = change.reason.empty() ? "roles of an account" : change.reason;
  if (account && change.grants) {
    TRY(more, access::gives_more(call.connection, account->grants, *change.grants));
    TRY(second, access::needs_second_person(call.connection, call.caller.account, account->id, call.now));
    if (more && second) waiting = *std::exchange(change.grants, std::nullopt);
  }
  TRY(next, access::change_account(call.connection, parts, call.variable(0), version, change,
                                   call.caller.account, call.now));
  if (waiting.empty()) return version_answer(next);
  TRY(made, access::propose_roles(call.connection, parts, call.variable(0), account->grants, waiting,
                                  call.caller.account, reason, call.now));
  std::string text;
  json::Writer out(text);
  out.begin_object().member("version", next).key("proposal");
  write_proposal(out, made, true, call.now);
  out.end_object();
  return json_answer(std::move(text), 202);
}

// A link for a colleague who has not arrived, or who lost password or phone.
core::Result<Answer> new_link(Call& call, const access::Parts& parts, access::Purpose purpose) {
  TRY(account, access::find_account(call.connection, parts, call.variable(0)));
  if (!account) return refuse(Problem::not_found, "there is no such account");
  TRY_STATUS(check_owner(call, account->grants));
  if (account->id == call.caller.account)
    return refuse(Problem::rule_broken,
                  "for oneself there are the recovery codes; somebody else makes a link");
  if ((purpose == access::Purpose::invite) != (account->state == "invited") || account->state == "disabled")
    return refuse(Problem::conflict,
                  "an invitation is for an account that has not arrived, a reset for an active one");
  TRY(token, access::invite(call.connection, parts, purpose, account->id, call.caller.account, call.now));
  const std::string subject = "account:" + account->id;
  TRY_STATUS(relay::append(call.connection,
                           {purpose == access::Purpose::invite ? "account.invited" : "account.reset_link",
                            call.caller.account, subject, "", call.now, nullptr}));
  std::string text;
  json::Writer(text).begin_object().member("token", token).end_object();
  return json_answer(std::move(text));
}

core::Result<Answer> list_roles(Call&) {
  std::string text;
  json::Writer out(text);
  out.begin_object().key("items").begin_array();
  for (const access::Role& role : access::roles()) {
    out.begin_object().member("name", role.name).member("zh", role.zh).member("en", role.en);
    out.key("rights").begin_array();
    for (std::size_t i = 0; i < access::right_count; ++i)
      if (role.rights.test(i)) out.value(access::rights()[i].name);
    out.end_array().end_object();
  }
  out.end_array().end_object();
  return json_answer(std::move(text));
}

}  // namespace

void add_account_routes(Routes& routes, const AccessParts& given) {
  using http::Method;
  const access::Parts* parts = given.access;
  const auto with = [parts](core::Result<Answer> (*function)(Call&, const access::Parts&)) {
    return [parts, function](Call& call) { return function(call, *parts); };
  };
  routes.add({.name = "listRoles", .path = "/desk/roles", .right = any_account}, list_roles);
  routes.add({.name = "listAccounts",
              .path = "/desk/accounts",
              .right = "accounts.read",
              .query = {"limit", "cursor"}},
             with(list_accounts));
  routes.add({.name = "createAccount",
              .method = Method::post,
              .path = "/desk/accounts",
              .right = "accounts.manage",
              .store = Store::write,
              .body_bytes_max = body_bytes_default,
              .statuses = {201, 409, 422}},
             with(create_account));
  routes.add(
      {.name = "getAccount", .path = "/desk/accounts/{id}", .right = "accounts.read", .statuses = {200, 404}},
      with(get_account));
  routes.add({.name = "changeAccount",
              .method = Method::patch,
              .path = "/desk/accounts/{id}",
              .right = "accounts.manage",
              .store = Store::write,
              .body_bytes_max = body_bytes_default,
              .statuses = {200, 202, 404, 409, 422}},
             with(change_account));
  routes.add({.name = "inviteAccount",
              .method = Method::post,
              .path = "/desk/accounts/{id}/invite",
              .right = "accounts.manage",
              .store = Store::write,
              .statuses = {200, 404, 409, 422}},
             [parts](Call& call) { return new_link(call, *parts, access::Purpose::invite); });
  routes.add({.name = "resetAccount",
              .method = Method::post,
              .path = "/desk/accounts/{id}/reset",
              .right = "accounts.manage",
              .store = Store::write,
              .statuses = {200, 404, 409, 422}},
             [parts](Call& call) { return new_link(call, *parts, access::Purpose::reset); });
}

}  // namespace tillwatch::desk
