// Giving roles by four eyes: what gives somebody more than he has waits for another person, what takes away
// acts at once. Called by the desk's routes of accounts and proposals. Where nobody but the author could
// approve (his is the only account that decides, or he gave all others their role within the last week) he
// acts alone: he could make himself an approver anyway, and the audit names him.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "access/account.h"
#include "access/proposal.h"
#include "core/error.h"
#include "sql/database.h"

namespace tillwatch::access {

inline constexpr std::string_view roles_grant = "roles.grant";

// denied where these are an owner's roles and the author has not been an owner everywhere since `as_of`: else
// whoever manages accounts could become one.
core::Status check_owner(sql::Connection& connection, std::string_view author,
                         const std::vector<Grant>& grants, core::TimeMs as_of);
// Whether `wanted` has a role, or a place for it, that nothing in `before` covers.
core::Result<bool> gives_more(sql::Connection& connection, const std::vector<Grant>& before,
                              const std::vector<Grant>& wanted);
// Whether another person has to approve what this author gives to this account ("": a new one).
core::Result<bool> needs_second_person(sql::Connection& connection, std::string_view author,
                                       std::string_view account, core::TimeMs now);

// `before`: what the account has; where it has something else when the change is approved, that is void.
// Errors: denied (the right is missing), invalid.
core::Result<Proposal> propose_roles(sql::Connection& connection, const Parts& parts,
                                     std::string_view account, const std::vector<Grant>& before,
                                     const std::vector<Grant>& wanted, std::string_view author,
                                     std::string_view reason, core::TimeMs now);
// What was approved, or has cooled off, happens; `who` carries it out, the roles are given by its author.
// `reason`: why now, "" where only the proposal says why. Errors: those of consume(), conflict (the account
// is another by now).
core::Status carry_out_roles(sql::Connection& connection, const Parts& parts, std::string_view who,
                             const Proposal& proposal, std::string_view reason, core::TimeMs now);

}  // namespace tillwatch::access
