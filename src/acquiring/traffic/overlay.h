// What typologies change about ordinary trade on one day: shops that fall silent or move, rates and accounts
// that change, providers that fail. Filled by acquiring/typology before the day is told, read by the trade of
// that day; never changed meanwhile.
#pragma once

#include <cstdint>
#include <vector>

#include "traffic/event.h"

namespace tillwatch::traffic {

inline constexpr std::uint64_t no_account = ~std::uint64_t{0};

// Of one merchant.
struct Overlay {
  MerchantIndex merchant = 0;
  std::int32_t keeps_permille = 1000;  // of its ordinary sales happen
  std::int32_t rate_rise_e6 = 0;       // added to its rate
  std::uint64_t account = no_account;  // settled to another account
  std::uint8_t code_kind = own_code;   // trades under another kind's code
  std::uint8_t code_tills = 0xff;  // at these of its terminals, bit by bit; its own code holds at the others
  std::int8_t kept_till = -1;      // ordinary customers do not pay at this terminal (1 or above); -1: none
  std::uint32_t touched_by = 0;    // instance + 1 to which its ordinary sales belong; 0: none
  bool moved = false;              // its terminals stand at `place`
  Point place{};
  std::int32_t fix_lost_permille = 0;   // of its sales show no position
  std::int32_t offline_permille = 0;    // of its sales are stored and forwarded
  std::int64_t clock_drift_ms = 0;      // of its terminals
  std::int32_t refund_permille = 1000;  // how much more often goods come back
};

// Of one channel.
struct Outage {
  std::uint8_t channel = 0;
  std::uint32_t instance = 0;  // + 1
  core::TimeMs from = 0;
  core::TimeMs to = 0;
  std::int32_t declined_permille = 0;
  std::int32_t late_permille = 0;
  std::int32_t latency_ms = 0;
};

struct DayOverlays {
  std::vector<Overlay> overlays;
  std::vector<std::uint32_t> of_merchant;  // index in `overlays` + 1; 0: none; may be empty
  std::vector<Outage> outages;

  const Overlay* of(MerchantIndex merchant) const {
    if (of_merchant.empty() || of_merchant[merchant] == 0) return nullptr;
    return &overlays[of_merchant[merchant] - 1];
  }
  // The overlay of the merchant, made where there is none.
  Overlay& make(MerchantIndex merchant, std::size_t merchants) {
    if (of_merchant.empty()) of_merchant.resize(merchants);
    std::uint32_t& at = of_merchant[merchant];
    if (at == 0) {
      overlays.emplace_back();
      overlays.back().merchant = merchant;
      at = static_cast<std::uint32_t>(overlays.size());
    }
    return overlays[at - 1];
  }
  void clear() {
    for (const Overlay& overlay : overlays) of_merchant[overlay.merchant] = 0;
    overlays.clear();
    outages.clear();
  }
};

}  // namespace tillwatch::traffic
