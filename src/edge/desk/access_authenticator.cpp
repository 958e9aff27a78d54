#include "desk/access_authenticator.h"

#include "access/session.h"

namespace tillwatch::desk {

core::Status AccessAuthenticator::identify(sql::Connection& connection, core::TimeMs now, Caller& caller) {
  TRY(session, access::find_session(connection, caller.cookie, now));
  if (!session) return {};
  caller.account = session->account;
  caller.session = session->id;
  caller.csrf = session->csrf;
  caller.signed_in = session->state == "signed_in";
  return {};
}

core::Status AccessAuthenticator::permit(sql::Connection& connection, core::TimeMs now, const Caller& caller,
                                         std::string_view right) {
  TRY(actor, access::Actor::of(connection, caller.account));
  TRY(session, access::find_session(connection, caller.cookie, now));
  const bool stepped_up = session && session->stepped_up(now);
  switch (access::decide(actor, right, stepped_up)) {
    case access::Verdict::allowed:
      return {};
    case access::Verdict::step_up_needed:
      return core::fail(core::ErrorCode::denied, "step-up-needed",
                        "show your second factor once more for this");
    case access::Verdict::denied:
      break;
  }
  return core::fail(core::ErrorCode::denied, "", "your roles do not give the right " + std::string(right));
}

core::Status AccessAuthenticator::still(sql::Connection& connection, core::TimeMs now, const Caller& caller,
                                        std::string_view right) {
  TRY(there, access::session_lives(connection, caller.session, now));
  TRY(actor, access::Actor::of(connection, caller.account));
  if (there && actor.may(right)) return {};
  return core::fail(core::ErrorCode::denied, "", "the session has ended, or the right is gone");
}

core::Result<registry::Scope> AccessAuthenticator::scope_of(sql::Connection& connection, core::TimeMs,
                                                            const Caller& caller, std::string_view right) {
  TRY(actor, access::Actor::of(connection, caller.account));
  return actor.scope_of(right);
}

}  // namespace tillwatch::desk
