#include "world/calendar.h"

#include <array>

namespace tillwatch::world {

CalendarDay calendar_day(Day day) {
  CalendarDay out;
  out.weekday = core::weekday_of_days(day);
  out.day_of_month = core::civil_from_days(day).day;
  out.off = out.weekday == 0 || out.weekday == 6;
  for (const CalendarRow& row : calendar_rows()) {
    const Day first = core::days_from_civil(row.first);
    if (day >= first && day <= core::days_from_civil(row.last)) {
      out.occasion = row.occasion;
      if (row.occasion != Occasion::shopping) out.off = out.holiday = true;
    }
    for (const core::CivilDate& work : row.work) {
      if (work.year == 0 || core::days_from_civil(work) != day) continue;
      out.make_up = true;
      out.off = false;
    }
    if (row.occasion == Occasion::spring_festival && day < first && day >= first - 14)
      out.to_spring = static_cast<int>(first - day);
  }
  return out;
}

bool has_notice(int year) {
  bool any = false;
  for (const CalendarRow& row : calendar_rows()) {
    if (row.occasion == Occasion::shopping || row.first.year != year) continue;
    if (!row.source.starts_with("State Council notice")) return false;
    any = true;
  }
  return any;
}

int wage_permille(int day_of_month) {
  if (day_of_month == 10 || day_of_month == 15) return 1150;
  if (day_of_month == 11 || day_of_month == 16) return 1080;
  if (day_of_month == 8 || day_of_month == 9) return 940;
  return 1000;
}

std::string_view name_of(Occasion occasion) {
  constexpr std::array<std::string_view, 9> names = {"none",       "new_year",     "spring_festival",
                                                     "qingming",   "labour_day",   "dragon_boat",
                                                     "mid_autumn", "national_day", "shopping"};
  return names[static_cast<std::size_t>(occasion)];
}

}  // namespace tillwatch::world
