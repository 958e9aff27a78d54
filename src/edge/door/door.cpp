#include "door/door.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>
#include <utility>

#include "core/check.h"
#include "core/limits.h"
#include "door/attribute_rule.h"
#include "payment/card_digits.h"

namespace tillwatch::door {
namespace {

using core::ErrorCode;
using payment::AttributeId;
using payment::AttributeInfo;
using payment::AttributeType;
using payment::EntryBuilder;
using payment::Value;

constexpr std::size_t token_namespace_bytes_max = 32;
constexpr std::size_t token_bytes_max = 256;
constexpr std::string_view check_digit_extra = "card.check_digit_valid";

core::Status wrong(std::string_view attribute, std::string expected) {
  return core::fail(ErrorCode::invalid, std::string(attribute), "expected " + std::move(expected));
}

core::Status internal(std::string_view attribute) {
  return core::fail(ErrorCode::denied, std::string(attribute),
                    "this attribute is set by Tillwatch itself: leave it out");
}

std::string_view type_words(AttributeType type) {
  switch (type) {
    case AttributeType::boolean:
      return "true or false";
    case AttributeType::integer:
      return "a whole number within 64 bits";
    case AttributeType::text:
      return "a text";
    case AttributeType::time:
      return "a time: RFC 3339 (2026-07-03T14:05:09.123+08:00) or milliseconds since 1970";
  }
  return "";
}

std::optional<std::int64_t> integer_of(std::string_view text) {
  std::int64_t value = 0;
  if (text.starts_with('+')) text.remove_prefix(1);
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || fault != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// The digits of a whole number, "" for what is no whole number: a card number can come as a JSON number too.
std::string digits_of(const Value& value) {
  if (value.type() == Value::Type::integer)
    return std::to_string(value.integer()).substr(value.integer() < 0 ? 1 : 0);
  if (value.type() != Value::Type::decimal) return {};
  const double number = std::abs(value.decimal());
  if (!(number >= 1e12 && number < 1e19) || number != std::floor(number)) return {};
  return std::to_string(static_cast<std::uint64_t>(number));
}

// 13 digits that begin with 1 are milliseconds since 1970 (2001 to 2033); no scheme issues such numbers.
bool is_epoch_milliseconds(std::string_view digits) {
  return digits.size() == 13 && digits.front() == '1';
}

bool is_token_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' ||
         c == '_';
}

void set_identity(EntryBuilder& entry, std::string_view identity) {
  entry.set(AttributeId::card_identity, Value::of(identity));
}

std::string_view text_of(const EntryBuilder& entry, AttributeId id) {
  const Value value = entry.get(id);
  return value.absent() ? std::string_view() : value.text();
}

}  // namespace

Door::Door(std::shared_ptr<const CardKeys> keys, core::Sabotage sabotage)
    : keys_(std::move(keys)), sabotage_(sabotage) {
  CHECK(keys_ != nullptr);
}

core::Status Door::deny(std::string_view attribute, std::string detail) {
  ++counters_.refused;
  return core::fail(ErrorCode::denied, payment::masked_digit_runs(attribute), std::move(detail));
}

core::Status Door::put(EntryBuilder& entry, std::string_view attribute, std::string_view text) {
  if (text.empty()) return {};
  if (attribute == "card.number") return put_card_number(entry, text);
  if (attribute == "card.masked") return put_card_masked(entry, text);
  if (attribute == "location.latitude" || attribute == "location.longitude") {
    double degrees = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), degrees);
    if (fault != std::errc() || end != text.data() + text.size())
      return wrong(attribute, "degrees as a decimal number");
    return put_degrees(entry, attribute, degrees);
  }
  const AttributeInfo* info = payment::find_attribute(attribute);
  if (info == nullptr) return put_extra(entry, attribute, Value::of(text));
  if (info->internal) return internal(attribute);
  return put_known_text(entry, *info, text);
}

core::Status Door::put_value(EntryBuilder& entry, std::string_view attribute, const Value& value) {
  if (value.absent()) return {};
  if (attribute == "card.number" || attribute == "card.masked") {
    if (value.type() != Value::Type::text)
      return wrong(attribute, "a text of digits: a number loses leading zeros and its last digits");
    return put(entry, attribute, value.text());
  }
  if (attribute == "location.latitude" || attribute == "location.longitude") {
    if (value.type() == Value::Type::integer)
      return put_degrees(entry, attribute, static_cast<double>(value.integer()));
    if (value.type() == Value::Type::decimal) return put_degrees(entry, attribute, value.decimal());
    return wrong(attribute, "degrees as a decimal number");
  }
  const AttributeInfo* info = payment::find_attribute(attribute);
  if (info == nullptr) return put_extra(entry, attribute, value);
  if (info->internal) return internal(attribute);
  return put_known(entry, *info, value);
}

core::Status Door::put_known_text(EntryBuilder& entry, const AttributeInfo& info, std::string_view text) {
  switch (info.type) {
    case AttributeType::text:
      return put_known(entry, info, Value::of(text));
    case AttributeType::boolean:
      if (text == "true" || text == "1") return put_known(entry, info, Value::of(true));
      if (text == "false" || text == "0") return put_known(entry, info, Value::of(false));
      return wrong(info.name, "true, false, 1 or 0");
    case AttributeType::time:
      if (const std::optional<core::TimeMs> time = core::parse_time(text))
        return put_known(entry, info, Value::of(*time));
      break;
    case AttributeType::integer:
      break;
  }
  const std::optional<std::int64_t> number = integer_of(text);
  if (!number) return wrong(info.name, std::string(type_words(info.type)));
  return put_known(entry, info, Value::of(*number));
}

core::Status Door::put_known(EntryBuilder& entry, const AttributeInfo& info, const Value& value) {
  if (value.type() == Value::Type::text) {
    if (value.text().empty()) return {};
    if (info.type == AttributeType::time) return put_known_text(entry, info, value.text());
    if (info.type != AttributeType::text) return wrong(info.name, std::string(type_words(info.type)));
    if (info.id == AttributeId::id && payment::is_bare_card_length(value.text()))
      return deny(info.name,
                  "an id of 13 to 19 bare digits cannot be told from a card number: put a letter in front");
    if (payment::holds_card_number(value.text())) {
      // A cryptogram of digits only is no card number; it is rare, and no rule needs it.
      if (info.id == AttributeId::tx_arqc && value.text().size() == 16) {
        ++counters_.dropped;
        return {};
      }
      return deny(
          info.name,
          "this value is or holds a card number: send the number as card.number only, or replace the id "
          "by a token");
    }
    if (const auto expected = fault_of(info.id, value.text())) return wrong(info.name, *expected);
    entry.set(info.id,
              Value::of(info.id == AttributeId::card_bin ? value.text().substr(0, 6) : value.text()));
    return {};
  }
  const bool fits = info.type == AttributeType::boolean
                        ? value.type() == Value::Type::boolean
                        : info.type != AttributeType::text && value.type() == Value::Type::integer;
  if (!fits) return wrong(info.name, std::string(type_words(info.type)));
  if (value.type() == Value::Type::integer) {
    if (payment::looks_like_card_number(digits_of(value)))
      return deny(info.name, "this number looks like a card number: send it as card.number only");
    if (const auto expected = fault_of(info.id, value.integer())) return wrong(info.name, *expected);
  }
  entry.set(info.id, value);
  return {};
}

core::Status Door::put_extra(EntryBuilder& entry, std::string_view name, const Value& value) {
  switch (classify_name(name)) {
    case NameClass::banned:
      return deny(name,
                  "sensitive authentication data is never taken in: leave this member out and send again");
    case NameClass::personal:
      ++counters_.dropped;
      return {};
    case NameClass::plain:
      break;
  }
  if (payment::masked_digit_runs(name) != name)
    return deny(name, "a member's name holds a card number: names are words");
  if (sabotage_.leak_card_number) return entry.set_extra(name, value);
  if (value.type() == Value::Type::text) {
    if (value.text().size() > core::limits::entry_text_bytes_max)
      return wrong(name, "a text of at most 1024 bytes");
    std::string text(value.text());
    counters_.masked += payment::mask_digit_runs(text);
    return entry.set_extra(name, Value::of(std::string_view(text)));
  }
  std::string digits = digits_of(value);
  if (!is_epoch_milliseconds(digits) && payment::mask_digit_runs(digits) > 0) {
    ++counters_.masked;
    return entry.set_extra(name, Value::of(std::string_view(digits)));
  }
  return entry.set_extra(name, value);
}

core::Status Door::put_degrees(EntryBuilder& entry, std::string_view attribute, double degrees) {
  const bool latitude = attribute == "location.latitude";
  const double limit = latitude ? 90 : 180;
  if (!(degrees >= -limit && degrees <= limit))
    return wrong(attribute, latitude ? "degrees from -90 to 90" : "degrees from -180 to 180");
  const double scaled = degrees * 1e6;
  const auto micro = static_cast<std::int64_t>(scaled < 0 ? scaled - 0.5 : scaled + 0.5);
  entry.set(latitude ? AttributeId::location_latitude_e6 : AttributeId::location_longitude_e6,
            Value::of(micro));
  return {};
}

core::Status Door::put_card_number(EntryBuilder& entry, std::string_view digits) {
  if (digits.empty()) return {};
  if (text_of(entry, AttributeId::card_reference).starts_with("token/"))
    return wrong("card.number", "either card.number or card.token: two references may not agree");
  auto pan = payment::Pan::parse(digits);
  if (!pan) return wrong("card.number", "13 to 19 digits, in groups with single spaces or dashes at most");
  entry.set(AttributeId::card_reference, Value::of(std::string_view(keys_->reference(*pan))));
  if (const auto previous = keys_->previous_reference(*pan); previous && !sabotage_.forget_old_key)
    entry.set(AttributeId::card_previous_reference, Value::of(std::string_view(*previous)));
  entry.set(AttributeId::card_bin, Value::of(std::string_view(pan->bin())));
  entry.set(AttributeId::card_masked, Value::of(std::string_view(pan->masked())));
#if defined(TILLWATCH_SABOTAGE)
  if (sabotage_.leak_card_number)
    entry.set(AttributeId::card_masked, Value::of(std::string_view(pan->leaked())));
#endif
  if (!pan->check_digit_valid()) TRY_STATUS(entry.set_extra(check_digit_extra, Value::of(false)));
  set_identity(entry, "token");
  return {};
}

core::Status Door::put_card_token(EntryBuilder& entry, std::string_view name_space, std::string_view token) {
  if (token.empty()) return {};
  if (text_of(entry, AttributeId::card_reference).starts_with("pan/"))
    return wrong("card.token", "either card.number or card.token: two references may not agree");
  if (name_space.empty() || name_space.size() > token_namespace_bytes_max ||
      !std::ranges::all_of(name_space, is_token_letter))
    return wrong("card.token_namespace", "who made the token: 1 to 32 letters, digits, '.', '-' or '_'");
  if (payment::holds_card_number(name_space))
    return deny("card.token_namespace", "this is or holds a card number: name who made the token");
  if (payment::is_bare_card_length(token) || payment::holds_card_number(token))
    return deny(
        "card.token",
        "a token of 13 to 19 bare digits cannot be told from a card number: send it as card.number, which "
        "is hashed, or put a letter in front");
  if (token.size() > token_bytes_max) return wrong("card.token", "a token of at most 256 bytes");
  const std::string reference = "token/" + std::string(name_space) + ":" + std::string(token);
  entry.set(AttributeId::card_reference, Value::of(std::string_view(reference)));
  set_identity(entry, "token");
  return {};
}

core::Status Door::put_card_masked(EntryBuilder& entry, std::string_view masked) {
  if (masked.empty()) return {};
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  const auto is_star = [](char c) { return c == '*' || c == 'x' || c == 'X' || c == '#'; };
  const bool shaped = masked.size() >= 13 && masked.size() <= 19 &&
                      std::ranges::all_of(masked.substr(0, 6), is_digit) &&
                      std::ranges::all_of(masked.substr(6, masked.size() - 10), is_star) &&
                      std::ranges::all_of(masked.substr(masked.size() - 4), is_digit);
  if (!shaped)
    return payment::holds_card_number(masked)
               ? deny("card.masked", "this is a whole card number: send it as card.number")
               : wrong("card.masked", "the first six and last four digits with 3 to 9 stars between");
  std::string text(masked);
  std::fill(text.begin() + 6, text.end() - 4, '*');
  const std::string_view known = text_of(entry, AttributeId::card_masked);
  if (!known.empty() && known != text && text_of(entry, AttributeId::card_reference).starts_with("pan/"))
    return wrong("card.masked", "the masked form of card.number, or nothing");
  entry.set(AttributeId::card_masked, Value::of(std::string_view(text)));
  if (entry.get(AttributeId::card_bin).absent())
    entry.set(AttributeId::card_bin, Value::of(std::string_view(text).substr(0, 6)));
  return {};
}

core::Status Door::finish(EntryBuilder& entry) {
  const bool has_reference = !entry.get(AttributeId::card_reference).absent();
  const std::string masked(text_of(entry, AttributeId::card_masked));
  const std::string issuer(text_of(entry, AttributeId::card_issuer));
  if (!has_reference && !masked.empty()) {
    std::string reference = "masked:" + masked.substr(0, 6) + "*" + masked.substr(masked.size() - 4);
    if (!issuer.empty()) reference += "@" + issuer;
    entry.set(AttributeId::card_reference, Value::of(std::string_view(reference)));
    set_identity(entry, "masked");
  } else if (!has_reference) {
    const bool some = !issuer.empty() || !entry.get(AttributeId::card_bin).absent();
    if (some || entry.header.kind == payment::EntryKind::transaction)
      set_identity(entry, some ? "issuer_only" : "none");
  }
  const bool priced = !entry.get(AttributeId::amount).absent() || !entry.get(AttributeId::tx_fee).absent();
  if (priced && entry.get(AttributeId::currency).absent())
    return core::fail(ErrorCode::invalid, "currency",
                      "expected an ISO 4217 code beside an amount: sums are per currency");
  return {};
}

}  // namespace tillwatch::door
