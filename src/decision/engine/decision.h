// The decision: what was proposed and done about one entry, and everything that explains it, in one binary
// form (docs/formats/decision.md). Made by the engine's step, stored by the journal beside its entry,
// rendered by edge/api and the command line. Self-contained but for the wording, which comes from the policy
// bundle that it names.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/bytes.h"
#include "core/error.h"
#include "core/strong.h"
#include "core/time.h"
#include "payment/entry.h"

namespace tillwatch::engine {

inline constexpr std::uint8_t decision_format_version = 1;

// Three lattices; each takes the maximum of what the matched rules ask for.
enum class Authorisation : std::uint8_t { allow = 0, challenge = 1, decline = 2 };
enum class Settlement : std::uint8_t { release = 0, hold = 1 };
enum class Subject : std::uint8_t { none = 0, watch = 1, restrict = 2, suspend = 3 };
std::string_view name_of(Authorisation value);
std::string_view name_of(Settlement value);
std::string_view name_of(Subject value);

struct Outcome {
  Authorisation authorisation = Authorisation::allow;
  Settlement settlement = Settlement::release;
  Subject subject = Subject::none;
  // Takes the larger of each lattice.
  void raise(const Outcome& other);
  bool quiet() const { return *this == Outcome{}; }
  friend bool operator==(const Outcome&, const Outcome&) = default;
};

// Who was entitled to decide: in agent mode the outcome is a request to the acquirer and the effective
// outcome stays quiet.
enum class Authority : std::uint8_t { agent = 0, acquirer = 1 };
std::string_view name_of(Authority value);

enum class Coverage : std::uint8_t {
  exact = 0,
  approximate = 1,       // bucketed beyond its budget; `bound` says by how much
  absent = 2,            // nothing in the window, or the entry lacks the key
  unknown_limit = 3,     // the budget or the cap was passed
  unknown_backfill = 4,  // the feature is being computed from retained entries
};
std::string_view name_of(Coverage value);

// A value that a rule read: a feature with its window, or an attribute (window_from == window_to == 0).
struct Reading {
  enum class Type : std::uint8_t { none = 0, boolean = 1, integer = 2, decimal = 3, text = 4, list = 5 };
  std::string name;
  Coverage coverage = Coverage::exact;
  Type type = Type::none;
  std::int64_t integer = 0;
  double decimal = 0;
  std::string text;              // text, or a list written as JSON
  core::TimeMs window_from = 0;  // exclusive
  core::TimeMs window_to = 0;    // inclusive
  std::uint32_t entries = 0;     // entries seen in the window
  double bound = 0;              // largest possible error of an approximate value
  friend bool operator==(const Reading&, const Reading&) = default;
};

struct RuleHit {
  enum class Cause : std::uint8_t {
    matched = 0,
    unknown = 1,
    error = 2
  };  // unknown, error: its on_unknown / on_error says match
  std::string rule;
  std::string typology;
  std::string reason;         // reason category: what may be told to a merchant
  std::uint8_t severity = 1;  // 1..4
  bool shadow = false;        // matched, but without effect
  Cause cause = Cause::matched;
  Outcome asks;
  std::uint32_t confidence_ppm = 0;  // parts per million
  std::vector<std::uint16_t> reads;  // indexes into Decision::readings
  friend bool operator==(const RuleHit&, const RuleHit&) = default;
};

// A list, restriction or other standing fact that weighed in.
struct StandingHit {
  enum class Effect : std::uint8_t {
    block = 0,
    overridable_block = 1,
    allow_override = 2,
    snooze = 3,
    restriction = 4,
    hold = 5
  };
  Effect effect = Effect::block;
  std::string name;     // of the list, or the rule that restricted the subject
  std::string subject;  // "merchant.id", "card.id", ...: the attribute, never its value
  std::string owner;
  std::string reason;
  core::TimeMs expires_at = 0;  // 0: does not expire
  friend bool operator==(const StandingHit&, const StandingHit&) = default;
};
std::string_view name_of(StandingHit::Effect value);

struct Decision {
  core::Sequence sequence;
  payment::EntryKind kind = payment::EntryKind::transaction;
  core::TimeMs event_time = 0;
  core::TimeMs admitted_at = 0;
  Authority authority = Authority::agent;
  Outcome proposed;
  Outcome effective;
  std::uint32_t score_ppm = 0;
  std::int64_t card_id = 0;                // 0: the entry names no card
  std::array<unsigned char, 32> policy{};  // SHA-256 of the bundle
  std::vector<Reading> readings;
  std::vector<RuleHit> hits;  // in rule order; shadow hits too
  std::vector<StandingHit> standing;
  std::vector<std::string>
      not_seen;                   // names of absent attributes and unknown features that live rules asked for
  std::uint64_t dropped = 0;      // window entries and keys given up by the cap because of this entry
  std::uint16_t rule_errors = 0;  // rules whose condition failed (their on_error applied)
  friend bool operator==(const Decision&, const Decision&) = default;

  bool fired() const;  // a live rule or a standing fact
};

// Replaces `out`. CHECKs that it fits decision_bytes_max (the policy's own bounds see to it).
void encode(const Decision& decision, core::Bytes& out);
// Errors: corrupt, unsupported.
core::Status decode(std::string_view bytes, Decision& out);

// "dec_" and 16 hexadecimal digits of the sequence; parse gives nullopt-like sequence 0 where it is not one.
std::string decision_id(core::Sequence sequence);
core::Sequence parse_decision_id(std::string_view id);

}  // namespace tillwatch::engine
