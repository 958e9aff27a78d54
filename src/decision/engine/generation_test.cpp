// What `policy check` passes, the windows take: each aggregate, kept exactly and in buckets, with a number
// and without, is refused by the reader of policies or planned by the engine, never passed and then refused.
#include "engine/generation.h"

#include <gtest/gtest.h>

#include <string>

#include "policy/policy_fixture.h"
#include "policy/vocabulary.h"

namespace tillwatch::engine {
namespace {

using policy::Faults;

struct Verdicts {
  int passed = 0, refused = 0;
};

std::string pack(const std::string& feature) {
  return "policy: p\nfeatures:\n  - {name: f, of: transaction, window: 30d, " + feature + "}\n";
}

void judge(const std::string& feature, Verdicts& verdicts) {
  Faults faults;
  const auto bundle = policy::Bundle::load({{"p.yaml", pack(feature)}}, faults);
  if (bundle == nullptr) {
    ++verdicts.refused;
    for (const policy::Fault& fault : faults) {
      EXPECT_EQ(fault.place.line, 3) << fault.to_string();
      EXPECT_GT(fault.place.column, 5) << fault.to_string();
    }
    return;
  }
  ++verdicts.passed;
  const auto made = Generation::create(bundle, {0}, {});
  EXPECT_TRUE(made) << feature << ": " << (made ? "" : made.error().to_string());
}

TEST(Generation, TakesEveryFeatureThatAPolicyMayHave) {
  Verdicts verdicts;
  for (const std::string_view aggregate : policy::vocabulary::aggregates) {
    const bool valued = aggregate != "count" && aggregate != "since_last";
    const std::string value = aggregate == "share" ? ", value: amount > 5" : valued ? ", value: amount" : "";
    for (const char* mode : {"", ", mode: exact", ", mode: bucketed"})
      for (const char* n : {"", ", n: 1", ", n: 3", ", k: 16", ", budget: 65535", ", empty: 0"})
        judge("key: [merchant.id], aggregate: " + std::string(aggregate) + value + mode + n, verdicts);
  }
  // 14 aggregates, 3 modes, 6 endings. Refused: buckets for 8 of them, and a count for the 12 that take none
  // (n: 3 and k: 16, where the mode alone has not refused it yet).
  EXPECT_EQ(verdicts.passed + verdicts.refused, 14 * 3 * 6);
  EXPECT_EQ(verdicts.refused, 8 * 6 + 12 * 2 * 2 + 6 * 2);
}

TEST(Generation, TakesEveryKeyThatAPolicyMayHave) {
  Verdicts verdicts;
  for (const char* key : {"[]", "merchant.id", "[merchant.id]", "[merchant.id, merchant.id]",
                          "[card.id, merchant.id, terminal.id, agent.id]",
                          "[card.id, merchant.id, terminal.id, agent.id, agent.rep]"})
    judge("aggregate: count, key: " + std::string(key), verdicts);
  EXPECT_EQ(verdicts.refused, 2);
}

}  // namespace
}  // namespace tillwatch::engine
