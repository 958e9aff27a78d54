// Who is behind an account's id, for whoever may not read accounts: a name, and whether work can be given to
// him. See account_routes.h. Never tells of anybody whose roles lie outside the caller's part of the tree.
#include "access/account.h"
#include "access/actor.h"
#include "desk/account_routes.h"
#include "desk/fields.h"
#include "desk/list_page.h"
#include "json/writer.h"

namespace tillwatch::desk {
namespace {

core::Result<Answer> list_colleagues(Call& call, const access::Parts& parts) {
  Query query(call);
  const Page page = Page::of(call, query, "colleagues", "t");
  if (auto refusal = query.refusal()) return *std::move(refusal);
  TRY(actor, access::Actor::of(call.connection, call.caller.account));
  TRY(found, access::list_colleagues(call.connection, parts, actor.reach(), call.caller.account,
                                     page.after ? page.text(0) : "", rows_to_ask(page), call.now));
  return list_answer(
      "colleagues", page, std::move(found),
      [](json::Writer& out, const access::Colleague& one) {
        out.begin_object()
            .member("id", one.id)
            .member("shown_name", one.shown_name)
            .member("active", one.active)
            .end_object();
      },
      [](const access::Colleague& last) { return std::vector<CursorValue>{last.id}; });
}

}  // namespace

void add_colleague_routes(Routes& routes, const AccessParts& given) {
  const access::Parts* parts = given.access;
  routes.add({.name = "listColleagues",
              .path = "/desk/colleagues",
              .right = any_account,
              .query = {"limit", "cursor"}},
             [parts](Call& call) { return list_colleagues(call, *parts); });
}

}  // namespace tillwatch::desk
