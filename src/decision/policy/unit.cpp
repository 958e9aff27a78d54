#include "policy/unit.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace tillwatch::policy {
namespace {

using enum Dimension;

constexpr auto words = std::to_array<UnitWord>({
    {"count", {count}, "a count"},
    {"money", {money}, "money in 分 (minor units)"},
    {"money_base", {money, 1, Unit::Currency::base}, "money in 分 (minor units) of the base currency"},
    {"yuan", {money, 100}, "money in 元 (main units)"},
    {"share", {ratio}, "a share (0 to 1)"},
    {"percent", {ratio, 0.01}, "a percentage (0 to 100)"},
    {"ppm", {ratio, 1e-6}, "parts per million"},
    {"duration", {time}, "a duration in milliseconds"},
    {"ms", {time}, "a duration in milliseconds"},
    {"seconds", {time, 1000}, "seconds"},
    {"minutes", {time, 60'000}, "minutes"},
    {"hours", {time, 3'600'000}, "hours"},
    {"days", {time, 86'400'000}, "days"},
    {"instant", {instant}, "a point in time (milliseconds since 1970)"},
    {"metres", {length}, "metres"},
    {"km", {length, 1000}, "kilometres"},
    {"kmh", {speed}, "kilometres an hour"},
    {"micro_degrees", {angle}, "degrees times 10^6"},
});

// A scale that some unit of the dimension has; multiplying by anything else changes the value, not the unit.
bool is_scale(Dimension dimension, double scale) {
  return std::ranges::any_of(words, [&](const UnitWord& word) {
    return word.unit.dimension == dimension && std::abs(word.unit.scale - scale) < 1e-12 * scale;
  });
}

Unit rescaled(Unit unit, double scale) {
  if (unit.scale != 0 && is_scale(unit.dimension, scale)) unit.scale = scale;
  return unit;
}

bool plain(const Unit& unit) {
  return unit.dimension == literal || unit.dimension == bare || unit.dimension == count;
}

}  // namespace

std::span<const UnitWord> unit_words() {
  return words;
}

std::optional<Unit> parse_unit(std::string_view word) {
  const auto* at = std::ranges::find(words, word, &UnitWord::word);
  if (at == words.end()) return std::nullopt;
  return at->unit;
}

std::string describe(const Unit& unit) {
  if (unit.dimension == bare || unit.dimension == literal) return "a plain number";
  for (const UnitWord& word : words)
    if (word.unit.dimension == unit.dimension &&
        (unit.scale == 0 || std::abs(word.unit.scale - unit.scale) < 1e-12) &&
        (word.unit.currency == unit.currency || word.unit.currency == Unit::Currency::any)) {
      if (word.unit.currency == unit.currency || unit.currency == Unit::Currency::any)
        return std::string(word.text);
      return std::string(word.text) +
             (unit.currency == Unit::Currency::own ? " of the entry's currency" : " of the base currency");
    }
  return "a number";
}

Unit product(const Unit& a, const Unit& b, std::optional<double> a_point, std::optional<double> b_point) {
  if (a.dimension == literal && b.dimension == literal) return a;
  if (a_point && b.known() && *a_point > 0) return rescaled(b, b.scale / *a_point);
  if (b_point && a.known() && *b_point > 0) return rescaled(a, a.scale / *b_point);
  for (const auto& [one, other] : {std::pair(a, b), std::pair(b, a)}) {
    if (one.dimension == unknown) return {};
    if (one.dimension == instant || !one.known()) continue;
    // A share of a count is a count; a plain number may be a speed, so that it leaves only money alone.
    if (one.dimension == ratio && other.dimension == count) return other;
    if (other.dimension == bare) return one.dimension == money ? one : Unit{};
    if (plain(other)) return one;
    if (other.dimension == ratio) {
      Unit scaled = one;
      if (other.scale != 1) scaled.scale = 0;
      return scaled;
    }
  }
  return {};
}

Unit quotient(const Unit& a, const Unit& b, std::optional<double> b_point) {
  if (a.dimension == literal && b.dimension == literal) return a;
  if (a.dimension == unknown || b.dimension == unknown || a.dimension == instant || b.dimension == instant)
    return {};
  if (b_point && a.known() && *b_point > 0) return rescaled(a, a.scale * *b_point);
  if (a.known() && a.dimension == b.dimension)
    return a.scale == b.scale && a.scale != 0 ? Unit{ratio} : Unit{};
  if (a.known() && (plain(b) || (b.dimension == ratio && b.scale == 1))) return a;
  return {};
}

Unit sum(const Unit& a, const Unit& b, bool difference) {
  if (a.dimension == instant && b.dimension == instant) return difference ? Unit{time} : Unit{};
  if (a.dimension == instant || b.dimension == instant) return Unit{instant};
  if (a.dimension == literal) return b;
  if (b.dimension == literal) return a;
  if (a.dimension == unknown) return b;
  Unit result = a;
  if (a.currency != b.currency && a.currency == Unit::Currency::any) result.currency = b.currency;
  return result;
}

Fit fit(const Unit& a, const Unit& b) {
  if (a.dimension == unknown || b.dimension == unknown) return Fit::fits;
  if (a.dimension == literal || b.dimension == literal) return Fit::fits;
  if (a.dimension == bare || b.dimension == bare) {
    const Dimension other = a.dimension == bare ? b.dimension : a.dimension;
    return other == money || other == time || other == instant ? Fit::unit_missing : Fit::fits;
  }
  if (a.dimension != b.dimension) return Fit::other_dimension;
  if (a.scale != 0 && b.scale != 0 && std::abs(a.scale - b.scale) > 1e-12) return Fit::other_scale;
  if (a.currency != b.currency && a.currency != Unit::Currency::any && b.currency != Unit::Currency::any)
    return Fit::other_currency;
  return Fit::fits;
}

}  // namespace tillwatch::policy
