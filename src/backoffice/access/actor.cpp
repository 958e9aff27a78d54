#include "access/actor.h"

#include <algorithm>

#include "access/account.h"

namespace tillwatch::access {

core::Result<Actor> Actor::of(sql::Connection& connection, std::string_view account) {
  return read(connection, account, "('active')");
}

core::Result<Actor> Actor::expected(sql::Connection& connection, std::string_view account) {
  return read(connection, account, "('active', 'invited')");
}

// `states`: a list of ours, never a text from outside.
core::Result<Actor> Actor::read(sql::Connection& connection, std::string_view account,
                                std::string_view states) {
  Actor actor;
  actor.account_ = account;
  TRY(rows,
      connection.query("select g.role, g.agent from access_grant g join access_account a on a.id = g.account"
                       " where g.account = $1 and a.state in " +
                           std::string(states) + " order by g.role, g.agent",
                       {account}));
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const Role* role = find_role(rows[i].text(0));
    if (role == nullptr) continue;  // a role of a later program gives nothing here
    const std::string_view agent = rows[i].text(1);
    if (std::ranges::find(actor.roles_, role->name) == actor.roles_.end())
      actor.roles_.emplace_back(role->name);
    if (agent == everywhere) {
      actor.everywhere_ |= role->rights;
      actor.reaches_everything_ = true;
      continue;
    }
    if (std::ranges::find(actor.reach_, agent) == actor.reach_.end()) actor.reach_.emplace_back(agent);
    for (std::size_t right = 0; right < right_count; ++right)
      if (role->rights.test(right) && access::rights()[right].scoped) actor.roots_[right].emplace_back(agent);
  }
  return actor;
}

bool Actor::may(std::string_view right) const {
  const std::size_t place = find_right(right);
  return place < right_count && (everywhere_.test(place) || !roots_[place].empty());
}

registry::Scope Actor::scope_of(std::string_view right) const {
  const std::size_t place = find_right(right);
  if (place >= right_count) return registry::Scope::under({});
  if (everywhere_.test(place)) return registry::Scope::everything();
  return registry::Scope::under(roots_[place]);
}

registry::Scope Actor::reach() const {
  return reaches_everything_ ? registry::Scope::everything() : registry::Scope::under(reach_);
}

std::vector<std::string_view> Actor::rights() const {
  std::vector<std::string_view> names;
  for (std::size_t i = 0; i < right_count; ++i)
    if (everywhere_.test(i) || !roots_[i].empty()) names.push_back(access::rights()[i].name);
  return names;
}

Verdict decide(const Actor& actor, std::string_view right, bool stepped_up) {
  if (!actor.may(right)) return Verdict::denied;
  return access::rights()[find_right(right)].step_up && !stepped_up ? Verdict::step_up_needed
                                                                    : Verdict::allowed;
}

}  // namespace tillwatch::access
