// The figures of behaviour.h in words. Data only; called by whoever names one.
#include "behaviour.h"

namespace tillwatch::gates {
namespace {

// clang-format off: one row a figure
constexpr std::array<FigureInfo, figure_count> table = {{
    {"card_burst", Family::timing, "burstiness of a card's gaps, mean over cards with 10 gaps (chance: 0)"},
    {"card_memory", Family::timing, "correlation of a card's gap with its next, mean over the same cards (chance: about -1 / gaps)"},
    {"card_short_gaps", Family::timing, "share of these gaps below a tenth of the card's mean (chance: 0.095)"},
    {"card_long_gaps", Family::timing, "share of these gaps above three times the card's mean (chance: 0.050)"},
    {"shop_burst", Family::timing, "burstiness of a shop's gaps, mean over shops with 50 gaps"},
    {"shop_short_gaps", Family::timing, "share of these gaps below a tenth of the shop's mean"},
    {"shop_day_spread", Family::timing, "variance of a shop's daily count over its mean, mean over shops with 30 payments (chance: 1)"},
    {"follows_in_10min", Family::bursts, "share of payments within 10 minutes of the card's previous one"},
    {"follows_in_hour", Family::bursts, "the same within an hour"},
    {"in_trains", Family::bursts, "share of payments in trains: three or more of a card, never more than 30 minutes apart"},
    {"same_shop_again", Family::motifs, "chance that two payments of a card on different days are at the same shop, mean over cards"},
    {"seen_before", Family::motifs, "share of payments at a shop where the card was before"},
    {"companions", Family::motifs, "of the pairs of cards that ever share a shop and an hour, the share that does so again"},
    {"double_meetings", Family::motifs, "pairs of cards at the same two shops on one day, for 1,000 payments"},
    {"terminals_a_shop", Family::motifs, "terminals that a shop's payments name, mean over shops"},
    {"top_five_cards", Family::motifs, "share of a shop's payments by its five most frequent cards, mean over shops with 50 gaps"},
    {"three_in_10min", Family::velocity, "for 10,000 payments: the card's third or later within 10 minutes"},
    {"five_cards_in_5min", Family::velocity, "for 10,000 payments: at a terminal with five cards within 5 minutes"},
    {"same_amount_in_hour", Family::velocity, "for 10,000 payments: the same card, shop and amount within an hour"},
    {"three_refused_in_hour", Family::velocity, "for 10,000 payments: the card's third refusal within an hour"},
    {"five_refused_at_terminal", Family::velocity, "for 10,000 payments: the terminal's fifth refusal within an hour"},
    {"three_shops_in_hour", Family::velocity, "for 10,000 payments: the card's third shop within an hour"},
    {"four_at_shop_in_day", Family::velocity, "for 10,000 payments: the card's fourth at the shop within 24 hours"},
    {"most_rule_days", Family::velocity, "days of shops on which the busiest of these rules fires, of all with a payment"},
}};
// clang-format on

}  // namespace

const FigureInfo& info_of(Figure figure) {
  return table[static_cast<std::size_t>(figure)];
}

}  // namespace tillwatch::gates
