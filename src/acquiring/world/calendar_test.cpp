// The calendar against the notices it was read from, and against itself.
#include "world/calendar.h"

#include <gtest/gtest.h>

namespace tillwatch::world {
namespace {

Day day(int year, int month, int of_month) {
  return core::days_from_civil({year, month, of_month});
}

TEST(Calendar, TheNoticeFor2026) {
  EXPECT_FALSE(calendar_day(day(2026, 2, 14)).off);  // a Saturday on which one works
  EXPECT_TRUE(calendar_day(day(2026, 2, 14)).make_up);
  for (int i = 15; i <= 23; ++i) {
    EXPECT_EQ(calendar_day(day(2026, 2, i)).occasion, Occasion::spring_festival) << i;
    EXPECT_TRUE(calendar_day(day(2026, 2, i)).off) << i;
  }
  EXPECT_FALSE(calendar_day(day(2026, 2, 24)).off);
  EXPECT_TRUE(calendar_day(day(2026, 9, 25)).holiday);
  EXPECT_TRUE(calendar_day(day(2026, 10, 7)).holiday);
  EXPECT_FALSE(calendar_day(day(2026, 10, 8)).off);
  EXPECT_TRUE(calendar_day(day(2026, 10, 10)).make_up);
}

TEST(Calendar, TheLunarFeastsLieInTheirHolidays) {
  // New year's day by the lunar calendar; 2027-02-06: its new moon falls at 23:56 Beijing time.
  for (const Day feast : {day(2025, 1, 29), day(2026, 2, 17), day(2027, 2, 6)})
    EXPECT_EQ(calendar_day(feast).occasion, Occasion::spring_festival);
  for (const Day feast : {day(2025, 5, 31), day(2026, 6, 19), day(2027, 6, 9)})
    EXPECT_EQ(calendar_day(feast).occasion, Occasion::dragon_boat);
  EXPECT_TRUE(calendar_day(day(2025, 10, 6)).holiday);  // Mid-Autumn within the National Day holiday
  for (const Day feast : {day(2026, 9, 25), day(2027, 9, 15)})
    EXPECT_EQ(calendar_day(feast).occasion, Occasion::mid_autumn);
}

TEST(Calendar, MakeUpWorkdaysAreWeekendsAndNoHolidays) {
  int found = 0;
  for (Day at = day(2025, 1, 1); at <= day(2027, 12, 31); ++at) {
    const CalendarDay each = calendar_day(at);
    if (!each.make_up) continue;
    ++found;
    EXPECT_TRUE(each.weekday == 0 || each.weekday == 6) << at;
    EXPECT_FALSE(each.holiday) << at;
    EXPECT_FALSE(each.off) << at;
  }
  EXPECT_EQ(found, 17);
}

TEST(Calendar, TheWeeksBeforeTheSpringFestivalCountDown) {
  EXPECT_EQ(calendar_day(day(2026, 2, 14)).to_spring, 1);
  EXPECT_EQ(calendar_day(day(2026, 2, 1)).to_spring, 14);
  EXPECT_EQ(calendar_day(day(2026, 1, 31)).to_spring, 0);
}

// Whoever adds the notice of another year changes its rows' source, and this.
TEST(Calendar, SaysWhichYearsHaveANotice) {
  EXPECT_FALSE(has_notice(2024));
  EXPECT_TRUE(has_notice(2025));
  EXPECT_TRUE(has_notice(2026));
  EXPECT_FALSE(has_notice(2027));
  EXPECT_FALSE(has_notice(2028));
}

TEST(Calendar, InstantsAndDaysAreInverse) {
  EXPECT_EQ(core::format_time(instant(day(2026, 3, 1), 0)), "2026-02-28T16:00:00Z");
  EXPECT_EQ(day_of(instant(day(2026, 3, 1), 0)), day(2026, 3, 1));
  EXPECT_EQ(day_of(instant(day(2026, 3, 1), 0) - 1), day(2026, 2, 28));
}

}  // namespace
}  // namespace tillwatch::world
