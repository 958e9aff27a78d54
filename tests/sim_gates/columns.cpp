#include "columns.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <unordered_map>
#include <unordered_set>

#include "chance/random.h"
#include "telling/writer.h"

namespace tillwatch::gates {
namespace {

using traffic::TxType;

// A count and a sum that fade with time.
struct Fading {
  double count = 0, sum = 0;
  core::TimeMs at = 0;
  void fade(core::TimeMs now, double days) {
    if (now <= at) return;
    const double left = std::exp(-static_cast<double>(now - at) / (days * core::day_ms));
    count *= left;
    sum *= left;
    at = now;
  }
  void add(core::TimeMs now, double days, double amount) {
    fade(now, days);
    count += 1;
    sum += amount;
  }
};

struct Last {
  core::TimeMs at = 0;
  traffic::Point place{};
  std::uint64_t counter = 0;
  bool known = false;
};

std::uint64_t pair_key(std::uint64_t a, std::uint64_t b) {
  return chance::mix64(a * chance::golden_step + b);
}

// All that came before, one transaction after the other.
class History {
 public:
  explicit History(const ToldWorld& told) : told_(told) {}

  void take(const traffic::Event& event, std::span<float> out) {
    const world::Merchant& merchant = told_.world->merchant(event.merchant);
    const auto amount = static_cast<double>(event.amount);
    const core::TimeMs now = event.arrival;
    std::size_t column = 0;
    const auto put = [&](double value) { out[column++] = static_cast<float>(value); };

    Fading& pair = pair_[pair_key(event.card, event.merchant)];
    const bool first_here = pair.count <= 0;
    Fading& pair_hour = pair_hour_[pair_key(event.card, event.merchant)];
    pair.add(now, 20, amount);
    pair_hour.add(now, 1.0 / 12, amount);
    put(pair.count);
    put(pair.sum);
    put(pair_hour.count);
    put(pair_hour.sum / static_cast<double>(told_.world->kind_of(merchant).single_limit + 1));

    Fading& card = card_[event.card];
    Fading& card_new = card_new_[event.card];
    card.add(now, 5, amount);
    card_new.fade(now, 10);
    if (first_here) card_new.add(now, 10, 1);
    put(card.count);
    put(card.sum);
    put(card_new.count);

    Fading& day = shop_day_[event.merchant];
    Fading& month = shop_month_[event.merchant];
    day.add(now, 1, amount);
    month.add(now, 20, amount);
    put(day.count / (month.count / 20 + 0.1));
    put(month.sum / month.count);
    put(amount / (month.sum / month.count + 1));
    put(pair.sum / (month.sum + 1));
    put(day.sum / static_cast<double>(merchant.declared_daily + 1));
    const bool credit = world::make_card(told_.world->seed(), event.card).credit;
    Fading& shop_credit = shop_credit_[event.merchant];
    shop_credit.fade(now, 20);
    if (credit) shop_credit.add(now, 20, amount);
    put(shop_credit.sum / (month.sum + 1));
    Fading& strangers = strangers_[event.merchant];
    strangers.fade(now, 5);
    if (first_here) strangers.add(now, 5, amount);
    put(strangers.sum / (month.sum + 1));
    take_refunds(event, month, put);
    take_terminal(event, merchant, put);
    take_account(event, put);
    put(static_cast<double>(world::day_of(now) - merchant.opened));
    put(since(last_card_, event.card, now));
    CHECK(column == history_columns);
  }

 private:
  void take_refunds(const traffic::Event& event, const Fading& month, const auto& put) {
    Fading& refunds = refunds_[event.merchant];
    refunds.fade(event.arrival, 7);
    if (event.type == TxType::refund) refunds.add(event.arrival, 7, static_cast<double>(event.amount));
    put(refunds.count);
    put(refunds.sum / (month.sum + 1));
  }
  void take_terminal(const traffic::Event& event, const world::Merchant& merchant, const auto& put) {
    Last& last = last_terminal_[event.terminal];
    const bool fixed = event.fix != traffic::Fix::none;
    put(fixed ? static_cast<double>(world::metres_between(event.place, merchant.place)) : -1);
    put(fixed && last.known ? static_cast<double>(world::metres_between(event.place, last.place)) : -1);
    put(last.counter == 0 ? 0 : static_cast<double>(event.counter) - static_cast<double>(last.counter));
    last.counter = std::max(last.counter, event.counter);
    if (fixed) {
      last.place = event.place;
      last.known = true;
    }
    Fading& refused = refused_[event.terminal];
    refused.fade(event.arrival, 1.0 / 24);
    put(refused.count);  // those before: this one's answer comes later
    if (event.response != traffic::Response::approved) refused.add(event.arrival, 1.0 / 24, 1);
    Fading& tries = tries_[event.terminal];
    tries.add(event.arrival, 1.0 / 24, 1);
    put(tries.count);
  }
  void take_account(const traffic::Event& event, const auto& put) {
    const auto own = account_.emplace(event.merchant, event.account).first->second;
    put(event.account == own ? 0 : 1);
    auto& shops = account_shops_[event.account];
    shops.insert(event.merchant);
    put(static_cast<double>(shops.size()));
    const auto rate = rate_.emplace(event.merchant, event.rate_e6).first->second;
    put(static_cast<double>(event.rate_e6 - rate));
  }
  static double since(std::unordered_map<std::uint64_t, core::TimeMs>& last, std::uint64_t key,
                      core::TimeMs now) {
    const auto [at, fresh] = last.emplace(key, now);
    const double hours = fresh ? 10'000 : static_cast<double>(now - at->second) / core::hour_ms;
    at->second = now;
    return hours;
  }

  const ToldWorld& told_;
  std::unordered_map<std::uint64_t, Fading> pair_, pair_hour_, card_, card_new_;
  std::unordered_map<std::uint32_t, Fading> shop_day_, shop_month_, shop_credit_, strangers_, refunds_;
  std::unordered_map<std::uint32_t, Fading> refused_, tries_;
  std::unordered_map<std::uint32_t, Last> last_terminal_;
  std::unordered_map<std::uint32_t, std::uint64_t> account_;
  std::unordered_map<std::uint64_t, std::unordered_set<std::uint32_t>> account_shops_;
  std::unordered_map<std::uint32_t, std::int32_t> rate_;
  std::unordered_map<std::uint64_t, core::TimeMs> last_card_;
};

}  // namespace

void message_of(const ToldWorld& told, const traffic::Event& event, std::span<float> out) {
  const world::Merchant& merchant = told.world->merchant(event.merchant);
  const world::Card card = world::make_card(told.world->seed(), event.card);
  const core::TimeMs local = event.time + world::utc_offset_minutes * core::minute_ms;
  std::size_t column = 0;
  const auto put = [&](auto value) { out[column++] = static_cast<float>(value); };
  put(event.amount);
  put(core::floor_mod(local, core::day_ms) / core::minute_ms);
  put(core::weekday_of_days(core::floor_div(local, core::day_ms)));
  put(event.code_kind);
  put(static_cast<int>(event.entry_mode));
  put(static_cast<int>(event.cvm));
  put(static_cast<int>(event.type));
  put(static_cast<int>(event.instrument));
  put(card.credit ? 1 : 0);
  put(card.region == world::cities()[merchant.city].region ? 1 : 0);
  put(event.offline ? 1 : 0);
  put(event.same_day ? 1 : 0);
  put(event.rate_e6);
  put(static_cast<double>(event.fee) / static_cast<double>(event.amount + 1));
  put(static_cast<int>(event.fix));
  put(event.deposit ? 1 : event.sim_fee ? 2 : 0);
  put(std::hash<std::string_view>{}(card.bin) % 64);
  CHECK(column == message_columns.size());
}

void add_rows(const ToldWorld& told, const std::vector<traffic::Event>& events, int thin, Table& table) {
  History history(told);
  std::array<float, message_columns.size() + history_columns> row{};
  table.columns = row.size();
  std::uint64_t place = 0;
  for (const traffic::Event& event : events) {
    const auto cells = std::span<float>(row);
    history.take(event, cells.subspan(message_columns.size()));
    const bool kept = event.fraud || chance::mix64(++place) % static_cast<std::uint64_t>(thin) == 0;
    if (!kept) continue;
    message_of(told, event, cells.first(message_columns.size()));
    table.add(row, event.fraud, event.fraud ? 1.0F : static_cast<float>(thin));
  }
}

void identity_of(const ToldWorld& told, const traffic::Event& event, std::size_t place,
                 std::span<float> out) {
  std::string id;
  telling::Writer(*told.world).append_id(id, event.id);
  CHECK(id.size() == 16);
  for (std::size_t i = 0; i < 16; ++i) out[i] = static_cast<float>(id[i]);
  out[16] = static_cast<float>(core::floor_mod(event.time, 1000));
  out[17] = static_cast<float>(core::floor_mod(event.time / 1000, 60));
  out[18] = static_cast<float>(core::floor_mod(event.arrival, 1000));
  out[19] = static_cast<float>(place % 97);
  out[20] = static_cast<float>(event.counter % 64);
}

}  // namespace tillwatch::gates
