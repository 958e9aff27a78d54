#include "policy/difference.h"

#include <gtest/gtest.h>

#include "policy/policy_fixture.h"
#include "policy/portrait.h"

namespace tillwatch::policy {
namespace {

const std::string before = R"(policy: p
version: 1
parameters:
  - {name: limit, value: 500000, unit: money, source: old}
  - {name: pause, value: 10m, unit: duration, source: s}
features:
  - {name: seen, key: [card.id], aggregate: count, window: 1d}
  - {name: spent, key: [card.id], where: amount > param.limit, aggregate: sum, value: amount_base, window: 7d}
lists: [{name: blocked, of: merchant.id, effect: block}]
derived: [{name: twice, value: seen * 2}]
rules:
  - {id: A, title: {en: a, zh: b}, when: seen > 3, action: {settlement: hold},
     reason: r, text: {en: a, zh: b}}
  - {id: B, title: {en: a, zh: b}, when: spent > param.limit, action: {},
     reason: r, text: {en: a, zh: b}}
)";

std::string changed(std::string text, const std::string& from, const std::string& to) {
  EXPECT_NE(text.find(from), std::string::npos) << from;
  return text.replace(text.find(from), from.size(), to);
}

std::string told(const std::string& after) {
  const Difference found = difference(*bundle_of(before), *bundle_of(after));
  std::string all;
  for (const std::string& line : found.lines) all += line + "\n";
  for (const std::string& line : found.backfill) all += "backfill " + line + "\n";
  return all;
}

TEST(Difference, IsNothingWhereOnlyTheLayoutDiffers) {
  EXPECT_EQ(told(before), "");
  EXPECT_EQ(
      told("# a remark\n" + changed(before, "{name: seen, key: [card.id], aggregate: count, window: 1d}",
                                    "name: seen\n    window: 24h\n    key: card.id\n    aggregate: count")),
      "");
}

TEST(Difference, NamesWhatChangesInTheWordsOfThePolicy) {
  EXPECT_EQ(told(changed(before, "when: seen > 3", "when: seen > 4")),
            "rules\n~ A\n    when: seen > 3\n     now: seen > 4\n");
  EXPECT_EQ(told(changed(before, "reason: r, text", "reason: r, mode: shadow, text")),
            "rules\n~ A\n    mode: live\n     now: shadow\n");
  EXPECT_EQ(told(changed(before, "action: {}",
                         "action: {authorisation: decline, subject: suspend, of: card.id, for: 1h}")),
            "rules\n~ B\n    asks for: nothing\n         now: decline, suspend card.id for 1h\n");
  EXPECT_EQ(told(changed(before, "effect: block", "effect: snooze")),
            "lists\n~ blocked\n    effect: block\n       now: snooze\n");
  EXPECT_EQ(told(changed(before, "value: 10m", "value: 5m")),
            "parameters\n~ pause\n    value: 10m; source: s\n      now: 5m; source: s\n");
  EXPECT_EQ(told(changed(before, "version: 1", "version: 2")),
            "~ the pack\n    version: 1\n        now: 2\n");
  EXPECT_EQ(told(changed(before, "derived: [{name: twice, value: seen * 2}]\n", "")),
            "derived values\n- twice\n    value: seen * 2\n");
  EXPECT_NE(told(changed(before, "id: B", "id: C")).find("- B\n    title (en): a"), std::string::npos);
  EXPECT_NE(told(changed(before, "id: B", "id: C")).find("+ C\n"), std::string::npos);
}

TEST(Difference, KnowsWhatHasToBeComputedAnew) {
  EXPECT_EQ(
      told(changed(before, "window: 1d", "window: 2d")),
      "features\n~ seen\n    window: 1d\n       now: 2d\nbackfill seen, from the last 2d of the journal\n");
  // A parameter inside a feature's own condition changes the feature.
  EXPECT_EQ(told(changed(before, "value: 500000", "value: 600000")),
            "parameters\n~ limit\n    value: 500000 分, 5000.00 in main units (元); source: old\n      now: "
            "600000 分, "
            "6000.00 in main units (元); source: old\nbackfill spent, from the last 7d of the journal\n");
  std::string renamed = changed(before, "name: seen", "name: times");
  renamed = changed(changed(renamed, "seen * 2", "times * 2"), "seen > 3", "times > 3");
  const std::string all = told(renamed);
  EXPECT_NE(all.find("~ seen is called times now"), std::string::npos) << all;
  EXPECT_EQ(all.find("backfill"), std::string::npos) << all;
  EXPECT_EQ(difference(*bundle_of(before), *bundle_of(renamed)).kept, 2u);
}

TEST(Difference, SeesTheOrderOfRules) {
  std::string swapped = before;
  const std::size_t a = swapped.find("  - {id: A"), b = swapped.find("  - {id: B");
  swapped = swapped.substr(0, a) + swapped.substr(b) + swapped.substr(a, b - a);
  EXPECT_EQ(told(swapped), "~ the rules stand in another order: B, A\n");
}

TEST(Portrait, HasEveryMemberThatIsRead) {
  const std::string one = whole_portrait(bundle_of(before)->model());
  for (const char* part : {"parameter limit", "feature spent", "where: amount > param.limit", "list blocked",
                           "derived twice", "rule B", "base_currency: CNY"})
    EXPECT_NE(one.find(part), std::string::npos) << part;
}

}  // namespace
}  // namespace tillwatch::policy
