// Who counts as another person: whether an account has a right, and by a role that makes its word more than
// an echo of somebody else's. Called by proposals. A role counts beside whoever did not give it at once;
// beside whoever did once it has settled: given a week ago, to an account that has had its own second factor
// for a week. Whoever gave it, an account that was entered by a link of the other's making, or of an account
// that he had entered so (invitation.h), counts a week later: he may be sitting at it himself. So do two
// accounts beside each other that were entered by links of one person, of which one at least was a reset: he
// may be sitting at both. (Who is invited has his roles by four eyes, and all of a new shop are invited.)
#pragma once

#include <cstdint>
#include <string_view>

#include "core/error.h"
#include "core/time.h"
#include "sql/database.h"

namespace tillwatch::access {

inline constexpr core::DurationMs settled_after_ms = 7 * core::day_ms;

// What an active account has of a right everywhere.
struct Standing {
  bool holds = false;
  bool counts = false;  // as another person
  // From when it counts; 0: whoever the other one is. time_max: not before there is a second factor, or it
  // does not hold the right.
  core::TimeMs counts_from = core::time_max;
  bool by_link = false;       // it is the other one's link that is waited for
  bool by_one_maker = false;  // the links of somebody who may be sitting at both
};
// What is asked beside the role. `bereft`: as `counts`, but what the other one took by a reset link, her
// factor and her standing, she has still: nobody makes himself the only one so.
enum class Entry : std::uint8_t { counts, bereft, not_asked };

// By grants no younger than `as_of` (one that was taken away and given back is a younger one), beside `other`
// ("": nobody). `at`: when a role has to have settled. Errors: those of the database.
core::Result<Standing> standing_of(sql::Connection& connection, std::string_view account,
                                   std::string_view right, core::TimeMs as_of, std::string_view other,
                                   core::TimeMs at, Entry entry);

// Whether somebody who counts as another person than `author` has this right everywhere, or would but for a
// reset link of his. `but_not`: an account that may not decide ("": none).
core::Result<bool> has_independent_approver(sql::Connection& connection, std::string_view author,
                                            std::string_view right, std::string_view but_not,
                                            core::TimeMs now);

}  // namespace tillwatch::access
