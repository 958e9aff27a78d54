#include "intake/conversion.h"

#include <gtest/gtest.h>

#include <limits>
#include <random>

namespace tillwatch::intake {
namespace {

constexpr std::int64_t largest = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t smallest = std::numeric_limits<std::int64_t>::min();

TEST(Conversion, amounts_are_exact) {
  EXPECT_EQ(minor_units("57.16", {}), 5716);
  EXPECT_EQ(minor_units("57.1", {}), 5710);
  EXPECT_EQ(minor_units("57", {}), 5700);
  EXPECT_EQ(minor_units("57.", {.digits = 0}), 57);
  EXPECT_EQ(minor_units(".5", {}), 50);
  EXPECT_EQ(minor_units("57.16000", {}), 5716);
  EXPECT_EQ(minor_units("-0.01", {}), -1);
  EXPECT_EQ(minor_units("+0.01", {}), 1);
  EXPECT_EQ(minor_units("-12.30", {.absolute = true}), 1230);
  EXPECT_EQ(minor_units("1,234,567.89", {.group = ','}), 123456789);
  EXPECT_EQ(minor_units("1.234,5", {.point = ',', .group = '.'}), 123450);
  EXPECT_EQ(minor_units("0.123456789", {.digits = 9}), 123456789);
  EXPECT_EQ(minor_units("92233720368547758.07", {}), largest);
  EXPECT_EQ(minor_units("-92233720368547758.08", {}), smallest);
  EXPECT_EQ(minor_units("000000000000000000000000000001.00", {}), 100);
}

TEST(Conversion, what_is_no_exact_amount_is_refused) {
  for (const std::string_view text :
       {"", "-", "+", ".", "-.", "abc", "1e3", "0x10", " 1", "1 ", "--1", "1.2.3", "1,5", "57.165", "1.2a",
        "NaN", "92233720368547758.08", "-92233720368547758.09", "99999999999999999999"})
    EXPECT_FALSE(minor_units(text, {}).has_value()) << text;
  for (const std::string_view text : {"1,23", "1,2345", ",123", "12,34,567", "1234,567", "1,", "1,234.5,6"})
    EXPECT_FALSE(minor_units(text, {.group = ','}).has_value()) << text;
  EXPECT_FALSE(minor_units("-92233720368547758.08", {.absolute = true}).has_value());
}

// Against another way to the same number: print cents, read them.
TEST(Conversion, random_amounts_come_back) {
  const unsigned seed = std::random_device()();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937_64 random(seed);
  for (int i = 0; i < 20'000; ++i) {
    const std::int64_t cents = static_cast<std::int64_t>(random() >> (random() % 60 + 2));
    std::string text = std::to_string(cents / 100) + "." + std::to_string(100 + cents % 100).substr(1);
    EXPECT_EQ(minor_units(text, {}), cents) << text;
    EXPECT_EQ(minor_units("-" + text, {}), -cents) << text;
    EXPECT_EQ(whole_number(std::to_string(cents)), cents);
    EXPECT_EQ(whole_number(std::to_string(-cents)), -cents);
  }
}

TEST(Conversion, whole_numbers_booleans_and_reals) {
  EXPECT_EQ(whole_number("9223372036854775807"), largest);
  EXPECT_EQ(whole_number("-9223372036854775808"), smallest);
  for (const std::string_view text : {"", "-", "1.0", "9223372036854775808", "1a", "0x1"})
    EXPECT_FALSE(whole_number(text).has_value()) << text;
  for (const std::string_view text : {"1", "true", "TRUE", "Yes", "y", "T"}) EXPECT_EQ(truth(text), true);
  for (const std::string_view text : {"0", "false", "False", "NO", "n", "f"}) EXPECT_EQ(truth(text), false);
  for (const std::string_view text : {"", "2", "on", "truee", "tru"}) EXPECT_FALSE(truth(text).has_value());
  EXPECT_EQ(real_number("1.5e3"), 1500.0);
  EXPECT_EQ(real_number("+0.1"), 0.1);
  for (const std::string_view text : {"", "x", "1.5x", "inf", "nan", "1e999"})
    EXPECT_FALSE(real_number(text).has_value()) << text;
}

TEST(Conversion, times_in_every_form) {
  constexpr core::TimeMs expected = 1783087509123;  // 2026-07-03T14:05:09.123Z
  using Kind = TimeForm::Kind;
  constexpr core::DurationMs east = 8 * core::hour_ms;
  EXPECT_EQ(instant("2026-07-03T14:05:09.123Z", {}), expected);
  EXPECT_EQ(instant("2026-07-03T22:05:09.123+08:00", {}), expected);
  EXPECT_EQ(instant("2026-07-03 14:05:09.123", {Kind::datetime, 0}), expected);
  EXPECT_EQ(instant("2026/07/03 22:05:09.123", {Kind::datetime, east}), expected);
  EXPECT_EQ(instant("2026-07-03T22:05:09.123", {Kind::datetime, east}), expected);
  EXPECT_EQ(instant("20260703220509123", {Kind::compact, east}), expected);
  EXPECT_EQ(instant("20260703 140509", {Kind::compact, 0}), expected - 123);
  for (const std::string_view day : {"2026-07-03", "2026/07/03", "20260703"}) {
    EXPECT_EQ(instant(day, {Kind::date, 0}), 1783036800000) << day;
    EXPECT_EQ(instant(day, {Kind::date, east}), 1783036800000 - east) << day;
  }
  EXPECT_EQ(instant("1783087509.123", {Kind::epoch_s, 0}), expected);
  EXPECT_EQ(instant("1783087509", {Kind::epoch_s, 0}), expected - 123);
  EXPECT_EQ(instant("1783087509123", {Kind::epoch_ms, 0}), expected);
}

TEST(Conversion, what_is_no_time_of_the_form_is_refused) {
  using Kind = TimeForm::Kind;
  EXPECT_FALSE(instant("2026-07-03 14:05:09", {}).has_value());  // no offset
  for (const std::string_view text : {"", "2026-07-03", "2026-07-03 14:05:09Z", "2026-07-03 14:05:09+08:00",
                                      "2026-02-30 00:00:00", "03/07/2026 14:05:09", "2026-07-03 24:00:00"})
    EXPECT_FALSE(instant(text, {Kind::datetime, 0}).has_value()) << text;
  for (const std::string_view text : {"", "20260703", "2026070314050", "202607031405091", "2026-0703140509",
                                      "20260703  140509", "20261303140509", "2026070314050912345"})
    EXPECT_FALSE(instant(text, {Kind::compact, 0}).has_value()) << text;
  for (const std::string_view text :
       {"", "2026-7-3", "2026-07/03", "2026.07.03", "2026-07-03 ", "2026-02-30", "03/07/2026", "20260732",
        "260703", "2026-07-03 14:05:09", "20260703140509", "2026-0703", "-2026-7-3"})
    EXPECT_FALSE(instant(text, {Kind::date, 0}).has_value()) << text;
  EXPECT_FALSE(instant("0001-01-01", {Kind::date, core::hour_ms}).has_value());
  EXPECT_FALSE(instant("1783087509123456", {Kind::epoch_s, 0}).has_value());
  EXPECT_FALSE(instant("1.0001", {Kind::epoch_s, 0}).has_value());
  EXPECT_FALSE(instant("9999999999999999", {Kind::epoch_ms, 0}).has_value());
  EXPECT_FALSE(instant("0001-01-01 00:00:00", {Kind::datetime, core::hour_ms}).has_value());
}

TEST(Conversion, offsets) {
  EXPECT_EQ(utc_offset("+08:00"), 8 * core::hour_ms);
  EXPECT_EQ(utc_offset("-03:30"), -(3 * core::hour_ms + 30 * core::minute_ms));
  EXPECT_EQ(utc_offset("Z"), 0);
  for (const std::string_view text : {"", "8", "+8:00", "+08", "+15:00", "+08:60", "08:00:0"})
    EXPECT_FALSE(utc_offset(text).has_value()) << text;
}

}  // namespace
}  // namespace tillwatch::intake
