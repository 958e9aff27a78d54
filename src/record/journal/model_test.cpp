// Random work on the journal beside an obvious model: appends with repeated keys, syncs, upkeep, retirement,
// reopening, a reader that follows, and questions by sequence and by key in between.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>

#include "journal/journal_fixture.h"
#include "journal/naive_reader.h"
#include "sim/rounds.h"
#include "sim/sim_disk.h"

namespace tillwatch::journal {
namespace {

using core::ErrorCode;
using core::Sequence;

constexpr std::size_t key_segments = 2;

class Trial {
 public:
  explicit Trial(std::uint64_t seed) : random_(seed), disk_(seed) {
    options_ = small_options();
    options_.key_segments = key_segments;
    journal_ = open_or_die(disk_, options_);
    follower_.emplace(disk_, "journal", Sequence(1));
  }
  void step() {
    switch (random_() % 10) {
      case 0:
      case 1:
      case 2:
      case 3:
        return append();
      case 4:
        return sync();
      case 5:
        return follow();
      case 6:
        return ask();
      case 7:
        ASSERT_TRUE(journal_->maintain());
        return;
      case 8:
        return retire();
      default:
        return reopen();
    }
  }

 private:
  void append() {
    std::vector<OwnedRecord> batch = make_records(records_.size() + 1, 1 + random_() % 6, random_());
    for (OwnedRecord& record : batch) {
      // Few keys, so that they repeat within a segment and over segments.
      record.key = {random_() % 3, random_() % 40};
      if (!record.key.is_none()) newest_[record.key] = record.sequence;
    }
    append_or_die(*journal_, batch);
    records_.insert(records_.end(), batch.begin(), batch.end());
    // A batch that begins a segment makes those before it durable.
    const std::size_t durable = journal_->last_durable().value;
    ASSERT_TRUE(durable == durable_ || durable == records_.size() - batch.size());
    durable_ = durable;
  }
  void sync() {
    ASSERT_TRUE(journal_->sync());
    durable_ = records_.size();
    ASSERT_EQ(journal_->last_durable().value, durable_);
  }
  void follow() {
    for (std::uint64_t count = random_() % 20; count > 0; --count) {
      const std::uint64_t position = follower_->position().value;
      const auto record = follower_->next(journal_->last_durable());
      if (position < journal_->first_sequence().value) {
        ASSERT_TRUE(!record || owned(**record) == records_[position - 1]);  // it may still hold the file
        if (!record) {
          ASSERT_EQ(record.error().code, ErrorCode::not_found);
          follower_.emplace(journal_->reader(journal_->first_sequence()).value());
        }
        continue;
      }
      ASSERT_TRUE(record) << record.error().to_string();
      ASSERT_EQ(record->has_value(), position <= durable_);
      ASSERT_TRUE(!*record || owned(**record) == records_[position - 1]);
    }
  }
  void ask() {
    for (int i = 0; i < 20; ++i) {
      const std::uint64_t sequence = random_() % (records_.size() + 3);
      const auto record = journal_->read(Sequence(sequence));
      const bool there = sequence >= journal_->first_sequence().value && sequence <= durable_;
      ASSERT_EQ(record.has_value(), there);
      ASSERT_TRUE(there ? *record == records_[sequence - 1] : record.error().code == ErrorCode::not_found);
      ask_key({random_() % 3, random_() % 40});
    }
  }
  void ask_key(Key128 key) {
    const auto found = journal_->find_key(key);
    ASSERT_TRUE(found) << found.error().to_string();
    const auto newest = newest_.find(key);
    if (newest == newest_.end()) {
      ASSERT_FALSE(found->has_value());
      return;
    }
    const std::vector<SegmentSummary> segments = journal_->segments();
    const auto holder = std::find_if(segments.begin(), segments.end(), [&](const SegmentSummary& s) {
      return newest->second >= s.header.first_sequence && newest->second <= s.last;
    });
    const auto behind = static_cast<std::size_t>(segments.end() - holder);  // 1: the live one; 0: retired
    if (behind >= 1 && behind <= 1 + key_segments) {
      ASSERT_EQ(*found, newest->second);
    } else if (behind == 0 || behind > 2 + key_segments) {
      ASSERT_FALSE(found->has_value());
    }
  }
  void retire() {
    const Sequence keep_from(random_() % (records_.size() + 2));
    const Sequence before = journal_->first_sequence();
    const Sequence live = journal_->segments().back().header.first_sequence;
    ASSERT_TRUE(journal_->retire(keep_from));
    ASSERT_LE(journal_->first_sequence(), std::max(before, std::min(keep_from, live)));
  }
  void reopen() {
    sync();
    journal_.reset();
    follower_.emplace(disk_, "journal", Sequence(1));
    if (random_() % 4 == 0) options_.semantics_version += 1;
    journal_ = open_or_die(disk_, options_);
    ASSERT_EQ(journal_->recovery().truncated_bytes, 0u);
    ASSERT_EQ(journal_->last_durable().value, records_.size());
    ASSERT_EQ(journal_->segments().back().header.semantics_version, options_.semantics_version);
    const auto naive = read_naively(disk_, "journal");
    ASSERT_TRUE(naive) << naive.error().to_string();
    const auto first = records_.begin() + static_cast<std::ptrdiff_t>(journal_->first_sequence().value - 1);
    ASSERT_EQ(*naive, std::vector<OwnedRecord>(first, records_.end()));
  }

  std::mt19937_64 random_;
  sim::SimDisk disk_;
  Options options_;
  std::unique_ptr<Journal> journal_;
  std::optional<Reader> follower_;
  std::vector<OwnedRecord> records_;
  std::map<Key128, Sequence> newest_;
  std::size_t durable_ = 0;
};

TEST(Model, random_work_agrees) {
  for (std::uint64_t seed = 1; seed <= sim::rounds(25); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Trial trial(seed);
    for (int i = 0; i < 300 && !HasFatalFailure(); ++i) trial.step();
    ASSERT_FALSE(HasFatalFailure());
  }
}

}  // namespace
}  // namespace tillwatch::journal
