// A small world for tests of the engine: entries by a few words, a policy from text. Test code only.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <string>

#include "engine/backfill.h"
#include "engine/engine.h"
#include "policy/policy_fixture.h"

namespace tillwatch::engine {

class EngineWorld {
 public:
  explicit EngineWorld(const std::string& policy, Options options = {}) : options_(options) {
    options_.lateness_ms = 0;
    keep(policy);
    auto made = Engine::create(options_, bundles.begin()->second, source());
    EXPECT_TRUE(made) << (made ? "" : made.error().to_string());
    engine = std::move(*made);
  }

  std::string keep(const std::string& policy) {
    BundlePointer bundle = policy::bundle_of(policy);
    const std::string hash = policy::to_hex(bundle->hash());
    bundles[hash] = bundle;
    return hash;
  }
  BundleSource source() {
    return [this](const std::string& hash) -> BundlePointer {
      return bundles.contains(hash) ? bundles.at(hash) : nullptr;
    };
  }

  static payment::EntryBuilder sale(core::TimeMs time, std::string_view card, std::string_view merchant,
                                    std::int64_t amount) {
    payment::EntryBuilder entry;
    entry.header = {payment::EntryKind::transaction, 0, time, time, time};
    entry.set(payment::AttributeId::card_reference, payment::Value::of(card));
    entry.set(payment::AttributeId::merchant_id, payment::Value::of(merchant));
    entry.set(payment::AttributeId::amount, payment::Value::of(amount));
    entry.set(payment::AttributeId::tx_type, payment::Value::of("sale"));
    return entry;
  }
  static payment::EntryBuilder swap(core::TimeMs time, const std::string& hash,
                                    std::string_view stage = "swap") {
    payment::EntryBuilder entry;
    entry.header = {payment::EntryKind::policy_swap, 0, time, time, time};
    entry.set(payment::AttributeId::policy_bundle, payment::Value::of(std::string_view(hash)));
    entry.set(payment::AttributeId::policy_stage, payment::Value::of(stage));
    return entry;
  }

  // Steps it; the decision is in `decision`, the bytes are kept for a backfill.
  bool step(const payment::EntryBuilder& entry) {
    stepped_bytes.clear();
    EXPECT_TRUE(entry.encode(stepped_bytes));
    EXPECT_TRUE(stepped.decode(stepped_bytes));
    const bool decided = engine->step(core::Sequence(engine->last().value + 1), stepped, decision);
    core::Bytes encoded;
    if (decided) encode(decision, encoded);
    records.push_back({stepped_bytes, encoded});
    return decided;
  }
  bool hit(std::string_view rule) const {
    return std::ranges::any_of(decision.hits, [rule](const RuleHit& h) { return h.rule == rule; });
  }
  Reading value(std::string_view name) {
    return engine->last_value(static_cast<std::uint32_t>(engine->bundle().find_slot(name)));
  }
  void backfill() {
    auto work = Backfill::begin(*engine);
    ASSERT_TRUE(work);
    for (std::size_t i = 0; i < records.size(); ++i)
      ASSERT_TRUE((*work)->feed(core::Sequence(i + 1), records[i].first, records[i].second));
    engine->offer((*work)->take());
    step(swap(engine->last_admitted(), policy::to_hex(engine->bundle().hash()), "backfilled"));
  }

  std::map<std::string, BundlePointer> bundles;
  std::unique_ptr<Engine> engine;
  Decision decision;
  std::vector<std::pair<core::Bytes, core::Bytes>> records;
  core::Bytes stepped_bytes;  // of the last entry: last_value() still reads it
  payment::EntryView stepped;
  Options options_;
};

}  // namespace tillwatch::engine
