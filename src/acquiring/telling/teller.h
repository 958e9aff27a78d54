// Tells a world in arrival order, in turns: a day, or a slice of a day that is large. Called by `tillwatch
// simulate` and by tests. The parts of a turn may be told by several threads; neither their number nor the
// size of the slices changes a byte. Holds one turn and what arrives later: memory does not grow with length.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "traffic/trade.h"
#include "typology/instance.h"

namespace tillwatch::telling {

using traffic::Day;
using traffic::Event;
using traffic::Events;
using typology::Instance;
using world::World;

// What is told of a world. Cutting changes nothing of what remains: the events that arrive within the days,
// at merchants of the city.
struct Cut {
  Day first = 0;
  Day last = 0;                      // both included
  std::optional<std::uint8_t> city;  // index in world::cities()
};

// The purchases that are told in one turn, about: as many threads share them well and take little room.
inline constexpr std::size_t slice_purchases = 24'000;

class Teller {
 public:
  // `world` must outlive the teller. A day on which about more than `slice` purchases are made is told in
  // turns of about so many; 0: always in one.
  Teller(const World& world, const Cut& cut, std::size_t slice = 0);

  // Prepares the next turn; false when all are told. A day in slices begins with a turn that only plans them.
  bool begin_turn();
  std::size_t parts() const { return part_count; }
  // Appends what part `part` of the turn brings, sorted by arrival. Any thread, each part once.
  void tell_part(std::size_t part, Events& out);
  // Takes the parts (they are emptied) and makes ready what arrives within the turn.
  void end_turn(std::vector<Events>& parts);
  // The same, for those who asked for no slices: a turn is a day.
  bool begin_day() { return begin_turn(); }
  void end_day(std::vector<Events>& parts) { end_turn(parts); }

  Day day() const { return day_; }
  // What arrived within the turn, in arrival order.
  std::span<const Event> ready() const { return ready_; }
  // The instances that begin with the day (and on the first day those that have begun before).
  std::span<const Instance> begun() const { return begun_; }
  // How many events and instances are held for later days.
  std::size_t held() const { return pending_.size() + active_.size() + waiting_.size(); }
  // How many events are held within the day, ready ones included.
  std::size_t held_in_day() const { return ready_.size() + held_.size() + later_.size(); }
  // True once the days before the first are over: only then there is anything ready.
  bool is_told() const { return day_ >= cut_.first; }
  // Whether the turn is the first or the last of its day.
  bool begins_day() const { return slice_ == 0; }
  bool ends_day() const { return slice_ + 1 >= ends_.size(); }

 private:
  static constexpr std::size_t people_parts = 30;
  static constexpr std::size_t part_count = people_parts + 2;
  // Labels come up to 120 days and an amendment of up to 20 days after the sale.
  static constexpr Day label_reach = 150;
  static constexpr Day sale_reach = 32;
  // What is filed holds as long as an instance does, and its instance may have begun as long before.
  static constexpr Day filing_reach = typology::instance_days_max;

  void begin_next_day();
  void renew_instances();
  void plan_part(std::size_t part);
  void divide_day();
  core::TimeMs ready_until() const;
  void make_ready(const std::vector<Events>& parts, core::TimeMs until);
  void tell_people(std::size_t part, Events& out) const;
  void tell_instances(Events& out) const;
  void tell_wrong_labels(Events& out) const;
  void as_filed_before(Event& event) const;
  bool keeps(const Event& event) const;

  const World& world_;
  Cut cut_;
  Day day_;
  std::optional<traffic::Trade> trade_;
  traffic::DayOverlays overlays_;
  std::vector<Instance> active_;
  std::vector<Instance> begun_;
  std::vector<Instance> ended_;    // shortly before the first day: what follows of their sales is told
  std::vector<Instance> waiting_;  // of the present epoch, not begun yet
  Day epoch_ = -1;
  std::size_t slice_purchases_;
  std::array<traffic::Plans, people_parts> plans_;  // by time; empty where the day is told in one turn
  std::vector<std::uint32_t> ends_;  // of the slices: one past the last planned millisecond of the day
  std::size_t slice_ = 0;
  Events pending_;              // sorted: of days before, arrives after them
  std::size_t pending_at_ = 0;  // up to here it was made ready
  Events held_;                 // sorted: of slices before, arrives on the day
  Events later_;                // arrives after the day
  Events ready_;
};

}  // namespace tillwatch::telling
