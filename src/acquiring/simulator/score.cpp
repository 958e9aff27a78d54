#include "simulator/score.h"

#include <algorithm>

#include "simulator/scheme.h"

namespace tillwatch::simulator {

Score::Score(const World& world)
    : world_(world), instance_of_(world.merchants().size(), -1), fired_(world.instances().size(), false) {
  for (std::size_t i = 0; i < world.instances().size(); ++i) {
    const Instance& instance = world.instances()[i];
    for (std::uint32_t m = 0; m < instance.merchant_count; ++m)
      instance_of_[instance.first_merchant + m] = static_cast<std::int32_t>(i);
  }
}

void Score::seen(const Event& event, const std::vector<FiredRule>& fired) {
  for (const FiredRule& rule : fired) {
    if (rule.severity < 2) continue;
    const std::int32_t at = instance_of_[event.merchant];
    const Instance* instance = at < 0 ? nullptr : &world_.instances()[static_cast<std::size_t>(at)];
    if (instance != nullptr && instance->typology == rule.typology) {
      fired_[static_cast<std::size_t>(at)] = true;
    } else if (instance == nullptr || instance->role == Role::look_alike) {
      elsewhere_.emplace(rule.typology, event.merchant);
    }
  }
}

std::string Score::place_of(const Event& event) const {
  const std::int32_t at = instance_of_[event.merchant];
  return at < 0 ? "ordinary trade" : world_.instances()[static_cast<std::size_t>(at)].name;
}

std::vector<std::pair<std::string, TypologyScore>> Score::result() const {
  std::vector<std::pair<std::string, TypologyScore>> result;
  const auto row = [&](std::string_view typology) -> TypologyScore& {
    const auto at = std::ranges::find_if(result, [&](const auto& one) { return one.first == typology; });
    if (at != result.end()) return at->second;
    return result.emplace_back(std::string(typology), TypologyScore{}).second;
  };
  for (const Scheme& scheme : schemes()) row(scheme.typology);
  for (std::size_t i = 0; i < world_.instances().size(); ++i) {
    const Instance& instance = world_.instances()[i];
    TypologyScore& score = row(instance.typology);
    const bool planted = instance.role == Role::planted;
    ++(planted ? score.planted : score.look_alikes);
    if (fired_[i]) ++(planted ? score.found : score.look_alikes_fired);
  }
  for (const auto& [typology, merchant] : elsewhere_) ++row(typology).honest_fired;
  return result;
}

std::vector<std::string> Score::missed() const {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < fired_.size(); ++i)
    if (!fired_[i] && world_.instances()[i].role == Role::planted)
      names.push_back(world_.instances()[i].name);
  return names;
}

std::vector<std::string> Score::mistaken() const {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < fired_.size(); ++i)
    if (fired_[i] && world_.instances()[i].role == Role::look_alike)
      names.push_back(world_.instances()[i].name);
  return names;
}

}  // namespace tillwatch::simulator
