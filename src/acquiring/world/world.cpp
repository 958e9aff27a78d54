#include "world/world.h"

#include <algorithm>

#include "chance/distribution.h"
#include "core/check.h"

namespace tillwatch::world {
namespace {

using chance::key_of;
using chance::Lane;
using chance::Stream;

// A bijection on 32 bits, so that no two entities share a code.
std::uint32_t scatter(std::uint32_t x, std::uint64_t seed, std::uint32_t salt) {
  x ^= static_cast<std::uint32_t>(chance::mix64(seed + salt * chance::golden_step));
  x ^= x >> 16;
  x *= 0x85ebca6bu;
  x ^= x >> 13;
  x *= 0xc2b2ae35u;
  return x ^ (x >> 16);
}

// Eight capital hexadecimal digits: shorter than any card number.
void append_hex(std::string& out, std::uint32_t bits) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  for (int shift = 28; shift >= 0; shift -= 4) out.push_back(digits[(bits >> shift) & 15]);
}

Point scattered(const Point& centre, std::int64_t radius_m, Stream& random) {
  const std::int64_t north = std::int64_t{chance::normal_q16(random)} * radius_m / 65536;
  const std::int64_t east = std::int64_t{chance::normal_q16(random)} * radius_m / 65536;
  return moved(centre, north, east);
}

template <class Weights>
std::size_t weighted(Stream& random, std::size_t count, const Weights& weight_of) {
  std::uint32_t all = 0;
  for (std::size_t i = 0; i < count; ++i) all += static_cast<std::uint32_t>(weight_of(i));
  std::uint32_t at = random.below(std::max(1u, all));
  for (std::size_t i = 0; i < count; ++i) {
    const auto weight = static_cast<std::uint32_t>(weight_of(i));
    if (at < weight) return i;
    at -= weight;
  }
  return 0;
}

// Factors in thousandths, lognormal with the mean 1000.
void fill_factors(std::uint64_t seed, Lane lane, std::int64_t sigma_permille,
                  std::span<std::int32_t> factors) {
  std::int64_t total = 0;
  for (std::size_t i = 0; i < factors.size(); ++i) {
    Stream random(seed, lane, i);
    factors[i] =
        static_cast<std::int32_t>(chance::lognormal(random, 1000, chance::log_spread_q16(sigma_permille)));
    total += factors[i];
  }
  const std::int64_t mean = std::max<std::int64_t>(1, total / static_cast<std::int64_t>(factors.size()));
  for (std::int32_t& each : factors) each = static_cast<std::int32_t>(std::int64_t{each} * 1000 / mean);
}

}  // namespace

Amount mean_ticket(const Kind& kind) {
  // median * exp(sigma^2 / 2), as a power of two.
  const std::int64_t sigma = kind.ticket_sigma_permille;
  return chance::scale_by_power(kind.ticket_median, sigma * sigma * 65'536 / (2 * 693'147));
}

World::World(const Settings& settings) : settings_(settings) {
  draw_people();
  draw_agents();
  draw_merchants();
}

void World::draw_people() {
  const auto count = static_cast<std::size_t>(settings_.population.cities);
  std::int64_t weights = 0;
  for (std::size_t i = 0; i < count; ++i) weights += cities()[i].weight;
  const std::int64_t all =
      std::max<std::int64_t>(1, settings_.population.merchants * settings_.population.people_per_merchant);
  std::int64_t sum = 0;
  for (std::size_t i = 0; i < count; ++i) {
    sum += cities()[i].weight;
    city_ends_.push_back(static_cast<PersonNumber>(all * sum / weights));
  }
  fill_factors(settings_.seed, Lane::pace, settings_.people.pace_sigma_permille, paces_);
  fill_factors(settings_.seed, Lane::week, settings_.people.week_sigma_permille, weeks_);
}

void World::draw_agents() {
  const auto count = static_cast<std::uint32_t>(settings_.population.agents);
  for (std::uint32_t i = 0; i < count; ++i) {
    Stream random(settings_.seed, Lane::agent, i);
    Agent agent;
    agent.number = i;
    agent.city = static_cast<std::uint8_t>(
        weighted(random, city_ends_.size(), [](std::size_t city) { return cities()[city].weight; }));
    const std::int64_t power = chance::log2_q16(i + 1) * settings_.population.agent_zipf_permille / 1000;
    agent.share = std::max<std::int64_t>(1, chance::scale_by_power(10'000, -power));
    const bool below =
        random.chance(static_cast<std::uint32_t>(settings_.population.sub_agent_permille) * 1000);
    if (below && i > 0) agent.parent = static_cast<std::int32_t>(random.below(i));
    agent.quality_permille = static_cast<std::int32_t>(random.between(200, 1000));
    agent.owner = person_in(agent.city, random.next());
    agents_.push_back(agent);
  }
}

std::uint16_t World::draw_agent(const Merchant& merchant, Stream& random) const {
  // Agents board around the corner: five times as readily in their own city.
  const std::size_t at = weighted(random, agents_.size(), [&](std::size_t i) {
    return agents_[i].share * (agents_[i].city == merchant.city ? 5 : 1);
  });
  return static_cast<std::uint16_t>(at);
}

Merchant World::draw_merchant(MerchantIndex number) const {
  Stream random(settings_.seed, Lane::shop, number);
  Merchant out;
  out.number = number;
  const bool chain =
      number > 0 && random.chance(static_cast<std::uint32_t>(settings_.population.chain_permille) * 1000);
  out.kind = static_cast<std::uint8_t>(
      weighted(random, kind_count, [&](std::size_t i) { return settings_.kinds[i].weight; }));
  out.city = static_cast<std::uint8_t>(
      weighted(random, city_ends_.size(), [](std::size_t city) { return cities()[city].weight; }));
  out.owner = person_in(out.city, random.next());
  out.place = scattered(cities()[out.city].centre, settings_.population.city_radius_m, random);
  out.agent = draw_agent(out, random);
  if (chain) {  // a branch: the same owner, agent, city and trade
    const Merchant& head = merchants_[number - 1];
    out.kind = head.kind;
    out.city = head.city;
    out.owner = head.owner;
    out.agent = head.agent;
    out.place = scattered(cities()[out.city].centre, settings_.population.city_radius_m, random);
  }
  out.rep = static_cast<std::uint16_t>(
      random.below(static_cast<std::uint32_t>(settings_.population.reps_per_agent)));
  out.channel =
      static_cast<std::uint8_t>(random.below(static_cast<std::uint32_t>(settings_.population.channels)));
  const Day table = core::days_from_civil({2025, 1, 1});
  const bool young = random.chance(
      static_cast<std::uint32_t>(std::min<std::int64_t>(1000, settings_.population.opening_permille * 3)) *
      1000);
  out.opened = young ? table + random.between(0, 1094) : table - random.between(1, 3650);
  out.size_permille = static_cast<std::int32_t>(
      std::clamp<std::int64_t>(chance::lognormal(random, 850, chance::log_spread_q16(550)), 150, 6'000));
  out.ticket_permille = static_cast<std::int32_t>(
      std::clamp<std::int64_t>(chance::lognormal(random, 1000, chance::log_spread_q16(250)), 500, 2'000));
  out.shift_min = static_cast<std::int32_t>(random.between(-3, 3) * 10);
  out.same_day = random.chance(static_cast<std::uint32_t>(settings_.money.same_day_permille) * 1000);
  const Kind& kind = settings_.kinds[out.kind];
  out.rate_e6 = static_cast<std::int32_t>(kind.preferential != 0 ? settings_.money.rate_preferential_e6
                                                                 : settings_.money.rate_standard_e6);
  out.shut_at_spring = random.chance(static_cast<std::uint32_t>(kind.shut_at_spring_permille) * 1000);
  const Amount daily =
      kind.demand_milli * out.size_permille / 1000 * (mean_ticket(kind) * out.ticket_permille / 1000) / 1000;
  out.declared_daily = daily * random.between(1'200, 1'900) / 1000 / 10'000 * 10'000 + 10'000;
  out.registered = draw_registered(out);
  const auto more = static_cast<std::uint32_t>(settings_.population.terminals_permille - 1000);
  while (out.terminals < terminals_max && random.below(1'000 + more) < more) ++out.terminals;
  return out;
}

// Some who sell groceries or fuel today sold other things when they were boarded, and the register has not
// followed: that it names another code than the sales do is no proof that a code is misused.
std::uint8_t World::draw_registered(const Merchant& merchant) const {
  Stream random(settings_.seed, Lane::shop, merchant.number, 0, 1);
  if (settings_.kinds[merchant.kind].preferential == 0 || !random.chance(150'000)) return merchant.kind;
  const auto at = weighted(random, kind_count, [&](std::size_t i) {
    return settings_.kinds[i].preferential == 0 ? settings_.kinds[i].weight : 0;
  });
  return settings_.kinds[at].preferential == 0 ? static_cast<std::uint8_t>(at) : merchant.kind;
}

void World::draw_merchants() {
  const auto count = static_cast<MerchantIndex>(settings_.population.merchants);
  merchants_.reserve(count);
  markets_.resize(city_ends_.size() * kind_count);
  for (MerchantIndex i = 0; i < count; ++i) {
    merchants_.push_back(draw_merchant(i));
    const Merchant& merchant = merchants_.back();
    Market& market = markets_[std::size_t{merchant.city} * kind_count + merchant.kind];
    market.merchants.push_back(i);
    market.sums.push_back((market.sums.empty() ? 0 : market.sums.back()) +
                          static_cast<std::uint32_t>(merchant.size_permille));
  }
}

const Market& World::market(std::uint8_t city, std::uint8_t kind) const {
  return markets_[std::size_t{city} * kind_count + kind];
}

std::uint8_t World::city_of(PersonNumber person) const {
  return static_cast<std::uint8_t>(std::ranges::upper_bound(city_ends_, person) - city_ends_.begin());
}

PersonNumber World::person_in(std::uint8_t city, std::uint64_t bits) const {
  const PersonNumber from = city == 0 ? 0 : city_ends_[city - 1u];
  const PersonNumber count = std::max<PersonNumber>(1, city_ends_[city] - from);
  return std::min<PersonNumber>(from + static_cast<PersonNumber>(((bits >> 32) * count) >> 32),
                                city_ends_.back() - 1);
}

Person World::person(PersonNumber number) const {
  Stream random(settings_.seed, Lane::home, number);
  Person out;
  out.number = number;
  out.city = city_of(number);
  out.home = scattered(cities()[out.city].centre, settings_.population.city_radius_m, random);
  const std::int64_t income =
      chance::lognormal(random, 1000, chance::log_spread_q16(settings_.people.income_sigma_permille));
  out.income_permille = static_cast<std::int32_t>(std::clamp<std::int64_t>(income, 200, 8'000));
  // Some have none, some several: 0.25, 0.08 and 0.03 of the people have one, two and three at 0.5 a head.
  const std::int64_t scale = settings_.people.credit_cards_permille;
  const std::uint32_t at = random.below(1000);
  const auto share = [&](std::int64_t permille) {
    return static_cast<std::uint32_t>(permille * scale / 500);
  };
  if (at < share(30))
    out.credit_cards = 3;
  else if (at < share(110))
    out.credit_cards = 2;
  else if (at < share(360))
    out.credit_cards = 1;
  out.bill_day = static_cast<std::uint8_t>(random.between(1, 28));
  return out;
}

std::int32_t World::pace_permille(PersonNumber person) const {
  return paces_[key_of(settings_.seed, Lane::pace, person, 1) % paces_.size()];
}

std::int32_t World::week_permille(PersonNumber person, Day day) const {
  const Day week = core::floor_div(day + 3, 7);  // from Monday on: the first day of all was a Thursday
  return weeks_[key_of(settings_.seed, Lane::week, person, week, 1) % weeks_.size()];
}

Whereabouts World::where(const Person& person, Day day, bool long_holiday) const {
  Whereabouts out{person.city, person.home, false};
  if (city_ends_.size() < 2) return out;
  const Day decade = core::floor_div(day, 10);
  Stream random(settings_.seed, Lane::travel, person.number, decade);
  const std::int64_t permille =
      long_holiday ? settings_.people.holiday_travel_permille : settings_.people.travel_permille;
  if (!random.chance(static_cast<std::uint32_t>(permille) * 1000)) return out;
  const Day from = decade * 10 + random.between(0, 5);
  const Day to = from + random.between(2, 4);
  if (day < from || day > to) return out;
  out.travels = true;
  out.on_the_road = day == from || day == to;
  const auto city = static_cast<std::uint8_t>(
      weighted(random, city_ends_.size(), [](std::size_t each) { return cities()[each].weight; }));
  out.city = city == person.city ? static_cast<std::uint8_t>((city + 1u) % city_ends_.size()) : city;
  out.place = scattered(cities()[out.city].centre, settings_.population.city_radius_m, random);
  return out;
}

bool World::nearby(const Whereabouts& from, std::uint8_t kind, Stream& random, MerchantIndex& out) const {
  const Market& market = this->market(from.city, kind);
  if (market.merchants.empty()) return false;
  const std::int64_t reach = settings_.people.reach_m;
  std::int64_t nearest = -1;
  for (int tries = 0; tries < 6; ++tries) {
    const std::uint32_t at = random.below(market.sums.back());
    const auto place = std::ranges::upper_bound(market.sums, at) - market.sums.begin();
    const MerchantIndex candidate = market.merchants[static_cast<std::size_t>(place)];
    const std::int64_t square = square_metres_between(from.place, merchants_[candidate].place);
    if (nearest >= 0 && square > nearest) continue;
    nearest = square;
    out = candidate;
    const std::int64_t ppm = reach * reach * 1'000'000 / (reach * reach + square);
    if (random.chance(static_cast<std::uint32_t>(ppm))) return true;
  }
  return true;  // the nearest of those thought of
}

bool World::haunt(const Person& person, std::uint8_t kind, std::uint32_t j, MerchantIndex& out) const {
  Stream random(settings_.seed, Lane::haunt, person.number, kind, j);
  return nearby({person.city, person.home, false}, kind, random, out);
}

void World::append_merchant_code(std::string& out, MerchantIndex merchant) const {
  out.push_back('M');
  append_hex(out, scatter(merchant, settings_.seed, 11));
}
void World::append_terminal_id(std::string& out, TerminalNumber terminal) const {
  append_hex(out, scatter(terminal, settings_.seed, 12));
}
void World::append_serial(std::string& out, TerminalNumber terminal) const {
  out.push_back('N');
  append_hex(out, scatter(terminal, settings_.seed, 13));
  out.push_back('P');
}
void World::append_person_token(std::string& out, PersonNumber person) const {
  append_letters(out, key_of(settings_.seed, Lane::identity, 3, 0, person));
}
void World::append_account_token(std::string& out, std::uint64_t account) const {
  append_letters(out, key_of(settings_.seed, Lane::identity, 4, 0, account));
}

}  // namespace tillwatch::world
