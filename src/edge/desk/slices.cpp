#include "desk/slices.h"

#include <algorithm>
#include <utility>

#include "core/office_limits.h"
#include "crypto/secret.h"

namespace tillwatch::desk {

std::optional<http::Response> SlicedAnswers::refusal(const Caller& caller) const {
  const auto own = static_cast<std::size_t>(
      std::ranges::count_if(open_, [&](const Open& one) { return one.caller.account == caller.account; }));
  if (own < core::limits::exports_of_account_max && open_.size() < core::limits::exports_max)
    return std::nullopt;
  return refuse(Problem::too_many_attempts, "other exports are under way: come again when they are there")
      .with("Retry-After", "5");
}

void SlicedAnswers::begin(http::RequestId id, std::string_view name, std::string_view right, Caller caller,
                          Slices slices) {
  // The secret of the cookie is not needed again.
  crypto::wipe(caller.cookie.data(), caller.cookie.size());
  caller.cookie.clear();
  open_.push_back({id, name, right, std::move(caller), std::move(slices)});
}

core::Result<std::optional<http::Response>> SlicedAnswers::slice(Open& one) {
  const core::TimeMs now = parts_.clock.now();
  TRY_STATUS(parts_.authenticator.still(parts_.connection, now, one.caller, one.right));
  return one.slices.next(parts_.connection, one.caller, now);
}

std::optional<SlicedAnswers::Done> SlicedAnswers::turn(http::Server& server) {
  std::erase_if(open_, [&](const Open& one) { return server.address_of(one.id).empty(); });
  if (open_.empty()) return std::nullopt;
  Open one = std::move(open_.front());
  open_.pop_front();
  auto response = slice(one);
  if (!response) return Done{one.id, one.name, std::unexpected(std::move(response.error()))};
  if (*response) return Done{one.id, one.name, **std::move(response)};
  open_.push_back(std::move(one));
  return std::nullopt;
}

}  // namespace tillwatch::desk
