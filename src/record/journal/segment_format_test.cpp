// The bytes of a segment: bounds at the limit and one past it, zero sectors at every alignment, decoders
// under hostile bytes.
#include "journal/segment_format.h"

#include <gtest/gtest.h>

#include <random>

#include "core/bytes.h"
#include "core/crc32c.h"
#include "core/limits.h"
#include "journal/journal_fixture.h"
#include "journal/naive_reader.h"
#include "sim/sim_disk.h"

namespace tillwatch::journal {
namespace {

using core::ErrorCode;
using core::Sequence;

TEST(SegmentFormat, header_round_trips_and_has_the_documented_bytes) {
  const SegmentHeader header{7, 3, Sequence(41), 8192};
  const std::string page = encode_segment_header(header);
  ASSERT_EQ(page.size(), segment_header_bytes);
  EXPECT_EQ(page.substr(0, 8), "TWJSEG1\n");
  EXPECT_EQ(decode_segment_header(page, "x").value(), header);
  EXPECT_EQ(decode_segment_header(page.substr(1), "x").error().code, ErrorCode::corrupt);
  std::string file = page;
  file.resize(8192);
  const NaiveSegment naive = read_naively(file).value();
  EXPECT_EQ(naive.semantics_version, 7u);
  EXPECT_EQ(naive.number, 3u);
  EXPECT_EQ(naive.first_sequence, 41u);
  EXPECT_EQ(naive.segment_bytes, 8192u);
}

TEST(SegmentFormat, names) {
  EXPECT_EQ(segment_name(Sequence(42)), "00000000000000000042.segment");
  EXPECT_EQ(parse_name("00000000000000000042.segment", segment_suffix), Sequence(42));
  EXPECT_EQ(parse_name("18446744073709551615.segment", segment_suffix)->value, ~std::uint64_t{0});
  for (const std::string_view name :
       {"18446744073709551616.segment", "00000000000000000000.segment", "0000000000000000042.segment",
        "+0000000000000000042.segment", "00000000000000000042.index", "0000000000000000004x.segment", "lock",
        ""}) {
    EXPECT_FALSE(parse_name(name, segment_suffix)) << name;
  }
}

TEST(SegmentFormat, batch_round_trips_at_every_place_and_nowhere_else) {
  const std::vector<OwnedRecord> records = make_records(10, 4);
  for (std::uint64_t offset = segment_header_bytes; offset < segment_header_bytes + 1024;
       offset += batch_align_bytes) {
    const BatchPlace place{Sequence(10), offset};
    std::string bytes;
    encode_batch(place, Sequence(9), views(records), bytes);
    const std::optional<BatchHeader> header = decode_batch_header(place, bytes);
    ASSERT_TRUE(header);
    ASSERT_EQ(header->total_bytes(), bytes.size());
    ASSERT_EQ(bytes.size() % batch_align_bytes, 0u);
    ASSERT_TRUE(is_batch_intact(*header, bytes));
    ASSERT_EQ(count_zero_sectors(offset, bytes), header->zero_sectors);
    RecordDecoder decoder(*header, std::string_view(bytes).substr(batch_header_bytes, header->payload_bytes));
    for (const OwnedRecord& record : records) ASSERT_EQ(owned(*decoder.next()), record);
    ASSERT_FALSE(decoder.next());
    ASSERT_TRUE(decoder.ok());
    ASSERT_FALSE(decode_batch_header({Sequence(10), offset + batch_align_bytes}, bytes));
    ASSERT_FALSE(decode_batch_header({Sequence(9), offset}, bytes));
  }
}

TEST(SegmentFormat, zero_sectors_of_the_content_are_counted) {
  OwnedRecord record = make_record(1);
  record.entry = std::string(5000, '\0');
  for (std::uint64_t offset = segment_header_bytes; offset < segment_header_bytes + 512;
       offset += batch_align_bytes) {
    std::string bytes;
    const Record one = view(record);
    encode_batch({Sequence(1), offset}, Sequence(0), {&one, 1}, bytes);
    const std::optional<BatchHeader> header = decode_batch_header({Sequence(1), offset}, bytes);
    ASSERT_TRUE(header);
    EXPECT_GE(header->zero_sectors, 8u);
    EXPECT_EQ(header->zero_sectors, count_zero_sectors(offset, bytes));
  }
}

TEST(SegmentFormat, decoder_survives_any_payload) {
  std::mt19937_64 random(5);
  for (int i = 0; i < 20'000; ++i) {
    std::string payload(random() % 40, '\0');
    for (char& c : payload) c = static_cast<char>(random() % 3 == 0 ? random() % 256 : random() % 4);
    BatchHeader header;
    header.first_sequence = Sequence(1);
    header.payload_bytes = static_cast<std::uint32_t>(payload.size());
    header.count = static_cast<std::uint32_t>(1 + random() % 5);
    RecordDecoder decoder(header, payload);
    std::uint32_t count = 0;
    while (const std::optional<Record> record = decoder.next()) {
      ASSERT_LE(record->entry.size() + record->decision.size(), payload.size());
      ++count;
    }
    ASSERT_TRUE(!decoder.ok() || count == header.count);
  }
}

Options large_options() {
  Options options = small_options();
  options.segment_bytes = core::limits::journal_batch_bytes_max + 64 * 1024;
  return options;
}

TEST(Bounds, entry_and_decision) {
  sim::SimDisk disk;
  auto journal = open_or_die(disk, large_options());
  OwnedRecord record = make_record(1);
  record.entry = std::string(core::limits::entry_bytes_max, 'e');
  record.decision = std::string(core::limits::decision_bytes_max, 'd');
  append_or_die(*journal, {record});
  ASSERT_TRUE(journal->sync());
  EXPECT_EQ(journal->read(Sequence(1)).value(), record);
  record.sequence = Sequence(2);
  for (std::string* part : {&record.entry, &record.decision}) {
    part->push_back('x');
    const Record one = view(record);
    EXPECT_EQ(journal->append({&one, 1}).error().code, ErrorCode::limit);
    part->pop_back();
  }
  EXPECT_FALSE(journal->failure());
  append_or_die(*journal, {record});
  EXPECT_TRUE(journal->sync());
}

TEST(Bounds, records_in_a_batch) {
  sim::SimDisk disk;
  auto journal = open_or_die(disk, large_options());
  std::vector<OwnedRecord> records = make_records(1, core::limits::journal_batch_records_max);
  append_or_die(*journal, records);
  ASSERT_TRUE(journal->sync());
  EXPECT_EQ(journal->read(records.back().sequence).value(), records.back());
  records = make_records(records.size() + 1, core::limits::journal_batch_records_max + 1);
  EXPECT_EQ(journal->append(views(records)).error().code, ErrorCode::limit);
  EXPECT_FALSE(journal->failure());
}

TEST(Bounds, bytes_of_a_batch) {
  for (const std::uint64_t segment_bytes :
       {core::limits::journal_segment_bytes_min, large_options().segment_bytes}) {
    sim::SimDisk disk;
    Options options = small_options();
    options.segment_bytes = segment_bytes;
    auto journal = open_or_die(disk, options);
    EXPECT_TRUE(journal->reserve(journal->records_bytes_max()));
    EXPECT_EQ(journal->reserve(journal->records_bytes_max() + 1).error().code, ErrorCode::limit);
    // Fill a batch up to the bound as a caller does, and one record further.
    std::vector<OwnedRecord> batch;
    std::size_t bytes = 0;
    const std::size_t entry_bytes = std::min<std::size_t>(segment_bytes / 8, core::limits::entry_bytes_max);
    for (std::uint64_t sequence = 1;; ++sequence) {
      OwnedRecord record;
      record.sequence = Sequence(sequence);
      record.entry = std::string(entry_bytes, 'e');
      bytes += encoded_bytes_max(view(record));
      if (bytes > journal->records_bytes_max()) break;
      batch.push_back(record);
    }
    append_or_die(*journal, batch);
    ASSERT_TRUE(journal->sync());
    EXPECT_EQ(journal->read(batch.back().sequence).value(), batch.back());
    std::vector<OwnedRecord> next = make_records(batch.size() + 1, 1);
    for (OwnedRecord record : batch) {
      record.sequence = Sequence(next.back().sequence.value + 1);
      next.push_back(record);
    }
    next.front().entry = std::string(entry_bytes, 'e');
    EXPECT_EQ(journal->append(views(next)).error().code, ErrorCode::limit);
    EXPECT_FALSE(journal->failure());
  }
}

TEST(Bounds, segment_size) {
  for (const std::uint64_t bytes :
       {core::limits::journal_segment_bytes_min - 1, core::limits::journal_segment_bytes_max + 1}) {
    sim::SimDisk disk;
    Options options = small_options();
    options.segment_bytes = bytes;
    EXPECT_EQ(Journal::open(disk, "journal", options).error().code, ErrorCode::invalid);
  }
}

TEST(Append, checks_that_sequences_continue) {
  sim::SimDisk disk;
  auto journal = open_or_die(disk);
  const std::vector<OwnedRecord> wrong = make_records(2, 1);
  EXPECT_DEATH(static_cast<void>(journal->append(views(wrong))), "CHECK failed");
  EXPECT_DEATH(static_cast<void>(journal->append({})), "CHECK failed");
}

}  // namespace
}  // namespace tillwatch::journal
