#include "registry/entity.h"

#include <algorithm>

#include "core/check.h"
#include "json/utf8.h"
#include "payment/card_digits.h"
#include "registry/personal.h"

namespace tillwatch::registry {
namespace {

using core::ErrorCode;

std::unexpected<core::Error> wrong(const Field& field, std::string detail) {
  return core::fail(ErrorCode::invalid, "/" + std::string(field.name), std::move(detail));
}

bool is_word_of(std::string_view words, std::string_view word) {
  for (std::size_t from = 0; from < words.size();) {
    const std::size_t to = std::min(words.find(' ', from), words.size());
    if (words.substr(from, to - from) == word) return true;
    from = to + 1;
  }
  return false;
}

std::string trimmed(std::string_view text) {
  const auto space = [](char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; };
  while (!text.empty() && space(text.front())) text.remove_prefix(1);
  while (!text.empty() && space(text.back())) text.remove_suffix(1);
  return std::string(text);
}

core::Result<FieldValue> checked_text(const Field& field, std::string text) {
  if (text.size() > static_cast<std::size_t>(field.most))
    return wrong(field, "this is longer than " + std::to_string(field.most) + " bytes: shorten it");
  if (std::ranges::any_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x20 && c != '\n'; }))
    return wrong(field, "this holds control characters: type it again");
  if (payment::masked_digit_runs(text) != text)
    return wrong(field, "this holds a card or identity number: such numbers have their own fields");
  return FieldValue(std::move(text));
}

core::Result<FieldValue> checked_integer(const Field& field, std::int64_t value) {
  std::int64_t least = field.least;
  std::int64_t most = field.most;
  if (field.type == FieldType::boolean) most = 1;
  if (field.type == FieldType::time) {
    least = core::time_min;
    most = core::time_max;
  }
  if (value < least || value > most)
    return wrong(field,
                 "expected a whole number from " + std::to_string(least) + " to " + std::to_string(most));
  return FieldValue(value);
}

}  // namespace

std::optional<std::size_t> Shape::find(std::string_view field) const {
  const auto at = std::ranges::find(fields, field, &Field::name);
  if (at == fields.end()) return std::nullopt;
  return static_cast<std::size_t>(at - fields.begin());
}

std::size_t Shape::at(std::string_view field) const {
  const std::optional<std::size_t> index = find(field);
  CHECK(index.has_value());
  return *index;
}

std::string_view text_of(const FieldValue& value) {
  const auto* text = std::get_if<std::string>(&value);
  return text == nullptr ? std::string_view() : std::string_view(*text);
}

std::int64_t integer_of(const FieldValue& value) {
  const auto* number = std::get_if<std::int64_t>(&value);
  return number == nullptr ? 0 : *number;
}

core::Status check_code(std::string_view where, std::string_view code, std::size_t bytes_max) {
  const std::string place = "/" + std::string(where);
  if (code.empty() || code.size() > bytes_max)
    return core::fail(ErrorCode::invalid, place,
                      "expected 1 to " + std::to_string(bytes_max) + " characters");
  if (!std::ranges::all_of(code, [](char c) { return c > ' ' && c <= '~' && c != '/'; }))
    return core::fail(ErrorCode::invalid, place,
                      "expected letters, digits and signs without spaces or slashes");
  if (payment::holds_card_number(code) || payment::is_resident_identity_number(code))
    return core::fail(ErrorCode::invalid, place,
                      "this looks like a card or identity number: such numbers are never used as ids");
  return {};
}

core::Result<FieldValue> checked(const Field& field, FieldValue value) {
  if (auto* text = std::get_if<std::string>(&value)) {
    *text = trimmed(*text);
    if (text->empty()) value = std::monostate();
  }
  if (empty(value)) {
    if (field.required) return wrong(field, "this may not be empty");
    return value;
  }
  const bool wants_text = field.type == FieldType::text || field.type == FieldType::code ||
                          field.type == FieldType::choice || field.type == FieldType::reference ||
                          field.type == FieldType::personal;
  if (wants_text != std::holds_alternative<std::string>(value))
    return wrong(field, wants_text ? "expected a text" : "expected a whole number");
  if (!wants_text) return checked_integer(field, integer_of(value));
  std::string text = std::get<std::string>(std::move(value));
  switch (field.type) {
    case FieldType::code:
      TRY_STATUS(check_code(field.name, text, static_cast<std::size_t>(field.most)));
      return FieldValue(std::move(text));
    case FieldType::reference:
      TRY_STATUS(check_code(field.name, text, 64));
      return FieldValue(std::move(text));
    case FieldType::choice:
      if (!is_word_of(field.words, text)) return wrong(field, "expected one of: " + std::string(field.words));
      return FieldValue(std::move(text));
    case FieldType::personal: {
      core::Result<std::string> normal = normalised(field.personal, text);
      if (!normal) return wrong(field, normal.error().detail);
      return FieldValue(std::move(*normal));
    }
    default:
      return checked_text(field, std::move(text));
  }
}

}  // namespace tillwatch::registry
