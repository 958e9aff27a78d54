// Damage to bytes at rest: a flipped bit anywhere in a segment or an index is noticed before the bytes are
// used, or does no harm; a missing, short or exchanged file is named. Never: another record, or a missing
// one, without an error.
#include <gtest/gtest.h>

#include <random>

#include "core/bytes.h"
#include "core/crc32c.h"
#include "journal/crash_fixture.h"
#include "journal/journal_fixture.h"
#include "journal/segment_format.h"
#include "sim/long_mode.h"

namespace tillwatch::journal {
namespace {

using core::ErrorCode;
using core::Sequence;
using sim::long_mode;

// Every byte is visited; under a sanitizer, which makes each visit ten times slower and looks for other
// faults, one in seven.
std::size_t stride() {
#if defined(__SANITIZE_ADDRESS__)
  return long_mode() ? 1 : 7;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
  return long_mode() ? 1 : 7;
#else
  return 1;
#endif
#else
  return 1;
#endif
}

// A journal with several segments and some room left in the last one, synced.
struct Fixture {
  sim::SimDisk disk;
  std::vector<OwnedRecord> records;
  std::vector<std::string> segments;  // paths
  std::vector<std::string> indexes;

  explicit Fixture(std::uint64_t count = 60) {
    auto journal = open_or_die(disk);
    for (std::uint64_t first = 1; first <= count; first += 4) {
      const std::vector<OwnedRecord> batch = make_records(first, 4);
      append_or_die(*journal, batch);
      EXPECT_TRUE(journal->sync());
      records.insert(records.end(), batch.begin(), batch.end());
    }
    EXPECT_TRUE(journal->maintain());
    for (const std::string& path : disk.paths()) {
      if (path.ends_with(segment_suffix)) segments.push_back(path);
      if (path.ends_with(index_suffix)) indexes.push_back(path);
    }
  }
};

enum class Verdict { harmless, detected, silent };

// Opens the damaged journal and reads everything in all three ways.
Verdict use(sim::SimDisk& disk, const std::vector<OwnedRecord>& records, std::string* error = nullptr) {
  core::Result<std::unique_ptr<Journal>> journal = Journal::open(disk, "journal", small_options());
  if (!journal) {
    if (error) *error = journal.error().to_string();
    return journal.error().code == ErrorCode::corrupt || journal.error().code == ErrorCode::unsupported
               ? Verdict::detected
               : Verdict::silent;
  }
  if ((*journal)->last_durable() != records.back().sequence) return Verdict::silent;
  Verdict verdict = Verdict::harmless;
  core::Result<Reader> reader = (*journal)->reader(Sequence(1));
  for (const OwnedRecord& record : records) {
    const core::Result<OwnedRecord> read = (*journal)->read(record.sequence);
    if (!read && read.error().code != ErrorCode::corrupt) return Verdict::silent;
    if (!read) verdict = Verdict::detected;
    if (read && *read != record) return Verdict::silent;
    const core::Result<std::optional<Record>> streamed = reader->next((*journal)->last_durable());
    if (!streamed && streamed.error().code != ErrorCode::corrupt) return Verdict::silent;
    if (!streamed) verdict = Verdict::detected;
    if (streamed && (!*streamed || owned(**streamed) != record)) return Verdict::silent;
    if (record.key.is_none()) continue;
    const auto found = (*journal)->find_key(record.key);
    if (!found && found.error().code != ErrorCode::corrupt) return Verdict::silent;
    if (!found) verdict = Verdict::detected;
    if (found && *found != record.sequence) return Verdict::silent;
  }
  return verdict;
}

struct Counts {
  std::uint64_t detected = 0;
  std::uint64_t harmless = 0;
};

// Flips one bit (every bit in the long mode) of the bytes of the file that stride() visits.
Counts flip_bytes(Fixture& fixture, const std::string& path, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  Counts counts;
  const std::string original = fixture.disk.contents(path);
  for (std::size_t at = random() % stride(); at < original.size(); at += stride()) {
    const unsigned chosen = static_cast<unsigned>(random() % 8);
    for (unsigned bit = 0; bit < 8; ++bit) {
      if (!long_mode() && bit != chosen) continue;
      const std::unique_ptr<sim::SimDisk> disk = fixture.disk.after_kill();
      std::string damaged = original;
      damaged[at] = static_cast<char>(static_cast<unsigned char>(damaged[at]) ^ (1u << bit));
      disk->overwrite(path, std::move(damaged));
      const Verdict verdict = use(*disk, fixture.records);
      EXPECT_NE(verdict, Verdict::silent) << path << " byte " << at << " bit " << bit << " seed " << seed;
      ++(verdict == Verdict::detected ? counts.detected : counts.harmless);
    }
  }
  return counts;
}

std::size_t used_bytes(const std::string& file) {
  return file.find_last_not_of('\0') + 1;
}

TEST(Damage, of_any_byte_of_a_sealed_segment_is_noticed_or_harmless) {
  Fixture fixture;
  ASSERT_GE(fixture.segments.size(), 3u);
  const Counts counts = flip_bytes(fixture, fixture.segments.front(), 11);
  // All that is in use is covered; only the zeros behind the last batch are not.
  EXPECT_GE(counts.detected, used_bytes(fixture.disk.contents(fixture.segments.front())) / stride());
}

TEST(Damage, of_any_byte_of_the_live_segment_is_noticed_or_harmless) {
  Fixture fixture;
  const Counts counts = flip_bytes(fixture, fixture.segments.back(), 12);
  // The newest batch included: no interrupted write explains a flipped bit.
  EXPECT_GE(counts.detected, used_bytes(fixture.disk.contents(fixture.segments.back())) / stride());
}

TEST(Damage, of_any_byte_of_an_index_is_mended_from_the_segment) {
  Fixture fixture;
  ASSERT_FALSE(fixture.indexes.empty());
  const Counts counts = flip_bytes(fixture, fixture.indexes.front(), 13);
  EXPECT_EQ(counts.detected, 0u);
}

TEST(Damage, missing_and_short_indexes_are_rebuilt) {
  Fixture fixture;
  for (const std::string& path : fixture.indexes) {
    const std::unique_ptr<sim::SimDisk> disk = fixture.disk.after_kill();
    ASSERT_TRUE(disk->remove(path));
    EXPECT_EQ(use(*disk, fixture.records), Verdict::harmless);
    for (const std::size_t size : {0u, 1u, 127u, 128u, 4095u, 4096u}) {
      disk->overwrite(path, fixture.disk.contents(path).substr(0, size));
      EXPECT_EQ(use(*disk, fixture.records), Verdict::harmless) << size;
    }
    disk->overwrite(path, fixture.disk.contents(path) + "x");
    EXPECT_EQ(use(*disk, fixture.records), Verdict::harmless);
  }
}

TEST(Damage, index_that_does_not_reach_up_to_the_next_segment_is_rebuilt) {
  Fixture fixture;
  SegmentSummary summary = open_or_die(fixture.disk)->segments().front();
  summary.last = Sequence(summary.last.value - 1);
  ASSERT_TRUE(write_index(fixture.disk, "journal", Sequence(1), encode_index(summary, {}, {})));
  EXPECT_EQ(use(fixture.disk, fixture.records), Verdict::harmless);
}

TEST(Damage, missing_segment_is_named) {
  Fixture fixture;
  for (std::size_t i = 1; i + 1 < fixture.segments.size(); ++i) {
    const std::unique_ptr<sim::SimDisk> disk = fixture.disk.after_kill();
    ASSERT_TRUE(disk->remove(fixture.segments[i]));
    std::string error;
    EXPECT_EQ(use(*disk, fixture.records, &error), Verdict::detected);
    EXPECT_NE(error.find(fixture.segments[i + 1]), std::string::npos) << error;
  }
}

TEST(Damage, short_long_and_exchanged_segments_are_named) {
  Fixture fixture;
  for (const std::string& path : fixture.segments) {
    const std::string original = fixture.disk.contents(path);
    for (const std::string& damaged :
         {original.substr(0, 100), original.substr(0, 4096), original + '\0',
          fixture.disk.contents(fixture.segments[path == fixture.segments[0] ? 1 : 0])}) {
      const std::unique_ptr<sim::SimDisk> disk = fixture.disk.after_kill();
      disk->overwrite(path, damaged);
      std::string error;
      EXPECT_EQ(use(*disk, fixture.records, &error), Verdict::detected) << path;
      EXPECT_NE(error.find(path), std::string::npos) << error;
    }
  }
}

// Zeros over a whole batch, as from a sector that the disk has replaced: the batches behind it, in the same
// segment or in a later one, prove that it was durable.
TEST(Damage, lost_batch_before_a_later_one_is_corruption_and_names_file_and_offset) {
  Fixture fixture;
  for (const std::string& path : fixture.segments) {
    const std::unique_ptr<sim::SimDisk> disk = fixture.disk.after_kill();
    std::string bytes = disk->contents(path);
    bytes.replace(4096, 64, 64, '\0');
    disk->overwrite(path, bytes);
    for (const std::string& index : fixture.indexes) ASSERT_TRUE(disk->remove(index));
    std::string error;
    EXPECT_EQ(use(*disk, fixture.records, &error), Verdict::detected) << path;
    EXPECT_NE(error.find(path + ":4096"), std::string::npos) << error;
  }
}

// The same place, the same checksum, but of another journal's batch: a copied batch is no batch.
TEST(Damage, batch_copied_to_another_offset_is_not_taken_for_one) {
  Fixture fixture(8);
  const std::string path = fixture.segments.back();
  std::string bytes = fixture.disk.contents(path);
  const std::size_t end = (used_bytes(bytes) + 15) / 16 * 16;
  bytes.replace(end, end - 4096, bytes, 4096, end - 4096);
  fixture.disk.overwrite(path, bytes);
  std::string error;
  EXPECT_EQ(use(fixture.disk, fixture.records, &error), Verdict::detected) << error;
}

TEST(Damage, later_format_version_is_unsupported) {
  Fixture fixture(8);
  const std::string path = fixture.segments.back();
  std::string bytes = fixture.disk.contents(path);
  bytes[8] = 2;
  std::string crc;
  core::ByteWriter(crc).u32(core::crc32c(std::string_view(bytes).substr(0, 60)));
  bytes.replace(60, 4, crc);
  fixture.disk.overwrite(path, bytes);
  const auto journal = Journal::open(fixture.disk, "journal", small_options());
  ASSERT_FALSE(journal);
  EXPECT_EQ(journal.error().code, ErrorCode::unsupported);
}

}  // namespace
}  // namespace tillwatch::journal
