// Cards of the world: each number stands for one card for ever, with its token, its issuer and, on request, a
// whole number from public test ranges that no issuer gives out. Called by the flows and the writer.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "chance/distribution.h"
#include "chance/random.h"

namespace tillwatch::simulator {

using chance::golden_step;
using chance::key_of;
using chance::Lane;
using chance::lognormal;
using chance::mix64;
using chance::normal_q16;
using chance::poisson;
using chance::scale_by_power;
using chance::Stream;

// A card by number: person * 4 + 0 (debit) or 1 (credit); from `tested_cards` on, numbers that a tester runs
// through.
using CardNumber = std::uint64_t;
inline constexpr CardNumber tested_cards = CardNumber{1} << 40;

constexpr CardNumber card_of(std::uint64_t person, bool credit) {
  return person * 4 + (credit ? 1 : 0);
}
// The i-th card that the tester of this instance tries; i < 2^20.
constexpr CardNumber tested_card(std::uint32_t instance, std::uint32_t i) {
  return tested_cards + (CardNumber{instance} << 20) + i;
}

struct Card {
  std::string token;  // 16 letters that say nothing
  std::string_view bin;
  std::string_view brand;
  std::string_view issuer;
  std::string_view region;  // of the issuer
  bool credit = false;
};

Card make_card(std::uint64_t seed, CardNumber number);

// 16 digits that pass Luhn, in a test range of the card's brand. Numbers of a tester follow each other.
std::string whole_number(std::uint64_t seed, CardNumber number);

// 64 bits as 16 letters a..p: an identifier without a digit, so that it can never be taken for a card number.
std::string letters_of(std::uint64_t bits);

}  // namespace tillwatch::simulator
