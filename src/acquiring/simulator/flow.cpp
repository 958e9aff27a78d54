#include "simulator/flow.h"

#include <algorithm>

#include "chance/distribution.h"

namespace tillwatch::simulator {
namespace {

constexpr int refund_days_max = 10;

// How many sales the merchant makes on the day.
std::uint32_t sales_of(const World& world, const Merchant& merchant, Day day) {
  if (!merchant.trades_on(day)) return 0;
  Stream random(world.seed(), Lane::demand, merchant.number, day);
  std::int64_t mean = merchant.kind->demand_milli * merchant.size_permille / 1000;
  mean = mean * merchant.kind->weekday_permille[static_cast<std::size_t>(weekday(day))] / 1000;
  mean = mean * pay_day_permille(day) / 1000;
  // Weather and chance: days differ more than a Poisson number would.
  mean = lognormal(random, mean, 13'000);
  return static_cast<std::uint32_t>(poisson(random, std::min<std::int64_t>(mean, 5'000'000)));
}

struct Sale {
  Event event;
  std::int64_t retry_after_ms = 0;  // 0: none
  Event retry;
};

Cvm verification(const MerchantKind& kind, EntryMode mode, std::int64_t amount, Stream& random) {
  if (mode == EntryMode::qr) return Cvm::none;
  if (amount <= 100'000 && mode == EntryMode::contactless) return Cvm::none;
  return kind.credit_permille > 0 && random.chance(120'000) ? Cvm::signature : Cvm::pin;
}

EntryMode draw_entry(const MerchantKind& kind, Stream& random) {
  auto at = static_cast<std::int32_t>(random.below(1000));
  for (std::size_t i = 0; i + 1 < kind.entry_permille.size(); ++i) {
    if (at < kind.entry_permille[i]) return static_cast<EntryMode>(i);
    at -= kind.entry_permille[i];
  }
  return EntryMode::qr;
}

Response draw_response(Cvm cvm, Stream& random) {
  const std::uint32_t at = random.below(1'000'000);
  if (at < 22'000) return Response::no_funds;
  if (at < 24'500) return Response::over_limit;
  if (at < 27'500) return Response::do_not_honour;
  if (at < 28'300) return Response::expired;
  if (at < 29'300) return Response::issuer_unavailable;
  if (cvm == Cvm::pin && at < 41'000) return Response::wrong_pin;
  return Response::approved;
}

// A customer whose card was refused often tries again: another sum, or the right PIN.
void draw_retry(const Merchant& merchant, Sale& sale, Stream& random) {
  const Event& first = sale.event;
  const bool pin = first.response == Response::wrong_pin;
  const bool funds = first.response == Response::no_funds || first.response == Response::over_limit;
  if (!pin && !funds) return;
  if (!random.chance(pin ? 850'000 : 600'000)) return;
  sale.retry_after_ms = random.between(pin ? 15'000 : 40'000, pin ? 45'000 : 160'000);
  sale.retry = first;
  if (funds) {
    const std::int64_t grain = merchant.kind->grain;
    sale.retry.amount =
        std::max<std::int64_t>(grain, first.amount * random.between(300, 850) / 1000 / grain * grain);
  }
  sale.retry.response = random.chance(pin ? 60'000 : 250'000) ? first.response : Response::approved;
}

Sale draw_sale(const World& world, std::uint32_t index_of_merchant, Day day, std::uint32_t index) {
  const Merchant& merchant = world.merchants()[index_of_merchant];
  const MerchantKind& kind = *merchant.kind;
  Stream random(world.seed(), Lane::sale, merchant.number, day, index);
  Sale sale;
  Event& event = sale.event;
  event.merchant = index_of_merchant;
  event.id = event_id(merchant.number, day, Track::sale, index);
  event.time = time_of(day, 0) + draw_time_of_day(kind, random);
  event.arrival = event.time;
  event.terminal = static_cast<std::uint8_t>(random.below(std::max(1u, merchant.ordinary_terminals())));
  const bool regular = random.chance(static_cast<std::uint32_t>(kind.regular_permille) * 1000);
  const std::uint64_t person =
      regular ? world.regular(merchant, random.below(static_cast<std::uint32_t>(kind.regulars)))
              : world.neighbour(merchant, random);
  event.card = card_of(person, random.chance(static_cast<std::uint32_t>(kind.credit_permille) * 1000));
  event.amount = draw_ticket(merchant, random);
  event.entry_mode = draw_entry(kind, random);
  event.cvm = verification(kind, event.entry_mode, event.amount, random);
  event.response = draw_response(event.cvm, random);
  draw_retry(merchant, sale, random);
  // Files of earlier days are complete and in order.
  if (!world.is_history(day) && random.chance(world.config().late_ppm)) {
    event.arrival += random.between(core::minute_ms, 2 * core::hour_ms);
    event.offline = true;
  }
  return sale;
}

// The day after which this sale comes back, 0 where it does not. One hash, so that looking ten days back is
// cheap.
int refund_lag(const World& world, const Merchant& merchant, Day day, std::uint32_t index) {
  const std::uint64_t bits = key_of(world.seed(), Lane::refund, merchant.number, day, index);
  if ((bits >> 32) % 1'000'000 >= static_cast<std::uint64_t>(merchant.kind->refund_ppm)) return 0;
  return 1 + static_cast<int>((bits & 0xffffffff) % refund_days_max);
}

void append_refunds(const World& world, std::uint32_t index_of_merchant, Day day, Events& out) {
  const Merchant& merchant = world.merchants()[index_of_merchant];
  std::uint32_t next = 0;
  for (int lag = 1; lag <= refund_days_max; ++lag) {
    const std::uint32_t count = sales_of(world, merchant, day - lag);
    for (std::uint32_t i = 0; i < count; ++i) {
      if (refund_lag(world, merchant, day - lag, i) != lag) continue;
      const Event original = draw_sale(world, index_of_merchant, day - lag, i).event;
      if (original.response != Response::approved) continue;
      Stream random(world.seed(), Lane::refund, merchant.number, day, next);
      Event event = original;
      event.id = event_id(merchant.number, day, Track::refund, next++);
      event.original = original.id;
      event.type = TxType::refund;
      event.time = time_of(day, 0) + draw_time_of_day(*merchant.kind, random);
      event.arrival = event.time;
      event.offline = false;
      if (random.chance(250'000)) {  // a part of it comes back
        const std::int64_t grain = merchant.kind->grain;
        event.amount =
            std::max<std::int64_t>(1, event.amount * random.between(200, 800) / 1000 / grain * grain);
      }
      append_answered(world, event, day, random, out);
    }
  }
}

}  // namespace

std::int64_t draw_ticket(const Merchant& merchant, Stream& random) {
  const MerchantKind& kind = *merchant.kind;
  const std::int64_t median = kind.ticket_median * merchant.ticket_permille / 1000;
  std::int64_t amount = lognormal(random, median, kind.ticket_spread_q16);
  while (amount >= kind.single_limit) amount /= 2;
  if (merchant.price_points) {
    // Prices that look cheaper than they are: ...88, ...98, ...99 yuan.
    constexpr std::int64_t endings[] = {8'800, 9'800, 9'900, 9'900};
    return amount / 10'000 * 10'000 + endings[random.below(4)];
  }
  amount = std::max(kind.grain, (amount + kind.grain / 2) / kind.grain * kind.grain);
  return amount - kind.below;
}

std::int64_t draw_time_of_day(const MerchantKind& kind, Stream& random) {
  const bool first = random.below(1000) < static_cast<std::uint32_t>(kind.humps[0].share);
  const Hump& hump = first ? kind.humps[0] : kind.humps[1];
  const std::int64_t from = kind.opens * core::minute_ms;
  const std::int64_t to = kind.closes * core::minute_ms;
  for (int tries = 0; tries < 16; ++tries) {
    const std::int64_t off = std::int64_t{normal_q16(random)} * hump.spread * core::minute_ms / 65536;
    const std::int64_t at = hump.minute * core::minute_ms + off;
    if (at >= from && at < to) return at;
  }
  return random.between(from, to - 1);
}

void append_answered(const World& world, Event event, Day day, Stream& random, Events& out) {
  const Merchant& merchant = world.merchants()[event.merchant];
  // 30 to 200 m around the counter.
  const auto jitter = [&] {
    const auto size = static_cast<std::int32_t>(random.between(300, 1'800));
    return random.chance(500'000) ? size : -size;
  };
  event.latitude_e6 = merchant.latitude_e6 + jitter();
  event.longitude_e6 = merchant.longitude_e6 + jitter();
  event.kind = EventKind::transaction;
  event.answered = world.is_history(day);
  out.push_back(event);
  if (event.answered) return;
  Event answer = event;
  answer.kind = EventKind::outcome;
  answer.id = outcome_id(event.id);
  answer.original = event.id;
  const std::int64_t took = random.between(250, 1'800);
  answer.time = event.time + took;
  answer.arrival = event.arrival + took;
  out.push_back(answer);
}

void trade(const World& world, std::uint32_t index_of_merchant, Day day, Events& out) {
  const Merchant& merchant = world.merchants()[index_of_merchant];
  const std::uint32_t count = sales_of(world, merchant, day);
  for (std::uint32_t i = 0; i < count; ++i) {
    const Sale sale = draw_sale(world, index_of_merchant, day, i);
    Stream random(world.seed(), Lane::position, merchant.number, day, i);
    append_answered(world, sale.event, day, random, out);
    if (sale.retry_after_ms > 0) {
      Event retry = sale.retry;
      retry.id = event_id(merchant.number, day, Track::retry, i);
      retry.time += sale.retry_after_ms;
      retry.arrival = retry.time;
      append_answered(world, retry, day, random, out);
    }
    // Now and then the slip does not print, and the till takes the sale back.
    const bool kept = refund_lag(world, merchant, day, i) == 0;
    if (kept && sale.event.response == Response::approved && random.chance(1'500)) {
      Event reversal = sale.event;
      reversal.id = event_id(merchant.number, day, Track::reversal, i);
      reversal.original = sale.event.id;
      reversal.type = TxType::reversal;
      reversal.time += random.between(20'000, 90'000);
      reversal.arrival = std::max(reversal.time, sale.event.arrival + 1'000);
      append_answered(world, reversal, day, random, out);
    }
  }
  if (merchant.trades_on(day)) append_refunds(world, index_of_merchant, day, out);
}

void board(const World& world, core::TimeMs time, Events& out) {
  for (std::uint32_t m = 0; m < world.merchants().size(); ++m) {
    const Merchant& merchant = world.merchants()[m];
    Event event;
    event.kind = EventKind::registry;
    event.arrival = event.time = time;
    event.merchant = m;
    event.fact = Fact::merchant_opened;
    event.id = event_id(merchant.number, world.history_begins(), Track::command, 0);
    out.push_back(event);
    for (std::uint8_t t = 0; t < merchant.terminals.size(); ++t) {
      const TerminalState state = merchant.terminals[t].state;
      if (state != TerminalState::active && state != TerminalState::scrapped) continue;
      event.fact = state == TerminalState::active ? Fact::terminal_active : Fact::terminal_scrapped;
      event.terminal = t;
      event.id = event_id(merchant.number, world.history_begins(), Track::command, t + 1u);
      out.push_back(event);
    }
  }
}

}  // namespace tillwatch::simulator
