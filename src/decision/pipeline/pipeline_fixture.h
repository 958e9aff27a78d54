// A pipeline over a simulated disk under a small policy, and entries to send. Included by the tests of this
// folder.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "engine/engine.h"
#include "pipeline/pipeline.h"
#include "policy/policy_fixture.h"
#include "sim/sim_disk.h"

namespace tillwatch::pipeline {

inline const std::string policy_text = R"(policy: pipe
authority: acquirer
features:
  - {name: pair_count, key: [card.id, merchant.id], aggregate: count, window: 1h}
  - {name: labels, of: label, key: [terminal.serial], aggregate: count, window: 30d}
  - {name: refunds, key: [card.id], where: tx.type == "refund", aggregate: sum, value: tx.original_amount,
     window: 30d}
rules:
  - id: R
    title: {en: R, zh: R}
    when: pair_count > 2
    action: {authorisation: decline}
    reason: repetition
    text: {en: "{pair_count} {labels}", zh: "{pair_count}"}
)";

inline constexpr core::TimeMs t0 = 1'700'000'000'000;

inline payment::EntryBuilder sale(std::string_view id, std::string_view card = "token/x:c",
                                  std::int64_t amount = 100, core::TimeMs time = t0) {
  payment::EntryBuilder entry;
  entry.header = {payment::EntryKind::transaction, 0, 0, time, time};
  entry.set(payment::AttributeId::client, payment::Value::of("gate"));
  entry.set(payment::AttributeId::id, payment::Value::of(id));
  entry.set(payment::AttributeId::card_reference, payment::Value::of(card));
  entry.set(payment::AttributeId::merchant_id, payment::Value::of("m"));
  entry.set(payment::AttributeId::terminal_serial, payment::Value::of("SN1"));
  entry.set(payment::AttributeId::amount, payment::Value::of(amount));
  entry.set(payment::AttributeId::tx_type, payment::Value::of("sale"));
  return entry;
}

inline payment::EntryBuilder label(std::string_view id, std::string_view original) {
  payment::EntryBuilder entry;
  entry.header = {payment::EntryKind::label, 0, 0, t0, t0};
  entry.set(payment::AttributeId::client, payment::Value::of("gate"));
  entry.set(payment::AttributeId::id, payment::Value::of(id));
  entry.set(payment::AttributeId::tx_original_id, payment::Value::of(original));
  entry.set(payment::AttributeId::label_fraud, payment::Value::of(true));
  return entry;
}

inline Options options() {
  Options o;
  o.segment_bytes = 1024 * 1024;
  o.snapshot_every = 1'000'000;
  return o;
}

struct World {
  explicit World(sim::SimDisk& disk_in, Options o = options(), const std::string& text = policy_text,
                 core::TimeMs now = t0)
      : disk(disk_in) {
    auto opened = Pipeline::open(disk, o, policy::bundle_of(text), now);
    EXPECT_TRUE(opened) << (opened ? "" : opened.error().to_string());
    if (opened) pipeline = std::move(*opened);
  }
  Answer send(const payment::EntryBuilder& entry, core::TimeMs now = t0, bool record = true) {
    const Submission submission{&entry, record};
    return pipeline->process({&submission, 1}, now)[0];
  }
  engine::Decision decision(const Answer& answer) {
    engine::Decision d;
    EXPECT_TRUE(engine::decode(answer.decision, d));
    return d;
  }
  sim::SimDisk& disk;
  std::unique_ptr<Pipeline> pipeline;
};

}  // namespace tillwatch::pipeline
