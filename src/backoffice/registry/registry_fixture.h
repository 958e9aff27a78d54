// A registry over an empty store, and short ways to fill it: shared by the tests of this folder.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <string>
#include <vector>

#include "payment/entry.h"
#include "registry/registry.h"
#include "sql/store_fixture.h"

namespace tillwatch::registry {

class SeededRandom : public ports::Random {
 public:
  explicit SeededRandom(std::uint64_t seed) : engine_(seed) {}
  void fill(std::span<std::byte> out) override {
    for (std::byte& byte : out) byte = static_cast<std::byte>(engine_());
  }

 private:
  std::mt19937_64 engine_;
};

using Fields = std::map<std::string, FieldValue, std::less<>>;
inline FieldValue text(std::string_view value) {
  return std::string(value);
}
inline FieldValue number(std::int64_t value) {
  return value;
}

class RegistryTest : public ::testing::TestWithParam<sql::Dialect> {
 protected:
  Author author(const Scope& scope) { return {"acct_1", scope, now_}; }
  core::Result<Receipt> try_create(Entity entity, Wish wish) {
    return try_create(Scope::everything(), entity, std::move(wish));
  }
  core::Result<Receipt> try_create(const Scope& scope, Entity entity, Wish wish) {
    TRY(transaction, sql::Transaction::begin(db_));
    TRY(receipt, registry_.create(db_, author(scope), entity, wish));
    TRY_STATUS(transaction.commit());
    return receipt;
  }
  std::string create(Entity entity, Fields fields, std::vector<ChannelNumber> numbers = {},
                     std::string id = "") {
    Wish wish{.id = std::move(id), .fields = std::move(fields), .numbers = std::nullopt, .reason = ""};
    if (!numbers.empty()) wish.numbers = std::move(numbers);
    const auto receipt = try_create(entity, wish);
    if (!receipt) ADD_FAILURE() << receipt.error().to_string();
    return receipt ? receipt->id : std::string();
  }
  core::Result<Receipt> try_change(const Scope& scope, Entity entity, std::string_view id,
                                   std::int64_t version, Wish wish) {
    TRY(transaction, sql::Transaction::begin(db_));
    TRY(receipt, registry_.change(db_, author(scope), entity, id, version, wish));
    TRY_STATUS(transaction.commit());
    return receipt;
  }
  // Whatever its version is.
  core::Result<Receipt> try_change(Entity entity, std::string_view id, Fields fields) {
    return try_change(Scope::everything(), entity, id, get(entity, id).version,
                      {.id = "", .fields = std::move(fields), .numbers = std::nullopt, .reason = "because"});
  }
  void change(Entity entity, std::string_view id, Fields fields) {
    const auto receipt = try_change(entity, id, std::move(fields));
    EXPECT_TRUE(receipt) << receipt.error().to_string();
  }
  Record get(Entity entity, std::string_view id) {
    const auto found = find(db_, Scope::everything(), entity, id);
    EXPECT_TRUE(found && *found) << id;
    return found && *found ? **found : Record{.id = "", .values = {}, .numbers = {}};
  }
  std::string agent(std::string_view name, std::string_view parent = "") {
    return create(Entity::agent, {{"name", text(name)}, {"parent", text(parent)}});
  }

  // The acts of the outbox after a number, as "KIND SUBJECT [entity id action fact=value ...]".
  std::vector<std::string> acts_after(std::int64_t after = 0) {
    std::vector<std::string> acts;
    EXPECT_TRUE(db_.each("select kind, subject, entry from outbox where number > $1 order by number",
                         std::vector<sql::Parameter>{after}, [&](const sql::Row& row) {
                           acts.push_back(std::string(row.text(0)) + " " + std::string(row.text(1)) +
                                          (row.is_null(2) ? "" : " " + described(row.text(2))));
                           return true;
                         }));
    return acts;
  }
  static std::string described(std::string_view bytes) {
    payment::EntryView view;
    EXPECT_TRUE(view.decode(bytes));
    using payment::AttributeId;
    std::string out = "[" + std::string(view.text(AttributeId::registry_entity)) + " " +
                      std::string(view.text(AttributeId::registry_id)) + " " +
                      std::string(view.text(AttributeId::registry_action));
    for (const payment::EntryView::Extra& extra : view.extras()) {
      out += " " + std::string(extra.name) + "=";
      if (extra.value.type() == payment::Value::Type::text)
        out += extra.value.text();
      else if (extra.value.type() == payment::Value::Type::boolean)
        out += extra.value.boolean() ? "true" : "false";
      else
        out += std::to_string(extra.value.integer());
    }
    return out + "]";
  }
  std::int64_t last_act() {
    return db_.query("select coalesce(max(number), 0) from outbox").value()[0].integer(0);
  }

  core::TimeMs now_ = 1'783'000'000'000;
  SeededRandom random_{7};
  crypto::DataKeys keys_ = crypto::DataKeys::generate(random_, 1'783'000'000'000);
  Registry registry_{keys_, random_};
  sql::TestStore store_{GetParam()};
  sql::Connection& db_ = store_.connection();
};

}  // namespace tillwatch::registry
