#include "typology/casting.h"

#include <algorithm>

namespace tillwatch::typology {

using chance::key_of;
using chance::Lane;

Casting::Casting(const World& world, Instance& instance)
    : world_(world), instance_(instance), random_(world.seed(), Lane::cast, instance.number) {}

bool Casting::has(MerchantIndex merchant) const {
  return std::ranges::find(instance_.merchants, merchant) != instance_.merchants.end();
}

// In a large world each typology, planted and look-alike, has merchants of its own for half a year, so that
// one shop seldom tells two stories at once; `particular` asks for one of these. Shops that fall silent
// before a burst are every twelfth, else the few of a small world would wake again and again.
MerchantIndex Casting::trial(bool particular) {
  const auto at = random_.below(static_cast<std::uint32_t>(world_.merchants().size()));
  const world::Merchant& merchant = world_.merchant(at);
  const bool careless =
      random_.below(1000) >= static_cast<std::uint32_t>(world_.agents()[merchant.agent].quality_permille) / 2;
  if (instance_.planted && !careless) return none;
  if (merchant.opened > instance_.begins) return none;
  const auto stories = static_cast<std::uint64_t>(world::typology_count) * 2;
  const auto is_of = [&](TypologyId id, bool planted, Day half) {
    if (id == TypologyId::dormant_burst && planted)
      return key_of(world_.seed(), Lane::cast, at, half, 98) % 12 == 0;
    const std::uint64_t own = static_cast<std::uint64_t>(id) * 2 + (planted ? 0 : 1);
    return key_of(world_.seed(), Lane::cast, at, half, 99) % stories == own;
  };
  const Day half = instance_.begins / 180;
  const auto sleeps = [&](bool planted) {
    return is_of(TypologyId::dormant_burst, planted, half - 1) ||
           is_of(TypologyId::dormant_burst, planted, half) ||
           is_of(TypologyId::dormant_burst, planted, half + 1);
  };
  // Silence that a burst or a season breaks must be silence: nobody else is sent to such a shop, and no other
  // shop falls silent. A rate that rises breaks no silence; were it spared, its old rate would give it away.
  const bool silent = instance_.id == TypologyId::dormant_burst;
  const bool quiet = instance_.id == TypologyId::silent_fee_rise;
  if (!quiet && !(silent && instance_.planted) && sleeps(true)) return none;
  if (!quiet && !silent && sleeps(false)) return none;
  return !(particular || silent) || is_of(instance_.id, instance_.planted, half) ? at : none;
}

std::uint8_t Casting::other_city(std::uint8_t city) {
  const auto count = static_cast<std::uint32_t>(world_.settings().population.cities);
  if (count < 2) return city;
  const std::uint32_t at = random_.below(count - 1);
  return static_cast<std::uint8_t>(at >= city ? at + 1 : at);
}

}  // namespace tillwatch::typology
