#include "rulebook/list_catalogue.h"

#include <algorithm>

#include "policy/bundle.h"
#include "rulebook/publication.h"

namespace tillwatch::rulebook {

using policy::ListEffect;

std::string_view name_of(ListEffect effect) {
  switch (effect) {
    case ListEffect::none:
      return "none";
    case ListEffect::block:
      return "block";
    case ListEffect::overridable_block:
      return "overridable_block";
    case ListEffect::allow_override:
      return "override";
    case ListEffect::snooze:
      return "snooze";
  }
  return "none";
}

std::string_view name_of(ListStep step) {
  return step == ListStep::add ? "add" : "remove";
}

bool loosens(ListEffect effect, ListStep step) {
  switch (effect) {
    case ListEffect::block:
    case ListEffect::overridable_block:
      return step == ListStep::remove;
    case ListEffect::allow_override:
    case ListEffect::snooze:
      return step == ListStep::add;
    case ListEffect::none:
      return true;
  }
  return true;
}

core::Result<std::vector<ListInForce>> ListCatalogue::lists(sql::Connection& connection) {
  TRY(version, in_force(connection));
  if (!version) return std::vector<ListInForce>();
  if (version->policy == policy_) return lists_;
  TRY(packed, pack_of(connection, version->policy));
  TRY(bundle, policy::Bundle::restore(packed));
  lists_.clear();
  for (const policy::ListDefinition& one : bundle->model().lists)
    lists_.push_back({one.name, one.of, one.effect});
  policy_ = version->policy;
  return lists_;
}

core::Result<ListInForce> ListCatalogue::find(sql::Connection& connection, std::string_view name) {
  TRY(all, lists(connection));
  const auto found = std::ranges::find(all, name, &ListInForce::name);
  if (found == all.end())
    return core::fail(core::ErrorCode::not_found, "", "the policy in force has no such list");
  return *found;
}

}  // namespace tillwatch::rulebook
