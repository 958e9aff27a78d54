#include "engine/facts.h"

#include <gtest/gtest.h>

namespace tillwatch::engine {
namespace {

using payment::AttributeId;
using payment::EntryBuilder;
using payment::EntryKind;
using payment::EntryView;
using payment::Value;

// An entry that owns its bytes.
struct Entry {
  explicit Entry(const EntryBuilder& builder) {
    EXPECT_TRUE(builder.encode(bytes));
    EXPECT_TRUE(view.decode(bytes));
  }
  core::Bytes bytes;
  EntryView view;
};

Entry card_entry(std::string_view reference, std::string_view previous = {}) {
  EntryBuilder builder;
  builder.set(AttributeId::card_reference, Value::of(reference));
  if (!previous.empty()) builder.set(AttributeId::card_previous_reference, Value::of(previous));
  return Entry(builder);
}

Entry registry(std::string_view id, std::string_view action, std::string_view field = {},
               std::string_view value = {}) {
  EntryBuilder builder;
  builder.header.kind = EntryKind::registry_command;
  builder.set(AttributeId::registry_entity, Value::of("terminal"));
  builder.set(AttributeId::registry_id, Value::of(id));
  builder.set(AttributeId::registry_action, Value::of(action));
  if (!field.empty()) {
    EXPECT_TRUE(builder.set_extra(field, Value::of(value)));
  }
  return Entry(builder);
}

Entry list_change(std::string_view action, std::string_view value, core::TimeMs expires_at = 0) {
  EntryBuilder builder;
  builder.header.kind = EntryKind::list_change;
  builder.set(AttributeId::list_name, Value::of("blocked"));
  builder.set(AttributeId::list_action, Value::of(action));
  builder.set(AttributeId::list_value, Value::of(value));
  builder.set(AttributeId::list_owner, Value::of("desk"));
  if (expires_at != 0) builder.set(AttributeId::list_expires_at, Value::of(expires_at));
  return Entry(builder);
}

struct World {
  state::Arena arena;
  Facts facts{arena, crypto::SipKey{}};
};

TEST(Facts, ACardKeepsItsNumberOverAKeyRotation) {
  World w;
  const std::int64_t a = w.facts.card_of(card_entry("pan/1:aa").view, false);
  const std::int64_t b = w.facts.card_of(card_entry("pan/1:bb").view, false);
  EXPECT_NE(a, b);
  EXPECT_EQ(w.facts.card_of(card_entry("pan/2:a2", "pan/1:aa").view, false), a);
  EXPECT_EQ(w.facts.card_of(card_entry("pan/2:a2").view, false), a);  // the overlap has ended
  EXPECT_EQ(w.facts.card_of(Entry(EntryBuilder{}).view, false), 0);
}

TEST(Facts, SabotagedRotationIsNoticed) {
  World w;
  const std::int64_t a = w.facts.card_of(card_entry("pan/1:aa").view, true);
  EXPECT_NE(w.facts.card_of(card_entry("pan/2:a2", "pan/1:aa").view, true), a);
}

TEST(Facts, RegisteredFactsMerge) {
  World w;
  ASSERT_TRUE(w.facts.apply_registry(registry("SN1", "set", "status", "active").view));
  ASSERT_TRUE(w.facts.apply_registry(registry("SN1", "set", "city", "ZH").view));
  EXPECT_TRUE(w.facts.registered("terminal", "SN1"));
  EXPECT_EQ(w.facts.registered_fact("terminal", "SN1", "status").text(), "active");
  EXPECT_EQ(w.facts.registered_fact("terminal", "SN1", "city").text(), "ZH");
  EXPECT_TRUE(w.facts.registered_fact("terminal", "SN1", "none").absent());
  EXPECT_TRUE(w.facts.registered_fact("terminal", "SN2", "status").absent());
  std::string all;
  for (RegisteredFacts facts = w.facts.registered_facts("terminal", "SN1"); facts.next();)
    all += std::string(facts.name()) + "=" + std::string(facts.value().text()) + " ";
  EXPECT_EQ(all, "city=ZH status=active ");
  EXPECT_FALSE(w.facts.registered_facts("terminal", "SN2").next());
  ASSERT_TRUE(w.facts.apply_registry(registry("SN1", "remove").view));
  EXPECT_FALSE(w.facts.registered("terminal", "SN1"));
  EXPECT_FALSE(w.facts.apply_registry(Entry(EntryBuilder{}).view));
}

TEST(Facts, ListItemsLapse) {
  World w;
  ASSERT_TRUE(w.facts.apply_list_change(list_change("add", "C1", 100).view));
  ASSERT_TRUE(w.facts.apply_list_change(list_change("add", "C2").view));
  EXPECT_TRUE(w.facts.listed("blocked", "C1", 99));
  EXPECT_FALSE(w.facts.listed("blocked", "C1", 100));
  EXPECT_EQ(w.facts.listed("blocked", "C2", 1'000'000)->owner, "desk");
  w.facts.sweep(100, 10);
  EXPECT_FALSE(w.facts.listed("blocked", "C1", 99));
  ASSERT_TRUE(w.facts.apply_list_change(list_change("remove", "C2").view));
  EXPECT_FALSE(w.facts.listed("blocked", "C2", 5));
  EXPECT_FALSE(w.facts.apply_list_change(list_change("toggle", "C2").view));
}

TEST(Facts, ACallerListsACardByItsNumber) {
  World w;
  EntryBuilder builder;
  builder.header.kind = EntryKind::list_change;
  builder.set(AttributeId::list_name, Value::of("blocked"));
  builder.set(AttributeId::list_action, Value::of("add"));
  EXPECT_FALSE(w.facts.apply_list_change(Entry(builder).view)) << "neither a value nor a card";
  builder.set(AttributeId::card_reference, Value::of("k1:abc"));
  ASSERT_TRUE(w.facts.apply_list_change(Entry(builder).view));
  EXPECT_TRUE(w.facts.listed("blocked", "k1:abc", 1));
  builder.set(AttributeId::list_action, Value::of("remove"));
  ASSERT_TRUE(w.facts.apply_list_change(Entry(builder).view));
  EXPECT_FALSE(w.facts.listed("blocked", "k1:abc", 1));
}

TEST(Facts, TheStrongerRestrictionStands) {
  World w;
  w.facts.restrict_subject("merchant.id", "M", {Subject::suspend, "T12", "testing", 100});
  w.facts.restrict_subject("merchant.id", "M", {Subject::restrict, "T06", "split", 900});
  EXPECT_EQ(w.facts.restriction("merchant.id", "M", 99)->level, Subject::suspend);
  EXPECT_FALSE(w.facts.restriction("merchant.id", "M", 100));
  w.facts.restrict_subject("merchant.id", "M", {Subject::suspend, "T12", "testing", 500});
  EXPECT_EQ(w.facts.restriction("merchant.id", "M", 400)->expires_at, 500);
  EXPECT_FALSE(w.facts.restriction("merchant.id", "X", 0));
}

}  // namespace
}  // namespace tillwatch::engine
