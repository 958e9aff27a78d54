// The table of pattern.h. Data only.
#include <array>

#include "typology/pattern.h"

namespace tillwatch::typology {

const Pattern& pattern_of(TypologyId id) {
  // clang-format off: one row a typology, in the order of TypologyId
  static constexpr std::array<Pattern, world::typology_count> table = {{
      {self_swipe::cast, nullptr, self_swipe::act},
      {card_raising::cast, nullptr, card_raising::act},
      {cash_out_ring::cast, nullptr, cash_out_ring::act},
      {relocation::cast, relocation::overlay, relocation::act, true},
      {mcc_arbitrage::cast, mcc_arbitrage::overlay, mcc_arbitrage::act},
      {card_testing::cast, nullptr, card_testing::act},
      {dormant_burst::cast, dormant_burst::overlay, dormant_burst::act, true},
      {refund_abuse::cast, nullptr, refund_abuse::act},
      {activation_fraud::cast, activation_fraud::overlay, activation_fraud::act},
      {terminal_clone::cast, terminal_clone::overlay, terminal_clone::act},
      {skimming::cast, nullptr, skimming::act},
      {split_sales::cast, nullptr, split_sales::act},
      {bust_out::cast, bust_out::overlay, bust_out::act},
      {mule_laundering::cast, nullptr, mule_laundering::act},
      {second_settlement::cast, second_settlement::overlay, second_settlement::act, true},
      {silent_fee_rise::cast, silent_fee_rise::overlay, silent_fee_rise::act, true},
      {cap_evasion::cast, nullptr, cap_evasion::act, true},
      {outage::cast, outage::overlay, nullptr},
  }};
  // clang-format on
  return table[static_cast<std::size_t>(id)];
}

}  // namespace tillwatch::typology
