// The random work and the judge of the crash tests: see crash_fixture.h. The judge is tested here too: it
// must notice.
#include "journal/crash_fixture.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "journal/journal_fixture.h"
#include "journal/naive_reader.h"

namespace tillwatch::journal {

core::Status Script::run(Journal& journal, Model& model) {
  for (int i = 0; i < steps_; ++i) TRY_STATUS(step(journal, model));
  return journal.sync();
}

core::Status Script::step(Journal& journal, Model& model) {
  const std::uint64_t choice = below(16);
  if (choice < 8) {
    const std::vector<OwnedRecord> batch = make_records(model.appended.size() + 1, 1 + below(4), generation_);
    model.appended.insert(model.appended.end(), batch.begin(), batch.end());
    TRY_STATUS(journal.append(views(batch)));
    // Most often one batch, one sync; sometimes several batches before one sync.
    if (below(3) == 0) return {};
  }
  if (choice < 12) {
    TRY_STATUS(journal.sync());
    model.acknowledged = model.appended.size();
    return {};
  }
  if (choice < 15) {
    TRY(more, journal.maintain());
    static_cast<void>(more);
    return {};
  }
  const std::uint64_t keep_from = journal.last_durable().value / 2 + 1;
  model.retired = std::max(model.retired, core::Sequence(keep_from));
  return journal.retire(core::Sequence(keep_from));
}

namespace {
core::Result<std::vector<OwnedRecord>> read_all(Journal& journal) {
  std::vector<OwnedRecord> all;
  TRY(reader, journal.reader(journal.first_sequence()));
  for (;;) {
    TRY(record, reader.next(journal.last_durable()));
    if (!record) return all;
    all.push_back(owned(*record));
  }
}
}  // namespace

std::string judge(sim::SimDisk& disk, Model& model, std::unique_ptr<Journal>* opened) {
  core::Result<std::unique_ptr<Journal>> journal = Journal::open(disk, "journal", small_options());
  if (!journal) return "cannot open: " + journal.error().to_string();
  const std::size_t last = (*journal)->last_durable().value;
  if (last < model.acknowledged)
    return fmt::format("{} records acknowledged, {} there", model.acknowledged, last);
  if (last > model.appended.size())
    return fmt::format("{} records appended, {} there", model.appended.size(), last);
  if ((*journal)->first_sequence() > model.retired) return "a segment that was not retired is gone";
  core::Result<std::vector<OwnedRecord>> all = read_all(**journal);
  if (!all) return "cannot read: " + all.error().to_string();
  for (const OwnedRecord& record : *all) {
    if (record != model.appended[record.sequence.value - 1])
      return fmt::format("record {} is another", record.sequence.value);
    if (record.key.is_none()) continue;
    const auto found = (*journal)->find_key(record.key);
    if (!found || *found != record.sequence)
      return fmt::format("the key of record {} is not found", record.sequence.value);
  }
  if (all->size() != last + 1 - (*journal)->first_sequence().value) return "the stream ends early";
  const core::Result<std::vector<OwnedRecord>> naive = read_naively(disk, "journal");
  if (!naive || *naive != *all) return "the naive reader sees something else";
  model.appended.resize(last);
  model.acknowledged = last;
  if (opened) *opened = *std::move(journal);
  return {};
}

namespace {
TEST(CrashScript, judge_notices_a_lost_and_an_altered_record) {
  sim::SimDisk disk;
  Model model;
  {
    auto journal = open_or_die(disk);
    ASSERT_TRUE(Script(7, 40).run(*journal, model));
    model.acknowledged = model.appended.size();
  }
  Model good = model;
  EXPECT_EQ(judge(disk, good), "");
  Model more = model;
  more.appended.push_back(make_record(more.appended.size() + 1));
  more.acknowledged = more.appended.size();
  EXPECT_NE(judge(disk, more), "");
  Model fewer = model;
  fewer.appended.pop_back();
  EXPECT_NE(judge(disk, fewer), "");
  Model other = model;
  other.appended.back().entry += "x";
  EXPECT_NE(judge(disk, other), "");
}
}  // namespace

}  // namespace tillwatch::journal
