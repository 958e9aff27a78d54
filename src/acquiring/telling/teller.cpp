#include "telling/teller.h"

#include <algorithm>

#include "chance/distribution.h"
#include "typology/pattern.h"
#include "typology/stage.h"

namespace tillwatch::telling {

using chance::Lane;
using chance::Stream;
using traffic::EventKind;
using typology::epoch_days;
using typology::instance_days_max;

Teller::Teller(const World& world, const Cut& cut)
    : world_(world), cut_(cut), day_(cut.first - label_reach - 1) {
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

bool Teller::begin_day() {
  if (day_ >= cut_.last) return false;
  ++day_;
  renew_instances();
  overlays_.clear();
  for (const Instance& instance : active_) {
    const auto& pattern = typology::pattern_of(instance.id);
    if (pattern.overlay != nullptr) pattern.overlay(world_, instance, day_, overlays_);
  }
  trade_.emplace(world_, day_, overlays_);
  return true;
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

void Teller::tell_part(std::size_t part, Events& out) const {
  const bool whole = day_ >= cut_.first - sale_reach;
  const std::size_t from = out.size();
  if (part < people_parts) {
    if (!whole) return;
    const std::uint64_t people = world_.people();
    const auto first = static_cast<traffic::PersonNumber>(people * part / people_parts);
    const auto end = static_cast<traffic::PersonNumber>(people * (part + 1) / people_parts);
    for (traffic::PersonNumber person = first; person < end; ++person) trade_->tell_person(person, out);
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
    if (whole) tell_wrong_labels(out);
  }
  out.erase(std::remove_if(out.begin() + static_cast<std::ptrdiff_t>(from), out.end(),
                           [&](const Event& event) { return !keeps(event); }),
            out.end());
  std::sort(out.begin() + static_cast<std::ptrdiff_t>(from), out.end(), traffic::arrives_before);
}

void Teller::end_day(std::vector<Events>& parts) {
  parts.push_back(std::move(pending_));
  struct Run {
    const Event* at;
    const Event* end;
  };
  std::vector<Run> runs;
  std::size_t count = 0;
  for (const Events& part : parts) {
    count += part.size();
    if (!part.empty()) runs.push_back({part.data(), part.data() + part.size()});
  }
  const auto later = [](const Run& a, const Run& b) { return traffic::arrives_before(*b.at, *a.at); };
  std::ranges::make_heap(runs, later);
  const core::TimeMs end = world::instant(day_ + 1, 0);
  ready_.clear();
  pending_ = {};
  ready_.reserve(count);
  while (!runs.empty()) {
    std::ranges::pop_heap(runs, later);
    Run& run = runs.back();
    (run.at->arrival < end ? ready_ : pending_).push_back(*run.at);
    if (++run.at == run.end)
      runs.pop_back();
    else
      std::ranges::push_heap(runs, later);
  }
  for (Events& part : parts) part.clear();
  parts.pop_back();
}

}  // namespace tillwatch::telling
