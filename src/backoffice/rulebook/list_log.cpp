#include "rulebook/list_log.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "payment/card_digits.h"
#include "payment/entry.h"
#include "ports/random.h"
#include "registry/made_id.h"

namespace tillwatch::rulebook {
namespace {

using payment::AttributeId;

// An id out of the record's place, so that projecting again makes the same.
class SequenceBytes final : public ports::Random {
 public:
  explicit SequenceBytes(std::uint64_t sequence) : left_(sequence) {}
  void fill(std::span<std::byte> out) override {
    for (std::size_t i = out.size(); i-- > 0; left_ >>= 8) out[i] = static_cast<std::byte>(left_ & 0xff);
  }

 private:
  std::uint64_t left_;
};

struct Told {
  std::string_view list, value, by;
  std::string shown;
};

// Of a card its mask, also where only its keyed reference came.
std::string shown_of(const payment::EntryView& entry, std::string_view value) {
  const std::string_view masked = entry.text(AttributeId::card_masked);
  if (!masked.empty()) return std::string(masked);
  if (value == entry.text(AttributeId::card_reference)) return "card";
  return payment::masked_digit_runs(value);
}

// Items of acts that the journal has behind this record stay: the engine hears of them later.
core::Status end_standing(sql::Connection& connection, const relay::ProjectedRecord& record, const Told& told,
                          std::string_view word) {
  TRY_STATUS(connection.execute(
      "update rulebook_list_item set ended_at = $3, end_word = $4, ended_by = $5"
      " where list = $1 and value = $2 and ended_at = 0 and (act = 0 or exists"
      " (select 1 from outbox o where o.number = rulebook_list_item.act and o.sequence < $6))",
      {told.list, told.value, record.entry.header().admitted_at, word, told.by,
       static_cast<std::int64_t>(record.sequence.value)}));
  return {};
}

core::Status insert(sql::Connection& connection, const relay::ProjectedRecord& record, const Told& told) {
  const core::TimeMs at = record.entry.header().admitted_at;
  SequenceBytes place(record.sequence.value);
  const std::string id = registry::make_id("lit", at, place);
  const std::string_view owner = record.entry.text(AttributeId::list_owner);
  const payment::Value ends = record.entry.get(AttributeId::list_expires_at);
  TRY_STATUS(connection.execute(
      "insert into rulebook_list_item (id, list, value, shown, decision, owner, reason, note, expires_at,"
      " made_by, made_at, act, proposal, ended_at, end_word, ended_by, end_note, end_act, end_proposal)"
      " values ($1, $2, $3, $4, 0, $5, $6, '', $7, $8, $9, 0, '', 0, '', '', '', 0, '')"
      " on conflict do nothing",
      {std::string_view(id), told.list, told.value, std::string_view(told.shown),
       owner.empty() ? told.by : owner, record.entry.text(AttributeId::list_reason),
       ends.absent() ? std::int64_t{0} : ends.integer(), told.by, at}));
  return {};
}

}  // namespace

core::Status ListLog::project(sql::Connection& connection, const relay::ProjectedRecord& record) {
  const payment::EntryView& entry = record.entry;
  if (entry.kind() != payment::EntryKind::list_change) return {};
  Told told{entry.text(AttributeId::list_name), entry.text(AttributeId::list_value), "", ""};
  if (told.value.empty()) told.value = entry.text(AttributeId::card_reference);
  if (told.list.empty() || told.value.empty()) return {};
  const bool adds = entry.text(AttributeId::list_action) == "add";
  if (entry.has(AttributeId::act_number)) {
    // The desk has written its rows; what came in by another way before the engine heard this one ends now.
    if (adds) return {};
    told.by = entry.text(AttributeId::act_actor);
    TRY_STATUS(
        connection.execute("update rulebook_list_item set ended_at = $3, end_word = 'removed', ended_by = $4"
                           " where list = $1 and value = $2 and ended_at = 0 and act = 0",
                           {told.list, told.value, entry.header().admitted_at, told.by}));
    return {};
  }
  const std::string by = "client:" + std::string(entry.text(AttributeId::client));
  told.by = by;
  told.shown = shown_of(entry, told.value);
  TRY_STATUS(end_standing(connection, record, told, adds ? "replaced" : "removed"));
  if (!adds) return {};
  return insert(connection, record, told);
}

}  // namespace tillwatch::rulebook
