// How a policy comes into force: proposed with the hash of its exact files, approved by another, published
// for now or for its time, told to the engine as a swap. Called by the desk's routes and by the service
// thread's turn, inside the caller's write transaction. The one place that makes versions.
//
// Versions: 1 is what `serve --policy` had at the first start. One that is published later replaces what is
// scheduled for the same time or after it; what is scheduled earlier still comes, and is followed by it.
// A roll-back publishes an older version's files anew and needs another's approval like every publication,
// also where it tightens: nobody can tell which of two policies is the stricter.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "access/proposal.h"
#include "core/error.h"
#include "core/sabotage.h"
#include "policy/bundle.h"
#include "policy/source.h"
#include "rulebook/draft.h"
#include "sql/database.h"

namespace tillwatch::rulebook {

inline constexpr core::DurationMs schedule_ms_max = 90 * core::day_ms;

struct Version {
  std::int64_t number = 0;
  std::string policy, scenarios;  // hashes of their packs
  std::string state, draft, proposal, author, reason;
  core::TimeMs made_at = 0, effective_at = 0;
  std::int64_t act = 0;  // of the swap; 0: not told yet
};

// Makes version 1 of these files where there is none yet; false where there is one.
core::Result<bool> adopt(sql::Connection& connection, const PackSet& files, core::TimeMs now);

struct Intent {
  std::string_view reason;
  std::string_view despite;  // why it may go on although scenarios fail or none ran; the approver sees it
  core::TimeMs at = 0;       // when it is to take effect; 0: once it is published
};
// Refused as conflict: the check finds faults; its files were not tested as they are; scenarios fail, or
// there are none, and `despite` is empty.
core::Result<access::Proposal> propose(sql::Connection& connection, const access::Parts& parts,
                                       const Author& author, std::string_view draft, std::int64_t version,
                                       const Intent& intent);
// Carries the approved proposal of a draft out. Conflict: not approved, changed since, another version came
// between, or the approval has expired.
core::Result<Version> publish(sql::Connection& connection, const Author& author, std::string_view draft,
                              core::Sabotage sabotage = {});

core::Result<access::Proposal> propose_roll_back(sql::Connection& connection, const access::Parts& parts,
                                                 const Author& author, std::int64_t to,
                                                 std::string_view reason);
core::Result<Version> roll_back(sql::Connection& connection, const Author& author, std::string_view proposal);

// Puts the next scheduled version in force whose time has come, with the act that swaps the engine's policy;
// nothing where none is due. Call again until it gives nothing. The engine must hold the pack before the act
// reaches it: pack_of().
core::Result<std::optional<Version>> put_due_in_force(sql::Connection& connection, core::TimeMs now);

// Whether put_due_in_force() would put one; cheap, for a look at every turn.
core::Result<bool> is_due(sql::Connection& connection, core::TimeMs now);

// Where the engine runs another policy than the version in force, although it has obeyed every act up to
// `acts`: somebody swapped it past the desk (a start without the database). Tells it the approved one again;
// false where both agree or the swap is still under way.
core::Result<bool> put_back(sql::Connection& connection, std::string_view policy_of_engine, std::int64_t acts,
                            core::TimeMs now);

core::Result<std::optional<Version>> in_force(sql::Connection& connection);
core::Result<std::optional<Version>> find_version(sql::Connection& connection, std::int64_t number);
// Newest first, before the number `before` (0 for the first page).
core::Result<std::vector<Version>> list_versions(sql::Connection& connection, std::int64_t before,
                                                 std::size_t count);
core::Result<PackSet> files_of_version(sql::Connection& connection, const Version& version);
// The packed bytes of a hash. Errors: not_found.
core::Result<core::Bytes> pack_of(sql::Connection& connection, std::string_view hash);
// The policy of a hash, compiled. Errors: not_found, corrupt, invalid.
core::Result<std::shared_ptr<const policy::Bundle>> bundle_of(sql::Connection& connection,
                                                              std::string_view hash);

// Keeps what it compiled last: pages ask for the same policy again and again.
class CompiledPolicies {
 public:
  static constexpr std::size_t kept_max = 4;
  // Errors: as of bundle_of().
  core::Result<std::shared_ptr<const policy::Bundle>> find(sql::Connection& connection,
                                                           std::string_view hash);

 private:
  std::map<std::string, std::shared_ptr<const policy::Bundle>, std::less<>> kept_;
};

}  // namespace tillwatch::rulebook
