#include "posix/mailbox.h"

#include <gtest/gtest.h>

#include <memory>
#include <thread>

namespace tillwatch::posix {
namespace {

TEST(Mailbox, KeepsOrderAndItsBound) {
  Mailbox<std::unique_ptr<int>> box(3);
  for (int i = 1; i <= 3; ++i) EXPECT_TRUE(box.put(std::make_unique<int>(i)));
  auto fourth = std::make_unique<int>(4);
  EXPECT_FALSE(box.put(std::move(fourth)));
  ASSERT_NE(fourth, nullptr);  // NOLINT(bugprone-use-after-move): put() says that it stays
  const auto taken = box.take();
  ASSERT_EQ(taken.size(), 3u);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(*taken[static_cast<std::size_t>(i)], i + 1);
  EXPECT_TRUE(box.take().empty());
  EXPECT_TRUE(box.put(std::move(fourth)));
}

TEST(Mailbox, LosesAndDoublesNothingBetweenThreads) {
  constexpr int count = 20'000;
  Mailbox<int> box(64);
  std::thread sender([&box] {
    for (int i = 0; i < count;)
      if (box.put(int{i})) ++i;
  });
  int expected = 0;
  while (expected < count)
    for (const int message : box.take()) EXPECT_EQ(message, expected++);
  sender.join();
  EXPECT_TRUE(box.take().empty());
}

}  // namespace
}  // namespace tillwatch::posix
