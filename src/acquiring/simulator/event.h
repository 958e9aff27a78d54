// What happens in the world, before it is written: a sale, its answer, a registry command. Called by the
// flows and the typologies, which make events, and by the writer, which renders them. Small and without text,
// so that a day of many merchants fits in memory.
#pragma once

#include <cstdint>
#include <vector>

#include "core/time.h"
#include "simulator/calendar.h"
#include "simulator/card.h"

namespace tillwatch::simulator {

// The order of kinds is the order of events at one instant.
enum class EventKind : std::uint8_t { registry, transaction, outcome };
enum class TxType : std::uint8_t { sale, refund, reversal };
enum class EntryMode : std::uint8_t { contactless, chip, stripe, qr };
enum class Cvm : std::uint8_t { none, pin, signature };
enum class FixSource : std::uint8_t { gps, cell };

enum class Response : std::uint8_t {
  approved,           // 00
  do_not_honour,      // 05
  invalid_number,     // 14
  expired,            // 54
  no_funds,           // 51
  wrong_pin,          // 55
  over_limit,         // 61
  issuer_unavailable  // 91
};

enum class Fact : std::uint8_t {
  merchant_opened,
  terminal_active,
  terminal_scrapped,
  promotion_notified,  // `value`: until when, TimeMs
  reverified,          // `value`: when, TimeMs
};

// An identifier in parts; the writer renders it so that it says nothing.
enum class Track : std::uint8_t { sale = 0, retry = 1, refund = 2, reversal = 3, act = 4, command = 5 };
using EventId = std::uint64_t;
// merchant < 2^21, index < 2^24.
constexpr EventId event_id(std::uint32_t merchant, Day day, Track track, std::uint32_t index) {
  return (EventId{merchant} << 43) | ((static_cast<EventId>(day) & 0x7fff) << 28) |
         (static_cast<EventId>(track) << 25) | index;
}
// The answer to a transaction has an identifier of its own.
constexpr EventId outcome_id(EventId transaction) {
  return transaction | (EventId{1} << 24);
}

struct Event {
  core::TimeMs arrival = 0;
  core::TimeMs time = 0;
  EventId id = 0;
  EventId original = 0;  // of the transaction that this one answers, refunds or reverses; 0: none
  CardNumber card = 0;
  std::int64_t amount = 0;  // minor units
  std::int64_t value = 0;   // of a registry fact
  std::int32_t latitude_e6 = 0;
  std::int32_t longitude_e6 = 0;
  std::uint32_t merchant = 0;  // index in World::merchants()
  std::int32_t instance = -1;  // index in World::instances(), -1: ordinary life
  std::uint8_t terminal = 0;   // index in Merchant::terminals
  EventKind kind = EventKind::transaction;
  TxType type = TxType::sale;
  EntryMode entry_mode = EntryMode::chip;
  Cvm cvm = Cvm::none;
  FixSource fix = FixSource::gps;
  Response response = Response::approved;
  Fact fact = Fact::merchant_opened;
  bool answered = false;  // the answer is known and written with the transaction (files of earlier days)
  bool offline = false;   // stored and forwarded
};

using Events = std::vector<Event>;

// Arrival order; ties by kind, then by identifier, so that no sort can change a byte.
constexpr bool arrives_before(const Event& a, const Event& b) {
  if (a.arrival != b.arrival) return a.arrival < b.arrival;
  if (a.kind != b.kind) return a.kind < b.kind;
  return a.id < b.id;
}

}  // namespace tillwatch::simulator
