// The drawn world: agents, merchants, and the people around them, all from the settings and the seed. Called
// by flows, typologies and writers. Memory grows with the merchants only; people are drawn when asked for.
// Every entity depends on the seed and its own number, so that leaving one out changes no other.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "chance/random.h"
#include "world/merchant.h"
#include "world/person.h"
#include "world/settings.h"

namespace tillwatch::world {

// The merchants of one kind in one city, with running sums of how much they attract.
struct Market {
  std::vector<MerchantIndex> merchants;
  std::vector<std::uint32_t> sums;
};

// Where a person is on a day.
struct Whereabouts {
  std::uint8_t city = 0;
  Point place;
  bool travels = false;
  bool on_the_road =
      false;  // on the first and last day of a journey nobody buys: never in two cities within a day
};

class World {
 public:
  explicit World(const Settings& settings);

  const Settings& settings() const { return settings_; }
  std::uint64_t seed() const { return settings_.seed; }
  std::span<const Agent> agents() const { return agents_; }
  std::span<const Merchant> merchants() const { return merchants_; }
  const Merchant& merchant(MerchantIndex index) const { return merchants_[index]; }
  const Kind& kind_of(const Merchant& merchant) const { return settings_.kinds[merchant.kind]; }
  const Market& market(std::uint8_t city, std::uint8_t kind) const;

  PersonNumber people() const { return city_ends_.back(); }
  std::uint8_t city_of(PersonNumber person) const;
  // A person of the city, uniformly from 64 random bits.
  PersonNumber person_in(std::uint8_t city, std::uint64_t bits) const;
  Person person(PersonNumber number) const;
  // How often a person buys, against the average, in thousandths; mean 1000.
  std::int32_t pace_permille(PersonNumber person) const;
  // How busy the week of the day is for the person, against its other weeks, in thousandths; mean 1000.
  std::int32_t week_permille(PersonNumber person, Day day) const;
  // `long_holiday`: whether the ten days around `day` hold one.
  Whereabouts where(const Person& person, Day day, bool long_holiday) const;
  // The j-th merchant of the kind to which a person near `place` returns; people without a haunt (no such
  // merchant in the city) get false.
  bool haunt(const Person& person, std::uint8_t kind, std::uint32_t j, MerchantIndex& out) const;
  // A merchant of the kind for somebody at the place: by attraction and distance. False: there is none.
  bool nearby(const Whereabouts& from, std::uint8_t kind, chance::Stream& random, MerchantIndex& out) const;

  // The card of a person, or of nobody: from a bank of where its holder lives, or of where the holder came
  // from.
  Card card(CardNumber number) const;

  // Identifiers as they are written: they say nothing about what they stand for.
  void append_merchant_code(std::string& out, MerchantIndex merchant) const;
  void append_terminal_id(std::string& out, TerminalNumber terminal) const;
  void append_serial(std::string& out, TerminalNumber terminal) const;
  void append_person_token(std::string& out, PersonNumber person) const;
  void append_account_token(std::string& out, std::uint64_t account) const;

 private:
  void draw_people();
  void draw_agents();
  void draw_merchants();
  Merchant draw_merchant(MerchantIndex number) const;
  std::string_view branch_region(CardNumber holder, PersonNumber person) const;
  std::uint8_t draw_registered(const Merchant& merchant) const;
  std::uint16_t draw_agent(const Merchant& merchant, chance::Stream& random) const;

  Settings settings_;
  std::vector<Agent> agents_;
  std::vector<Merchant> merchants_;
  std::vector<PersonNumber> city_ends_;  // by city: one past its last person
  std::vector<Market> markets_;          // city * kind_count + kind
  std::array<std::int32_t, 1024> paces_ = {};
  std::array<std::int32_t, 1024> weeks_ = {};
};

// The mean of the kind's ticket, minor units.
Amount mean_ticket(const Kind& kind);
// The account into which the merchant is settled by rights; others are numbered beyond (agents, strangers).
constexpr std::uint64_t own_account(MerchantIndex merchant) {
  return merchant;
}
constexpr std::uint64_t other_account(std::uint64_t number) {
  return (std::uint64_t{1} << 32) + number;
}

}  // namespace tillwatch::world
