// What each scheme's file offers to the table of schemes. Called by scheme_table.cpp and the scheme files
// only.
#pragma once

#include "simulator/scheme.h"

namespace tillwatch::simulator {

namespace split_sale {
std::vector<Merchant> cast(const World& world, Instance& instance, Stream& random);
void act(const World& world, const Instance& instance, Day day, Events& out);
}  // namespace split_sale
namespace repetition {
std::vector<Merchant> cast(const World& world, Instance& instance, Stream& random);
void act(const World& world, const Instance& instance, Day day, Events& out);
}  // namespace repetition
namespace card_testing {
std::vector<Merchant> cast(const World& world, Instance& instance, Stream& random);
void act(const World& world, const Instance& instance, Day day, Events& out);
}  // namespace card_testing
namespace impossible_travel {
std::vector<Merchant> cast(const World& world, Instance& instance, Stream& random);
void act(const World& world, const Instance& instance, Day day, Events& out);
}  // namespace impossible_travel
namespace unregistered_terminal {
std::vector<Merchant> cast(const World& world, Instance& instance, Stream& random);
void act(const World& world, const Instance& instance, Day day, Events& out);
}  // namespace unregistered_terminal
namespace night {
std::vector<Merchant> cast(const World& world, Instance& instance, Stream& random);
void act(const World& world, const Instance& instance, Day day, Events& out);
}  // namespace night
namespace volume_spike {
std::vector<Merchant> cast(const World& world, Instance& instance, Stream& random);
void act(const World& world, const Instance& instance, Day day, Events& out);
}  // namespace volume_spike
namespace dormant_burst {
std::vector<Merchant> cast(const World& world, Instance& instance, Stream& random);
void act(const World& world, const Instance& instance, Day day, Events& out);
}  // namespace dormant_burst
namespace refund_abuse {
std::vector<Merchant> cast(const World& world, Instance& instance, Stream& random);
void act(const World& world, const Instance& instance, Day day, Events& out);
}  // namespace refund_abuse
namespace round_amounts {
std::vector<Merchant> cast(const World& world, Instance& instance, Stream& random);
void act(const World& world, const Instance& instance, Day day, Events& out);
}  // namespace round_amounts

}  // namespace tillwatch::simulator
