// T12: numbers are tried one after the other for those that still work. Look-alike: fee day at a school or
// canteen, a queue with new cards of one or two banks, many of which are refused and presented again.
#include <algorithm>
#include <array>

#include "typology/casting.h"
#include "typology/pattern.h"

namespace tillwatch::typology::card_testing {
namespace {

// The look-alike's new cards are first used elsewhere within so many days before the fees, and go on after.
constexpr Day known_before = 14, known_after = 10;
// Of the tries by skill, what is left of the numbers and of the refusals: better lists cost more, are
// shorter, and hold more numbers that work.
constexpr std::array<std::int64_t, 4> lists_cut = {1, 2, 3, 5};
constexpr std::array<std::int64_t, 4> refused_permille = {1000, 600, 400, 250};

// Somebody in the queue of a fee day, the same on every day of the telling.
struct Customer {
  bool new_card = false;
  CardNumber card = 0;     // where it is new
  std::uint64_t bits = 0;  // what else is drawn of the customer
};
Customer customer_of(const Instance& instance, std::uint8_t city, std::int64_t place) {
  Customer out;
  out.bits = chance::mix64(instance.key + (static_cast<std::uint64_t>(place) + 1) * chance::golden_step);
  out.new_card = static_cast<std::int64_t>(out.bits % 1000) < instance.drawn[4];
  const auto bank =
      static_cast<std::uint32_t>((out.bits >> 10) % static_cast<std::uint64_t>(instance.drawn[1]));
  out.card = world::strange_card(city, instance.number, bank, static_cast<std::uint32_t>(place));
  return out;
}

// A shop of the city other than this one that sells on the day; this one where chance finds none.
MerchantIndex elsewhere(Stage& stage, const world::Merchant& shop) {
  const auto count = static_cast<std::uint32_t>(stage.world().merchants().size());
  for (int tries = 0; tries < 60; ++tries) {
    const MerchantIndex at = stage.random().below(count);
    if (at != shop.number && stage.world().merchant(at).city == shop.city && stage.trade().sells(at))
      return at;
  }
  return shop.number;
}

// What else is bought by the new cards: four of five are used before the fees, all of them now and then
// after.
void use_new_cards(Stage& stage, const world::Merchant& shop, std::int64_t queue, Day fees_from) {
  for (std::int64_t place = 0; place < queue; ++place) {
    const Customer customer = customer_of(stage.instance(), shop.city, place);
    if (!customer.new_card) continue;
    const Day before = fees_from - 1 - static_cast<Day>((customer.bits >> 20) % known_before);
    const Day after = fees_from + static_cast<Day>((customer.bits >> 28) % known_after);
    const bool known = (customer.bits >> 36) % 5 != 0;
    if ((known && stage.day() == before) || stage.day() == after) {
      const MerchantIndex at = elsewhere(stage, shop);
      stage.deed({.merchant = at,
                  .time = stage.when(at),
                  .card = customer.card,
                  .amount = stage.ticket(at),
                  .entry_mode = stage.entry(at)});
    }
  }
}

// How the queue of one fee day goes: a bank fails for a part of it.
struct FeeDay {
  std::int64_t fails_from = 0, fails_to = 0;  // places in the queue
  std::string_view bank;
};

Response answer_of(Stage& stage, const FeeDay& fees, std::int64_t place, CardNumber card, bool new_card) {
  const bool fails =
      place >= fees.fails_from && place < fees.fails_to && stage.world().card(card).issuer == fees.bank;
  if (fails && stage.random().chance(static_cast<std::uint32_t>(stage.drawn(3)) * 1000))
    return stage.random().chance(700'000) ? Response::unavailable : Response::do_not_honour;
  if (!stage.random().chance(static_cast<std::uint32_t>(stage.drawn(5)) * 1000)) return Response::approved;
  // Cards of a range that one side does not know yet, or that were not activated.
  if (new_card && stage.random().chance(400'000))
    return stage.random().chance(500'000) ? Response::invalid_number : Response::do_not_honour;
  if (stage.random().chance(600'000)) return Response::no_funds;
  return stage.random().chance(800'000) ? Response::wrong_pin : Response::expired;
}

void queue_up(Stage& stage, const world::Merchant& shop, std::int64_t first_place, std::int64_t customers) {
  const auto& key = stage.instance().key;
  const auto bank = static_cast<std::uint32_t>((key >> 8) % static_cast<std::uint64_t>(stage.drawn(1)));
  const CardNumber of_bank = world::strange_card(shop.city, stage.instance().number, bank, 0);
  FeeDay fees{.fails_from = first_place + customers * stage.random().between(0, 500) / 1000,
              .bank = stage.world().card(of_bank).issuer};
  fees.fails_to = fees.fails_from + customers * stage.random().between(100, 600) / 1000;
  const auto seconds = static_cast<std::int64_t>(6 + (key >> 16) % 27);
  const auto asked = static_cast<std::int64_t>(400 + (key >> 24) % 4 * 100);
  const std::int64_t begins = stage.random().between(560, 1'000);
  core::TimeMs at = stage.between(begins, begins + 1);
  for (std::int64_t place = first_place; place < first_place + customers; ++place) {
    at += stage.random().between(seconds * 500, seconds * 1'500);
    const Customer customer = customer_of(stage.instance(), shop.city, place);
    Deed deed{.merchant = shop.number, .time = at, .card = customer.card, .terminal = 0};
    if (!customer.new_card) {
      const world::Person person =
          stage.world().person(stage.world().person_in(shop.city, stage.random().next()));
      deed.card = stage.trade().draw_card(person, stage.world().kind_of(shop), stage.random());
    }
    // A new card is often tried with a small sum before the fee is paid by it.
    const bool verified = customer.new_card && stage.random().chance(300'000);
    deed.amount = verified ? stage.random().between(1, stage.drawn(2)) : stage.ticket(shop.number, asked);
    deed.entry_mode = stage.entry(shop.number);
    deed.response = answer_of(stage, fees, place, deed.card, customer.new_card);
    stage.deed(deed);
    const bool refused = deed.response != Response::approved;
    if (!verified && !(refused && stage.random().chance(750'000))) continue;
    // Once more with the right PIN or with less, or when the bank answers again.
    const bool waits = deed.response == Response::unavailable;
    deed.time +=
        waits ? stage.random().between(10, 120) * core::minute_ms : stage.random().between(15'000, 90'000);
    if (verified || deed.response == Response::no_funds) deed.amount = stage.ticket(shop.number, asked);
    deed.response = refused && stage.random().chance(250'000) ? deed.response : Response::approved;
    stage.deed(deed);
  }
}

void try_numbers(Stage& stage, MerchantIndex shop, std::int64_t tries) {
  const auto skill = static_cast<std::size_t>(stage.skill());
  // The unskilled hammer away at night; the skilled go slowly through the day.
  const std::int64_t begins =
      skill == 0 ? stage.random().between(60, 300) : stage.random().between(560, 1'100);
  const std::int64_t seconds = 4 + 12 * stage.skill();
  const auto declined = static_cast<std::uint32_t>(stage.drawn(3) * refused_permille[skill]);
  const std::int64_t before = (stage.day() - stage.instance().first) * tries;
  core::TimeMs at = stage.between(begins, begins + 1);
  for (std::int64_t i = 0; i < tries; ++i) {
    at += stage.random().between(seconds * 500, seconds * 1'500);
    // The most skilled try now and then, whenever the shop is open, at any of its tills.
    const bool scattered = skill >= 3;
    if (scattered) at = stage.when(shop);
    const std::uint32_t bank = stage.random().below(static_cast<std::uint32_t>(stage.drawn(1)));
    Deed deed{.merchant = shop,
              .time = at,
              .card = world::strange_card(stage.world().merchant(shop).city, stage.instance().number, bank,
                                          static_cast<std::uint32_t>(before + i)),
              .terminal = scattered ? -1 : 0};
    // From skill 1 on they ask for what the shop's small sales come to.
    deed.amount = skill >= 1 ? stage.ticket(shop, 300 + 100 * stage.skill())
                             : stage.random().between(1, stage.drawn(2));
    deed.entry_mode = skill >= 1 ? stage.entry(shop) : EntryMode::chip;
    if (stage.random().chance(declined))
      deed.response = stage.random().chance(450'000)   ? Response::invalid_number
                      : stage.random().chance(500'000) ? Response::do_not_honour
                                                       : Response::expired;
    stage.deed(deed);
  }
}

std::int64_t a_day(const Stage& stage, Day days, std::int64_t cut) {
  return std::clamp<std::int64_t>(stage.drawn(0) / days / cut, 1, 8'000);
}

}  // namespace

void cast(const World& world, Instance& instance) {
  Casting casting(world, instance);
  casting.merchants(1, [](const world::Merchant&) { return true; });
  if (instance.planted) return;
  // numbers: the first and the last fee day. Before and after them the new cards are used elsewhere.
  const Day days = instance.last - instance.first;
  instance.numbers = {instance.first + known_before, instance.first + known_before + days};
  instance.last = instance.ends = instance.numbers[1] + known_after;
}

void act(Stage& stage) {
  const MerchantIndex shop = stage.instance().merchants[0];
  if (stage.planted()) {
    const Day days = stage.instance().last - stage.instance().first + 1;
    try_numbers(stage, shop, a_day(stage, days, lists_cut[static_cast<std::size_t>(stage.skill())]));
    return;
  }
  const Day from = stage.instance().numbers[0], to = stage.instance().numbers[1];
  const std::int64_t customers = a_day(stage, to - from + 1, 1);
  const world::Merchant& merchant = stage.world().merchant(shop);
  use_new_cards(stage, merchant, customers * (to - from + 1), from);
  if (stage.day() >= from && stage.day() <= to)
    queue_up(stage, merchant, (stage.day() - from) * customers, customers);
}

}  // namespace tillwatch::typology::card_testing
