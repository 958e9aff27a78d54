// Tells a world day after day in arrival order. Called by `tillwatch simulate` and by tests. The parts of a
// day may be told by several threads; the order and the bytes do not depend on how many. Holds one day and
// what arrives later: memory does not grow with length.
#pragma once

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

class Teller {
 public:
  // `world` must outlive the teller.
  Teller(const World& world, const Cut& cut);

  // Prepares the next day; false when all are told.
  bool begin_day();
  std::size_t parts() const { return part_count; }
  // Appends what part `part` of the day brings, sorted by arrival. Any thread, each part once.
  void tell_part(std::size_t part, Events& out) const;
  // Takes the parts (they are emptied) and makes ready what arrives within the day.
  void end_day(std::vector<Events>& parts);

  Day day() const { return day_; }
  // What arrived within the day, in arrival order.
  std::span<const Event> ready() const { return ready_; }
  // The instances that begin with the day (and on the first day those that have begun before).
  std::span<const Instance> begun() const { return begun_; }
  // How many events and instances are held for later days.
  std::size_t held() const { return pending_.size() + active_.size() + waiting_.size(); }
  // True once the days before the first are over: only then there is anything ready.
  bool is_told() const { return day_ >= cut_.first; }

 private:
  static constexpr std::size_t people_parts = 30;
  static constexpr std::size_t part_count = people_parts + 2;
  // Labels come up to 120 days and an amendment of up to 20 days after the sale.
  static constexpr Day label_reach = 150;
  static constexpr Day sale_reach = 32;

  void renew_instances();
  void tell_instances(Events& out) const;
  void tell_wrong_labels(Events& out) const;
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
  Events pending_;  // sorted: arrives after the day
  Events ready_;
};

}  // namespace tillwatch::telling
