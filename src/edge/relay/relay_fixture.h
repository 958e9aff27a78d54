// A pipeline over a simulated disk beside a database of its own, with acts and sales to send. Included by the
// tests of this folder.
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "pipeline/pipeline_fixture.h"
#include "relay/act.h"
#include "relay/outbox.h"
#include "relay/projector.h"
#include "sql/store_fixture.h"

namespace tillwatch::relay {

class CountingRandom final : public ports::Random {
 public:
  explicit CountingRandom(unsigned char first) : next_(first) {}
  void fill(std::span<std::byte> out) override {
    for (std::byte& one : out) one = std::byte{next_++};
  }

 private:
  unsigned char next_;
};

inline payment::EntryBuilder listed(std::string_view value, std::string_view action = "add") {
  payment::EntryBuilder entry;
  entry.header = {payment::EntryKind::list_change, 0, 0, pipeline::t0, pipeline::t0};
  entry.set(payment::AttributeId::list_name, payment::Value::of("blocked"));
  entry.set(payment::AttributeId::list_value, payment::Value::of(value));
  entry.set(payment::AttributeId::list_action, payment::Value::of(action));
  return entry;
}

// One installation: journal and database.
struct Installation {
  explicit Installation(sql::Dialect dialect, unsigned char seed = 1) : store(dialect), world(disk) {
    CountingRandom random(seed);
    epoch = database_epoch(store.connection(), random).value();
  }

  void act(const payment::EntryBuilder* entry = nullptr, std::string_view kind = "thing.made") {
    auto transaction = sql::Transaction::begin(store.connection());
    ASSERT_TRUE(transaction.has_value());
    ASSERT_TRUE(append(store.connection(), {kind, "me", "thing:1", "{}", 5, entry}).has_value());
    ASSERT_TRUE(transaction->commit().has_value());
  }
  // What the relay does.
  void hand_over() {
    const auto acts = acts_after(store.connection(), epoch, world.pipeline->acts().number, 1000);
    ASSERT_TRUE(acts.has_value());
    for (const pipeline::ActAnswer& answer : world.pipeline->journal_acts(*acts, pipeline::t0))
      ASSERT_EQ(answer.kind, pipeline::ActAnswer::Kind::journalled);
  }
  core::Status project(Projector& projector) {
    while (true) {
      TRY(more, projector.step(store.connection(), world.pipeline->last_durable()));
      if (!more) return {};
    }
  }
  std::int64_t count(std::string_view query) {
    const auto rows = store.connection().query(query);
    EXPECT_TRUE(rows.has_value());
    return rows && !rows->empty() ? (*rows)[0].integer(0) : -1;
  }

  sim::SimDisk disk;
  sql::TestStore store;
  pipeline::World world;
  std::string epoch;
};

inline const std::string journal_folder = "data/journal";

}  // namespace tillwatch::relay
