#include "desk/api_key_routes.h"

#include "access/api_key.h"
#include "api/api_keys.h"
#include "crypto/hash.h"
#include "desk/fields.h"
#include "desk/nullable.h"
#include "json/writer.h"

namespace tillwatch::desk {
namespace {

using access::StoredApiKey;

constexpr std::string_view right = "api_keys.manage";

void write_key(json::Writer& out, const StoredApiKey& key, core::TimeMs now) {
  const std::string_view state = key.revoked_at != 0 ? "revoked" : key.live(now) ? "live" : "expired";
  out.begin_object().member("id", key.id).member("client", key.name).member("state", state);
  out.key("scopes").begin_array();
  for (std::string_view rest = key.scopes; !rest.empty();) {
    const std::size_t end = std::min(rest.find(','), rest.size());
    out.value(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  out.end_array().member("made_at", core::format_time(key.made_at)).member("made_by", key.made_by);
  out.member("expires_at", core::format_time(key.expires_at));
  time_or_null(out, "revoked_at", key.revoked_at);
  out.end_object();
}

core::Result<Answer> list_keys(Call& call) {
  TRY(keys, access::list_api_keys(call.connection));
  std::string text;
  json::Writer out(text);
  out.begin_object().key("items").begin_array();
  for (const StoredApiKey& key : keys) write_key(out, key, call.now);
  out.end_array().end_object();
  return json_answer(std::move(text));
}

core::Result<Answer> create_key(Call& call, const access::Parts& parts) {
  Body body(call);
  const std::string client = body.text("client", 1, 64);
  const std::vector<std::string> words = body.texts("scopes", 5, 16);
  const core::TimeMs expires = body.time("expires_at");
  const std::string reason = body.text_if("reason", 0, 1000).value_or("");
  if (auto refusal = body.refusal()) return *std::move(refusal);
  std::string joined;
  for (const std::string& word : words) joined += (joined.empty() ? "" : ",") + word;
  const auto scopes = api::parse_scopes(joined);
  if (!scopes)
    return refuse(core::Error{core::ErrorCode::invalid, "/scopes",
                              "expected some of decide, events, read, metrics, admin"});
  if (expires <= call.now || expires - call.now > api::ApiKeys::lifetime_max)
    return refuse(core::Error{core::ErrorCode::invalid, "/expires_at", "expected a time within a year"});
  api::ApiKeys maker;
  const auto made = maker.create(parts.random, call.now, client, *scopes, expires - call.now);
  if (!made) return refuse(core::Error{core::ErrorCode::invalid, "/client", made.error().detail});
  const StoredApiKey key{made->key.id,      client, api::name_of(*scopes),         call.now, "",
                         made->key.expires, 0,      crypto::to_hex(made->key.hash)};
  TRY_STATUS(access::add_api_key(call.connection, key, call.caller.account, call.now, reason));
  std::string text;
  json::Writer(text).begin_object().member("id", key.id).member("key", made->secret).end_object();
  return json_answer(std::move(text), 201);
}

core::Result<Answer> revoke_key(Call& call) {
  Query query(call);
  const std::string reason = query.text("reason", 1000).value_or("");
  if (auto refusal = query.refusal()) return *std::move(refusal);
  TRY_STATUS(
      access::revoke_api_key(call.connection, call.variable(0), call.caller.account, call.now, reason));
  return nothing();
}

}  // namespace

void add_api_key_routes(Routes& routes, const AccessParts& given) {
  using http::Method;
  const access::Parts* parts = given.access;
  routes.add({.name = "listApiKeys", .path = "/desk/api-keys", .right = right}, list_keys);
  routes.add({.name = "createApiKey",
              .method = Method::post,
              .path = "/desk/api-keys",
              .right = right,
              .store = Store::write,
              .body_bytes_max = body_bytes_default,
              .statuses = {201, 409, 422}},
             [parts](Call& call) { return create_key(call, *parts); });
  routes.add({.name = "revokeApiKey",
              .method = Method::remove,
              .path = "/desk/api-keys/{id}",
              .right = right,
              .store = Store::write,
              .query = {"reason"},
              .statuses = {204, 404, 409}},
             revoke_key);
}

}  // namespace tillwatch::desk
