// Table and Index against std::map and a list: random operations, growth, long values, save and load.
#include "state/table.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <vector>

namespace tillwatch::state {
namespace {

constexpr crypto::SipKey key_one = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
constexpr crypto::SipKey key_two = {9, 9, 9, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 0};

struct TableModel {
  std::map<std::string, std::string> pairs;
  std::vector<std::string> order;

  void step(Table& table, std::mt19937_64& random, std::uint64_t names) {
    const std::string name = "name-" + std::to_string(random() % names);
    if (random() % 3 == 0) {
      EXPECT_EQ(table.erase(name), pairs.erase(name) == 1);
      std::erase(order, name);
      return;
    }
    std::string value(random() % (random() % 100 == 0 ? 5000 : 60), static_cast<char>('a' + random() % 26));
    ASSERT_TRUE(table.put(name, value));
    if (pairs.insert_or_assign(name, value).second) order.push_back(name);
  }
  void expect_in(const Table& table) const {
    ASSERT_EQ(table.size(), pairs.size());
    std::size_t i = 0;
    for (auto at = table.first(); at != 0; at = table.next(at), ++i) {
      ASSERT_LT(i, order.size());
      ASSERT_EQ(table.key_at(at), order[i]);
      ASSERT_EQ(table.value_at(at), pairs.at(order[i]));
    }
    ASSERT_EQ(i, order.size());
    for (const auto& [name, value] : pairs) ASSERT_EQ(table.find(name), value);
    ASSERT_FALSE(table.contains("never put"));
  }
};

TEST(Table, behaves_like_a_map_that_remembers_the_order) {
  const std::uint64_t seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937_64 random(seed);
  for (const std::uint64_t names : {3U, 40U, 900U}) {
    Arena arena;
    Table table(arena, key_one);
    TableModel model;
    for (int i = 0; i < 6000; ++i) {
      model.step(table, random, names);
      if (i % 500 == 0) model.expect_in(table);
    }
    model.expect_in(table);
  }
}

TEST(Table, bounds_of_key_and_value) {
  Arena arena;
  Table table(arena, key_one);
  EXPECT_TRUE(table.put(std::string(table_key_bytes_max, 'k'), std::string(table_value_bytes_max, 'v')));
  EXPECT_EQ(table.find(std::string(table_key_bytes_max, 'k')), std::string(table_value_bytes_max, 'v'));
  for (const auto& status : {table.put(std::string(table_key_bytes_max + 1, 'k'), ""),
                             table.put("k", std::string(table_value_bytes_max + 1, 'v'))}) {
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().code, core::ErrorCode::limit);
  }
  EXPECT_TRUE(table.put("", ""));
  EXPECT_EQ(table.find(""), "");
}

TEST(Table, may_be_given_its_own_value) {
  Arena arena;
  Table table(arena, key_one);
  ASSERT_TRUE(table.put("a", "0123456789"));
  ASSERT_TRUE(table.put("a", table.find("a")->substr(3)));
  EXPECT_EQ(table.find("a"), "3456789");
}

TEST(Table, pages_do_not_depend_on_the_hash_key) {
  Arena one, two;
  Table left(one, key_one), right(two, key_two);
  std::mt19937_64 random_left(5), random_right(5);
  TableModel model_left, model_right;
  for (int i = 0; i < 20000; ++i) {
    model_left.step(left, random_left, 3000);
    model_right.step(right, random_right, 3000);
  }
  ASSERT_EQ(one.pages(), two.pages());
  auto a = left.first();
  auto b = right.first();
  for (; a != 0 && b != 0; a = left.next(a), b = right.next(b)) ASSERT_EQ(a, b);
  EXPECT_EQ(a, b);
}

class PageSink : public SnapshotSink {
 public:
  explicit PageSink(Arena& into) : into_(into) {}
  core::Status begin(std::uint32_t pages, std::string_view own, std::string_view caller) override {
    roots = caller;
    return into_.begin_restore(pages, own);
  }
  core::Status page(std::uint32_t number, std::span<const std::byte> used) override {
    return into_.restore_page(number, used);
  }
  core::Status end() override { return into_.finish_restore(); }
  std::string roots;

 private:
  Arena& into_;
};

TEST(Table, survives_a_snapshot_taken_while_it_grows) {
  Arena arena;
  Table table(arena, key_one);
  TableModel model;
  std::mt19937_64 random(11);
  for (int round = 0; round < 8; ++round) {
    for (int i = 0; i < 700; ++i) model.step(table, random, 100000);
    const TableModel then = model;
    Arena copy;
    PageSink sink(copy);
    core::Bytes roots;
    core::ByteWriter writer(roots);
    table.save_roots(writer);
    ASSERT_TRUE(arena.begin_snapshot(sink, roots));
    for (bool done = false; !done;) {
      for (int i = 0; i < 50; ++i) model.step(table, random, 100000);
      const auto more = arena.copy_some(1);
      ASSERT_TRUE(more);
      done = *more;
    }
    Table again(copy, key_one);
    core::ByteReader reader(sink.roots);
    ASSERT_TRUE(again.load_roots(reader));
    EXPECT_TRUE(reader.at_end());
    then.expect_in(again);
    for (std::size_t cut = 0; cut < sink.roots.size(); ++cut) {
      Table broken(copy, key_one);
      core::ByteReader part(std::string_view(sink.roots).substr(0, cut));
      const auto status = broken.load_roots(part);
      EXPECT_TRUE(!status || !part.ok());
    }
  }
  model.expect_in(table);
}

TEST(Index, grows_by_bounded_steps_and_loses_nothing) {
  Arena arena;
  Index index(arena, key_one);
  const auto hash = [&](Ref ref) { return index.hash(std::to_string(ref)); };
  constexpr Ref count = 60000;
  std::uint64_t most = 0;
  for (Ref ref = 1; ref <= count; ++ref) {
    const std::uint64_t before = arena.bytes_in_use();
    index.insert(hash(ref), ref);
    if (arena.bytes_in_use() > before) most = std::max(most, arena.bytes_in_use() - before);
    // Removals in the middle of growth, from both arrays.
    if (ref % 3 == 0) index.remove(hash(ref / 3 * 2), ref / 3 * 2);
  }
  EXPECT_LE(most, page_bytes);
  const auto removed = [](Ref ref) { return ref % 2 == 0 && ref <= count / 3 * 2; };
  for (Ref ref = 1; ref <= count; ++ref) {
    const Ref found = index.find(hash(ref), [&](Ref at) { return at == ref; });
    ASSERT_EQ(found, removed(ref) ? 0 : ref);
  }
  EXPECT_EQ(index.size(), count - count / 3);
}

TEST(Index, equal_hashes_stand_side_by_side) {
  Arena arena;
  Index index(arena, key_one);
  for (Ref ref = 1; ref <= 500; ++ref) index.insert(0xffffffffffffffffULL, ref);
  for (Ref ref = 1; ref <= 500; ++ref) {
    ASSERT_EQ(index.find(0xffffffffffffffffULL, [&](Ref at) { return at == ref; }), ref);
  }
  index.replace(0xffffffffffffffffULL, 77, 1077);
  EXPECT_EQ(index.find(0xffffffffffffffffULL, [](Ref at) { return at == 77; }), 0U);
  EXPECT_EQ(index.find(0xffffffffffffffffULL, [](Ref at) { return at == 1077; }), 1077U);
  for (Ref ref = 1; ref <= 500; ++ref) index.remove(0xffffffffffffffffULL, ref == 77 ? 1077 : ref);
  EXPECT_EQ(index.size(), 0U);
  index.clear();
  EXPECT_EQ(arena.bytes_in_use(), 0U);
}

}  // namespace
}  // namespace tillwatch::state
