// Who may what: the one place where it is decided. An actor is an account with the rights of its roles, each
// everywhere or in the subtrees of some agents. Called by the desk for every route and every object. What no
// role gives is denied.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "access/right.h"
#include "core/error.h"
#include "registry/scope.h"
#include "sql/database.h"

namespace tillwatch::access {

class Actor {
 public:
  // The rights that the account has now; none where it is not active. Errors: those of the database.
  static core::Result<Actor> of(sql::Connection& connection, std::string_view account);
  // Those of a colleague as he may be given work: also of one who was invited and has not arrived yet.
  static core::Result<Actor> expected(sql::Connection& connection, std::string_view account);

  const std::string& account() const { return account_; }
  // Whether he has the right anywhere. For an unscoped right: everywhere.
  bool may(std::string_view right) const;
  // Where he has it.
  registry::Scope scope_of(std::string_view right) const;
  // Where any role of his counts: everything, or the subtrees of some agents.
  registry::Scope reach() const;
  // All rights that he has somewhere, in the order of the table.
  std::vector<std::string_view> rights() const;
  const std::vector<std::string>& roles() const { return roles_; }

 private:
  static core::Result<Actor> read(sql::Connection& connection, std::string_view account,
                                  std::string_view states);

  std::string account_;
  std::vector<std::string> roles_;
  Rights everywhere_;
  bool reaches_everything_ = false;
  std::vector<std::string> reach_;  // agents of his roles, each once
  std::array<std::vector<std::string>, right_count> roots_;
};

enum class Verdict : std::uint8_t { allowed, denied, step_up_needed };
// `stepped_up`: whether a second factor was shown within step_up_ms.
Verdict decide(const Actor& actor, std::string_view right, bool stepped_up);

}  // namespace tillwatch::access
