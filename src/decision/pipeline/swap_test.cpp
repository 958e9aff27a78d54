// A policy of 500 rules is exchanged under a stream for one in which a single rule differs: every request is
// answered, and what the other rules decide is what they would have decided without the exchange.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "engine/decision.h"
#include "pipeline/pipeline.h"
#include "policy/policy_fixture.h"
#include "sim/sim_disk.h"

namespace tillwatch::pipeline {
namespace {

using payment::AttributeId;
using payment::EntryBuilder;
using payment::EntryKind;
using payment::Value;

constexpr core::TimeMs t0 = 1'700'000'000'000;
constexpr int rule_count = 500;
constexpr int changed_rule = 250;

const std::string head = R"(policy: many
authority: acquirer
parameters: [{name: much, value: 3000, unit: money, source: test}]
features:
  - {name: pair_count, key: [card.id, merchant.id], aggregate: count, window: 1h}
  - {name: card_sum, key: [card.id], aggregate: sum, value: amount, window: 1d, unit: money}
  - {name: refused, of: decision, key: [card.id], where: decision.authorisation == "decline",
     aggregate: count, window: 1d}
rules:
)";

std::string term(std::mt19937_64& random) {
  const std::string number = std::to_string(random() % 8);
  switch (random() % 9) {
    case 0:
      return "amount > " + number + "000";
    case 1:
      return "amount <= param.much";
    case 2:
      return "pair_count >= " + number;
    case 3:
      return "card_sum > " + number + "0000";
    case 4:
      return "merchant.mcc in [\"5411\", \"581" + number + "\", \"7995\"]";
    case 5:
      return "merchant.id == \"m" + number + "\"";
    case 6:
      return "has(merchant.mcc)";
    case 7:
      return "!(refused > " + number + ")";
    default:
      return "terminal.serial != \"SN" + number + "\"";
  }
}

std::string condition(std::mt19937_64& random) {
  std::string text = term(random);
  for (std::uint64_t more = 1 + random() % 5; more > 0; --more) {
    const std::string_view sign = random() % 3 == 0 ? "||" : "&&";
    text = fmt::format("({} {} {})", text, sign, term(random));
  }
  return text;
}

// Rule `changed_rule` has the condition `changed`; it is in shadow, so that no window over decisions sees
// what it says.
std::string many_rules(const std::string& changed) {
  std::mt19937_64 random(20'260'703);
  std::string text = head;
  for (int i = 0; i < rule_count; ++i) {
    const std::string own = condition(random);
    const std::string_view asks = i % 100 == 7 ? "decline" : i % 3 == 0 ? "challenge" : "allow";
    text += fmt::format(
        "  - id: R{0}\n    title: {{en: R{0}, zh: R{0}}}\n    when: '{1}'\n    action: {{authorisation: "
        "{2}}}\n"
        "    mode: {3}\n    reason: test\n    text: {{en: \"{{amount}}\", zh: \"{{amount}}\"}}\n",
        i, i == changed_rule ? changed : own, asks, i % 11 == 0 || i == changed_rule ? "shadow" : "live");
  }
  return text;
}

EntryBuilder sale(int number, std::mt19937_64& random) {
  EntryBuilder entry;
  const core::TimeMs time = t0 + number * 700;
  entry.header = {EntryKind::transaction, 0, 0, time, time};
  const std::string id = "a" + std::to_string(number);
  const std::string card = "token/x:c" + std::to_string(random() % 40);
  const std::string merchant = "m" + std::to_string(random() % 9);
  const std::string mcc = "581" + std::to_string(random() % 10);
  const std::string terminal = "SN" + std::to_string(random() % 9);
  entry.set(AttributeId::client, Value::of("gate"));
  entry.set(AttributeId::id, Value::of(std::string_view(id)));
  entry.set(AttributeId::card_reference, Value::of(std::string_view(card)));
  entry.set(AttributeId::merchant_id, Value::of(std::string_view(merchant)));
  entry.set(AttributeId::amount, Value::of(static_cast<std::int64_t>(random() % 9000)));
  entry.set(AttributeId::tx_type, Value::of("sale"));
  if (random() % 4 != 0) entry.set(AttributeId::merchant_mcc, Value::of(std::string_view(mcc)));
  if (random() % 4 != 0) entry.set(AttributeId::terminal_serial, Value::of(std::string_view(terminal)));
  return entry;
}

struct Desk {
  explicit Desk(sim::SimDisk& disk, const std::string& policy) {
    Options options;
    options.segment_bytes = 4 * 1024 * 1024;
    auto opened = Pipeline::open(disk, options, policy::bundle_of(policy), t0);
    EXPECT_TRUE(opened) << (opened ? "" : opened.error().to_string());
    if (opened) pipeline = std::move(*opened);
  }
  // One batch; a decision each.
  std::vector<engine::Decision> send(const std::vector<EntryBuilder>& entries) {
    std::vector<Submission> submissions;
    submissions.reserve(entries.size());
    for (const EntryBuilder& entry : entries) submissions.push_back({&entry, true});
    std::vector<engine::Decision> decisions;
    for (const Answer& answer : pipeline->process(submissions, entries.back().header.event_time)) {
      EXPECT_EQ(answer.kind, Answer::Kind::decided) << answer.error.to_string();
      EXPECT_TRUE(engine::decode(answer.decision, decisions.emplace_back()));
    }
    return decisions;
  }
  std::unique_ptr<Pipeline> pipeline;
};

// What the unchanged rules say: each hit with the values that it read.
struct Said {
  engine::RuleHit hit;
  std::vector<engine::Reading> read;
  friend bool operator==(const Said&, const Said&) = default;
};
std::vector<Said> unchanged(const engine::Decision& decision) {
  std::vector<Said> said;
  for (const engine::RuleHit& hit : decision.hits) {
    if (hit.rule == "R" + std::to_string(changed_rule)) continue;
    said.push_back({hit, {}});
    for (const std::uint16_t read : hit.reads) said.back().read.push_back(decision.readings[read]);
    said.back().hit.reads.clear();  // places in a list that the changed rule may lengthen
  }
  return said;
}
bool fires(const engine::Decision& decision) {
  return std::ranges::find(decision.hits, "R" + std::to_string(changed_rule), &engine::RuleHit::rule) !=
         decision.hits.end();
}

TEST(PolicySwap, UnderAStreamChangesNothingButTheChangedRule) {
  const std::string before = many_rules("amount > 8000");
  const std::string after = many_rules("amount <= 8000 && pair_count >= 1");
  sim::SimDisk disk_with, disk_without;
  Desk with(disk_with, before), without(disk_without, before);
  constexpr int batches = 60, batch = 20, swapped_at = 25;
  constexpr std::uint64_t seed = 11;
  std::mt19937_64 random(seed);
  std::size_t hits = 0, differing = 0;
  for (int i = 0; i < batches; ++i) {
    if (i == swapped_at) {
      ASSERT_TRUE(with.pipeline->swap_policy(policy::bundle_of(after), t0 + i * batch * 700));
    }
    std::vector<EntryBuilder> entries;
    entries.reserve(batch);
    for (int n = 0; n < batch; ++n) entries.push_back(sale(i * batch + n, random));
    const std::vector<engine::Decision> a = with.send(entries), b = without.send(entries);
    ASSERT_EQ(a.size(), entries.size());
    ASSERT_EQ(b.size(), entries.size());
    for (std::size_t n = 0; n < a.size(); ++n) {
      ASSERT_EQ(unchanged(a[n]), unchanged(b[n])) << "seed " << seed << ", batch " << i << ", request " << n;
      ASSERT_EQ(a[n].effective, b[n].effective);
      ASSERT_EQ(a[n].score_ppm, b[n].score_ppm);
      ASSERT_EQ(a[n].not_seen, b[n].not_seen);
      ASSERT_EQ(a[n].rule_errors, 0);
      ASSERT_EQ(a[n].policy == b[n].policy, i < swapped_at);
      hits += a[n].hits.size();
      if (fires(a[n]) != fires(b[n])) ++differing;
    }
    with.pipeline->idle(entries.back().header.event_time);
    without.pipeline->idle(entries.back().header.event_time);
  }
  EXPECT_GT(hits, 10'000u) << "the rules must have something to say";
  EXPECT_EQ(differing, static_cast<std::size_t>((batches - swapped_at) * batch))
      << "the changed rule says the opposite from the exchange on, and nothing else before it";
  EXPECT_EQ(with.pipeline->counters().decisions, without.pipeline->counters().decisions);
}

TEST(PolicySwap, IsReplayedFromTheJournal) {
  sim::SimDisk disk;
  std::mt19937_64 random(12);
  const std::string after = many_rules("amount > 1");
  {
    Desk desk(disk, many_rules("amount > 8000"));
    for (int i = 0; i < 4; ++i) {
      if (i == 2) {
        ASSERT_TRUE(desk.pipeline->swap_policy(policy::bundle_of(after), t0 + i * 14'000));
      }
      std::vector<EntryBuilder> entries;
      entries.reserve(20);
      for (int n = 0; n < 20; ++n) entries.push_back(sale(i * 20 + n, random));
      desk.send(entries);
    }
  }
  Desk again(disk, after);
  EXPECT_GE(again.pipeline->recovery().replayed, 81u) << "the swap and every sale; ticks besides";
  EXPECT_TRUE(again.pipeline->recovery().decisions_match);
}

}  // namespace
}  // namespace tillwatch::pipeline
