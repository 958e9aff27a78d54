#include "access/sign_in.h"

#include <array>
#include <utility>
#include <vector>

#include "access/factor.h"
#include "access/invitation.h"
#include "access/password_rule.h"
#include "access/tries.h"
#include "relay/act.h"

namespace tillwatch::access {
namespace {

using core::ErrorCode;
using Kind = SignInResult::Kind;

SignInResult only(Kind kind, core::DurationMs wait_ms = 0) {
  SignInResult result;
  result.kind = kind;
  result.wait_ms = wait_ms;
  return result;
}

std::string name_bucket(std::string_view folded) {
  return "name:" + std::string(folded);
}

core::Status tell(sql::Connection& connection, std::string_view kind, std::string_view account,
                  core::TimeMs now) {
  const std::string subject = "account:" + std::string(account);
  TRY_STATUS(relay::append(connection, {kind, account, subject, "", now, nullptr}));
  return {};
}

// For a name that nobody has too: whether it is known must not be told by the time that a refusal takes.
core::Status note_refusal(sql::Connection& connection, std::string_view account, core::TimeMs now) {
  TRY(transaction, sql::Transaction::begin(connection));
  TRY_STATUS(tell(connection, "sign_in.refused", account, now));
  return transaction.commit();
}

// Counts the try in a transaction of its own. Above 0: how long to wait.
core::Result<core::DurationMs> count_try(sql::Connection& connection, const std::vector<Bucket>& buckets,
                                         core::TimeMs now) {
  TRY(transaction, sql::Transaction::begin(connection));
  TRY(wait, take_try(connection, buckets, now));
  TRY_STATUS(transaction.commit());
  return wait;
}

std::vector<Bucket> buckets_of(std::string_view folded, const std::optional<Device>& own,
                               const Visitor& visitor, core::Sabotage sabotage) {
  if (own && !sabotage.lock_all) return {{"device:" + own->id, device_tries_max}};
  return {{name_bucket(folded), name_tries_max},
          {network_bucket(visitor.address), network_tries_max},
          {"strangers", stranger_tries_max, core::minute_ms}};
}

// A session for somebody whose password was right.
core::Result<SignInResult> admit(sql::Connection& connection, const Parts& parts, const Account& account,
                                 const Visitor& visitor, core::TimeMs now) {
  TRY(enrolled, has_factor(connection, account.id));
  SignInResult result;
  result.kind = enrolled ? Kind::factor_needed : Kind::enrol_factor;
  TRY(opened,
      open_session(connection, parts, account.id, enrolled ? "factor_needed" : "enrol_factor", visitor, now));
  result.opened = std::move(opened);
  return result;
}

core::Status check_new_password(const Parts& parts, const Account& account, std::string_view password) {
  const std::array<std::string_view, 2> own = {account.sign_in, account.shown_name};
  return check_password(password, own, parts.password_characters_min);
}

// Whom a link lets in: an account, or for the owner's link what it will be called.
struct Guest {
  Purpose purpose = Purpose::invite;
  Account account;
};
core::Result<Guest> guest_of(sql::Connection& connection, const Parts& parts, const Arrival& arrival,
                             core::TimeMs now) {
  static constexpr std::string_view over = "this link was used already, or it has expired";
  TRY(invitation, find_invitation(connection, arrival.secret, now));
  if (!invitation) return core::fail(ErrorCode::not_found, "", std::string(over));
  Guest guest;
  guest.purpose = invitation->purpose;
  guest.account.sign_in = arrival.sign_in;
  guest.account.shown_name = arrival.shown_name;
  if (invitation->purpose == Purpose::owner) return guest;
  TRY(found, find_account(connection, parts, invitation->account));
  if (!found || found->state == "disabled") return core::fail(ErrorCode::not_found, "", std::string(over));
  guest.account = *std::move(found);
  return guest;
}

core::Result<std::string> first_account(sql::Connection& connection, const Parts& parts,
                                        const Arrival& arrival, std::string hashed, core::TimeMs now) {
  NewAccount wish;
  wish.sign_in = arrival.sign_in;
  wish.shown_name = arrival.shown_name;
  wish.language = arrival.language;
  wish.password = std::move(hashed);
  wish.grants = {{"owner", std::string(everywhere), "", now}};
  return create_account(connection, parts, wish, "", now);
}

}  // namespace

core::Result<BegunSignIn> begin_sign_in(sql::Connection& connection, const Parts& parts,
                                        std::string_view name, std::string_view password,
                                        std::string_view device_secret, const Visitor& visitor,
                                        core::TimeMs now) {
  BegunSignIn begun;
  const std::string folded = folded_sign_in(name);
  if (folded.empty() || password.size() > password_bytes_max) {
    begun.over = only(Kind::refused);
    return begun;
  }
  TRY(account, find_by_sign_in(connection, parts, folded));
  TRY(device, find_device(connection, device_secret));
  if (device && (!account || device->account != account->id)) device.reset();
  TRY(wait, count_try(connection, buckets_of(folded, device, visitor, parts.sabotage), now));
  if (wait > 0) begun.over = only(Kind::wait, wait);
  if (account) {
    begun.account = account->id;
    begun.stored = account->password;
  }
  if (device) begun.device = device->id;
  begun.address = visitor.address;
  begun.user_agent = visitor.user_agent;
  return begun;
}

core::Result<SignInResult> end_sign_in(sql::Connection& connection, const Parts& parts,
                                       const BegunSignIn& begun, const HashOutcome& outcome,
                                       core::TimeMs now) {
  TRY(account, find_account(connection, parts, begun.account));
  const bool same = account && account->password == begun.stored;
  if (!outcome.right || !same || account->state != "active" || account->dormant(now)) {
    TRY_STATUS(note_refusal(connection, account ? std::string_view(account->id) : "nobody", now));
    return only(Kind::refused);
  }
  TRY(transaction, sql::Transaction::begin(connection));
  if (!outcome.renewed.empty())
    TRY_STATUS(connection.execute("update access_account set password = $1 where id = $2",
                                  {outcome.renewed, account->id}));
  TRY(result, admit(connection, parts, *account, {begun.address, begun.user_agent, begun.device}, now));
  TRY_STATUS(transaction.commit());
  return result;
}

core::Result<SignInResult> sign_in(sql::Connection& connection, const Parts& parts, std::string_view name,
                                   std::string_view password, std::string_view device_secret,
                                   const Visitor& visitor, core::TimeMs now) {
  TRY(begun, begin_sign_in(connection, parts, name, password, device_secret, visitor, now));
  if (begun.over) return *std::move(begun.over);
  const HashOutcome outcome = hashed(parts.hash, {begun.stored, password});
  return end_sign_in(connection, parts, begun, outcome, now);
}

core::Result<SignInResult> show_factor(sql::Connection& connection, const Parts& parts,
                                       const Session& session, std::string_view digits,
                                       std::string_view recovery_code, core::TimeMs now) {
  TRY(wait, count_try(connection, {{"factor:" + session.account, factor_tries_max}}, now));
  if (wait > 0) return only(Kind::wait, wait);
  TRY(transaction, sql::Transaction::begin(connection));
  TRY(good, digits.empty() ? use_recovery_code(connection, session.account, recovery_code, now)
                           : check_totp(connection, parts, session.account, digits, now));
  if (!good) {
    TRY_STATUS(tell(connection, "factor.refused", session.account, now));
    TRY_STATUS(transaction.commit());
    return only(Kind::refused);
  }
  SignInResult result;
  result.kind = Kind::signed_in;
  TRY(opened, renew_session(connection, parts, session, "signed_in", true, now));
  result.opened = std::move(opened);
  TRY_STATUS(forget_tries(connection, "factor:" + session.account));
  if (session.device.empty()) {
    TRY(secret, remember_device(connection, parts, session.account, now));
    result.device_secret = std::move(secret);
  } else {
    TRY_STATUS(forget_tries(connection, "device:" + session.device));
    TRY_STATUS(
        connection.execute("update access_device set seen_at = $1 where id = $2", {now, session.device}));
  }
  TRY_STATUS(tell(connection, digits.empty() ? "sign_in.by_recovery_code" : "sign_in", session.account, now));
  TRY_STATUS(transaction.commit());
  return result;
}

core::Status begin_arrival(sql::Connection& connection, const Parts& parts, const Arrival& arrival,
                           core::TimeMs now) {
  TRY(guest, guest_of(connection, parts, arrival, now));
  return check_new_password(parts, guest.account, arrival.password);
}

core::Result<SignInResult> end_arrival(sql::Connection& connection, const Parts& parts,
                                       const Arrival& arrival, std::string_view made, const Visitor& visitor,
                                       core::TimeMs now) {
  TRY(transaction, sql::Transaction::begin(connection));
  TRY(guest, guest_of(connection, parts, arrival, now));
  TRY_STATUS(use_invitation(connection, arrival.secret, now));
  if (guest.purpose == Purpose::owner) {
    TRY(id, first_account(connection, parts, arrival, std::string(made), now));
    guest.account.id = id;
  } else {
    TRY_STATUS(set_password(connection, guest.account.id, made, "", now));
    if (guest.purpose == Purpose::reset) TRY_STATUS(drop_factors(connection, guest.account.id));
  }
  TRY(result, admit(connection, parts, guest.account, visitor, now));
  TRY_STATUS(transaction.commit());
  return result;
}

core::Result<SignInResult> arrive(sql::Connection& connection, const Parts& parts, const Arrival& arrival,
                                  const Visitor& visitor, core::TimeMs now) {
  TRY_STATUS(begin_arrival(connection, parts, arrival, now));
  TRY(made, parts.hash.make(arrival.password));
  return end_arrival(connection, parts, arrival, made, visitor, now);
}

}  // namespace tillwatch::access
