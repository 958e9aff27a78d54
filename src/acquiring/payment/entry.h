// The entry: everything that can move the engine, in one canonical binary form (docs/formats/entry.md).
// Built by the doors (EntryBuilder), stored by the journal as bytes, read by the engine (EntryView): live
// traffic and replay see the very same bytes. Never holds a card number, a name, an identity number or a
// phone.
#pragma once

#include <array>
#include <bitset>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/bytes.h"
#include "core/error.h"
#include "core/time.h"
#include "payment/attribute.h"
#include "payment/value.h"

namespace tillwatch::payment {

inline constexpr std::uint8_t entry_format_version = 1;

// Numbers are stable: journals store them, and window definitions use them as bits.
enum class EntryKind : std::uint8_t {
  transaction = 1,
  outcome = 2,
  label = 3,
  terminal_status = 4,
  log_in = 5,
  advert = 6,
  registry_command = 7,
  policy_swap = 8,
  list_change = 9,
  tick = 10,
  retract = 11,
  decision = 12,  // the engine's own decision as a fact: never journalled as an entry, only seen by windows
  act = 13,       // something a person did in the back office that moves nothing here: the engine counts it
};
inline constexpr int entry_kind_count = 14;

std::string_view name_of(EntryKind kind);
const EntryKind* find_entry_kind(std::string_view name);  // nullptr where there is none

enum EntryFlag : std::uint16_t {
  flag_history = 1,  // moves windows, decides nothing
  flag_event_time_replaced =
      2,  // the caller's event time lay outside the admitted span; raw_event_time keeps it
  flag_event_time_missing = 4,  // the caller gave none; event_time is admitted_at
  flag_orphan = 8,              // names an original that was not found at admission
};

struct EntryHeader {
  EntryKind kind = EntryKind::transaction;
  std::uint16_t flags = 0;
  core::TimeMs admitted_at = 0;     // ours, monotone over the journal
  core::TimeMs event_time = 0;      // what windows use
  core::TimeMs raw_event_time = 0;  // what the caller said; equal to event_time unless replaced
  bool history() const { return (flags & flag_history) != 0; }
};

using Digest128 = std::array<unsigned char, 16>;

// Collects attributes and writes the canonical bytes. Reusable: clear() keeps the memory.
class EntryBuilder {
 public:
  EntryHeader header;

  void clear();
  // Replaces an earlier value of the same attribute. The text is copied.
  void set(AttributeId id, const Value& value);
  // An attribute without a number. Errors: limit (name or text too long, too many), invalid (empty name).
  core::Status set_extra(std::string_view name, const Value& value);
  // Absent where it was not set. The view is valid until the next set.
  Value get(AttributeId id) const;

  // Replaces `out` with the canonical bytes. Errors: limit (a text over entry_text_bytes_max, the whole over
  // entry_bytes_max), invalid (a value whose type is not the attribute's).
  core::Status encode(core::Bytes& out) const;

 private:
  struct Stored {
    Value::Type type = Value::Type::absent;
    std::int64_t integer = 0;
    double decimal = 0;
    std::string text;
    Value view() const;
    static Stored of(const Value& value);
  };
  std::vector<std::pair<AttributeId, Stored>> attributes_;  // by ascending number
  std::vector<std::pair<std::string, Stored>> extras_;      // by name
};

// A decoded entry. Borrows the bytes it was decoded from. Reusable without allocation beyond the extras'
// vector.
class EntryView {
 public:
  struct Extra {
    std::string_view name;
    Value value;
  };

  // Errors: corrupt (not canonical, truncated, unknown kind, wrong type), unsupported (a newer format
  // version).
  core::Status decode(std::string_view bytes);

  const EntryHeader& header() const { return header_; }
  EntryKind kind() const { return header_.kind; }
  Value get(AttributeId id) const { return present_.test(slot_of(id)) ? values_[slot_of(id)] : Value(); }
  bool has(AttributeId id) const { return present_.test(slot_of(id)); }
  // "" where it is absent.
  std::string_view text(AttributeId id) const {
    return has(id) ? values_[slot_of(id)].text() : std::string_view();
  }
  const std::vector<Extra>& extras() const { return extras_; }
  Value extra(std::string_view name) const;
  std::string_view bytes() const { return bytes_; }

  // The engine's own additions (card.id, original's facts): not part of the bytes. Only internal attributes.
  void assign(AttributeId id, const Value& value);
  // Takes over the attributes of another view under another header: the engine's own fact about it (kind
  // decision). Borrows what the other borrows.
  void become_decision(const EntryView& other, const EntryHeader& header);

 private:
  EntryHeader header_;
  std::string_view bytes_;
  std::bitset<attribute_slot_count> present_;
  std::array<Value, attribute_slot_count> values_;
  std::vector<Extra> extras_;
};

// The idempotency key: digest of (client, kind, id). Zero where the entry names no id.
Digest128 key_of(const EntryView& entry);

// Digests of the content that a caller controls: everything but the admission header. Two where the entry
// carries its card under two keys. Two entries have the same content iff they share a digest.
std::vector<Digest128> content_digests(const EntryView& entry);
bool same_content(const EntryView& a, const EntryView& b);

// Keeps the digests of the builder's present content in it, because it is about to be completed with what the
// caller did not send.
core::Status keep_content_digest(EntryBuilder& entry);

}  // namespace tillwatch::payment
