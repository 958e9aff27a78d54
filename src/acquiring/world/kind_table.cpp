// The kinds of merchants of settings.h: names and defaults. Data only.
#include <array>

#include "world/settings.h"

namespace tillwatch::world {
namespace {

using Week = std::array<std::int64_t, 7>;
constexpr Week every_day = {1000, 1000, 1000, 1000, 1000, 1000, 1000};
constexpr Week leisure = {1350, 780, 780, 820, 900, 1150, 1420};
constexpr Week office = {650, 1080, 1090, 1080, 1080, 1120, 700};
constexpr Week weekdays_only = {0, 1500, 1300, 1200, 1100, 1000, 100};
constexpr Week weekly_shop = {1250, 900, 880, 900, 930, 1050, 1300};

constexpr std::array<KindName, kind_count> names = {{
    {"food_court", "5814", "food court"},
    {"restaurant", "5812", "restaurant"},
    {"supermarket", "5411", "supermarket"},
    {"convenience", "5499", "convenience shop"},
    {"fuel", "5541", "fuel station"},
    {"bar", "5813", "bar"},
    {"clothing", "5651", "clothing shop"},
    {"electronics", "5732", "electronics shop"},
    {"pharmacy", "5912", "pharmacy"},
    {"school", "8211", "school"},
    {"building_materials", "5211", "building materials"},
    {"beauty", "7230", "beauty salon"},
}};

// clang-format off: one row a kind: weight, ticket, sigma, grain, below, limit, demand, open, humps, share, week, credit, refunds, haunts,
// entry, holiday, shut at spring, preferential, round
constexpr std::array<Kind, kind_count> defaults = {{
    {130, 2'400, 416, 50, 0, 200'000, 45'000, {600, 1290}, {730, 35}, {1090, 45}, 540, office, 350, 500, 420, {500, 200, 10, 290}, 800, 600, 0, 20},
    {140, 18'000, 635, 100, 0, 1'000'000, 28'000, {630, 1320}, {735, 40}, {1125, 55}, 420, leisure, 520, 1'000, 260, {300, 420, 20, 260}, 1250, 400, 0, 60},
    {110, 12'000, 762, 1, 0, 1'000'000, 60'000, {480, 1320}, {625, 80}, {1105, 85}, 430, weekly_shop, 420, 2'000, 350, {450, 280, 10, 260}, 1150, 150, 1, 120},
    {120, 1'900, 635, 10, 0, 200'000, 35'000, {390, 1379}, {495, 50}, {1120, 110}, 450, every_day, 330, 500, 380, {520, 120, 10, 350}, 950, 250, 1, 30},
    {60, 30'000, 349, 1, 0, 500'000, 40'000, {0, 1439}, {475, 110}, {1070, 130}, 480, every_day, 560, 200, 300, {250, 520, 20, 210}, 1200, 0, 1, 500},
    {50, 28'000, 635, 100, 0, 1'000'000, 16'000, {1080, 1560}, {1260, 50}, {1400, 55}, 450, leisure, 600, 500, 250, {350, 350, 20, 280}, 1150, 500, 0, 80},
    {120, 38'000, 635, 1'000, 100, 1'000'000, 20'000, {600, 1320}, {900, 90}, {1170, 65}, 480, leisure, 560, 25'000, 120, {300, 400, 20, 280}, 1200, 600, 0, 40},
    {60, 180'000, 762, 1'000, 100, 3'000'000, 18'000, {600, 1260}, {700, 70}, {1000, 90}, 470, leisure, 640, 15'000, 80, {150, 600, 30, 220}, 1150, 550, 0, 40},
    {90, 6'200, 688, 10, 0, 300'000, 25'000, {480, 1320}, {610, 75}, {1130, 80}, 500, every_day, 380, 1'000, 250, {430, 250, 10, 310}, 900, 200, 0, 30},
    {30, 180'000, 487, 1'000, 0, 3'000'000, 6'000, {480, 1020}, {560, 60}, {900, 60}, 650, weekdays_only, 300, 1'000, 150, {200, 600, 20, 180}, 50, 950, 1, 300},
    {40, 260'000, 825, 1'000, 0, 5'000'000, 18'000, {480, 1080}, {590, 70}, {900, 80}, 550, office, 480, 6'000, 200, {120, 620, 40, 220}, 500, 900, 0, 200},
    {50, 26'000, 592, 1'000, 200, 1'000'000, 14'000, {600, 1260}, {880, 90}, {1130, 75}, 500, leisure, 520, 1'000, 350, {320, 380, 20, 280}, 1000, 650, 0, 250},
}};
// clang-format on

}  // namespace

std::span<const KindName, kind_count> kind_names() {
  return names;
}
std::array<Kind, kind_count> kind_defaults() {
  return defaults;
}

std::array<Planting, typology_count> planting_defaults() {
  std::array<Planting, typology_count> all;
  for (const TypologyInfo& info : typologies()) {
    Planting& planting = all[static_cast<std::size_t>(info.id)];
    planting.rate = info.rate;
    planting.look_alikes = info.look_alikes;
    planting.length_days = info.length_days;
    planting.label_permille = info.label_permille;
    if (info.length_days[1] < 10) planting.ramp_days = {0, 1};
    for (std::size_t i = 0; i < planting.drawn.size(); ++i)
      planting.drawn[i] = {info.drawn[i].from, info.drawn[i].to};
  }
  return all;
}

}  // namespace tillwatch::world
