#include "desk/registry_routes.h"

#include <array>
#include <tuple>

#include "desk/act_answer.h"
#include "desk/activity.h"
#include "desk/fields.h"
#include "desk/list_page.h"
#include "desk/record_json.h"
#include "registry/history.h"
#include "registry/search.h"
#include "registry/seen.h"

namespace tillwatch::desk {
namespace {

using registry::Entity;
using registry::Record;

constexpr std::string_view right_read = "registry.read";
constexpr std::string_view right_edit = "registry.edit";
constexpr std::string_view right_personal = "registry.personal";

struct EntityRoutes {
  Entity entity;
  std::string_view list, create, get, change, history;  // operation ids
  std::string_view many, one, past;                     // paths
  std::string_view reveal, clear;                       // operation and path; "" where nothing is personal
};
constexpr std::array<EntityRoutes, registry::entity_count> table{{
    {Entity::agent, "listAgents", "createAgent", "getAgent", "changeAgent", "getAgentHistory", "/desk/agents",
     "/desk/agents/{id}", "/desk/agents/{id}/history", "", ""},
    {Entity::rep, "listReps", "createRep", "getRep", "changeRep", "getRepHistory", "/desk/reps",
     "/desk/reps/{id}", "/desk/reps/{id}/history", "revealRep", "/desk/reps/{id}/reveal"},
    {Entity::merchant, "listMerchants", "createMerchant", "getMerchant", "changeMerchant",
     "getMerchantHistory", "/desk/merchants", "/desk/merchants/{id}", "/desk/merchants/{id}/history", "", ""},
    {Entity::terminal, "listTerminals", "createTerminal", "getTerminal", "changeTerminal",
     "getTerminalHistory", "/desk/terminals", "/desk/terminals/{id}", "/desk/terminals/{id}/history", "", ""},
    {Entity::account, "listSettlementAccounts", "createSettlementAccount", "getSettlementAccount",
     "changeSettlementAccount", "getSettlementAccountHistory", "/desk/settlement-accounts",
     "/desk/settlement-accounts/{id}", "/desk/settlement-accounts/{id}/history", "revealSettlementAccount",
     "/desk/settlement-accounts/{id}/reveal"},
    {Entity::person, "listPersons", "createPerson", "getPerson", "changePerson", "getPersonHistory",
     "/desk/persons", "/desk/persons/{id}", "/desk/persons/{id}/history", "revealPerson",
     "/desk/persons/{id}/reveal"},
    {Entity::channel, "listChannels", "createChannel", "getChannel", "changeChannel", "getChannelHistory",
     "/desk/channels", "/desk/channels/{id}", "/desk/channels/{id}/history", "", ""},
}};

RecordForm form_of(const RegistryParts& parts) {
  return {*parts.registry, parts.currency};
}

core::Result<registry::Scope> scope_of(const RegistryParts& parts, Call& call, std::string_view right) {
  return parts.territory->scope_of(call.connection, call.now, call.caller, right);
}

http::Response no_such(Entity entity) {
  return refuse(Problem::not_found, "there is no such " + std::string(registry::shape_of(entity).name));
}

core::Result<Answer> list_entities(Call& call, const RegistryParts& parts, Entity entity) {
  Query query(call);
  const Page page = Page::of(call, query, registry::shape_of(entity).name, "t");
  registry::Filter filter;
  filter.status = query.text("status", 32).value_or("");
  filter.agent = query.text("agent", 64).value_or("");
  filter.subtree = query.boolean("subtree").value_or(true);
  filter.merchant = query.text("merchant", 64).value_or("");
  filter.parent = query.text("parent", 64).value_or("");
  filter.mcc = query.text("mcc", 4).value_or("");
  filter.risk_tier = query.word("risk_tier", {"high", "medium", "low"}).value_or("");
  if (auto refusal = query.refusal()) return *std::move(refusal);
  TRY(scope, scope_of(parts, call, right_read));
  TRY(records, registry::list(call.connection, scope, entity, filter, page.after ? page.text(0) : "",
                              rows_to_ask(page)));
  return list_answer(
      registry::shape_of(entity).name, page, std::move(records),
      [&](json::Writer& out, const Record& record) {
        return write_record(out, call.connection, form_of(parts), record);
      },
      [](const Record& last) { return std::vector<CursorValue>{last.id}; });
}

// By its id, or by what traffic calls it.
core::Result<std::optional<Record>> find_one(Call& call, const registry::Scope& scope, Entity entity,
                                             std::string_view name) {
  TRY(found, registry::find(call.connection, scope, entity, name));
  if (found) return found;
  std::optional<std::string> id;
  if (entity == Entity::merchant) {
    TRY(by_number, registry::merchant_by_number(call.connection, name));
    id = by_number;
  } else if (entity == Entity::agent || entity == Entity::rep) {
    TRY(by_code, registry::id_by_code(call.connection, entity, name));
    id = by_code;
  }
  return id ? registry::find(call.connection, scope, entity, *id)
            : core::Result<std::optional<Record>>(found);
}

void write_unregistered(json::Writer& out, const registry::Unregistered& one) {
  out.begin_object().member("id", one.id).member("registered", false);
  out.member("first_at", core::format_time(one.first_at)).member("last_at", core::format_time(one.last_at));
  out.member("transactions", one.transactions).member("merchant", one.merchant);
  out.member("agent", one.agent).end_object();
}

// What only traffic knows belongs to nobody: who sees everything sees it.
core::Result<std::optional<registry::Unregistered>> find_stranger(Call& call, const registry::Scope& scope,
                                                                  Entity entity) {
  const bool may_be = entity == Entity::merchant || entity == Entity::terminal;
  if (!scope.all() || !may_be) return std::optional<registry::Unregistered>();
  return registry::find_unregistered(call.connection, entity, call.variable(0));
}

core::Result<Answer> get_entity(Call& call, const RegistryParts& parts, Entity entity) {
  TRY(scope, scope_of(parts, call, right_read));
  TRY(record, find_one(call, scope, entity, call.variable(0)));
  std::string text;
  json::Writer out(text);
  if (!record) {
    TRY(stranger, find_stranger(call, scope, entity));
    if (!stranger) return no_such(entity);
    write_unregistered(out, *stranger);
    return json_answer(std::move(text));
  }
  TRY_STATUS(write_record(out, call.connection, form_of(parts), *record));
  return json_answer(std::move(text));
}

std::string members_of(const registry::Receipt& receipt) {
  std::string text = "\"id\":";
  json::append_quoted(text, receipt.id);
  return text + ",\"version\":" + std::to_string(receipt.version);
}

core::Result<Answer> create_entity(Call& call, const RegistryParts& parts, Entity entity) {
  Body body(call);
  registry::Wish wish = read_wish(body, registry::shape_of(entity), parts.currency);
  wish.id = body.text_if("id", 0, 64).value_or("");
  if (auto refusal = body.refusal()) return *std::move(refusal);
  TRY(scope, scope_of(parts, call, right_edit));
  auto receipt =
      parts.registry->create(call.connection, {call.caller.account, scope, call.now}, entity, wish);
  if (!receipt) return refuse(receipt.error());
  return act_answer(call, members_of(*receipt), receipt->act, 201);
}

core::Result<Answer> change_entity(Call& call, const RegistryParts& parts, Entity entity) {
  Body body(call);
  const registry::Wish wish = read_wish(body, registry::shape_of(entity), parts.currency);
  const std::int64_t version = body.integer("version", 1, INT64_MAX);
  if (auto refusal = body.refusal()) return *std::move(refusal);
  TRY(scope, scope_of(parts, call, right_edit));
  auto receipt = parts.registry->change(call.connection, {call.caller.account, scope, call.now}, entity,
                                        call.variable(0), version, wish);
  if (!receipt) return refuse(receipt.error());
  return act_answer(call, members_of(*receipt), receipt->act);
}

core::Result<Answer> get_history(Call& call, const RegistryParts& parts, Entity entity) {
  Query query(call);
  const Page page = Page::of(call, query, "history", "it");
  if (auto refusal = query.refusal()) return *std::move(refusal);
  TRY(scope, scope_of(parts, call, right_read));
  TRY(record, registry::find(call.connection, scope, entity, call.variable(0)));
  if (!record) return no_such(entity);
  TRY(rows, registry::history_of(call.connection, scope, entity, record->id, page.after ? page.integer(0) : 0,
                                 page.after ? page.text(1) : "", rows_to_ask(page)));
  return list_answer(
      "history", page, std::move(rows),
      [&](json::Writer& out, const registry::HistoryRow& row) {
        write_history_row(out, registry::shape_of(entity), parts.currency, row);
      },
      [](const registry::HistoryRow& last) {
        return std::vector<CursorValue>{last.event.act, last.changed.field};
      });
}

core::Result<Answer> reveal_entity(Call& call, const RegistryParts& parts, Entity entity) {
  Body body(call);
  const std::string reason = body.text("reason", 1, 1000);
  if (auto refusal = body.refusal()) return *std::move(refusal);
  TRY(scope, scope_of(parts, call, right_personal));
  auto revealed = parts.registry->reveal(call.connection, {call.caller.account, scope, call.now}, entity,
                                         call.variable(0), reason);
  if (!revealed) return refuse(revealed.error());
  std::string text;
  json::Writer out(text);
  out.begin_object();
  for (const registry::Revealed& value : *revealed) out.member(value.field, value.value);
  out.end_object();
  return json_answer(std::move(text));
}

// One line for each thing found: what it is, and the name or mask by which people know it.
core::Result<Answer> search_all(Call& call, const RegistryParts& parts) {
  Query query(call);
  const std::optional<std::string> wanted = query.text("q", 100);
  const std::int64_t limit = query.integer("limit", 1, 50).value_or(20);
  if (!wanted) query.fault("q", "this is needed");
  if (auto refusal = query.refusal()) return *std::move(refusal);
  TRY(scope, scope_of(parts, call, right_read));
  TRY(found, registry::search(call.connection, parts.registry->vault(), scope, *wanted, true,
                              static_cast<std::size_t>(limit)));
  std::string text;
  json::Writer out(text);
  out.begin_object().key("items").begin_array();
  for (const registry::Found& one : found) {
    TRY(record, registry::find(call.connection, scope, one.entity, one.id));
    if (!record) continue;
    TRY(masks, parts.registry->masks(*record));
    out.begin_object().member("entity", registry::shape_of(one.entity).name).member("id", one.id);
    out.member("found_by", one.form).member("status", record->text("status"));
    out.key("name");
    const std::optional<std::size_t> at =
        record->shape().find(one.entity == Entity::account ? "holder" : "name");
    if (!at)
      out.null();
    else
      out.value(masks[*at].empty() ? record->text(record->shape().fields[*at].name)
                                   : std::string_view(masks[*at]));
    out.end_object();
  }
  out.end_array().end_object();
  return json_answer(std::move(text));
}

// Nobody's yet: shown to who sees everything.
core::Result<Answer> list_unregistered(Call& call, const RegistryParts& parts) {
  Query query(call);
  const Page page = Page::of(call, query, "unregistered", "it");
  const std::string entity = query.word("entity", {"merchant", "terminal"}).value_or("merchant");
  if (auto refusal = query.refusal()) return *std::move(refusal);
  TRY(scope, scope_of(parts, call, right_read));
  std::vector<registry::Unregistered> seen;
  if (scope.all()) {
    TRY(rows, registry::unregistered(call.connection, *registry::find_entity(entity),
                                     page.after ? page.integer(0) : 0, page.after ? page.text(1) : "",
                                     rows_to_ask(page)));
    seen = std::move(rows);
  }
  return list_answer(
      "unregistered", page, std::move(seen), write_unregistered,
      [](const registry::Unregistered& last) { return std::vector<CursorValue>{last.last_at, last.id}; });
}

core::Result<Answer> list_bindings(Call& call, const RegistryParts& parts) {
  TRY(scope, scope_of(parts, call, right_read));
  TRY(record, registry::find(call.connection, scope, Entity::terminal, call.variable(0)));
  if (!record) return no_such(Entity::terminal);
  TRY(rows,
      call.connection.query("select b.since, coalesce(b.until, 0), b.merchant, m.name, coalesce(b.tid, ''),"
                            " coalesce(b.reason, '') from registry_terminal_binding b"
                            " join registry_merchant m on m.id = b.merchant"
                            " where b.terminal = $1 order by b.act desc limit 200",
                            {std::string_view(record->id)}));
  std::string text;
  json::Writer out(text);
  out.begin_object().key("items").begin_array();
  for (std::size_t i = 0; i < rows.size(); ++i) {
    // Of merchants elsewhere a caller learns no more than that there was one.
    TRY(visible, registry::find(call.connection, scope, Entity::merchant, rows[i].text(2)));
    out.begin_object().member("since", core::format_time(rows[i].integer(0))).key("until");
    if (rows[i].integer(1) == 0)
      out.null();
    else
      out.value(core::format_time(rows[i].integer(1)));
    out.member("merchant", visible ? rows[i].text(2) : "")
        .member("merchant_name", visible ? rows[i].text(3) : "");
    out.member("tid", rows[i].text(4)).member("reason", visible ? rows[i].text(5) : "").end_object();
  }
  out.end_array().end_object();
  return json_answer(std::move(text));
}

core::Result<Answer> get_activity(Call& call, const RegistryParts& parts, Entity entity) {
  Query query(call);
  const ActivityWish wish = ActivityWish::of(call, query, parts.utc_offset_minutes);
  if (auto refusal = query.refusal()) return *std::move(refusal);
  TRY(scope, scope_of(parts, call, right_read));
  TRY(record, find_one(call, scope, entity, call.variable(0)));
  if (record) return activity_of(call.connection, scope, {entity, record->id, true}, wish, parts.currency);
  TRY(stranger, find_stranger(call, scope, entity));
  if (!stranger) return no_such(entity);
  return activity_of(call.connection, scope, {entity, stranger->id, false}, wish, parts.currency);
}

std::vector<std::string_view> filters_of(Entity entity) {
  std::vector<std::string_view> names{"limit", "cursor", "status"};
  const registry::Shape& shape = registry::shape_of(entity);
  if (shape.scope != registry::Shape::no_scope || entity == Entity::agent)
    for (const std::string_view name : {"agent", "subtree"}) names.push_back(name);
  for (const std::string_view name : {"merchant", "parent", "mcc", "risk_tier"})
    if (shape.find(name)) names.push_back(name);
  return names;
}

void add_entity(Routes& routes, const RegistryParts& parts, const EntityRoutes& row) {
  using http::Method;
  const Entity entity = row.entity;
  const auto bound = [&parts, entity](auto function) {
    return [parts, entity, function](Call& call) { return function(call, parts, entity); };
  };
  routes.add({.name = row.list,
              .method = Method::get,
              .path = row.many,
              .right = right_read,
              .query = filters_of(entity)},
             bound(list_entities));
  routes.add({.name = row.create,
              .method = Method::post,
              .path = row.many,
              .right = right_edit,
              .store = Store::write,
              .body_bytes_max = body_bytes_default,
              .text_bytes_max = 4000,
              .query = {wait_parameter},
              .statuses = {201, 409, 422}},
             bound(create_entity));
  routes.add({.name = row.get,
              .method = Method::get,
              .path = row.one,
              .right = right_read,
              .query = {},
              .statuses = {200, 404}},
             bound(get_entity));
  routes.add({.name = row.change,
              .method = Method::patch,
              .path = row.one,
              .right = right_edit,
              .store = Store::write,
              .body_bytes_max = body_bytes_default,
              .text_bytes_max = 4000,
              .query = {wait_parameter},
              .statuses = {200, 404, 409, 422}},
             bound(change_entity));
  routes.add({.name = row.history,
              .method = Method::get,
              .path = row.past,
              .right = right_read,
              .query = {"limit", "cursor"},
              .statuses = {200, 404}},
             bound(get_history));
  if (row.reveal.empty()) return;
  routes.add({.name = row.reveal,
              .method = Method::post,
              .path = row.clear,
              .right = right_personal,
              .store = Store::write,
              .body_bytes_max = body_bytes_default,
              .query = {},
              .statuses = {200, 404, 422}},
             bound(reveal_entity));
}

}  // namespace

void add_registry_routes(Routes& routes, const RegistryParts& parts) {
  using http::Method;
  for (const EntityRoutes& row : table) add_entity(routes, parts, row);
  routes.add({.name = "search",
              .method = Method::get,
              .path = "/desk/search",
              .right = right_read,
              .query = {"q", "limit"}},
             [parts](Call& call) { return search_all(call, parts); });
  routes.add({.name = "listUnregistered",
              .method = Method::get,
              .path = "/desk/unregistered",
              .right = right_read,
              .query = {"limit", "cursor", "entity"}},
             [parts](Call& call) { return list_unregistered(call, parts); });
  routes.add({.name = "listTerminalBindings",
              .method = Method::get,
              .path = "/desk/terminals/{id}/bindings",
              .right = right_read,
              .query = {},
              .statuses = {200, 404}},
             [parts](Call& call) { return list_bindings(call, parts); });
  for (const auto& [entity, name, path] :
       {std::tuple(Entity::merchant, "getMerchantActivity", "/desk/merchants/{id}/activity"),
        std::tuple(Entity::terminal, "getTerminalActivity", "/desk/terminals/{id}/activity"),
        std::tuple(Entity::agent, "getAgentActivity", "/desk/agents/{id}/activity")})
    routes.add({.name = name,
                .method = Method::get,
                .path = path,
                .right = right_read,
                .query = {"from", "to", "step"},
                .statuses = {200, 404, 422}},
               [parts, entity](Call& call) { return get_activity(call, parts, entity); });
}

}  // namespace tillwatch::desk
