#include "access/factor.h"

#include <array>
#include <span>

#include "access/totp.h"
#include "registry/made_id.h"

namespace tillwatch::access {
namespace {

std::string context_of(std::string_view id) {
  return "factor:" + std::string(id) + ":secret";
}

struct Seed {
  std::string id;
  std::string secret;
  std::int64_t last_step = 0;
};

core::Result<std::optional<Seed>> find_seed(sql::Connection& connection, const Parts& parts,
                                            std::string_view account, bool confirmed) {
  TRY(rows,
      connection.query(std::string("select id, secret, last_step from access_factor where account = $1 and "
                                   "kind = 'totp' and confirmed_at is ") +
                           (confirmed ? "not null" : "null"),
                       {account}));
  if (rows.empty()) return std::nullopt;
  Seed seed{std::string(rows[0].text(0)), "", rows[0].integer(2)};
  TRY(secret, parts.keys.open(rows[0].text(1), context_of(seed.id)));
  seed.secret = secret;
  return seed;
}

// Codes are read from paper: small and great letters and hyphens are all one.
std::string folded(std::string_view code) {
  std::string out;
  for (char c : code) {
    if (c == '-' || c == ' ') continue;
    out += (c >= 'a' && c <= 'z') ? static_cast<char>(c - 'a' + 'A') : c;
  }
  return out;
}

std::string code_hash(std::string_view account, std::string_view code) {
  return stored_form("recovery " + std::string(account) + " " + folded(code));
}

}  // namespace

core::Result<Enrolment> begin_totp(sql::Connection& connection, const Parts& parts, std::string_view account,
                                   std::string_view sign_in, core::TimeMs now) {
  std::string secret(totp_secret_bytes, '\0');
  parts.random.fill(std::as_writable_bytes(std::span(secret)));
  const std::string id = registry::make_id("fac", now, parts.random);
  const std::string sealed = parts.keys.seal(secret, context_of(id), parts.random);
  TRY_STATUS(
      connection.execute("delete from access_factor where account = $1 and confirmed_at is null", {account}));
  TRY_STATUS(
      connection.execute("insert into access_factor (id, account, kind, secret, created_at, last_step) "
                         "values ($1, $2, 'totp', $3, $4, 0)",
                         {id, account, sql::Octets{sealed}, now}));
  return Enrolment{base32(secret), otpauth_uri(secret, "Tillwatch", sign_in)};
}

core::Result<bool> confirm_totp(sql::Connection& connection, const Parts& parts, std::string_view account,
                                std::string_view digits, core::TimeMs now) {
  TRY(seed, find_seed(connection, parts, account, false));
  if (!seed) return false;
  const auto step = match_totp(seed->secret, digits, now, 0);
  if (!step) return false;
  TRY_STATUS(connection.execute("delete from access_factor where account = $1 and kind = 'totp' and id <> $2",
                                {account, seed->id}));
  TRY_STATUS(connection.execute("update access_factor set confirmed_at = $1, last_step = $2 where id = $3",
                                {now, *step, seed->id}));
  return true;
}

core::Result<bool> has_factor(sql::Connection& connection, std::string_view account) {
  TRY(rows,
      connection.query("select count(*) from access_factor where account = $1 and confirmed_at is not null",
                       {account}));
  return rows[0].integer(0) > 0;
}

core::Result<bool> check_totp(sql::Connection& connection, const Parts& parts, std::string_view account,
                              std::string_view digits, core::TimeMs now) {
  TRY(seed, find_seed(connection, parts, account, true));
  if (!seed) return false;
  const auto step = match_totp(seed->secret, digits, now, seed->last_step);
  if (!step) return false;
  // Two at once with the same digits: one of them finds the step taken.
  TRY(taken, connection.execute("update access_factor set last_step = $1 where id = $2 and last_step < $1",
                                {*step, seed->id}));
  return taken == 1;
}

core::Status drop_factors(sql::Connection& connection, std::string_view account) {
  TRY_STATUS(connection.execute("delete from access_factor where account = $1", {account}));
  TRY_STATUS(connection.execute("delete from access_recovery_code where account = $1", {account}));
  return {};
}

core::Result<std::vector<std::string>> make_recovery_codes(sql::Connection& connection, const Parts& parts,
                                                           std::string_view account, core::TimeMs now) {
  TRY_STATUS(connection.execute("delete from access_recovery_code where account = $1", {account}));
  std::vector<std::string> codes;
  for (std::size_t i = 0; i < recovery_codes; ++i) {
    std::array<unsigned char, 10> bytes{};  // 80 bits
    parts.random.fill(std::as_writable_bytes(std::span(bytes)));
    std::string code;
    for (const unsigned char byte : bytes) code += static_cast<char>(byte);
    code = base32(code);
    code = code.substr(0, 4) + "-" + code.substr(4, 4) + "-" + code.substr(8, 4) + "-" + code.substr(12, 4);
    TRY_STATUS(
        connection.execute("insert into access_recovery_code (account, hash, made_at) values ($1, $2, $3)",
                           {account, code_hash(account, code), now}));
    codes.push_back(std::move(code));
  }
  return codes;
}

core::Result<bool> use_recovery_code(sql::Connection& connection, std::string_view account,
                                     std::string_view code, core::TimeMs now) {
  TRY(used,
      connection.execute("update access_recovery_code set used_at = $1 where account = $2 and hash = $3 "
                         "and used_at is null",
                         {now, account, code_hash(account, code)}));
  return used == 1;
}

core::Result<std::int64_t> recovery_codes_left(sql::Connection& connection, std::string_view account) {
  TRY(rows,
      connection.query("select count(*) from access_recovery_code where account = $1 and used_at is null",
                       {account}));
  return rows[0].integer(0);
}

}  // namespace tillwatch::access
