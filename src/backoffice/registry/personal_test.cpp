// Personal values: alike, masked, sealed, found, and nowhere else.
#include "registry/personal.h"

#include <filesystem>
#include <fstream>
#include <iterator>

#include "registry/history.h"
#include "registry/registry_fixture.h"
#include "registry/search.h"

namespace tillwatch::registry {
namespace {

using core::ErrorCode;

class PersonalTest : public RegistryTest {
 protected:
  std::vector<std::string> found(std::string_view query, bool personal = true) {
    std::vector<std::string> ids;
    const auto rows_1 = search(db_, registry_.vault(), Scope::everything(), query, personal, 20).value();
    for (const Found& one : rows_1) ids.push_back(one.id);
    return ids;
  }
};
INSTANTIATE_TEST_SUITE_P(Engines, PersonalTest, ::testing::ValuesIn(sql::test_engines()), sql::engine_name);

TEST(PersonalValuesTest, MasksAsScreensShowThem) {
  EXPECT_EQ(masked(Personal::name, "王小明"), "王**");
  EXPECT_EQ(masked(Personal::name, "John Smith"), "J**");
  EXPECT_EQ(masked(Personal::phone, "13812341234"), "138****1234");
  EXPECT_EQ(masked(Personal::phone, "075512345678"), "********5678");
  EXPECT_EQ(masked(Personal::phone, "12345"), "**45");
  EXPECT_EQ(masked(Personal::account_number, "6228480000001231234"), "622848******1234");
  EXPECT_EQ(masked(Personal::account_number, "12345678"), "****5678");
  EXPECT_EQ(masked(Personal::identity_number, "11010519491231002X"), "110***********002X");
  EXPECT_EQ(masked(Personal::identity_number, "E1234"), "**34");
}

TEST(PersonalValuesTest, AreWrittenAlike) {
  EXPECT_EQ(normalised(Personal::phone, "+86 138-1234 1234").value(), "13812341234");
  EXPECT_EQ(normalised(Personal::phone, "+852 1234 5678").value(), "+85212345678");
  EXPECT_EQ(normalised(Personal::account_number, "6222 0000 1111 2222").value(), "6222000011112222");
  EXPECT_EQ(normalised(Personal::identity_number, "11010519491231002x").value(), "11010519491231002X");
  for (const std::string_view wrong : {"", "1234", "1234567890123456", "12a45"})
    EXPECT_EQ(normalised(Personal::phone, wrong).error().code, ErrorCode::invalid) << wrong;
  for (const std::string_view wrong : {"", "1234567", "12345678901234567890123456789012345", "1234?5678"})
    EXPECT_EQ(normalised(Personal::account_number, wrong).error().code, ErrorCode::invalid) << wrong;
  for (const std::string_view wrong : {"1234", "110105194912310021", "12 34/5"})
    EXPECT_EQ(normalised(Personal::identity_number, wrong).error().code, ErrorCode::invalid) << wrong;
  EXPECT_EQ(normalised(Personal::name, "\xff").error().code, ErrorCode::invalid);
  EXPECT_EQ(normalised(Personal::name, "card 4012888888881881").error().code, ErrorCode::invalid);
}

TEST_P(PersonalTest, AreFoundWholeAndByTheirLastFour) {
  const std::string person = create(Entity::person, {{"name", text("王小明")},
                                                     {"phone", text("138 1234 9876")},
                                                     {"identity_number", text("11010519491231002X")}});
  const std::string account =
      create(Entity::account, {{"holder", text("王小明")}, {"number", text("6222000011119876")}});
  EXPECT_EQ(found("13812349876"), std::vector<std::string>{person});
  EXPECT_EQ(found("+86 138-1234-9876"), std::vector<std::string>{person});
  EXPECT_EQ(found("11010519491231002x"), std::vector<std::string>{person});
  EXPECT_EQ(found("002x"), std::vector<std::string>{person});
  EXPECT_EQ(found("9876"), (std::vector<std::string>{person, account}));
  EXPECT_EQ(found("6222 0000 1111 9876"), std::vector<std::string>{account});
  EXPECT_EQ(found("王小明"), (std::vector<std::string>{person, account}));
  EXPECT_TRUE(found("王").empty());
  EXPECT_TRUE(found("13812349876", false).empty());
  change(Entity::person, person, {{"phone", text("13900001111")}});
  EXPECT_EQ(found("9876"), std::vector<std::string>{account});
  EXPECT_EQ(found("1111"), std::vector<std::string>{person});
}

TEST_P(PersonalTest, AreOnlyInTheSealedColumns) {
  const std::vector<std::string> canaries{"王小明", "13812349876", "11010519491231002X", "6222000011119876"};
  const std::string person = create(
      Entity::person,
      {{"name", text(canaries[0])}, {"phone", text(canaries[1])}, {"identity_number", text(canaries[2])}});
  const std::string account =
      create(Entity::account, {{"holder", text(canaries[0])}, {"number", text(canaries[3])}});
  create(Entity::rep, {{"name", text(canaries[0])}, {"phone", text(canaries[1])}});
  change(Entity::person, person, {{"note", text("n")}, {"name", text("王大明")}});
  ASSERT_TRUE(registry_.reveal(db_, author(Scope::everything()), Entity::account, account, "the bank asked"));
  ASSERT_EQ(registry_.reveal(db_, author(Scope::everything()), Entity::account, account, "").error().code,
            ErrorCode::invalid);
  // Every text and every octet of the outbox and the tables, as the database gives them.
  std::string everything;
  for (const std::string_view table : {"outbox", "registry_change", "registry_key", "registry_tag",
                                       "registry_person", "registry_account", "registry_rep"})
    ASSERT_TRUE(db_.each("select * from " + std::string(table), {}, [&](const sql::Row& row) {
      for (std::size_t i = 0; i < row.size(); ++i)
        if (row.type(i) == sql::Type::text || row.type(i) == sql::Type::octets)
          everything += std::string(row.text(i)) + "\n";
      return true;
    }));
  for (const auto& entry : std::filesystem::recursive_directory_iterator(
           store_.folder().empty() ? "/nonexistent" : store_.folder(),
           std::filesystem::directory_options::skip_permission_denied)) {
    std::ifstream file(entry.path(), std::ios::binary);
    everything.append(std::istreambuf_iterator<char>(file), {});
  }
  EXPECT_NE(everything.find(person), std::string::npos);
  for (const std::string& canary : canaries) EXPECT_EQ(everything.find(canary), std::string::npos) << canary;
  const auto history = history_of(db_, Scope::everything(), Entity::person, person, 0, "", 50).value();
  EXPECT_EQ(history.at(0).changed.field, "name");
  EXPECT_FALSE(history.at(0).changed.before);
  EXPECT_FALSE(history.at(0).changed.after);
}

TEST_P(PersonalTest, LookingLeavesATrace) {
  const std::string person =
      create(Entity::person, {{"name", text("王小明")}, {"phone", text("13812349876")}});
  const auto revealed =
      registry_.reveal(db_, author(Scope::everything()), Entity::person, person, "call back").value();
  ASSERT_EQ(revealed.size(), 2u);
  EXPECT_EQ(revealed[1].value, "13812349876");
  EXPECT_EQ(acts_after(last_act() - 1), std::vector<std::string>{"person.revealed person:" + person});
  const auto history = history_of(db_, Scope::everything(), Entity::person, person, 0, "", 1).value();
  EXPECT_EQ(history.at(0).event.action, "revealed");
  EXPECT_EQ(history.at(0).event.reason, "call back");
  ASSERT_TRUE(
      registry_.reveal(db_, author(Scope::everything()), Entity::person, person, "about 4111111111111111"));
  const std::string why =
      history_of(db_, Scope::everything(), Entity::person, person, 0, "", 50).value().at(0).event.reason;
  EXPECT_TRUE(why.starts_with("about ") && !why.contains("4111111111111111")) << why;
}

TEST_P(PersonalTest, KeysRotateAndTheOldOneRetires) {
  const std::string person =
      create(Entity::person, {{"name", text("王小明")}, {"phone", text("13812349876")}});
  ASSERT_TRUE(keys_.rotate(random_, now_));
  const std::string later = create(Entity::person, {{"name", text("李四")}, {"phone", text("13812349876")}});
  EXPECT_EQ(found("13812349876").size(), 2u);
  std::string after;
  for (;;) {
    const auto last = registry_.reseal(db_, Entity::person, after, 1).value();
    if (!last) break;
    after = *last;
  }
  ASSERT_TRUE(keys_.retire(1));
  EXPECT_EQ(found("13812349876").size(), 2u);
  EXPECT_EQ(registry_.masks(get(Entity::person, person)).value()[shape_of(Entity::person).at("name")],
            "王**");
  EXPECT_EQ(get(Entity::person, person).version, 1) << "nothing was changed";
}

TEST_P(PersonalTest, ABoxFromAnotherRowDoesNotOpen) {
  const std::string one = create(Entity::person, {{"name", text("王小明")}});
  const std::string two = create(Entity::person, {{"name", text("李四")}});
  ASSERT_TRUE(db_.execute(
      "update registry_person set name = (select name from registry_person where id = $1) where id = $2",
      {std::string_view(one), std::string_view(two)}));
  EXPECT_EQ(registry_.masks(get(Entity::person, two)).error().code, ErrorCode::denied);
}

}  // namespace
}  // namespace tillwatch::registry
