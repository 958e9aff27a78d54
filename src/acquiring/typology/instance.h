// One planted pattern, or one look-alike: honest trade that resembles it. Drawn from the seed, the typology
// and the thirty days in which it begins, so that any cut of the world meets the same ones. Called by the
// teller and the truth.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "traffic/trade.h"

namespace tillwatch::typology {

using traffic::CardNumber;
using traffic::Day;
using traffic::MerchantIndex;
using traffic::PersonNumber;
using world::TypologyId;
using world::World;

inline constexpr Day epoch_days = 30;
// The longest that anything of an instance lasts, from its first effect to its last.
inline constexpr Day instance_days_max = 420;

struct Instance {
  std::uint32_t number = 0;  // typology, epoch and place among them: the same in worlds of other seeds
  std::uint64_t key = 0;  // of the seed and the number: what else is drawn of the instance is drawn from it
  TypologyId id = TypologyId::self_swipe;
  bool planted = true;  // false: a look-alike
  std::uint8_t skill = 0;
  std::uint8_t channel = 0;
  std::uint16_t agent = 0;
  Day begins = 0;  // its first effect (silence before a burst counts)
  Day first = 0;   // its first act
  Day last = 0;    // its last act
  Day ends = 0;    // its last effect
  std::int32_t ramp_days = 0;
  std::array<std::int64_t, world::drawn_max> drawn{};
  std::vector<MerchantIndex> merchants;
  std::vector<CardNumber> cards;
  std::vector<std::int64_t> numbers;  // what else the typology keeps: days, places

  bool acts_on(Day day) const { return day >= first && day <= last; }
  // Whether it is at work on the day: from skill 1 on it works in spells of three days and rests between
  // them, so that its sums over a month are small and only the days of a spell stand out.
  bool works_on(Day day) const;
  // How strong it is on the day, in thousandths: it grows during its ramp.
  std::int64_t strength_permille(Day day) const {
    return day - first >= ramp_days ? 1000 : 1000 * (day - first + 1) / (ramp_days + 1);
  }
};

// The parts of an instance's number.
constexpr std::uint32_t number_of(TypologyId id, std::uint32_t epoch, std::uint32_t place, bool planted) {
  return (planted ? 1u << 26 : 0u) | (static_cast<std::uint32_t>(id) << 21) | (epoch << 14) | place;
}
constexpr bool is_planted(std::uint32_t number) {
  return (number >> 26 & 1) != 0;
}
constexpr TypologyId typology_of(std::uint32_t number) {
  return static_cast<TypologyId>(number >> 21 & 31);
}

// "self_swipe-p4012345": the same in every cut.
std::string name_of(std::uint32_t number);

// All instances that begin in the epoch (days / epoch_days), in a fixed order.
std::vector<Instance> begin_in_epoch(const World& world, Day epoch);

}  // namespace tillwatch::typology
