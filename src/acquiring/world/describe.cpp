#include "world/describe.h"

#include <array>

namespace tillwatch::world {
namespace {

std::string grouped(std::int64_t number) {
  std::string digits = std::to_string(number < 0 ? -number : number);
  for (std::size_t at = digits.size(); at > 3; at -= 3) digits.insert(at - 3, ",");
  return number < 0 ? "-" + digits : digits;
}

// A number of thousandths with one digit after the point, or two.
std::string tenths(std::int64_t milli) {
  return grouped(milli / 1000) + "." + std::to_string(milli % 1000 / 100);
}
std::string hundredths(std::int64_t milli) {
  return tenths(milli) + std::to_string(milli % 100 / 10);
}

std::string range(const Span& span) {
  return span[0] == span[1] ? std::to_string(span[0])
                            : std::to_string(span[0]) + " to " + std::to_string(span[1]);
}

std::string date_of(Day day) {
  return core::format_time(day * core::day_ms).substr(0, 10);
}

void describe_kinds(const World& world, std::string& out) {
  std::array<std::int64_t, kind_count> shops{};
  for (const Merchant& merchant : world.merchants()) ++shops[merchant.kind];
  out += "\nMerchants by kind:\n";
  for (std::size_t i = 0; i < shops.size(); ++i) {
    const Kind& kind = world.settings().kinds[i];
    out += "  " + std::string(kind_names()[i].words) + " (" + std::string(kind_names()[i].mcc) +
           "): " + grouped(shops[i]) + ", ticket about " + grouped(mean_ticket(kind) / 100) + " yuan, " +
           tenths(kind.demand_milli) + " sales on an average day, " +
           std::to_string(kind.credit_permille / 10) + " % by credit card" +
           (kind.preferential != 0 ? ", preferential fee\n" : "\n");
  }
}

void describe_places(const World& world, std::string& out) {
  std::array<std::int64_t, 30> shops{};
  for (const Merchant& merchant : world.merchants()) ++shops[merchant.city];
  out += "\nMerchants by city:";
  for (std::size_t i = 0; i < static_cast<std::size_t>(world.settings().population.cities); ++i)
    out += (i == 0 ? " " : ", ") + std::string(cities()[i].name) + " (" + std::string(cities()[i].code) +
           ") " + grouped(shops[i]);
  out += ".\n";
}

// Of years without a published notice it is said what the days off are worth.
void describe_basis(const Settings& settings, std::string& out) {
  const int last = core::civil_from_days(settings.first_day + settings.days - 1).year;
  for (int year = core::civil_from_days(settings.first_day).year; year <= last; ++year)
    if (!has_notice(year))
      out += "Note: days off and make-up workdays of " + std::to_string(year) +
             " are assumed; the State Council's notice for that year was not read.\n";
}

void describe_calendar(const Settings& settings, std::string& out) {
  out += "\nOf the calendar:";
  Occasion last = Occasion::none;
  bool any = false;
  for (Day day = settings.first_day; day < settings.first_day + settings.days; ++day) {
    const CalendarDay each = calendar_day(day);
    if (each.occasion != Occasion::none && each.occasion != last) {
      out += (any ? ", " : " ") + std::string(name_of(each.occasion)) + " from " + date_of(day);
      any = true;
    }
    if (each.make_up) {
      out += (any ? ", " : " ") + std::string("a make-up workday on ") + date_of(day);
      any = true;
    }
    last = each.occasion;
  }
  out += any ? ".\n" : " nothing; ordinary weeks.\n";
  describe_basis(settings, out);
}

void describe_typologies(const World& world, std::string& out) {
  const Settings& settings = world.settings();
  out += "\nPlanted, on average in 30 days (each with " + std::string("its look-alikes, planted or not):\n");
  for (const TypologyInfo& info : typologies()) {
    const Planting& planting = settings.typologies[static_cast<std::size_t>(info.id)];
    const std::int64_t factor = settings.mix == Mix::training && info.fraud ? training_factor : 1;
    const std::int64_t milli = planting.rate * settings.population.merchants * factor / 1000;
    out += "  " + std::string(info.code) + " " + std::string(info.name) + ": " +
           (planting.planted != 0 ? hundredths(milli) : std::string("none")) + ", look-alikes " +
           hundredths(milli * planting.look_alikes) + "; skill " + range(planting.skill);
    if (planting.later_day > 0)
      out +=
          ", from " + date_of(settings.first_day + planting.later_day) + " on " + range(planting.later_skill);
    out += "; " + std::string(info.words) + "\n";
  }
}

}  // namespace

std::string describe(const World& world) {
  const Settings& settings = world.settings();
  std::int64_t terminals = 0, young = 0, sales_milli = 0;
  for (const Merchant& merchant : world.merchants()) {
    terminals += merchant.terminals;
    young +=
        merchant.opened >= settings.first_day && merchant.opened < settings.first_day + settings.days ? 1 : 0;
    sales_milli += world.kind_of(merchant).demand_milli * merchant.size_permille / 1000;
  }
  std::string out = "The world '" + settings.name + "', seed " + std::to_string(settings.seed) + ": " +
                    date_of(settings.first_day) + " to " + date_of(settings.first_day + settings.days - 1) +
                    ", " + grouped(settings.days) + " days, mix " +
                    (settings.mix == Mix::training ? "training" : "realistic") + ".\n";
  out += grouped(static_cast<std::int64_t>(world.merchants().size())) + " merchants with " +
         grouped(terminals) + " terminals, " + grouped(young) + " of them opening within the days; " +
         grouped(static_cast<std::int64_t>(world.agents().size())) + " agents, " +
         std::to_string(settings.population.channels) + " acquirers; " + grouped(world.people()) +
         " people. About " +
         grouped(sales_milli * settings.days / 1000 * settings.flow.volume_permille / 1000) + " sales.\n";
  describe_places(world, out);
  describe_kinds(world, out);
  describe_calendar(settings, out);
  describe_typologies(world, out);
  return out;
}

}  // namespace tillwatch::world
