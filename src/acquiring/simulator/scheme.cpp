#include "simulator/scheme.h"

#include <algorithm>

#include "simulator/flow.h"

namespace tillwatch::simulator {

Day quick_onset(const World& world, Stream& random, int length) {
  const int room = std::max(1, world.config().days - length + 1);
  return world.config().first_day + random.below(static_cast<std::uint32_t>(room));
}

Day slow_onset(const World& world, Stream& random, int before) {
  const int spare = world.config().days - before - 3;
  if (spare >= 3) return world.config().first_day + random.below(static_cast<std::uint32_t>(spare));
  return world.config().first_day - before - random.below(4);
}

Stage::Stage(const World& world, const Instance& instance, Day day, Events& out)
    : world_(world),
      instance_(instance),
      day_(day),
      out_(out),
      random_(world.seed(), Lane::act, instance.number, day) {}

const Merchant& Stage::merchant(std::uint32_t i) const {
  CHECK(i < instance_.merchant_count);
  return world_.merchants()[instance_.first_merchant + i];
}

EventId Stage::sale(const Act& act) {
  Event event;
  event.merchant = instance_.first_merchant + act.merchant;
  event.id = event_id(merchant(act.merchant).number, day_, Track::act, next_++);
  event.time = event.arrival = act.time;
  event.card = act.card;
  event.amount = act.amount;
  event.terminal = act.terminal;
  event.type = act.type;
  event.entry_mode = act.entry_mode;
  event.cvm = act.cvm;
  event.response = act.response;
  event.original = act.original;
  event.instance = static_cast<std::int32_t>(&instance_ - world_.instances().data());
  append_answered(world_, event, day_, random_, out_);
  return event.id;
}

EventId Stage::sale_at(const Act& act, std::int32_t latitude_e6, std::int32_t longitude_e6, FixSource fix) {
  const std::size_t before = out_.size();
  const EventId id = sale(act);
  for (std::size_t i = before; i < out_.size(); ++i) {
    out_[i].latitude_e6 = latitude_e6;
    out_[i].longitude_e6 = longitude_e6;
    out_[i].fix = fix;
  }
  return id;
}

void Stage::registry(core::TimeMs time, Fact fact, std::int64_t value, std::uint8_t terminal,
                     std::uint32_t merchant_index) {
  Event event;
  event.kind = EventKind::registry;
  event.merchant = instance_.first_merchant + merchant_index;
  event.id = event_id(merchant(merchant_index).number, day_, Track::command, 16 + next_++);
  event.time = event.arrival = time;
  event.fact = fact;
  event.value = value;
  event.terminal = terminal;
  out_.push_back(event);
}

core::TimeMs Stage::moment(std::int64_t from_minute, std::int64_t to_minute) {
  return time_of(day_, 0) + random_.between(from_minute * core::minute_ms, to_minute * core::minute_ms - 1);
}

std::int64_t Stage::ticket(std::uint32_t merchant_index) {
  return draw_ticket(merchant(merchant_index), random_);
}

CardNumber Stage::stranger(bool credit, std::uint32_t merchant_index) {
  return card_of(world_.neighbour(merchant(merchant_index), random_), credit);
}

}  // namespace tillwatch::simulator
