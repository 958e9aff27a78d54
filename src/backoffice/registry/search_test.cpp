// The search, and what traffic shows before anybody registered it.
#include "registry/search.h"

#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "registry/registry_fixture.h"
#include "registry/seen.h"
#include "registry/sighting_log.h"

namespace tillwatch::registry {
namespace {

class SearchTest : public RegistryTest {
 protected:
  std::string found(std::string_view query) {
    std::string all;
    const auto rows_2 = search(db_, registry_.vault(), Scope::everything(), query, true, 20).value();
    for (const Found& one : rows_2) all += one.form + ":" + one.id + " ";
    return all;
  }
  void note(std::span<const Sighting> sightings) {
    auto transaction = sql::Transaction::begin(db_).value();
    ASSERT_TRUE(learn(db_, sightings));
    ASSERT_TRUE(transaction.commit());
  }
  void finish(SightingLog& log) {
    auto transaction = sql::Transaction::begin(db_).value();
    ASSERT_TRUE(log.finish(db_));
    ASSERT_TRUE(transaction.commit());
  }
  void project(SightingLog& log, std::string_view merchant, std::string_view terminal) {
    payment::EntryBuilder builder;
    builder.header = {payment::EntryKind::transaction, 0, now_, now_, now_};
    builder.set(payment::AttributeId::merchant_id, payment::Value::of(merchant));
    builder.set(payment::AttributeId::terminal_serial, payment::Value::of(terminal));
    core::Bytes bytes;
    payment::EntryView entry;
    ASSERT_TRUE(builder.encode(bytes));
    ASSERT_TRUE(entry.decode(bytes));
    ASSERT_TRUE(log.project(db_, {core::Sequence(1), entry, nullptr}));
  }
};
INSTANTIATE_TEST_SUITE_P(Engines, SearchTest, ::testing::ValuesIn(sql::test_engines()), sql::engine_name);

TEST_P(SearchTest, FindsByWhatPeopleRemember) {
  create(Entity::channel, {{"name", text("Leshua")}}, {}, "leshua");
  const std::string shop =
      create(Entity::merchant, {{"name", text("福源便利店")}, {"short_name", text("Fu Yuan")}},
             {{"leshua", "M0815"}});
  const std::string sn = create(Entity::terminal, {{"tid", text("T77")}}, {}, "SN-0000-123456");
  EXPECT_EQ(found("福源"), "name:" + shop + " ");
  EXPECT_EQ(found("便利"), "name:" + shop + " ");
  EXPECT_EQ(found("fuyuan"), "name:" + shop + " ");
  EXPECT_EQ(found("YUAN"), "name:" + shop + " ");
  EXPECT_EQ(found("m0815"), "number:" + shop + " ");
  EXPECT_EQ(found("M08"), "number:" + shop + " ");
  EXPECT_EQ(found("123456"), "last_six:" + sn + " ");
  EXPECT_EQ(found("sn-0000"), "serial:" + sn + " ");
  EXPECT_EQ(found("t77"), "tid:" + sn + " ");
  EXPECT_EQ(found("leshua"), "id:leshua ");
  EXPECT_EQ(found("lesh"), "id:leshua ");
  EXPECT_EQ(found("nothing"), "");
  EXPECT_EQ(found(""), "");
  EXPECT_EQ(found("  "), "");
  EXPECT_EQ(found(std::string(5000, 'x')), "");
  change(Entity::merchant, shop, {{"name", text("吉祥超市")}});
  EXPECT_EQ(found("便利"), "");
  EXPECT_EQ(found("超市"), "name:" + shop + " ");
}

TEST_P(SearchTest, GivesAtMostWhatIsAskedForAndEachOnce) {
  for (int i = 0; i < 30; ++i) create(Entity::merchant, {{"name", text("aaaa")}});
  EXPECT_EQ(search(db_, registry_.vault(), Scope::everything(), "a", true, 20)->size(), 20u);
  std::set<std::string> ids;
  const auto rows_3 = search(db_, registry_.vault(), Scope::everything(), "aaaa", true, 200).value();
  for (const Found& one : rows_3) EXPECT_TRUE(ids.insert(one.id).second);
  EXPECT_EQ(ids.size(), 30u);
}

TEST_P(SearchTest, WhatTrafficShowsIsUnregisteredUntilSomebodyRegistersIt) {
  create(Entity::channel, {{"name", text("Leshua")}}, {}, "leshua");
  create(Entity::merchant, {{"name", text("Known")}}, {{"leshua", "M1"}});
  const std::vector<Sighting> first{
      {1000, "M1", "SN1", "A1"}, {3000, "M2", "SN2", ""}, {2000, "M2", "SN2", "A2"}, {4000, "", "", ""}};
  note(first);
  const std::vector<Sighting> second{{500, "M2", "", ""}, {9000, "M3", "", ""}};
  note(second);
  const auto seen = unregistered(db_, Entity::merchant, 0, "", 10).value();
  ASSERT_EQ(seen.size(), 2u);
  EXPECT_EQ(seen[0].id, "M3");
  EXPECT_EQ(seen[1].id, "M2");
  EXPECT_EQ(seen[1].first_at, 500);
  EXPECT_EQ(seen[1].last_at, 3000);
  EXPECT_EQ(seen[1].transactions, 3);
  EXPECT_EQ(seen[1].agent, "A2");
  EXPECT_EQ(unregistered(db_, Entity::merchant, seen[0].last_at, seen[0].id, 10)->size(), 1u);
  const auto terminals = unregistered(db_, Entity::terminal, 0, "", 10).value();
  ASSERT_EQ(terminals.size(), 2u);
  EXPECT_EQ(terminals[0].merchant, "M2");
  create(Entity::merchant, {{"name", text("New")}}, {{"leshua", "M2"}});
  create(Entity::terminal, {}, {}, "SN2");
  EXPECT_EQ(unregistered(db_, Entity::merchant, 0, "", 10)->size(), 1u);
  EXPECT_EQ(unregistered(db_, Entity::terminal, 0, "", 10)->size(), 1u);
  EXPECT_EQ(find_unregistered(db_, Entity::merchant, "M3").value()->last_at, 9000);
  EXPECT_FALSE(find_unregistered(db_, Entity::merchant, "M2")->has_value());
  EXPECT_TRUE(merchant_by_number(db_, "M2")->has_value());
  EXPECT_FALSE(merchant_by_number(db_, "M3")->has_value());
}

TEST_P(SearchTest, TheProjectorNotesStrangersOnly) {
  create(Entity::channel, {{"name", text("Leshua")}}, {}, "leshua");
  create(Entity::merchant, {{"name", text("Known")}}, {{"leshua", "M1"}});
  SightingLog log;
  project(log, "M1", "SN1");
  log.begin();  // that transaction failed: all of it comes again
  EXPECT_TRUE(unregistered(db_, Entity::merchant, 0, "", 10)->empty());
  for (const auto& [merchant, terminal] :
       {std::pair("M1", "SN1"), std::pair("M1", "SN1"), std::pair("M2", "SN1")})
    project(log, merchant, terminal);
  finish(log);
  const auto merchants = unregistered(db_, Entity::merchant, 0, "", 10).value();
  ASSERT_EQ(merchants.size(), 1u);
  EXPECT_EQ(merchants[0].id, "M2");
  const auto terminals = unregistered(db_, Entity::terminal, 0, "", 10).value();
  ASSERT_EQ(terminals.size(), 1u);
  EXPECT_EQ(terminals[0].transactions, 3);
}

TEST_P(SearchTest, StrangersAreNotedHoweverMany) {
  create(Entity::channel, {{"name", text("Leshua")}}, {}, "leshua");
  std::vector<std::string> numbers;
  for (int i = 0; i < 120; ++i) numbers.push_back("M" + std::to_string(1000 + i));
  for (const std::size_t i : {0u, 49u, 50u, 119u})
    create(Entity::merchant, {{"name", text("Known")}}, {{"leshua", numbers[i]}});
  std::vector<Sighting> sightings;
  for (const std::string& number : numbers)
    sightings.push_back({1000, number, "", number == "M1001" ? "A" : ""});
  Known known;
  {
    auto transaction = sql::Transaction::begin(db_).value();
    known = learn(db_, sightings).value();
    ASSERT_TRUE(transaction.commit());
  }
  EXPECT_EQ(known.merchants, (std::vector<std::string>{"M1000", "M1049", "M1050", "M1119"}));
  EXPECT_EQ(unregistered(db_, Entity::merchant, 0, "", 200)->size(), 116u);
  EXPECT_EQ(find_unregistered(db_, Entity::merchant, "M1001").value()->agent, "A");
}

TEST_P(SearchTest, AStrangerWithANameThatNoDatabaseTakesIsNotedUnderAnother) {
  SightingLog log;
  project(log, std::string_view("M\0\xff", 3), std::string_view("\0", 1));
  finish(log);
  const auto merchants = unregistered(db_, Entity::merchant, 0, "", 10).value();
  ASSERT_EQ(merchants.size(), 1u);
  EXPECT_EQ(merchants[0].id, "M\xEF\xBF\xBD\xEF\xBF\xBD");
}

TEST_P(SearchTest, CodesLeadToIds) {
  const std::string coded = create(Entity::agent, {{"name", text("A")}, {"code", text("C1")}});
  EXPECT_EQ(id_by_code(db_, Entity::agent, "C1").value(), coded);
  EXPECT_EQ(id_by_code(db_, Entity::agent, coded).value(), coded);
  EXPECT_FALSE(id_by_code(db_, Entity::agent, "C2")->has_value());
}

}  // namespace
}  // namespace tillwatch::registry
