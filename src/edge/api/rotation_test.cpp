// A rotation of the card key loses no window: the same card before and after, through the door and the real
// pipeline.
#include <gtest/gtest.h>

#include <memory>

#include "door/door.h"
#include "engine/decision.h"
#include "pipeline/pipeline.h"
#include "policy/policy_fixture.h"
#include "sim/sim_disk.h"
#include "sim/sim_random.h"

namespace tillwatch::api {
namespace {

constexpr core::TimeMs now = 1'783'000'000'000;
const std::string policy_text = R"(policy: rotation
authority: acquirer
features:
  - {name: card_count, of: transaction, key: [card.id], aggregate: count, window: 1h}
rules:
  - id: T07-third
    typology: T07
    title: {en: Third, zh: 第三}
    when: card_count == 3
    action: {authorisation: decline}
    severity: 2
    confidence: 0.5
    reason: repetition
    text: {en: "{card_count}", zh: "{card_count}"}
)";

class Rotation : public ::testing::Test {
 protected:
  Rotation() {
    pipeline::Options options;
    options.segment_bytes = 1024 * 1024;
    pipeline_ = pipeline::Pipeline::open(disk_, options, policy::bundle_of(policy_text), now).value();
  }
  // The decision on one more purchase with the card, through a door with these keys.
  engine::Decision buy(const std::shared_ptr<const door::CardKeys>& keys, core::Sabotage sabotage = {}) {
    door::Door door(keys, sabotage);
    payment::EntryBuilder entry;
    entry.header.event_time = now;
    EXPECT_TRUE(door.put(entry, "id", "t-" + std::to_string(++count_)).has_value());
    EXPECT_TRUE(door.put(entry, "card.number", "4012888888881881").has_value());
    EXPECT_TRUE(door.finish(entry).has_value());
    const pipeline::Submission submission{&entry, true};
    const auto answers = pipeline_->process({&submission, 1}, now + count_);
    engine::Decision decision;
    EXPECT_EQ(answers[0].kind, pipeline::Answer::Kind::decided);
    EXPECT_TRUE(engine::decode(answers[0].decision, decision).has_value());
    return decision;
  }
  std::shared_ptr<const door::CardKeys> rotated(const door::CardKeys& keys, bool retire) {
    door::CardKeys copy = door::CardKeys::parse(keys.file_text().view()).value();
    if (retire)
      EXPECT_TRUE(copy.retire(now + core::day_ms).has_value());
    else
      EXPECT_TRUE(copy.rotate(random_, now, core::day_ms).has_value());
    return std::make_shared<const door::CardKeys>(std::move(copy));
  }

  sim::SimDisk disk_;
  sim::SimRandom random_{3};
  std::unique_ptr<pipeline::Pipeline> pipeline_;
  std::shared_ptr<const door::CardKeys> first_ =
      std::make_shared<const door::CardKeys>(door::CardKeys::generate(random_, now));
  int count_ = 0;
};

TEST_F(Rotation, TheWindowGoesOn) {
  const std::int64_t card = buy(first_).card_id;
  const auto second = rotated(*first_, false);
  EXPECT_EQ(buy(second).card_id, card);
  // The previous key is gone; the card was seen under both.
  const auto third = rotated(*second, true);
  const engine::Decision decision = buy(third);
  EXPECT_EQ(decision.card_id, card);
  EXPECT_EQ(decision.proposed.authorisation, engine::Authorisation::decline);
}

#if defined(TILLWATCH_SABOTAGE)
TEST_F(Rotation, WithoutTheOldKeyTheWindowIsLost) {
  core::Sabotage sabotage;
  ASSERT_TRUE(sabotage.set("forget_old_key"));
  const std::int64_t card = buy(first_).card_id;
  const auto second = rotated(*first_, false);
  EXPECT_NE(buy(second, sabotage).card_id, card);
  EXPECT_EQ(buy(second, sabotage).proposed.authorisation, engine::Authorisation::allow);
}
#endif

}  // namespace
}  // namespace tillwatch::api
