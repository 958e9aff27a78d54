// What a job of hashing leaves behind of the password that it carried: nothing, whichever way it goes.
#include "access/hash_queue.h"

#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <type_traits>
#include <utility>

namespace tillwatch::access {
namespace {

// Short enough to lie within the string itself, where the test may look after the job is gone.
constexpr std::string_view present = "rust 7 anchors", next = "eleven kettles";

class HashJobs : public ::testing::Test {
 protected:
  struct Place {
    alignas(HashJob) std::array<std::byte, sizeof(HashJob)> bytes = {};
    // Without its first octet, which a string that is emptied overwrites by itself.
    bool holds(std::string_view text) const {
      const auto* const begin = reinterpret_cast<const char*>(bytes.data());
      return std::string_view(begin, bytes.size()).contains(text.substr(1));
    }
    bool empty() const { return !holds(present) && !holds(next); }
    HashJob* make() { return std::construct_at(reinterpret_cast<HashJob*>(bytes.data())); }
  };
  static HashJob* fill(Place& place) {
    HashJob* const job = place.make();
    job->password = present;
    job->wanted = next;
    EXPECT_TRUE(place.holds(present) && place.holds(next));
    return job;
  }
  Place first_, second_;
};

TEST_F(HashJobs, NoneIsCopied) {
  EXPECT_FALSE(std::is_copy_constructible_v<HashJob>);
  EXPECT_FALSE(std::is_copy_assignable_v<HashJob>);
}

TEST_F(HashJobs, WhatEndsLeavesNothing) {
  std::destroy_at(fill(first_));
  EXPECT_TRUE(first_.empty());
}

TEST_F(HashJobs, WhatMovesLeavesNothingBehind) {
  HashJob* const from = fill(first_);
  HashJob* const to = std::construct_at(reinterpret_cast<HashJob*>(second_.bytes.data()), std::move(*from));
  EXPECT_TRUE(first_.empty());
  EXPECT_EQ(to->password, present);
  EXPECT_EQ(to->wanted, next);
  std::destroy_at(from);
  std::destroy_at(to);
  EXPECT_TRUE(second_.empty());
}

TEST_F(HashJobs, WhatIsMovedOverLeavesNothingOnEitherSide) {
  HashJob* const from = fill(first_);
  HashJob* const to = fill(second_);
  from->password = "x";
  from->wanted = "y";
  *to = std::move(*from);
  EXPECT_TRUE(first_.empty());
  EXPECT_TRUE(second_.empty());
  EXPECT_EQ(to->password, "x");
  EXPECT_EQ(to->wanted, "y");
  std::destroy_at(from);
  std::destroy_at(to);
}

TEST_F(HashJobs, WhatIsForgottenIsEmpty) {
  HashJob* const job = fill(first_);
  job->forget();
  EXPECT_TRUE(first_.empty());
  EXPECT_TRUE(job->password.empty() && job->wanted.empty());
  std::destroy_at(job);
}

}  // namespace
}  // namespace tillwatch::access
