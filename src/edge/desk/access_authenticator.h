// The desk's seams to accounts, answered by backoffice/access: who is behind a cookie, whether they may, and
// in which part of the tree of agents. Made by the wiring of `tillwatch serve`. Never decides by itself:
// access::decide() and access::Actor do.
#pragma once

#include "access/actor.h"
#include "access/parts.h"
#include "desk/authenticator.h"
#include "desk/territory.h"

namespace tillwatch::desk {

class AccessAuthenticator final : public Authenticator, public Territory {
 public:
  core::Status identify(sql::Connection& connection, core::TimeMs now, Caller& caller) override;
  core::Status permit(sql::Connection& connection, core::TimeMs now, const Caller& caller,
                      std::string_view right) override;
  core::Status still(sql::Connection& connection, core::TimeMs now, const Caller& caller,
                     std::string_view right) override;
  core::Result<registry::Scope> scope_of(sql::Connection& connection, core::TimeMs now, const Caller& caller,
                                         std::string_view right) override;
};

}  // namespace tillwatch::desk
