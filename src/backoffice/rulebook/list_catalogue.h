// The lists that the policy in force defines: of which attribute, to what effect, and which way a change of
// them points. Made by the desk's routes and by tests; asked before every change of a list. Never holds
// items.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "policy/model.h"
#include "sql/database.h"

namespace tillwatch::rulebook {

struct ListInForce {
  std::string name;
  std::string of;  // "terminal.serial"
  policy::ListEffect effect = policy::ListEffect::none;
};

// As policies write it: none, block, overridable_block, override, snooze.
std::string_view name_of(policy::ListEffect effect);

enum class ListStep : std::uint8_t { add, remove };
std::string_view name_of(ListStep step);

// Whether a step loosens: then it takes two people. To put something on a list that blocks tightens, to take
// it off loosens; with overrides and snoozes it is the other way round. A list without an effect of its own
// is read by rules as they like, so both of its steps count as loosening.
bool loosens(policy::ListEffect effect, ListStep step);

// Keeps what it read as long as the same policy is in force.
class ListCatalogue {
 public:
  // In the policy's order; none where no policy is in force..
  core::Result<std::vector<ListInForce>> lists(sql::Connection& connection);
  // Errors: not_found.
  core::Result<ListInForce> find(sql::Connection& connection, std::string_view name);

 private:
  std::string policy_;  // hash
  std::vector<ListInForce> lists_;
};

}  // namespace tillwatch::rulebook
