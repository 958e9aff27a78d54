// The distance between two places, in whole metres, the same on every machine. Called by the policies'
// distance_m(). No libm: sines would differ between libraries, so the cosine is a fixed polynomial and the
// rest is IEEE arithmetic.
#pragma once

#include <cstdint>

namespace tillwatch::policy {

// WGS 84 degrees times 10^6. Equirectangular on the mean latitude: within 0.6 % up to 1,000 km at latitudes
// below 70 degrees, which is far below the error of a cell position; coarser near the poles. Crosses the date
// line the short way.
std::int64_t distance_m(std::int64_t latitude1_e6, std::int64_t longitude1_e6, std::int64_t latitude2_e6,
                        std::int64_t longitude2_e6);

}  // namespace tillwatch::policy
