#include "core/time.h"

#include <gtest/gtest.h>

namespace tillwatch::core {
namespace {

TEST(Time, CivilDatesRoundTripOverAllDays) {
  for (std::int64_t day = time_min / day_ms; day <= time_max / day_ms; day += 13) {
    ASSERT_EQ(days_from_civil(civil_from_days(day)), day);
  }
  EXPECT_EQ(days_from_civil({1970, 1, 1}), 0);
  EXPECT_EQ(days_from_civil({2000, 3, 1}), 11017);
}

TEST(Time, WeekdayOfKnownDays) {
  EXPECT_EQ(weekday_of_days(0), 4);                                // Thursday
  EXPECT_EQ(weekday_of_days(days_from_civil({2018, 4, 1})), 0);    // Sunday
  EXPECT_EQ(weekday_of_days(days_from_civil({1969, 12, 27})), 6);  // Saturday, before the epoch
}

TEST(Time, FormatsAndParses) {
  EXPECT_EQ(format_time(0), "1970-01-01T00:00:00Z");
  EXPECT_EQ(format_time(-1), "1969-12-31T23:59:59.999Z");
  EXPECT_EQ(parse_time("2026-07-03T14:05:09.123Z"), parse_time("2026-07-03T22:05:09.123999+08:00"));
  EXPECT_EQ(parse_time("2018-04-01 00:00:31", true), 1522540831000);
  EXPECT_EQ(parse_time("2018-04-01 00:00:31"), std::nullopt);
  for (const char* bad :
       {"", "2026", "2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z", "2026-01-01T24:00:00Z",
        "2026-01-01T00:00:60Z", "2026-01-01T00:00:00", "2026-01-01T00:00:00.Z", "2026-01-01T00:00:00Zx",
        "0000-01-01T00:00:00Z", "0001-01-01T00:00:00+01:00", "2026-01-01T00:00:00+24:00"})
    EXPECT_EQ(parse_time(bad), std::nullopt) << bad;
  EXPECT_EQ(parse_time("9999-12-31T23:59:59.999Z"), time_max);
  EXPECT_EQ(parse_time("0001-01-01T00:00:00Z"), time_min);
}

TEST(Time, Durations) {
  EXPECT_EQ(parse_duration("1h30m"), 90 * minute_ms);
  EXPECT_EQ(parse_duration("250ms"), 250);
  EXPECT_EQ(parse_duration("90d"), 90 * day_ms);
  for (const char* bad : {"", "0s", "10", "d", "1w", "99999999999999d", "-1s", "1h 30m"})
    EXPECT_EQ(parse_duration(bad), std::nullopt) << bad;
  for (const DurationMs d : {1ll, 999ll, 1000ll, 90061001ll})
    EXPECT_EQ(parse_duration(format_duration(d)), d);
}

}  // namespace
}  // namespace tillwatch::core
