// Four eyes: a change that loosens something is proposed by one person and takes effect only after another
// has approved exactly that change. Called by the subjects whose changes need it, and by the desk's list of
// what waits. An approval is bound to the SHA-256 of the change and to the version it was made against; it
// counts only while both people still hold the rights for it.
//
// Where there is no second person, the operator may choose a cooling-off instead: the author may carry the
// change out after 24 hours, and it stands in the audit as not yet ratified until another person with the
// right says so.
//
// Who approves or ratifies holds his right everywhere, and counts as another person than the author
// (standing.h). Nobody decides on his own roles. Where a role is lost meanwhile, by author or approver, the
// proposal is void, even where it was given back.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "access/parts.h"
#include "core/error.h"
#include "core/sabotage.h"
#include "core/time.h"
#include "sql/database.h"

namespace tillwatch::access {

inline constexpr core::DurationMs proposal_ms_max = 72 * core::hour_ms;
inline constexpr core::DurationMs cooling_off_ms = 24 * core::hour_ms;

// A kind of change, known by name, with the rights it needs. Fixed in proposal.cpp.
struct ChangeKind {
  std::string_view name;
  std::string_view propose_right;
  std::string_view approve_right;
};
std::span<const ChangeKind> change_kinds();
const ChangeKind* find_change_kind(std::string_view name);

enum class ApprovalMode : std::uint8_t {
  two_people,  // somebody else, always
  duo,         // somebody else, or the cooling-off
  solo,        // the cooling-off
};
std::string_view name_of(ApprovalMode mode);
core::Result<ApprovalMode> approval_mode(sql::Connection& connection);
// To a looser one only by a proposal of kind "settings.approval_mode" (target "settings", version and change:
// the names of the present mode and of the new one), once there are two accounts; its author carries it out.
core::Status set_approval_mode(sql::Connection& connection, ApprovalMode mode, std::string_view author,
                               core::TimeMs now, std::string_view proposal = "", core::Sabotage sabotage = {},
                               std::string_view reason = "");

struct Proposal {
  std::string id;
  std::int64_t version = 0;
  std::string kind, target, target_version, change, hash, reason, state, author;
  core::TimeMs made_at = 0, expires_at = 0;
  std::string decided_by;
  core::TimeMs decided_at = 0;
  std::string decided_reason;
  core::TimeMs cooling_until = 0;  // 0: needs another person
  core::TimeMs consumed_at = 0;
  std::string ratified_by;
  core::TimeMs ratified_at = 0;
  bool expired(core::TimeMs now) const { return now >= expires_at; }
  bool live(core::TimeMs now) const { return (state == "open" || state == "approved") && !expired(now); }
  // Carried out without a second person.
  bool alone() const { return state == "consumed" && decided_by.empty(); }
};

struct Wish {
  std::string_view kind;
  std::string_view target;          // "list:whitelist", "policy"
  std::string_view target_version;  // what it was made against; another one voids the approval
  std::string_view change;          // the exact change, as the subject will carry it out
  std::string_view reason;
};

// What is refused: denied (a right is missing), invalid, conflict (not open any more, another version),
// not_found. All are called inside the caller's write transaction and leave an act.
core::Result<Proposal> propose(sql::Connection& connection, const Parts& parts, std::string_view author,
                               const Wish& wish, core::TimeMs now);
// The author changes his mind while it is open or approved: the new change needs a new approval.
core::Result<Proposal> revise(sql::Connection& connection, const Parts& parts, std::string_view author,
                              std::string_view id, std::string_view change, core::TimeMs now);
// `seen_hash`: of the change as the approver saw it.
core::Status approve(sql::Connection& connection, std::string_view approver, std::string_view id,
                     std::string_view seen_hash, std::string_view reason, core::TimeMs now,
                     core::Sabotage sabotage = {});
// Takes the right only: also whoever does not count as another person yet may say no.
core::Status reject(sql::Connection& connection, std::string_view approver, std::string_view id,
                    std::string_view reason, core::TimeMs now);
core::Status withdraw(sql::Connection& connection, std::string_view author, std::string_view id,
                      core::TimeMs now);
// Afterwards, for one that went through by cooling-off.
core::Status ratify(sql::Connection& connection, std::string_view who, std::string_view id, core::TimeMs now);

// denied: of most subjects only the author carries out what he proposed.
core::Status check_author(const Proposal& proposal, std::string_view who);
// The subject carries the change out now, in the same transaction: once, and only where it is approved. `who`
// does it, as the audit says; whether he may is the subject's to ask. The wish's reason says why now, and is
// kept with the act; where it is "", the audit shows the proposal's.
core::Status consume(sql::Connection& connection, std::string_view who, std::string_view id,
                     const Wish& carried_out, core::TimeMs now, core::Sabotage sabotage = {});

// Ends what the account has proposed or approved and no longer may: called where a role is taken away or an
// account is disabled, in the same transaction.
core::Status end_without_right(sql::Connection& connection, std::string_view account, core::TimeMs now);

core::Result<std::optional<Proposal>> find_proposal(sql::Connection& connection, std::string_view id);
// Newest first, before `before` ("" for the first page); `state` "" for all.
core::Result<std::vector<Proposal>> list_proposals(sql::Connection& connection, std::string_view state,
                                                   std::string_view before, std::size_t count);

// How many wait for this account: what it may approve or ratify, and nobody did. What it may only reject is
// not counted.
struct WaitingProposals {
  std::int64_t to_decide = 0;
  std::int64_t to_ratify = 0;
};
core::Result<WaitingProposals> count_waiting(sql::Connection& connection, std::string_view account,
                                             core::TimeMs now);

}  // namespace tillwatch::access
