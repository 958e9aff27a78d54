// The kinds of merchants: what they sell for how much, when, to whom and by which means. Called by the world
// and the flows. Every figure is assumed until it is calibrated; none of them may stand in a rule.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

namespace tillwatch::simulator {

enum class KindId : std::uint8_t {
  food_court,
  restaurant,
  supermarket,
  convenience,
  fuel,
  bar,
  clothing,
  electronics,
  pharmacy,
  school,
  building_materials,
  beauty,
};
inline constexpr int kind_count = 12;

// One of the two busy times of a day.
struct Hump {
  std::int32_t minute;  // after local midnight; past 1440 it is the small hours of the next day
  std::int32_t spread;  // standard deviation, minutes
  std::int32_t share;   // thousandths of the day's sales
};

struct MerchantKind {
  KindId id;
  std::string_view name;
  std::string_view mcc;
  std::int32_t weight;             // thousandths of all merchants
  std::int64_t ticket_median;      // minor units
  std::int32_t ticket_spread_q16;  // of the binary logarithm, times 2^16
  std::int64_t grain;              // prices are multiples of this many minor units ...
  std::int64_t below;              // ... less this ("199" and not "200")
  std::int64_t single_limit;       // the most one sale may be, minor units
  std::int64_t demand_milli;       // sales on an average day, thousandths
  std::int32_t opens;              // minutes after local midnight
  std::int32_t closes;             // past 1440: open into the next day
  std::array<Hump, 2> humps;
  std::array<std::int32_t, 7> weekday_permille;  // from Sunday
  std::int32_t credit_permille;                  // of the cards used
  std::int32_t refund_ppm;                       // of the sales
  std::int32_t regulars;                         // people who come again and again
  std::int32_t regular_permille;                 // their share of the sales
  std::array<std::int32_t, 4> entry_permille;    // contactless, chip, stripe, qr
};

// By KindId.
std::span<const MerchantKind, kind_count> merchant_kinds();

inline const MerchantKind& kind_of(KindId id) {
  return merchant_kinds()[static_cast<std::size_t>(id)];
}

// A city of the world, placed where a real one lies.
struct City {
  std::string_view code;    // administrative division, four digits
  std::string_view region;  // province, two digits
  std::int32_t latitude_e6;
  std::int32_t longitude_e6;
};
std::span<const City> cities();

}  // namespace tillwatch::simulator
