#include "policy/geography.h"

#include <algorithm>
#include <cmath>

namespace tillwatch::policy {
namespace {

// cos on [-pi/2, pi/2] by its Taylor series to x^12: error below 7e-9, from exact operations only.
double cosine(double x) {
  const double x2 = x * x;
  return 1 - x2 / 2 * (1 - x2 / 12 * (1 - x2 / 30 * (1 - x2 / 56 * (1 - x2 / 90 * (1 - x2 / 132)))));
}

}  // namespace

std::int64_t distance_m(std::int64_t latitude1_e6, std::int64_t longitude1_e6, std::int64_t latitude2_e6,
                        std::int64_t longitude2_e6) {
  constexpr double radians_per_micro_degree = 3.14159265358979323846 / 180e6;
  constexpr double earth_radius_m = 6371008.8;
  const auto clamp = [](std::int64_t v, std::int64_t bound) { return std::clamp(v, -bound, bound); };
  const std::int64_t latitude1 = clamp(latitude1_e6, 90'000'000), latitude2 = clamp(latitude2_e6, 90'000'000);
  std::int64_t east = clamp(longitude2_e6, 180'000'000) - clamp(longitude1_e6, 180'000'000);
  if (east > 180'000'000) east -= 360'000'000;
  if (east < -180'000'000) east += 360'000'000;
  const double middle = static_cast<double>(latitude1 + latitude2) / 2 * radians_per_micro_degree;
  const double x = static_cast<double>(east) * radians_per_micro_degree * cosine(middle);
  const double y = static_cast<double>(latitude2 - latitude1) * radians_per_micro_degree;
  // sqrt is correctly rounded by IEEE 754; it is no library approximation.
  return static_cast<std::int64_t>(earth_radius_m * std::sqrt(x * x + y * y) + 0.5);
}

}  // namespace tillwatch::policy
