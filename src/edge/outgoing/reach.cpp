#include "outgoing/reach.h"

#include <algorithm>
#include <cstddef>
#include <span>

namespace tillwatch::outgoing {
namespace {

struct V4Range {
  std::uint32_t first;
  int bits;
  Reach reach;
};

constexpr std::uint32_t v4(std::uint32_t a, std::uint32_t b, std::uint32_t c, std::uint32_t d) {
  return (a << 24) | (b << 16) | (c << 8) | d;
}

// IANA's registry of special-purpose addresses; what is in none of these is the world.
constexpr V4Range v4_ranges[] = {
    {v4(0, 0, 0, 0), 8, Reach::nowhere},
    {v4(10, 0, 0, 0), 8, Reach::private_network},
    {v4(100, 64, 0, 0), 10, Reach::private_network},
    {v4(127, 0, 0, 0), 8, Reach::this_machine},
    {v4(169, 254, 0, 0), 16, Reach::nowhere},
    {v4(172, 16, 0, 0), 12, Reach::private_network},
    {v4(192, 0, 0, 0), 24, Reach::nowhere},
    {v4(192, 0, 2, 0), 24, Reach::nowhere},
    {v4(192, 88, 99, 0), 24, Reach::nowhere},
    {v4(192, 168, 0, 0), 16, Reach::private_network},
    {v4(198, 18, 0, 0), 15, Reach::nowhere},
    {v4(198, 51, 100, 0), 24, Reach::nowhere},
    {v4(203, 0, 113, 0), 24, Reach::nowhere},
    {v4(224, 0, 0, 0), 4, Reach::nowhere},
    {v4(240, 0, 0, 0), 4, Reach::nowhere},
};

Reach reach_of_v4(std::uint32_t address) {
  for (const V4Range& range : v4_ranges)
    if ((address >> (32 - range.bits)) == (range.first >> (32 - range.bits))) return range.reach;
  return Reach::world;
}

bool begins(std::span<const std::uint8_t> address, std::initializer_list<std::uint8_t> with) {
  return std::ranges::equal(address.first(with.size()), with);
}

}  // namespace

Reach reach_of(const std::array<std::uint8_t, 16>& address) {
  const std::uint32_t inside = v4(address[12], address[13], address[14], address[15]);
  if (begins(address, {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff})) return reach_of_v4(inside);
  if (begins(address, {0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0})) return reach_of_v4(inside);
  if (begins(address, {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1})) return Reach::this_machine;
  if ((address[0] & 0xfe) == 0xfc) return Reach::private_network;
  if ((address[0] & 0xe0) != 0x20) return Reach::nowhere;                      // what is not global unicast
  if (begins(address, {0x20, 0x01}) && address[2] < 2) return Reach::nowhere;  // 2001::/23
  if (begins(address, {0x20, 0x01, 0x0d, 0xb8})) return Reach::nowhere;        // documentation
  if (begins(address, {0x20, 0x02})) return Reach::nowhere;                    // 6to4
  if (begins(address, {0x3f, 0xff}) && address[2] < 0x10) return Reach::nowhere;  // documentation
  return Reach::world;
}

}  // namespace tillwatch::outgoing
