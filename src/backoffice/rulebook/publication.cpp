#include "rulebook/publication.h"

#include <algorithm>

#include "core/office_limits.h"
#include "json/reader.h"
#include "json/writer.h"
#include "payment/card_digits.h"
#include "payment/entry.h"
#include "relay/act.h"
#include "rulebook/examination.h"

namespace tillwatch::rulebook {
namespace {

using core::ErrorCode;

constexpr std::string_view target = "policy";
constexpr std::string_view columns =
    "number, policy, scenarios, state, draft, proposal, author, reason, made_at, effective_at, act";

Version read(const sql::Row& row) {
  Version one;
  one.number = row.integer(0);
  one.policy = row.text(1);
  one.scenarios = row.text(2);
  one.state = row.text(3);
  one.draft = row.text(4);
  one.proposal = row.text(5);
  one.author = row.text(6);
  one.reason = row.text(7);
  one.made_at = row.integer(8);
  one.effective_at = row.integer(9);
  one.act = row.integer(10);
  return one;
}

core::Result<std::optional<Version>> first(core::Result<sql::Table> rows) {
  if (!rows) return std::unexpected(rows.error());
  if (rows->empty()) return std::nullopt;
  return std::optional<Version>(read((*rows)[0]));
}

core::Result<std::int64_t> last_number(sql::Connection& connection) {
  TRY(rows, connection.query("select coalesce(max(number), 0) from rulebook_version"));
  return rows[0].integer(0);
}

core::Result<std::string> keep(sql::Connection& connection, const std::vector<policy::SourceFile>& files,
                               core::TimeMs now) {
  const core::Bytes packed = policy::pack(files);
  std::string hash = policy::to_hex(policy::hash_of(packed));
  TRY_STATUS(
      connection.execute("insert into rulebook_pack (hash, packed, kept_at) values ($1, $2, $3)"
                         " on conflict (hash) do nothing",
                         {std::string_view(hash), sql::Octets{packed}, now}));
  return hash;
}

core::Status tell(sql::Connection& connection, std::string_view kind, const Version& version,
                  std::string_view actor, core::TimeMs now) {
  std::string detail;
  json::Writer(detail)
      .begin_object()
      .member("policy", version.policy)
      .member("effective_at", core::format_time(version.effective_at))
      .end_object();
  const std::string subject = "policy:" + std::to_string(version.number);
  TRY_STATUS(relay::append(connection, {kind, actor, subject, detail, now, nullptr}));
  return {};
}

core::Status insert(sql::Connection& connection, const Version& one) {
  TRY_STATUS(connection.execute("insert into rulebook_version (" + std::string(columns) +
                                    ") values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
                                {one.number, one.policy, one.scenarios, one.state, one.draft, one.proposal,
                                 one.author, one.reason, one.made_at, one.effective_at, one.act}));
  return {};
}

// The next version, scheduled; what was scheduled for its time or later gives way.
core::Result<Version> schedule(sql::Connection& connection, Version one) {
  TRY(last, last_number(connection));
  one.number = last + 1;
  one.state = "scheduled";
  TRY_STATUS(
      connection.execute("update rulebook_version set state = 'cancelled'"
                         " where state = 'scheduled' and effective_at >= $1",
                         {one.effective_at}));
  TRY_STATUS(insert(connection, one));
  TRY_STATUS(tell(connection, "policy.published", one, one.author, one.made_at));
  return one;
}

core::Status check_tested(const Draft& draft, const PackSet& files, std::string_view despite) {
  if (draft.tested != files.hash())
    return core::fail(ErrorCode::conflict, "", "test the draft first: it was not tested as it is now");
  if (!despite.empty()) return {};
  if (draft.failed > 0)
    return core::fail(ErrorCode::conflict, "/despite",
                      std::to_string(draft.failed) +
                          " scenarios fail: mend the draft, or say why it may go on in spite of them");
  if (draft.scenarios == 0)
    return core::fail(ErrorCode::conflict, "/despite",
                      "no scenario was run: write one, or say why it may go on without");
  return {};
}

// Open, or proposed in vain: rejected, expired, withdrawn among the proposals.
core::Status check_free(sql::Connection& connection, const Draft& draft, core::TimeMs now) {
  if (draft.state == "open") return {};
  if (draft.state != "proposed")
    return core::fail(ErrorCode::conflict, "", "this draft is not open: it is " + draft.state);
  TRY(proposal, access::find_proposal(connection, draft.proposal));
  const bool waits = proposal && (proposal->state == "open" || proposal->state == "approved");
  if (waits && !proposal->expired(now))
    return core::fail(ErrorCode::conflict, "", "this draft is proposed already: see what becomes of it");
  return {};
}

core::Status check_faults(const PackSet& files, core::TimeMs now) {
  const Examined examined = examine(files.policy, now);
  for (const policy::Fault& fault : examined.faults)
    if (!fault.warning)
      return core::fail(ErrorCode::conflict, "", "the draft has faults: " + fault.to_string());
  return {};
}

// What the approver sees and what his approval is bound to.
std::string change_of(const Draft& draft, const PackSet& files, const Intent& intent) {
  std::string text;
  json::Writer(text)
      .begin_object()
      .member("draft", draft.id)
      .member("based_on", draft.based_on)
      .member("policy", files.policy_hash())
      .member("scenarios", files.scenario_hash())
      .member("scenarios_run", draft.scenarios)
      .member("scenarios_failed", draft.failed)
      .member("despite", intent.despite)
      .member("effective_at", intent.at == 0 ? std::string() : core::format_time(intent.at))
      .end_object();
  return text;
}

std::string roll_back_of(const Version& to) {
  std::string text;
  json::Writer(text)
      .begin_object()
      .member("to", to.number)
      .member("policy", to.policy)
      .member("scenarios", to.scenarios)
      .end_object();
  return text;
}

// The act that has the engine go over to a version.
core::Status swap_to(sql::Connection& connection, const Version& version, std::string_view kind,
                     std::string_view actor, core::TimeMs now) {
  payment::EntryBuilder swap;
  swap.header.kind = payment::EntryKind::policy_swap;
  swap.set(payment::AttributeId::policy_bundle, payment::Value::of(std::string_view(version.policy)));
  const std::string subject = "policy:" + std::to_string(version.number);
  TRY(act, relay::append(connection, {kind, actor, subject, "", now, &swap}));
  TRY_STATUS(
      connection.execute("update rulebook_version set act = $2 where number = $1", {version.number, act}));
  return {};
}

core::Result<Version> get_version(sql::Connection& connection, std::int64_t number) {
  TRY(found, find_version(connection, number));
  if (!found) return core::fail(ErrorCode::not_found, "", "there is no such version");
  return *std::move(found);
}

}  // namespace

core::Result<bool> adopt(sql::Connection& connection, const PackSet& files, core::TimeMs now) {
  TRY(last, last_number(connection));
  if (last > 0) return false;
  Version one;
  TRY(policy_hash, keep(connection, files.policy, now));
  TRY(scenario_hash, keep(connection, files.scenarios, now));
  one.number = 1;
  one.policy = policy_hash;
  one.scenarios = scenario_hash;
  one.state = "in_force";
  one.author = "system";
  one.reason = "adopted from the folder of the first start";
  one.made_at = one.effective_at = now;
  TRY_STATUS(insert(connection, one));
  TRY_STATUS(tell(connection, "policy.adopted", one, one.author, now));
  return true;
}

core::Result<access::Proposal> propose(sql::Connection& connection, const access::Parts& parts,
                                       const Author& author, std::string_view id, std::int64_t version,
                                       const Intent& wish) {
  // As the approver reads it, and as his approval is bound to it.
  const std::string despite = payment::masked_digit_runs(wish.despite);
  const Intent intent{wish.reason, despite, wish.at};
  if (intent.at != 0 && (intent.at <= author.now || intent.at > author.now + schedule_ms_max))
    return core::fail(ErrorCode::invalid, "/at", "expected a time to come, within 90 days");
  if (intent.despite.size() > core::limits::desk_text_bytes_max)
    return core::fail(ErrorCode::limit, "/despite", "at most 4000 bytes");
  TRY(found, find_draft(connection, id));
  if (!found) return core::fail(ErrorCode::not_found, "", "there is no such draft");
  if (found->author != author.account)
    return core::fail(ErrorCode::denied, "", "only its author proposes a draft");
  TRY_STATUS(check_free(connection, *found, author.now));
  if (found->version != version)
    return core::fail(ErrorCode::conflict, "/version",
                      "this draft was changed meanwhile: read it again and repeat your step");
  TRY(files, files_of(connection, id));
  TRY_STATUS(check_faults(files, author.now));
  TRY_STATUS(check_tested(*found, files, intent.despite));
  const std::string change = change_of(*found, files, intent);
  TRY(last, last_number(connection));
  const std::string against = std::to_string(last);
  TRY(proposal, access::propose(connection, parts, author.account,
                                {"policy.publish", target, against, change, intent.reason}, author.now));
  TRY_STATUS(connection.execute(
      "update rulebook_draft set state = 'proposed', version = version + 1, proposal = $2, despite = $3,"
      " take_effect = $4 where id = $1",
      {id, std::string_view(proposal.id), intent.despite, intent.at}));
  return std::move(proposal);
}

core::Result<Version> publish(sql::Connection& connection, const Author& author, std::string_view id,
                              core::Sabotage sabotage) {
  TRY(draft, find_draft(connection, id));
  if (!draft) return core::fail(ErrorCode::not_found, "", "there is no such draft");
  if (draft->state != "proposed")
    return core::fail(ErrorCode::conflict, "", "this draft is not proposed: it is " + draft->state);
  TRY(files, files_of(connection, id));
  // The intent as it was proposed; the files as they are now.
  const Intent intent{"", draft->despite, draft->take_effect};
  TRY(last, last_number(connection));
  const std::string against = std::to_string(last);
  const std::string change = change_of(*draft, files, intent);
  TRY_STATUS(access::consume(connection, author.account, draft->proposal,
                             {"policy.publish", target, against, change, ""}, author.now, sabotage));
  TRY(proposal, access::find_proposal(connection, draft->proposal));
  TRY_STATUS(connection.execute(
      "update rulebook_draft set state = 'published', version = version + 1 where id = $1", {id}));
  Version one;
  TRY(policy_hash, keep(connection, files.policy, author.now));
  TRY(scenario_hash, keep(connection, files.scenarios, author.now));
  one.policy = policy_hash;
  one.scenarios = scenario_hash;
  one.draft = draft->id;
  one.proposal = draft->proposal;
  one.author = author.account;
  one.reason = proposal->reason;
  one.made_at = author.now;
  one.effective_at = std::max(intent.at, author.now);
  return schedule(connection, std::move(one));
}

core::Result<access::Proposal> propose_roll_back(sql::Connection& connection, const access::Parts& parts,
                                                 const Author& author, std::int64_t to,
                                                 std::string_view reason) {
  TRY(version, get_version(connection, to));
  if (version.state != "replaced")
    return core::fail(ErrorCode::conflict, "", "only a version that was in force can come back");
  TRY(last, last_number(connection));
  const std::string against = std::to_string(last), change = roll_back_of(version);
  return access::propose(connection, parts, author.account,
                         {"policy.roll_back", target, against, change, reason}, author.now);
}

core::Result<Version> roll_back(sql::Connection& connection, const Author& author, std::string_view id) {
  TRY(proposal, access::find_proposal(connection, id));
  if (!proposal || proposal->kind != "policy.roll_back")
    return core::fail(ErrorCode::not_found, "", "there is no such proposal of a roll-back");
  json::Reader reader;
  TRY(change, reader.parse(proposal->change));
  const auto number = change.find("to");
  if (!number) return core::fail(ErrorCode::corrupt, "access_proposal", "names no version");
  TRY(to_number, number->as_integer());
  TRY(to, get_version(connection, to_number));
  TRY(last, last_number(connection));
  const std::string against = std::to_string(last), same = roll_back_of(to);
  TRY_STATUS(access::consume(connection, author.account, id, {"policy.roll_back", target, against, same, ""},
                             author.now));
  Version one;
  one.policy = to.policy;
  one.scenarios = to.scenarios;
  one.proposal = id;
  one.author = author.account;
  one.reason = proposal->reason;
  one.made_at = one.effective_at = author.now;
  return schedule(connection, std::move(one));
}

core::Result<std::optional<Version>> put_due_in_force(sql::Connection& connection, core::TimeMs now) {
  TRY(due, first(connection.query("select " + std::string(columns) +
                                      " from rulebook_version"
                                      " where state = 'scheduled' and effective_at <= $1"
                                      " order by effective_at, number limit 1",
                                  {now})));
  if (!due) return std::nullopt;
  TRY_STATUS(connection.execute("update rulebook_version set state = 'replaced' where state = 'in_force'"));
  TRY_STATUS(
      connection.execute("update rulebook_version set state = 'in_force' where number = $1", {due->number}));
  TRY_STATUS(swap_to(connection, *due, "policy.in_force", due->author, now));
  return find_version(connection, due->number);
}

core::Result<bool> is_due(sql::Connection& connection, core::TimeMs now) {
  TRY(rows, connection.query("select 1 from rulebook_version where state = 'scheduled' and effective_at <= $1"
                             " limit 1",
                             {now}));
  return !rows.empty();
}

core::Result<bool> put_back(sql::Connection& connection, std::string_view policy_of_engine, std::int64_t acts,
                            core::TimeMs now) {
  TRY(version, in_force(connection));
  if (!version || version->policy == policy_of_engine || version->act > acts) return false;
  TRY_STATUS(swap_to(connection, *version, "policy.put_back", "system", now));
  return true;
}

core::Result<std::optional<Version>> in_force(sql::Connection& connection) {
  return first(
      connection.query("select " + std::string(columns) + " from rulebook_version where state = 'in_force'"));
}

core::Result<std::optional<Version>> find_version(sql::Connection& connection, std::int64_t number) {
  return first(connection.query("select " + std::string(columns) + " from rulebook_version where number = $1",
                                {number}));
}

core::Result<std::vector<Version>> list_versions(sql::Connection& connection, std::int64_t before,
                                                 std::size_t count) {
  TRY(rows, connection.query("select " + std::string(columns) +
                                 " from rulebook_version where ($1 = 0 or number < $1)"
                                 " order by number desc limit $2",
                             {before, static_cast<std::int64_t>(count)}));
  std::vector<Version> found;
  for (std::size_t i = 0; i < rows.size(); ++i) found.push_back(read(rows[i]));
  return found;
}

core::Result<PackSet> files_of_version(sql::Connection& connection, const Version& version) {
  PackSet files;
  TRY(policy_pack, pack_of(connection, version.policy));
  TRY(scenario_pack, pack_of(connection, version.scenarios));
  TRY(policy_files, policy::unpack(policy_pack));
  TRY(scenario_files, policy::unpack(scenario_pack));
  files.policy = std::move(policy_files);
  files.scenarios = std::move(scenario_files);
  return files;
}

core::Result<core::Bytes> pack_of(sql::Connection& connection, std::string_view hash) {
  TRY(rows, connection.query("select packed from rulebook_pack where hash = $1", {hash}));
  if (rows.empty()) return core::fail(ErrorCode::not_found, "", "no pack of this hash is kept");
  return core::Bytes(rows[0].text(0));
}

core::Result<std::shared_ptr<const policy::Bundle>> bundle_of(sql::Connection& connection,
                                                              std::string_view hash) {
  TRY(packed, pack_of(connection, hash));
  return policy::Bundle::restore(packed);
}

core::Result<std::shared_ptr<const policy::Bundle>> CompiledPolicies::find(sql::Connection& connection,
                                                                           std::string_view hash) {
  if (const auto at = kept_.find(hash); at != kept_.end()) return at->second;
  TRY(bundle, bundle_of(connection, hash));
  if (kept_.size() >= kept_max) kept_.clear();
  return kept_.emplace(hash, std::move(bundle)).first->second;
}

}  // namespace tillwatch::rulebook
