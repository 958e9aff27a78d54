#include "registry/personal.h"

#include <algorithm>

#include "core/check.h"
#include "json/utf8.h"
#include "payment/card_digits.h"

namespace tillwatch::registry {
namespace {

using core::ErrorCode;

constexpr std::size_t last_digits = 4;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool all_digits(std::string_view text) {
  return std::ranges::all_of(text, is_digit);
}

std::unexpected<core::Error> expected(std::string detail) {
  return core::fail(ErrorCode::invalid, "", std::move(detail));
}

// Without what people write between digits; letters in capitals.
std::string packed(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == ' ' || c == '-') continue;
    out += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  }
  return out;
}

bool is_letter_or_digit(char c) {
  return is_digit(c) || (c >= 'A' && c <= 'Z');
}

core::Result<std::string> normal_name(std::string_view text) {
  if (text.size() > 200) return expected("expected a name of at most 200 bytes");
  const bool printable =
      std::ranges::none_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
  const bool mask = text.find('*') != std::string_view::npos;  // what a screen showed, sent back
  if (text.empty() || mask || !printable || !json::is_utf8(text) || payment::masked_digit_runs(text) != text)
    return expected("expected a name");
  return std::string(text);
}

core::Result<std::string> normal_phone(std::string_view text) {
  std::string digits = packed(text);
  if (digits.starts_with("+86")) digits.erase(0, 3);
  const std::string_view bare = std::string_view(digits).substr(digits.starts_with('+') ? 1 : 0);
  if (bare.size() < 5 || bare.size() > 15 || !all_digits(bare))
    return expected("expected a phone number of 5 to 15 digits");
  return digits;
}

core::Result<std::string> normal_identity(std::string_view text) {
  std::string number = packed(text);
  if (number.size() < 5 || number.size() > 32 || !std::ranges::all_of(number, is_letter_or_digit))
    return expected("expected an identity number of 5 to 32 letters and digits");
  if (number.size() == 18 && all_digits(std::string_view(number).substr(0, 17)) &&
      !payment::is_resident_identity_number(number))
    return expected("this is no resident identity number: a digit of it is wrong");
  return number;
}

core::Result<std::string> normal_account(std::string_view text) {
  std::string number = packed(text);
  if (number.size() < 8 || number.size() > 34 || !std::ranges::all_of(number, is_letter_or_digit))
    return expected("expected an account number of 8 to 34 digits or letters");
  return number;
}

std::string_view domain_of(Personal kind) {
  switch (kind) {
    case Personal::name:
      return "name";
    case Personal::phone:
      return "phone";
    case Personal::identity_number:
      return "identity";
    case Personal::account_number:
      return "account";
    case Personal::none:
      break;
  }
  CHECK(false);
  return "";
}

std::string last_domain(Personal kind) {
  return std::string(domain_of(kind)) + ".last4";
}

std::string stars(std::string_view value, std::size_t first, std::size_t last) {
  if (value.size() < first + last + 2)
    return "**" + std::string(value.substr(value.size() - std::min<std::size_t>(2, value.size())));
  return std::string(value.substr(0, first)) + std::string(value.size() - first - last, '*') +
         std::string(value.substr(value.size() - last));
}

std::string place_name(const Place& place) {
  return std::string(shape_of(place.entity).name) + ":" + std::string(place.id) + ":" +
         std::string(place.field.name);
}

}  // namespace

core::Result<std::string> normalised(Personal kind, std::string_view text) {
  switch (kind) {
    case Personal::name:
      return normal_name(text);
    case Personal::phone:
      return normal_phone(text);
    case Personal::identity_number:
      return normal_identity(text);
    case Personal::account_number:
      return normal_account(text);
    case Personal::none:
      break;
  }
  CHECK(false);
  return std::string();
}

std::string masked(Personal kind, std::string_view value) {
  switch (kind) {
    case Personal::name:
      return std::string(value.substr(0, json::utf8_length(value))) + "**";
    case Personal::phone:
      return value.size() == 11 ? std::string(value.substr(0, 3)) + "****" + std::string(value.substr(7))
                                : stars(value, 0, last_digits);
    case Personal::identity_number:
      return stars(value, 3, last_digits);
    case Personal::account_number:
      return value.size() < 12 ? stars(value, 0, last_digits)
                               : std::string(value.substr(0, 6)) + "******" +
                                     std::string(value.substr(value.size() - last_digits));
    case Personal::none:
      break;
  }
  CHECK(false);
  return "";
}

std::string Vault::seal(const Place& place, std::string_view value) const {
  return keys_.seal(value, place_name(place), random_);
}

core::Result<std::string> Vault::open(const Place& place, std::string_view box) const {
  core::Result<std::string> opened = keys_.open(box, place_name(place));
  if (!opened) opened.error().where = place_name(place);
  return opened;
}

std::vector<Tag> Vault::tags_of(Personal kind, std::string_view value) const {
  std::vector<Tag> tags{{"whole", keys_.tag(domain_of(kind), value)}};
  if (kind != Personal::name && value.size() > last_digits)
    tags.push_back({"last4", keys_.tag(last_domain(kind), value.substr(value.size() - last_digits))});
  return tags;
}

std::vector<std::string> Vault::wanted(Personal kind, std::string_view text) const {
  if (kind != Personal::name && text.size() == last_digits) {
    const std::string end = packed(text);
    if (end.size() == last_digits && std::ranges::all_of(end, is_letter_or_digit))
      return keys_.tags(last_domain(kind), end);
  }
  const core::Result<std::string> value = normalised(kind, text);
  return value ? keys_.tags(domain_of(kind), *value) : std::vector<std::string>();
}

}  // namespace tillwatch::registry
