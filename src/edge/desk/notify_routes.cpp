#include "desk/notify_routes.h"

#include <algorithm>

#include "desk/fields.h"
#include "desk/list_page.h"
#include "desk/nullable.h"
#include "json/writer.h"
#include "notify/bounds.h"
#include "notify/mail.h"
#include "notify/message.h"

namespace tillwatch::desk {
namespace {

using notify::MailReceiver;
using notify::Webhook;

constexpr std::string_view right = "webhooks.manage";
constexpr std::size_t reason_max = 1000;

void write_webhook(json::Writer& out, const Webhook& webhook) {
  out.begin_object().member("id", webhook.id).member("version", webhook.version);
  out.member("name", webhook.name).member("url", webhook.url).member("severity_min", webhook.severity_min);
  out.member("state", webhook.state).member("made_by", webhook.made_by);
  out.member("made_at", core::format_time(webhook.made_at)).member("secrets", webhook.secrets);
  out.member("failures", webhook.failures).member("dropped", webhook.dropped);
  time_or_null(out, "failing_since", webhook.failing_since);
  time_or_null(out, "delivered_at", webhook.delivered_at);
  time_or_null(out, "disabled_at", webhook.disabled_at);
  out.end_object();
}

core::Result<Answer> list_webhooks(Call& call) {
  TRY(webhooks, notify::list_webhooks(call.connection, call.now));
  std::string text;
  json::Writer out(text);
  out.begin_object().key("items").begin_array();
  for (const Webhook& webhook : webhooks) write_webhook(out, webhook);
  out.end_array().end_object();
  return json_answer(std::move(text));
}

core::Result<Answer> create_webhook(Call& call, const notify::Parts& parts) {
  Body body(call);
  notify::WebhookWish wish;
  wish.name = body.text("name", 1, 180);
  wish.url = body.text("url", 1, 1024);
  wish.severity_min = body.integer_if("severity_min", 1, 4).value_or(1);
  wish.reason = body.text_if("reason", 0, reason_max).value_or("");
  if (auto refusal = body.refusal()) return *std::move(refusal);
  TRY(made, notify::make_webhook(call.connection, parts, wish, call.caller.account, call.now));
  std::string text;
  json::Writer(text).begin_object().member("id", made.id).member("secret", made.secret).end_object();
  return json_answer(std::move(text), 201);
}

core::Result<Answer> change_webhook(Call& call, const notify::Parts& parts) {
  Body body(call);
  notify::WebhookChange change;
  const std::int64_t version = body.integer("version", 1, INT64_MAX);
  change.name = body.text_if("name", 1, 180);
  change.url = body.text_if("url", 1, 1024);
  change.severity_min = body.integer_if("severity_min", 1, 4);
  if (const auto state = body.word_if("state", {"on", "off"})) change.on = *state == "on";
  change.reason = body.text_if("reason", 0, reason_max).value_or("");
  if (auto refusal = body.refusal()) return *std::move(refusal);
  TRY(next, notify::change_webhook(call.connection, parts, call.variable(0), version, change,
                                   call.caller.account, call.now));
  std::string text;
  json::Writer(text).begin_object().member("version", next).end_object();
  return json_answer(std::move(text));
}

core::Result<Answer> remove_webhook(Call& call) {
  Query query(call);
  const std::string reason = query.text("reason", reason_max).value_or("");
  if (auto refusal = query.refusal()) return *std::move(refusal);
  TRY_STATUS(
      notify::remove_webhook(call.connection, call.variable(0), call.caller.account, call.now, reason));
  return nothing();
}

core::Result<Answer> test_webhook(Call& call, const notify::Parts& parts) {
  TRY(webhook, notify::find_webhook(call.connection, call.variable(0), call.now));
  if (!webhook) return refuse(Problem::not_found, "there is no such webhook");
  if (webhook->state != "on") return refuse(Problem::conflict, "this webhook is off: turn it on first");
  std::string message;
  json::Writer(message)
      .begin_object()
      .member("type", "test")
      .member("timestamp", core::format_time(call.now))
      .key("data")
      .begin_object()
      .end_object()
      .end_object();
  TRY(id, notify::enqueue(call.connection, parts.random, notify::Channel::webhook, webhook->id, "test", "",
                          message, call.now));
  std::string text;
  json::Writer(text).begin_object().member("delivery", id).end_object();
  return json_answer(std::move(text), 202);
}

core::Result<Answer> rotate_webhook(Call& call, const notify::Parts& parts) {
  Body body(call);
  const core::TimeMs until = body.time_if("old_until").value_or(call.now + core::day_ms);
  const std::string reason = body.text_if("reason", 0, reason_max).value_or("");
  if (auto refusal = body.refusal()) return *std::move(refusal);
  TRY(secret, notify::rotate_secret(call.connection, parts, call.variable(0), until, call.caller.account,
                                    call.now, reason));
  std::string text;
  json::Writer(text)
      .begin_object()
      .member("secret", secret)
      .member("old_until", core::format_time(until))
      .end_object();
  return json_answer(std::move(text));
}

void write_delivery(json::Writer& out, const notify::Delivery& delivery) {
  const notify::Message& message = delivery.message;
  out.begin_object().member("id", message.id).member("kind", message.kind).member("state", message.state);
  out.member("made_at", core::format_time(message.made_at));
  time_or_null(out, "due_at", message.state == "waiting" ? message.due_at : 0);
  time_or_null(out, "settled_at", message.settled_at);
  out.member("body", message.body).key("tries").begin_array();
  for (const notify::Try& one : delivery.tries)
    out.begin_object()
        .member("at", core::format_time(one.at))
        .member("status", one.status)
        .member("trouble", one.trouble)
        .member("took_ms", one.took_ms)
        .end_object();
  out.end_array().end_object();
}

core::Result<Answer> list_deliveries(Call& call) {
  Query query(call);
  const Page page = Page::of(call, query, "deliveries", "t");
  if (auto refusal = query.refusal()) return *std::move(refusal);
  TRY(webhook, notify::find_webhook(call.connection, call.variable(0), call.now));
  if (!webhook) return refuse(Problem::not_found, "there is no such webhook");
  TRY(deliveries, notify::list_deliveries(call.connection, webhook->id, page.after ? page.text(0) : "",
                                          rows_to_ask(page)));
  return list_answer("deliveries", page, std::move(deliveries), write_delivery,
                     [](const notify::Delivery& last) { return std::vector<CursorValue>{last.message.id}; });
}

core::Result<Answer> get_mail(Call& call, const notify::Parts& parts) {
  TRY(server, notify::mail_server(call.connection, parts.keys));
  TRY(receivers, notify::mail_receivers(call.connection, parts.keys));
  std::string text;
  json::Writer out(text);
  out.begin_object().member("version", server ? server->version : 0).key("server");
  if (server)
    out.begin_object()
        .member("host", server->host)
        .member("port", server->port)
        .member("security", server->security)
        .member("sign_in", server->sign_in)
        .member("has_password", !server->password.empty())
        .member("sender", server->sender)
        .end_object();
  else
    out.null();
  out.key("receivers").begin_array();
  for (const MailReceiver& one : receivers)
    out.begin_object()
        .member("account", one.account)
        .member("address", one.address)
        .member("severity_min", one.severity_min)
        .member("every_minutes", one.every_minutes)
        .end_object();
  out.end_array().end_object();
  return json_answer(std::move(text));
}

std::string text_of(const json::View& object, std::string_view name) {
  const auto member = object.find(name);
  if (!member) return {};
  const auto text = member->as_string();
  return text ? std::string(*text) : std::string();
}
std::int64_t number_of(const json::View& object, std::string_view name, std::int64_t otherwise) {
  const auto member = object.find(name);
  if (!member) return otherwise;
  return member->as_integer().value_or(-1);
}
// Members that the object may have; another one is a fault.
bool only(const json::View& object, std::initializer_list<std::string_view> names) {
  if (!object.is(json::Kind::object)) return false;
  for (const json::Member& member : object.members())
    if (std::ranges::find(names, member.name) == names.end()) return false;
  return true;
}

// The subject says what is wrong inside a member; here it is only taken apart.
core::Result<Answer> set_mail(Call& call, const notify::Parts& parts) {
  Body body(call);
  notify::MailWish wish;
  wish.server.version = body.integer("version", 0, INT64_MAX);
  if (const auto view = body.view_if("server");
      view && only(*view, {"host", "port", "security", "sign_in", "password", "sender"})) {
    wish.server.host = text_of(*view, "host");
    wish.server.port = number_of(*view, "port", 587);
    wish.server.security = text_of(*view, "security");
    wish.server.sign_in = text_of(*view, "sign_in");
    wish.server.password = text_of(*view, "password");
    wish.keep_password = !view->find("password").has_value() && !wish.server.sign_in.empty();
    wish.server.sender = text_of(*view, "sender");
  } else {
    body.fault("server", "expected an object of host, port, security, sign_in, password and sender");
  }
  const auto receivers = body.view_if("receivers");
  if (!receivers || !receivers->is(json::Kind::array) || receivers->size() > notify::mail_receivers_max) {
    body.fault("receivers", "expected at most a hundred of account, address, severity_min and every_minutes");
  } else {
    for (const json::View& one : receivers->elements()) {
      if (!only(one, {"account", "address", "severity_min", "every_minutes"})) {
        body.fault("receivers", "each has account, address, severity_min and every_minutes");
        break;
      }
      wish.receivers.push_back({text_of(one, "account"), text_of(one, "address"),
                                number_of(one, "severity_min", 2), number_of(one, "every_minutes", 15), "",
                                0});
    }
  }
  if (auto refusal = body.refusal()) return *std::move(refusal);
  TRY(version, notify::set_mail(call.connection, parts, wish, call.caller.account, call.now));
  std::string text;
  json::Writer(text).begin_object().member("version", version).end_object();
  return json_answer(std::move(text));
}

}  // namespace

void add_notify_routes(Routes& routes, const NotifyParts& given) {
  using http::Method;
  const notify::Parts* parts = given.notify;
  const auto with = [parts](core::Result<Answer> (*function)(Call&, const notify::Parts&)) {
    return [parts, function](Call& call) { return function(call, *parts); };
  };
  const auto add = [&routes](std::string_view name, Method method, std::string_view path, bool takes_body,
                             std::vector<int> statuses, Function function) {
    routes.add({.name = name,
                .method = method,
                .path = path,
                .right = right,
                .store = method == Method::get ? Store::read : Store::write,
                .body_bytes_max = takes_body ? body_bytes_default : 0,
                .statuses = std::move(statuses)},
               std::move(function));
  };
  add("listWebhooks", Method::get, "/desk/webhooks", false, {200}, list_webhooks);
  add("createWebhook", Method::post, "/desk/webhooks", true, {201, 422}, with(create_webhook));
  add("changeWebhook", Method::patch, "/desk/webhooks/{id}", true, {200, 404, 409, 422},
      with(change_webhook));
  routes.add({.name = "removeWebhook",
              .method = Method::remove,
              .path = "/desk/webhooks/{id}",
              .right = right,
              .store = Store::write,
              .query = {"reason"},
              .statuses = {204, 404}},
             remove_webhook);
  add("testWebhook", Method::post, "/desk/webhooks/{id}/test", false, {202, 404, 409}, with(test_webhook));
  add("rotateWebhookSecret", Method::post, "/desk/webhooks/{id}/rotate", true, {200, 404, 409, 422},
      with(rotate_webhook));
  routes.add({.name = "listDeliveries",
              .path = "/desk/webhooks/{id}/deliveries",
              .right = right,
              .query = {"limit", "cursor"},
              .statuses = {200, 404}},
             list_deliveries);
  add("getMail", Method::get, "/desk/mail", false, {200}, with(get_mail));
  add("setMail", Method::put, "/desk/mail", true, {200, 409, 422}, with(set_mail));
}

}  // namespace tillwatch::desk
