// What an acquirer books on one of its days, and when and how it sends it. Made from the told events; read by
// the renderers of this module. Holds one day: memory does not depend on how long the world is.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <vector>

#include "telling/teller.h"
#include "world/world.h"

namespace tillwatch::agent_files {

using traffic::Day;
using traffic::Event;
using traffic::Events;
using world::World;

// A day of a channel. Transactions stand as their answers, with `id` the transaction's.
struct Statement {
  std::uint8_t channel = 0;
  Day day = 0;
  Events transactions;  // as answered, by event time
  Events news;          // labels and registry commands, in arrival order
};

// The minute after midnight at which the channel's day ends.
std::int64_t day_cut_minute(const World& world, std::uint8_t channel);

// How the file of a day reaches the agent.
struct Fate {
  bool missing = false;    // it never does
  bool corrected = false;  // first with rows left out, later whole
  bool late = false;
  core::TimeMs delivered = 0;
  core::TimeMs corrected_at = 0;
};
Fate fate_of(const World& world, std::uint8_t channel, Day day);

// Collects the events of told days into the acquirers' days.
class Book {
 public:
  // `world` must outlive the book.
  Book(const World& world, const telling::Cut& cut);

  // Takes what arrived on `day` (Teller::ready), at once or turn by turn.
  void add(Day day, std::span<const Event> events);
  // Gives the statements of the acquirers' days that ended with it, by channel. A day of which the cut has
  // only a part is left out.
  std::vector<Statement> end_day(Day day);
  // Both, for a day that is told at once.
  std::vector<Statement> take(Day day, std::span<const Event> events);

 private:
  const World& world_;
  Day first_;
  std::vector<std::int64_t> cut_minutes_;
  std::vector<Statement> open_;   // of the day, by channel
  std::vector<Statement> after_;  // what came after their end
  struct Original {
    traffic::EventId id = 0;
    Day seen = 0;
  };
  std::map<traffic::EventId, Original> originals_;  // of refunds and reversals of the last two days
};

}  // namespace tillwatch::agent_files
