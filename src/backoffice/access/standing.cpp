#include "access/standing.h"

#include <algorithm>

#include "access/account.h"
#include "access/right.h"

namespace tillwatch::access {

namespace {

// When the account was last entered by a link that `maker` made; 0: never.
struct Entered {
  core::TimeMs invited = 0, reset = 0;
};
core::Result<Entered> entered_by_links_of(sql::Connection& connection, std::string_view account,
                                          std::string_view maker) {
  TRY(rows, connection.query("select i.purpose, max(i.entered_at) from access_invitation i join"
                             " access_invitation_maker m on m.invitation = i.hash where i.account = $1 and"
                             " m.maker = $2 and i.entered_at is not null group by i.purpose",
                             {account, maker}));
  Entered found;
  for (std::size_t i = 0; i < rows.size(); ++i)
    (rows[i].text(0) == "reset" ? found.reset : found.invited) = rows[i].integer(1);
  return found;
}

// Since when nobody new sits at both: of all pairs of links of one third person, by which one was entered and
// the other, the one whose older entry is the youngest; 0: there is none.
core::Result<core::TimeMs> entered_by_one_maker(sql::Connection& connection, std::string_view account,
                                                std::string_view other) {
  TRY(rows,
      connection.query(
          "select coalesce(max(case when a.entered_at < b.entered_at then a.entered_at else b.entered_at"
          " end), 0) from access_invitation a"
          " join access_invitation_maker am on am.invitation = a.hash"
          " join access_invitation b on b.account = $2"
          " join access_invitation_maker bm on bm.invitation = b.hash and bm.maker = am.maker"
          " where a.account = $1 and am.maker <> $1 and am.maker <> $2 and a.entered_at is not null"
          " and b.entered_at is not null and (a.purpose = 'reset' or b.purpose = 'reset')",
          {account, other}));
  return rows[0].integer(0);
}

// From when an entry at this time does not matter any more.
core::TimeMs settled(core::TimeMs entered) {
  return entered == 0 ? 0 : entered + settled_after_ms;
}

}  // namespace

core::Result<Standing> standing_of(sql::Connection& connection, std::string_view account,
                                   std::string_view right, core::TimeMs as_of, std::string_view other,
                                   core::TimeMs at, Entry entry) {
  const std::size_t place = find_right(right);
  TRY(rows, connection.query("select g.role, g.granted_by, g.granted_at, (select min(f.confirmed_at) from"
                             " access_factor f where f.account = g.account) from access_grant g"
                             " join access_account a on a.id = g.account where g.account = $1 and"
                             " a.state = 'active' and g.agent = $2 and g.granted_at <= $3",
                             {account, everywhere, as_of}));
  Entered entered;
  if (entry != Entry::not_asked && !rows.empty()) {
    TRY(asked, entered_by_links_of(connection, account, other));
    entered = asked;
  }
  const bool factor_counts = entry == Entry::counts || (entry == Entry::bereft && entered.reset == 0);
  if (entry == Entry::bereft) entered.reset = 0;
  core::TimeMs both = 0;
  if (entry == Entry::counts && !rows.empty()) {
    TRY(asked, entered_by_one_maker(connection, account, other));
    both = asked;
  }
  const core::TimeMs link_from = settled(std::max(entered.invited, entered.reset));
  const core::TimeMs both_from = settled(both);
  Standing found;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const Role* role = find_role(rows[i].text(0));
    if (role == nullptr || place >= right_count || !role->rights.test(place)) continue;
    found.holds = true;
    core::TimeMs from = rows[i].text(1) == other ? rows[i].integer(2) + settled_after_ms : 0;
    if (from != 0 && factor_counts)
      from = rows[i].is_null(3) ? core::time_max : std::max(from, rows[i].integer(3) + settled_after_ms);
    const bool by_link = link_from > from && link_from >= both_from;
    const bool by_one_maker = both_from > from && !by_link;
    from = std::max({from, link_from, both_from});
    if (from >= found.counts_from) continue;
    found.counts_from = from;
    found.by_link = by_link;
    found.by_one_maker = by_one_maker;
  }
  found.counts = found.holds && found.counts_from <= at;
  return found;
}

core::Result<bool> has_independent_approver(sql::Connection& connection, std::string_view author,
                                            std::string_view right, std::string_view but_not,
                                            core::TimeMs now) {
  TRY(rows,
      connection.query("select distinct account from access_grant where agent = $1 and account <> $2 and"
                       " account <> $3",
                       {everywhere, author, but_not}));
  for (std::size_t i = 0; i < rows.size(); ++i) {
    TRY(standing,
        standing_of(connection, rows[i].text(0), right, core::time_max, author, now, Entry::bereft));
    if (standing.counts) return true;
  }
  return false;
}

}  // namespace tillwatch::access
