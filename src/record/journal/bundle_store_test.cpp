// Content-addressed blobs: the same bytes or an error, also after a crash at any call.
#include "journal/bundle_store.h"

#include <gtest/gtest.h>

#include "core/limits.h"
#include "sim/sim_disk.h"

namespace tillwatch::journal {
namespace {

using core::ErrorCode;

std::unique_ptr<BundleStore> open_store(ports::Disk& disk) {
  auto store = BundleStore::open(disk, "data/bundles");
  EXPECT_TRUE(store) << store.error().to_string();
  return *std::move(store);
}

TEST(BundleStore, gives_back_what_was_put_under_its_hash) {
  sim::SimDisk disk;
  const auto store = open_store(disk);
  const std::vector<std::string> contents = {"", "policy", std::string(3'000'000, 'x'),
                                             std::string("\0\n\xff", 3)};
  for (const std::string& content : contents) {
    const auto name = store->put(content);
    ASSERT_TRUE(name) << name.error().to_string();
    EXPECT_EQ(*name, crypto::sha256(content));
    EXPECT_EQ(store->get(*name).value(), content);
    EXPECT_EQ(store->put(content).value(), *name);
  }
  EXPECT_EQ(store->list().value().size(), contents.size());
  EXPECT_TRUE(disk.exists("data/bundles/" + crypto::to_hex(crypto::sha256("policy")) + ".bundle").value());
  EXPECT_EQ(store->get(crypto::sha256("unknown")).error().code, ErrorCode::not_found);
}

TEST(BundleStore, notices_damage_and_mends_it_when_the_content_is_put_again) {
  sim::SimDisk disk;
  const auto store = open_store(disk);
  const auto name = store->put("policy").value();
  const std::string path = "data/bundles/" + crypto::to_hex(name) + ".bundle";
  const std::vector<std::string> all_damaged = {"Policy", "polic", "policy ", ""};
  for (const std::string& damaged : all_damaged) {
    disk.overwrite(path, damaged);
    EXPECT_EQ(store->get(name).error().code, ErrorCode::corrupt);
    EXPECT_EQ(store->put("policy").value(), name);
    EXPECT_EQ(store->get(name).value(), "policy");
  }
}

TEST(BundleStore, is_bounded) {
  sim::SimDisk disk;
  const auto store = open_store(disk);
  std::string content(core::limits::bundle_bytes_max, 'b');
  EXPECT_TRUE(store->put(content));
  content += 'b';
  EXPECT_EQ(store->put(content).error().code, ErrorCode::limit);
}

TEST(BundleStore, survives_a_crash_after_every_call) {
  const std::vector<std::string> contents = {"one", std::string(9000, 't'), "three", "one"};
  for (std::uint64_t last_call = 1;; ++last_call) {
    sim::SimDisk disk(last_call);
    disk.power_off_after(last_call);
    std::vector<std::string> acknowledged;
    if (const auto store = BundleStore::open(disk, "data/bundles")) {
      for (const std::string& content : contents) {
        if (!(*store)->put(content)) break;
        acknowledged.push_back(content);
      }
    }
    for (const sim::Loss loss : sim::all_losses) {
      const auto crashed = disk.after_crash(loss, last_call);
      const auto store = open_store(*crashed);
      for (const std::string& content : acknowledged)
        EXPECT_EQ(store->get(crypto::sha256(content)).value(), content);
      const std::vector<crypto::Digest256> names = store->list().value();
      for (const crypto::Digest256& name : names) EXPECT_TRUE(store->get(name)) << name_of(loss);
      for (const std::string& content : contents) EXPECT_TRUE(store->put(content));
    }
    if (acknowledged.size() == contents.size()) break;
    ASSERT_LT(last_call, 200u);
  }
}

// A killed process may leave a name that is visible and not durable; putting the content again makes it so.
TEST(BundleStore, survives_a_kill_after_every_call_and_then_power_loss) {
  for (std::uint64_t last_call = 1;; ++last_call) {
    sim::SimDisk disk(last_call);
    disk.power_off_after(last_call);
    if (const auto store = BundleStore::open(disk, "data/bundles")) static_cast<void>((*store)->put("one"));
    const auto killed = disk.after_kill();
    ASSERT_TRUE(open_store(*killed)->put("one"));
    for (const sim::Loss loss : sim::all_losses) {
      const auto crashed = killed->after_crash(loss, last_call);
      EXPECT_EQ(open_store(*crashed)->get(crypto::sha256("one")).value(), "one") << last_call;
    }
    if (disk.calls() < last_call) break;
    ASSERT_LT(last_call, 100u);
  }
}

TEST(BundleStore, gives_a_clean_error_at_every_failing_call) {
  for (std::uint64_t first = 1;; ++first) {
    sim::SimDisk disk(first);
    disk.fail_calls(first, 1);
    bool failed = false;
    if (const auto store = BundleStore::open(disk, "data/bundles")) {
      const auto put = (*store)->put("content");
      EXPECT_TRUE(put || put.error().code == ErrorCode::io);
      failed = !put;
    } else {
      EXPECT_EQ(store.error().code, ErrorCode::io);
      failed = true;
    }
    const auto crashed = disk.after_crash(sim::Loss::lost, first);
    const auto store = open_store(*crashed);
    EXPECT_TRUE(failed || store->get(crypto::sha256("content")) == "content");
    EXPECT_TRUE(store->put("content"));
    if (disk.calls() < first) break;
    ASSERT_LT(first, 100u);
  }
}

}  // namespace
}  // namespace tillwatch::journal
