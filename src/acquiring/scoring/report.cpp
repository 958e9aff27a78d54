// The report of score.h in words and as JSON.
#include <fmt/format.h>

#include <iterator>

#include "json/writer.h"
#include "scoring/score.h"

namespace tillwatch::scoring {
namespace {

using Json = json::Writer;
using Out = std::back_insert_iterator<std::string>;

std::string share(std::uint64_t hits, std::uint64_t of) {
  const Estimate estimate = wilson(hits, of);
  if (!estimate.known) return "-";
  return fmt::format("{}/{} {:.2f} [{:.2f}, {:.2f}]", hits, of, estimate.value, estimate.low, estimate.high);
}

std::string range(const Estimate& estimate, double unit, int places) {
  if (!estimate.known) return "-";
  return fmt::format("{:.{}f} [{:.{}f}, {:.{}f}]", estimate.value / unit, places, estimate.low / unit, places,
                     estimate.high / unit, places);
}

std::string out_of(std::uint64_t hits, std::uint64_t of) {
  return of == 0 ? "-" : fmt::format("{}/{}", hits, of);
}

void say(Out out, std::string_view name, const TypologyScore& score) {
  fmt::format_to(out, "{}\n", name);
  fmt::format_to(out, "  alerts right as named   {}\n", share(score.alerts_named, score.alerts));
  fmt::format_to(out, "  right about some fraud  {}\n", share(score.alerts_any, score.alerts));
  fmt::format_to(out, "  patterns found          {}; under any name {}; ceiling {}\n",
                 share(score.patterns.named, score.patterns.all),
                 out_of(score.patterns.any, score.patterns.all),
                 out_of(score.patterns.ceiling, score.patterns.all));
  for (std::size_t skill = 0; skill < score.patterns_skill.size(); ++skill) {
    const Found& found = score.patterns_skill[skill];
    if (found.all == 0) continue;
    fmt::format_to(out, "    of skill {}            {}; under any name {}; ceiling {}\n", skill,
                   share(found.named, found.all), out_of(found.any, found.all),
                   out_of(found.ceiling, found.all));
  }
  fmt::format_to(out, "  merchants found         {}; under any name {}; ceiling {}\n",
                 share(score.merchants.named, score.merchants.all),
                 out_of(score.merchants.any, score.merchants.all),
                 out_of(score.merchants.ceiling, score.merchants.all));
  fmt::format_to(out, "  look-alikes alerted     {}\n", share(score.look_alikes_alerted, score.look_alikes));
  fmt::format_to(out, "  value of what was found {} of {:.0f} yuan\n", range(score.value_found, 1, 2),
                 static_cast<double>(score.amount) / 100);
  fmt::format_to(out, "  still to come by then   {:.0f} yuan; ceiling {:.0f}\n",
                 static_cast<double>(score.amount_after) / 100,
                 static_cast<double>(score.amount_ceiling) / 100);
  fmt::format_to(out, "  delay                   {} hours, {} acts, {} yuan\n",
                 range(score.delay_hours, 1, 0), range(score.acts_before, 1, 0),
                 range(score.amount_before, 100, 0));
  fmt::format_to(out, "  wrong alerts            {}; {} a month for 1,000 honest merchants\n",
                 score.alerts_wrong, range(score.wrong_rate, 1, 1));
}

void write(Json& json, std::string_view name, const Estimate& estimate) {
  json.key(name);
  if (!estimate.known) {
    json.null();
    return;
  }
  json.begin_object().member("value", estimate.value).member("low", estimate.low);
  json.member("high", estimate.high).end_object();
}

void write(Json& json, std::string_view name, const Found& found) {
  json.key(name).begin_object().member("all", found.all).member("found", found.named);
  json.member("found_any", found.any).member("ceiling", found.ceiling);
  write(json, "recall", wilson(found.named, found.all));
  write(json, "recall_any", wilson(found.any, found.all));
  json.end_object();
}

void write(Json& json, const TypologyScore& score) {
  json.member("alerts", score.alerts).member("alerts_right", score.alerts_named);
  json.member("alerts_right_any", score.alerts_any).member("alerts_wrong", score.alerts_wrong);
  write(json, "precision", wilson(score.alerts_named, score.alerts));
  write(json, "precision_any", wilson(score.alerts_any, score.alerts));
  write(json, "wrong_per_1000_honest_merchants_a_month", score.wrong_rate);
  write(json, "patterns", score.patterns);
  json.key("patterns_by_skill").begin_array();
  for (std::size_t skill = 0; skill < score.patterns_skill.size(); ++skill) {
    json.begin_object().member("skill", static_cast<std::uint64_t>(skill));
    write(json, "patterns", score.patterns_skill[skill]);
    json.end_object();
  }
  json.end_array();
  write(json, "merchants", score.merchants);
  json.member("look_alikes", score.look_alikes).member("look_alikes_alerted", score.look_alikes_alerted);
  json.member("amount", score.amount).member("amount_found", score.amount_found);
  json.member("amount_after", score.amount_after).member("amount_after_ceiling", score.amount_ceiling);
  write(json, "value_found", score.value_found);
  write(json, "delay_hours", score.delay_hours);
  write(json, "acts_before", score.acts_before);
  write(json, "amount_before", score.amount_before);
}

}  // namespace

std::string in_words(const Report& report) {
  std::string text;
  const Out out(text);
  fmt::format_to(out, "{:.0f} days, {} merchants of which {} honest; {} findings a day\n", report.days,
                 report.merchants, report.honest_merchants, report.options.budget);
  fmt::format_to(out, "{} findings: {} shown, {} repeated, {} over the budget, {} outside the days\n",
                 report.findings, report.total.alerts, report.repeated, report.over_budget, report.outside);
  fmt::format_to(out,
                 "intervals: 95 %, shares after Wilson, the rest by {} bootstrap rounds from seed {}\n\n",
                 bootstrap_rounds, report.options.seed);
  say(out, "all", report.total);
  for (const TypologyScore& score : report.scores)
    say(out, fmt::format("\n{} {}", score.code, score.typology.empty() ? "(not planted)" : score.typology),
        score);
  return text;
}

std::string in_json(const Report& report) {
  std::string text;
  Json json(text);
  json.begin_object().member("version", 1).member("budget", report.options.budget);
  json.member("bootstrap_seed", report.options.seed).member("bootstrap_rounds", bootstrap_rounds);
  json.member("days", report.days).member("merchants", report.merchants);
  json.member("honest_merchants", report.honest_merchants).member("findings", report.findings);
  json.member("repeated", report.repeated).member("over_budget", report.over_budget);
  json.member("outside", report.outside).key("all").begin_object();
  write(json, report.total);
  json.end_object().key("typologies").begin_array();
  for (const TypologyScore& score : report.scores) {
    json.begin_object().member("code", score.code).member("typology", score.typology);
    write(json, score);
    json.end_object();
  }
  json.end_array().end_object();
  text.push_back('\n');
  return text;
}

}  // namespace tillwatch::scoring
