// What a typology does, as planted and as its look-alike: one file each (pattern_*.cpp), listed in
// pattern_table.cpp. Called by the schedule (casting), and by the teller day by day. A pattern never knows a
// rule: its parameters are drawn from ranges, anew for each instance.
#pragma once

#include "typology/instance.h"
#include "typology/stage.h"

namespace tillwatch::typology {

struct Pattern {
  // Fills in who takes part and when. An instance without merchants is dropped.
  void (*cast)(const World& world, Instance& instance);
  // Changes ordinary trade of the day; nullptr where it does not.
  void (*overlay)(const World& world, const Instance& instance, Day day, traffic::DayOverlays& out);
  // Acts on the day; nullptr where ordinary trade is all it needs.
  void (*act)(Stage& stage);
  // Whether it files something in the register that holds until it is filed anew.
  bool files = false;
};

// By TypologyId.
const Pattern& pattern_of(TypologyId id);

namespace self_swipe {
void cast(const World& world, Instance& instance);
void act(Stage& stage);
}  // namespace self_swipe
namespace card_raising {
void cast(const World& world, Instance& instance);
void act(Stage& stage);
}  // namespace card_raising
namespace cash_out_ring {
void cast(const World& world, Instance& instance);
void act(Stage& stage);
}  // namespace cash_out_ring
namespace relocation {
void cast(const World& world, Instance& instance);
void overlay(const World& world, const Instance& instance, Day day, traffic::DayOverlays& out);
void act(Stage& stage);
}  // namespace relocation
namespace mcc_arbitrage {
void cast(const World& world, Instance& instance);
void overlay(const World& world, const Instance& instance, Day day, traffic::DayOverlays& out);
void act(Stage& stage);
}  // namespace mcc_arbitrage
namespace card_testing {
void cast(const World& world, Instance& instance);
void act(Stage& stage);
}  // namespace card_testing
namespace dormant_burst {
void cast(const World& world, Instance& instance);
void overlay(const World& world, const Instance& instance, Day day, traffic::DayOverlays& out);
void act(Stage& stage);
}  // namespace dormant_burst
namespace refund_abuse {
void cast(const World& world, Instance& instance);
void act(Stage& stage);
}  // namespace refund_abuse
namespace activation_fraud {
void cast(const World& world, Instance& instance);
void overlay(const World& world, const Instance& instance, Day day, traffic::DayOverlays& out);
void act(Stage& stage);
}  // namespace activation_fraud
namespace terminal_clone {
void cast(const World& world, Instance& instance);
void overlay(const World& world, const Instance& instance, Day day, traffic::DayOverlays& out);
void act(Stage& stage);
}  // namespace terminal_clone
namespace skimming {
void cast(const World& world, Instance& instance);
void act(Stage& stage);
}  // namespace skimming
namespace split_sales {
void cast(const World& world, Instance& instance);
void act(Stage& stage);
}  // namespace split_sales
namespace bust_out {
void cast(const World& world, Instance& instance);
void overlay(const World& world, const Instance& instance, Day day, traffic::DayOverlays& out);
void act(Stage& stage);
}  // namespace bust_out
namespace mule_laundering {
void cast(const World& world, Instance& instance);
void act(Stage& stage);
}  // namespace mule_laundering
namespace second_settlement {
void cast(const World& world, Instance& instance);
void overlay(const World& world, const Instance& instance, Day day, traffic::DayOverlays& out);
void act(Stage& stage);
}  // namespace second_settlement
namespace silent_fee_rise {
void cast(const World& world, Instance& instance);
void overlay(const World& world, const Instance& instance, Day day, traffic::DayOverlays& out);
void act(Stage& stage);
}  // namespace silent_fee_rise
namespace cap_evasion {
void cast(const World& world, Instance& instance);
void act(Stage& stage);
}  // namespace cap_evasion
namespace outage {
void cast(const World& world, Instance& instance);
void overlay(const World& world, const Instance& instance, Day day, traffic::DayOverlays& out);
}  // namespace outage

}  // namespace tillwatch::typology
