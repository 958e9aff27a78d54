#include "access_part.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "access/api_key.h"
#include "access/dormancy.h"

namespace tillwatch {
namespace {

using trace::FieldName;

constexpr core::DurationMs rest_ms = 5 * core::second_ms;

std::optional<crypto::Digest256> digest_of(std::string_view hex) {
  crypto::Digest256 out{};
  if (hex.size() != 2 * out.size()) return std::nullopt;
  for (std::size_t i = 0; i < out.size(); ++i) {
    const char* at = hex.data() + 2 * i;
    const auto [end, fault] = std::from_chars(at, at + 2, out[i], 16);
    if (fault != std::errc() || end != at + 2) return std::nullopt;
  }
  return out;
}

core::Result<std::vector<api::ApiKey>> read_keys(sql::Connection& connection) {
  TRY(stored, access::list_api_keys(connection));
  std::vector<api::ApiKey> keys;
  for (const access::StoredApiKey& one : stored) {
    if (one.revoked_at != 0) continue;
    const auto scopes = api::parse_scopes(one.scopes);
    const auto hash = digest_of(one.hash);
    if (!scopes || !hash)
      return core::fail(core::ErrorCode::corrupt, "access_api_key", "a row is no API key: " + one.id);
    keys.push_back({one.id, one.name, *scopes, one.made_at, one.expires_at, 0, *hash});
  }
  return keys;
}

}  // namespace

core::Result<std::unique_ptr<AccessPart>> AccessPart::create(ServiceThread& service, ApiKeyBox& box) {
  std::unique_ptr<AccessPart> part(new AccessPart(service, box));
  TRY_STATUS(part->hand_keys_over());
  return part;
}

// Added behind the desk, so that what a request of this turn revoked leaves in this turn.
core::Status AccessPart::hand_keys_over() {
  TRY(mark, access::api_keys_mark(service_.connection()));
  if (handed_ && mark == mark_) return {};
  TRY(keys, read_keys(service_.connection()));
  // Full: the engine has not taken the last set yet; the next turn tries again.
  if (!box_.put(std::move(keys))) return {};
  mark_ = std::move(mark);
  handed_ = true;
  return {};
}

void AccessPart::complain(std::string_view event, const core::Error& error) {
  service_.log().error(event, {{FieldName::code, std::string(core::name_of(error.code))},
                               {FieldName::detail, error.to_string()},
                               {FieldName::duration_ms, rest_ms}});
}

void AccessPart::turn(std::span<const ports::Event>) {
  const core::TimeMs monotonic = service_.clock().monotonic_ns() / 1'000'000;
  if (stopping_ || monotonic < rest_until_) return;
  if (const core::Status handed = hand_keys_over(); !handed) {
    rest_until_ = monotonic + rest_ms;
    return complain("api_keys_wait", handed.error());
  }
  if (monotonic < dormant_due_) return;
  dormant_due_ = monotonic + core::hour_ms;
  const auto step = access::rest_unused_accounts(service_.connection(), service_.clock().now());
  if (!step) {
    rest_until_ = monotonic + rest_ms;
    dormant_due_ = rest_until_;
    return complain("accounts_wait", step.error());
  }
  if (step->disabled > 0)
    service_.log().info("accounts_disabled", {{FieldName::count, step->disabled},
                                              {FieldName::detail, "nobody used them for 90 days"}});
}

}  // namespace tillwatch
