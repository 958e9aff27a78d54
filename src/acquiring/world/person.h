// People and their cards. Nobody is kept: a person is drawn from the seed and the number each time. Called by
// flows, typologies and writers.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "world/merchant.h"

namespace tillwatch::world {

struct Person {
  PersonNumber number = 0;
  std::uint8_t city = 0;
  Point home;
  std::int32_t income_permille = 1000;
  std::uint8_t credit_cards = 0;  // 0..3
  std::uint8_t bill_day = 1;      // 1..28, of the credit cards
};

// A card by number: person * 4 + 0 (debit) or 1..3 (credit); from `strange_cards` on, numbers without a
// person (tried by testers).
using CardNumber = std::uint64_t;
inline constexpr CardNumber strange_cards = CardNumber{1} << 40;
constexpr CardNumber card_of(PersonNumber person, std::uint32_t which) {
  return CardNumber{person} * 4 + which;
}
// The i-th number that a tester in the city tries in the `bank`-th range of its instance; i < 2^16, bank <
// 16, instance < 2^28.
constexpr CardNumber strange_card(std::uint8_t city, std::uint32_t instance, std::uint32_t bank,
                                  std::uint32_t i) {
  return strange_cards + (CardNumber{city} << 50) + (CardNumber{instance} << 20) + (CardNumber{bank} << 16) +
         i;
}

struct Card {
  std::uint64_t token = 0;  // rendered as letters; says nothing
  std::string_view bin;
  std::string_view brand;
  std::string_view issuer;
  std::string_view region;  // of the issuer's branch
  bool credit = false;
  std::uint16_t last_four = 0;
};

// The limit of a credit card, minor units.
Amount limit_of(const Settings& settings, CardNumber number);

// 64 bits as 16 letters a..p: an identifier without a digit, so that it can never be taken for a card number.
void append_letters(std::string& out, std::uint64_t bits);

}  // namespace tillwatch::world
