// Worlds kept plain, random ones, and a naive scorer that shares nothing with the real one: for the tests of
// this folder.
#pragma once

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "chance/random.h"
#include "core/time.h"

namespace tillwatch::scoring {

using chance::Lane;
using chance::Stream;
using core::day_ms;
using core::hour_ms;

// What a line says, kept plain: the naive scorer works on these and shares nothing with the real one.
struct PlainInstance {
  std::string name, code;
  bool planted = true, fraud = true;
  int skill = 0;
  std::size_t evident_after = 1;
  core::TimeMs begins = 0, ends = 0;
  std::vector<std::string> merchants, cards;
  std::string agent;
};
struct PlainAct {
  std::string id, instance, merchant;
  bool fraud = true, approved = true;
  core::TimeMs arrival = 0;
  std::int64_t amount = 0;
};
struct PlainFinding {
  std::string entity, id, code;
  core::TimeMs time = 0;
  double score = 0;
};
struct Plain {
  core::TimeMs from = 0, to = 0;
  std::uint64_t merchants = 0;
  std::vector<PlainInstance> instances;
  std::vector<PlainAct> acts;
  std::vector<PlainFinding> findings;
};

inline constexpr std::int64_t offset_ms = 480 * core::minute_ms;

inline std::string list(const std::vector<std::string>& names) {
  std::string out = "[";
  for (const std::string& name : names) out += (out.size() > 1 ? ",\"" : "\"") + name + "\"";
  return out + "]";
}
inline std::string flag(bool value) {
  return value ? "true" : "false";
}

inline std::string line_of(const PlainInstance& each) {
  return R"({"instance":")" + each.name + R"(","typology":"kind_)" + each.code + R"(","code":")" + each.code +
         R"(","role":")" + (each.planted ? "planted" : "look_alike") + R"(","fraud":)" + flag(each.fraud) +
         R"(,"skill":)" + std::to_string(each.skill) + R"(,"begins":")" + core::format_time(each.begins) +
         R"(","ends":")" + core::format_time(each.ends) + R"(","evident_after":)" +
         std::to_string(each.evident_after) + R"(,"merchants":)" + list(each.merchants) +
         R"(,"terminals":[],"cards":)" + list(each.cards) + R"(,"agent":")" + each.agent + R"("})";
}
inline std::string line_of(const PlainAct& act) {
  return R"({"transaction":")" + act.id + R"(","instance":")" + act.instance + R"(","fraud":)" +
         flag(act.fraud) + R"(,"arrival":")" + core::format_time(act.arrival) + R"(","merchant":")" +
         act.merchant + R"(","amount":)" + std::to_string(act.amount) + R"(,"approved":)" +
         flag(act.approved) + "}";
}
inline std::string line_of(const PlainFinding& each) {
  return R"({"entity":")" + each.entity + R"(","id":")" + each.id + R"(","time":")" +
         core::format_time(each.time) + R"(","typology":")" + each.code + R"(","score":)" +
         std::to_string(each.score) + "}";
}
inline std::string scope_of(const Plain& plain) {
  return R"({"version":1,"from":")" + core::format_time(plain.from) + R"(","to":")" +
         core::format_time(plain.to) + R"(","merchants":)" + std::to_string(plain.merchants) +
         R"(,"utc_offset_minutes":480})";
}

inline std::int64_t local_day(core::TimeMs time) {
  return core::floor_div(time + offset_ms, day_ms);
}
inline core::TimeMs midnight_after(core::TimeMs time) {
  return (local_day(time) + 1) * day_ms - offset_ms;
}

struct NaiveScore {
  std::uint64_t alerts = 0, named = 0, any = 0, wrong = 0, look_alikes_alerted = 0;
  std::uint64_t patterns = 0, patterns_named = 0, patterns_any = 0, pairs = 0, pairs_named = 0, pairs_any = 0;
  std::int64_t amount = 0, amount_found = 0, amount_after = 0;
  std::vector<double> hours;
};

class Naive {
 public:
  Naive(const Plain& plain, std::size_t budget) : plain_(plain) { pick(budget); }

  std::map<std::string, NaiveScore> run() {
    for (const auto& finding : shown_) weigh(finding);
    for (const PlainInstance& each : plain_.instances)
      if (each.planted && each.fraud) find(each);
    return scores_;
  }

 private:
  void pick(std::size_t budget) {
    std::vector<PlainFinding> rest;
    for (const PlainFinding& each : plain_.findings)
      if (each.time >= plain_.from && each.time < plain_.to) rest.push_back(each);
    for (std::int64_t day = local_day(plain_.from); day <= local_day(plain_.to - 1); ++day) {
      std::vector<PlainFinding> today;
      for (const PlainFinding& each : rest)
        if (local_day(each.time) == day) today.push_back(each);
      std::ranges::sort(today, {},
                        [](const PlainFinding& each) { return std::pair(-each.score, each.time); });
      std::size_t taken = 0;
      for (const PlainFinding& each : today) {
        bool known = false;
        for (const PlainFinding& before : shown_)
          known |= before.entity == each.entity && before.id == each.id && before.code == each.code &&
                   day - local_day(before.time) < 30;
        if (known || taken == budget) continue;
        ++taken;
        shown_.push_back(each);
      }
    }
  }
  std::vector<PlainAct> acts_of(const PlainInstance& instance, bool all) const {
    std::vector<PlainAct> out;
    std::set<std::string> ids;
    bool has_fraud = false;
    for (const PlainAct& act : plain_.acts) has_fraud |= act.instance == instance.name && act.fraud;
    for (const PlainAct& act : plain_.acts)
      if (act.instance == instance.name && ids.insert(act.id).second && (all || act.fraud || !has_fraud) &&
          act.arrival >= plain_.from && act.arrival < plain_.to)
        out.push_back(act);
    return out;
  }
  bool is_right(const PlainFinding& finding, const PlainInstance& instance) const {
    if (!instance.planted || !instance.fraud || acts_of(instance, false).empty()) return false;
    const auto touched = acts_of(instance, true);
    core::TimeMs since = core::time_max;
    if (finding.entity == "merchant" && std::ranges::count(instance.merchants, finding.id) > 0)
      for (const PlainAct& act : touched)
        if (act.merchant == finding.id) since = std::min(since, act.arrival);
    const bool card = finding.entity == "card" && std::ranges::count(instance.cards, finding.id) > 0;
    const bool agent = finding.entity == "agent" && finding.id == instance.agent &&
                       (instance.code == "T49" || instance.code == "T52");
    if (card || agent) since = touched.front().arrival;
    const core::TimeMs end = std::max(instance.ends, acts_of(instance, false).back().arrival);
    return finding.time >= since && finding.time <= end + 30 * day_ms;
  }
  void weigh(const PlainFinding& finding) {
    bool named = false, any = false;
    for (const PlainInstance& each : plain_.instances) {
      if (!is_right(finding, each)) continue;
      any = true;
      named |= each.code == finding.code;
    }
    NaiveScore& score = scores_[finding.code];
    ++score.alerts;
    score.named += named ? 1u : 0u;
    score.any += any ? 1u : 0u;
    score.wrong += any ? 0u : 1u;
    if (any) return;
    for (const PlainInstance& each : plain_.instances) {
      const bool member =
          (finding.entity == "merchant" && std::ranges::count(each.merchants, finding.id) > 0) ||
          (finding.entity == "card" && std::ranges::count(each.cards, finding.id) > 0) ||
          (finding.entity == "agent" && each.agent == finding.id &&
           (each.code == "T49" || each.code == "T52"));
      if (!each.planted && member && each.ends > plain_.from && each.begins < plain_.to &&
          each.code == finding.code && finding.time >= each.begins &&
          finding.time <= each.ends + 30 * day_ms && taken_.insert(each.name).second)
        ++score.look_alikes_alerted;
    }
  }
  void find(const PlainInstance& instance) {
    const auto acts = acts_of(instance, false);
    if (acts.empty()) return;
    NaiveScore& score = scores_[instance.code];
    core::TimeMs named = core::time_max, any = core::time_max;
    std::set<std::string> present, pairs_named, pairs_any;
    for (const PlainAct& act : acts_of(instance, true))
      if (std::ranges::count(instance.merchants, act.merchant) > 0) present.insert(act.merchant);
    for (const PlainFinding& each : shown_) {
      if (!is_right(each, instance)) continue;
      any = std::min(any, midnight_after(each.time));
      if (each.entity == "merchant") pairs_any.insert(each.id);
      if (each.code != instance.code) continue;
      named = std::min(named, midnight_after(each.time));
      if (each.entity == "merchant") pairs_named.insert(each.id);
    }
    ++score.patterns;
    score.pairs += present.size();
    score.pairs_named += pairs_named.size();
    score.pairs_any += pairs_any.size();
    score.patterns_any += any < core::time_max ? 1u : 0u;
    for (const PlainAct& act : acts) {
      if (!act.fraud || !act.approved) continue;
      score.amount += act.amount;
      if (named == core::time_max) continue;
      score.amount_found += act.amount;
      if (act.arrival >= named) score.amount_after += act.amount;
    }
    if (named == core::time_max) return;
    ++score.patterns_named;
    score.hours.push_back(static_cast<double>(named - acts.front().arrival) / hour_ms);
  }

  const Plain& plain_;
  std::vector<PlainFinding> shown_;
  std::set<std::string> taken_;
  std::map<std::string, NaiveScore> scores_;
};

inline Plain random_world(std::uint64_t seed) {
  Stream random(seed, Lane::cast, 1);
  Plain out;
  out.from = core::days_from_civil({2026, 3, 1}) * day_ms - offset_ms;
  out.to = out.from + random.between(5, 70) * day_ms;
  out.merchants = 40;
  const auto merchant = [&] { return "M" + std::to_string(random.below(25)); };
  const auto card = [&] { return "C" + std::to_string(random.below(12)); };
  const auto code = [&] { return std::array<std::string, 4>{"T01", "T08", "T49", "T57"}[random.below(4)]; };
  const auto time = [&](std::int64_t margin_d) {
    return random.between((out.from - margin_d * day_ms) / hour_ms, (out.to + margin_d * day_ms) / hour_ms) *
               hour_ms +
           random.below(3'600'000);
  };
  const std::int64_t instances = random.between(0, 14);
  for (std::int64_t i = 0; i < instances; ++i) {
    PlainInstance each;
    each.name = "i" + std::to_string(i);
    each.code = code();
    each.planted = random.below(3) != 0;
    each.fraud = each.planted && each.code != "T57";
    each.skill = static_cast<int>(random.below(4));
    each.evident_after = 1 + random.below(6);
    each.begins = time(10) / day_ms * day_ms;
    each.ends = each.begins + random.between(1, 40) * day_ms;
    for (std::uint32_t n = random.below(4); n-- > 0;) {
      const std::string name = merchant();
      if (std::ranges::count(each.merchants, name) == 0) each.merchants.push_back(name);
    }
    for (std::uint32_t n = random.below(3); n-- > 0;) each.cards.push_back(card());
    each.agent = "A" + std::to_string(random.below(4));
    out.instances.push_back(each);
    const bool only_touches = random.below(5) == 0;
    for (std::uint32_t n = random.below(20); n-- > 0;) {
      PlainAct act;
      act.id = each.name + "t" + std::to_string(n);
      act.instance = each.name;
      act.merchant = each.merchants.empty() || random.below(6) == 0
                         ? merchant()
                         : each.merchants[random.below(static_cast<std::uint32_t>(each.merchants.size()))];
      act.fraud = each.fraud && !only_touches && random.below(4) != 0;
      act.approved = random.below(5) != 0;
      act.arrival = each.begins + random.between(0, 240) * hour_ms + random.below(3'600'000);
      act.amount = random.below(100'000);
      out.acts.push_back(act);
      if (random.below(10) == 0) out.acts.push_back(act);  // a repetition
    }
  }
  std::ranges::sort(out.acts, {}, [](const PlainAct& act) { return std::pair(act.arrival, act.id); });
  for (std::uint32_t n = random.below(400); n-- > 0;) {
    PlainFinding each;
    each.entity = std::array<std::string, 3>{"merchant", "card", "agent"}[random.below(3)];
    each.id = each.entity == "merchant" ? merchant()
              : each.entity == "card"   ? card()
                                        : "A" + std::to_string(random.below(4));
    each.code = code();
    each.time = time(3);
    each.score = static_cast<double>(random.below(20));
    out.findings.push_back(each);
  }
  return out;
}

}  // namespace tillwatch::scoring
