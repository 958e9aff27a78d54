#include "typology/instance.h"

#include <algorithm>

#include "chance/distribution.h"
#include "typology/pattern.h"

namespace tillwatch::typology {
namespace {

using chance::Lane;
using chance::Stream;
using world::Planting;

constexpr Day first_epoch = 600;  // 2019: epochs below are never asked for
constexpr std::uint32_t places_max = 1u << 14;

Instance draw(const World& world, TypologyId id, Day epoch, std::uint32_t place, bool planted) {
  const Planting& planting = world.settings().typologies[static_cast<std::size_t>(id)];
  Instance out;
  out.number = number_of(id, static_cast<std::uint32_t>(epoch - first_epoch), place, planted);
  out.key = chance::key_of(world.seed(), Lane::schedule, out.number, 0, 2);
  out.id = id;
  out.planted = planted;
  Stream random(world.seed(), Lane::schedule, out.number);
  out.begins = epoch * epoch_days + random.between(0, epoch_days - 1);
  const Day later = world.settings().first_day + planting.later_day;
  const bool late = planting.later_day > 0 && out.begins >= later;
  const world::Span& skill = late ? planting.later_skill : planting.skill;
  out.skill = static_cast<std::uint8_t>(random.between(skill[0], skill[1]));
  out.ramp_days = static_cast<std::int32_t>(random.between(planting.ramp_days[0], planting.ramp_days[1]));
  out.first = out.begins;
  out.last = out.first + random.between(planting.length_days[0], planting.length_days[1]) - 1;
  out.ends = out.last;
  for (std::size_t i = 0; i < out.drawn.size(); ++i)
    out.drawn[i] = random.between(planting.drawn[i][0], planting.drawn[i][1]);
  pattern_of(id).cast(world, out);
  out.ends = std::min(std::max(out.ends, out.last), out.begins + instance_days_max);
  out.last = std::min(out.last, out.ends);
  return out;
}

}  // namespace

bool Instance::works_on(Day day) const {
  if (!planted || skill == 0) return true;
  const Day spell = core::floor_div(day - first, 3);
  const std::uint64_t bits = chance::mix64(key + static_cast<std::uint64_t>(spell) * chance::golden_step);
  return spell == 0 || bits % 1000 < 550u - 100u * skill;
}

std::string name_of(std::uint32_t number) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string name(world::info_of(typology_of(number)).name);
  name += is_planted(number) ? "-p" : "-h";
  for (int shift = 24; shift >= 0; shift -= 4) name.push_back(digits[(number >> shift) & 15]);
  return name;
}

std::vector<Instance> begin_in_epoch(const World& world, Day epoch) {
  std::vector<Instance> out;
  if (epoch < first_epoch || epoch >= first_epoch + 128) return out;
  const auto& settings = world.settings();
  for (const world::TypologyInfo& info : world::typologies()) {
    const Planting& planting = settings.typologies[static_cast<std::size_t>(info.id)];
    const std::int64_t factor =
        settings.mix == world::Mix::training && info.fraud ? world::training_factor : 1;
    const std::int64_t mean_milli = planting.rate * settings.population.merchants * factor / 1000;
    Stream random(settings.seed, Lane::schedule, static_cast<std::uint64_t>(info.id), epoch, 1);
    const auto each = static_cast<std::uint32_t>(planting.look_alikes) + 1;
    const auto count = std::min(
        static_cast<std::uint32_t>(chance::poisson(random, std::min<std::int64_t>(mean_milli, 5'000'000))),
        places_max / each);
    for (std::uint32_t i = 0; i < count; ++i) {
      if (planting.planted != 0) out.push_back(draw(world, info.id, epoch, i * each, true));
      for (std::uint32_t j = 1; j < each; ++j)
        out.push_back(draw(world, info.id, epoch, i * each + j, false));
    }
  }
  std::erase_if(out, [](const Instance& instance) {
    return instance.merchants.empty() && world::info_of(instance.id).fraud;
  });
  return out;
}

}  // namespace tillwatch::typology
