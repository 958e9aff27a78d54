#include "admin_accounts.h"

#include <cstdio>

#include "access/account.h"
#include "access/invitation.h"
#include "posix/clock.h"
#include "posix/hardening.h"
#include "posix/random.h"
#include "posix/secret_buffer.h"
#include "relay/act.h"
#include "secret_file.h"
#include "sql/migration.h"

namespace tillwatch {
namespace {

using access::Account;

// What both work with.
struct Office {
  Office(crypto::DataKeys read, std::unique_ptr<sql::Connection> open)
      : keys(std::move(read)), connection(std::move(open)) {}
  crypto::DataKeys keys;
  std::unique_ptr<sql::Connection> connection;
  posix::Clock clock;
  posix::Random random;
  access::Argon2id hash;
  access::Parts parts{keys, random, hash};
};

core::Result<std::unique_ptr<Office>> open_office(const AccountWishes& wishes) {
  TRY_STATUS(posix::harden_process());
  auto text = posix::read_secret_file(wishes.data + "/" + data_keys_file);
  if (!text) return std::unexpected(text.error());
  TRY(keys, crypto::DataKeys::parse(text->view()));
  TRY(database, sql::open_database(wishes.database.empty() ? "sqlite:" + wishes.data + "/desk.sqlite"
                                                           : wishes.database));
  TRY(connection, database->connect());
  auto office = std::make_unique<Office>(std::move(keys), std::move(connection));
  TRY_STATUS(sql::migrate(*office->connection, sql::migrations(), office->clock.now()));
  return office;
}

core::Status list(const AccountWishes& wishes) {
  TRY(office, open_office(wishes));
  const core::TimeMs now = office->clock.now();
  constexpr std::size_t at_once = 500;
  for (std::string after;;) {
    TRY(accounts, access::list_accounts(*office->connection, office->parts, after, at_once));
    for (const Account& one : accounts) {
      std::string roles;
      for (const access::Grant& grant : one.grants) roles += " " + grant.role;
      std::printf("%s  %-8s  %-24s  seen %-24s %s\n", one.id.c_str(),
                  one.state == "active" && one.dormant(now) ? "dormant" : one.state.c_str(),
                  one.sign_in.c_str(), one.seen_at == 0 ? "never" : core::format_time(one.seen_at).c_str(),
                  roles.c_str());
    }
    if (accounts.size() < at_once) return {};
    after = accounts.back().id;
  }
}

core::Status reset(const AccountWishes& wishes) {
  TRY(office, open_office(wishes));
  sql::Connection& connection = *office->connection;
  const core::TimeMs now = office->clock.now();
  TRY(transaction, sql::Transaction::begin(connection));
  TRY(account, access::find_by_sign_in(connection, office->parts, access::folded_sign_in(wishes.name)));
  if (!account)
    return core::fail(core::ErrorCode::not_found, wishes.name,
                      "there is no such sign-in name: see account list");
  if (account->state == "disabled") {
    access::AccountChange change;
    change.state = "active";
    TRY_STATUS(access::change_account(connection, office->parts, account->id, account->version, change,
                                      "system", now));
  }
  TRY(token, access::invite(connection, office->parts, access::Purpose::reset, account->id, "", now));
  const std::string subject = "account:" + account->id;
  TRY_STATUS(relay::append(connection, {.kind = "account.reset_link",
                                        .actor = "system",
                                        .subject = subject,
                                        .detail = R"({"by":"machine"})",
                                        .at = now}));
  TRY_STATUS(transaction.commit());
  std::fprintf(stderr, "Open this at the desk's address, once, within three days; it is not shown again.\n");
  std::printf("/first-run#%s\n", token.c_str());
  return {};
}

int code_of(const core::Status& status) {
  if (status) return 0;
  std::fprintf(stderr, "tillwatch admin account: %s\n", status.error().to_string().c_str());
  return 1;
}

}  // namespace

int list_people(const AccountWishes& wishes) {
  return code_of(list(wishes));
}

int reset_person(const AccountWishes& wishes) {
  return code_of(reset(wishes));
}

}  // namespace tillwatch
