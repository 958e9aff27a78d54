#include "simulator/world.h"

#include <algorithm>
#include <array>

#include "chance/distribution.h"
#include "simulator/scheme.h"

namespace tillwatch::simulator {
namespace {

// A bijection on 32 bits, so that no two merchants share a code.
std::uint32_t scatter(std::uint32_t x, std::uint64_t seed, std::uint32_t salt) {
  x ^= static_cast<std::uint32_t>(mix64(seed + salt * golden_step));
  x ^= x >> 16;
  x *= 0x85ebca6bu;
  x ^= x >> 13;
  x *= 0xc2b2ae35u;
  return x ^ (x >> 16);
}

// Eight capital hexadecimal digits: shorter than any card number.
std::string hex_of(std::uint32_t bits) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string text(8, '0');
  for (std::size_t i = 0; i < text.size(); ++i) text[i] = digits[(bits >> (28 - 4 * i)) & 15];
  return text;
}

const MerchantKind& draw_kind(Stream& random) {
  std::int32_t all = 0;
  for (const MerchantKind& kind : merchant_kinds()) all += kind.weight;
  auto at = static_cast<std::int32_t>(random.below(static_cast<std::uint32_t>(all)));
  for (const MerchantKind& kind : merchant_kinds()) {
    if (at < kind.weight) return kind;
    at -= kind.weight;
  }
  return merchant_kinds().front();
}

core::Status range(std::string_view name, std::int64_t value, std::int64_t least, std::int64_t most) {
  if (value >= least && value <= most) return {};
  return core::fail(core::ErrorCode::invalid, std::string(name),
                    std::to_string(value) + " lies outside " + std::to_string(least) + " to " +
                        std::to_string(most) + "; choose a value within");
}

}  // namespace

core::Status Config::check() const {
  TRY_STATUS(range("first_day", first_day, 10'000, 32'000));
  TRY_STATUS(range("days", days, 1, 3'660));
  TRY_STATUS(range("history_days", history_days, 0, 400));
  TRY_STATUS(range("merchants", merchants, 1, 1'000'000));
  TRY_STATUS(range("planted", planted, 0, 100));
  TRY_STATUS(range("look_alikes", look_alikes, 0, 20));
  TRY_STATUS(range("late_ppm", late_ppm, 0, 1'000'000));
  return {};
}

std::uint32_t Merchant::ordinary_terminals() const {
  std::uint32_t count = 0;
  while (count < terminals.size() && terminals[count].state == TerminalState::active) ++count;
  return count;
}

Merchant World::make_merchant(std::uint32_t number, std::optional<KindId> kind,
                              std::optional<int> city) const {
  Stream random(config_.seed, Lane::merchant, number);
  Merchant merchant;
  merchant.number = number;
  const MerchantKind& drawn = draw_kind(random);
  merchant.kind = kind ? &kind_of(*kind) : &drawn;
  merchant.code = "M" + hex_of(scatter(number, config_.seed, 1));
  const std::uint32_t drawn_city = random.below(static_cast<std::uint32_t>(cities().size()));
  merchant.city = static_cast<std::uint8_t>(city ? static_cast<std::uint32_t>(*city) : drawn_city);
  const City& place = cities()[merchant.city];
  // About 5 km around the centre, in millionths of a degree.
  merchant.latitude_e6 = place.latitude_e6 + normal_q16(random) * 45 / 65536 * 1000;
  merchant.longitude_e6 = place.longitude_e6 + normal_q16(random) * 45 / 65536 * 1000;
  merchant.street = random.below(static_cast<std::uint32_t>(people_per_city));
  merchant.agent = static_cast<std::uint16_t>(1 + random.below(8) * random.below(8) / 7);
  merchant.size_permille =
      static_cast<std::int32_t>(std::clamp<std::int64_t>(lognormal(random, 900, 40'000), 300, 3'000));
  merchant.ticket_permille =
      static_cast<std::int32_t>(std::clamp<std::int64_t>(lognormal(random, 1000, 20'000), 600, 1'700));
  merchant.active_from = config_.first_day - config_.history_days;
  // Merchants declare a little more than they sell.
  merchant.declared_daily = mean_daily_turnover(merchant) * random.between(1'300, 1'900) / 1000;
  const int count = random.chance(250'000) ? (random.chance(280'000) ? 3 : 2) : 1;
  for (int i = 0; i < count; ++i) {
    const std::uint32_t at = number * 8 + static_cast<std::uint32_t>(i);
    merchant.terminals.push_back({.id = hex_of(scatter(at, config_.seed, 2)),
                                  .serial = "N" + hex_of(scatter(at, config_.seed, 3)) + "P",
                                  .state = TerminalState::active});
  }
  return merchant;
}

std::uint64_t World::neighbour(const Merchant& merchant, Stream& random) const {
  // Most people shop near home: two draws make a triangle around the merchant's street.
  const std::uint64_t offset = random.below(4'000) + random.below(4'000);
  const std::uint64_t place = (merchant.street + offset + people_per_city - 4'000) % people_per_city;
  return merchant.city * people_per_city + place;
}

std::uint64_t World::regular(const Merchant& merchant, std::uint32_t j) const {
  Stream random(config_.seed, Lane::regular, merchant.number, 0, j);
  return neighbour(merchant, random);
}

core::Result<World> World::create(const Config& config) {
  TRY_STATUS(config.check());
  World world(config);
  world.history_begins_ = config.first_day - config.history_days;
  world.merchants_.reserve(static_cast<std::size_t>(config.merchants));
  for (int i = 0; i < config.merchants; ++i) {
    if (config.without_merchant == i) continue;
    world.merchants_.push_back(
        world.make_merchant(static_cast<std::uint32_t>(i), std::nullopt, std::nullopt));
  }
  world.cast_all();
  return world;
}

void World::cast_all() {
  const auto all = schemes();
  for (std::size_t s = 0; s < all.size(); ++s) {
    for (const Role role : {Role::planted, Role::look_alike}) {
      const int copies = role == Role::planted ? config_.planted : config_.planted * config_.look_alikes;
      for (int copy = 0; copy < copies; ++copy) {
        // Its own place in the seed, whatever else is cast.
        const auto entity = static_cast<std::uint32_t>(s * 8192 + (role == Role::planted ? 0u : 4096u) +
                                                       static_cast<std::uint32_t>(copy));
        Instance instance;
        instance.typology = all[s].typology;
        instance.role = role;
        instance.name = instance.typology + (role == Role::planted ? "-planted-" : "-look-alike-") +
                        std::to_string(copy + 1);
        instance.words = role == Role::planted ? all[s].planted_words : all[s].look_alike_words;
        instance.number = entity;
        instance.kind_of_scheme = s;
        instance.first_merchant = static_cast<std::uint32_t>(merchants_.size());
        Stream random(config_.seed, Lane::instance, entity);
        std::vector<Merchant> cast = all[s].cast(*this, instance, random);
        instance.merchant_count = static_cast<std::uint32_t>(cast.size());
        for (Merchant& one : cast) {
          if (one.active_from < history_begins_) history_begins_ = one.active_from;
          merchants_.push_back(std::move(one));
        }
        instances_.push_back(std::move(instance));
      }
    }
  }
}

std::int64_t mean_daily_turnover(const Merchant& merchant) {
  // The mean of a lognormal passes its median by 2^(spread^2 * ln 2 / 2); ln 2 / 2 is 22713 / 65536.
  const std::int64_t spread = merchant.kind->ticket_spread_q16;
  const std::int64_t excess_q16 = (spread * spread >> 16) * 22'713 >> 16;
  const std::int64_t ticket =
      scale_by_power(merchant.kind->ticket_median * merchant.ticket_permille / 1000, excess_q16);
  return ticket * (merchant.kind->demand_milli * merchant.size_permille / 1000) / 1000;
}

}  // namespace tillwatch::simulator
