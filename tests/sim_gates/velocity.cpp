// How often the usual velocity rules fire: the last family of behaviour.h. Called by behaviour_of; keeps
// nothing.
#include <algorithm>
#include <deque>
#include <set>
#include <unordered_map>
#include <unordered_set>

#include "behaviour.h"
#include "chance/random.h"

namespace tillwatch::gates {
namespace {

std::uint64_t key_of(std::uint64_t a, std::uint64_t b) {
  return chance::mix64(a * chance::golden_step + b);
}

// What one key did lately: times with a value each.
class Lately {
 public:
  void add(core::TimeMs time, std::uint64_t value, core::DurationMs within) {
    while (!acts_.empty() && acts_.front().first <= time - within) acts_.pop_front();
    acts_.emplace_back(time, value);
  }
  std::size_t count() const { return acts_.size(); }
  std::size_t distinct() const {
    std::set<std::uint64_t> values;
    for (const auto& [time, value] : acts_) values.insert(value);
    return values.size();
  }

 private:
  std::deque<std::pair<core::TimeMs, std::uint64_t>> acts_;
};
using Latelies = std::unordered_map<std::uint64_t, Lately>;

// One rule: how often it fired, and on which days of which shops.
struct Rule {
  Figure figure;
  double fired = 0;
  std::unordered_set<std::uint64_t> days = {};
};

class Rules {
 public:
  void take(const Act& act) {
    const std::uint64_t day =
        key_of(act.merchant, static_cast<std::uint64_t>(core::floor_div(act.time, core::day_ms)));
    days_.insert(day);
    const auto judge = [&](std::size_t rule, bool fires) {
      if (!fires) return;
      rules_[rule].fired += 1;
      rules_[rule].days.insert(day);
    };
    Lately& card = card_[act.card];
    card.add(act.time, 0, 10 * core::minute_ms);
    judge(0, card.count() >= 3);
    Lately& terminal = terminal_[act.terminal];
    terminal.add(act.time, act.card, 5 * core::minute_ms);
    judge(1, terminal.count() >= 5 && terminal.distinct() >= 5);
    Lately& amount =
        amount_[key_of(key_of(act.card, act.merchant), static_cast<std::uint64_t>(act.amount))];
    amount.add(act.time, 0, core::hour_ms);
    judge(2, amount.count() >= 2);
    if (act.refused) {
      Lately& refused = refused_card_[act.card];
      refused.add(act.time, 0, core::hour_ms);
      judge(3, refused.count() >= 3);
      Lately& refusing = refused_terminal_[act.terminal];
      refusing.add(act.time, 0, core::hour_ms);
      judge(4, refusing.count() >= 5);
    }
    Lately& shops = shops_[act.card];
    shops.add(act.time, act.merchant, core::hour_ms);
    judge(5, shops.count() >= 3 && shops.distinct() >= 3);
    Lately& pair = pair_[key_of(act.card, act.merchant)];
    pair.add(act.time, 0, core::day_ms);
    judge(6, pair.count() >= 4);
  }
  void finish(double acts, Figures& out) const {
    double most = 0;
    for (const Rule& rule : rules_) {
      out[static_cast<std::size_t>(rule.figure)] = rule.fired * 10'000 / acts;
      most = std::max(most, static_cast<double>(rule.days.size()) / static_cast<double>(days_.size()));
    }
    out[static_cast<std::size_t>(Figure::most_rule_days)] = most;
  }

 private:
  std::vector<Rule> rules_ = {{Figure::three_in_10min},        {Figure::five_cards_in_5min},
                              {Figure::same_amount_in_hour},   {Figure::three_refused_in_hour},
                              {Figure::five_refused_at_terminal}, {Figure::three_shops_in_hour},
                              {Figure::four_at_shop_in_day}};
  std::unordered_set<std::uint64_t> days_;
  Latelies card_, terminal_, amount_, refused_card_, refused_terminal_, shops_, pair_;
};

}  // namespace

void measure_velocity(const Acts& acts, Figures& out) {
  Rules rules;
  for (const Act& act : acts) rules.take(act);
  rules.finish(static_cast<double>(acts.size()), out);
}

}  // namespace tillwatch::gates
