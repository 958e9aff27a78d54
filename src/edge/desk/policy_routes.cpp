#include "desk/policy_routes.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "desk/fields.h"
#include "desk/list_page.h"
#include "desk/nullable.h"
#include "findings/alert.h"
#include "policy/bundle.h"
#include "relay/outbox.h"
#include "rulebook/tally.h"

namespace tillwatch::desk {
namespace {

using rulebook::Version;

constexpr core::DurationMs week_ms = 7 * core::day_ms;
constexpr core::DurationMs month_ms = 30 * core::day_ms;

std::string_view name_of(policy::RuleMode mode) {
  switch (mode) {
    case policy::RuleMode::live:
      return "live";
    case policy::RuleMode::shadow:
      return "shadow";
    case policy::RuleMode::off:
      return "off";
  }
  return "off";
}

// What is known of all rules, read once for a page.
struct Record {
  std::vector<rulebook::RuleHits> week, month;
  std::vector<findings::RulePrecision> precision;
  std::vector<rulebook::Dropped> dropped;
};

core::Result<Record> read_record(Call& call) {
  Record record;
  TRY(week, rulebook::hits_since(call.connection, call.now - week_ms));
  TRY(month, rulebook::hits_since(call.connection, call.now - month_ms));
  TRY(precision, findings::precision(call.connection));
  TRY(dropped, rulebook::dropped_rules(call.connection));
  record.week = std::move(week);
  record.month = std::move(month);
  record.precision = std::move(precision);
  record.dropped = std::move(dropped);
  return record;
}

template <class Row>
const Row* row_of(const std::vector<Row>& rows, const std::string& rule) {
  const auto found = std::ranges::find(rows, rule, &Row::rule);
  return found == rows.end() ? nullptr : &*found;
}

void write_hits(json::Writer& out, std::string_view name, const rulebook::RuleHits* hits) {
  out.key(name).begin_object();
  out.member("live", hits == nullptr ? 0 : hits->hits);
  out.member("shadow", hits == nullptr ? 0 : hits->shadow_hits).end_object();
}

void write_wording(json::Writer& out, std::string_view name, const policy::Wording& wording) {
  out.key(name).begin_object().member("en", wording.en).member("zh", wording.zh).end_object();
}

// Members of one rule of the policy in force.
void write_rule(json::Writer& out, const policy::RuleDefinition& rule, const Record& record) {
  out.member("id", rule.id).member("typology", rule.typology);
  write_wording(out, "title", rule.title);
  const rulebook::Dropped* dropped = row_of(record.dropped, rule.id);
  out.member("mode", dropped != nullptr ? std::string_view("shadow") : name_of(rule.mode));
  time_or_null(out, "dropped_at", dropped != nullptr ? dropped->at : 0);
  out.member("severity", static_cast<int>(rule.severity));
  out.member("ceiling_ppm", static_cast<std::int64_t>(rule.ceiling_ppm));
  write_hits(out, "hits_7_days", row_of(record.week, rule.id));
  write_hits(out, "hits_30_days", row_of(record.month, rule.id));
  const findings::RulePrecision* found = row_of(record.precision, rule.id);
  const findings::RulePrecision none{};
  const findings::RulePrecision& judged = found != nullptr ? *found : none;
  out.key("alerts").begin_object().member("opened", judged.alerts).member("fraud", judged.fraud);
  out.member("good", judged.good).member("unsure", judged.unsure).end_object();
}

core::Result<Answer> get_policy(Call& call, rulebook::CompiledPolicies& compiled) {
  TRY(version, rulebook::in_force(call.connection));
  if (!version) return refuse(Problem::not_found, "no policy was published at this desk yet");
  TRY(bundle, compiled.find(call.connection, version->policy));
  TRY(record, read_record(call));
  TRY(versions, rulebook::list_versions(call.connection, 0, 100));
  std::string text;
  json::Writer out(text);
  out.begin_object().key("in_force").begin_object();
  write_version(out, *version);
  std::optional<relay::Effect> effect;
  if (version->act != 0) {
    TRY(found, relay::effect_of(call.connection, version->act));
    effect = std::move(found);
  }
  out.member("effective", version->act == 0 || (effect && effect->refusal.empty()));
  text_or_null(out, "refusal", effect ? std::string_view(effect->refusal) : "");
  out.end_object().key("scheduled").begin_array();
  for (const Version& one : versions) {
    if (one.state != "scheduled") continue;
    out.begin_object();
    write_version(out, one);
    out.end_object();
  }
  out.end_array().key("rules").begin_array();
  for (const policy::RuleDefinition& rule : bundle->model().rules) {
    out.begin_object();
    write_rule(out, rule, record);
    out.end_object();
  }
  out.end_array().end_object();
  return json_answer(std::move(text));
}

core::Result<Answer> get_rule(Call& call, rulebook::CompiledPolicies& compiled) {
  TRY(version, rulebook::in_force(call.connection));
  if (!version) return refuse(Problem::not_found, "no policy was published at this desk yet");
  TRY(bundle, compiled.find(call.connection, version->policy));
  const auto& rules = bundle->model().rules;
  const auto rule = std::ranges::find(rules, call.variable(0), &policy::RuleDefinition::id);
  if (rule == rules.end()) return refuse(Problem::not_found, "the policy in force has no such rule");
  TRY(record, read_record(call));
  TRY(days, rulebook::days_of_rule(call.connection, rule->id, call.now - month_ms));
  std::string text;
  json::Writer out(text);
  out.begin_object();
  write_rule(out, *rule, record);
  out.member("when", rule->when.source).member("reason", rule->reason);
  write_wording(out, "text", rule->text);
  out.member("file", rule->place.file).member("line", rule->place.line);
  out.key("days").begin_array();
  for (const rulebook::RuleDay& one : days) {
    out.begin_object().member("day", core::format_time(one.day * core::day_ms).substr(0, 10));
    out.member("live", one.hits).member("shadow", one.shadow_hits).end_object();
  }
  out.end_array().end_object();
  return json_answer(std::move(text));
}

core::Result<Answer> list_versions(Call& call) {
  Query query(call);
  const Page page = Page::of(call, query, "policy-versions", "i");
  if (auto refusal = query.refusal()) return *std::move(refusal);
  TRY(found, rulebook::list_versions(call.connection, page.after ? page.integer(0) : 0, rows_to_ask(page)));
  return list_answer(
      "policy-versions", page, std::move(found),
      [](json::Writer& out, const Version& one) {
        out.begin_object();
        write_version(out, one);
        out.end_object();
      },
      [](const Version& last) { return std::vector<CursorValue>{last.number}; });
}

core::Result<Answer> get_version(Call& call) {
  const std::string& digits = call.variable(0);
  const bool number =
      digits.size() <= 9 && std::ranges::all_of(digits, [](char c) { return c >= '0' && c <= '9'; });
  std::optional<Version> version;
  if (number) {
    TRY(found, rulebook::find_version(call.connection, std::stoll(digits)));
    version = std::move(found);
  }
  if (!version) return refuse(Problem::not_found, "there is no such version");
  TRY(files, rulebook::files_of_version(call.connection, *version));
  std::string text;
  json::Writer out(text);
  out.begin_object();
  write_version(out, *version);
  write_files(out, files);
  out.end_object();
  return json_answer(std::move(text));
}

// The first call makes the proposal; the second, with its id, carries it out.
core::Result<Answer> roll_back(Call& call, const access::Parts& parts) {
  Body body(call);
  const std::optional<std::int64_t> to = body.integer_if("to", 1, INT32_MAX);
  const std::string reason = body.text_if("reason", 0, 1000).value_or("");
  const std::string proposal = body.text_if("proposal", 0, 64).value_or("");
  if (proposal.empty() && !to)
    body.fault("to", "expected the version to go back to, or an approved proposal");
  if (proposal.empty() && reason.empty()) body.fault("reason", "say why");
  if (auto refusal = body.refusal()) return *std::move(refusal);
  const rulebook::Author author{call.caller.account, call.now};
  if (proposal.empty()) {
    TRY(made, rulebook::propose_roll_back(call.connection, parts, author, *to, reason));
    return proposed(made);
  }
  TRY(version, rulebook::roll_back(call.connection, author, proposal));
  std::string text;
  json::Writer out(text);
  out.begin_object();
  write_version(out, version);
  out.end_object();
  return json_answer(std::move(text));
}

}  // namespace

void write_version(json::Writer& out, const Version& version) {
  out.member("number", version.number)
      .member("policy", version.policy)
      .member("scenarios", version.scenarios);
  out.member("state", version.state).member("author", version.author).member("reason", version.reason);
  text_or_null(out, "draft", version.draft);
  text_or_null(out, "proposal", version.proposal);
  out.member("made_at", core::format_time(version.made_at));
  out.member("effective_at", core::format_time(version.effective_at));
}

void write_files(json::Writer& out, const rulebook::PackSet& files) {
  out.key("files").begin_array();
  for (const auto* part : {&files.policy, &files.scenarios})
    for (const policy::SourceFile& file : *part)
      out.begin_object().member("name", file.name).member("content", file.text).end_object();
  out.end_array();
}

http::Response proposed(const access::Proposal& proposal) {
  std::string text;
  json::Writer out(text);
  out.begin_object().key("proposal").begin_object();
  out.member("id", proposal.id).member("kind", proposal.kind).member("hash", proposal.hash);
  out.member("state", proposal.state).member("expires_at", core::format_time(proposal.expires_at));
  out.end_object().end_object();
  return json_answer(std::move(text), 202);
}

void add_policy_routes(Routes& routes, const PolicyParts& given) {
  using http::Method;
  const access::Parts* parts = given.access;
  rulebook::CompiledPolicies* compiled = given.compiled;
  constexpr std::string_view read = "policy.read";
  routes.add({.name = "getPolicyRoom", .path = "/desk/policy", .right = read, .statuses = {200, 404}},
             [compiled](Call& call) { return get_policy(call, *compiled); });
  routes.add(
      {.name = "getPolicyRule", .path = "/desk/policy/rules/{id}", .right = read, .statuses = {200, 404}},
      [compiled](Call& call) { return get_rule(call, *compiled); });
  routes.add({.name = "listPolicyVersions",
              .path = "/desk/policy/versions",
              .right = read,
              .query = {"limit", "cursor"}},
             list_versions);
  routes.add({.name = "getPolicyVersion",
              .path = "/desk/policy/versions/{number}",
              .right = read,
              .statuses = {200, 404}},
             get_version);
  routes.add({.name = "rollBackPolicy",
              .method = Method::post,
              .path = "/desk/policy/roll-back",
              .right = "policy.publish",
              .store = Store::write,
              .body_bytes_max = body_bytes_default,
              .statuses = {200, 202, 404, 409, 422}},
             [parts](Call& call) { return roll_back(call, *parts); });
}

}  // namespace tillwatch::desk
