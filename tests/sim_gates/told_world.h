// Worlds as the gates look at them: told whole, kept as transactions with who stands behind each. Called by
// the gates. `Bend` changes what was told, as a broken generator would have told it.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "telling/teller.h"
#include "world/world.h"

namespace tillwatch::gates {

using traffic::Event;
using typology::Instance;
using world::Mix;
using world::Settings;
using world::TypologyId;

using Bend = std::function<void(Event&, const Instance* instance)>;

struct ToldWorld {
  std::shared_ptr<const world::World> world;
  std::vector<Event> transactions;                        // in arrival order, each once
  std::unordered_map<std::uint32_t, Instance> instances;  // by number
  // How often what belongs to an instance counts, and all else.
  float of_instances = 1, of_ordinary = 1;

  const Instance* instance_of(const Event& event) const {
    if (event.instance == 0) return nullptr;
    const auto at = instances.find(event.instance - 1);
    return at == instances.end() ? nullptr : &at->second;
  }
};

// The first of five seeds in a row. The realistic worlds are others, so that what the training mix taught can
// be judged in them: worlds of one seed share merchants, people and look-alikes whatever their mix.
inline constexpr std::uint64_t gate_seed = 101, realistic_seed = 201;
// The same, or what TILLWATCH_GATE_SEED asks for: its seeds were never looked at, the realistic ones begin a
// hundred after it.
std::uint64_t first_seed(Mix mix);

bool is_long();
// A world small enough that all gates over fifteen of them take a few minutes; with TILLWATCH_LONG a larger
// one.
Settings gate_settings(Mix mix, std::uint64_t seed);
ToldWorld tell(const Settings& settings);

// The worlds of the five seeds, told once for all gates.
const std::vector<ToldWorld>& five(Mix mix);
// Five more of the realistic mix, of the realistic seeds, in which `crowding` times as many instances begin,
// planted and look-alikes. What belongs to an instance counts one `crowding`-th, and the rest more, so that
// all together counts what was told: figures are those of the mix, and more witnesses stand for them. What
// instances do to each other at a shop that they share happens more often than in the mix, and less often
// than in training.
inline constexpr std::int64_t crowding = 5;
const std::vector<ToldWorld>& crowded();
// How often what the event tells counts in the mix that the world stands for.
float weight_of(const ToldWorld& told, const Event& event);
// Copies of two of the five, bent.
std::vector<ToldWorld> bent(Mix mix, const Bend& bend);
// How many of the worlds are learned from; the others are scored.
inline std::size_t learners_of(const std::vector<ToldWorld>& worlds) {
  return worlds.size() * 3 / 5;
}
std::string_view name_of(Mix mix);

}  // namespace tillwatch::gates
