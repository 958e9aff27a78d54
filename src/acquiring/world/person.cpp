#include "world/person.h"

#include <array>

#include "chance/distribution.h"
#include "chance/random.h"

namespace tillwatch::world {
namespace {

using chance::Lane;
using chance::Stream;

// Public test ranges of the schemes (their developer pages publish numbers in them); shares in thousandths.
struct Range {
  std::string_view bin;
  std::string_view brand;
  std::string_view issuer;
  std::string_view region;
  std::uint32_t debit_share;
  std::uint32_t credit_share;
};
constexpr std::array<Range, 12> ranges = {{
    {"620000", "unionpay", "bank-01", "11", 260, 150},
    {"621094", "unionpay", "bank-02", "31", 190, 130},
    {"620550", "unionpay", "bank-03", "44", 160, 120},
    {"620111", "unionpay", "bank-09", "33", 120, 110},
    {"622126", "unionpay", "bank-10", "51", 110, 90},
    {"622888", "unionpay", "bank-11", "42", 100, 90},
    {"411111", "visa", "bank-04", "11", 10, 80},
    {"424242", "visa", "bank-05", "31", 10, 70},
    {"555555", "mastercard", "bank-06", "44", 10, 70},
    {"510510", "mastercard", "bank-07", "33", 10, 40},
    {"353011", "jcb", "bank-08", "11", 5, 20},
    {"620520", "unionpay", "bank-12", "61", 15, 30},
}};

const Range& range_of(std::uint64_t seed, CardNumber number, bool credit) {
  // A tester works through a few issuers' ranges; every other card belongs to its holder's bank.
  const std::uint64_t holder = number >= strange_cards ? number >> 16 : number;
  Stream random(seed, Lane::card, holder);
  std::uint32_t all = 0;
  for (const Range& range : ranges) all += credit ? range.credit_share : range.debit_share;
  std::uint32_t at = random.below(all);
  for (const Range& range : ranges) {
    const std::uint32_t share = credit ? range.credit_share : range.debit_share;
    if (at < share) return range;
    at -= share;
  }
  return ranges.front();
}

}  // namespace

Card make_card(std::uint64_t seed, CardNumber number) {
  Card card;
  card.credit = number >= strange_cards ? (number >> 16 & 1) != 0 : (number & 3) != 0;
  const Range& range = range_of(seed, number, card.credit);
  card.token = chance::key_of(seed, Lane::identity, 1, 0, number);
  card.bin = range.bin;
  card.brand = range.brand;
  card.issuer = range.issuer;
  card.region = range.region;
  card.last_four = static_cast<std::uint16_t>(chance::mix64(card.token) % 10'000);
  return card;
}

Amount limit_of(const Settings& settings, CardNumber number) {
  Stream random(settings.seed, Lane::limit, number);
  const std::int64_t spread = chance::log_spread_q16(settings.people.limit_sigma_permille);
  const Amount drawn =
      chance::lognormal(random, settings.people.limit_median, static_cast<std::int32_t>(spread));
  constexpr Amount grain = 1'000'00;  // limits are whole thousands of yuan
  return drawn < grain ? grain : drawn / grain * grain;
}

void append_letters(std::string& out, std::uint64_t bits) {
  char text[16];
  for (std::size_t i = 0; i < 16; ++i) text[i] = static_cast<char>('a' + ((bits >> (60 - 4 * i)) & 15));
  out.append(text, 16);
}

}  // namespace tillwatch::world
