// The cards that people carry: which bank's, and of which of its branches. World::card (world.h).
#include <array>

#include "world/world.h"

namespace tillwatch::world {
namespace {

using chance::Lane;
using chance::Stream;

// Public test ranges of the schemes (their developer pages publish numbers in them); shares in thousandths.
// Without a region: a bank with branches everywhere.
struct Range {
  std::string_view bin;
  std::string_view brand;
  std::string_view issuer;
  std::string_view region;
  std::uint32_t debit_share;
  std::uint32_t credit_share;
};
constexpr std::array<Range, 12> ranges = {{
    {"620000", "unionpay", "bank-01", "", 260, 150},
    {"621094", "unionpay", "bank-02", "", 190, 130},
    {"620550", "unionpay", "bank-03", "", 160, 120},
    {"620111", "unionpay", "bank-09", "33", 360, 330},
    {"622126", "unionpay", "bank-10", "51", 330, 270},
    {"622888", "unionpay", "bank-11", "42", 300, 270},
    {"411111", "visa", "bank-04", "", 10, 80},
    {"424242", "visa", "bank-05", "", 10, 70},
    {"555555", "mastercard", "bank-06", "", 10, 70},
    {"510510", "mastercard", "bank-07", "", 10, 40},
    {"353011", "jcb", "bank-08", "", 5, 20},
    {"620520", "unionpay", "bank-12", "61", 150, 120},
}};

const Range& range_of(std::string_view region, bool credit, Stream& random) {
  const auto share_of = [&](const Range& range) {
    if (!range.region.empty() && range.region != region) return 0u;
    return credit ? range.credit_share : range.debit_share;
  };
  std::uint32_t all = 0;
  for (const Range& range : ranges) all += share_of(range);
  std::uint32_t at = random.below(all);
  for (const Range& range : ranges) {
    const std::uint32_t share = share_of(range);
    if (at < share) return range;
    at -= share;
  }
  return ranges.front();
}

}  // namespace

// Those who came from elsewhere keep cards of there: most of what a shop sees from other regions is theirs.
std::string_view World::branch_region(CardNumber holder, PersonNumber person) const {
  const std::string_view home = cities()[city_of(person)].region;
  Stream origin(settings_.seed, Lane::origin, person);
  if (!origin.chance(static_cast<std::uint32_t>(settings_.people.migrant_permille) * 1000)) return home;
  std::uint32_t all = 0;
  for (const City& city : cities()) all += city.region == home ? 0u : static_cast<std::uint32_t>(city.weight);
  std::uint32_t at = origin.below(all);
  Stream brought(settings_.seed, Lane::origin, holder, 0, 1);
  if (!brought.chance(static_cast<std::uint32_t>(settings_.people.migrant_cards_permille) * 1000))
    return home;
  for (const City& city : cities()) {
    const std::uint32_t weight = city.region == home ? 0u : static_cast<std::uint32_t>(city.weight);
    if (at < weight) return city.region;
    at -= weight;
  }
  return home;
}

Card World::card(CardNumber number) const {
  Card card;
  const bool strange = number >= strange_cards;
  card.credit = strange ? (number >> 16 & 1) != 0 : (number & 3) != 0;
  // A tester works through a few issuers' ranges: half of them where a neighbour has a card, half where
  // anybody in the world has one.
  const CardNumber holder = strange ? number >> 16 : number;
  Stream random(seed(), Lane::card, holder);
  auto person = static_cast<PersonNumber>(number >> 2);
  if (strange) {
    const bool near = random.chance(500'000);
    const std::uint64_t bits = random.next();
    person = near ? person_in(static_cast<std::uint8_t>(number >> 50), bits)
                  : static_cast<PersonNumber>(((bits >> 32) * people()) >> 32);
  }
  card.region = branch_region(holder, person);
  const Range& range = range_of(card.region, card.credit, random);
  card.token = chance::key_of(seed(), Lane::identity, 1, 0, number);
  card.bin = range.bin;
  card.brand = range.brand;
  card.issuer = range.issuer;
  card.last_four = static_cast<std::uint16_t>(chance::mix64(card.token) % 10'000);
  return card;
}

}  // namespace tillwatch::world
