// T41: shops that have nothing in common are settled to one account. Look-alike: the head office of a chain
// collects for its branches.
#include <algorithm>

#include "typology/casting.h"
#include "typology/pattern.h"

namespace tillwatch::typology::second_settlement {
namespace {

std::uint64_t account_of(const World& world, const Instance& instance, std::uint64_t which) {
  if (!instance.planted) return world::own_account(instance.merchants[0]);
  // The agent's own account, or one of a stranger.
  const bool of_agent = static_cast<std::int64_t>(instance.key % 1000) < instance.drawn[2];
  if (which == 0 && of_agent) return world::other_account(world.merchant(instance.merchants[0]).agent);
  return world::other_account(1'000'000ull + instance.number + (which << 32));
}

// The skilled take turns: half of the shops are settled to the account in the first third of the time, the
// others in the last, and between them it rests.
bool takes_turns(const Instance& instance) {
  return instance.planted && instance.skill >= 3;
}

// How many accounts there are: the skilled have several, for few shops each.
std::uint64_t accounts_of(const Instance& instance) {
  return instance.planted && instance.skill >= 2 ? (instance.merchants.size() + 1) / 2 : 1;
}

// The day after which merchant i is settled to its own account again.
Day moves_back(const Instance& instance, std::size_t i) {
  const bool first_half = i < accounts_of(instance);
  return takes_turns(instance) && first_half ? instance.first + (instance.last - instance.first) / 3
                                             : instance.last;
}

// The day on which merchant i is moved to the account.
Day moves_on(const Instance& instance, std::size_t i) {
  const Day after = static_cast<Day>(chance::mix64(instance.key + (i + 1) * chance::golden_step) %
                                     static_cast<std::uint64_t>(instance.drawn[1] + 1));
  const Day length = instance.last - instance.first;
  if (!takes_turns(instance)) return instance.first + after;
  return instance.first + (i < accounts_of(instance) ? after % 5 : length * 2 / 3 + after % 5);
}

}  // namespace

void cast(const World& world, Instance& instance) {
  Casting casting(world, instance);
  casting.merchants(1, [](const world::Merchant&) { return true; });
  if (instance.merchants.empty()) return;
  const std::uint16_t agent = world.merchant(instance.merchants[0]).agent;
  casting.merchants(instance.drawn[0] * (instance.planted ? 10 : 15) / 10 - 1,
                    [&](const world::Merchant& other) { return !instance.planted || other.agent == agent; });
  if (instance.merchants.size() < 2) instance.merchants.clear();
}

void overlay(const World& world, const Instance& instance, Day day, traffic::DayOverlays& out) {
  if (!instance.acts_on(day)) return;
  for (std::size_t i = 0; i < instance.merchants.size(); ++i) {
    if (day < moves_on(instance, i) || day > moves_back(instance, i)) continue;
    traffic::Overlay& change = out.make(instance.merchants[i], world.merchants().size());
    change.account = account_of(world, instance, i % accounts_of(instance));
    change.touched_by = instance.number + 1;
  }
}

void act(Stage& stage) {
  const auto& shops = stage.instance().merchants;
  const PersonNumber owner = stage.world().merchant(shops[0]).owner;
  for (std::size_t i = 0; i < shops.size(); ++i) {
    // The branches of a chain have one owner, and the registry knows it.
    if (!stage.planted() && stage.day() == stage.instance().first)
      stage.registry(stage.between(480, 560), traffic::Fact::person_known, shops[i], owner);
    if (moves_on(stage.instance(), i) == stage.day())
      stage.registry(stage.between(480, 600), traffic::Fact::account_changed, shops[i], 0,
                     account_of(stage.world(), stage.instance(), i % accounts_of(stage.instance())));
    if (stage.day() == moves_back(stage.instance(), i))
      stage.registry(stage.between(1430, 1439), traffic::Fact::account_changed, shops[i], 0,
                     world::own_account(shops[i]));
  }
}

}  // namespace tillwatch::typology::second_settlement
