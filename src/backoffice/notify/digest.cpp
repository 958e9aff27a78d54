#include "notify/digest.h"

#include <fmt/format.h>

#include <algorithm>

#include "access/account.h"
#include "access/actor.h"
#include "notify/bounds.h"
#include "notify/message.h"
#include "payment/card_digits.h"

namespace tillwatch::notify {
namespace {

std::string_view severity_word(std::int64_t severity, bool chinese) {
  constexpr std::string_view zh[] = {"低", "中", "高", "严重"};
  constexpr std::string_view en[] = {"low", "medium", "high", "critical"};
  const auto at = static_cast<std::size_t>(std::clamp<std::int64_t>(severity, 1, 4) - 1);
  return chinese ? zh[at] : en[at];
}

// "07-03 14:05", where the desk is.
std::string short_time(core::TimeMs at, std::int64_t utc_offset_minutes) {
  const core::TimeMs local = at + utc_offset_minutes * core::minute_ms;
  const std::string text = core::format_time(local);
  return text.substr(5, 5) + " " + text.substr(11, 5);
}

core::Result<std::vector<std::string>> disabled_since(sql::Connection& connection, core::TimeMs since) {
  TRY(rows, connection.query("select name from notify_webhook where state = 'disabled' and disabled_at > $1"
                             " order by id",
                             {since}));
  std::vector<std::string> names;
  for (std::size_t i = 0; i < rows.size(); ++i) names.emplace_back(rows[i].text(0));
  return names;
}

core::Result<bool> make_digest(sql::Connection& connection, const Parts& parts, const MailReceiver& receiver,
                               core::TimeMs now) {
  TRY(actor, access::Actor::of(connection, receiver.account));
  TRY(newest, findings::newest_id(connection));
  std::vector<findings::Alert> alerts;
  if (actor.may("alerts.read")) {
    TRY(opened, findings::opened_after(connection, actor.scope_of("alerts.read"), receiver.told,
                                       receiver.severity_min, digest_alerts_counted));
    alerts = std::move(opened);
  }
  std::vector<std::string> disabled;
  // due_at is a period behind the last mail.
  const core::TimeMs last = receiver.due_at - receiver.every_minutes * core::minute_ms;
  if (actor.may("webhooks.manage")) {
    TRY(names, disabled_since(connection, last));
    disabled = std::move(names);
  }
  TRY(own,
      connection.query("select language, state, coalesce(warned_at, 0), coalesce(seen_at, created_at) from"
                       " access_account where id = $1",
                       {receiver.account}));
  if (own.empty()) return false;
  const bool rests =
      own[0].text(1) != "disabled" && own[0].integer(2) > last && own[0].integer(2) > own[0].integer(3);
  const core::TimeMs rests_at = rests ? own[0].integer(3) + access::dormant_after_ms : 0;
  if (alerts.empty() && disabled.empty() && rests_at == 0) return false;
  // What was not counted this time is told next time.
  const std::string told = alerts.size() == digest_alerts_counted ? alerts.back().id : newest;
  const DigestText text = digest_text(alerts, disabled, own[0].text(0) == "zh", rests_at);
  TRY_STATUS(enqueue(connection, parts.random, Channel::mail, receiver.account, "digest", text.subject,
                     text.body, now));
  TRY_STATUS(connection.execute("update notify_mail_receiver set told = $2, due_at = $3 where id = $1",
                                {receiver.account, told, now + receiver.every_minutes * core::minute_ms}));
  return true;
}

}  // namespace

DigestText digest_text(const std::vector<findings::Alert>& alerts, const std::vector<std::string>& disabled,
                       bool chinese, core::TimeMs rests_at, std::int64_t utc_offset_minutes) {
  DigestText out;
  const bool more = alerts.size() >= digest_alerts_counted;
  const std::string count = std::to_string(alerts.size()) + (more ? "+" : "");
  if (alerts.empty() && disabled.empty())
    out.subject = chinese ? "收单哨兵：账号即将停用" : "Tillwatch: your account is about to rest";
  else if (alerts.empty())
    out.subject = chinese ? "收单哨兵：推送已停用" : "Tillwatch: a webhook was turned off";
  else if (chinese)
    out.subject = fmt::format("收单哨兵：{} 条新告警", count);
  else
    out.subject = fmt::format("Tillwatch: {} new alert{}", count, alerts.size() == 1 ? "" : "s");
  if (rests_at != 0) {
    const std::string when = short_time(rests_at, utc_offset_minutes);
    out.body += chinese ? fmt::format("您的账号长期未使用，{} 将被停用。登录一次即可保留。\n", when)
                        : fmt::format(
                              "You have not used your account for long: on {} it will be disabled. Sign in "
                              "once to keep it.\n",
                              when);
  }
  for (const std::string& name : disabled)
    out.body += chinese ? fmt::format("推送“{}”连续多日失败，已停用。请检查后重新开启。\n", name)
                        : fmt::format(
                              "The webhook \"{}\" failed for days and was turned off. Mend it and turn "
                              "it on again.\n",
                              name);
  // The gravest first.
  std::vector<const findings::Alert*> shown;
  for (const findings::Alert& alert : alerts) shown.push_back(&alert);
  std::ranges::stable_sort(shown, [](const auto* a, const auto* b) { return a->severity > b->severity; });
  if (shown.size() > digest_alerts_shown) shown.resize(digest_alerts_shown);
  for (const findings::Alert* alert : shown)
    out.body += fmt::format("{}  [{}]  {}  {}\n", short_time(alert->first_happened_at, utc_offset_minutes),
                            severity_word(alert->severity, chinese), alert->rule.substr(0, 128),
                            alert->subject.substr(0, 128));
  if (alerts.size() > shown.size()) {
    const std::size_t rest = alerts.size() - shown.size();
    out.body += chinese ? fmt::format("……另有 {} 条{}。\n", rest, more ? "以上" : "")
                        : fmt::format("... and {}{} more.\n", rest, more ? " or" : "");
  }
  out.body += chinese ? "\n详情请登录收单哨兵查看。\n" : "\nSign in to the desk to see why.\n";
  payment::mask_digit_runs(out.subject);
  payment::mask_digit_runs(out.body);
  return out;
}

core::Result<std::int64_t> make_digests(sql::Connection& connection, const Parts& parts, core::TimeMs now) {
  TRY(server, mail_server(connection, parts.keys));
  if (!server) return 0;
  TRY(receivers, mail_receivers(connection, parts.keys));
  std::int64_t made = 0;
  for (const MailReceiver& receiver : receivers) {
    if (receiver.due_at > now) continue;
    TRY(transaction, sql::Transaction::begin(connection));
    TRY(one, make_digest(connection, parts, receiver, now));
    if (!one) continue;
    TRY_STATUS(transaction.commit());
    ++made;
  }
  return made;
}

}  // namespace tillwatch::notify
