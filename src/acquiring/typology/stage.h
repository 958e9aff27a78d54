// The acts of one instance on one day: sales that look like all others because the same trade completes them,
// registry commands, and the labels that follow. Called by the patterns.
#pragma once

#include <cstdint>

#include "typology/instance.h"

namespace tillwatch::typology {

using chance::Stream;
using traffic::Cvm;
using traffic::EntryMode;
using traffic::Events;
using traffic::Response;
using traffic::TxType;

// What a pattern says of a transaction; the rest is filled in as for everybody.
struct Deed {
  MerchantIndex merchant = 0;
  core::TimeMs time = 0;
  CardNumber card = 0;
  std::int64_t amount = 0;
  int terminal = -1;  // of the merchant; -1: any
  TxType type = TxType::sale;
  EntryMode entry_mode = EntryMode::chip;
  Response response = Response::approved;
  traffic::EventId original = 0;
  traffic::Point place{};        // where the terminal really is; default: where it belongs
  std::int64_t counter_lag = 0;  // that the terminal's counter stays behind
  bool illicit = true;           // of a planted instance: false for what only touches it
};

class Stage {
 public:
  Stage(const traffic::Trade& trade, const Instance& instance, Events& out);

  const World& world() const { return trade_.world(); }
  const traffic::Trade& trade() const { return trade_; }
  const Instance& instance() const { return instance_; }
  Day day() const { return trade_.day(); }
  bool planted() const { return instance_.planted; }
  int skill() const { return instance_.skill; }
  // Parameter i of the instance.
  std::int64_t drawn(std::size_t i) const { return instance_.drawn[i]; }
  Stream& random() { return random_; }

  // An instance's day has room for so many deeds, and beside them for what it files: the place among them is
  // part of an event's number. A world file may ask for more than anybody has time for.
  static constexpr std::uint32_t deeds_max = 15'000;
  // The deed's number; 0, and nothing told, where the day is full.
  traffic::EventId deed(Deed deed);
  void registry(core::TimeMs time, traffic::Fact fact, MerchantIndex merchant, std::int64_t value,
                std::uint64_t account = 0, traffic::Point place = {}, std::int32_t rate_e6 = 0);

  // An instant of the day when the shop is open; planted and unskilled: at night or at any hour, as some of
  // the look-alikes' sales are too.
  core::TimeMs when(MerchantIndex merchant);
  // An instant of a sitting: whoever brings the cards swipes several of them at the shop one after the other,
  // the crude within a few minutes. The first of a sitting comes as in when().
  core::TimeMs sitting(MerchantIndex merchant);
  // So long after an instant, at the same shop; where it shuts before that, another instant of the day.
  core::TimeMs later(MerchantIndex merchant, core::TimeMs at, core::DurationMs pause);
  // An instant between two minutes after midnight.
  core::TimeMs between(std::int64_t from_minute, std::int64_t to_minute);
  // An amount near `target` as the skill shapes it: 0 half of them round, from 1 on as the shop's customers
  // pay. Of a look-alike some are round too. Always below what the merchant takes at once.
  std::int64_t shaped(const world::Merchant& merchant, std::int64_t target);
  std::int64_t shaped(MerchantIndex merchant, std::int64_t target) {
    return shaped(world().merchant(merchant), target);
  }
  std::int64_t ticket(MerchantIndex merchant, std::int64_t permille = 1000);
  // A look-alike's sum: with the chance of `ppm` a large part of the card's limit, a banquet or a shop
  // fitted out, such as those take who turn the limit into cash; else `usual`.
  std::int64_t dear(std::uint32_t ppm, MerchantIndex merchant, CardNumber card, std::int64_t usual);
  // What of `wanted` the skill dares to take at once: skill 0 all of it, the others no more than somewhat
  // above what the shop sells for, the less the more skilled.
  std::int64_t dared(MerchantIndex merchant, std::int64_t wanted);
  // How many of something that happens `per_mille` thousandths of times a day.
  int count(std::int64_t permille);
  // The instance's strength on the day applied to a number a day, with chance.
  int strong(std::int64_t a_day);
  MerchantIndex any_merchant();
  CardNumber any_card();
  EntryMode entry(MerchantIndex merchant);

 private:
  void label(const traffic::Event& event, std::uint32_t index);

  const traffic::Trade& trade_;
  const Instance& instance_;
  Events& out_;
  Stream random_;
  std::uint32_t next_ = 0;
  core::TimeMs sat_ = 0;  // the last instant of the sitting that goes on; 0: none does
  MerchantIndex sits_at_ = 0;
};

// A swipe of a card's plan for a month.
struct PlannedSwipe {
  Day day = 0;
  std::int64_t at_permille = 0;     // of the hours
  std::int64_t share_permille = 0;  // of the sum
};
// When the card with this bill day is used in the month of `month_of`: `swipes` of them within `window` days
// after the repayment, which is some 20 days after the bill. The same on each day of the month.
std::vector<PlannedSwipe> plan_cycle(std::uint64_t seed, std::uint32_t instance, CardNumber card,
                                     std::uint8_t bill_day, Day month_of, int swipes,
                                     std::int64_t window_days);

}  // namespace tillwatch::typology
