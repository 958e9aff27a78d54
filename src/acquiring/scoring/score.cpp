#include "scoring/score.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <unordered_map>
#include <unordered_set>

#include "scoring/ceiling.h"

namespace tillwatch::scoring {
namespace {

// One planted instance of fraud as it shows in the days.
struct Case {
  const Instance* instance = nullptr;
  std::vector<const Act*> acts;                          // of fraud; where none is, those touched
  core::TimeMs first = core::time_max;                   // of any of its transactions
  core::TimeMs until = 0;                                // findings are right until then
  std::unordered_map<EntityNumber, core::TimeMs> since;  // by entity: from when on it takes part
  std::size_t merchants = 0;                             // in `since`
  core::TimeMs alert_named = core::time_max;
  core::TimeMs alert_any = core::time_max;
  std::optional<core::TimeMs> alert_best;  // the ceiling's
  std::unordered_set<EntityNumber> merchants_named, merchants_any;
};

std::int64_t approved_amount(const Case& each, core::TimeMs from, core::TimeMs to) {
  std::int64_t sum = 0;
  for (const Act* act : each.acts)
    if (act->fraud && act->approved && act->arrival >= from && act->arrival < to) sum += act->amount;
  return sum;
}

class Judge {
 public:
  Judge(const Truth& truth, const Options& options) : truth_(truth), options_(options) {
    for (const Instance& instance : truth.instances) open(instance);
    for (std::uint32_t i = 0; i < cases_.size(); ++i)
      for (const auto& [entity, since] : cases_[i].since) cases_of_[entity].push_back(i);
  }
  Report run(std::vector<Finding> findings);

 private:
  void open(const Instance& instance);
  TypologyScore& score_of(const std::string& code, const std::string& typology);
  void weigh(const Alert& alert);
  void weigh_look_alikes(const Alert& alert, const std::string& code);
  void find_ceiling();
  void count(const Case& each, TypologyScore& score) const;
  void estimate(const std::vector<const Case*>& cases, const std::vector<std::uint32_t>& wrong,
                const Report& report, TypologyScore& score) const;
  std::int64_t day_of(core::TimeMs time) const {
    return core::floor_div(time + truth_.scope.utc_offset_minutes * core::minute_ms, core::day_ms);
  }
  core::TimeMs end_of(std::int64_t day) const {
    return (day + 1) * core::day_ms - truth_.scope.utc_offset_minutes * core::minute_ms;
  }

  const Truth& truth_;
  const Options& options_;
  std::vector<Case> cases_;
  std::unordered_map<EntityNumber, std::vector<std::uint32_t>> cases_of_;
  std::unordered_map<EntityNumber, std::vector<const Instance*>> look_alikes_of_;
  std::unordered_set<const Instance*> taken_;
  std::map<std::string, TypologyScore> scores_;
  TypologyScore total_;
  // Wrong alerts by entity, of each typology and of all.
  std::map<std::string, std::unordered_map<EntityNumber, std::uint32_t>> wrong_;
  std::unordered_map<EntityNumber, std::uint32_t> wrong_all_;
};

TypologyScore& Judge::score_of(const std::string& code, const std::string& typology) {
  TypologyScore& score = scores_[code];
  score.code = code;
  if (score.typology.empty()) score.typology = typology;
  return score;
}

void Judge::open(const Instance& instance) {
  if (!instance.planted) {
    if (instance.ends <= truth_.scope.from || instance.begins >= truth_.scope.to) return;
    score_of(instance.code, instance.typology).look_alikes += 1;
    total_.look_alikes += 1;
    for (const EntityNumber each : instance.merchants) look_alikes_of_[each].push_back(&instance);
    for (const EntityNumber each : instance.others) look_alikes_of_[each].push_back(&instance);
    return;
  }
  if (!instance.fraud) return;  // an outage: whatever it is taken for is wrong
  Case out;
  out.instance = &instance;
  const std::unordered_set<EntityNumber> members(instance.merchants.begin(), instance.merchants.end());
  const bool has_fraud = std::ranges::any_of(instance.acts, &Act::fraud);
  for (const Act& act : instance.acts) {
    if (act.arrival < truth_.scope.from || act.arrival >= truth_.scope.to) continue;
    out.first = std::min(out.first, act.arrival);
    if (act.fraud || !has_fraud) out.acts.push_back(&act);
    if (members.contains(act.merchant)) out.since.emplace(act.merchant, act.arrival);
  }
  if (out.acts.empty()) return;  // nothing of it shows
  out.merchants = out.since.size();
  for (const EntityNumber other : instance.others) out.since.emplace(other, out.first);
  out.until = std::max(instance.ends, out.acts.back()->arrival) + grace_ms;
  score_of(instance.code, instance.typology);
  cases_.push_back(std::move(out));
}

void Judge::weigh(const Alert& alert) {
  const Finding& finding = alert.finding;
  const std::string code = fmt::format("T{:02}", finding.typology);
  TypologyScore& score = score_of(code, "");
  bool named = false, any = false;
  if (const auto at = cases_of_.find(finding.entity); at != cases_of_.end()) {
    for (const std::uint32_t number : at->second) {
      Case& each = cases_[number];
      if (finding.time < each.since.at(finding.entity) || finding.time > each.until) continue;
      any = true;
      each.alert_any = std::min(each.alert_any, alert.shown);
      if (finding.kind == EntityKind::merchant) each.merchants_any.insert(finding.entity);
      if (each.instance->code != code) continue;
      named = true;
      each.alert_named = std::min(each.alert_named, alert.shown);
      if (finding.kind == EntityKind::merchant) each.merchants_named.insert(finding.entity);
    }
  }
  for (TypologyScore* each : {&score, &total_}) {
    each->alerts += 1;
    each->alerts_named += named ? 1u : 0u;
    each->alerts_any += any ? 1u : 0u;
    each->alerts_wrong += any ? 0u : 1u;
  }
  if (any) return;
  wrong_[code][finding.entity] += 1;
  wrong_all_[finding.entity] += 1;
  weigh_look_alikes(alert, code);
}

void Judge::weigh_look_alikes(const Alert& alert, const std::string& code) {
  const auto at = look_alikes_of_.find(alert.finding.entity);
  if (at == look_alikes_of_.end()) return;
  for (const Instance* instance : at->second) {
    if (instance->code != code || alert.finding.time < instance->begins ||
        alert.finding.time > instance->ends + grace_ms || !taken_.insert(instance).second)
      continue;
    scores_[code].look_alikes_alerted += 1;
    total_.look_alikes_alerted += 1;
  }
}

void Judge::find_ceiling() {
  std::vector<Chance> patterns, pairs;
  std::vector<std::size_t> of_pattern, of_pair;
  const std::int64_t last = day_of(truth_.scope.to - 1);
  for (std::size_t i = 0; i < cases_.size(); ++i) {
    const Case& each = cases_[i];
    if (each.acts.size() < each.instance->evident_after) continue;
    const std::int64_t evident = day_of(each.acts[each.instance->evident_after - 1]->arrival);
    const std::int64_t to = std::min(last, day_of(each.until));
    patterns.push_back({evident, to});
    of_pattern.push_back(i);
    for (const EntityNumber merchant : each.instance->merchants) {
      const auto since = each.since.find(merchant);
      if (since == each.since.end()) continue;
      pairs.push_back({std::max(evident, day_of(since->second)), to});
      of_pair.push_back(i);
    }
  }
  const auto pattern_days = best_days(patterns, options_.budget);
  for (std::size_t i = 0; i < patterns.size(); ++i)
    if (pattern_days[i]) cases_[of_pattern[i]].alert_best = end_of(*pattern_days[i]);
  const auto pair_days = best_days(pairs, options_.budget);
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    if (!pair_days[i]) continue;
    scores_[cases_[of_pair[i]].instance->code].merchants.ceiling += 1;
    total_.merchants.ceiling += 1;
  }
}

void Judge::count(const Case& each, TypologyScore& score) const {
  const bool named = each.alert_named != core::time_max;
  const bool any = each.alert_any != core::time_max;
  for (Found* found : {&score.patterns, &score.patterns_skill[each.instance->skill]}) {
    found->all += 1;
    found->named += named ? 1u : 0u;
    found->any += any ? 1u : 0u;
    found->ceiling += each.alert_best ? 1u : 0u;
  }
  score.merchants.all += each.merchants;
  score.merchants.named += each.merchants_named.size();
  score.merchants.any += each.merchants_any.size();
  const std::int64_t amount = approved_amount(each, core::time_min, core::time_max);
  score.amount += amount;
  if (named) {
    score.amount_found += amount;
    score.amount_after += approved_amount(each, each.alert_named, core::time_max);
  }
  if (each.alert_best) score.amount_ceiling += approved_amount(each, *each.alert_best, core::time_max);
}

void Judge::estimate(const std::vector<const Case*>& cases, const std::vector<std::uint32_t>& wrong,
                     const Report& report, TypologyScore& score) const {
  std::vector<double> amounts, found, hours, acts, before;
  for (const Case* each : cases) {
    const bool named = each->alert_named != core::time_max;
    const auto amount = static_cast<double>(approved_amount(*each, core::time_min, core::time_max));
    amounts.push_back(amount);
    found.push_back(named ? amount : 0);
    if (!named) continue;
    const core::TimeMs first = each->acts.front()->arrival;
    hours.push_back(static_cast<double>(each->alert_named - first) / static_cast<double>(core::hour_ms));
    acts.push_back(static_cast<double>(
        std::ranges::count_if(each->acts, [&](const Act* act) { return act->arrival < each->alert_named; })));
    before.push_back(static_cast<double>(approved_amount(*each, core::time_min, each->alert_named)));
  }
  score.value_found = bootstrap(options_.seed, amounts.size(), [&](const auto& sample) {
    double all = 0, part = 0;
    for (const std::uint32_t i : sample) {
      all += amounts[i];
      part += found[i];
    }
    return part / all;
  });
  const auto middle = [&](const std::vector<double>& values) {
    return bootstrap(options_.seed, values.size(), [&](const auto& sample) {
      std::vector<double> drawn;
      for (const std::uint32_t i : sample) drawn.push_back(values[i]);
      return median(std::move(drawn));
    });
  };
  score.delay_hours = middle(hours);
  score.acts_before = middle(acts);
  score.amount_before = middle(before);
  if (report.honest_merchants == 0) return;
  const double factor = 1000.0 / static_cast<double>(report.honest_merchants) / (report.days / 30);
  score.wrong_rate = bootstrap_rate(options_.seed, wrong, factor);
}

std::vector<std::uint32_t> counts_of(const std::unordered_map<EntityNumber, std::uint32_t>& wrong) {
  // In the order of the entities, so that the bootstrap draws the same each time.
  const std::map<EntityNumber, std::uint32_t> ordered(wrong.begin(), wrong.end());
  std::vector<std::uint32_t> out;
  for (const auto& [entity, count] : ordered) out.push_back(count);
  return out;
}

Report Judge::run(std::vector<Finding> findings) {
  Report report;
  report.options = options_;
  report.days = static_cast<double>(truth_.scope.to - truth_.scope.from) / static_cast<double>(core::day_ms);
  report.merchants = truth_.scope.merchants;
  std::unordered_set<EntityNumber> dishonest;
  for (const Case& each : cases_)
    dishonest.insert(each.instance->merchants.begin(), each.instance->merchants.end());
  report.honest_merchants = report.merchants - std::min<std::uint64_t>(report.merchants, dishonest.size());
  report.findings = findings.size();
  const Selection selection = select(truth_.scope, std::move(findings), options_.budget);
  report.outside = selection.outside;
  report.repeated = selection.repeated;
  report.over_budget = selection.over_budget;
  for (const Alert& alert : selection.alerts) weigh(alert);
  find_ceiling();
  std::map<std::string, std::vector<const Case*>> by_code;
  std::vector<const Case*> all;
  for (const Case& each : cases_) {
    count(each, scores_[each.instance->code]);
    count(each, total_);
    by_code[each.instance->code].push_back(&each);
    all.push_back(&each);
  }
  for (auto& [code, score] : scores_) {
    estimate(by_code[code], counts_of(wrong_[code]), report, score);
    report.scores.push_back(score);
  }
  estimate(all, counts_of(wrong_all_), report, total_);
  report.total = total_;
  return report;
}

}  // namespace

Report judge(const Truth& truth, std::vector<Finding> findings, const Options& options) {
  return Judge(truth, options).run(std::move(findings));
}

}  // namespace tillwatch::scoring
