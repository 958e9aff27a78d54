#include "world/person.h"

#include "chance/distribution.h"
#include "chance/random.h"

namespace tillwatch::world {

using chance::Lane;
using chance::Stream;

Amount limit_of(const Settings& settings, CardNumber number) {
  Stream random(settings.seed, Lane::limit, number);
  const std::int64_t spread = chance::log_spread_q16(settings.people.limit_sigma_permille);
  const Amount drawn =
      chance::lognormal(random, settings.people.limit_median, static_cast<std::int32_t>(spread));
  constexpr Amount grain = 1'000'00;  // limits are whole thousands of yuan
  return drawn < grain ? grain : drawn / grain * grain;
}

void append_letters(std::string& out, std::uint64_t bits) {
  char text[16];
  for (std::size_t i = 0; i < 16; ++i) text[i] = static_cast<char>('a' + ((bits >> (60 - 4 * i)) & 15));
  out.append(text, 16);
}

}  // namespace tillwatch::world
