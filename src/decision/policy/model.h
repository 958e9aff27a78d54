// The policy as its authors wrote it: definitions with the place each came from, before names are resolved
// and expressions compiled. Filled by reader.cpp, consumed by compiler.cpp; never holds a program or a slot.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/time.h"
#include "yaml/yaml.h"

namespace tillwatch::policy {

using yaml::Place;

// One fault of a pack: where, what is wrong, what was expected or is nearest.
struct Fault {
  Place place;
  std::string message;
  std::string hint;      // remedy; may be empty
  bool warning = false;  // worth a look; the policy can be used
  std::string to_string() const;
};
using Faults = std::vector<Fault>;

// A CEL expression and the place of its first character.
struct Expression {
  std::string source;
  Place place;
  std::vector<yaml::Continuation> continued;  // where the file goes on elsewhere: folded lines, escapes
  bool empty() const { return source.empty(); }
  // The file's place of the code point at a line and column of the source, both from 1.
  Place place_of(std::uint32_t line, std::uint32_t column) const;
};

struct Wording {
  std::string en;
  std::string zh;
};

enum class ScalarType : std::uint8_t { boolean, integer, decimal, text };

struct AttributeDefinition {
  std::string name;
  ScalarType type = ScalarType::text;
  std::string unit;  // as unit_words() has it; may be empty
  Place place;
};

struct RegisteredDefinition {
  std::string entity;
  std::string name;
  ScalarType type = ScalarType::text;
  std::string unit;
  Place place;
};

using ParameterValue = std::variant<bool, std::int64_t, double, std::string>;

struct ParameterDefinition {
  std::string name;
  ParameterValue value;
  std::string unit;
  std::string source;
  std::optional<core::TimeMs> effective_from;
  std::optional<core::TimeMs> effective_to;
  Place place;
};

enum class Aggregate : std::uint8_t {
  count,
  sum,
  mean,
  stddev,
  min,
  max,
  distinct,
  first_seen_share,
  share,
  top_share,
  first,
  last,
  previous,
  since_last
};

struct FeatureDefinition {
  enum class Calendar : std::uint8_t { none, day, month };
  std::string name;
  std::uint32_t kinds = 0;  // bit per payment::EntryKind
  std::vector<std::string> key;
  Expression where;
  Aggregate aggregate = Aggregate::count;
  Expression value;
  core::DurationMs window = 0;
  Calendar calendar = Calendar::none;
  std::optional<double> empty;
  std::uint32_t n = 1;
  bool bucketed = false;
  std::uint32_t budget = 0;
  std::string unit;
  Place place;
};

enum class ListEffect : std::uint8_t { none, block, overridable_block, allow_override, snooze };

struct ListDefinition {
  std::string name;
  std::string of;
  ListEffect effect = ListEffect::none;
  Place place;
};

struct DerivedDefinition {
  std::string name;
  Expression value;
  std::string unit;
  Place place;
};

struct ActionDefinition {
  std::uint8_t authorisation = 0;  // as engine::Authorisation
  std::uint8_t settlement = 0;
  std::uint8_t subject = 0;
  std::string of;  // attribute that a restrict or suspend binds
  core::DurationMs lasts = 24 * core::hour_ms;
};

enum class RuleMode : std::uint8_t { live, shadow, off };

struct RuleDefinition {
  std::string id;
  std::string typology;
  Wording title;
  std::uint32_t kinds = 0;
  Expression when;
  ActionDefinition action;                                // of the pack's authority
  std::optional<ActionDefinition> as_acquirer, as_agent;  // where the two differ
  std::optional<core::TimeMs> effective_from;
  std::optional<core::TimeMs> effective_to;  // the first instant at which it no longer counts
  std::uint8_t severity = 1;
  std::uint32_t confidence_ppm = 1'000'000;
  std::uint32_t weight_ppm = 1'000'000;
  std::string reason;
  RuleMode mode = RuleMode::live;
  bool match_on_error = false;
  bool match_on_unknown = false;
  std::uint32_t ceiling_ppm = 1'000'000;
  Wording text;
  Place text_place;
  std::vector<std::string> evidence;
  Place place;
};

// What a site changes of a rule of the pack below.
struct RuleOverride {
  std::string rule;
  std::optional<RuleMode> mode;
  std::optional<std::uint32_t> ceiling_ppm;
  std::optional<core::TimeMs> effective_from, effective_to;
  Place place;
};

struct ScoreDefinition {
  std::uint32_t challenge_at_ppm = 0;  // 0: never
  std::uint32_t decline_at_ppm = 0;
};

// What a merchant may be told of a reason category.
struct MessageDefinition {
  std::string reason;
  Wording text;
  Place place;
};

// What the caller's host makes of an outcome.
struct OutcomeDefinition {
  std::uint8_t authorisation = 0;  // as engine::Authorisation
  std::string code;                // response code of the host, 1 to 8 letters and digits; may be empty
  Wording title;                   // may be empty
  Place place;
};

struct Model {
  std::string name;
  std::int64_t version = 0;
  bool acquirer = false;
  std::string base_currency = "CNY";
  std::int64_t utc_offset_minutes = 0;
  Wording description;
  std::vector<AttributeDefinition> attributes;
  std::vector<RegisteredDefinition> registered;
  std::vector<ParameterDefinition> parameters;
  std::vector<FeatureDefinition> features;
  std::vector<ListDefinition> lists;
  std::vector<DerivedDefinition> derived;
  std::vector<RuleDefinition> rules;
  ScoreDefinition score;
  std::vector<OutcomeDefinition> outcomes;  // at most one for each word
  std::vector<MessageDefinition> messages;  // at most one for each reason
  std::vector<RuleOverride> overrides;      // of this pack alone, until it is put upon the one below
  std::vector<std::string> builds_on;       // names of the packs below, the lowest first

  // Null where nothing is said. Valid while the model lives.
  const OutcomeDefinition* outcome_of(std::uint8_t authorisation) const;
  const MessageDefinition* message_of(std::string_view reason) const;
};

}  // namespace tillwatch::policy
