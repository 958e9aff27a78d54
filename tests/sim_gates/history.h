// What a reader with a memory knows of a transaction: counts and sums that fade, of the card, the shop, the
// terminal and their pairs. Called by columns.cpp, one transaction after the other; never looks ahead.
#pragma once

#include <array>
#include <span>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "core/check.h"
#include "told_world.h"

namespace tillwatch::gates {

class History {
 public:
  explicit History(const ToldWorld& told);
  // Writes history_columns figures of the transaction, and remembers it.
  void take(const traffic::Event& event, std::span<float> out);

 private:
  // A count and a sum that fade with time.
  struct Fading {
    float count = 0, sum = 0;
    core::TimeMs at = 0;
    void fade(core::TimeMs now, double days);
    void add(core::TimeMs now, double days, double amount);
  };
  struct Pair {
    Fading month, days, hour;
    core::TimeMs last = 0;
  };
  struct Card {
    Fading days, hour, fresh, moves, refunds;
    core::TimeMs last = 0;
    traffic::Point place{};
    double sum = 0, seen = 0, refused = 0;
    traffic::MerchantIndex shop = 0;
    std::uint16_t agent = 0;
  };
  struct Shop {
    Fading day, month, credit_month, credit_day, strangers, afar, seldom, refused, refunds, gap, foreign;
    Fading moment, credit_moment, known_moment;
    std::array<double, 12> slots{};
    double seen = 0, amount = 0;
    core::TimeMs last = 0;
    std::uint64_t account = 0;
    std::int32_t rate_e6 = 0;
    bool known = false;
  };
  struct Terminal {
    Fading moment, refused, tries, away, fixes;
    core::TimeMs last = 0;
    traffic::Point place{};
    std::uint64_t counter = 0;
    bool fixed = false;
  };
  struct Now {
    const traffic::Event& event;
    const world::Merchant& merchant;
    Shop& shop;
    Terminal& terminal;
    Card& card;
    Pair& pair;
    core::TimeMs at = 0;
    double amount = 0;
    bool credit = false, first_here = false, from_afar = false;
  };
  struct Columns {
    std::span<float> out;
    std::size_t next = 0;
    void operator()(double value) { out[next++] = static_cast<float>(value); }
  };
  void take_pair(Now& now, Columns& put);
  void take_card(Now& now, Columns& put);
  void take_shop(Now& now, Columns& put);
  void take_moment(Now& now, Columns& put);
  void take_refunds(Now& now, Columns& put);
  void take_terminal(Now& now, Columns& put);
  void take_register(Now& now, Columns& put);

  const ToldWorld& told_;
  core::TimeMs begins_ = 0;  // of what is seen
  std::vector<Shop> shops_;
  std::vector<Terminal> terminals_;
  std::unordered_map<std::uint64_t, Card> cards_;
  std::unordered_map<std::uint64_t, Pair> pairs_;
  std::unordered_map<std::uint64_t, Fading> trails_;
  std::unordered_map<std::uint64_t, std::unordered_set<std::uint32_t>> account_shops_;
};

}  // namespace tillwatch::gates
