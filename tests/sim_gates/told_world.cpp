#include "told_world.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <string_view>
#include <unordered_set>

#include "core/check.h"
#include "sim/long_mode.h"

namespace tillwatch::gates {

bool is_long() {
  return sim::long_mode();
}

std::uint64_t first_seed(Mix mix) {
  const std::uint64_t usual = mix == Mix::training ? gate_seed : realistic_seed;
  const char* const wish = std::getenv("TILLWATCH_GATE_SEED");
  if (wish == nullptr) return usual;
  const std::string_view text = wish;
  std::uint64_t seed = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), seed);
  const bool whole = fault == std::errc() && end == text.data() + text.size() && !text.empty();
  CHECK(whole);  // TILLWATCH_GATE_SEED is a whole number
  return seed - gate_seed + usual;
}

Settings gate_settings(Mix mix, std::uint64_t seed) {
  Settings out;
  out.seed = seed;
  out.mix = mix;
  out.days = is_long() ? 60 : 35;
  out.population.merchants = is_long() ? 500 : 240;
  out.population.cities = 4;
  out.population.people_per_merchant = is_long() ? 40 : 30;
  return out;
}

ToldWorld tell(const Settings& settings) {
  ToldWorld out;
  out.world = std::make_shared<const world::World>(settings);
  telling::Teller teller(*out.world, {settings.first_day, settings.first_day + settings.days - 1, {}});
  std::vector<traffic::Events> parts(teller.parts());
  std::unordered_set<traffic::EventId> seen;
  while (teller.begin_day()) {
    for (std::size_t i = 0; i < parts.size(); ++i) teller.tell_part(i, parts[i]);
    teller.end_day(parts);
    if (!teller.is_told()) continue;
    for (const Instance& instance : teller.begun()) out.instances.emplace(instance.number, instance);
    for (const Event& event : teller.ready()) {
      if (event.kind != traffic::EventKind::transaction || !seen.insert(event.id).second) continue;
      out.transactions.push_back(event);
    }
  }
  return out;
}

const std::vector<ToldWorld>& five(Mix mix) {
  const auto tell_all = [](Mix which) {
    std::vector<ToldWorld> out;
    for (std::uint64_t i = 0; i < 5; ++i) out.push_back(tell(gate_settings(which, first_seed(which) + i)));
    return out;
  };
  static const std::vector<ToldWorld> realistic = tell_all(Mix::realistic);
  static const std::vector<ToldWorld> training = tell_all(Mix::training);
  return mix == Mix::realistic ? realistic : training;
}

const std::vector<ToldWorld>& crowded() {
  static const std::vector<ToldWorld> worlds = [] {
    std::vector<ToldWorld> out;
    for (std::uint64_t i = 0; i < 5; ++i) {
      Settings settings = gate_settings(Mix::realistic, first_seed(Mix::realistic) + i);
      for (std::size_t t = 0; t < settings.typologies.size(); ++t)
        if (world::info_of(static_cast<TypologyId>(t)).fraud) settings.typologies[t].rate *= crowding;
      out.push_back(tell(settings));
      ToldWorld& told = out.back();
      const auto ordinary = std::ranges::count(told.transactions, 0u, &Event::instance);
      const auto all = static_cast<float>(told.transactions.size());
      told.of_instances = 1 / static_cast<float>(crowding);
      told.of_ordinary = (all - (all - static_cast<float>(ordinary)) * told.of_instances) /
                         static_cast<float>(std::max<std::ptrdiff_t>(1, ordinary));
    }
    return out;
  }();
  return worlds;
}

float weight_of(const ToldWorld& told, const Event& event) {
  return event.instance == 0 ? told.of_ordinary : told.of_instances;
}

std::vector<ToldWorld> bent(Mix mix, const Bend& bend) {
  std::vector<ToldWorld> out = {five(mix)[0], five(mix)[3]};
  for (ToldWorld& told : out)
    for (Event& event : told.transactions)
      if (bend) bend(event, told.instance_of(event));
  return out;
}

std::string_view name_of(Mix mix) {
  return mix == Mix::realistic ? "realistic" : "training";
}

}  // namespace tillwatch::gates
