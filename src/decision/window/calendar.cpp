// Where windows begin; see plan.h. Local days and months are those of a fixed offset from UTC, never of a
// named zone.
#include "window/plan.h"

namespace tillwatch::window {

core::DurationMs look_back_of(const WindowSpec& window) {
  switch (window.kind) {
    case WindowKind::sliding:
      return window.length_ms;
    case WindowKind::local_day:
      return core::day_ms;
    case WindowKind::local_month:
      return 31 * core::day_ms;
  }
  core::check_failed(__FILE__, __LINE__, "a window is of a known kind");
}

core::TimeMs window_start(const WindowSpec& window, core::TimeMs time) {
  if (window.kind == WindowKind::sliding) return time - window.length_ms;
  const core::DurationMs offset = window.utc_offset_minutes * core::minute_ms;
  const std::int64_t day = core::floor_div(time + offset, core::day_ms);
  std::int64_t first = day;
  if (window.kind == WindowKind::local_month) {
    core::CivilDate date = core::civil_from_days(day);
    date.day = 1;
    first = core::days_from_civil(date);
  }
  // The first instant belongs to the day or month, and the bound is exclusive.
  return first * core::day_ms - offset - 1;
}

}  // namespace tillwatch::window
