// What the tests of the journal share: small journals, records with known bytes, whole comparisons.
// Called by the tests of this folder only.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "journal/journal.h"
#include "ports/disk.h"

namespace tillwatch::journal {

inline Options small_options() {
  Options options;
  options.segment_bytes = 16 * 1024;  // three pages of batches, and batches that span pages
  options.create = true;
  return options;
}

// The record with that sequence: every test makes the same bytes for it. No 512 bytes of it are all zeros.
// `generation`: another record for the same sequence, where a crash has taken the first one.
inline OwnedRecord make_record(std::uint64_t sequence, std::uint64_t generation = 0) {
  OwnedRecord record;
  record.sequence = core::Sequence(sequence);
  if (sequence % 5 != 0) record.key = {sequence * 0x9e3779b97f4a7c15ull, sequence};
  record.entry = "entry " + std::to_string(sequence) + "/" + std::to_string(generation) +
                 std::string(static_cast<std::size_t>(sequence * 137 % 700), 'e');
  if (sequence % 7 != 0)
    record.decision =
        std::string(static_cast<std::size_t>(sequence * 253 % 1100), 'd') + std::to_string(sequence);
  record.admitted_at = 1'700'000'000'000 + static_cast<core::TimeMs>(sequence) * 250;
  return record;
}

inline std::vector<OwnedRecord> make_records(std::uint64_t first, std::uint64_t count,
                                             std::uint64_t generation = 0) {
  std::vector<OwnedRecord> records;
  for (std::uint64_t i = 0; i < count; ++i) records.push_back(make_record(first + i, generation));
  return records;
}

inline std::vector<Record> views(const std::vector<OwnedRecord>& records) {
  std::vector<Record> result;
  for (const OwnedRecord& record : records) result.push_back(view(record));
  return result;
}

inline std::unique_ptr<Journal> open_or_die(ports::Disk& disk, const Options& options = small_options()) {
  core::Result<std::unique_ptr<Journal>> journal = Journal::open(disk, "journal", options);
  if (!journal) ADD_FAILURE() << journal.error().to_string();
  return journal ? *std::move(journal) : nullptr;
}

inline void append_or_die(Journal& journal, const std::vector<OwnedRecord>& records) {
  const core::Status status = journal.append(views(records));
  ASSERT_TRUE(status) << status.error().to_string();
}

// The journal holds exactly `expected`, by read, by stream and by key.
inline void expect_holds(Journal& journal, const std::vector<OwnedRecord>& expected) {
  ASSERT_EQ(journal.last_durable().value, expected.empty() ? 0 : expected.back().sequence.value);
  core::Result<Reader> reader = journal.reader(journal.first_sequence());
  ASSERT_TRUE(reader) << reader.error().to_string();
  for (const OwnedRecord& record : expected) {
    const core::Result<OwnedRecord> found = journal.read(record.sequence);
    ASSERT_TRUE(found) << found.error().to_string();
    EXPECT_EQ(*found, record);
    const auto streamed = reader->next(journal.last_durable());
    ASSERT_TRUE(streamed) << streamed.error().to_string();
    ASSERT_TRUE(streamed->has_value());
    EXPECT_EQ(owned(**streamed), record);
    if (record.key.is_none()) continue;
    const auto by_key = journal.find_key(record.key);
    ASSERT_TRUE(by_key) << by_key.error().to_string();
    EXPECT_EQ(*by_key, record.sequence);
  }
  EXPECT_FALSE(reader->next(journal.last_durable()).value().has_value());
}

}  // namespace tillwatch::journal
