#include "relay/projector.h"

#include <fmt/format.h>

#include "core/bytes.h"
#include "core/office_limits.h"
#include "crypto/hash.h"
#include "relay/rows.h"

namespace tillwatch::relay {

using core::ErrorCode;
using payment::AttributeId;

namespace {

// Bytes of records held at once: a record may have 320 KiB.
constexpr std::size_t step_bytes_soft = 1024 * 1024;
// Beyond this lag larger transactions are worth the longer turn: pages of the indexes are written less often.
constexpr std::uint64_t far_behind = 5000;

// The act that the entry came from is effective: here and nowhere else.
core::Status note_effect(sql::Connection& connection, core::Sequence sequence,
                         const payment::EntryView& entry) {
  const std::int64_t number = entry.get(AttributeId::act_number).integer();
  const std::string_view refusal = entry.text(AttributeId::act_refusal);
  TRY(changed,
      connection.execute("update outbox set sequence = $1, refusal = $2 where number = $3 and digest = $4 "
                         "and sequence is null",
                         {static_cast<std::int64_t>(sequence.value),
                          refusal.empty() ? sql::Parameter(std::monostate()) : sql::Parameter(refusal),
                          number, entry.text(AttributeId::act_digest)}));
  if (changed == 1) return {};
  return core::fail(
      ErrorCode::corrupt, "outbox",
      fmt::format("entry {} of the journal is act {} of this database, which does not have it, or "
                  "has it elsewhere; restore both from one backup",
                  sequence.value, number));
}

}  // namespace

std::string record_digest(core::Sequence sequence, std::string_view entry, std::string_view decision) {
  core::Bytes bytes;
  core::ByteWriter writer(bytes);
  writer.u64(sequence.value);
  writer.text(entry);
  writer.text(decision);
  return crypto::to_hex(crypto::sha256(bytes));
}

Projector::Projector(ports::Disk& disk, std::string directory, std::vector<Projection*> projections,
                     core::Sabotage sabotage)
    : disk_(disk),
      directory_(std::move(directory)),
      projections_(std::move(projections)),
      sabotage_(sabotage) {}

// What is projected can be projected again, so its commits need not wait for the disk: a power cut may take
// the last of them back, whole, and never one without those before it. A session of PostgreSQL that was lost
// comes back without the setting, which is why this is done again after each failure.
core::Status Projector::set_up(sql::Connection& connection) {
  if (connection.dialect() == sql::Dialect::postgres)
    return connection.script("set synchronous_commit = off");
  return connection.script(
      "pragma synchronous = normal; pragma wal_autocheckpoint = 32000; pragma cache_size = -131072");
}

core::Status Projector::find_position(sql::Connection& connection) {
  if (known_) return {};
  TRY_STATUS(set_up(connection));
  TRY(rows, connection.query("select p.sequence, c.epoch from projector_position p, outbox_counter c"
                             " where p.id = 1 and c.id = 1"));
  if (rows.empty())
    return core::fail(ErrorCode::corrupt, "projector_position", "its row is gone; restore the database");
  position_ = core::Sequence(static_cast<std::uint64_t>(rows[0].integer(0)));
  epoch_ = rows[0].text(1);
  reader_ = std::make_unique<journal::Reader>(disk_, directory_, core::Sequence(position_.value + 1));
  known_ = true;
  return {};
}

core::Status Projector::read(core::Sequence durable) {
  records_.clear();
  std::size_t bytes = 0;
  const std::size_t rows_max = durable.value - position_.value > far_behind
                                   ? core::limits::projector_rows_far_behind_max
                                   : core::limits::projector_rows_max;
  while (records_.size() < rows_max && bytes < step_bytes_soft) {
    TRY(record, reader_->next(durable));
    if (!record) break;
    bytes += record->entry.size() + record->decision.size();
    records_.push_back({record->sequence, std::string(record->entry), std::string(record->decision)});
  }
  return {};
}

core::Status Projector::write(sql::Connection& connection) {
  Rows rows;
  if (opened_.size() < records_.size()) opened_.resize(records_.size());
  std::vector<ProjectedRecord> seen;
  seen.reserve(records_.size());
  for (std::size_t i = 0; i < records_.size(); ++i) {
    const Kept& record = records_[i];
    Opened& opened = opened_[i];
    TRY_STATUS(opened.entry.decode(record.entry));
    if (!record.decision.empty()) TRY_STATUS(engine::decode(record.decision, opened.decision));
    seen.push_back({record.sequence, opened.entry, record.decision.empty() ? nullptr : &opened.decision});
    rows.take(seen.back());
  }
  TRY_STATUS(rows.write(connection));
  for (Projection* projection : projections_) projection->begin();
  for (const ProjectedRecord& record : seen) {
    if (record.entry.has(AttributeId::act_number) && record.entry.text(AttributeId::act_epoch) == epoch_)
      TRY_STATUS(note_effect(connection, record.sequence, record.entry));
    for (Projection* projection : projections_) TRY_STATUS(projection->project(connection, record));
  }
  for (Projection* projection : projections_) TRY_STATUS(projection->finish(connection));
  return {};
}

core::Status Projector::move_position(sql::Connection& connection) {
  const Kept& last = records_.back();
  const std::string digest = record_digest(last.sequence, last.entry, last.decision);
  TRY(moved, connection.execute(
                 "update projector_position set sequence = $1, digest = $2 where id = 1 and sequence = $3",
                 {static_cast<std::int64_t>(last.sequence.value), std::string_view(digest),
                  static_cast<std::int64_t>(position_.value)}));
  if (moved == 1) return {};
  return core::fail(ErrorCode::conflict, "projector_position",
                    "another program projects into this database; stop one of the two");
}

core::Result<bool> Projector::step_once(sql::Connection& connection, core::Sequence durable) {
  TRY_STATUS(find_position(connection));
  if (position_owed_) {
    TRY(late, sql::Transaction::begin(connection));
    TRY_STATUS(move_position(connection));
    TRY_STATUS(late.commit());
    position_owed_ = false;
  }
  if (position_ >= durable) return false;
  TRY_STATUS(read(durable));
  if (records_.empty()) return false;
  TRY(transaction, sql::Transaction::begin(connection));
  TRY_STATUS(write(connection));
  // Sabotaged, the position waits for the next turn: a kill between two turns is what the tests must notice.
  if (!sabotage_.projector_position_outside) TRY_STATUS(move_position(connection));
  TRY_STATUS(transaction.commit());
  position_owed_ = sabotage_.projector_position_outside;
  position_ = records_.back().sequence;
  return position_ < durable;
}

core::Result<bool> Projector::step(sql::Connection& connection, core::Sequence durable) {
  core::Result<bool> more = step_once(connection, durable);
  // Whatever failed, and also where a commit's answer was lost: the database says where it stands.
  if (!more) known_ = position_owed_ = false;
  return more;
}

}  // namespace tillwatch::relay
