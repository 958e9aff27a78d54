// The calendar of the world: local days, public holidays, make-up workdays, the Spring Festival, shopping
// days, wages. Called by the flows and the typologies. Never knows a named time zone: the world lives at one
// offset. Days outside 2025 to 2027 are ordinary weeks, days off of 2027 assumed (docs/simulator.md).
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "core/time.h"

namespace tillwatch::world {

using Day = std::int64_t;  // local days since 1970-01-01

inline constexpr int utc_offset_minutes = 480;

// The instant `ms` milliseconds after local midnight of `day`; beyond 24 hours it lies on a later day.
constexpr core::TimeMs instant(Day day, std::int64_t ms) {
  return day * core::day_ms + ms - utc_offset_minutes * core::minute_ms;
}
constexpr Day day_of(core::TimeMs time) {
  return core::floor_div(time + utc_offset_minutes * core::minute_ms, core::day_ms);
}

enum class Occasion : std::uint8_t {
  none,
  new_year,
  spring_festival,
  qingming,
  labour_day,
  dragon_boat,
  mid_autumn,
  national_day,
  shopping,  // 618, 11-11 and the days before: people buy, nobody is off
};

// One row of the table: a holiday with its days off and its make-up workdays, or a shopping season.
struct CalendarRow {
  Occasion occasion;
  core::CivilDate first;
  core::CivilDate last;
  std::string_view source;
  core::CivilDate work[2];  // days on which one works though they are a weekend; year 0: none
};
std::span<const CalendarRow> calendar_rows();

// Whether the days off of a year are those of a published notice; else they are assumed. No world file
// reaches into a year that the table does not have.
bool has_notice(int year);

struct CalendarDay {
  Occasion occasion = Occasion::none;
  bool off = false;      // most people do not work: a weekend or a holiday
  bool holiday = false;  // a public holiday
  bool make_up = false;  // a weekend day on which one works
  int to_spring = 0;     // days to the next Spring Festival's first day off, when at most 14; else 0
  int weekday = 0;       // 0 Sunday .. 6 Saturday
  int day_of_month = 1;
};
CalendarDay calendar_day(Day day);

// How much more than usual people spend on this day of the month, in thousandths: wages come around the 10th
// and the 15th, and the days before are thin [assumed].
int wage_permille(int day_of_month);

std::string_view name_of(Occasion occasion);

}  // namespace tillwatch::world
