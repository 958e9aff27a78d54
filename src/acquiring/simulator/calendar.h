// The calendar of the world: local days, weekdays and pay days. Called by the flows and the typologies.
// Never knows a named time zone: the world lives at one offset. Public holidays are not modelled yet.
#pragma once

#include <cstdint>

#include "core/time.h"

namespace tillwatch::simulator {

using Day = std::int64_t;  // local days since 1970-01-01

inline constexpr int utc_offset_minutes = 480;

// The instant `minute` minutes after local midnight of `day`; minutes past 1440 lie on the next day.
constexpr core::TimeMs time_of(Day day, std::int64_t minute) {
  return day * core::day_ms + (minute - utc_offset_minutes) * core::minute_ms;
}

constexpr Day local_day(core::TimeMs time) {
  return core::floor_div(time + utc_offset_minutes * core::minute_ms, core::day_ms);
}

// 0 Sunday .. 6 Saturday.
constexpr int weekday(Day day) {
  return core::weekday_of_days(day);
}

// How much more than usual people spend on this day of the month, in thousandths: wages come around the 10th
// and the 15th, and the days before are thin [assumed].
inline int pay_day_permille(Day day) {
  const int of_month = core::civil_from_days(day).day;
  if (of_month == 10 || of_month == 15) return 1150;
  if (of_month == 11 || of_month == 16) return 1080;
  if (of_month == 8 || of_month == 9) return 940;
  return 1000;
}

}  // namespace tillwatch::simulator
