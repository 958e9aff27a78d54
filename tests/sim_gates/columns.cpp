#include "columns.h"

#include <numeric>
#include <string>

#include "chance/random.h"
#include "history.h"
#include "telling/writer.h"

namespace tillwatch::gates {
namespace {

// The amount's zeros at the end: round sums have many.
int zeros_of(std::int64_t amount) {
  int zeros = 0;
  for (; amount > 0 && amount % 10 == 0; amount /= 10) ++zeros;
  return zeros;
}

}  // namespace

void message_of(const ToldWorld& told, const traffic::Event& event, std::span<float> out) {
  const world::Merchant& merchant = told.world->merchant(event.merchant);
  const world::Card card = told.world->card(event.card);
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
  put(zeros_of(event.amount));
  CHECK(column == message_columns.size());
}

void add_rows(const ToldWorld& told, const std::vector<traffic::Event>& events, int thin, Table& table,
              Order order, std::vector<std::uint64_t>* whose) {
  History history(told);
  std::array<float, message_columns.size() + history_columns> row{};
  table.columns = row.size();
  // Where the event that comes i-th by the order stands.
  std::vector<std::uint32_t> at(events.size());
  std::iota(at.begin(), at.end(), 0u);
  if (order == Order::shuffled)
    for (std::size_t i = at.size(); i > 1; --i)
      std::swap(at[i - 1], at[chance::mix64(told.world->seed() * chance::golden_step + i) % i]);
  for (std::size_t i = 0; i < at.size(); ++i) {
    const traffic::Event& event = events[at[i]];
    const auto cells = std::span<float>(row);
    traffic::Event then = event;
    then.arrival = events[i].arrival;
    then.time = events[i].time;
    history.take(order == Order::shuffled ? then : event, cells.subspan(message_columns.size()));
    const bool kept = event.fraud || chance::mix64(at[i] + 1) % static_cast<std::uint64_t>(thin) == 0;
    if (!kept) continue;
    message_of(told, event, cells.first(message_columns.size()));
    table.add(row, event.fraud, weight_of(told, event) * (event.fraud ? 1.0F : static_cast<float>(thin)));
    if (whose != nullptr)
      whose->push_back(event.fraud ? std::uint64_t{1} << 32 | event.instance : std::uint64_t{event.merchant});
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
