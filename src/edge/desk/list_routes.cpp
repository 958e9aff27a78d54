#include "desk/list_routes.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/check.h"
#include "desk/act_answer.h"
#include "desk/fields.h"
#include "desk/list_page.h"
#include "desk/nullable.h"
#include "desk/proposal_json.h"
#include "engine/decision.h"
#include "json/writer.h"
#include "payment/entry.h"
#include "rulebook/list_catalogue.h"
#include "rulebook/list_item.h"

namespace tillwatch::desk {
namespace {

using rulebook::ListItem;
using rulebook::ListStep;

constexpr std::string_view right_read = "lists.read";
constexpr std::string_view right_edit = "lists.edit";
constexpr std::int64_t counted_max = 10'000;

// What the functions work with; lives as long as the routes.
struct Room {
  const access::Parts* access = nullptr;
  DecisionRecords* records = nullptr;
  rulebook::ListCatalogue catalogue;
};

// What a decision that the desk lists has in an attribute; of a card its mask is shown.
core::Result<rulebook::DecidedValue> decided_value(sql::Connection& connection, DecisionRecords* records,
                                                   std::int64_t decision, std::string_view attribute) {
  TRY(known, connection.query("select 1 from decision where sequence = $1", {decision}));
  if (known.empty() || records == nullptr)
    return core::fail(core::ErrorCode::not_found, "", "there is no such decision");
  TRY(record, records->read(core::Sequence(static_cast<std::uint64_t>(decision))));
  payment::EntryView entry;
  TRY_STATUS(entry.decode(record.entry));
  const payment::AttributeInfo* info = payment::find_attribute(attribute);
  if (info == nullptr) return rulebook::DecidedValue{};
  const payment::Value value = entry.get(info->id);
  rulebook::DecidedValue found;
  if (value.type() == payment::Value::Type::integer) found.value = std::to_string(value.integer());
  if (value.type() == payment::Value::Type::text) found.value = value.text();
  found.shown = found.value;
  if (attribute.starts_with("card.")) found.shown = entry.text(payment::AttributeId::card_masked);
  return found;
}

void write_item(json::Writer& out, const ListItem& one, core::TimeMs now) {
  out.begin_object().member("id", one.id).member("list", one.list).member("value", one.shown);
  out.key("decision");
  if (one.decision == 0)
    out.null();
  else
    out.value(engine::decision_id(core::Sequence(static_cast<std::uint64_t>(one.decision))));
  out.member("state", one.state(now)).member("owner", one.owner).member("reason", one.reason);
  text_or_null(out, "note", one.note);
  time_or_null(out, "expires_at", one.expires_at);
  out.member("made_by", one.made_by).member("made_at", core::format_time(one.made_at));
  text_or_null(out, "proposal", one.proposal);
  const bool expired = one.state(now) == "expired";
  time_or_null(out, "ended_at", expired ? one.expires_at : one.ended_at);
  text_or_null(out, "ended_by", one.ended_by);
  text_or_null(out, "end_note", one.end_note);
  text_or_null(out, "end_proposal", one.end_proposal);
  out.end_object();
}

core::Result<Answer> list_lists(Call& call, Room& room) {
  TRY(lists, room.catalogue.lists(call.connection));
  std::string text;
  json::Writer out(text);
  out.begin_object().key("items").begin_array();
  for (const rulebook::ListInForce& one : lists) {
    TRY(live, rulebook::count_items(call.connection, one.name, counted_max, call.now));
    out.begin_object().member("name", one.name).member("of", one.of);
    out.member("effect", rulebook::name_of(one.effect)).member("live", live);
    out.member("live_is_more", live == counted_max);
    out.member("add_takes_two", rulebook::loosens(one.effect, ListStep::add));
    out.member("remove_takes_two", rulebook::loosens(one.effect, ListStep::remove)).end_object();
  }
  out.end_array().end_object();
  return json_answer(std::move(text));
}

core::Result<Answer> list_items(Call& call, Room& room) {
  Query query(call);
  const Page page = Page::of(call, query, "list-items", "t");
  rulebook::ItemFilter filter;
  filter.list = call.variable(0);
  const std::string value = query.text("value", rulebook::list_value_bytes_max).value_or("");
  filter.value = value;
  filter.ended_too = query.word("state", {"live", "all"}).value_or("live") == "all";
  if (auto refusal = query.refusal()) return *std::move(refusal);
  TRY(items, rulebook::list_items(call.connection, filter, page.after ? page.text(0) : "", rows_to_ask(page),
                                  call.now));
  // The history of a list that the policy has no more can be read.
  if (items.empty()) TRY_STATUS(room.catalogue.find(call.connection, filter.list));
  return list_answer(
      "list-items", page, std::move(items),
      [&](json::Writer& out, const ListItem& one) { write_item(out, one, call.now); },
      [](const ListItem& last) { return std::vector<CursorValue>{last.id}; });
}

// 202 with the proposal, or the item with its act.
core::Result<Answer> told(Call& call, core::Result<rulebook::ListChange> change, int status) {
  if (!change) return std::unexpected(change.error());
  std::string text;
  if (change->proposal) {
    json::Writer out(text);
    out.begin_object().key("proposal");
    write_proposal(out, *change->proposal, true, call.now);
    out.end_object();
    return json_answer(std::move(text), 202);
  }
  text = "\"item\":";
  json::Writer out(text);
  write_item(out, change->item, call.now);
  return act_answer(call, std::move(text), change->act, status);
}

// Gives `step` what lists are kept with.
template <class Take>
core::Result<Answer> with_desk(Call& call, Room& room, int status, Take take) {
  const rulebook::DecidedValues decided = [&](std::int64_t decision, std::string_view attribute) {
    return decided_value(call.connection, room.records, decision, attribute);
  };
  const rulebook::ListDesk desk{*room.access, room.catalogue, decided};
  return told(call, take(desk, rulebook::Author{call.caller.account, call.now}), status);
}

core::Result<Answer> add_item(Call& call, Room& room) {
  Body body(call);
  const std::string value = body.text_if("value", 1, rulebook::list_value_bytes_max).value_or("");
  const std::string reason = body.text("reason", 1, rulebook::list_reason_bytes_max);
  const std::string note = body.text_if("note", 0, rulebook::list_note_bytes_max).value_or("");
  const std::string owner = body.text_if("owner", 0, 64).value_or("");
  rulebook::NewItem wish{value, 0, reason, note, 0, owner};
  if (const auto decision = body.text_if("decision", 1, 64)) {
    wish.decision = static_cast<std::int64_t>(engine::parse_decision_id(*decision).value);
    if (wish.decision == 0) body.fault("decision", "expected the id of a decision");
  }
  wish.expires_at = body.time_if("expires_at").value_or(0);
  if (auto refusal = body.refusal()) return *std::move(refusal);
  return with_desk(call, room, 201, [&](const rulebook::ListDesk& desk, const rulebook::Author& author) {
    return rulebook::add_item(call.connection, desk, author, call.variable(0), wish);
  });
}

core::Result<Answer> remove_item(Call& call, Room& room) {
  Body body(call);
  const std::string note = body.text("note", 1, rulebook::list_note_bytes_max);
  if (auto refusal = body.refusal()) return *std::move(refusal);
  return with_desk(call, room, 200, [&](const rulebook::ListDesk& desk, const rulebook::Author& author) {
    return rulebook::remove_item(call.connection, desk, author, call.variable(0), call.variable(1), note);
  });
}

core::Result<Answer> carry_out(Call& call, Room& room) {
  return with_desk(call, room, 200, [&](const rulebook::ListDesk& desk, const rulebook::Author& author) {
    return rulebook::carry_out(call.connection, desk, author, call.variable(0));
  });
}

}  // namespace

void add_list_routes(Routes& routes, const AccessParts& access, const DecisionParts& decisions) {
  using http::Method;
  auto room = std::make_shared<Room>();
  room->access = access.access;
  room->records = decisions.records;
  const auto bound = [&room](auto function) {
    return [room, function](Call& call) { return function(call, *room); };
  };
  routes.add({.name = "listLists", .path = "/desk/lists", .right = right_read}, bound(list_lists));
  routes.add({.name = "listListItems",
              .path = "/desk/lists/{name}/items",
              .right = right_read,
              .query = {"limit", "cursor", "value", "state"},
              .statuses = {200, 404}},
             bound(list_items));
  struct Change {
    std::string_view name;
    Method method;
    std::string_view path;
    core::Result<Answer> (*function)(Call&, Room&);
    std::vector<int> statuses;
    bool body = true;
  };
  for (const Change& one :
       {Change{"addListItem", Method::post, "/desk/lists/{name}/items", add_item, {201, 202, 404, 409, 422}},
        Change{"removeListItem",
               Method::remove,
               "/desk/lists/{name}/items/{id}",
               remove_item,
               {200, 202, 404, 409, 422}},
        Change{"carryOutListChange",
               Method::post,
               "/desk/list-changes/{id}/carry-out",
               carry_out,
               {200, 404, 409, 422},
               false}})
    routes.add({.name = one.name,
                .method = one.method,
                .path = one.path,
                .right = right_edit,
                .store = Store::write,
                .body_bytes_max = one.body ? body_bytes_default : 0,
                .query = {wait_parameter},
                .statuses = one.statuses},
               bound(one.function));
}

}  // namespace tillwatch::desk
