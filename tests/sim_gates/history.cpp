// All that came before a transaction, as columns: of the card, the shop, the terminal and their pairs.
// Causal: a column knows the transactions up to this one and what the register says. Called by columns.cpp.
#include "history.h"

#include <algorithm>
#include <cmath>

#include "chance/random.h"
#include "columns.h"

namespace tillwatch::gates {
namespace {

using traffic::TxType;

constexpr double minute_days = 1.0 / 1440, hour_days = 1.0 / 24;

std::uint64_t pair_key(std::uint64_t a, std::uint64_t b) {
  return chance::mix64(a * chance::golden_step + b);
}
double hours_between(core::TimeMs from, core::TimeMs to) {
  return from == 0 ? 10'000 : static_cast<double>(to - from) / core::hour_ms;
}
double share(double part, double whole) {
  return part / (whole + 0.01);
}

}  // namespace

void History::Fading::fade(core::TimeMs now, double days) {
  if (now <= at) return;
  if (at != 0) {
    const auto left = static_cast<float>(std::exp(-static_cast<double>(now - at) / (days * core::day_ms)));
    count *= left;
    sum *= left;
  }
  at = now;
}
void History::Fading::add(core::TimeMs now, double days, double amount) {
  fade(now, days);
  count += 1;
  sum += static_cast<float>(amount);
}

History::History(const ToldWorld& told)
    : told_(told),
      begins_(told.transactions.empty() ? 0 : told.transactions.front().arrival),
      shops_(told.world->merchants().size()),
      terminals_(told.world->merchants().size() * world::terminals_max) {}

void History::take(const traffic::Event& event, std::span<float> out) {
  Now now{event,
          told_.world->merchant(event.merchant),
          shops_[event.merchant],
          terminals_[event.terminal],
          cards_[event.card],
          pairs_[pair_key(event.card, event.merchant)]};
  now.at = event.arrival;
  now.amount = static_cast<double>(event.amount);
  now.credit = told_.world->card(event.card).credit;
  now.first_here = now.pair.last == 0;
  Columns columns{out};
  take_pair(now, columns);
  take_card(now, columns);
  take_shop(now, columns);
  take_moment(now, columns);
  take_refunds(now, columns);
  take_terminal(now, columns);
  take_register(now, columns);
  CHECK(columns.next == history_columns);
}

void History::take_pair(Now& now, Columns& put) {
  Pair& pair = now.pair;
  pair.month.add(now.at, 20, now.amount);
  pair.days.add(now.at, 2, now.amount);
  pair.hour.add(now.at, 2 * hour_days, now.amount);
  put(pair.month.count);
  put(share(pair.month.sum, now.shop.month.sum));
  put(pair.days.count);
  put(pair.hour.count);
  put(pair.hour.sum / static_cast<double>(told_.world->kind_of(now.merchant).single_limit + 1));
  put(hours_between(pair.last, now.at));
  pair.last = now.at;
}

void History::take_card(Now& now, Columns& put) {
  Card& card = now.card;
  const double metres =
      card.last == 0 ? 0 : static_cast<double>(world::metres_between(card.place, now.merchant.place));
  const double hours = hours_between(card.last, now.at);
  card.days.add(now.at, 5, now.amount);
  card.hour.add(now.at, hour_days, now.amount);
  card.fresh.fade(now.at, 10);
  if (now.first_here) card.fresh.add(now.at, 10, 1);
  // How often it went from one shop to another of the same agent: rings keep within one.
  card.moves.fade(now.at, 20);
  if (card.last != 0 && card.shop != now.event.merchant && card.agent == now.merchant.agent)
    card.moves.add(now.at, 20, 1);
  put(card.days.count);
  put(card.days.sum);
  put(card.hour.count);
  put(card.fresh.count);
  put(card.moves.count);
  put(hours);
  put(metres);
  put(metres / (hours + 0.05));
  put(card.seen);
  put(now.amount * card.seen / (card.sum + 1));
  put(card.refused);
  card.seen += 1;
  card.sum += now.amount;
  now.from_afar = metres > 20'000;
  // Pairs of shops that the same cards go to, one after the other.
  Fading& trail =
      trails_[pair_key(std::min(card.shop, now.event.merchant), std::max(card.shop, now.event.merchant))];
  trail.fade(now.at, 10);
  const bool moved = card.last != 0 && card.shop != now.event.merchant;
  if (moved) trail.add(now.at, 10, 1);
  put(moved ? share(trail.count, std::min(now.shop.month.count, shops_[card.shop].month.count)) : 0);
  card.shop = now.event.merchant;
  card.agent = now.merchant.agent;
  card.place = now.merchant.place;
  card.last = now.at;
  if (now.event.response != traffic::Response::approved) card.refused += 1;
}

void History::take_shop(Now& now, Columns& put) {
  Shop& shop = now.shop;
  // A shop that nobody has seen trade was silent since the first that anybody saw.
  const double gap = hours_between(shop.last == 0 ? begins_ : shop.last, now.at);
  shop.gap.fade(now.at, 3);
  if (gap > static_cast<double>(shop.gap.sum)) shop.gap.sum = static_cast<float>(gap);
  const double usual = static_cast<double>(shop.month.count) / 20,
               usual_ticket = shop.month.sum / (shop.month.count + 0.01);
  shop.day.add(now.at, 1, now.amount);
  shop.month.add(now.at, 20, now.amount);
  const auto part = [&](Fading& of, double days, bool yes) {
    of.fade(now.at, days);
    if (yes) of.add(now.at, days, now.amount);
  };
  part(shop.credit_month, 20, now.credit);
  part(shop.credit_day, 0.5, now.credit);
  part(shop.strangers, 1, now.first_here);
  part(shop.afar, 1, now.from_afar);
  part(shop.seldom, 0.5, now.pair.month.count > 1.5F);
  part(shop.refused, 0.5, now.event.response != traffic::Response::approved);
  put(shop.day.count / (usual + 0.1));
  put(shop.day.sum / static_cast<double>(now.merchant.declared_daily + 1));
  put(usual_ticket);
  put(now.amount / (usual_ticket + 1));
  put(shop.day.sum / (shop.day.count + 0.01) / (usual_ticket + 1));
  put(share(shop.credit_month.count, shop.month.count));
  put(share(shop.credit_day.count, shop.day.count) - share(shop.credit_month.count, shop.month.count));
  put(share(shop.strangers.count, shop.day.count));
  put(share(shop.afar.count, shop.day.count));
  put(share(shop.seldom.count, shop.day.count));
  put(shop.gap.sum);
  put(static_cast<double>(world::day_of(now.at) - now.merchant.opened));
}

void History::take_moment(Now& now, Columns& put) {
  Shop& shop = now.shop;
  shop.moment.add(now.at, 10 * minute_days, now.amount);
  now.terminal.moment.add(now.at, 10 * minute_days, now.amount);
  shop.credit_moment.fade(now.at, 10 * minute_days);
  if (now.credit) shop.credit_moment.add(now.at, 10 * minute_days, now.amount);
  shop.known_moment.fade(now.at, 10 * minute_days);
  if (now.pair.month.count > 1.5F) shop.known_moment.add(now.at, 10 * minute_days, now.amount);
  put(shop.moment.count / (shop.month.count / (20 * 12) + 0.02));  // against twelve hours a day
  put(shop.moment.count);
  put(now.terminal.moment.count);
  put(shop.credit_moment.count);
  put(shop.known_moment.count);
  put(hours_between(shop.last, now.at));
  put(hours_between(now.terminal.last, now.at));
  put(std::abs(std::log((now.amount + 1) / (shop.amount + 1))));
  const core::TimeMs local = now.event.time + world::utc_offset_minutes * core::minute_ms;
  const auto slot = static_cast<std::size_t>(core::floor_mod(local, core::day_ms) / (2 * core::hour_ms));
  put(shop.slots[slot] / (shop.seen + 1));
  shop.slots[slot] += 1;
  shop.seen += 1;
  shop.last = now.at;
  shop.amount = now.amount;
  now.terminal.last = now.at;
}

void History::take_refunds(Now& now, Columns& put) {
  Shop& shop = now.shop;
  const bool refund = now.event.type == TxType::refund;
  shop.refunds.fade(now.at, 7);
  now.card.refunds.fade(now.at, 30);
  if (refund) {
    shop.refunds.add(now.at, 7, now.amount);
    now.card.refunds.add(now.at, 30, now.amount);
  }
  put(shop.refunds.count);
  put(share(shop.refunds.sum, shop.month.sum));
  put(now.card.refunds.count);
}

void History::take_terminal(Now& now, Columns& put) {
  Terminal& terminal = now.terminal;
  const traffic::Event& event = now.event;
  const bool fixed = event.fix != traffic::Fix::none;
  const double off = fixed ? static_cast<double>(world::metres_between(event.place, now.merchant.place)) : -1;
  put(off);
  put(fixed && terminal.fixed ? static_cast<double>(world::metres_between(event.place, terminal.place)) : -1);
  terminal.away.fade(now.at, 2);
  terminal.fixes.fade(now.at, 2);
  if (fixed) terminal.fixes.add(now.at, 2, 1);
  if (off > 1'000) terminal.away.add(now.at, 2, 1);
  put(share(terminal.away.count, terminal.fixes.count));
  put(terminal.counter == 0 ? 0 : static_cast<double>(event.counter) - static_cast<double>(terminal.counter));
  terminal.counter = std::max(terminal.counter, event.counter);
  if (fixed) {
    terminal.place = event.place;
    terminal.fixed = true;
  }
  terminal.refused.fade(now.at, hour_days);
  terminal.tries.add(now.at, hour_days, 1);
  put(terminal.refused.count);  // those before: this one's answer comes later
  put(terminal.tries.count);
  put(share(now.shop.refused.count, now.shop.day.count));
  if (event.response != traffic::Response::approved) terminal.refused.add(now.at, hour_days, 1);
}

void History::take_register(Now& now, Columns& put) {
  const traffic::Event& event = now.event;
  Shop& shop = now.shop;
  if (!shop.known) {
    shop.known = true;
    shop.account = event.account;
    shop.rate_e6 = event.rate_e6;
  }
  put(event.account == shop.account ? 0 : 1);
  auto& with = account_shops_[event.account];
  with.insert(event.merchant);
  put(static_cast<double>(with.size()));
  put(static_cast<double>(event.rate_e6 - shop.rate_e6));
  put(event.code_kind == now.merchant.registered ? 0 : 1);
  shop.foreign.fade(now.at, 2);
  if (event.code_kind != now.merchant.registered) shop.foreign.add(now.at, 2, 1);
  put(share(shop.foreign.count, shop.day.count));
}

}  // namespace tillwatch::gates
