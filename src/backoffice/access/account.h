// Accounts of people and the roles they were given. Called by sign-in, the desk's routes and the command
// line. Each change is an act, inside the caller's write transaction. Never deletes an account; never tells
// the outbox a name.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "access/parts.h"
#include "core/error.h"
#include "core/time.h"
#include "registry/scope.h"
#include "sql/database.h"

namespace tillwatch::access {

inline constexpr std::string_view everywhere = "*";
inline constexpr core::DurationMs dormant_after_ms = 90 * core::day_ms;
inline constexpr core::DurationMs dormant_warning_ms = 14 * core::day_ms;  // before that

struct Grant {
  std::string role;
  std::string agent;  // in whose subtree; `everywhere`
  std::string granted_by;
  core::TimeMs granted_at = 0;
};

struct Account {
  std::string id;
  std::int64_t version = 0;
  std::string sign_in;
  std::string shown_name;
  std::string language;
  std::string state;  // invited, active, disabled
  std::string password;
  core::TimeMs created_at = 0;
  core::TimeMs seen_at = 0;  // 0: never
  std::vector<Grant> grants;
  // Until when he may stay away.
  core::TimeMs dormant_at() const { return (seen_at == 0 ? created_at : seen_at) + dormant_after_ms; }
  // Not seen for dormant_after_ms (since it was made, where never seen): may not sign in.
  bool dormant(core::TimeMs now) const {
    return now - (seen_at == 0 ? created_at : seen_at) > dormant_after_ms;
  }
  // It will be, within dormant_warning_ms.
  bool dormant_soon(core::TimeMs now) const {
    return state != "disabled" && !dormant(now) && now > dormant_at() - dormant_warning_ms;
  }
};

struct NewAccount {
  std::string sign_in;     // 3 to 64 of a-z, 0-9, '.', '_', '-', '@'; upper case is lowered
  std::string shown_name;  // 1 to 60 characters
  std::string language = "zh";
  std::string password;  // already hashed; "": invited
  std::vector<Grant> grants;
  bool roles_wait = false;  // for another person's approval: none is given now
};

// Errors: invalid (`where` is the member), conflict (the sign-in name is taken).
core::Result<std::string> create_account(sql::Connection& connection, const Parts& parts,
                                         const NewAccount& wish, std::string_view author, core::TimeMs now);

// nullopt where there is none.
core::Result<std::optional<Account>> find_account(sql::Connection& connection, const Parts& parts,
                                                  std::string_view id);
core::Result<std::optional<Account>> find_by_sign_in(sql::Connection& connection, const Parts& parts,
                                                     std::string_view sign_in);
// By id, after `after`.
core::Result<std::vector<Account>> list_accounts(sql::Connection& connection, const Parts& parts,
                                                 std::string_view after, std::size_t count);

// What everybody who works with somebody may know of him.
struct Colleague {
  std::string id;
  std::string shown_name;
  bool active = false;  // work can be given to him
};
// By id, after `after`: whoever has a role within the reach, and `asker` himself. Who reaches everything sees
// those without a role too.
core::Result<std::vector<Colleague>> list_colleagues(sql::Connection& connection, const Parts& parts,
                                                     const registry::Scope& reach, std::string_view asker,
                                                     std::string_view after, std::size_t count,
                                                     core::TimeMs now);

struct AccountChange {
  std::optional<std::string> shown_name;
  std::optional<std::string> language;
  std::optional<std::string> state;  // active or disabled; ends the sessions where disabled
  std::optional<std::vector<Grant>> grants;
  std::string reason = {};  // why; "" for none
};
// Errors: not_found, conflict (another version), invalid, denied (somebody would change his own roles or
// disable himself, or nobody could manage accounts any more).
core::Result<std::int64_t> change_account(sql::Connection& connection, const Parts& parts,
                                          std::string_view id, std::int64_t version,
                                          const AccountChange& change, std::string_view author,
                                          core::TimeMs now);

// Sets the password (already checked and hashed). Ends all sessions but `kept`.
core::Status set_password(sql::Connection& connection, std::string_view id, std::string_view hashed,
                          std::string_view kept, core::TimeMs now);

// denied where nobody active is left who may manage accounts everywhere.
core::Status check_somebody_is_left(sql::Connection& connection);

core::Result<std::int64_t> account_count(sql::Connection& connection);

// Lower case; "" where it is no sign-in name.
std::string folded_sign_in(std::string_view name);

}  // namespace tillwatch::access
