#include "telling/teller.h"

#include <algorithm>
#include <iterator>
#include <limits>
#include <memory>

#include "chance/distribution.h"
#include "typology/pattern.h"
#include "typology/stage.h"

namespace tillwatch::telling {

using chance::Lane;
using chance::Stream;
using traffic::EventKind;
using typology::epoch_days;
using typology::instance_days_max;

namespace {

// After every planned time of a day: the end of a day's last slice.
constexpr std::uint32_t ms_end = 3 * core::day_ms;

// The first place at or after `from` of an event that arrives at `time` or later.
std::size_t from_then(const Events& sorted, std::size_t from, core::TimeMs time) {
  const auto rest = std::ranges::subrange(sorted.begin() + static_cast<std::ptrdiff_t>(from), sorted.end());
  return from +
         static_cast<std::size_t>(std::ranges::lower_bound(rest, time, {}, &Event::arrival) - rest.begin());
}

// Merges what is left of `sorted` from `at` on with `more`, which is in no order, into `sorted`.
void take_in(Events& sorted, std::size_t at, Events& more) {
  std::sort(more.begin(), more.end(), traffic::arrives_before);
  Events both;
  both.reserve(sorted.size() - at + more.size());
  std::merge(sorted.begin() + static_cast<std::ptrdiff_t>(at), sorted.end(), more.begin(), more.end(),
             std::back_inserter(both), traffic::arrives_before);
  sorted = std::move(both);
  more.clear();
}

}  // namespace

Teller::Teller(const World& world, const Cut& cut, std::size_t slice)
    : world_(world), cut_(cut), day_(cut.first - filing_reach - 1), slice_purchases_(slice) {
  // Everything that could still have an effect: what began as long before as anything lasts.
  epoch_ = core::floor_div(day_ - instance_days_max, epoch_days) - 1;
}

void Teller::renew_instances() {
  begun_.clear();
  std::erase_if(active_, [&](const Instance& instance) {
    if (instance.ends >= day_) return false;
    if (day_ <= cut_.first && instance.ends >= cut_.first - sale_reach) ended_.push_back(instance);
    return true;
  });
  while (epoch_ < core::floor_div(day_, epoch_days)) {
    ++epoch_;
    for (Instance& instance : typology::begin_in_epoch(world_, epoch_))
      waiting_.push_back(std::move(instance));
  }
  for (Instance& instance : waiting_) {
    if (instance.begins > day_) continue;
    if (instance.ends >= day_) active_.push_back(instance);
    if (instance.begins == day_) begun_.push_back(std::move(instance));
    instance.ends = -1;
  }
  std::erase_if(waiting_, [](const Instance& instance) { return instance.ends == -1; });
  // Their order must not depend on the day on which the telling began.
  std::ranges::sort(active_, {}, &Instance::number);
  std::ranges::sort(begun_, {}, &Instance::number);
  if (day_ != cut_.first) return;
  begun_ = active_;
  begun_.insert(begun_.end(), ended_.begin(), ended_.end());
  std::ranges::sort(begun_, {}, &Instance::number);
  ended_.clear();
}

bool Teller::begin_turn() {
  if (!ends_day()) {
    ++slice_;
    begun_.clear();
    return true;
  }
  if (day_ >= cut_.last) return false;
  begin_next_day();
  const std::uint64_t purchases =
      std::uint64_t{world_.people()} * static_cast<std::uint64_t>(trade_->purchases_micro()) / 1'000'000;
  const bool sliced =
      slice_purchases_ != 0 && purchases > slice_purchases_ && day_ >= cut_.first - sale_reach;
  slice_ = 0;
  ends_.clear();
  if (sliced) ends_.push_back(0);
  ends_.push_back(ms_end);
  for (traffic::Plans& plans : plans_) {
    plans.clear();
    if (sliced) plans.reserve(purchases / people_parts * 21 / 20);
  }
  return true;
}

void Teller::begin_next_day() {
  ++day_;
  renew_instances();
  overlays_.clear();
  for (const Instance& instance : active_) {
    if (day_ < cut_.first - label_reach) break;  // no sale of the day is told
    const auto& pattern = typology::pattern_of(instance.id);
    if (pattern.overlay != nullptr) pattern.overlay(world_, instance, day_, overlays_);
  }
  trade_.emplace(world_, day_, overlays_);
}

// What instances filed before the first day stands in the register when the telling begins: told right after
// the opening of everybody's record, in its order. It is no act of the instance any more.
void Teller::as_filed_before(Event& event) const {
  const core::TimeMs start = world::instant(cut_.first, 0);
  if (event.kind != EventKind::registry || event.arrival >= start) return;
  const core::DurationMs reach = (filing_reach + 1) * core::day_ms;
  const core::DurationMs since = std::max<core::DurationMs>(0, event.arrival - (start - reach));
  event.arrival = event.time = start + 1 + since * core::minute_ms / reach;
  event.instance = 0;
}

bool Teller::keeps(const Event& event) const {
  if (event.arrival < world::instant(cut_.first, 0) || event.arrival >= world::instant(cut_.last + 1, 0))
    return false;
  if (!cut_.city) return true;
  const bool of_agent = event.kind == EventKind::registry && event.fact == traffic::Fact::agent_known;
  return of_agent || world_.merchant(event.merchant).city == *cut_.city;
}

void Teller::tell_instances(Events& out) const {
  for (const Instance& instance : active_) {
    const auto& pattern = typology::pattern_of(instance.id);
    if (pattern.act == nullptr || day_ > instance.last) continue;
    // What was done so long before has no effect any more, but for what it filed.
    if (day_ < cut_.first - label_reach && !pattern.files) continue;
    typology::Stage stage(*trade_, instance, out);
    pattern.act(stage);
  }
}

// Some labels call an honest sale fraud. They are drawn from the day on which they come, so that nothing has
// to be remembered: a person, a day before, and what that person bought first.
void Teller::tell_wrong_labels(Events& out) const {
  const auto& labels = world_.settings().labels;
  const std::int64_t mean_milli =
      std::int64_t{world_.people()} * trade_->purchases_micro() / 1'000'000 * labels.wrong_ppm / 1'000;
  Stream random(world_.seed(), Lane::label, 0, day_);
  const int count = chance::poisson(random, std::min<std::int64_t>(mean_milli, 5'000'000));
  const traffic::DayOverlays none;
  for (int i = 0; i < count; ++i) {
    const auto person = static_cast<traffic::PersonNumber>(random.below(world_.people()));
    const std::int64_t hours =
        chance::lognormal(random, labels.delay_median_h, chance::log_spread_q16(labels.delay_sigma_permille));
    const std::int64_t ms = random.between(0, core::day_ms - 1);
    const bool complaint = random.chance(600'000);
    const traffic::Trade past(world_, day_ - 1 - std::min(hours / 24, labels.delay_most_days), none);
    Event sale;
    if (!past.first_purchase(person, sale) || sale.response != traffic::Response::approved) continue;
    Event label;
    label.kind = EventKind::label;
    label.id = traffic::on_track(sale.id, traffic::Track::label);
    label.original = sale.id;
    label.merchant = sale.merchant;
    label.amount = sale.amount;
    label.card = sale.card;
    label.arrival = label.time = world::instant(day_, ms);
    label.label = complaint ? traffic::LabelType::complaint : traffic::LabelType::chargeback;
    label.fraud = true;
    out.push_back(label);
  }
}

void Teller::plan_part(std::size_t part) {
  const std::uint64_t people = world_.people();
  const auto first = static_cast<traffic::PersonNumber>(people * part / people_parts);
  const auto end = static_cast<traffic::PersonNumber>(people * (part + 1) / people_parts);
  for (traffic::PersonNumber person = first; person < end; ++person)
    trade_->plan_person(person, plans_[part]);
  std::ranges::sort(plans_[part], {}, &traffic::Plan::ms);
}

// Ends the slices at full minutes, so that each has about as many purchases as are wanted.
void Teller::divide_day() {
  std::vector<std::size_t> minutes(ms_end / core::minute_ms);
  for (const traffic::Plans& plans : plans_)
    for (const traffic::Plan& plan : plans) ++minutes[plan.ms / core::minute_ms];
  ends_ = {0};
  std::size_t count = 0;
  for (std::size_t minute = 0; minute < minutes.size(); ++minute) {
    if (count != 0 && count + minutes[minute] > slice_purchases_) {
      ends_.push_back(static_cast<std::uint32_t>(minute * core::minute_ms));
      count = 0;
    }
    count += minutes[minute];
  }
  ends_.push_back(ms_end);
}

void Teller::tell_people(std::size_t part, Events& out) const {
  if (slice_ != 0) {
    const traffic::Plans& plans = plans_[part];
    const auto from = std::ranges::lower_bound(plans, ends_[slice_ - 1], {}, &traffic::Plan::ms);
    for (auto plan = from; plan != plans.end() && plan->ms < ends_[slice_]; ++plan)
      trade_->tell_plan(*plan, out);
    return;
  }
  const std::uint64_t people = world_.people();
  const auto first = static_cast<traffic::PersonNumber>(people * part / people_parts);
  const auto end = static_cast<traffic::PersonNumber>(people * (part + 1) / people_parts);
  for (traffic::PersonNumber person = first; person < end; ++person) trade_->tell_person(person, out);
}

void Teller::tell_part(std::size_t part, Events& out) {
  const bool whole = day_ >= cut_.first - sale_reach;
  const std::size_t from = out.size();
  if (part < people_parts) {
    if (!whole) return;
    if (begins_day() && !ends_day()) return plan_part(part);
    tell_people(part, out);
  } else if (!begins_day()) {
    return;
  } else if (part == people_parts) {
    if (!whole) return;
    if (day_ == cut_.first) {
      const core::TimeMs start = world::instant(day_, 0);
      for (std::uint32_t agent = 0; agent < world_.agents().size(); ++agent)
        traffic::board_agent(world_, agent, start, out);
      for (const world::Merchant& merchant : world_.merchants())
        if (merchant.opened < day_) traffic::board(world_, merchant.number, start, out);
    }
    for (const world::Merchant& merchant : world_.merchants()) trade_->tell_merchant(merchant.number, out);
  } else {
    tell_instances(out);
    if (day_ < cut_.first)
      std::for_each(out.begin() + static_cast<std::ptrdiff_t>(from), out.end(),
                    [&](Event& each) { as_filed_before(each); });
    if (whole) tell_wrong_labels(out);
  }
  out.erase(std::remove_if(out.begin() + static_cast<std::ptrdiff_t>(from), out.end(),
                           [&](const Event& event) { return !keeps(event); }),
            out.end());
  std::sort(out.begin() + static_cast<std::ptrdiff_t>(from), out.end(), traffic::arrives_before);
}

// What arrives before this is known once the turn is told: what is planned for later slices comes after it.
core::TimeMs Teller::ready_until() const {
  const core::TimeMs end = world::instant(day_ + 1, 0);
  if (ends_day()) return end;
  if (begins_day()) return std::numeric_limits<core::TimeMs>::min();
  return std::min(end, world::instant(day_, ends_[slice_]) + traffic::Trade::earliest_arrival);
}

void Teller::make_ready(const std::vector<Events>& parts, core::TimeMs until) {
  struct Run {
    const Event* at;
    const Event* end;
  };
  std::vector<Run> runs;
  std::size_t count = 0;
  const auto add = [&](const Events& events, std::size_t from) {
    const auto end = events.begin() + static_cast<std::ptrdiff_t>(from_then(events, from, until));
    const Run run{events.data() + from, std::to_address(end)};
    if (run.at != run.end) runs.push_back(run);
    count += static_cast<std::size_t>(run.end - run.at);
  };
  for (const Events& part : parts) add(part, 0);
  add(pending_, pending_at_);
  add(held_, 0);
  const auto later = [](const Run& a, const Run& b) { return traffic::arrives_before(*b.at, *a.at); };
  std::ranges::make_heap(runs, later);
  ready_.clear();
  ready_.reserve(count);
  while (!runs.empty()) {
    std::ranges::pop_heap(runs, later);
    Run& run = runs.back();
    ready_.push_back(*run.at);
    if (++run.at == run.end)
      runs.pop_back();
    else
      std::ranges::push_heap(runs, later);
  }
}

void Teller::end_turn(std::vector<Events>& parts) {
  const core::TimeMs until = ready_until(), end = world::instant(day_ + 1, 0);
  make_ready(parts, until);
  Events today;
  for (Events& part : parts) {
    for (std::size_t i = from_then(part, 0, until); i < part.size(); ++i)
      (part[i].arrival < end ? today : later_).push_back(part[i]);
    part.clear();
  }
  take_in(held_, from_then(held_, 0, until), today);
  pending_at_ = from_then(pending_, pending_at_, until);
  if (!ends_day()) {
    if (begins_day()) divide_day();
    return;
  }
  take_in(pending_, pending_at_, later_);
  pending_at_ = 0;
}

}  // namespace tillwatch::telling
