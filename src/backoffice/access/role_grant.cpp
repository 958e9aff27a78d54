#include "access/role_grant.h"

#include <algorithm>

#include "access/standing.h"
#include "crypto/hash.h"
#include "json/reader.h"
#include "json/writer.h"
#include "registry/tree.h"

namespace tillwatch::access {
namespace {

using core::ErrorCode;

constexpr std::string_view target_begin = "account:";

// The exact change: roles in an order of their own, so that equal wishes have equal texts.
std::string change_of(std::vector<Grant> wanted) {
  std::ranges::sort(wanted, [](const Grant& a, const Grant& b) {
    return a.role != b.role ? a.role < b.role : a.agent < b.agent;
  });
  std::string text;
  json::Writer out(text);
  out.begin_object().key("roles").begin_array();
  for (const Grant& grant : wanted)
    out.begin_object().member("role", grant.role).member("agent", grant.agent).end_object();
  out.end_array().end_object();
  return text;
}

// What an account has, as the version that a change of roles is made against: a password that is set
// meanwhile changes nothing of that.
std::string fingerprint_of(const std::vector<Grant>& grants) {
  return crypto::to_hex(crypto::sha256(change_of(grants)));
}

core::Result<std::vector<Grant>> grants_of(const std::string& change) {
  json::Reader reader;
  const auto root = reader.parse(change);
  std::vector<Grant> grants;
  const auto roles = root ? root->find("roles") : std::nullopt;
  if (!roles || !roles->is(json::Kind::array))
    return core::fail(ErrorCode::corrupt, "access_proposal", "a change of roles names none");
  for (const json::View& one : roles->elements()) {
    const auto role = one.find("role"), agent = one.find("agent");
    const auto name = role ? role->as_string() : core::Result<std::string_view>("");
    const auto place = agent ? agent->as_string() : core::Result<std::string_view>("");
    if (!name || !place)
      return core::fail(ErrorCode::corrupt, "access_proposal", "a change of roles is none");
    grants.push_back({std::string(*name), std::string(*place), "", 0});
  }
  return grants;
}

bool names_owner(const std::vector<Grant>& grants) {
  return std::ranges::any_of(grants, [](const Grant& grant) { return grant.role == "owner"; });
}

core::Result<bool> is_owner(sql::Connection& connection, std::string_view account, core::TimeMs as_of) {
  TRY(rows, connection.query("select 1 from access_grant g join access_account a on a.id = g.account where"
                             " g.account = $1 and g.role = 'owner' and g.agent = $2 and g.granted_at <= $3"
                             " and a.state = 'active'",
                             {account, everywhere, as_of}));
  return !rows.empty();
}

}  // namespace

core::Status check_owner(sql::Connection& connection, std::string_view author,
                         const std::vector<Grant>& grants, core::TimeMs as_of) {
  if (!names_owner(grants)) return {};
  TRY(own, is_owner(connection, author, as_of));
  if (own) return {};
  return core::fail(ErrorCode::denied, "", "only an owner does this for an owner");
}

core::Result<bool> gives_more(sql::Connection& connection, const std::vector<Grant>& before,
                              const std::vector<Grant>& wanted) {
  for (const Grant& wish : wanted) {
    bool covered = false;
    for (const Grant& had : before) {
      if (had.role != wish.role) continue;
      if (had.agent == everywhere || had.agent == wish.agent) {
        covered = true;
      } else if (wish.agent != everywhere) {
        TRY(within, registry::is_within(connection, wish.agent, had.agent));
        covered = covered || within;
      }
    }
    if (!covered) return true;
  }
  return false;
}

core::Result<bool> needs_second_person(sql::Connection& connection, std::string_view author,
                                       std::string_view account, core::TimeMs now) {
  const std::string_view right = find_change_kind(roles_grant)->approve_right;
  return has_independent_approver(connection, author, right, account, now);
}

core::Result<Proposal> propose_roles(sql::Connection& connection, const Parts& parts,
                                     std::string_view account, const std::vector<Grant>& before,
                                     const std::vector<Grant>& wanted, std::string_view author,
                                     std::string_view reason, core::TimeMs now) {
  if (author == account) return core::fail(ErrorCode::denied, "", "nobody changes his own roles or state");
  const std::string target = std::string(target_begin) + std::string(account);
  return propose(connection, parts, author,
                 {roles_grant, target, fingerprint_of(before), change_of(wanted), reason}, now);
}

core::Status carry_out_roles(sql::Connection& connection, const Parts& parts, std::string_view who,
                             const Proposal& proposal, std::string_view reason, core::TimeMs now) {
  const std::string_view id = std::string_view(proposal.target).substr(target_begin.size());
  TRY(account, find_account(connection, parts, id));
  if (!account) return core::fail(ErrorCode::not_found, "", "there is no such account");
  TRY(grants, grants_of(proposal.change));
  // An author may have lost this role alone, and kept the right to propose by another.
  TRY_STATUS(check_owner(connection, proposal.author, account->grants, proposal.made_at));
  TRY_STATUS(check_owner(connection, proposal.author, grants, proposal.made_at));
  TRY_STATUS(consume(connection, who, proposal.id,
                     {roles_grant, proposal.target, fingerprint_of(account->grants), proposal.change, reason},
                     now, parts.sabotage));
  AccountChange change;
  change.grants = std::move(grants);
  change.reason = proposal.reason;
  TRY_STATUS(change_account(connection, parts, id, account->version, change, proposal.author, now));
  return {};
}

}  // namespace tillwatch::access
