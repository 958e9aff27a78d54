#include "access/proposal.h"

#include <array>

#include "access/account.h"
#include "access/actor.h"
#include "access/role_grant.h"
#include "access/standing.h"
#include "crypto/hash.h"
#include "json/writer.h"
#include "payment/card_digits.h"
#include "registry/made_id.h"
#include "relay/act.h"

namespace tillwatch::access {
namespace {

using core::ErrorCode;

constexpr auto kinds = std::to_array<ChangeKind>({
    {"policy.publish", "policy.draft", "policy.approve"},
    {"policy.roll_back", "policy.publish", "policy.approve"},
    {"list.override", "lists.edit", "lists.override"},
    {"roles.grant", "roles.grant", "proposals.decide"},
    {"settings.approval_mode", "settings.manage", "proposals.decide"},
});
constexpr std::size_t change_bytes_max = 1024 * 1024;

constexpr std::string_view columns =
    "id, version, kind, target, target_version, change, hash, reason, state, author, made_at, expires_at, "
    "coalesce(decided_by, ''), coalesce(decided_at, 0), coalesce(decided_reason, ''), "
    "coalesce(cooling_until, 0), "
    "coalesce(consumed_at, 0), coalesce(ratified_by, ''), coalesce(ratified_at, 0)";

Proposal read(const sql::Row& row) {
  Proposal one;
  one.id = row.text(0);
  one.version = row.integer(1);
  one.kind = row.text(2);
  one.target = row.text(3);
  one.target_version = row.text(4);
  one.change = row.text(5);
  one.hash = row.text(6);
  one.reason = row.text(7);
  one.state = row.text(8);
  one.author = row.text(9);
  one.made_at = row.integer(10);
  one.expires_at = row.integer(11);
  one.decided_by = row.text(12);
  one.decided_at = row.integer(13);
  one.decided_reason = row.text(14);
  one.cooling_until = row.integer(15);
  one.consumed_at = row.integer(16);
  one.ratified_by = row.text(17);
  one.ratified_at = row.integer(18);
  return one;
}

std::unexpected<core::Error> denied(std::string words) {
  return core::fail(ErrorCode::denied, "", std::move(words));
}

core::Status tell(sql::Connection& connection, std::string_view kind, std::string_view actor,
                  const Proposal& one, core::TimeMs now, std::string_view reason = "") {
  std::string detail;
  json::Writer(detail)
      .begin_object()
      .member("kind", one.kind)
      .member("target", one.target)
      .member("hash", one.hash)
      .end_object();
  TRY_STATUS(relay::append(connection, {kind, actor, "proposal:" + one.id, detail, now, nullptr, reason}));
  return {};
}

core::Result<Proposal> get(sql::Connection& connection, std::string_view id) {
  TRY(found, find_proposal(connection, id));
  if (!found) return core::fail(ErrorCode::not_found, "", "there is no such proposal");
  return *std::move(found);
}

core::Result<bool> has_right(sql::Connection& connection, std::string_view account, std::string_view right,
                             core::TimeMs as_of) {
  TRY(standing, standing_of(connection, account, right, as_of, "", as_of, Entry::not_asked));
  return standing.holds;
}

core::Status check_right(sql::Connection& connection, std::string_view account, std::string_view right,
                         std::string_view words) {
  TRY(may, has_right(connection, account, right, core::time_max));
  if (!may) return denied(std::string(words));
  return {};
}

core::Status check_not_about_himself(const Proposal& one, std::string_view account) {
  if (one.kind != roles_grant || one.target != "account:" + std::string(account)) return {};
  return denied("nobody decides on his own roles: another person has to");
}

// Whoever gave the other his role just now could have made himself an approver; whoever made the link by
// which the other last came in may be sitting there himself.
core::Status check_approver(sql::Connection& connection, const Proposal& one, std::string_view approver,
                            core::TimeMs now) {
  if (one.author == approver) return denied("nobody decides on his own proposal: another person has to");
  TRY_STATUS(check_not_about_himself(one, approver));
  const std::string_view right = find_change_kind(one.kind)->approve_right;
  TRY(standing, standing_of(connection, approver, right, core::time_max, one.author, now, Entry::counts));
  if (!standing.holds) return denied("you may not decide on such a change");
  if (standing.counts) return {};
  const std::string since = standing.counts_from == core::time_max
                                ? "when you have had a second factor of your own for a week"
                                : "from " + core::format_time(standing.counts_from) + " on";
  if (standing.by_one_maker)
    return denied("you and the author came in by links of the same person: you count as another person " +
                  since + "; until then somebody else decides");
  if (standing.by_link)
    return denied("you came in by a link of the author's: you count as another person " + since +
                  "; until then somebody else decides, or you propose it and he approves");
  return denied("the author gave you this role: you count as another person " + since +
                "; until then somebody else decides, or you propose it and he approves");
}

// Whether both people still have what they had when they spoke.
core::Result<bool> still_right(sql::Connection& connection, const Proposal& one) {
  const ChangeKind& kind = *find_change_kind(one.kind);
  TRY(author, has_right(connection, one.author, kind.propose_right, one.made_at));
  if (!author || one.decided_by.empty()) return author;
  TRY(standing, standing_of(connection, one.decided_by, kind.approve_right, one.decided_at, one.author,
                            one.decided_at, Entry::not_asked));
  return standing.counts;
}

core::Status set_state(sql::Connection& connection, const Proposal& one, std::string_view state) {
  TRY(changed,
      connection.execute("update access_proposal set state = $1, version = version + 1 where id = $2 and "
                         "version = $3",
                         {state, one.id, one.version}));
  if (changed == 0)
    return core::fail(ErrorCode::conflict, "", "somebody else acted on this proposal meanwhile");
  return {};
}

core::Status note_decision(sql::Connection& connection, std::string_view approver, std::string_view id,
                           std::string_view reason, core::TimeMs now) {
  const std::string words = payment::masked_digit_runs(reason);
  TRY_STATUS(connection.execute(
      "update access_proposal set decided_by = $1, decided_at = $2, decided_reason = $3 where id = $4",
      {approver, now, std::string_view(words), id}));
  return {};
}

core::Result<Proposal> get_open(sql::Connection& connection, std::string_view id, core::TimeMs now) {
  TRY(one, get(connection, id));
  if (one.state != "open")
    return core::fail(ErrorCode::conflict, "", "this proposal is not open: it is " + one.state);
  if (one.expired(now))
    return core::fail(ErrorCode::conflict, "", "this proposal has expired; propose it anew");
  return std::move(one);
}

core::Status insert(sql::Connection& connection, const Proposal& one) {
  TRY_STATUS(connection.execute(
      "insert into access_proposal (id, version, kind, target, target_version, change, hash, reason, "
      "state, "
      "author, made_at, expires_at, cooling_until) values ($1, 1, $2, $3, $4, $5, $6, $7, 'open', $8, "
      "$9, $10, "
      "$11)",
      {one.id, one.kind, one.target, one.target_version, one.change, one.hash, one.reason, one.author,
       one.made_at, one.expires_at,
       one.cooling_until == 0 ? sql::Parameter() : sql::Parameter(one.cooling_until)}));
  return {};
}

}  // namespace

std::span<const ChangeKind> change_kinds() {
  return kinds;
}

const ChangeKind* find_change_kind(std::string_view name) {
  for (const ChangeKind& kind : kinds)
    if (kind.name == name) return &kind;
  return nullptr;
}

std::string_view name_of(ApprovalMode mode) {
  return mode == ApprovalMode::two_people ? "two_people" : mode == ApprovalMode::duo ? "duo" : "solo";
}

core::Result<ApprovalMode> approval_mode(sql::Connection& connection) {
  TRY(rows, connection.query("select value from access_setting where name = 'approval_mode'"));
  if (rows.empty() || rows[0].text(0) == "two_people") return ApprovalMode::two_people;
  return rows[0].text(0) == "duo" ? ApprovalMode::duo : ApprovalMode::solo;
}

core::Status set_approval_mode(sql::Connection& connection, ApprovalMode mode, std::string_view author,
                               core::TimeMs now, std::string_view proposal, core::Sabotage sabotage,
                               std::string_view reason) {
  TRY(present, approval_mode(connection));
  TRY(accounts, account_count(connection));
  if (mode > present && accounts > 1) {  // looser
    TRY(one, get(connection, proposal));
    TRY_STATUS(check_author(one, author));
    TRY_STATUS(consume(connection, author, proposal,
                       {"settings.approval_mode", "settings", name_of(present), name_of(mode), reason}, now,
                       sabotage));
  }
  TRY_STATUS(
      connection.execute("insert into access_setting (name, value) values ('approval_mode', $1) "
                         "on conflict (name) do update set value = $1",
                         {name_of(mode)}));
  const std::string detail = "{\"mode\":\"" + std::string(name_of(mode)) + "\"}";
  TRY_STATUS(relay::append(
      connection, {"settings.approval_mode", author, "setting:approval_mode", detail, now, nullptr, reason}));
  return {};
}

core::Result<Proposal> propose(sql::Connection& connection, const Parts& parts, std::string_view author,
                               const Wish& wish, core::TimeMs now) {
  const ChangeKind* kind = find_change_kind(wish.kind);
  if (kind == nullptr) return core::fail(ErrorCode::invalid, "/kind", "there is no such kind of change");
  if (wish.reason.empty()) return core::fail(ErrorCode::invalid, "/reason", "say why");
  if (wish.change.size() > change_bytes_max)
    return core::fail(ErrorCode::limit, "/change", "the change is too large: at most 1 MiB");
  TRY_STATUS(check_right(connection, author, kind->propose_right, "you may not propose such a change"));
  TRY(mode, approval_mode(connection));
  Proposal one;
  one.id = registry::make_id("prp", now, parts.random);
  one.version = 1;
  one.kind = wish.kind;
  one.target = wish.target;
  one.target_version = wish.target_version;
  one.change = wish.change;
  one.hash = crypto::to_hex(crypto::sha256(wish.change));
  one.reason = payment::masked_digit_runs(wish.reason);
  one.state = "open";
  one.author = author;
  one.made_at = now;
  one.expires_at = now + proposal_ms_max;
  one.cooling_until = mode == ApprovalMode::two_people ? 0 : now + cooling_off_ms;
  TRY_STATUS(insert(connection, one));
  TRY_STATUS(tell(connection, "proposal.made", author, one, now));
  return one;
}

core::Result<Proposal> revise(sql::Connection& connection, const Parts& parts, std::string_view author,
                              std::string_view id, std::string_view change, core::TimeMs now) {
  TRY(old, get(connection, id));
  if (old.author != author) return denied("only its author may change a proposal");
  if (!old.live(now)) return core::fail(ErrorCode::conflict, "", "this proposal is over: it is " + old.state);
  TRY_STATUS(set_state(connection, old, "replaced"));
  TRY_STATUS(tell(connection, "proposal.replaced", author, old, now));
  return propose(connection, parts, author, {old.kind, old.target, old.target_version, change, old.reason},
                 now);
}

core::Status approve(sql::Connection& connection, std::string_view approver, std::string_view id,
                     std::string_view seen_hash, std::string_view reason, core::TimeMs now,
                     core::Sabotage sabotage) {
  TRY(one, get_open(connection, id, now));
  TRY_STATUS(check_approver(connection, one, approver, now));
  TRY(right, still_right(connection, one));
  if (!right) return core::fail(ErrorCode::conflict, "", "the author lost the right to this change");
  if (seen_hash != one.hash && !sabotage.four_eyes_by_name_only)
    return core::fail(ErrorCode::conflict, "", "this is not the change that you saw: look at it again");
  TRY_STATUS(note_decision(connection, approver, id, reason, now));
  TRY_STATUS(set_state(connection, one, "approved"));
  return tell(connection, "proposal.approved", approver, one, now);
}

core::Status reject(sql::Connection& connection, std::string_view approver, std::string_view id,
                    std::string_view reason, core::TimeMs now) {
  TRY(one, get(connection, id));
  if (!one.live(now)) return core::fail(ErrorCode::conflict, "", "this proposal is over: it is " + one.state);
  if (one.author == approver) return denied("the author withdraws his proposal; another person rejects it");
  TRY_STATUS(check_not_about_himself(one, approver));
  TRY_STATUS(check_right(connection, approver, find_change_kind(one.kind)->approve_right,
                         "you may not decide on such a change"));
  TRY_STATUS(set_state(connection, one, "rejected"));
  TRY_STATUS(note_decision(connection, approver, id, reason, now));
  return tell(connection, "proposal.rejected", approver, one, now);
}

core::Status withdraw(sql::Connection& connection, std::string_view author, std::string_view id,
                      core::TimeMs now) {
  TRY(one, get(connection, id));
  if (one.author != author) return denied("only its author may withdraw a proposal");
  if (!one.live(now)) return core::fail(ErrorCode::conflict, "", "this proposal is over: it is " + one.state);
  TRY_STATUS(set_state(connection, one, "withdrawn"));
  return tell(connection, "proposal.withdrawn", author, one, now);
}

core::Status ratify(sql::Connection& connection, std::string_view who, std::string_view id,
                    core::TimeMs now) {
  TRY(one, get(connection, id));
  if (one.state != "consumed" || !one.decided_by.empty() || one.ratified_at != 0)
    return core::fail(ErrorCode::conflict, "",
                      "there is nothing to ratify: it was approved, or never carried out");
  TRY_STATUS(check_approver(connection, one, who, now));
  TRY_STATUS(set_state(connection, one, "consumed"));
  TRY_STATUS(connection.execute("update access_proposal set ratified_by = $1, ratified_at = $2 where id = $3",
                                {who, now, id}));
  return tell(connection, "proposal.ratified", who, one, now);
}

core::Status check_author(const Proposal& proposal, std::string_view who) {
  if (proposal.author == who) return {};
  return denied("only its author carries a proposal out");
}

core::Status consume(sql::Connection& connection, std::string_view who, std::string_view id,
                     const Wish& carried_out, core::TimeMs now, core::Sabotage sabotage) {
  TRY(one, get(connection, id));
  TRY(mode, approval_mode(connection));
  const bool cooled = one.state == "open" && one.cooling_until != 0 && now >= one.cooling_until &&
                      mode != ApprovalMode::two_people;
  if (one.state == "open" && one.cooling_until != 0 && !cooled)
    return core::fail(ErrorCode::conflict, "",
                      "without a second person this waits until " + core::format_time(one.cooling_until));
  if (one.state != "approved" && !cooled)
    return core::fail(ErrorCode::conflict, "", "this change is not approved: it is " + one.state);
  if (one.expired(now))
    return core::fail(ErrorCode::conflict, "", "the approval has expired; propose it anew");
  if (one.kind != carried_out.kind || one.target != carried_out.target)
    return denied("the approval is for something else");
  const bool same = one.hash == crypto::to_hex(crypto::sha256(carried_out.change)) &&
                    one.target_version == carried_out.target_version;
  if (!same && !sabotage.four_eyes_by_name_only)
    return core::fail(ErrorCode::conflict, "",
                      "what was approved is not what is to be done now: propose it anew");
  TRY(right, still_right(connection, one));
  if (!right)
    return core::fail(ErrorCode::conflict, "", "its author or approver lost the right: propose it anew");
  TRY_STATUS(connection.execute("update access_proposal set consumed_at = $1 where id = $2", {now, id}));
  TRY_STATUS(set_state(connection, one, "consumed"));
  return tell(connection, cooled ? "proposal.consumed_unapproved" : "proposal.consumed", who, one, now,
              carried_out.reason);
}

core::Status end_without_right(sql::Connection& connection, std::string_view account, core::TimeMs now) {
  TRY(rows,
      connection.query("select " + std::string(columns) +
                           " from access_proposal where state in ('open', 'approved') and (author = $1 or "
                           "decided_by = $1)",
                       {account}));
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const Proposal one = read(rows[i]);
    TRY(right, still_right(connection, one));
    if (right) continue;
    TRY_STATUS(set_state(connection, one, "void"));
    TRY_STATUS(tell(connection, "proposal.void", account, one, now));
  }
  return {};
}

core::Result<std::optional<Proposal>> find_proposal(sql::Connection& connection, std::string_view id) {
  TRY(rows, connection.query("select " + std::string(columns) + " from access_proposal where id = $1", {id}));
  if (rows.empty()) return std::nullopt;
  return std::optional<Proposal>(read(rows[0]));
}

core::Result<std::vector<Proposal>> list_proposals(sql::Connection& connection, std::string_view state,
                                                   std::string_view before, std::size_t count) {
  TRY(rows,
      connection.query("select " + std::string(columns) +
                           " from access_proposal where ($1 = '' or state = $1) and ($2 = '' or id < $2) "
                           "order by id desc limit $3",
                       {state, before, static_cast<std::int64_t>(count)}));
  std::vector<Proposal> found;
  for (std::size_t i = 0; i < rows.size(); ++i) found.push_back(read(rows[i]));
  return found;
}

core::Result<WaitingProposals> count_waiting(sql::Connection& connection, std::string_view account,
                                             core::TimeMs now) {
  // One question of the standing for each state, kind and author found. All that was ever carried out is
  // looked through: whether somebody decided on it is in no index.
  TRY(rows, connection.query(
                "select state, kind, author, case when kind = $3 and target = $4 then 1 else 0 end, count(*)"
                " from access_proposal where author <> $1 and ((state = 'open' and expires_at > $2)"
                " or (state = 'consumed' and decided_by is null and ratified_by is null))"
                " group by 1, 2, 3, 4",
                {account, now, roles_grant, "account:" + std::string(account)}));
  WaitingProposals waiting;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const ChangeKind* kind = find_change_kind(rows[i].text(1));
    if (kind == nullptr || rows[i].integer(3) != 0) continue;
    TRY(standing, standing_of(connection, account, kind->approve_right, core::time_max, rows[i].text(2), now,
                              Entry::counts));
    if (!standing.counts) continue;
    (rows[i].text(0) == "open" ? waiting.to_decide : waiting.to_ratify) += rows[i].integer(4);
  }
  return waiting;
}

}  // namespace tillwatch::access
