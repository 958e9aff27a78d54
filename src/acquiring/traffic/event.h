// What happens in the world, before it is written: a sale, its answer, a registry command, a label. Made by
// the flows and the typologies, rendered by the writers. Small and without text, so that a day of many
// merchants fits in memory.
#pragma once

#include <cstdint>
#include <vector>

#include "core/time.h"
#include "world/calendar.h"
#include "world/merchant.h"
#include "world/person.h"

namespace tillwatch::traffic {

using world::CardNumber;
using world::Day;
using world::MerchantIndex;
using world::PersonNumber;
using world::Point;
using world::TerminalNumber;

// The order of kinds is the order of events that arrive at one instant.
enum class EventKind : std::uint8_t { registry, transaction, outcome, label };
enum class TxType : std::uint8_t { sale, refund, reversal };
enum class EntryMode : std::uint8_t { contactless, chip, stripe, qr };
enum class Cvm : std::uint8_t { none, pin, signature };
enum class Fix : std::uint8_t { gps, cell, none };
enum class Instrument : std::uint8_t { card, unionpay_qr, wechat, alipay };

enum class Response : std::uint8_t {
  approved,        // 00
  do_not_honour,   // 05
  invalid_number,  // 14
  no_funds,        // 51
  expired,         // 54
  wrong_pin,       // 55
  over_limit,      // 61
  unavailable,     // 91
  malfunction      // 96
};

enum class Fact : std::uint8_t {
  agent_known,
  merchant_opened,
  terminal_bound,
  account_changed,     // Event::account
  rate_changed,        // Event::rate_e6
  promotion_notified,  // Event::value: until when
  reverified,          // Event::value: when
  relocation_filed,    // Event::place
  rate_notified,       // Event::value: from when Event::rate_e6 holds
  person_known,        // Event::value: who stands behind the merchant
};

enum class LabelType : std::uint8_t { chargeback, issuer_notice, complaint, inspection };

// Who made an event, by which the identifier is numbered.
enum class Maker : std::uint8_t { person = 0, instance = 1, merchant = 2, agent = 3 };
enum class Track : std::uint8_t {
  sale = 0,
  retry = 1,
  refund = 2,
  reversal = 3,
  label = 4,
  amendment = 5,
  command = 6,
};

// An identifier in parts; the writer renders it so that it says nothing. entity < 2^28, index < 2^14.
using EventId = std::uint64_t;
constexpr EventId event_id(Maker maker, std::uint32_t entity, Day day, Track track, std::uint32_t index) {
  return (static_cast<EventId>(maker) << 60) | (EventId{entity} << 32) |
         ((static_cast<EventId>(day) & 0x7fff) << 17) | (static_cast<EventId>(track) << 14) | index;
}
// The same event on another track: the retry, reversal or refund of a sale.
constexpr EventId on_track(EventId id, Track track) {
  return (id & ~(EventId{7} << 14)) | (static_cast<EventId>(track) << 14);
}
// The answer to a transaction has an identifier of its own.
constexpr EventId outcome_id(EventId transaction) {
  return transaction | (EventId{1} << 62);
}

inline constexpr std::uint8_t own_code = 255;

struct Event {
  core::TimeMs arrival = 0;
  core::TimeMs time = 0;
  EventId id = 0;
  EventId original = 0;  // of the transaction that this one answers, refunds, reverses or labels; 0: none
  CardNumber card = 0;
  std::int64_t amount = 0;    // minor units; of a label: that of the transaction it is about
  std::int64_t fee = 0;       // minor units
  std::int64_t value = 0;     // of a registry fact
  std::uint64_t account = 0;  // that the merchant is settled to (world::own_account, other_account)
  std::uint64_t counter = 0;  // of the terminal's keys
  Point place{};
  MerchantIndex merchant = 0;
  TerminalNumber terminal = 0;
  std::uint32_t instance = 0;  // number of the instance + 1 that made or touched it; 0: ordinary life
  std::int32_t rate_e6 = 0;
  std::int32_t latency_ms = 0;
  EventKind kind = EventKind::transaction;
  TxType type = TxType::sale;
  EntryMode entry_mode = EntryMode::chip;
  Cvm cvm = Cvm::none;
  Fix fix = Fix::gps;
  Instrument instrument = Instrument::card;
  Response response = Response::approved;
  Fact fact = Fact::merchant_opened;
  LabelType label = LabelType::chargeback;
  std::uint8_t code_kind = 0;  // the kind under whose code the merchant trades
  bool same_day = false;       // settled on the same day
  bool offline = false;        // stored and forwarded
  bool deposit = false;
  bool sim_fee = false;
  bool fraud = false;  // of a label: what it says; of a transaction: that it is itself the fraud (truth,
                       // never written)
};

using Events = std::vector<Event>;

// Arrival order; ties by kind, then by identifier, so that no sort can change a byte.
constexpr bool arrives_before(const Event& a, const Event& b) {
  if (a.arrival != b.arrival) return a.arrival < b.arrival;
  if (a.kind != b.kind) return a.kind < b.kind;
  return a.id < b.id;
}

}  // namespace tillwatch::traffic
