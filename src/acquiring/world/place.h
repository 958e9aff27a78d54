// Where the world lies: cities where real ones lie, distances and points around a place. Called by entities,
// flows and typologies. Whole numbers only: it decides bytes.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace tillwatch::world {

struct Point {
  std::int32_t latitude_e6 = 0;
  std::int32_t longitude_e6 = 0;
  friend bool operator==(const Point&, const Point&) = default;
};

struct City {
  std::string_view code;    // administrative division, four digits
  std::string_view region;  // province, two digits
  std::string_view name;
  Point centre;
  std::int32_t weight;  // of its people, relative
};
std::span<const City> cities();

// The square of the metres between two points, and the metres, for points less than some thousand kilometres
// apart; within a per cent.
std::int64_t square_metres_between(const Point& a, const Point& b);
std::int64_t metres_between(const Point& a, const Point& b);
// The point that lies so many metres to the north and east of `from`; negative: south and west.
Point moved(const Point& from, std::int64_t north_m, std::int64_t east_m);
// The whole square root, rounded down; value >= 0.
std::int64_t whole_root(std::int64_t value);

}  // namespace tillwatch::world
