// format: decision
#include "engine/decision.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/check.h"
#include "core/limits.h"

namespace tillwatch::engine {

std::string_view name_of(Authorisation value) {
  switch (value) {
    case Authorisation::allow:
      return "allow";
    case Authorisation::challenge:
      return "challenge";
    case Authorisation::decline:
      return "decline";
  }
  return "unknown";
}

std::string_view name_of(Settlement value) {
  return value == Settlement::hold ? "hold" : "release";
}

std::string_view name_of(Subject value) {
  switch (value) {
    case Subject::none:
      return "none";
    case Subject::watch:
      return "watch";
    case Subject::restrict:
      return "restrict";
    case Subject::suspend:
      return "suspend";
  }
  return "unknown";
}

std::string_view name_of(Authority value) {
  return value == Authority::acquirer ? "acquirer" : "agent";
}

std::string_view name_of(Coverage value) {
  switch (value) {
    case Coverage::exact:
      return "exact";
    case Coverage::approximate:
      return "approximate";
    case Coverage::absent:
      return "absent";
    case Coverage::unknown_limit:
      return "unknown_limit";
    case Coverage::unknown_backfill:
      return "unknown_backfill";
  }
  return "unknown";
}

std::string_view name_of(StandingHit::Effect value) {
  switch (value) {
    case StandingHit::Effect::block:
      return "block";
    case StandingHit::Effect::overridable_block:
      return "overridable_block";
    case StandingHit::Effect::allow_override:
      return "override";
    case StandingHit::Effect::snooze:
      return "snooze";
    case StandingHit::Effect::restriction:
      return "restriction";
    case StandingHit::Effect::hold:
      return "hold";
  }
  return "unknown";
}

void Outcome::raise(const Outcome& other) {
  authorisation = std::max(authorisation, other.authorisation);
  settlement = std::max(settlement, other.settlement);
  subject = std::max(subject, other.subject);
}

bool Decision::fired() const {
  return !standing.empty() || std::ranges::any_of(hits, [](const RuleHit& hit) { return !hit.shadow; });
}

namespace {

void write(core::ByteWriter& out, const Outcome& outcome) {
  out.u8(static_cast<std::uint8_t>(outcome.authorisation));
  out.u8(static_cast<std::uint8_t>(outcome.settlement));
  out.u8(static_cast<std::uint8_t>(outcome.subject));
}

Outcome read_outcome(core::ByteReader& in) {
  const std::uint8_t authorisation = in.u8(), settlement = in.u8(), subject = in.u8();
  if (authorisation > 2 || settlement > 1 || subject > 3) in.fail();
  return {static_cast<Authorisation>(authorisation), static_cast<Settlement>(settlement),
          static_cast<Subject>(subject)};
}

void write(core::ByteWriter& out, const Reading& reading) {
  out.text(reading.name);
  out.u8(static_cast<std::uint8_t>(reading.coverage));
  out.u8(static_cast<std::uint8_t>(reading.type));
  switch (reading.type) {
    case Reading::Type::none:
      break;
    case Reading::Type::boolean:
    case Reading::Type::integer:
      out.signed_varint(reading.integer);
      break;
    case Reading::Type::decimal:
      out.f64(reading.decimal);
      break;
    case Reading::Type::text:
    case Reading::Type::list:
      out.text(reading.text);
      break;
  }
  out.signed_varint(reading.window_from);
  out.signed_varint(reading.window_to);
  out.varint(reading.entries);
  if (reading.coverage == Coverage::approximate) out.f64(reading.bound);
}

Reading read_reading(core::ByteReader& in) {
  Reading reading;
  reading.name = in.text();
  const std::uint8_t coverage = in.u8(), type = in.u8();
  if (coverage > 4 || type > 5) in.fail();
  reading.coverage = static_cast<Coverage>(coverage);
  reading.type = static_cast<Reading::Type>(type);
  switch (reading.type) {
    case Reading::Type::none:
      break;
    case Reading::Type::boolean:
    case Reading::Type::integer:
      reading.integer = in.signed_varint();
      break;
    case Reading::Type::decimal:
      reading.decimal = in.f64();
      break;
    case Reading::Type::text:
    case Reading::Type::list:
      reading.text = in.text();
      break;
  }
  reading.window_from = in.signed_varint();
  reading.window_to = in.signed_varint();
  const std::uint64_t entries = in.varint();
  if (entries > UINT32_MAX) in.fail();
  reading.entries = static_cast<std::uint32_t>(entries);
  if (reading.coverage == Coverage::approximate) reading.bound = in.f64();
  return reading;
}

void write(core::ByteWriter& out, const RuleHit& hit) {
  out.text(hit.rule);
  out.text(hit.typology);
  out.text(hit.reason);
  out.u8(hit.severity);
  out.u8(static_cast<std::uint8_t>((hit.shadow ? 4 : 0) | static_cast<int>(hit.cause)));
  write(out, hit.asks);
  out.varint(hit.confidence_ppm);
  out.varint(hit.reads.size());
  for (const std::uint16_t index : hit.reads) out.varint(index);
}

RuleHit read_hit(core::ByteReader& in) {
  RuleHit hit;
  hit.rule = in.text();
  hit.typology = in.text();
  hit.reason = in.text();
  hit.severity = in.u8();
  const std::uint8_t bits = in.u8();
  if ((bits & 3) > 2 || bits > 7) in.fail();
  hit.shadow = (bits & 4) != 0;
  hit.cause = static_cast<RuleHit::Cause>(bits & 3);
  hit.asks = read_outcome(in);
  hit.confidence_ppm = static_cast<std::uint32_t>(in.varint());
  for (std::uint64_t left = in.varint(); in.ok() && left > 0; --left)
    hit.reads.push_back(static_cast<std::uint16_t>(in.varint()));
  return hit;
}

void write(core::ByteWriter& out, const StandingHit& hit) {
  out.u8(static_cast<std::uint8_t>(hit.effect));
  for (const std::string* text : {&hit.name, &hit.subject, &hit.owner, &hit.reason}) out.text(*text);
  out.signed_varint(hit.expires_at);
}

StandingHit read_standing(core::ByteReader& in) {
  StandingHit hit;
  const std::uint8_t effect = in.u8();
  if (effect > 5) in.fail();
  hit.effect = static_cast<StandingHit::Effect>(effect);
  for (std::string* text : {&hit.name, &hit.subject, &hit.owner, &hit.reason}) *text = in.text();
  hit.expires_at = in.signed_varint();
  return hit;
}

}  // namespace

void encode(const Decision& decision, core::Bytes& out) {
  out.clear();
  core::ByteWriter writer(out);
  writer.u8(decision_format_version);
  writer.u8(static_cast<std::uint8_t>(decision.kind));
  writer.u8(static_cast<std::uint8_t>(decision.authority));
  writer.u64(decision.sequence.value);
  writer.i64(decision.event_time);
  writer.i64(decision.admitted_at);
  write(writer, decision.proposed);
  write(writer, decision.effective);
  writer.varint(decision.score_ppm);
  writer.signed_varint(decision.card_id);
  for (const unsigned char byte : decision.policy) writer.u8(byte);
  writer.varint(decision.readings.size());
  for (const Reading& reading : decision.readings) write(writer, reading);
  writer.varint(decision.hits.size());
  for (const RuleHit& hit : decision.hits) write(writer, hit);
  writer.varint(decision.standing.size());
  for (const StandingHit& hit : decision.standing) write(writer, hit);
  writer.varint(decision.not_seen.size());
  for (const std::string& name : decision.not_seen) writer.text(name);
  writer.varint(decision.dropped);
  writer.varint(decision.rule_errors);
  CHECK(out.size() <= core::limits::decision_bytes_max);
}

core::Status decode(std::string_view bytes, Decision& out) {
  out = {};
  core::ByteReader in(bytes);
  const std::uint8_t version = in.u8();
  if (in.ok() && version != decision_format_version)
    return core::fail(core::ErrorCode::unsupported, "decision",
                      fmt::format("decision format version {} is not known to this program", version));
  const std::uint8_t kind = in.u8(), authority = in.u8();
  if (kind == 0 || kind > static_cast<std::uint8_t>(payment::EntryKind::decision) || authority > 1) in.fail();
  out.kind = static_cast<payment::EntryKind>(kind);
  out.authority = static_cast<Authority>(authority);
  out.sequence = core::Sequence(in.u64());
  out.event_time = in.i64();
  out.admitted_at = in.i64();
  out.proposed = read_outcome(in);
  out.effective = read_outcome(in);
  out.score_ppm = static_cast<std::uint32_t>(in.varint());
  out.card_id = in.signed_varint();
  for (unsigned char& byte : out.policy) byte = in.u8();
  for (std::uint64_t left = in.varint(); in.ok() && left > 0; --left)
    out.readings.push_back(read_reading(in));
  for (std::uint64_t left = in.varint(); in.ok() && left > 0; --left) out.hits.push_back(read_hit(in));
  for (std::uint64_t left = in.varint(); in.ok() && left > 0; --left)
    out.standing.push_back(read_standing(in));
  for (std::uint64_t left = in.varint(); in.ok() && left > 0; --left) out.not_seen.emplace_back(in.text());
  out.dropped = in.varint();
  out.rule_errors = static_cast<std::uint16_t>(in.varint());
  for (const RuleHit& hit : out.hits)
    for (const std::uint16_t index : hit.reads)
      if (index >= out.readings.size()) in.fail();
  if (!in.ok() || !in.at_end())
    return core::fail(core::ErrorCode::corrupt, "decision",
                      fmt::format("the bytes are not a decision (near byte {})", in.position()));
  return {};
}

std::string decision_id(core::Sequence sequence) {
  return fmt::format("dec_{:016x}", sequence.value);
}

core::Sequence parse_decision_id(std::string_view id) {
  constexpr std::string_view prefix = "dec_";
  if (id.size() != prefix.size() + 16 || !id.starts_with(prefix)) return {};
  std::uint64_t value = 0;
  for (const char c : id.substr(prefix.size())) {
    const int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
    if (digit < 0) return {};
    value = (value << 4) | static_cast<std::uint64_t>(digit);
  }
  return core::Sequence(value);
}

}  // namespace tillwatch::engine
