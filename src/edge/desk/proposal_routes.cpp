// Changes that wait for a second person, over HTTP: see account_routes.h. Called by all_routes(). Never shows
// a change to whoever may not read proposals; never approves what was not seen.
#include "access/account.h"
#include "access/proposal.h"
#include "access/role_grant.h"
#include "desk/account_routes.h"
#include "desk/fields.h"
#include "desk/list_page.h"
#include "desk/proposal_json.h"
#include "desk/session_view.h"
#include "json/writer.h"

namespace tillwatch::desk {
namespace {

using access::Proposal;

core::Result<Answer> list_proposals(Call& call) {
  Query query(call);
  const Page page = Page::of(call, query, "proposals", "t");
  const std::string state =
      query.word("state", {"open", "approved", "rejected", "withdrawn", "replaced", "void", "consumed"})
          .value_or("");
  if (auto refusal = query.refusal()) return *std::move(refusal);
  TRY(found,
      access::list_proposals(call.connection, state, page.after ? page.text(0) : "", rows_to_ask(page)));
  return list_answer(
      "proposals", page, std::move(found),
      [&](json::Writer& out, const Proposal& one) { write_proposal(out, one, false, call.now); },
      [](const Proposal& last) { return std::vector<CursorValue>{last.id}; });
}

core::Result<Answer> get_proposal(Call& call) {
  TRY(one, access::find_proposal(call.connection, call.variable(0)));
  if (!one) return refuse(Problem::not_found, "there is no such proposal");
  std::string text;
  json::Writer out(text);
  write_proposal(out, *one, true, call.now);
  return json_answer(std::move(text));
}

// Whoever says yes is the second person: it takes himself, not a browser that he left open. Saying no does
// not.
//
// An approved change of roles happens here, in the same transaction; other subjects carry theirs out when
// their author says so.
core::Result<Answer> approve(Call& call, const access::Parts& parts) {
  Body body(call);
  const std::string hash = body.text("hash", 64, 64);
  const std::string reason = body.text_if("reason").value_or("");
  if (auto refusal = body.refusal()) return *std::move(refusal);
  TRY_STATUS(check_fresh_factor(call));
  TRY_STATUS(access::approve(call.connection, call.caller.account, call.variable(0), hash, reason, call.now));
  TRY(one, access::find_proposal(call.connection, call.variable(0)));
  if (one && one->kind == access::roles_grant)
    TRY_STATUS(access::carry_out_roles(call.connection, parts, call.caller.account, *one, "", call.now));
  return nothing();
}

core::Result<Answer> reject(Call& call) {
  Body body(call);
  const std::string reason = body.text("reason");
  if (auto refusal = body.refusal()) return *std::move(refusal);
  TRY_STATUS(access::reject(call.connection, call.caller.account, call.variable(0), reason, call.now));
  return nothing();
}

core::Result<Answer> withdraw(Call& call) {
  TRY_STATUS(access::withdraw(call.connection, call.caller.account, call.variable(0), call.now));
  return nothing();
}

core::Result<Answer> ratify(Call& call) {
  TRY_STATUS(check_fresh_factor(call));
  TRY_STATUS(access::ratify(call.connection, call.caller.account, call.variable(0), call.now));
  return nothing();
}

// A looser mode is itself a change that another person approves, once there is one: the first call makes the
// proposal, the second, with its id, carries it out.
core::Result<Answer> set_mode(Call& call, const access::Parts& parts) {
  Body body(call);
  const std::string word = body.word("mode", {"two_people", "duo", "solo"});
  const std::string proposal = body.text_if("proposal", 0, 64).value_or("");
  const std::string reason = body.text_if("reason", 0, 1000).value_or("");
  if (auto refusal = body.refusal()) return *std::move(refusal);
  using access::ApprovalMode;
  const ApprovalMode mode = word == "solo"  ? ApprovalMode::solo
                            : word == "duo" ? ApprovalMode::duo
                                            : ApprovalMode::two_people;
  TRY(present, access::approval_mode(call.connection));
  TRY(accounts, access::account_count(call.connection));
  if (mode > present && accounts > 1 && proposal.empty()) {
    const access::Wish wish{"settings.approval_mode", "settings", access::name_of(present), word, reason};
    TRY(made, access::propose(call.connection, parts, call.caller.account, wish, call.now));
    std::string text;
    json::Writer out(text);
    out.begin_object().key("proposal");
    write_proposal(out, made, true, call.now);
    out.end_object();
    return json_answer(std::move(text), 202);
  }
  TRY_STATUS(access::set_approval_mode(call.connection, mode, call.caller.account, call.now, proposal,
                                       parts.sabotage, reason));
  return nothing();
}

}  // namespace

void add_proposal_routes(Routes& routes, const AccessParts& given) {
  using http::Method;
  const access::Parts* parts = given.access;
  routes.add({.name = "setApprovalMode",
              .method = Method::put,
              .path = "/desk/approval-mode",
              .right = "settings.manage",
              .store = Store::write,
              .body_bytes_max = body_bytes_default,
              .statuses = {202, 204, 404, 409, 422}},
             [parts](Call& call) { return set_mode(call, *parts); });
  routes.add({.name = "listProposals",
              .path = "/desk/proposals",
              .right = "proposals.read",
              .query = {"state", "limit", "cursor"}},
             list_proposals);
  routes.add({.name = "getProposal",
              .path = "/desk/proposals/{id}",
              .right = "proposals.read",
              .statuses = {200, 404}},
             get_proposal);
  const auto act = [&routes](std::string_view name, std::string_view path, std::size_t body, auto function) {
    routes.add({.name = name,
                .method = Method::post,
                .path = path,
                .right = "proposals.read",
                .store = Store::write,
                .body_bytes_max = body,
                .statuses = {204, 404, 409}},
               function);
  };
  act("approveProposal", "/desk/proposals/{id}/approve", body_bytes_default,
      [parts](Call& call) { return approve(call, *parts); });
  act("rejectProposal", "/desk/proposals/{id}/reject", body_bytes_default, reject);
  act("withdrawProposal", "/desk/proposals/{id}/withdraw", 0, withdraw);
  act("ratifyProposal", "/desk/proposals/{id}/ratify", 0, ratify);
}

}  // namespace tillwatch::desk
