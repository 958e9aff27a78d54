#include "traffic/trade.h"

#include <algorithm>

#include "chance/distribution.h"

namespace tillwatch::traffic {
namespace {

using chance::key_of;
using chance::Lane;
using world::Kind;
using world::kind_count;
using world::Merchant;
using world::Occasion;
using world::Whereabouts;

// How much more or less a kind sells for reasons of the calendar, in thousandths.
std::int64_t season_permille(const Kind& kind, const world::CalendarDay& day) {
  if (day.occasion == Occasion::shopping) return kind.refund_ppm >= 10'000 ? 1'500 : 1'050;
  // The week before the Spring Festival people stock up and dress.
  if (day.to_spring > 0 && day.to_spring <= 8) return 1'250;
  if (day.holiday) return kind.holiday_permille;
  return 1'000;
}

bool is_long(Occasion occasion) {
  return occasion == Occasion::spring_festival || occasion == Occasion::national_day ||
         occasion == Occasion::labour_day;
}

std::uint32_t ppm_of(std::int64_t permille) {
  return static_cast<std::uint32_t>(std::clamp<std::int64_t>(permille, 0, 1000)) * 1000;
}

}  // namespace

Trade::Trade(const World& world, Day day, const DayOverlays& overlays)
    : world_(world), day_(day), overlays_(overlays), calendar_(world::calendar_day(day)) {
  for (const Overlay& overlay : overlays.overlays)
    CHECK(overlay.clock_drift_ms <= -earliest_arrival && overlay.clock_drift_ms >= earliest_arrival);
  const Day decade = core::floor_div(day, 10) * 10;
  for (Day each = decade; each < decade + 10; ++each)
    if (is_long(world::calendar_day(each).occasion)) long_holiday_ = true;
  // A make-up workday is a Friday in all but name; a holiday is a Saturday.
  const int weekday = calendar_.make_up ? 5 : calendar_.holiday ? 6 : calendar_.weekday;
  const auto& settings = world.settings();
  std::int64_t sum = 0, weights = 0;
  for (std::size_t i = 0; i < kind_count; ++i) {
    const Kind& kind = settings.kinds[i];
    weights += kind.weight;
    std::int64_t week = 0;
    for (const std::int64_t share : kind.weekday_permille) week += share;
    std::int64_t demand = kind.weight * kind.demand_milli / 100;
    demand = demand * kind.weekday_permille[static_cast<std::size_t>(weekday)] * 7 / week;
    demand = demand * season_permille(kind, calendar_) / 1000;
    sum += demand;
    kind_sums_[i] = static_cast<std::uint32_t>(sum);
  }
  // demand in tens of thousandths of sales, over weights, over people.
  purchases_micro_ = sum * 100'000 / weights / settings.population.people_per_merchant;
  purchases_micro_ = purchases_micro_ * world::wage_permille(calendar_.day_of_month) / 1000;
  purchases_micro_ = purchases_micro_ * settings.flow.volume_permille / 1000;
  trips_micro_ = purchases_micro_ * 1'000'000 / purchases_a_trip_e6(settings.people.errand_permille);
}

bool Trade::trades(MerchantIndex index) const {
  const Merchant& merchant = world_.merchant(index);
  if (merchant.opened > day_) return false;
  return !(merchant.shut_at_spring && calendar_.occasion == Occasion::spring_festival);
}

bool Trade::sells(MerchantIndex index) const {
  const Overlay* const overlay = overlays_.of(index);
  return trades(index) && (overlay == nullptr || overlay->keeps_permille > 0);
}

// Whether the shop is open and this customer comes in: shops have good and bad days beyond chance.
bool Trade::takes(MerchantIndex index, Stream& random) const {
  if (!trades(index)) return false;
  if (const Overlay* overlay = overlays_.of(index))
    if (!random.chance(ppm_of(overlay->keeps_permille))) return false;
  constexpr std::int64_t most = 1'600;
  Stream noise(world_.seed(), Lane::shop_day, index, day_);
  const std::int64_t factor = std::min(
      most,
      chance::lognormal(noise, 950, chance::log_spread_q16(world_.settings().flow.merchant_noise_permille)));
  return random.below(most) < factor;
}

std::uint8_t Trade::draw_kind(Stream& random) const {
  const std::uint32_t at = random.below(std::max(1u, kind_sums_.back()));
  return static_cast<std::uint8_t>(std::ranges::upper_bound(kind_sums_, at) - kind_sums_.begin());
}

bool Trade::choose_merchant(const Person& person, const Whereabouts& where, std::uint8_t kind, Stream& random,
                            MerchantIndex& out) const {
  const Kind& of_kind = world_.settings().kinds[kind];
  const auto haunts = static_cast<std::uint32_t>(world_.settings().people.haunts_per_kind);
  for (int tries = 0; tries < 5; ++tries) {
    const bool haunt = !where.travels && random.chance(ppm_of(of_kind.haunt_permille));
    const bool found = haunt ? world_.haunt(person, kind, random.below(haunts), out)
                             : world_.nearby(where, kind, random, out);
    if (found && takes(out, random)) return true;
  }
  return false;
}

std::int64_t round_sum(std::int64_t amount) {
  std::int64_t step = 50;
  while (amount >= 20 * step) step *= 10;
  return std::max(step, (amount + step / 2) / step * step);
}

std::int64_t Trade::as_price(const Merchant& merchant, std::int64_t amount) const {
  const Kind& kind = world_.kind_of(merchant);
  while (amount >= kind.single_limit) amount /= 2;
  amount = std::max(kind.grain, (amount + kind.grain / 2) / kind.grain * kind.grain);
  return amount - kind.below;
}

std::int64_t Trade::draw_ticket(const Merchant& merchant, std::int64_t permille, Stream& random) const {
  const Kind& kind = world_.kind_of(merchant);
  const std::int64_t median = kind.ticket_median * merchant.ticket_permille / 1000 * permille / 1000;
  const std::int64_t amount =
      chance::lognormal(random, median, chance::log_spread_q16(kind.ticket_sigma_permille));
  return as_paid(merchant, amount, random);
}

std::int64_t Trade::as_paid(const Merchant& merchant, std::int64_t amount, Stream& random) const {
  const Kind& kind = world_.kind_of(merchant);
  // Tanks are filled for 200, cards are topped up, deposits paid.
  const bool round = random.chance(ppm_of(kind.round_permille));
  return round && round_sum(amount) < kind.single_limit ? round_sum(amount) : as_price(merchant, amount);
}

// A shop that never shuts has no hours to move.
std::int64_t Trade::shift_min(const Merchant& merchant) const {
  const Kind& kind = world_.kind_of(merchant);
  return kind.open[1] - kind.open[0] >= 1430 ? 0 : merchant.shift_min;
}

std::array<std::int64_t, 2> Trade::hours(const Merchant& merchant) const {
  const Kind& kind = world_.kind_of(merchant);
  const std::int64_t shift = shift_min(merchant);
  return {std::max<std::int64_t>(0, kind.open[0] + shift) * core::minute_ms,
          (kind.open[1] + shift) * core::minute_ms};
}

std::int64_t Trade::draw_time(const Merchant& merchant, Stream& random) const {
  const Kind& kind = world_.kind_of(merchant);
  const bool first = random.chance(ppm_of(kind.first_share_permille));
  const world::Span& hump = first ? kind.first_hump : kind.second_hump;
  const std::int64_t shift = shift_min(merchant);
  const auto [from, to] = hours(merchant);
  for (int tries = 0; tries < 12; ++tries) {
    const std::int64_t off = std::int64_t{chance::normal_q16(random)} * hump[1] * core::minute_ms / 65536;
    const std::int64_t at = (hump[0] + shift) * core::minute_ms + off;
    if (at >= from && at < to) return at;
  }
  return random.between(from, to - 1);
}

EntryMode Trade::draw_entry(const Merchant& merchant, Stream& random) const {
  auto at = static_cast<std::int64_t>(random.below(1000));
  const Kind& kind = world_.kind_of(merchant);
  for (std::size_t i = 0; i + 1 < kind.entry_permille.size(); ++i) {
    if (at < kind.entry_permille[i]) return static_cast<EntryMode>(i);
    at -= kind.entry_permille[i];
  }
  return EntryMode::qr;
}

Cvm Trade::draw_cvm(EntryMode entry, std::int64_t amount, Stream& random) const {
  if (entry == EntryMode::qr) return Cvm::none;
  if (amount <= 100'000 && entry == EntryMode::contactless) return Cvm::none;
  return random.chance(120'000) ? Cvm::signature : Cvm::pin;
}

std::uint32_t Trade::draw_terminal(const Merchant& merchant, Stream& random) const {
  return random.below(merchant.terminals);
}

CardNumber Trade::draw_card(const Person& person, const Kind& kind, Stream& random) const {
  // Those who have credit cards use them about twice as often as the kind's share says of everybody.
  const bool credit = random.chance(ppm_of(kind.credit_permille * 2));
  if (person.credit_cards == 0 || !credit) return world::card_of(person.number, 0);
  return world::card_of(person.number, 1 + random.below(person.credit_cards));
}

Response Trade::draw_response(const Person& person, const Event& event, Stream& random) const {
  const auto& flow = world_.settings().flow;
  // Before the wages come, and with those who earn little, the account is empty more often.
  const std::int64_t thin = calendar_.day_of_month >= 5 && calendar_.day_of_month <= 9 ? 1'400 : 900;
  const std::int64_t empty = flow.no_funds_ppm * thin / 1000 * 1000 / std::max(300, person.income_permille);
  if ((event.card & 3) != 0 && event.instrument == Instrument::card &&
      event.amount > world::limit_of(world_.settings(), event.card))
    return Response::over_limit;
  std::int64_t at = random.below(1'000'000);
  const auto falls = [&at](std::int64_t ppm) {
    at -= ppm;
    return at < 0;
  };
  if (falls(empty)) return Response::no_funds;
  if (falls(flow.over_limit_ppm)) return Response::over_limit;
  if (falls(flow.do_not_honour_ppm)) return Response::do_not_honour;
  if (falls(flow.expired_ppm)) return Response::expired;
  if (falls(flow.unavailable_ppm)) return Response::unavailable;
  if (event.cvm == Cvm::pin && falls(flow.wrong_pin_ppm)) return Response::wrong_pin;
  return Response::approved;
}

Event Trade::draw_purchase(const Person& person, const Plan& plan, Stream& random) const {
  const Merchant& merchant = world_.merchant(plan.merchant);
  Event event;
  event.merchant = plan.merchant;
  event.id = event_id(Maker::person, person.number, day_, Track::sale, plan.index);
  event.time = world::instant(day_, plan.ms);
  event.terminal = world::terminal_of(event.merchant, draw_terminal(merchant, random));
  event.card = draw_card(person, world_.kind_of(merchant), random);
  event.amount = draw_ticket(merchant, (1000 + person.income_permille) / 2, random);
  event.entry_mode = draw_entry(merchant, random);
  if (event.entry_mode == EntryMode::qr) {
    const bool wallet = random.chance(ppm_of(world_.settings().flow.wallet_permille));
    event.instrument = !wallet                  ? Instrument::unionpay_qr
                       : random.chance(550'000) ? Instrument::wechat
                                                : Instrument::alipay;
  }
  event.cvm = draw_cvm(event.entry_mode, event.amount, random);
  event.response = draw_response(person, event, random);
  return event;
}

void Trade::tell_purchase(const Person& person, const Plan& plan, Stream& random, Events& out) const {
  Event event = draw_purchase(person, plan, random);
  event.response = append(event, random, true, out);
  if (event.response == Response::approved)
    append_aftermath(event, out);
  else
    append_retry(event, random, out);
}

// A customer whose card was refused often tries again: another sum, another card, or the right PIN.
void Trade::append_retry(const Event& first, Stream& random, Events& out) const {
  const bool pin = first.response == Response::wrong_pin;
  const bool funds = first.response == Response::no_funds || first.response == Response::over_limit;
  if (!pin && !funds && first.response != Response::unavailable) return;
  if (!random.chance(ppm_of(world_.settings().flow.retry_permille + (pin ? 200 : 0)))) return;
  Event retry = first;
  retry.id = on_track(first.id, Track::retry);
  retry.time += random.between(pin ? 15'000 : 40'000, pin ? 45'000 : 160'000);
  if (funds && random.chance(500'000))
    retry.amount = as_price(world_.merchant(first.merchant), first.amount * random.between(300, 850) / 1000);
  else if (funds && (first.card & 3) != 0)
    retry.card = first.card & ~CardNumber{3};
  retry.response = random.chance(pin ? 60'000 : 220'000) ? first.response : Response::approved;
  append(retry, random, true, out);
}

// What follows of a sale: the slip does not print and the till takes it back, or the goods come back.
void Trade::append_aftermath(const Event& sale, Events& out) const {
  const auto& settings = world_.settings();
  const Merchant& merchant = world_.merchant(sale.merchant);
  Stream random(world_.seed(), Lane::aftermath, sale.id);
  std::int64_t ppm = world_.kind_of(merchant).refund_ppm;
  if (const Overlay* overlay = overlays_.of(sale.merchant)) ppm = ppm * overlay->refund_permille / 1000;
  const std::int64_t at = random.below(1'000'000);
  if (at < settings.flow.reversal_ppm) {
    Event reversal = sale;
    reversal.id = on_track(sale.id, Track::reversal);
    reversal.original = sale.id;
    reversal.type = TxType::reversal;
    reversal.time += random.between(20'000, 90'000);
    append(reversal, random, true, out);
  } else if (at < settings.flow.reversal_ppm + ppm) {
    Event refund = sale;
    refund.id = on_track(sale.id, Track::refund);
    refund.original = sale.id;
    refund.type = TxType::refund;
    refund.cvm = Cvm::none;
    // Soon or never: half of what comes back comes within a quarter of the time.
    const std::int64_t most = settings.flow.refund_days;
    const Day later = day_ + 1 + std::min(random.between(0, most - 1), random.between(0, most - 1));
    refund.time = world::instant(later, draw_time(merchant, random));
    if (random.chance(250'000))
      refund.amount = as_price(merchant, sale.amount * random.between(200, 800) / 1000);
    refund.amount = std::min(refund.amount, sale.amount);
    append(refund, random, true, out);
  }
}

}  // namespace tillwatch::traffic
