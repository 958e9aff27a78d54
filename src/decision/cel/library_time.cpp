// Timestamps and durations: conversions and their parts. Called by both evaluators.
// Named zones only where the evaluation was given Zones (the command line); policies use fixed offsets.
#include <array>

#include "cel/library.h"
#include "cel/time_text.h"
#include "core/time.h"

namespace tillwatch::cel {
namespace {

using Arguments = std::span<const Value>;

enum class Part : std::uint8_t {
  year,
  month,
  day_of_year,
  day_of_month,
  date,
  day_of_week,
  hours,
  minutes,
  seconds,
  milliseconds
};

std::int64_t part_of(Part part, std::int64_t local, std::uint32_t nanos) {
  const std::int64_t days = core::floor_div(local, 86400);
  const std::int64_t second = core::floor_mod(local, 86400);
  const core::CivilDate date = core::civil_from_days(days);
  switch (part) {
    case Part::year:
      return date.year;
    case Part::month:
      return date.month - 1;
    case Part::day_of_year:
      return days - core::days_from_civil({date.year, 1, 1});
    case Part::day_of_month:
      return date.day - 1;
    case Part::date:
      return date.day;
    case Part::day_of_week:
      return core::weekday_of_days(days);
    case Part::hours:
      return second / 3600;
    case Part::minutes:
      return second / 60 % 60;
    case Part::seconds:
      return second % 60;
    case Part::milliseconds:
      return nanos / 1'000'000;
  }
  return 0;
}

Value of_timestamp(Run& run, Arguments a, Part part) {
  std::int32_t offset = 0;
  if (a.size() == 2) {
    const std::string_view zone = a[1].view();
    auto found = parse_offset(zone);
    if (!found && run.zones != nullptr) found = run.zones->offset_at(zone, a[0].i);
    if (!found) {
      if (run.zones != nullptr) return run.fail(ErrorKind::invalid_argument, "unknown time zone: ", zone);
      return run.fail(ErrorKind::invalid_argument,
                      "named zones only in `tillwatch cel`; write an offset such as '+08:00', not ", zone);
    }
    offset = *found;
  }
  return Value::integer(part_of(part, a[0].i + offset, a[0].size));
}

template <Part part>
Value get(Run& run, Arguments a) {
  constexpr std::array<std::string_view, 10> names = {
      "getFullYear",  "getMonth", "getDayOfYear", "getDayOfMonth", "getDate",
      "getDayOfWeek", "getHours", "getMinutes",   "getSeconds",    "getMilliseconds"};
  const bool zoned = a.size() == 2 && a[1].kind == Kind::text;
  if ((a.size() == 1 || zoned) && a[0].kind == Kind::timestamp) return of_timestamp(run, a, part);
  if (a.size() == 1 && a[0].kind == Kind::duration) {
    if constexpr (part == Part::hours) return Value::integer(a[0].i / (3600 * nanos_per_second));
    if constexpr (part == Part::minutes) return Value::integer(a[0].i / (60 * nanos_per_second));
    if constexpr (part == Part::seconds) return Value::integer(a[0].i / nanos_per_second);
    if constexpr (part == Part::milliseconds) return Value::integer(a[0].i % nanos_per_second / 1'000'000);
  }
  return no_overload(run, names[static_cast<std::size_t>(part)], a);
}

Value to_timestamp(Run& run, Arguments a) {
  if (a.size() != 1) return no_overload(run, "timestamp", a);
  switch (a[0].kind) {
    case Kind::timestamp:
      return a[0];
    case Kind::integer:
      if (!is_timestamp(a[0].i))
        return run.fail(ErrorKind::overflow, "the time lies outside the years 1 to 9999");
      return Value::timestamp(a[0].i, 0);
    case Kind::text: {
      const auto instant = parse_timestamp(a[0].view());
      if (!instant)
        return run.fail(ErrorKind::bad_conversion, "the text ", a[0].view(),
                        " is no RFC 3339 time of the years 1 to 9999");
      return Value::timestamp(instant->seconds, instant->nanos);
    }
    default:
      return no_overload(run, "timestamp", a);
  }
}

Value to_duration(Run& run, Arguments a) {
  if (a.size() != 1) return no_overload(run, "duration", a);
  if (a[0].kind == Kind::duration) return a[0];
  if (a[0].kind != Kind::text) return no_overload(run, "duration", a);
  const auto nanos = parse_duration_text(a[0].view());
  if (!nanos)
    return run.fail(ErrorKind::bad_conversion, "the text ", a[0].view(),
                    " cannot be read as duration; write '90s' or '1h30m', at most some 292 years");
  return Value::duration(*nanos);
}

constexpr std::array<Signature, 2> date_forms = {{{"timestamp", "int"}, {"timestamp, string", "int"}}};
constexpr std::array<Signature, 3> clock_forms = {
    {{"timestamp", "int"}, {"timestamp, string", "int"}, {"duration", "int"}}};
constexpr std::array<Signature, 3> timestamp_forms = {
    {{"timestamp", "timestamp"}, {"string", "timestamp"}, {"int", "timestamp"}}};
constexpr std::array<Signature, 2> duration_forms = {{{"duration", "duration"}, {"string", "duration"}}};

constexpr std::array<Function, 12> table = {
    {{"timestamp", false, timestamp_forms, to_timestamp, "an RFC 3339 text or seconds since 1970 as a time"},
     {"duration", false, duration_forms, to_duration, "a text such as '1h30m' or '90s' as a span of time"},
     {"getFullYear", true, date_forms, get<Part::year>, "year, in UTC or the zone"},
     {"getMonth", true, date_forms, get<Part::month>, "month, 0 to 11"},
     {"getDayOfYear", true, date_forms, get<Part::day_of_year>, "day of the year from 0"},
     {"getDayOfMonth", true, date_forms, get<Part::day_of_month>, "day of the month from 0"},
     {"getDate", true, date_forms, get<Part::date>, "day of the month from 1"},
     {"getDayOfWeek", true, date_forms, get<Part::day_of_week>, "day of the week, 0 is Sunday"},
     {"getHours", true, clock_forms, get<Part::hours>, "hour of the day; whole hours of a duration"},
     {"getMinutes", true, clock_forms, get<Part::minutes>, "minute of the hour; whole minutes of a duration"},
     {"getSeconds", true, clock_forms, get<Part::seconds>,
      "second of the minute; whole seconds of a duration"},
     {"getMilliseconds", true, clock_forms, get<Part::milliseconds>, "milliseconds within the second"}}};

}  // namespace

std::span<const Function> time_library() {
  return table;
}

}  // namespace tillwatch::cel
