#include "agent_files/statement.h"

#include <algorithm>
#include <utility>

#include "chance/random.h"

namespace tillwatch::agent_files {
namespace {

using chance::Lane;
using chance::Stream;

std::uint32_t ppm_of(std::int64_t permille) {
  return static_cast<std::uint32_t>(permille) * 1000;
}

bool by_time(const Event& a, const Event& b) {
  return std::pair(a.time, a.id) < std::pair(b.time, b.id);
}

}  // namespace

std::int64_t day_cut_minute(const World& world, std::uint8_t channel) {
  const world::Span& range = world.settings().files.day_cut_minute;
  Stream random(world.seed(), Lane::file_fate, channel);
  const std::int64_t drawn = random.between(range[0], range[1]);
  // Whole hours, where the range has one.
  const std::int64_t whole = (drawn + 30) / 60 * 60;
  return whole >= range[0] && whole <= range[1] ? whole : drawn;
}

Fate fate_of(const World& world, std::uint8_t channel, Day day) {
  const auto& files = world.settings().files;
  Stream random(world.seed(), Lane::file_fate, channel, day, 1);
  Fate fate;
  const std::int64_t minute = random.between(files.delivered_minute[0], files.delivered_minute[1]);
  fate.delivered = world::instant(day + 1, minute * core::minute_ms);
  fate.missing = random.chance(ppm_of(files.missing_permille));
  fate.late = random.chance(ppm_of(files.late_permille));
  const std::int64_t hours = random.between(files.late_hours[0], files.late_hours[1]);
  if (fate.late) fate.delivered += hours * core::hour_ms;
  fate.corrected = !fate.missing && random.chance(ppm_of(files.corrected_permille));
  fate.corrected_at =
      fate.delivered + random.between(files.corrected_days[0], files.corrected_days[1]) * core::day_ms;
  return fate;
}

Book::Book(const World& world, const telling::Cut& cut) : world_(world), first_(cut.first) {
  const auto channels = static_cast<std::size_t>(world.settings().population.channels);
  open_.resize(channels);
  after_.resize(channels);
  for (std::size_t i = 0; i < channels; ++i)
    cut_minutes_.push_back(day_cut_minute(world, static_cast<std::uint8_t>(i)));
}

std::vector<Statement> Book::take(Day day, std::span<const Event> events) {
  add(day, events);
  return end_day(day);
}

void Book::add(Day day, std::span<const Event> events) {
  for (const Event& event : events) {
    if (event.kind ==
        traffic::EventKind::transaction) {  // told by their answers, which do not know the original
      if (event.original != 0) originals_[event.id] = {event.original, day};
      continue;
    }
    if (event.kind == traffic::EventKind::registry && event.fact == traffic::Fact::agent_known) continue;
    const std::uint8_t channel = world_.merchant(event.merchant).channel;
    const bool over = event.arrival >= world::instant(day, cut_minutes_[channel] * core::minute_ms);
    Statement& statement = (over ? after_ : open_)[channel];
    if (event.kind != traffic::EventKind::outcome) {
      statement.news.push_back(event);
      continue;
    }
    statement.transactions.push_back(event);
    Event& booked = statement.transactions.back();
    booked.id = event.original;
    booked.time = event.time - event.latency_ms;
    const auto original = originals_.find(booked.id);
    booked.original = original == originals_.end() ? 0 : original->second.id;
  }
}

std::vector<Statement> Book::end_day(Day day) {
  // Answers follow within minutes; what is repeated after its answer gets none.
  std::erase_if(originals_, [&](const auto& each) { return each.second.seen < day - 1; });
  std::vector<Statement> out;
  for (std::size_t channel = 0; channel < open_.size(); ++channel) {
    Statement& statement = open_[channel];
    statement.channel = static_cast<std::uint8_t>(channel);
    statement.day = day;
    // Before the first day of the world there is nothing; before that of a cut there is.
    const bool whole =
        day > first_ || first_ == world_.settings().first_day || cut_minutes_[channel] == 1'440;
    std::ranges::sort(statement.transactions, by_time);
    if (whole) out.push_back(std::move(statement));
    statement = std::move(after_[channel]);
    after_[channel] = {};
  }
  return out;
}

}  // namespace tillwatch::agent_files
