#include "typology/stage.h"

#include <algorithm>
#include <array>

#include "chance/distribution.h"
#include "core/check.h"

namespace tillwatch::typology {

using chance::Lane;
using traffic::Event;
using traffic::EventKind;
using traffic::Maker;
using traffic::Track;

namespace {

// Of the sums of a look-alike, in millionths: enough that most round sums are honest ones.
constexpr std::uint32_t look_alike_rounds = 150'000;

}  // namespace

Stage::Stage(const traffic::Trade& trade, const Instance& instance, Events& out)
    : trade_(trade),
      instance_(instance),
      out_(out),
      random_(trade.world().seed(), Lane::deed, instance.number, trade.day()) {}

traffic::EventId Stage::deed(Deed deed) {
  const world::Merchant& merchant = world().merchant(deed.merchant);
  if (next_ >= deeds_max) return 0;
  const std::uint32_t index = next_++;
  Stream fate(world().seed(), Lane::fate, instance_.number, day(), index);
  Event event;
  event.id = traffic::event_id(Maker::instance, instance_.number, day(), Track::sale, index);
  event.original = deed.original;
  event.instance = instance_.number + 1;
  event.fraud = instance_.planted && deed.illicit && world::info_of(instance_.id).fraud;
  event.merchant = deed.merchant;
  event.time = deed.time;
  event.card = deed.card;
  event.amount = std::max<std::int64_t>(1, deed.amount);
  event.type = deed.type;
  event.entry_mode = deed.entry_mode;
  event.response = deed.response;
  event.place = deed.place;
  event.counter = static_cast<std::uint64_t>(-deed.counter_lag);
  const std::uint32_t which =
      deed.terminal < 0 ? fate.below(merchant.terminals) : static_cast<std::uint32_t>(deed.terminal);
  event.terminal = world::terminal_of(deed.merchant, std::min<std::uint32_t>(which, merchant.terminals - 1u));
  if (event.entry_mode == EntryMode::qr) event.instrument = traffic::Instrument::unionpay_qr;
  if (event.type == TxType::sale) event.cvm = trade_.draw_cvm(event.entry_mode, event.amount, fate);
  // Banks refuse some of this too, as of everything.
  if (event.type == TxType::sale && event.response == Response::approved && fate.chance(34'000))
    event.response = fate.chance(600'000)   ? Response::no_funds
                     : fate.chance(500'000) ? Response::do_not_honour
                                            : Response::wrong_pin;
  trade_.append(event, fate, false, out_);
  label(event, index);
  return event.id;
}

// Labels come late, seldom and sometimes wrong. Honest look-alikes are complained of too, now and then.
void Stage::label(const Event& event, std::uint32_t index) {
  if (event.response != Response::approved || event.type == TxType::reversal) return;
  const auto& settings = world().settings();
  Stream random(world().seed(), Lane::label, instance_.number, day(), index);
  const std::int64_t permille =
      event.fraud ? settings.typologies[static_cast<std::size_t>(instance_.id)].label_permille : 1;
  if (!random.chance(static_cast<std::uint32_t>(permille) * 1000)) return;
  const std::int64_t hours =
      std::min(settings.labels.delay_most_days * 24,
               chance::lognormal(random, settings.labels.delay_median_h,
                                 chance::log_spread_q16(settings.labels.delay_sigma_permille)));
  Event label;
  label.kind = EventKind::label;
  label.id = traffic::on_track(event.id, Track::label);
  label.original = event.id;
  label.merchant = event.merchant;
  label.amount = event.amount;
  label.card = event.card;
  label.instance = event.instance;
  label.time = event.time + std::max<std::int64_t>(2, hours) * core::hour_ms + random.between(0, 3'599'999);
  label.arrival = label.time;
  const bool victim = instance_.id == TypologyId::skimming || instance_.id == TypologyId::card_testing ||
                      instance_.id == TypologyId::mule_laundering || instance_.id == TypologyId::bust_out;
  const bool first = random.chance(600'000);
  label.label = victim ? (first ? traffic::LabelType::chargeback : traffic::LabelType::issuer_notice)
                       : (first ? traffic::LabelType::inspection : traffic::LabelType::issuer_notice);
  const bool mistaken = random.chance(static_cast<std::uint32_t>(settings.labels.mistaken_permille) * 1000);
  label.fraud = event.fraud != mistaken;
  if (!event.fraud) label.label = traffic::LabelType::complaint;
  out_.push_back(label);
  if (!random.chance(static_cast<std::uint32_t>(settings.labels.amended_permille) * 1000)) return;
  label.id = traffic::on_track(event.id, Track::amendment);
  label.fraud = !label.fraud;
  label.time += random.between(2, 20) * core::day_ms;
  label.arrival = label.time;
  out_.push_back(label);
}

void Stage::registry(core::TimeMs time, traffic::Fact fact, MerchantIndex merchant, std::int64_t value,
                     std::uint64_t account, traffic::Point place, std::int32_t rate_e6) {
  Event event;
  event.kind = EventKind::registry;
  CHECK(next_ < (1u << 14));
  event.id = traffic::event_id(Maker::instance, instance_.number, day(), Track::command, next_++);
  event.arrival = event.time = time;
  event.instance = instance_.number + 1;
  event.merchant = merchant;
  event.terminal = world::terminal_of(merchant, 0);
  event.fact = fact;
  event.value = value;
  event.account = account;
  event.place = place;
  event.rate_e6 = rate_e6;
  out_.push_back(event);
}

core::TimeMs Stage::between(std::int64_t from_minute, std::int64_t to_minute) {
  return world::instant(day(),
                        random_.between(from_minute * core::minute_ms, to_minute * core::minute_ms - 1));
}

core::TimeMs Stage::when(MerchantIndex merchant) {
  const bool at_night = !planted() || skill() == 0, at_any_hour = !planted() || skill() <= 1;
  if (at_night && random_.chance(planted() ? 250'000 : 60'000)) return between(1380, 1560);
  if (at_any_hour && random_.chance(planted() ? 200'000 : 60'000)) return between(480, 1380);
  return world::instant(day(), trade_.draw_time(world().merchant(merchant), random_));
}

core::TimeMs Stage::sitting(MerchantIndex merchant) {
  const bool goes_on =
      sat_ != 0 && sits_at_ == merchant && random_.chance(850'000 - 100'000u * instance_.skill);
  if (goes_on)
    sat_ = later(merchant, sat_, random_.between(30'000, (2 + 2 * skill()) * core::minute_ms));
  else
    sat_ = when(merchant);
  sits_at_ = merchant;
  return sat_;
}

core::TimeMs Stage::later(MerchantIndex merchant, core::TimeMs at, core::DurationMs pause) {
  const core::TimeMs shuts = world::instant(day(), trade_.hours(world().merchant(merchant))[1]);
  return at < shuts && at + pause >= shuts ? when(merchant) : at + pause;
}

std::int64_t Stage::shaped(const world::Merchant& merchant, std::int64_t target) {
  const world::Amount limit = world().kind_of(merchant).single_limit;
  const std::uint32_t rounds = !planted() ? look_alike_rounds : skill() == 0 ? 500'000 : 0;
  while (target >= limit) target /= 2;
  if (random_.chance(rounds) && traffic::round_sum(target) < limit) return traffic::round_sum(target);
  return trade_.as_paid(merchant, target, random_);
}

std::int64_t Stage::dear(std::uint32_t ppm, MerchantIndex merchant, CardNumber card, std::int64_t usual) {
  if (!random_.chance(ppm)) return usual;
  const std::int64_t part = random_.between(30, 250);
  return shaped(merchant, world::limit_of(world().settings(), card) * part / 1000);
}

std::int64_t Stage::dared(MerchantIndex merchant, std::int64_t wanted) {
  constexpr std::array<std::int64_t, 4> dares_permille = {0, 2'000, 1'500, 1'200};
  if (skill() == 0) return wanted;
  return std::min(wanted, ticket(merchant, dares_permille[instance_.skill]));
}

std::int64_t Stage::ticket(MerchantIndex merchant, std::int64_t permille) {
  const std::int64_t amount = trade_.draw_ticket(world().merchant(merchant), permille, random_);
  const std::int64_t round = traffic::round_sum(amount);
  const bool rounds = !planted() && random_.chance(look_alike_rounds);
  return rounds && round < world().kind_of(world().merchant(merchant)).single_limit ? round : amount;
}

int Stage::count(std::int64_t permille) {
  return chance::poisson(random_, std::clamp<std::int64_t>(permille, 0, 1'000'000));
}

int Stage::strong(std::int64_t a_day) {
  return count(a_day * instance_.strength_permille(day()));
}

MerchantIndex Stage::any_merchant() {
  return instance_.merchants[random_.below(static_cast<std::uint32_t>(instance_.merchants.size()))];
}

CardNumber Stage::any_card() {
  return instance_.cards[random_.below(static_cast<std::uint32_t>(instance_.cards.size()))];
}

EntryMode Stage::entry(MerchantIndex merchant) {
  const EntryMode mode = trade_.draw_entry(world().merchant(merchant), random_);
  return mode == EntryMode::qr ? EntryMode::chip : mode;
}

std::vector<PlannedSwipe> plan_cycle(std::uint64_t seed, std::uint32_t instance, CardNumber card,
                                     std::uint8_t bill_day, Day month_of, int swipes,
                                     std::int64_t window_days) {
  const core::CivilDate date = core::civil_from_days(month_of);
  const Day month = core::days_from_civil({date.year, date.month, 1});
  Stream random(seed, Lane::cast, instance, month, card);
  const Day repaid = month + (bill_day + 19) % 28;
  std::vector<PlannedSwipe> plan;
  std::int64_t weights = 0;
  for (int i = 0; i < swipes; ++i) {
    PlannedSwipe swipe;
    swipe.day = repaid + random.between(0, std::max<std::int64_t>(0, window_days - 1));
    swipe.at_permille = random.between(0, 999);
    swipe.share_permille = random.between(500, 1500);
    weights += swipe.share_permille;
    plan.push_back(swipe);
  }
  for (PlannedSwipe& swipe : plan)
    swipe.share_permille = swipe.share_permille * 1000 / std::max<std::int64_t>(1, weights);
  return plan;
}

}  // namespace tillwatch::typology
