#include "world/place.h"

#include <algorithm>
#include <array>

namespace tillwatch::world {
namespace {

// The cosine of 0, 5, ... 90 degrees, in thousandths: how much shorter a degree of longitude is there.
constexpr std::array<std::int32_t, 19> cosine_permille = {1000, 996, 985, 966, 940, 906, 866, 819, 766, 707,
                                                          643,  574, 500, 423, 342, 259, 174, 87,  0};

std::int64_t cosine_at(std::int64_t latitude_e6) {
  const std::int64_t degrees_e6 =
      std::min<std::int64_t>(latitude_e6 < 0 ? -latitude_e6 : latitude_e6, 85'000'000);
  const auto cell = static_cast<std::size_t>(degrees_e6 / 5'000'000);
  const std::int64_t within = degrees_e6 % 5'000'000;
  return cosine_permille[cell] + (cosine_permille[cell + 1] - cosine_permille[cell]) * within / 5'000'000;
}

// A degree is 111.2 km: a millionth of it 0.1112 m.
constexpr std::int64_t metres_e4_per_e6 = 1112;

}  // namespace

std::int64_t whole_root(std::int64_t value) {
  std::int64_t root = 0;
  for (std::int64_t bit = std::int64_t{1} << 31; bit > 0; bit >>= 1)
    if ((root + bit) <= value / (root + bit)) root += bit;
  return root;
}

std::int64_t square_metres_between(const Point& a, const Point& b) {
  const std::int64_t north = (std::int64_t{a.latitude_e6} - b.latitude_e6) * metres_e4_per_e6 / 10'000;
  const std::int64_t middle = (std::int64_t{a.latitude_e6} + b.latitude_e6) / 2;
  const std::int64_t east =
      (std::int64_t{a.longitude_e6} - b.longitude_e6) * metres_e4_per_e6 / 10'000 * cosine_at(middle) / 1000;
  return north * north + east * east;
}

std::int64_t metres_between(const Point& a, const Point& b) {
  return whole_root(square_metres_between(a, b));
}

Point moved(const Point& from, std::int64_t north_m, std::int64_t east_m) {
  const std::int64_t latitude = from.latitude_e6 + north_m * 10'000 / metres_e4_per_e6;
  const std::int64_t longitude = from.longitude_e6 + east_m * 10'000 / metres_e4_per_e6 * 1000 /
                                                         std::max<std::int64_t>(100, cosine_at(latitude));
  return {static_cast<std::int32_t>(std::clamp<std::int64_t>(latitude, -89'000'000, 89'000'000)),
          static_cast<std::int32_t>(std::clamp<std::int64_t>(longitude, -179'000'000, 179'000'000))};
}

}  // namespace tillwatch::world
