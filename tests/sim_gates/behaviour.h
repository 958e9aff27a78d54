// How cards and shops behave in a list of payments: gaps, bursts, who meets whom where, how often the usual
// velocity rules fire. Of a told world or of any other list, so that both are measured by the same lines.
// Called by the gate on behaviour and by sim_gates_outside. Knows nothing of how a world is drawn.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "core/time.h"

namespace tillwatch::gates {

struct Act {
  core::TimeMs time = 0;
  std::uint64_t card = 0;
  std::uint32_t merchant = 0;
  std::uint32_t terminal = 0;
  std::int64_t amount = 0;
  bool refused = false;
};
using Acts = std::vector<Act>;

enum class Family : std::uint8_t { timing, bursts, motifs, velocity };
std::string_view name_of(Family family);

enum class Figure : std::uint8_t {
  card_burst,
  card_memory,
  card_short_gaps,
  card_long_gaps,
  shop_burst,
  shop_short_gaps,
  shop_day_spread,
  follows_in_10min,
  follows_in_hour,
  in_trains,
  same_shop_again,
  seen_before,
  companions,
  double_meetings,
  terminals_a_shop,
  top_five_cards,
  three_in_10min,
  five_cards_in_5min,
  same_amount_in_hour,
  three_refused_in_hour,
  five_refused_at_terminal,
  three_shops_in_hour,
  four_at_shop_in_day,
  most_rule_days,
};
inline constexpr std::size_t figure_count = 24;

struct FigureInfo {
  std::string_view name;
  Family family;
  std::string_view words;
};
const FigureInfo& info_of(Figure figure);

using Figures = std::array<double, figure_count>;
inline double of(const Figures& figures, Figure figure) {
  return figures[static_cast<std::size_t>(figure)];
}

// All figures of the payments, in any order. A figure is 0 where nothing can be measured.
Figures behaviour_of(Acts acts);

// The gaps of one card or shop against its own mean gap. Needs two gaps at least.
struct Gaps {
  double burst = 0;        // (r - 1) / (r + 1) with r = deviation / mean, corrected for the number of events
  double memory = 0;       // correlation of each gap with the next
  double short_share = 0;  // below a tenth of the mean
  double long_share = 0;   // above three times the mean
};
Gaps gaps_of(const std::vector<core::TimeMs>& times);

// The payments in the three orders that the families look at: by card, shop and terminal, then by time.
struct Sorted {
  Acts by_card, by_shop, by_terminal;
};
// Calls `take` with the payments of each card, shop or terminal of a list that is sorted by it.
template <class Member, class Take>
void each_group(const Acts& acts, Member member, Take take) {
  for (std::size_t i = 0; i < acts.size();) {
    const std::size_t begin = i;
    while (i < acts.size() && acts[i].*member == acts[begin].*member) ++i;
    take(std::span<const Act>(acts).subspan(begin, i - begin));
  }
}
inline void put(Figures& out, Figure figure, double value) {
  out[static_cast<std::size_t>(figure)] = value;
}
// Two of the families, for behaviour_of (motifs.cpp, velocity.cpp).
void measure_motifs(const Sorted& sorted, Figures& out);
void measure_velocity(const Sorted& sorted, Figures& out);

}  // namespace tillwatch::gates
