#include "engine/facts.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "core/check.h"
#include "core/limits.h"
#include "payment/value_codec.h"

namespace tillwatch::engine {
namespace {

using core::ErrorCode;
using payment::AttributeId;
using payment::Value;

// Two names in one key: a zero byte cannot stand in an attribute's text that the doors let in, but lengths
// make it sure.
std::string join(std::string_view first, std::string_view second) {
  std::string key;
  core::ByteWriter writer(key);
  writer.text(first);
  writer.raw(second);
  return key;
}

std::string encode_item(const ListItem& item) {
  std::string bytes;
  core::ByteWriter writer(bytes);
  writer.i64(item.expires_at);
  writer.text(item.owner);
  writer.text(item.reason);
  return bytes;
}

std::string encode_restriction(const Restriction& restriction) {
  std::string bytes;
  core::ByteWriter writer(bytes);
  writer.i64(restriction.expires_at);
  writer.u8(static_cast<std::uint8_t>(restriction.level));
  writer.text(restriction.rule);
  writer.text(restriction.reason);
  return bytes;
}

Restriction decode_restriction(std::string_view bytes) {
  core::ByteReader in(bytes);
  Restriction restriction;
  restriction.expires_at = in.i64();
  restriction.level = static_cast<Subject>(in.u8());
  restriction.rule = in.text();
  restriction.reason = in.text();
  CHECK(in.ok());
  return restriction;
}

// Both kinds of standing fact begin with the time they lapse at.
void sweep_table(state::Table& table, core::TimeMs now, std::size_t budget) {
  for (state::Table::Cursor at = table.first(); at != 0 && budget > 0; --budget) {
    const state::Table::Cursor following = table.next(at);
    const core::TimeMs expires_at = core::ByteReader(table.value_at(at)).i64();
    if (expires_at != 0 && expires_at <= now) table.erase(std::string(table.key_at(at)));
    at = following;
  }
}

// Callers name a card by its number, which the door has made a reference.
std::string_view listed_value(const payment::EntryView& change) {
  const std::string_view value = change.text(AttributeId::list_value);
  return value.empty() ? change.text(AttributeId::card_reference) : value;
}

}  // namespace

bool RegisteredFacts::next() {
  if (in_.at_end()) return false;
  name_ = in_.text();
  value_ = payment::read_value(in_);
  CHECK(in_.ok());
  return true;
}

Facts::Facts(state::Arena& arena, const crypto::SipKey& key)
    : cards_(arena, key), registry_(arena, key), lists_(arena, key), restrictions_(arena, key) {}

std::int64_t Facts::find_card(std::string_view reference) const {
  const std::optional<std::string_view> found = cards_.find(reference);
  return found ? core::ByteReader(*found).i64() : 0;
}

std::int64_t Facts::card_of(const payment::EntryView& entry, bool forget_old_key) {
  const std::string_view reference = entry.text(AttributeId::card_reference);
  if (reference.empty()) return 0;
  const std::string_view previous = entry.text(AttributeId::card_previous_reference);
  std::int64_t card = find_card(reference);
  if (card != 0) return card;
  if (!previous.empty() && !forget_old_key) card = find_card(previous);
  if (card == 0) card = next_card_++;
  std::string bytes;
  core::ByteWriter(bytes).i64(card);
  CHECK(cards_.put(reference, bytes).has_value());
  return card;
}

core::Result<std::string> Facts::merged_registry(const payment::EntryView& command) const {
  const std::string_view entity = command.text(AttributeId::registry_entity);
  const std::string_view id = command.text(AttributeId::registry_id);
  if (entity.empty() || id.empty())
    return core::fail(ErrorCode::invalid, "registry", "a registry command names an entity and an id");
  if (command.text(AttributeId::registry_action) == "remove") return std::string();
  std::map<std::string, Value, std::less<>> fields;
  const std::string old(registry_.find(join(entity, id)).value_or(""));
  for (RegisteredFacts facts(old); facts.next();) fields[std::string(facts.name())] = facts.value();
  for (const payment::EntryView::Extra& extra : command.extras())
    fields[std::string(extra.name)] = extra.value;
  std::string bytes;
  core::ByteWriter writer(bytes);
  for (const auto& [name, value] : fields) {
    writer.text(name);
    payment::write_value(writer, value);
  }
  if (bytes.size() > state::table_value_bytes_max)
    return core::fail(ErrorCode::limit, "registry",
                      fmt::format("the {} holds more than 60 KiB of registered facts", entity));
  return bytes;
}

core::Status Facts::check_registry(const payment::EntryView& command) const {
  if (const core::Result<std::string> merged = merged_registry(command); !merged)
    return std::unexpected(merged.error());
  return {};
}

core::Status Facts::apply_registry(const payment::EntryView& command) {
  TRY(merged, merged_registry(command));
  const std::string key =
      join(command.text(AttributeId::registry_entity), command.text(AttributeId::registry_id));
  if (command.text(AttributeId::registry_action) != "remove") return registry_.put(key, merged);
  registry_.erase(key);
  return {};
}

bool Facts::registered(std::string_view entity, std::string_view id) const {
  return registry_.contains(join(entity, id));
}

Value Facts::registered_fact(std::string_view entity, std::string_view id, std::string_view field) const {
  for (RegisteredFacts facts = registered_facts(entity, id); facts.next();)
    if (facts.name() == field) return facts.value();
  return {};
}

RegisteredFacts Facts::registered_facts(std::string_view entity, std::string_view id) const {
  return RegisteredFacts(registry_.find(join(entity, id)).value_or(std::string_view()));
}

core::Status Facts::check_list_change(const payment::EntryView& change) const {
  if (change.text(AttributeId::list_name).empty() || listed_value(change).empty())
    return core::fail(ErrorCode::invalid, "list", "a list change names a list and a value");
  const std::string_view action = change.text(AttributeId::list_action);
  if (action != "add" && action != "remove")
    return core::fail(ErrorCode::invalid, "list.action", "the action is 'add' or 'remove'");
  return {};
}

core::Status Facts::apply_list_change(const payment::EntryView& change) {
  TRY_STATUS(check_list_change(change));
  const std::string key = join(change.text(AttributeId::list_name), listed_value(change));
  if (change.text(AttributeId::list_action) == "remove") {
    lists_.erase(key);
    return {};
  }
  const Value expires = change.get(AttributeId::list_expires_at);
  return lists_.put(key, encode_item({std::string(change.text(AttributeId::list_owner)),
                                      std::string(change.text(AttributeId::list_reason)),
                                      expires.absent() ? 0 : expires.integer()}));
}

std::optional<ListItem> Facts::listed(std::string_view list, std::string_view value, core::TimeMs now) const {
  const std::optional<std::string_view> found = lists_.find(join(list, value));
  if (!found) return std::nullopt;
  core::ByteReader in(*found);
  ListItem item;
  item.expires_at = in.i64();
  if (item.expires_at != 0 && item.expires_at <= now) return std::nullopt;
  item.owner = in.text();
  item.reason = in.text();
  CHECK(in.ok());
  return item;
}

void Facts::restrict_subject(std::string_view attribute, std::string_view value,
                             const Restriction& restriction) {
  const std::string key = join(attribute, value);
  if (const std::optional<std::string_view> found = restrictions_.find(key)) {
    const Restriction standing = decode_restriction(*found);
    if (standing.level > restriction.level ||
        (standing.level == restriction.level && standing.expires_at >= restriction.expires_at))
      return;
  }
  CHECK(restrictions_.put(key, encode_restriction(restriction)).has_value());
}

std::optional<Restriction> Facts::restriction(std::string_view attribute, std::string_view value,
                                              core::TimeMs now) const {
  const std::optional<std::string_view> found = restrictions_.find(join(attribute, value));
  if (!found) return std::nullopt;
  const Restriction standing = decode_restriction(*found);
  return standing.expires_at <= now ? std::nullopt : std::optional(standing);
}

void Facts::sweep(core::TimeMs now, std::size_t budget) {
  sweep_table(lists_, now, budget);
  sweep_table(restrictions_, now, budget);
}

void Facts::save_roots(core::ByteWriter& out) const {
  for (const state::Table* table : {&cards_, &registry_, &lists_, &restrictions_}) table->save_roots(out);
  out.i64(next_card_);
}

core::Status Facts::load_roots(core::ByteReader& in) {
  for (state::Table* table : {&cards_, &registry_, &lists_, &restrictions_})
    TRY_STATUS(table->load_roots(in));
  next_card_ = in.i64();
  return {};
}

}  // namespace tillwatch::engine
