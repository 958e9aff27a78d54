// Ordinary trade of one day: what each person buys where, with answers, retries, reversals and refunds.
// Called by the teller, person by person, from any thread; and by the typologies for single sales, so that
// these look like all others. Every purchase is drawn from (seed, person, day, index) alone.
#pragma once

#include <array>
#include <cstdint>

#include "chance/random.h"
#include "traffic/event.h"
#include "traffic/overlay.h"
#include "world/world.h"

namespace tillwatch::traffic {

using chance::Stream;
using world::Person;
using world::World;

// A purchase of which person, shop and time are drawn and nothing else yet: what has to be known to tell a
// day in slices. Small, for a day of a large world has hundreds of thousands.
struct Plan {
  PersonNumber person = 0;
  MerchantIndex merchant = 0;
  std::uint32_t ms = 0;  // after local midnight, may be on the next day
  std::uint16_t index = 0;
  std::uint16_t drawn = 0;  // numbers of its stream
};
using Plans = std::vector<Plan>;

// The nearest sum that people call round: 20, 25, 150, 2,000.
std::int64_t round_sum(std::int64_t amount);

class Trade {
 public:
  // Both must outlive the trade.
  Trade(const World& world, Day day, const DayOverlays& overlays);

  const World& world() const { return world_; }
  Day day() const { return day_; }
  const world::CalendarDay& calendar() const { return calendar_; }

  // Appends what the person does on the day, also what follows of it on later days.
  void tell_person(PersonNumber person, Events& out) const;
  // The same in two steps: appends what the person is about to buy; then, for each of these in whatever
  // order, what comes of it.
  void plan_person(PersonNumber person, Plans& out) const;
  void tell_plan(const Plan& plan, Events& out) const;
  // Nothing that comes of a purchase arrives earlier than so long after its planned time: a terminal's clock
  // may drift by as much, either way.
  static constexpr core::DurationMs earliest_arrival = -10 * core::minute_ms;
  // The person's first purchase of the day alone; false where there is none.
  bool first_purchase(PersonNumber person, Event& out) const;
  // Appends what the merchant does by itself: boarding with its tests and deposit, SIM fees.
  void tell_merchant(MerchantIndex merchant, Events& out) const;
  // How many purchases an average person makes on the day, in millionths.
  std::int64_t purchases_micro() const { return purchases_micro_; }

  // True where the shop is open on the day at all.
  bool trades(MerchantIndex merchant) const;
  // And sells something: no typology keeps it silent.
  bool sells(MerchantIndex merchant) const;
  // A price of the merchant, as its customers pay it; `permille` of its ticket.
  std::int64_t draw_ticket(const world::Merchant& merchant, std::int64_t permille, Stream& random) const;
  // An amount as the merchant's customers pay it: some of them round, the others its price.
  std::int64_t as_paid(const world::Merchant& merchant, std::int64_t amount, Stream& random) const;
  // Rounded as the merchant rounds, within its limit.
  std::int64_t as_price(const world::Merchant& merchant, std::int64_t amount) const;
  // When the merchant opens and when it shuts, in milliseconds after local midnight.
  std::array<std::int64_t, 2> hours(const world::Merchant& merchant) const;
  // Milliseconds after local midnight, within the opening hours.
  std::int64_t draw_time(const world::Merchant& merchant, Stream& random) const;
  EntryMode draw_entry(const world::Merchant& merchant, Stream& random) const;
  Cvm draw_cvm(EntryMode entry, std::int64_t amount, Stream& random) const;
  std::uint32_t draw_terminal(const world::Merchant& merchant, Stream& random) const;
  CardNumber draw_card(const Person& person, const world::Kind& kind, Stream& random) const;

  // Fills in what the network adds (place, fee, rate, account, counter, delays) and appends the transaction
  // with its answer and its repetition as chance has it. `ordinary` sales are changed by overlays; all by
  // outages. Returns the answer that the terminal gets in the end.
  Response append(Event event, Stream& random, bool ordinary, Events& out) const;

 private:
  bool choose_merchant(const Person& person, const world::Whereabouts& where, std::uint8_t kind,
                       Stream& random, MerchantIndex& out) const;
  std::uint8_t draw_kind(Stream& random) const;
  std::int64_t shift_min(const world::Merchant& merchant) const;
  bool takes(MerchantIndex merchant, Stream& random) const;
  // How many purchases a trip brings on average, in millionths.
  static std::int64_t purchases_a_trip_e6(std::int64_t errand_permille);
  int draw_trips(PersonNumber person) const;
  template <class Take>
  void each_plan(PersonNumber person, const Take& take) const;
  // `before`: the purchase on whose way this one may be; none of the first of a trip.
  bool draw_plan(const Person& person, const world::Whereabouts& where, const Plan* before,
                 std::uint32_t index, Plan& plan, Stream& random) const;
  bool draw_errand(const Person& person, const world::Whereabouts& where, std::uint8_t kind,
                   const Plan& before, Plan& plan, Stream& random) const;
  std::uint32_t busy_ppm(const world::Merchant& merchant, std::int64_t ms) const;
  Event draw_purchase(const Person& person, const Plan& plan, Stream& random) const;
  void tell_purchase(const Person& person, const Plan& plan, Stream& random, Events& out) const;
  Response draw_response(const Person& person, const Event& event, Stream& random) const;
  void append_retry(const Event& first, Stream& random, Events& out) const;
  void append_aftermath(const Event& sale, Events& out) const;
  void place_terminal(Event& event, const Overlay* overlay, Stream& random) const;
  void price(Event& event, const Overlay* overlay) const;
  void disturb(Event& event, Stream& random) const;

  const World& world_;
  Day day_;
  const DayOverlays& overlays_;
  world::CalendarDay calendar_;
  bool long_holiday_ = false;  // within the ten days around
  std::array<std::uint32_t, world::kind_count> kind_sums_ = {};
  std::int64_t purchases_micro_ = 0;  // of an average person on the day
  std::int64_t trips_micro_ = 0;      // on which they are made
};

// The registry commands by which the merchant, its terminals and its agent become known at that instant.
void board(const World& world, MerchantIndex merchant, core::TimeMs time, Events& out);
void board_agent(const World& world, std::uint32_t agent, core::TimeMs time, Events& out);

}  // namespace tillwatch::traffic
