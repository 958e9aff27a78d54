// The typologies of the world by name, with the parameters that are drawn for each instance. Called by the
// reader of world files and by what plants them. What they do is elsewhere (acquiring/typology); none of
// these figures may stand in a rule.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

namespace tillwatch::world {

enum class TypologyId : std::uint8_t {
  self_swipe,
  card_raising,
  cash_out_ring,
  relocation,
  mcc_arbitrage,
  card_testing,
  dormant_burst,
  refund_abuse,
  activation_fraud,
  terminal_clone,
  skimming,
  split_sales,
  bust_out,
  mule_laundering,
  second_settlement,
  silent_fee_rise,
  cap_evasion,
  outage,
};
inline constexpr int typology_count = 18;
inline constexpr int drawn_max = 6;

struct DrawnInfo {
  std::string_view name;  // "" where the typology has fewer
  std::int64_t from = 0;  // of the default range
  std::int64_t to = 0;
  std::int64_t least = 0;
  std::int64_t most = 0;
  std::string_view unit;
  std::string_view words;
};

struct TypologyInfo {
  TypologyId id;
  std::string_view name;  // "self_swipe"
  std::string_view code;  // "T01": docs/typologies.md
  bool fraud;             // false: a disturbance that must not be taken for fraud
  std::string_view words;
  std::string_view look_alike;  // what its look-alike is, in words
  std::int64_t rate;            // planted instances per million merchants a month, realistic mix
  std::array<std::int64_t, 2> length_days;
  std::int64_t label_permille;  // of its transactions get a label
  std::int64_t evident_after;   // acts after which an all-seeing reader could tell it
  // For each planted instance. Five times the volume is asked for, not the number: where an instance makes
  // many sales and its look-alike few, there are more of the latter.
  std::int64_t look_alikes;
  std::array<DrawnInfo, drawn_max> drawn;
};

// By TypologyId.
std::span<const TypologyInfo, typology_count> typologies();
inline const TypologyInfo& info_of(TypologyId id) {
  return typologies()[static_cast<std::size_t>(id)];
}

}  // namespace tillwatch::world
