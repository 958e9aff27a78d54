// The merchants of the world with their agents, reps, terminals and accounts. Drawn by World (world.h); read
// by flows, typologies and writers. Each depends on the seed and its own number only.
#pragma once

#include <cstdint>

#include "world/place.h"
#include "world/settings.h"

namespace tillwatch::world {

using MerchantIndex = std::uint32_t;
using PersonNumber = std::uint32_t;

struct Agent {
  std::uint32_t number = 0;
  std::int32_t parent = -1;  // index of the agent it works below; -1: none
  std::uint8_t city = 0;
  std::int32_t quality_permille = 0;  // how carefully it boards: draws what it lets in
  std::int64_t share = 0;             // of the merchants, relative
  PersonNumber owner = 0;
};

struct Merchant {
  MerchantIndex number = 0;
  std::uint8_t kind = 0;        // what it sells
  std::uint8_t registered = 0;  // the kind by whose code the register names it: some entries are old
  std::uint8_t city = 0;        // index in cities()
  std::uint8_t channel = 0;     // acquirer
  std::uint8_t terminals = 1;
  std::uint16_t agent = 0;
  std::uint16_t rep = 0;  // of the agent
  Point place;
  Day opened = 0;
  PersonNumber owner = 0;
  std::int32_t size_permille = 1000;    // of its kind's demand
  std::int32_t ticket_permille = 1000;  // of its kind's ticket
  std::int32_t shift_min = 0;           // its hours against its kind's
  std::int32_t rate_e6 = 0;             // fee
  std::int64_t declared_daily = 0;      // turnover that was declared at boarding, minor units
  bool same_day = false;                // settled on the same day
  bool shut_at_spring = false;
};

// Terminals are numbered over all merchants: merchant * 4 + 0 .. 3; a copy of one has a number beyond them.
using TerminalNumber = std::uint32_t;
inline constexpr std::uint32_t terminals_max = 4;
constexpr TerminalNumber terminal_of(MerchantIndex merchant, std::uint32_t which) {
  return merchant * terminals_max + which;
}

}  // namespace tillwatch::world
