// The parameters of a world, as numbers: what a world file may say, and the value where it says nothing.
// Read by everything that draws; written by the reader of world files (world_file.h). Whole numbers in the
// units that settings_table.cpp states.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "world/calendar.h"
#include "world/typology.h"

namespace tillwatch::world {

using Amount = std::int64_t;               // minor units (fen)
using Span = std::array<std::int64_t, 2>;  // from, to; both included

struct Population {
  std::int64_t merchants = 360;
  std::int64_t cities = 5;
  std::int64_t people_per_merchant = 94;
  std::int64_t agents = 12;
  std::int64_t agent_zipf_permille = 1100;
  std::int64_t sub_agent_permille = 300;
  std::int64_t reps_per_agent = 3;
  std::int64_t channels = 3;
  std::int64_t terminals_permille = 1320;
  std::int64_t chain_permille = 80;
  std::int64_t opening_permille = 90;
  std::int64_t city_radius_m = 5000;
  std::int64_t jitter_m = 110;
};

struct People {
  std::int64_t pace_sigma_permille = 600;
  std::int64_t week_sigma_permille = 250;
  std::int64_t errand_permille = 30;
  Span errand_minutes = {10, 60};
  std::int64_t income_sigma_permille = 450;
  std::int64_t credit_cards_permille = 500;
  std::int64_t migrant_permille = 400;
  std::int64_t migrant_cards_permille = 600;
  std::int64_t limit_median = 22'07'500;
  std::int64_t limit_sigma_permille = 800;
  std::int64_t utilisation_permille = 375;
  std::int64_t haunts_per_kind = 2;
  std::int64_t reach_m = 2500;
  std::int64_t travel_permille = 40;
  std::int64_t holiday_travel_permille = 220;
};

struct Flow {
  std::int64_t volume_permille = 1000;
  std::int64_t merchant_noise_permille = 300;
  std::int64_t no_funds_ppm = 22'000;
  std::int64_t over_limit_ppm = 2'500;
  std::int64_t wrong_pin_ppm = 12'000;
  std::int64_t do_not_honour_ppm = 3'000;
  std::int64_t expired_ppm = 800;
  std::int64_t unavailable_ppm = 1'000;
  std::int64_t retry_permille = 650;
  std::int64_t reversal_ppm = 1'500;
  std::int64_t refund_days = 20;
  std::int64_t late_ppm = 5'000;
  std::int64_t duplicate_ppm = 800;
  std::int64_t wallet_permille = 700;
};

struct Money {
  std::int64_t rate_standard_e6 = 6'000;
  std::int64_t rate_preferential_e6 = 3'800;
  std::int64_t rate_micro_e6 = 3'800;
  std::int64_t debit_cap = 20'00;
  std::int64_t same_day_permille = 300;
  std::int64_t same_day_fee = 3'00;
  Span deposit = {99'00, 499'00};
  std::int64_t deposit_permille = 500;
  std::int64_t sim_fee = 36'00;
  std::int64_t sim_days = 180;
  std::int64_t activation_bonus = 150'00;
  std::int64_t activation_turnover = 10'000'00;
  std::int64_t activation_days = 30;
};

struct Labels {
  std::int64_t delay_median_h = 216;
  std::int64_t delay_sigma_permille = 1000;
  std::int64_t delay_most_days = 120;
  std::int64_t wrong_ppm = 30;
  std::int64_t mistaken_permille = 15;
  std::int64_t amended_permille = 30;
};

// The files that agents get from their acquirers (acquiring/agent_files).
struct Files {
  std::int64_t first_layout = 0;
  Span day_cut_minute = {1'380, 1'440};
  Span delivered_minute = {530, 570};
  std::int64_t late_permille = 30;
  Span late_hours = {2, 50};
  std::int64_t missing_permille = 10;
  std::int64_t corrected_permille = 20;
  Span corrected_days = {1, 3};
  std::int64_t held_back_permille = 20;
  std::int64_t damaged_ppm = 200;
  std::int64_t repeated_ppm = 100;
  std::int64_t gap_permille = 250;
  std::int64_t notice_permille = 700;
  Span reply_days = {3, 10};
  std::int64_t cost_standard_e6 = 5'200;
  std::int64_t cost_preferential_e6 = 3'300;
  std::int64_t cost_micro_e6 = 3'000;
  Span share_permille = {600, 900};
  std::int64_t clawback = 150'00;
};

inline constexpr int kind_count = 12;

// A kind of merchants: what they sell for how much, when, to whom and by which means.
struct Kind {
  std::int64_t weight = 0;
  std::int64_t ticket_median = 0;
  std::int64_t ticket_sigma_permille = 0;
  std::int64_t grain = 1;
  std::int64_t below = 0;
  std::int64_t single_limit = 0;
  std::int64_t demand_milli = 0;
  Span open = {};  // minutes after midnight
  Span first_hump = {};
  Span second_hump = {};
  std::int64_t first_share_permille = 500;
  std::array<std::int64_t, 7> weekday_permille = {};
  std::int64_t credit_permille = 0;
  std::int64_t refund_ppm = 0;
  std::int64_t haunt_permille = 0;
  std::array<std::int64_t, 4> entry_permille = {};  // contactless, chip, stripe, qr
  std::int64_t holiday_permille = 1000;
  std::int64_t shut_at_spring_permille = 0;
  std::int64_t preferential = 0;
  std::int64_t round_permille = 0;
};

struct KindName {
  std::string_view name;
  std::string_view mcc;
  std::string_view words;
};
std::span<const KindName, kind_count> kind_names();
std::array<Kind, kind_count> kind_defaults();

// How often and how a typology is planted, and its parameters, drawn anew for each instance.
struct Planting {
  std::int64_t planted = 1;
  std::int64_t rate = 0;
  std::int64_t look_alikes = 0;
  Span skill = {0, 3};
  std::int64_t later_day = 0;
  Span later_skill = {3, 3};
  Span ramp_days = {0, 10};
  Span length_days = {20, 60};
  std::int64_t label_permille = 200;
  std::array<Span, drawn_max> drawn = {};
};
std::array<Planting, typology_count> planting_defaults();

enum class Mix : std::uint8_t { realistic, training };
inline constexpr std::int64_t training_factor = 20;

struct Settings {
  std::string name = "unnamed";
  std::uint64_t seed = 1;
  Day first_day = core::days_from_civil({2026, 3, 1});
  std::int64_t days = 90;
  Mix mix = Mix::realistic;
  Population population;
  People people;
  Flow flow;
  Money money;
  Labels labels;
  Files files;
  std::array<Kind, kind_count> kinds = kind_defaults();
  std::array<Planting, typology_count> typologies = planting_defaults();
};

// One parameter of a struct: its name in the world file, its bounds, and where its default comes from.
template <class S>
struct Field {
  std::string_view name;
  std::variant<std::int64_t S::*, Span S::*, std::array<std::int64_t, 4> S::*,
               std::array<std::int64_t, 7> S::*>
      at;
  std::int64_t least;
  std::int64_t most;
  std::string_view unit;
  std::string_view source;  // "assumed", or where the figure was read
  std::string_view words;
};

std::span<const Field<Population>> population_fields();
std::span<const Field<People>> people_fields();
std::span<const Field<Flow>> flow_fields();
std::span<const Field<Money>> money_fields();
std::span<const Field<Labels>> label_fields();
std::span<const Field<Files>> file_fields();
std::span<const Field<Kind>> kind_fields();
std::span<const Field<Planting>> planting_fields();

// The numbers that a field points at, whatever their count.
template <class S>
std::span<const std::int64_t> numbers_of(const S& group, const Field<S>& field) {
  return std::visit(
      [&](auto member) -> std::span<const std::int64_t> {
        if constexpr (std::is_same_v<decltype(member), std::int64_t S::*>)
          return {&(group.*member), 1};
        else
          return group.*member;
      },
      field.at);
}
template <class S>
std::span<std::int64_t> numbers_of(S& group, const Field<S>& field) {
  const auto numbers = numbers_of(static_cast<const S&>(group), field);
  return {const_cast<std::int64_t*>(numbers.data()), numbers.size()};
}
// True where the field is a range from .. to, which has to ascend and may be written as one number.
template <class S>
bool is_range(const Field<S>& field) {
  return std::holds_alternative<Span S::*>(field.at);
}

}  // namespace tillwatch::world
