#include "simulator/score.h"

#include <gtest/gtest.h>

#include "simulator/scheme.h"

namespace tillwatch::simulator {
namespace {

class ScoreTest : public testing::Test {
 protected:
  void SetUp() override {
    Config config;
    config.merchants = 3;
    config.look_alikes = 1;
    world_.emplace(*World::create(config));
  }
  const Instance& first(Role role) const {
    for (const Instance& instance : world_->instances())
      if (instance.role == role) return instance;
    return world_->instances().front();
  }
  Event at(std::uint32_t merchant) const {
    Event event;
    event.merchant = merchant;
    return event;
  }
  std::optional<World> world_;
};

TEST_F(ScoreTest, WithoutAHitEverythingIsMissedAndNothingMistaken) {
  const Score score(*world_);
  EXPECT_EQ(score.missed().size(), schemes().size());
  EXPECT_TRUE(score.mistaken().empty());
}

TEST_F(ScoreTest, OnlyTheRightTypologyAtTheRightMerchantFindsIt) {
  Score score(*world_);
  const Instance& planted = first(Role::planted);
  score.seen(at(planted.first_merchant), {{"T99", 4}});
  EXPECT_EQ(score.missed().size(), schemes().size());
  score.seen(at(planted.first_merchant), {{planted.typology, 1}});
  EXPECT_EQ(score.missed().size(), schemes().size()) << "a remark is no finding";
  score.seen(at(planted.first_merchant), {{planted.typology, 2}});
  EXPECT_EQ(score.missed().size(), schemes().size() - 1);
  EXPECT_EQ(score.result().front().second.found, 1);
}

TEST_F(ScoreTest, AHitOnALookAlikeIsAMistakeAndOneOnAnOrdinaryShopIsCountedOnce) {
  Score score(*world_);
  const Instance& look_alike = first(Role::look_alike);
  score.seen(at(look_alike.first_merchant), {{look_alike.typology, 3}});
  EXPECT_EQ(score.mistaken(), std::vector<std::string>{look_alike.name});
  score.seen(at(0), {{"T06", 3}});
  score.seen(at(0), {{"T06", 3}});
  score.seen(at(look_alike.first_merchant), {{"T12", 3}});
  for (const auto& [typology, row] : score.result())
    EXPECT_EQ(row.honest_fired, typology == "T06" || typology == "T12" ? 1 : 0) << typology;
}

}  // namespace
}  // namespace tillwatch::simulator
