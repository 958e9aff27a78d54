// Finds those who take part in an instance: merchants, people, cards. Called by the patterns' cast functions.
// Draws by trial, so that a world of any size has somebody to offer or nobody.
#pragma once

#include <cstdint>
#include <optional>

#include "typology/instance.h"

namespace tillwatch::typology {

using chance::Stream;

class Casting {
 public:
  Casting(const World& world, Instance& instance);

  Stream& random() { return random_; }
  // A merchant that is open on the instance's first day and for which `fits` holds; nobody after 200 trials.
  // Careless agents' merchants are found more readily for planted instances.
  template <class Fits>
  std::optional<MerchantIndex> merchant(const Fits& fits) {
    for (int tries = 0; tries < 200; ++tries) {
      const MerchantIndex at = trial(tries < 100);
      if (at != none && fits(world_.merchant(at))) return at;
    }
    return std::nullopt;
  }
  std::optional<MerchantIndex> merchant() {
    return merchant([](const world::Merchant&) { return true; });
  }
  // Up to `count` different merchants that fit, appended to the instance.
  template <class Fits>
  void merchants(std::int64_t count, const Fits& fits) {
    for (std::int64_t i = 0; i < count; ++i) {
      const auto found =
          merchant([&](const world::Merchant& merchant) { return !has(merchant.number) && fits(merchant); });
      if (!found) return;
      instance_.merchants.push_back(*found);
    }
  }
  bool has(MerchantIndex merchant) const;
  // A person of the city; a card of a person: credit, or debit.
  PersonNumber person(std::uint8_t city) { return world_.person_in(city, random_.next()); }
  CardNumber credit_card(PersonNumber person) const { return world::card_of(person, 1); }
  CardNumber debit_card(PersonNumber person) const { return world::card_of(person, 0); }
  // A card of the person such as customers of the shop pay with: credit as often as theirs.
  CardNumber usual_card(PersonNumber person, const world::Merchant& shop) {
    const auto credit = static_cast<std::uint32_t>(world_.kind_of(shop).credit_permille) * 1000;
    return random_.chance(credit) ? credit_card(person) : debit_card(person);
  }
  // A city other than this one, where there is one.
  std::uint8_t other_city(std::uint8_t city);

 private:
  static constexpr MerchantIndex none = ~MerchantIndex{0};
  MerchantIndex trial(bool particular);

  const World& world_;
  Instance& instance_;
  Stream random_;
};

}  // namespace tillwatch::typology
