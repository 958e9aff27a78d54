// format: apikeys
#include "api/api_keys.h"

#include <algorithm>
#include <array>

#include "core/limits.h"
#include "crypto/secret.h"

namespace tillwatch::api {
namespace {

using core::ErrorCode;

constexpr std::string_view magic = "tillwatch-api-keys ";
constexpr std::string_view version_line = "tillwatch-api-keys 1";
constexpr std::string_view prefix = "tw_";
constexpr std::size_t id_letters = 16;
constexpr std::size_t secret_letters = 64;  // 256 bits
constexpr std::size_t name_bytes_max = 64;

struct ScopeName {
  Scope scope;
  std::string_view name;
};
constexpr auto scope_names = std::to_array<ScopeName>({{Scope::decide, "decide"},
                                                       {Scope::events, "events"},
                                                       {Scope::read, "read"},
                                                       {Scope::metrics, "metrics"},
                                                       {Scope::admin, "admin"}});

// Four bits a letter, a to p: a key never holds a digit, so that no net takes a part of it for a card number.
std::string letters(ports::Random& random, std::size_t count) {
  std::vector<std::byte> bytes(count / 2);
  random.fill(bytes);
  std::string text;
  for (const std::byte byte : bytes) {
    text.push_back(static_cast<char>('a' + (std::to_integer<int>(byte) >> 4)));
    text.push_back(static_cast<char>('a' + (std::to_integer<int>(byte) & 15)));
  }
  crypto::wipe(bytes.data(), bytes.size());
  return text;
}

bool is_name(std::string_view name) {
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
  };
  // More digits than a short number has could be a card's.
  const auto digits = std::ranges::count_if(name, [](char c) { return c >= '0' && c <= '9'; });
  return !name.empty() && name.size() <= name_bytes_max && std::ranges::all_of(name, fits) && digits <= 12;
}

std::string_view word(std::string_view& rest) {
  const std::size_t space = std::min(rest.find(' '), rest.size());
  const std::string_view part = rest.substr(0, space);
  rest.remove_prefix(std::min(space + 1, rest.size()));
  return part;
}

bool read_digest(std::string_view text, crypto::Digest256& out) {
  if (text.size() != 2 * out.size()) return false;
  const auto value = [](char c) {
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
  };
  for (std::size_t i = 0; i < out.size(); ++i) {
    const int high = value(text[2 * i]);
    const int low = value(text[2 * i + 1]);
    if (high < 0 || low < 0) return false;
    out[i] = static_cast<unsigned char>(high * 16 + low);
  }
  return true;
}

bool is_id(std::string_view text) {
  return text.size() == id_letters && std::ranges::all_of(text, [](char c) { return c >= 'a' && c <= 'p'; });
}

std::string_view as_text(const crypto::Digest256& digest) {
  return {static_cast<const char*>(static_cast<const void*>(digest.data())), digest.size()};
}

// "key ID NAME SCOPES CREATED EXPIRES REVOKED|- SHA256"
core::Result<ApiKey> read_key(std::string_view line, std::size_t number) {
  const auto fail = [&](std::string detail) {
    return core::fail(ErrorCode::invalid, "api keys, line " + std::to_string(number), std::move(detail));
  };
  if (word(line) != "key") return fail("expected a line that begins with \"key\"");
  ApiKey key;
  key.id = word(line);
  if (!is_id(key.id)) return fail("an id has 16 letters from a to p");
  key.name = word(line);
  if (!is_name(key.name)) return fail("the name is none");
  const std::optional<Scopes> scopes = parse_scopes(word(line));
  if (!scopes) return fail("the scopes are words of: decide, events, read, metrics, admin");
  key.scopes = *scopes;
  const std::optional<core::TimeMs> created = core::parse_time(word(line));
  const std::optional<core::TimeMs> expires = core::parse_time(word(line));
  if (!created || !expires) return fail("creation and expiry are RFC 3339 times");
  key.created = *created;
  key.expires = *expires;
  const std::string_view revoked = word(line);
  if (revoked != "-") {
    const std::optional<core::TimeMs> time = core::parse_time(revoked);
    if (!time) return fail("the revocation is an RFC 3339 time or -");
    key.revoked = *time;
  }
  if (!read_digest(word(line), key.hash) || !line.empty())
    return fail("the line ends with 64 hexadecimal digits");
  return key;
}

}  // namespace

std::optional<Scopes> parse_scopes(std::string_view text) {
  Scopes scopes = 0;
  for (std::size_t from = 0; from <= text.size();) {
    const std::size_t comma = std::min(text.find(',', from), text.size());
    const auto* found = std::ranges::find(scope_names, text.substr(from, comma - from), &ScopeName::name);
    if (found == scope_names.end() || holds(scopes, found->scope)) return std::nullopt;
    scopes = static_cast<Scopes>(scopes | static_cast<Scopes>(found->scope));
    from = comma + 1;
  }
  return scopes;
}

std::string name_of(Scopes scopes) {
  std::string text;
  for (const ScopeName& entry : scope_names) {
    if (!holds(scopes, entry.scope)) continue;
    if (!text.empty()) text += ",";
    text += entry.name;
  }
  return text;
}

core::Result<ApiKeys> ApiKeys::parse(std::string_view text) {
  if (!text.starts_with(magic))
    return core::fail(ErrorCode::invalid, "api keys, line 1", "this is no file of API keys");
  if (!text.starts_with(std::string(version_line) + "\n"))
    return core::fail(ErrorCode::unsupported, "api keys, line 1", "a newer program wrote this file");
  ApiKeys keys;
  std::string_view rest = text.substr(version_line.size() + 1);
  for (std::size_t number = 2; !rest.empty(); ++number) {
    const std::size_t end = rest.find('\n');
    if (end == std::string_view::npos)
      return core::fail(ErrorCode::invalid, "api keys, line " + std::to_string(number),
                        "the line is cut off");
    TRY(key, read_key(rest.substr(0, end), number));
    if (std::ranges::find(keys.keys_, key.id, &ApiKey::id) != keys.keys_.end())
      return core::fail(ErrorCode::invalid, "api keys, line " + std::to_string(number),
                        "this id stands twice");
    if (keys.keys_.size() >= core::limits::api_keys_max)
      return core::fail(ErrorCode::limit, "api keys, line " + std::to_string(number),
                        "there are too many keys");
    keys.keys_.push_back(std::move(key));
    rest.remove_prefix(end + 1);
  }
  return keys;
}

std::string ApiKeys::file_text() const {
  std::string text(version_line);
  text += "\n";
  for (const ApiKey& key : keys_) {
    text += "key " + key.id + " " + key.name + " " + name_of(key.scopes) + " " +
            core::format_time(key.created) + " " + core::format_time(key.expires) + " " +
            (key.revoked == 0 ? "-" : core::format_time(key.revoked)) + " " + crypto::to_hex(key.hash) + "\n";
  }
  return text;
}

core::Result<ApiKeys::Created> ApiKeys::create(ports::Random& random, core::TimeMs now, std::string_view name,
                                               Scopes scopes, core::DurationMs lifetime) {
  if (!is_name(name))
    return core::fail(ErrorCode::invalid, "--name",
                      "a client's name has 1 to 64 of a-z, 0-9, '.', '_', '-', and at most 12 digits");
  if (scopes == 0) return core::fail(ErrorCode::invalid, "--scope", "name at least one scope");
  if (lifetime <= 0 || lifetime > lifetime_max)
    return core::fail(ErrorCode::invalid, "--expires", "a key lives for a year at most (366d)");
  if (keys_.size() >= core::limits::api_keys_max)
    return core::fail(ErrorCode::limit, "api keys",
                      "the file is full: remove lines of keys that expired long ago");
  const auto live =
      std::ranges::count_if(keys_, [&](const ApiKey& k) { return k.name == name && k.live(now); });
  if (live >= 2)
    return core::fail(ErrorCode::conflict, "--name",
                      "this client has two live keys already: revoke one, two are enough to change them");
  Created created;
  created.key.id = letters(random, id_letters);
  created.secret = std::string(prefix) + created.key.id + "_" + letters(random, secret_letters);
  created.key.name = name;
  created.key.scopes = scopes;
  created.key.created = now;
  created.key.expires = now + lifetime;
  created.key.hash = crypto::sha256(created.secret);
  keys_.push_back(created.key);
  return created;
}

core::Status ApiKeys::revoke(std::string_view id, core::TimeMs now) {
  const auto key = std::ranges::find(keys_, id, &ApiKey::id);
  if (key == keys_.end())
    return core::fail(ErrorCode::not_found, std::string(id),
                      "there is no key with this id: see `api-key list`");
  if (key->revoked != 0)
    return core::fail(ErrorCode::conflict, std::string(id),
                      "this key was revoked at " + core::format_time(key->revoked));
  key->revoked = now;
  return {};
}

const ApiKey* ApiKeys::authenticate(std::string_view secret, core::TimeMs now) const {
  if (secret.size() != prefix.size() + id_letters + 1 + secret_letters || !secret.starts_with(prefix))
    return nullptr;
  const auto key = std::ranges::find(keys_, secret.substr(prefix.size(), id_letters), &ApiKey::id);
  if (key == keys_.end()) return nullptr;
  const crypto::Digest256 hash = crypto::sha256(secret);
  if (!crypto::equal_in_constant_time(as_text(hash), as_text(key->hash))) return nullptr;
  return key->live(now) ? &*key : nullptr;
}

}  // namespace tillwatch::api
