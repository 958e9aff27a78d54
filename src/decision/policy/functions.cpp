#include "policy/functions.h"

#include <array>

#include "policy/geography.h"

namespace tillwatch::policy {
namespace {

cel::Value run_distance(cel::Run& run, std::span<const cel::Value> arguments) {
  if (arguments.size() != 4) return cel::no_overload(run, "distance_m", arguments);
  for (const cel::Value& argument : arguments)
    if (!argument.is(cel::Kind::integer)) return cel::no_overload(run, "distance_m", arguments);
  return cel::Value::integer(distance_m(arguments[0].i, arguments[1].i, arguments[2].i, arguments[3].i));
}

constexpr std::array<cel::Signature, 1> distance_signatures{{{"int, int, int, int", "int"}}};
constexpr std::array<cel::Function, 1> functions{{{"distance_m", false, distance_signatures, run_distance,
                                                   "metres between two places given in degrees times 10^6"}}};

}  // namespace

std::span<const cel::Function> policy_functions() {
  return functions;
}

}  // namespace tillwatch::policy
