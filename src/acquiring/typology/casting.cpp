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
// one shop seldom tells two stories at once; `particular` asks for one of these.
MerchantIndex Casting::trial(bool particular) {
  const auto at = random_.below(static_cast<std::uint32_t>(world_.merchants().size()));
  const world::Merchant& merchant = world_.merchant(at);
  const bool careless =
      random_.below(1000) >= static_cast<std::uint32_t>(world_.agents()[merchant.agent].quality_permille) / 2;
  if (instance_.planted && !careless) return none;
  if (merchant.opened > instance_.begins) return none;
  if (!particular) return at;
  const auto stories = static_cast<std::uint64_t>(world::typology_count) * 2;
  const std::uint64_t own = static_cast<std::uint64_t>(instance_.id) * 2 + (instance_.planted ? 0 : 1);
  return key_of(world_.seed(), Lane::cast, at, instance_.begins / 180, 99) % stories == own ? at : none;
}

std::uint8_t Casting::other_city(std::uint8_t city) {
  const auto count = static_cast<std::uint32_t>(world_.settings().population.cities);
  if (count < 2) return city;
  const std::uint32_t at = random_.below(count - 1);
  return static_cast<std::uint8_t>(at >= city ? at + 1 : at);
}

}  // namespace tillwatch::typology
