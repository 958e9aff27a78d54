// Where a network address lies: out in the world, in a private network, on this machine, or nowhere that
// anything may be sent to. Asked after a name was resolved and before anything is connected to, so that
// nobody makes this program speak to what only it can reach. Pure.
#pragma once

#include <array>
#include <cstdint>

namespace tillwatch::outgoing {

enum class Reach : std::uint8_t {
  world,
  private_network,  // 10/8, 172.16/12, 192.168/16, 100.64/10, fc00::/7
  this_machine,     // 127/8, ::1
  nowhere,          // link-local, unspecified, multicast, reserved, documentation, tunnels
};

// `address`: IPv6; IPv4 as ::ffff:a.b.c.d. What carries an IPv4 address inside is judged by that one where
// it leads there (mapped, NAT64), else it is nowhere (6to4, Teredo, IPv4-compatible).
Reach reach_of(const std::array<std::uint8_t, 16>& address);

}  // namespace tillwatch::outgoing
