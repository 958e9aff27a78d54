// Reading of bodies, queries and cursors: every kind of member, right, wrong and absent.
#include "desk/fields.h"

#include <gtest/gtest.h>

#include <string>

#include "desk/cursor.h"

namespace tillwatch::desk {
namespace {

// A body or query read by hand; no database is ever asked.
class FieldsTest : public ::testing::Test {
 protected:
  Call& with_body(std::string_view json) {
    call.body = reader.parse(json).value();
    return call;
  }
  Call& with_query(std::string_view query) {
    call.parameters = http::split_query(query).value();
    return call;
  }
  class NoConnection final : public sql::Connection {
    sql::Dialect dialect() const override { return sql::Dialect::sqlite; }
    core::Result<std::int64_t> execute(std::string_view, std::span<const sql::Parameter>) override {
      return 0;
    }
    core::Status each(std::string_view, std::span<const sql::Parameter>,
                      const std::function<bool(const sql::Row&)>&) override {
      return {};
    }
    core::Status script(std::string_view) override { return {}; }
    core::Status begin(Access) override { return {}; }
    core::Status commit() override { return {}; }
    void roll_back() noexcept override {}
  };
  NoConnection connection;
  Caller caller;
  json::Reader reader;
  Call call{connection, caller, 0};
};

TEST_F(FieldsTest, WhatIsRightIsRead) {
  Body body(with_body(R"({"name":"老板","verdict":"fraud","count":3,"on":true,"at":"2026-07-03T06:05:00Z",
                          "tags":["a","b"],"note":null})"));
  EXPECT_EQ(body.text("name"), "老板");
  EXPECT_EQ(body.word("verdict", {"fraud", "good"}), "fraud");
  EXPECT_EQ(body.integer("count", 0, 3), 3);
  EXPECT_TRUE(body.boolean("on"));
  EXPECT_EQ(body.time("at"), core::parse_time("2026-07-03T06:05:00Z"));
  EXPECT_EQ(body.texts("tags", 2), (std::vector<std::string>{"a", "b"}));
  EXPECT_TRUE(body.has("note"));
  EXPECT_TRUE(body.is_null("note"));
  EXPECT_EQ(body.text_if("note"), std::nullopt);
  EXPECT_EQ(body.text_if("absent"), std::nullopt);
  EXPECT_FALSE(body.has("absent"));
  EXPECT_FALSE(body.refusal().has_value());
}

TEST_F(FieldsTest, EveryFaultIsToldAtOnceWithItsPlace) {
  Body body(with_body(R"({"name":"","verdict":"maybe","count":4,"on":1,"at":"yesterday","tags":["a","","c"],
                          "word":null,"more":1})"));
  body.text("name");
  body.word("verdict", {"fraud", "good"});
  body.integer("count", 0, 3);
  body.boolean("on");
  body.time("at");
  body.texts("tags", 3);
  body.word("word", {"x"});
  body.text("absent");
  const auto refusal = body.refusal();
  ASSERT_TRUE(refusal.has_value());
  EXPECT_EQ(refusal->status, 400);
  for (const char* pointer :
       {"/name", "/verdict", "/count", "/on", "/at", "/tags/1", "/word", "/absent", "/more"})
    EXPECT_NE(refusal->body.find("\"pointer\":\"" + std::string(pointer) + "\""), std::string::npos)
        << pointer;
}

TEST_F(FieldsTest, BoundsOfTexts) {
  Body body(with_body(R"({"a":"12345","b":"123456","c":"x\u0000y","d":["1","2","3"]})"));
  EXPECT_EQ(body.text("a", 1, 5), "12345");
  EXPECT_FALSE(body.refusal() == std::nullopt);  // b, c and d were not asked for
  Body again(call);
  again.text("a", 1, 5);
  again.text("b", 1, 5);
  again.text("c", 1, 5);
  again.texts("d", 2);
  const std::string told = again.refusal()->body;
  for (const char* pointer : {"/b", "/c", "/d"})
    EXPECT_NE(told.find("\"pointer\":\"" + std::string(pointer) + "\""), std::string::npos) << pointer;
  EXPECT_EQ(told.find("\"pointer\":\"/a\""), std::string::npos);
}

TEST_F(FieldsTest, QueriesAreReadAndRefused) {
  Query query(with_query("a=x&n=5&t=2026-07-03T06:05:00Z&b=true&w=open"));
  EXPECT_EQ(query.text("a"), "x");
  EXPECT_EQ(query.integer("n", 1, 5), 5);
  EXPECT_EQ(query.time("t"), core::parse_time("2026-07-03T06:05:00Z"));
  EXPECT_EQ(query.boolean("b"), true);
  EXPECT_EQ(query.word("w", {"open", "closed"}), "open");
  EXPECT_EQ(query.text("absent"), std::nullopt);
  EXPECT_FALSE(query.refusal().has_value());
  Query wrong(with_query("a=&n=6&t=x&b=1&w=ajar"));
  wrong.text("a");
  wrong.integer("n", 1, 5);
  wrong.time("t");
  wrong.boolean("b");
  wrong.word("w", {"open", "closed"});
  const std::string told = wrong.refusal()->body;
  for (const char* name : {"?a", "?n", "?t", "?b", "?w"})
    EXPECT_NE(told.find("\"" + std::string(name) + "\""), std::string::npos) << name;
}

TEST_F(FieldsTest, CursorsComeBackAsTheyWent) {
  const std::string cursor = write_cursor("decisions", {std::int64_t{-7}, std::string("店")});
  const auto values = read_cursor("decisions", "it", cursor);
  ASSERT_TRUE(values.has_value());
  EXPECT_EQ(std::get<std::int64_t>((*values)[0]), -7);
  EXPECT_EQ(std::get<std::string>((*values)[1]), "店");
  EXPECT_FALSE(read_cursor("alerts", "it", cursor).has_value());
  EXPECT_FALSE(read_cursor("decision", "it", cursor).has_value());
  EXPECT_FALSE(read_cursor("decisions", "i", cursor).has_value());
  EXPECT_FALSE(read_cursor("decisions", "itt", cursor).has_value());
  EXPECT_FALSE(read_cursor("decisions", "ti", cursor).has_value());
  EXPECT_FALSE(read_cursor("decisions", "it", cursor + "A").has_value());
  EXPECT_FALSE(read_cursor("decisions", "it", "!").has_value());
  EXPECT_FALSE(read_cursor("decisions", "it", std::string(1025, 'A')).has_value());
}

TEST_F(FieldsTest, PagesHaveABound) {
  const std::string cursor = write_cursor("x", {std::int64_t{3}});
  with_query("limit=200&cursor=" + cursor);
  Query query(call);
  const Page page = Page::of(call, query, "x", "i");
  EXPECT_EQ(page.limit, 200u);
  EXPECT_EQ(page.integer(0), 3);
  EXPECT_FALSE(query.refusal().has_value());
  with_query("limit=201&cursor=nonsense");
  Query wrong(call);
  Page::of(call, wrong, "x", "i");
  EXPECT_NE(wrong.refusal()->body.find("?limit"), std::string::npos);
  EXPECT_NE(wrong.refusal()->body.find("?cursor"), std::string::npos);
}

}  // namespace
}  // namespace tillwatch::desk
