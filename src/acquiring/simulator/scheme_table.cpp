// The table of schemes. Data only; the order decides which numbers of a seed a scheme gets: new ones last.
#include "simulator/scheme_table.h"

#include <array>

namespace tillwatch::simulator {
namespace {

// clang-format off: one row a thing
constexpr std::array<Scheme, 10> table = {{
    {"T04", "round amounts, whatever is sold", "a price list that ends in 88, 98 and 99",
     round_amounts::cast, round_amounts::act},
    {"T06", "a purchase above the single limit, split into parts", "food court regulars: the meal, then the drink",
     split_sale::cast, split_sale::act},
    {"T07", "the same cards through one shop several times a day", "a fuel station where the same taxis fill up",
     repetition::cast, repetition::act},
    {"T12", "card numbers tried one after the other", "fee day at a school: a queue with one bank's cards",
     card_testing::cast, card_testing::act},
    {"T19", "one card in two cities, sooner than an aeroplane", "a terminal that guesses its place between two purchases",
     impossible_travel::cast, impossible_travel::act},
    {"T26", "a terminal that the registry does not know, or knows as scrapped", "a new terminal, registered a little after its first sale",
     unregistered_terminal::cast, unregistered_terminal::act},
    {"T35", "sales in the small hours of a shop that is shut at night", "a bar",
     night::cast, night::act},
    {"T36", "a day of several times the usual and declared turnover", "a promotion day that was notified beforehand",
     volume_spike::cast, volume_spike::act},
    {"T38", "much trade after more than ninety silent days", "a seasonal shop, verified again before it reopened",
     dormant_burst::cast, dormant_burst::act},
    {"T39", "refunds to cards that never bought there", "returns after a promotion",
     refund_abuse::cast, refund_abuse::act},
}};
// clang-format on

}  // namespace

std::span<const Scheme> schemes() {
  return table;
}

}  // namespace tillwatch::simulator
