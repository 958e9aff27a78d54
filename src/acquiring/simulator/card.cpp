#include "simulator/card.h"

#include <array>

#include "chance/random.h"

namespace tillwatch::simulator {
namespace {

// Public test ranges of the schemes (their developer pages publish numbers in them); shares in thousandths.
struct Range {
  std::string_view bin;
  std::string_view brand;
  std::string_view issuer;
  std::string_view region;
  std::uint32_t share;
};
constexpr std::array<Range, 8> ranges = {{
    {"620000", "unionpay", "bank-01", "11", 330},
    {"621094", "unionpay", "bank-02", "31", 240},
    {"620550", "unionpay", "bank-03", "44", 190},
    {"411111", "visa", "bank-04", "11", 70},
    {"424242", "visa", "bank-05", "31", 60},
    {"555555", "mastercard", "bank-06", "44", 60},
    {"510510", "mastercard", "bank-07", "33", 30},
    {"353011", "jcb", "bank-08", "11", 20},
}};

const Range& range_of(std::uint64_t seed, CardNumber number) {
  // A tester works through one issuer's range; every other card belongs to its holder's bank.
  const std::uint64_t holder = number >= tested_cards ? number >> 20 : number;
  Stream random(seed, Lane::card, holder);
  std::uint32_t at = random.below(1000);
  for (const Range& range : ranges) {
    if (at < range.share) return range;
    at -= range.share;
  }
  return ranges.front();
}

char check_digit(std::string_view digits) {
  int sum = 0;
  bool doubled = true;
  for (auto at = digits.rbegin(); at != digits.rend(); ++at, doubled = !doubled) {
    const int digit = *at - '0';
    sum += !doubled ? digit : digit > 4 ? 2 * digit - 9 : 2 * digit;
  }
  return static_cast<char>('0' + (10 - sum % 10) % 10);
}

}  // namespace

std::string letters_of(std::uint64_t bits) {
  std::string text(16, 'a');
  for (std::size_t i = 0; i < text.size(); ++i)
    text[i] = static_cast<char>('a' + ((bits >> (60 - 4 * i)) & 15));
  return text;
}

Card make_card(std::uint64_t seed, CardNumber number) {
  const Range& range = range_of(seed, number);
  Card card;
  card.token = letters_of(key_of(seed, Lane::identity, 1, 0, number));
  card.bin = range.bin;
  card.brand = range.brand;
  card.issuer = range.issuer;
  card.region = range.region;
  card.credit = number >= tested_cards || (number & 1) != 0;
  return card;
}

std::string whole_number(std::uint64_t seed, CardNumber number) {
  // Nine account digits. The population is spread over the lower nine tenths by a step that shares no factor
  // with their count, so that no two cards meet; testers run upwards through the last tenth.
  constexpr std::uint64_t population = 900'000'000;
  constexpr std::uint64_t step = 618'033'989;
  const std::uint64_t account =
      number >= tested_cards ? population + ((number >> 20) % 1000) * 100'000 + (number & 0xfffff) % 100'000
                             : (number * step + mix64(seed) % population) % population;
  std::string digits(range_of(seed, number).bin);
  const std::string tail = std::to_string(account);
  digits.append(9 - tail.size(), '0').append(tail);
  digits.push_back(check_digit(digits));
  return digits;
}

}  // namespace tillwatch::simulator
