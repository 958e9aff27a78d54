// Turns one row into its entries, as a mapping says, through the door. Called by MappedInput. A row gives all
// of its entries or none; what is wrong is said with column and remedy. Never rounds and never stores a card
// number.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/bytes.h"
#include "core/time.h"
#include "door/door.h"
#include "intake/mapping.h"
#include "intake/row.h"
#include "payment/entry.h"

namespace tillwatch::intake {

// What an import adds to every entry. A replay adds nothing.
struct Batch {
  std::string source;  // the batch id: attribute `source`; "" for a replay
  std::string prefix;  // of ids for rows that bring none: prefix:line:emit
};

// One entry made from a row.
struct Draft {
  core::TimeMs order = 0;  // arrival: its place among all entries
  payment::EntryKind kind = payment::EntryKind::transaction;
  std::uint8_t emit = 0;  // index in Mapping::emits
  core::Bytes bytes;      // canonical
};

// Of one row; reused, so that its memory stays.
struct RowEntries {
  core::TimeMs arrival = 0;
  std::uint64_t line = 0;
  std::size_t count = 0;  // of drafts in use
  std::vector<Draft> drafts;
};

class RowMapper {
 public:
  // `mapping` and `door` must outlive the mapper.
  RowMapper(const Mapping& mapping, door::Door& door, Batch batch);

  // Replaces `out`; false where the row is damaged, and `damage` says how.
  bool map(const Row& row, RowEntries& out, Damage& damage);

 private:
  bool time_of(const Row& row, const ValueSource& source, core::TimeMs& out, Damage& damage);
  bool holds(const Row& row, const std::vector<Condition>& when) const;
  bool assign(const Row& row, const Assignment& assignment, Damage& damage);
  core::Status put(const Assignment& assignment, std::string_view text);
  // The text of a source, trimmed and joined; borrowed until the next call.
  std::string_view text_of(const Row& row, const ValueSource& source);
  bool fail(const Row& row, const ValueSource& source, std::string why, Damage& damage) const;

  const Mapping& mapping_;
  door::Door& door_;
  Batch batch_;
  std::string client_;
  payment::EntryBuilder builder_;
  std::string joined_;
};

}  // namespace tillwatch::intake
