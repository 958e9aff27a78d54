// The arena against a plain map of byte strings: allocation, release, snapshots taken while writes go on,
// restore.
#include "state/arena.h"

#include <gtest/gtest.h>

#include <cstring>
#include <map>
#include <random>

namespace tillwatch::state {
namespace {

// Keeps what it is given; fails at call number `fail_at` (0 = never).
class KeepingSink : public SnapshotSink {
 public:
  explicit KeepingSink(int fail_at = 0) : fail_at_(fail_at) {}
  core::Status begin(std::uint32_t count, std::string_view own, std::string_view caller) override {
    pages = count;
    arena_roots = own;
    caller_roots = caller;
    return step();
  }
  core::Status page(std::uint32_t number, std::span<const std::byte> used) override {
    EXPECT_TRUE(content.emplace(number, std::string(core::as_text(used))).second)
        << "page " << number << " twice";
    return step();
  }
  core::Status end() override {
    ended = true;
    return step();
  }
  std::uint32_t pages = 0;
  std::string arena_roots, caller_roots;
  std::map<std::uint32_t, std::string> content;
  bool ended = false;

 private:
  core::Status step() {
    if (++calls_ == fail_at_) return core::fail(core::ErrorCode::io, "sink", "the disk is full; make room");
    return {};
  }
  int fail_at_;
  int calls_ = 0;
};

void restore(const KeepingSink& from, Arena& into) {
  ASSERT_TRUE(into.begin_restore(from.pages, from.arena_roots));
  for (const auto& [number, bytes] : from.content)
    ASSERT_TRUE(into.restore_page(number, core::as_octets(bytes)));
  ASSERT_TRUE(into.finish_restore());
}

struct Model {
  std::map<Ref, std::string> slots;
  void step(Arena& arena, std::mt19937_64& random) {
    const auto choice = random() % 100;
    if (choice < 45 || slots.empty()) {
      const std::size_t size = 1 + random() % (random() % 50 == 0 ? slot_bytes_max : 700);
      const Ref ref = arena.allocate(size);
      ASSERT_FALSE(slots.contains(ref));
      const std::string zeros(arena.slot_bytes(ref), '\0');
      ASSERT_EQ(core::as_text(std::span(arena.read(ref), zeros.size())), zeros);
      std::string text(size, static_cast<char>(random() & 0xff));
      std::memcpy(arena.write(ref), text.data(), size);
      slots[ref] = std::move(text);
      return;
    }
    auto at = slots.lower_bound(static_cast<Ref>(random() % (arena.pages() * granules_per_page)));
    if (at == slots.end()) at = slots.begin();
    if (choice < 75) {
      arena.release(at->first);
      slots.erase(at);
    } else {
      at->second[random() % at->second.size()] = static_cast<char>(random() & 0xff);
      std::memcpy(arena.write(at->first), at->second.data(), at->second.size());
    }
  }
  void expect_in(const Arena& arena) const {
    for (const auto& [ref, text] : slots)
      ASSERT_EQ(core::as_text(std::span(arena.read(ref), text.size())), text);
  }
};

TEST(Arena, slots_have_the_size_asked_for_up_to_a_page) {
  for (const std::size_t size : {1UL, 64UL, 65UL, 512UL, 513UL, 4096UL, slot_bytes_max}) {
    Arena arena;
    const Ref ref = arena.allocate(size);
    EXPECT_GE(arena.slot_bytes(ref), size);
    EXPECT_EQ(arena.slot_bytes(ref), Arena::slot_bytes_for(size));
    EXPECT_EQ(arena.bytes_in_use(), arena.slot_bytes(ref));
    arena.release(ref);
    EXPECT_EQ(arena.bytes_in_use(), 0U);
  }
}

TEST(ArenaDeathTest, refuses_what_is_no_slot) {
  Arena arena;
  EXPECT_DEATH(arena.allocate(slot_bytes_max + 1), "CHECK failed");
  EXPECT_DEATH(arena.allocate(0), "CHECK failed");
  EXPECT_DEATH(arena.release(0), "CHECK failed");
  Arena small(ArenaOptions{1, {}});
  small.allocate(slot_bytes_max);
  EXPECT_DEATH(small.allocate(1), "CHECK failed");
}

TEST(Arena, a_page_emptied_serves_another_size) {
  Arena arena;
  const Ref big = arena.allocate(slot_bytes_max);
  arena.release(big);
  arena.allocate(64);
  EXPECT_EQ(arena.pages(), 1U);
}

TEST(Arena, tells_of_every_chunk_once) {
  std::size_t chunks = 0;
  Arena arena(ArenaOptions{1U << 22, [&](std::span<std::byte> chunk) {
                             EXPECT_EQ(chunk.size(), page_bytes * pages_per_chunk);
                             ++chunks;
                           }});
  for (std::size_t i = 0; i < pages_per_chunk + 1; ++i) arena.allocate(slot_bytes_max);
  EXPECT_EQ(chunks, 2U);
}

TEST(Arena, same_operations_give_the_same_references) {
  for (int round = 0; round < 2; ++round) {
    Arena one, two;
    std::mt19937_64 first(7), second(7);
    Model model_one, model_two;
    for (int i = 0; i < 3000; ++i) {
      model_one.step(one, first);
      model_two.step(two, second);
    }
    EXPECT_EQ(model_one.slots, model_two.slots);
  }
}

TEST(Arena, snapshot_under_writes_is_the_instant_it_began) {
  const std::uint64_t seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937_64 random(seed);
  Arena arena;
  Model model;
  for (int round = 0; round < 6; ++round) {
    for (int i = 0; i < 1500; ++i) model.step(arena, random);
    const Model then = model;
    KeepingSink sink;
    ASSERT_TRUE(arena.begin_snapshot(sink, "caller's roots"));
    for (bool done = false; !done;) {
      for (int i = 0; i < 40; ++i) model.step(arena, random);
      const auto more = arena.copy_some(static_cast<std::uint32_t>(random() % 4));
      ASSERT_TRUE(more);
      done = *more;
    }
    EXPECT_TRUE(sink.ended);
    EXPECT_EQ(sink.caller_roots, "caller's roots");
    EXPECT_EQ(sink.content.size(), sink.pages);
    model.expect_in(arena);
    Arena again;
    restore(sink, again);
    then.expect_in(again);
    // The restored arena goes on exactly as one that never stopped: same references from the same operations.
    Arena twin;
    restore(sink, twin);
    Model left = then, right = then;
    std::mt19937_64 random_left(seed + 1), random_right(seed + 1);
    for (int i = 0; i < 500; ++i) {
      left.step(again, random_left);
      right.step(twin, random_right);
    }
    EXPECT_EQ(left.slots, right.slots);
    left.expect_in(again);
  }
}

TEST(Arena, an_error_of_the_sink_ends_the_snapshot_and_not_the_engine) {
  for (int fail_at = 1; fail_at <= 5; ++fail_at) {
    Arena arena;
    const Ref one = arena.allocate(slot_bytes_max);
    arena.allocate(slot_bytes_max);
    arena.allocate(slot_bytes_max);
    KeepingSink sink(fail_at);
    const auto begun = arena.begin_snapshot(sink, "");
    if (fail_at == 1) {
      ASSERT_FALSE(begun);
      EXPECT_FALSE(arena.snapshot_running());
      continue;
    }
    ASSERT_TRUE(begun);
    *arena.write(one) = std::byte{1};  // hands a page over; fails at call 2
    const auto done = arena.copy_some(10);
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().code, core::ErrorCode::io);
    EXPECT_FALSE(arena.snapshot_running());
    *arena.write(one) = std::byte{2};
  }
}

TEST(Arena, restore_refuses_what_cannot_be) {
  Arena arena;
  arena.allocate(10);
  arena.allocate(slot_bytes_max);
  KeepingSink sink;
  ASSERT_TRUE(arena.begin_snapshot(sink, ""));
  ASSERT_TRUE(arena.copy_some(10));
  const auto refuses = [&](auto&& attempt) {
    Arena fresh;
    const core::Status status = attempt(fresh);
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().code, core::ErrorCode::corrupt);
  };
  refuses([&](Arena& a) { return a.begin_restore(sink.pages + 1, sink.arena_roots); });
  refuses([&](Arena& a) { return a.begin_restore(sink.pages, sink.arena_roots.substr(1)); });
  refuses([&](Arena& a) { return a.begin_restore(sink.pages, sink.arena_roots + "x"); });
  const auto begun = [&](Arena& a) { ASSERT_TRUE(a.begin_restore(sink.pages, sink.arena_roots)); };
  const auto page = core::as_octets(sink.content.at(0));
  refuses([&](Arena& a) {
    begun(a);
    return a.restore_page(9, page);
  });
  refuses([&](Arena& a) {
    begun(a);
    return a.restore_page(0, page.first(63));
  });
  refuses([&](Arena& a) {
    begun(a);
    return a.restore_page(0, page.first(64));
  });
  refuses([&](Arena& a) {
    begun(a);
    return a.finish_restore();
  });
  refuses([&](Arena& a) {
    begun(a);
    EXPECT_TRUE(a.restore_page(0, page));
    return a.restore_page(0, page);
  });
}

}  // namespace
}  // namespace tillwatch::state
