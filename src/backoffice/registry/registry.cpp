#include "registry/registry.h"

#include <algorithm>

#include "core/check.h"
#include "core/office_limits.h"
#include "payment/card_digits.h"
#include "registry/agent_sums.h"
#include "registry/draft.h"
#include "registry/facts.h"
#include "registry/history.h"
#include "registry/made_id.h"
#include "registry/rules.h"
#include "registry/search.h"
#include "registry/seen.h"
#include "registry/tree.h"
#include "relay/act.h"

namespace tillwatch::registry {

using core::ErrorCode;

core::Status Registry::open_personal(Record& record) const {
  const Shape& shape = record.shape();
  for (std::size_t i = 0; i < shape.fields.size(); ++i) {
    if (shape.fields[i].type != FieldType::personal || empty(record.values[i])) continue;
    TRY(value, vault_.open({record.entity, record.id, shape.fields[i]}, text_of(record.values[i])));
    record.values[i] = std::move(value);
  }
  return {};
}

void Registry::seal_personal(Record& record) const {
  const Shape& shape = record.shape();
  for (std::size_t i = 0; i < shape.fields.size(); ++i) {
    if (shape.fields[i].type != FieldType::personal || empty(record.values[i])) continue;
    record.values[i] = vault_.seal({record.entity, record.id, shape.fields[i]}, text_of(record.values[i]));
  }
}

// Takes over what is wished, and sees that the whole is right.
core::Status Registry::fill(sql::Connection& connection, const Author& author, const Wish& wish,
                            Draft& draft) const {
  Record& record = draft.record;
  const Shape& shape = record.shape();
  for (const auto& [name, value] : wish.fields) {
    const std::optional<std::size_t> at = shape.find(name);
    if (!at)
      return core::fail(ErrorCode::invalid, "/" + name,
                        "a " + std::string(shape.name) + " has no such field: leave it out");
    TRY(right, checked(shape.fields[*at], value));
    record.values[*at] = std::move(right);
  }
  for (std::size_t i = 0; i < shape.fields.size(); ++i)
    if (shape.fields[i].required && empty(record.values[i]))
      return core::fail(ErrorCode::invalid, "/" + std::string(shape.fields[i].name), "this may not be empty");
  if (wish.numbers) {
    if (record.entity != Entity::merchant)
      return core::fail(ErrorCode::invalid, "/numbers", "only merchants have numbers: leave it out");
    record.numbers = *wish.numbers;
    std::ranges::sort(record.numbers);
  }
  if (wish.reason.size() > core::limits::desk_text_bytes_max)
    return core::fail(ErrorCode::limit, "/reason", "the reason is too long: shorten it");
  const Record* before = draft.before ? &*draft.before : nullptr;
  TRY_STATUS(check_references(connection, author.scope, record, before));
  TRY_STATUS(adopt_owner(connection, record, before));
  TRY_STATUS(check_whole(connection, record, before));
  const std::string_view owner = record.entity == Entity::agent ? record.text("parent") : record.owner();
  const bool moved = before == nullptr ||
                     owner != (record.entity == Entity::agent ? before->text("parent") : before->owner());
  if (!moved) return {};
  TRY(reached, reaches(connection, author.scope, owner));
  if (!reached)
    return core::fail(ErrorCode::invalid, record.entity == Entity::agent ? "/parent" : "/agent",
                      "name an agent that is yours");
  return {};
}

core::Result<Receipt> Registry::create(sql::Connection& connection, const Author& author, Entity entity,
                                       const Wish& wish) const {
  const Shape& shape = shape_of(entity);
  Draft draft;
  Record& record = draft.record;
  record.entity = entity;
  record.created_at = record.updated_at = author.now;
  if (shape.prefix.empty()) {
    TRY_STATUS(check_code("id", wish.id, 64));
    record.id = wish.id;
  } else {
    if (!wish.id.empty()) return core::fail(ErrorCode::invalid, "/id", "the id is made here: leave it out");
    record.id = make_id(shape.prefix, author.now, random_);
  }
  record.values.resize(shape.fields.size());
  for (std::size_t i = 0; i < shape.fields.size(); ++i)
    if (shape.fields[i].type == FieldType::choice)
      record.values[i] = std::string(shape.fields[i].words.substr(0, shape.fields[i].words.find(' ')));
  TRY_STATUS(fill(connection, author, wish, draft));
  draft.reason = payment::masked_digit_runs(wish.reason);
  note_changes(draft);
  Record stored = record;
  seal_personal(stored);
  TRY_STATUS(insert(connection, stored));
  if (entity == Entity::agent) TRY_STATUS(plant(connection, record.id, record.text("parent")));
  TRY_STATUS(write_numbers(connection, draft, author.now));
  TRY_STATUS(move_sums(connection, draft, author.now));
  TRY_STATUS(index(connection, vault_, record));
  TRY_STATUS(forget_seen(connection, record));
  TRY(act, publish(connection, author, draft, "created"));
  return Receipt{record.id, record.version, act};
}

core::Result<Receipt> Registry::change(sql::Connection& connection, const Author& author, Entity entity,
                                       std::string_view id, std::int64_t version, const Wish& wish) const {
  TRY(found, find(connection, author.scope, entity, id));
  if (!found)
    return core::fail(ErrorCode::not_found, "", "there is no such " + std::string(shape_of(entity).name));
  if (shape_of(entity).scope == Shape::no_scope && entity != Entity::agent && !author.scope.all())
    return core::fail(ErrorCode::denied, "",
                      "all agents share this: whoever works for all of them changes it");
  if (found->version != version)
    return core::fail(ErrorCode::conflict, "/version",
                      "somebody changed this meanwhile: read it again and repeat your change");
  TRY_STATUS(open_personal(*found));
  Draft draft{
      .record = *found, .before = *found, .reason = payment::masked_digit_runs(wish.reason), .changed = {}};
  Record& record = draft.record;
  TRY_STATUS(fill(connection, author, wish, draft));
  note_changes(draft);
  if (draft.changed.empty()) return Receipt{record.id, record.version, 0};
  record.version = version + 1;
  record.updated_at = author.now;
  Record stored = record;
  seal_personal(stored);
  TRY_STATUS(update(connection, stored, version));
  if (entity == Entity::agent && draft.changed_field("parent"))
    TRY_STATUS(replant(connection, record.id, record.text("parent")));
  TRY_STATUS(write_numbers(connection, draft, author.now));
  TRY_STATUS(move_sums(connection, draft, author.now));
  TRY_STATUS(index(connection, vault_, record));
  TRY_STATUS(forget_seen(connection, record));
  TRY(act, publish(connection, author, draft, "changed"));
  TRY_STATUS(follow(connection, author, draft));
  return Receipt{record.id, record.version, act};
}

// Acts, history and bindings of what was written. The number of the last act.
core::Result<std::int64_t> Registry::publish(sql::Connection& connection, const Author& author,
                                             const Draft& draft, std::string_view action) const {
  const Record& record = draft.record;
  const std::string name(record.shape().name);
  TRY(commands, commands_of(connection, draft));
  const std::string kind = name + "." + std::string(action);
  const std::string told = name + ".told";
  const std::string subject = name + ":" + record.id;
  const std::string detail = detail_of(draft);
  std::int64_t act = 0;
  for (std::size_t i = 0; i < std::max<std::size_t>(1, commands.size()); ++i) {
    relay::Act one{.kind = i == 0 ? kind : told,
                   .actor = author.account,
                   .subject = subject,
                   .detail = i == 0 ? detail : std::string_view(),
                   .at = author.now};
    if (i < commands.size()) one.entry = &commands[i];
    TRY(number, relay::append(connection, one));
    act = number;
  }
  TRY_STATUS(note_act(connection, record.entity, record.id, act));
  const Event event{record.entity,       record.id,   act,
                    record.version,      author.now,  std::string(author.account),
                    std::string(action), draft.reason};
  TRY_STATUS(write_history(connection, event, draft.changed));
  TRY_STATUS(write_binding(connection, draft, act, author.now));
  return act;
}

// What belongs to a merchant goes with it: terminals and accounts to its new agent. And whoever names another
// entity to the engine tells it anew where that is called otherwise now.
core::Status Registry::follow(sql::Connection& connection, const Author& author, const Draft& draft) const {
  struct Followers {
    Entity entity;
    std::string_view column;
  };
  std::vector<Followers> all;
  const bool moved = draft.record.entity == Entity::merchant && draft.changed_field("agent");
  if (moved || draft.changed_field("numbers")) all.push_back({Entity::terminal, "merchant"});
  if (moved) all.push_back({Entity::account, "merchant"});
  if (draft.changed_field("code")) {
    const bool agent = draft.record.entity == Entity::agent;
    all.push_back({Entity::merchant, agent ? "agent" : "rep"});
    if (agent) all.insert(all.end(), {{Entity::terminal, "agent"}, {Entity::rep, "agent"}});
  }
  for (const Followers& followers : all) {
    TRY(rows, connection.query("select id from " + std::string(shape_of(followers.entity).table) + " where " +
                                   std::string(followers.column) + " = $1 order by id",
                               {std::string_view(draft.record.id)}));
    for (std::size_t i = 0; i < rows.size(); ++i)
      TRY_STATUS(move_along(connection, author, followers.entity, rows[i].text(0),
                            moved ? &draft.record.value("agent") : nullptr));
  }
  return {};
}

// `owner`: whose it is now; nullptr where that stays.
core::Status Registry::move_along(sql::Connection& connection, const Author& author, Entity entity,
                                  std::string_view id, const FieldValue* owner) const {
  TRY(found, find(connection, Scope::everything(), entity, id));
  CHECK(found.has_value());
  TRY_STATUS(open_personal(*found));
  Draft draft{.record = *found, .before = *found, .reason = "", .changed = {}};
  Record& record = draft.record;
  if (owner != nullptr) record.values[record.shape().scope] = *owner;
  note_changes(draft);
  if (!draft.changed.empty()) {
    record.version += 1;
    record.updated_at = author.now;
    Record stored = record;
    seal_personal(stored);
    TRY_STATUS(update(connection, stored, found->version));
    TRY_STATUS(index(connection, vault_, record));
  }
  TRY_STATUS(publish(connection, author, draft, "followed"));
  return {};
}

core::Result<std::vector<std::string>> Registry::masks(const Record& record) const {
  std::vector<std::string> masks(record.values.size());
  const Shape& shape = record.shape();
  for (std::size_t i = 0; i < shape.fields.size(); ++i) {
    if (shape.fields[i].type != FieldType::personal || empty(record.values[i])) continue;
    TRY(value, vault_.open({record.entity, record.id, shape.fields[i]}, text_of(record.values[i])));
    masks[i] = masked(shape.fields[i].personal, value);
  }
  return masks;
}

core::Result<std::vector<Revealed>> Registry::reveal(sql::Connection& connection, const Author& author,
                                                     Entity entity, std::string_view id,
                                                     std::string_view reason) const {
  if (reason.empty() || reason.size() > core::limits::desk_text_bytes_max)
    return core::fail(ErrorCode::invalid, "/reason", "say why you need to see it");
  TRY(found, find(connection, author.scope, entity, id));
  if (!found)
    return core::fail(ErrorCode::not_found, "", "there is no such " + std::string(shape_of(entity).name));
  TRY_STATUS(open_personal(*found));
  std::vector<Revealed> revealed;
  std::vector<ChangedField> seen;
  for (std::size_t i = 0; i < found->values.size(); ++i) {
    const Field& field = found->shape().fields[i];
    if (field.type != FieldType::personal || empty(found->values[i])) continue;
    revealed.push_back({field.name, std::string(text_of(found->values[i]))});
    seen.push_back({std::string(field.name), std::nullopt, std::nullopt});
  }
  if (revealed.empty()) return revealed;
  const std::string name(found->shape().name);
  const std::string kind = name + ".revealed";
  const std::string subject = name + ":" + found->id;
  TRY(act, relay::append(
               connection,
               {.kind = kind, .actor = author.account, .subject = subject, .detail = "", .at = author.now}));
  TRY_STATUS(write_history(connection,
                           {entity, found->id, act, found->version, author.now, std::string(author.account),
                            "revealed", payment::masked_digit_runs(reason)},
                           seen));
  return revealed;
}

core::Result<std::optional<std::string>> Registry::resync(sql::Connection& connection, const Author& author,
                                                          Entity entity, std::string_view after,
                                                          std::size_t count) const {
  TRY(records, next_records(connection, entity, after, count));
  if (records.empty()) return std::optional<std::string>();
  const std::string name(shape_of(entity).name);
  const std::string kind = name + ".told";
  for (const Record& record : records) {
    const std::string subject = name + ":" + record.id;
    TRY(commands, set_commands(connection, record));
    std::int64_t act = 0;
    for (const payment::EntryBuilder& command : commands) {
      TRY(number, relay::append(connection, {.kind = kind,
                                             .actor = author.account,
                                             .subject = subject,
                                             .detail = R"({"resync":true})",
                                             .at = author.now,
                                             .entry = &command}));
      act = number;
    }
    if (act != 0) TRY_STATUS(note_act(connection, entity, record.id, act));
  }
  return std::optional(records.back().id);
}

core::Result<std::optional<std::string>> Registry::reseal(sql::Connection& connection, Entity entity,
                                                          std::string_view after, std::size_t count) const {
  TRY(records, next_records(connection, entity, after, count));
  if (records.empty()) return std::optional<std::string>();
  for (Record& record : records) {
    bool old = false;
    for (std::size_t i = 0; i < record.values.size(); ++i)
      if (record.shape().fields[i].type == FieldType::personal && !empty(record.values[i]))
        old = old || crypto::DataKeys::key_of(text_of(record.values[i])) != vault_.current_key();
    if (!old) continue;
    TRY_STATUS(open_personal(record));
    TRY_STATUS(index(connection, vault_, record));
    seal_personal(record);
    TRY_STATUS(update(connection, record, record.version));
  }
  return std::optional(records.back().id);
}

}  // namespace tillwatch::registry
