#include "notify/courier.h"

#include <algorithm>
#include <utility>

#include "notify/digest.h"
#include "notify/mail.h"
#include "notify/mail_text.h"
#include "notify/signature.h"
#include "notify/web_address.h"

namespace tillwatch::notify {
namespace {

constexpr core::DurationMs look_ms = core::second_ms;
constexpr core::DurationMs forget_ms = core::minute_ms;

}  // namespace

core::Status Courier::turn(sql::Connection& connection, core::TimeMs now, bool hurry) {
  for (ports::OutgoingResult& result : outgoing_.take_results()) ended_.push_back(std::move(result));
  const bool ended = !ended_.empty();
  TRY_STATUS(write_down(connection, now));
  // A wall clock that was set back makes nobody wait longer than a look.
  if (!hurry && !ended && now < look_at_ && look_at_ - now <= look_ms) return {};
  look_at_ = now + look_ms;
  TRY_STATUS(make_digests(connection, parts_, now));
  TRY_STATUS(send_due(connection, now));
  if (now < forget_at_ && forget_at_ - now <= forget_ms) return {};
  TRY(transaction, sql::Transaction::begin(connection));
  TRY(more, forget_old(connection, now));
  TRY_STATUS(transaction.commit());
  forget_at_ = more ? now : now + forget_ms;
  return {};
}

core::Status Courier::write_down(sql::Connection& connection, core::TimeMs now) {
  while (!ended_.empty()) {
    const auto sent = under_way_.find(ended_.back().number);
    if (sent != under_way_.end()) {
      TRY(transaction, sql::Transaction::begin(connection));
      TRY(disabled, record_try(connection, parts_.random, sent->second.message, ended_.back(), now));
      TRY_STATUS(transaction.commit());
      disabled_ += disabled ? 1 : 0;
      under_way_.erase(sent);
    }
    ended_.pop_back();
  }
  return {};
}

core::Status Courier::send_due(sql::Connection& connection, core::TimeMs now) {
  if (outgoing_.room() == 0) return {};
  TRY(due, due_messages(connection, now));
  // Those that wait longest first; one at a time for each receiver, so that a slow one keeps only himself up.
  std::ranges::stable_sort(due, {}, &Message::due_at);
  for (const Message& message : due) {
    if (outgoing_.room() == 0) return {};
    const bool busy =
        std::ranges::any_of(under_way_, [&](const auto& one) { return one.second.target == message.target; });
    if (busy) continue;
    TRY(sent, send(connection, message, now));
    if (sent) under_way_.emplace(next_number_++, Sent{message.id, message.target});
  }
  return {};
}

// What cannot even be tried counts as a try that failed.
core::Status Courier::refuse(sql::Connection& connection, const Message& message, std::string trouble,
                             core::TimeMs now) {
  TRY(transaction, sql::Transaction::begin(connection));
  TRY(disabled, record_try(connection, parts_.random, message.id, {0, false, 0, std::move(trouble), 0}, now));
  TRY_STATUS(transaction.commit());
  disabled_ += disabled ? 1 : 0;
  return {};
}

core::Result<bool> Courier::send(sql::Connection& connection, const Message& message, core::TimeMs now) {
  if (message.channel == Channel::mail) {
    TRY(server, mail_server(connection, parts_.keys));
    TRY(receivers, mail_receivers(connection, parts_.keys));
    const auto to = std::ranges::find(receivers, message.target, &MailReceiver::account);
    if (!server || to == receivers.end()) return false;
    ports::OutgoingMail mail{server->host,
                             static_cast<std::uint16_t>(server->port),
                             security_of(server->security),
                             server->sign_in,
                             server->password,
                             server->sender,
                             to->address,
                             ""};
    mail.content =
        mail_content({mail.from, mail.to, message.id, message.subject, message.body, message.made_at});
    outgoing_.hand_over(next_number_, std::move(mail));
    return true;
  }
  TRY(webhook, find_webhook(connection, message.target, now));
  if (!webhook) return false;
  const auto address = parse_web_address(webhook->url, parts_.near_too);
  if (!address) {
    TRY_STATUS(refuse(connection, message, "the address is not one that may be sent to (any more)", now));
    return false;
  }
  TRY(secrets, living_secrets(connection, parts_.keys, webhook->id, now));
  const std::int64_t seconds = now / 1000;
  ports::OutgoingPost post{address->tls, address->host, address->port,  address->target,
                           {},           message.body,  parts_.near_too};
  post.fields = {{"content-type", "application/json"},
                 {"user-agent", "Tillwatch"},
                 {"webhook-id", message.id},
                 {"webhook-timestamp", std::to_string(seconds)},
                 {"webhook-signature", signature(secrets, message.id, seconds, message.body)}};
  outgoing_.hand_over(next_number_, std::move(post));
  return true;
}

}  // namespace tillwatch::notify
