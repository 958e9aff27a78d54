#include "payment/entry.h"

#include <gtest/gtest.h>

#include <random>

#include "core/limits.h"

namespace tillwatch::payment {
namespace {

EntryBuilder sale() {
  EntryBuilder builder;
  builder.header = {EntryKind::transaction, 0, 1000, 900, 900};
  builder.set(AttributeId::client, Value::of("shop"));
  builder.set(AttributeId::id, Value::of("r1"));
  builder.set(AttributeId::amount, Value::of(std::int64_t{12345}));
  builder.set(AttributeId::card_reference, Value::of("pan/2:bb"));
  return builder;
}

core::Bytes encoded(const EntryBuilder& builder) {
  core::Bytes bytes;
  const core::Status status = builder.encode(bytes);
  EXPECT_TRUE(status.has_value()) << (status ? "" : status.error().to_string());
  return bytes;
}

TEST(Attribute, TableIsConsistent) {
  for (const AttributeInfo& info : attributes()) {
    EXPECT_EQ(find_attribute(info.name), &info);
    EXPECT_EQ(find_attribute(info.id), &info);
    EXPECT_FALSE(info.text.empty());
  }
  EXPECT_EQ(find_attribute("no.such"), nullptr);
  EXPECT_EQ(find_attribute(""), nullptr);
  EXPECT_EQ(find_attribute("zz"), nullptr);
  for (const std::string_view group : {"card", "tx", "decision"})
    EXPECT_TRUE(is_attribute_group(group)) << group;
  for (const std::string_view other : {"car", "card.number", "id", "", "zz"})
    EXPECT_FALSE(is_attribute_group(other)) << other;
}

TEST(Entry, RoundTrip) {
  EntryBuilder builder = sale();
  ASSERT_TRUE(builder.set_extra("loyalty.tier", Value::of("gold")));
  ASSERT_TRUE(builder.set_extra("a", Value::of(0.5)));
  const core::Bytes bytes = encoded(builder);
  EntryView view;
  ASSERT_TRUE(view.decode(bytes));
  EXPECT_EQ(view.header().admitted_at, 1000);
  EXPECT_EQ(view.header().event_time, 900);
  EXPECT_EQ(view.get(AttributeId::amount).integer(), 12345);
  EXPECT_EQ(view.text(AttributeId::id), "r1");
  EXPECT_FALSE(view.has(AttributeId::merchant_id));
  EXPECT_EQ(view.extra("loyalty.tier").text(), "gold");
  EXPECT_EQ(view.extra("a").decimal(), 0.5);
  EXPECT_TRUE(view.extra("b").absent());
}

TEST(Entry, SetOrderDoesNotChangeTheBytes) {
  EntryBuilder forward, backward;
  forward.set(AttributeId::amount, Value::of(std::int64_t{1}));
  forward.set(AttributeId::id, Value::of("x"));
  backward.set(AttributeId::id, Value::of("y"));
  backward.set(AttributeId::id, Value::of("x"));
  backward.set(AttributeId::amount, Value::of(std::int64_t{1}));
  EXPECT_EQ(encoded(forward), encoded(backward));
}

TEST(Entry, EveryTruncationAndOverrunIsRefused) {
  const core::Bytes bytes = encoded(sale());
  EntryView view;
  for (std::size_t size = 0; size < bytes.size(); ++size)
    EXPECT_FALSE(view.decode(std::string_view(bytes).substr(0, size))) << size;
  EXPECT_FALSE(view.decode(bytes + '\0'));
}

TEST(Entry, WhatDecodesIsCanonical) {
  // A damaged entry may still be an entry, but then encoding what was read gives the same bytes: there is one
  // form for one content.
  const core::Bytes bytes = encoded(sale());
  std::mt19937_64 random(7);
  for (int round = 0; round < 20000; ++round) {
    core::Bytes damaged = bytes;
    damaged[random() % damaged.size()] = static_cast<char>(random());
    EntryView view;
    if (!view.decode(damaged)) continue;
    EntryBuilder again;
    again.header = view.header();
    for (const AttributeInfo& info : attributes())
      if (view.has(info.id)) again.set(info.id, view.get(info.id));
    for (const EntryView::Extra& extra : view.extras()) ASSERT_TRUE(again.set_extra(extra.name, extra.value));
    ASSERT_EQ(encoded(again), damaged);
  }
}

TEST(Entry, NewerVersionIsNamed) {
  core::Bytes bytes = encoded(sale());
  bytes[0] = 2;
  EntryView view;
  const core::Status status = view.decode(bytes);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, core::ErrorCode::unsupported);
}

TEST(Entry, LimitsAtTheEdgeAndOnePast) {
  EntryBuilder builder = sale();
  core::Bytes bytes;
  builder.set(AttributeId::merchant_id,
              Value::of(std::string_view(std::string(core::limits::entry_text_bytes_max, 'm'))));
  EXPECT_TRUE(builder.encode(bytes));
  builder.set(AttributeId::merchant_id,
              Value::of(std::string_view(std::string(core::limits::entry_text_bytes_max + 1, 'm'))));
  ASSERT_FALSE(builder.encode(bytes));
  EXPECT_EQ(builder.encode(bytes).error().code, core::ErrorCode::limit);
  EntryBuilder many;
  for (std::size_t i = 0; i < core::limits::entry_extra_count_max; ++i)
    ASSERT_TRUE(many.set_extra("x" + std::to_string(i), Value::of(true)));
  EXPECT_FALSE(many.set_extra("one_more", Value::of(true)));
  EXPECT_TRUE(many.set_extra("x0", Value::of(false)));
  EXPECT_TRUE(many.set_extra("x1", Value::of(false)));
  EXPECT_FALSE(sale().set_extra("", Value::of(true)));
  EXPECT_FALSE(
      sale().set_extra(std::string(core::limits::entry_extra_name_bytes_max + 1, 'n'), Value::of(true)));
}

TEST(Entry, WrongTypeIsRefused) {
  EntryBuilder builder = sale();
  builder.set(AttributeId::amount, Value::of("12"));
  core::Bytes bytes;
  ASSERT_FALSE(builder.encode(bytes));
  EXPECT_EQ(builder.encode(bytes).error().where, "amount");
}

TEST(Entry, ContentIsWhatTheCallerSaid) {
  EntryBuilder first = sale();
  EntryBuilder again = sale();
  again.header.admitted_at = 99999;  // admission is ours
  const core::Bytes a = encoded(first), b = encoded(again);
  EntryView va, vb;
  ASSERT_TRUE(va.decode(a) && vb.decode(b));
  EXPECT_TRUE(same_content(va, vb));
  EXPECT_EQ(key_of(va), key_of(vb));

  again.header.event_time = again.header.raw_event_time = 901;
  const core::Bytes c = encoded(again);
  ASSERT_TRUE(vb.decode(c));
  EXPECT_FALSE(same_content(va, vb));
}

TEST(Entry, ARetryAfterKeyRotationIsTheSameContent) {
  EntryBuilder before = sale();
  before.set(AttributeId::card_reference, Value::of("pan/1:aa"));
  EntryBuilder after = sale();
  after.set(AttributeId::card_reference, Value::of("pan/2:bb"));
  after.set(AttributeId::card_previous_reference, Value::of("pan/1:aa"));
  EntryBuilder other = sale();
  other.set(AttributeId::card_reference, Value::of("pan/2:cc"));
  other.set(AttributeId::card_previous_reference, Value::of("pan/1:dd"));
  const core::Bytes a = encoded(before), b = encoded(after), c = encoded(other);
  EntryView va, vb, vc;
  ASSERT_TRUE(va.decode(a) && vb.decode(b) && vc.decode(c));
  EXPECT_TRUE(same_content(va, vb));
  EXPECT_FALSE(same_content(va, vc));
}

TEST(Entry, NoIdMeansNoKey) {
  EntryBuilder builder;
  const core::Bytes bytes = encoded(builder);
  EntryView view;
  ASSERT_TRUE(view.decode(bytes));
  EXPECT_EQ(key_of(view), Digest128{});
}

TEST(Entry, WhatAdmissionAddsIsNotTheCallersContent) {
  EntryBuilder first = sale();
  first.set(AttributeId::tx_original_id, Value::of("r0"));
  EntryBuilder completed = first;
  ASSERT_TRUE(keep_content_digest(first));
  ASSERT_TRUE(keep_content_digest(completed));
  completed.set(AttributeId::merchant_id, Value::of("from the original"));
  const core::Bytes a = encoded(first), b = encoded(completed);
  EntryView va, vb;
  ASSERT_TRUE(va.decode(a) && vb.decode(b));
  EXPECT_TRUE(same_content(va, vb));
}

}  // namespace
}  // namespace tillwatch::payment
