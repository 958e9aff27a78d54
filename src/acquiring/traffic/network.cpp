// What the network adds to a transaction on its way: Trade::append and its parts (trade.h).
#include <algorithm>

#include "chance/distribution.h"
#include "traffic/trade.h"

namespace tillwatch::traffic {
namespace {

using chance::key_of;
using chance::Lane;

std::uint32_t ppm_of(std::int64_t permille) {
  return static_cast<std::uint32_t>(std::clamp<std::int64_t>(permille, 0, 1000)) * 1000;
}

}  // namespace

void Trade::place_terminal(Event& event, const Overlay* overlay, Stream& random) const {
  const world::Merchant& merchant = world_.merchant(event.merchant);
  const bool placed = event.place != Point{};  // a typology knows where it acts
  const Point place = placed                                 ? event.place
                      : overlay != nullptr && overlay->moved ? overlay->place
                                                             : merchant.place;
  // One fix in seven comes from masts and lies further off; some are missing.
  const bool cell = random.chance(140'000);
  const std::int64_t jitter = world_.settings().population.jitter_m * (cell ? 5 : 1);
  const std::int64_t north = std::int64_t{chance::normal_q16(random)} * jitter / 65536;
  const std::int64_t east = std::int64_t{chance::normal_q16(random)} * jitter / 65536;
  event.place = world::moved(place, north, east);
  const bool lost = random.chance(20'000 + (overlay != nullptr ? ppm_of(overlay->fix_lost_permille) : 0));
  if (lost || event.fix == Fix::none)
    event.fix = Fix::none;
  else
    event.fix = cell ? Fix::cell : Fix::gps;
}

void Trade::price(Event& event, const Overlay* overlay) const {
  const world::Merchant& merchant = world_.merchant(event.merchant);
  const auto& money = world_.settings().money;
  const bool card = event.instrument == Instrument::card || event.instrument == Instrument::unionpay_qr;
  std::int64_t rate = card ? merchant.rate_e6 : money.rate_micro_e6;
  event.code_kind = merchant.kind;
  event.account = world::own_account(event.merchant);
  if (overlay != nullptr) {
    rate += overlay->rate_rise_e6;
    if (overlay->account != no_account) event.account = overlay->account;
    const bool here = (overlay->code_tills >> (event.terminal % world::terminals_max) & 1) != 0;
    if (overlay->code_kind != own_code && here) {
      event.code_kind = overlay->code_kind;
      const bool cheap = world_.settings().kinds[overlay->code_kind].preferential != 0;
      if (card) rate += (cheap ? money.rate_preferential_e6 : money.rate_standard_e6) - merchant.rate_e6;
    }
  }
  event.rate_e6 = static_cast<std::int32_t>(rate);
  event.fee = (event.amount * rate + 500'000) / 1'000'000;
  if ((event.card & 3) == 0 && card) event.fee = std::min<std::int64_t>(event.fee, money.debit_cap);
  event.same_day = merchant.same_day;
}

// A failing provider answers 91 or 96, slowly, and hands over late what its terminals had stored.
void Trade::disturb(Event& event, Stream& random) const {
  const world::Merchant& merchant = world_.merchant(event.merchant);
  for (const Outage& outage : overlays_.outages) {
    if (outage.channel != merchant.channel || event.time < outage.from || event.time >= outage.to) continue;
    if (event.instance == 0) event.instance = outage.instance;
    event.latency_ms = static_cast<std::int32_t>(outage.latency_ms * random.between(300, 1'700) / 1000);
    const std::int64_t at = random.below(1000);
    if (at < outage.declined_permille) {
      event.response = random.chance(600'000) ? Response::unavailable : Response::malfunction;
    } else if (at < outage.declined_permille + outage.late_permille) {
      event.offline = true;
      event.arrival = outage.to + random.between(10'000, 20 * core::minute_ms);
    }
    return;
  }
}

Response Trade::append(Event event, Stream& random, bool ordinary, Events& out) const {
  const auto& flow = world_.settings().flow;
  const Overlay* overlay = ordinary ? overlays_.of(event.merchant) : nullptr;
  event.kind = EventKind::transaction;
  if (overlay != nullptr && overlay->kept_till > 0 &&
      event.terminal == world::terminal_of(event.merchant, static_cast<std::uint32_t>(overlay->kept_till)))
    event.terminal = world::terminal_of(event.merchant, 0);
  place_terminal(event, overlay, random);
  price(event, overlays_.of(event.merchant));
  if (overlay != nullptr && overlay->touched_by != 0 && event.instance == 0)
    event.instance = overlay->touched_by;
  if (overlay != nullptr) event.time += overlay->clock_drift_ms;
  event.latency_ms = static_cast<std::int32_t>(random.between(250, 1'800));
  event.arrival = event.time - (overlay != nullptr ? overlay->clock_drift_ms : 0) + random.between(40, 900);
  // The counter of a terminal's keys goes on with its heartbeats.
  const core::TimeMs since = event.time - (core::days_from_civil({2024, 1, 1}) * core::day_ms);
  event.counter += key_of(world_.seed(), Lane::shop, event.terminal, 7) % 4'000'000;
  event.counter += static_cast<std::uint64_t>(since) / 500;
  const bool stored = overlay != nullptr && random.chance(ppm_of(overlay->offline_permille));
  if (stored || random.chance(static_cast<std::uint32_t>(flow.late_ppm))) {
    event.offline = true;
    event.arrival += random.between(core::minute_ms, stored ? 8 * core::hour_ms : 2 * core::hour_ms);
  }
  disturb(event, random);
  out.push_back(event);
  Event answer = event;
  answer.kind = EventKind::outcome;
  answer.id = outcome_id(event.id);
  answer.original = event.id;
  answer.time = event.time + event.latency_ms;
  answer.arrival = event.arrival + event.latency_ms;
  out.push_back(answer);
  const Response response = event.response;
  if (!random.chance(static_cast<std::uint32_t>(flow.duplicate_ppm))) return response;
  // The line fails after the answer and the terminal sends the same again.
  event.arrival = answer.arrival + random.between(2'000, 40'000);
  out.push_back(event);
  return response;
}

}  // namespace tillwatch::traffic
