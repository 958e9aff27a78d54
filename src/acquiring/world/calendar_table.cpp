// The table of calendar.h. Data only. 2025: State Council General Office, notice of 2024-11-12
// (gov.cn/zhengce/content/202411/content_6986382.htm). 2026: its notice of 2025-11-04. 2027: no notice was
// read; the dates of the feasts are those of the lunar calendar (the new moon of 2027-02-06 falls at 23:56
// Beijing time), days off and make-up workdays are assumed from the pattern of the years before.
#include <array>

#include "world/calendar.h"

namespace tillwatch::world {
namespace {

using enum Occasion;
constexpr std::string_view notice_2025 = "State Council notice for 2025";
constexpr std::string_view notice_2026 = "State Council notice for 2026";
constexpr std::string_view lunar = "lunar calendar; days off assumed";
constexpr std::string_view trade = "assumed";
constexpr core::CivilDate no{0, 1, 1};

// clang-format off: one row a holiday
constexpr std::array<CalendarRow, 26> table = {{
    {new_year, {2025, 1, 1}, {2025, 1, 1}, notice_2025, {no, no}},
    {spring_festival, {2025, 1, 28}, {2025, 2, 4}, notice_2025, {{2025, 1, 26}, {2025, 2, 8}}},
    {qingming, {2025, 4, 4}, {2025, 4, 6}, notice_2025, {no, no}},
    {labour_day, {2025, 5, 1}, {2025, 5, 5}, notice_2025, {{2025, 4, 27}, no}},
    {dragon_boat, {2025, 5, 31}, {2025, 6, 2}, notice_2025, {no, no}},
    {national_day, {2025, 10, 1}, {2025, 10, 8}, notice_2025, {{2025, 9, 28}, {2025, 10, 11}}},  // with Mid-Autumn
    {new_year, {2026, 1, 1}, {2026, 1, 3}, notice_2026, {{2026, 1, 4}, no}},
    {spring_festival, {2026, 2, 15}, {2026, 2, 23}, notice_2026, {{2026, 2, 14}, {2026, 2, 28}}},
    {qingming, {2026, 4, 4}, {2026, 4, 6}, notice_2026, {no, no}},
    {labour_day, {2026, 5, 1}, {2026, 5, 5}, notice_2026, {{2026, 5, 9}, no}},
    {dragon_boat, {2026, 6, 19}, {2026, 6, 21}, notice_2026, {no, no}},
    {mid_autumn, {2026, 9, 25}, {2026, 9, 27}, notice_2026, {no, no}},
    {national_day, {2026, 10, 1}, {2026, 10, 7}, notice_2026, {{2026, 9, 20}, {2026, 10, 10}}},
    {new_year, {2027, 1, 1}, {2027, 1, 3}, lunar, {no, no}},
    {spring_festival, {2027, 2, 5}, {2027, 2, 11}, lunar, {{2027, 1, 31}, {2027, 2, 14}}},
    {qingming, {2027, 4, 3}, {2027, 4, 5}, lunar, {no, no}},
    {labour_day, {2027, 5, 1}, {2027, 5, 5}, lunar, {{2027, 4, 25}, {2027, 5, 8}}},
    {dragon_boat, {2027, 6, 9}, {2027, 6, 9}, lunar, {no, no}},
    {mid_autumn, {2027, 9, 15}, {2027, 9, 15}, lunar, {no, no}},
    {national_day, {2027, 10, 1}, {2027, 10, 7}, lunar, {{2027, 9, 26}, {2027, 10, 9}}},
    {shopping, {2025, 6, 16}, {2025, 6, 18}, trade, {no, no}},
    {shopping, {2025, 11, 9}, {2025, 11, 11}, trade, {no, no}},
    {shopping, {2026, 6, 16}, {2026, 6, 18}, trade, {no, no}},
    {shopping, {2026, 11, 9}, {2026, 11, 11}, trade, {no, no}},
    {shopping, {2027, 6, 16}, {2027, 6, 18}, trade, {no, no}},
    {shopping, {2027, 11, 9}, {2027, 11, 11}, trade, {no, no}},
}};
// clang-format on

}  // namespace

std::span<const CalendarRow> calendar_rows() {
  return table;
}

}  // namespace tillwatch::world
