#include "payment/card_digits.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>
#include <vector>

#include "core/time.h"
#include "crypto/secret.h"

namespace tillwatch::payment {
namespace {

constexpr std::size_t length_min = 13;
constexpr std::size_t length_max = 19;

constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

int number(std::string_view digits) {
  int value = 0;
  for (const char c : digits) value = value * 10 + (c - '0');
  return value;
}

// The beginnings that ISO/IEC 7812 issuers of payment cards use, by length.
bool begins_like_a_card(std::string_view digits) {
  const int two = number(digits.substr(0, 2));
  const int three = number(digits.substr(0, 3));
  const int four = number(digits.substr(0, 4));
  switch (digits.size()) {
    case 13:
      return two / 10 == 4;
    case 14:
      return two == 36 || two == 38 || two == 39 || (three >= 300 && three <= 305) || four == 3095;
    case 15:
      return two == 34 || two == 37;
    default:
      return (four >= 2200 && four <= 2204) || (four >= 2221 && four <= 2720) || two == 30 || two == 35 ||
             two == 36 || two == 38 || two == 39 || two / 10 == 4 || two / 10 == 5 || two / 10 == 6 ||
             two == 81 || two == 82 || two / 10 == 9;
  }
}

// One maximal run of digits: [from, to) in the text; `joined` to the next by one space or dash.
struct Group {
  std::size_t from = 0;
  std::size_t to = 0;
  bool joined = false;
  std::size_t size() const { return to - from; }
};

std::vector<Group> groups_of(std::string_view text) {
  std::vector<Group> groups;
  for (std::size_t at = 0; at < text.size();) {
    if (!is_digit(text[at])) {
      ++at;
      continue;
    }
    Group group{at, at, false};
    while (group.to < text.size() && is_digit(text[group.to])) ++group.to;
    group.joined = group.to + 1 < text.size() && (text[group.to] == ' ' || text[group.to] == '-') &&
                   is_digit(text[group.to + 1]);
    at = group.to;
    groups.push_back(group);
  }
  return groups;
}

// Up to 19 digits gathered from neighbouring groups; wiped, because they may be a card number.
class Gathered {
 public:
  Gathered() = default;
  ~Gathered() { crypto::wipe(digits_.data(), digits_.size()); }
  Gathered(const Gathered&) = delete;
  Gathered& operator=(const Gathered&) = delete;
  bool add(std::string_view part) {
    if (size_ + part.size() > digits_.size()) return false;
    std::ranges::copy(part, digits_.begin() + static_cast<std::ptrdiff_t>(size_));
    size_ += part.size();
    return true;
  }
  std::string_view view() const { return {digits_.data(), size_}; }

 private:
  std::array<char, length_max> digits_{};
  std::size_t size_ = 0;
};

// The last group of the longest run that begins at `first` and satisfies `is_card`; `groups.size()` for none.
template <class Predicate>
std::size_t last_of_card(std::string_view text, const std::vector<Group>& groups, std::size_t first,
                         Predicate is_card) {
  Gathered digits;
  std::size_t found = groups.size();
  for (std::size_t i = first; i < groups.size(); ++i) {
    if (!digits.add(text.substr(groups[i].from, groups[i].size()))) break;
    if (digits.view().size() >= length_min && is_card(digits.view())) found = i;
    if (!groups[i].joined) break;
  }
  return found;
}

// Stars over all but the first six and the last `keep_last` digits of [from, to); separators stay. Digits
// that an overlapping run has masked before still count as digits.
void mask(std::string& text, std::size_t from, std::size_t to, std::size_t keep_last) {
  const auto counts = [&](std::size_t i) { return is_digit(text[i]) || text[i] == '*'; };
  std::size_t digits = 0;
  for (std::size_t i = from; i < to; ++i) digits += counts(i) ? 1u : 0u;
  std::size_t seen = 0;
  for (std::size_t i = from; i < to; ++i) {
    if (!counts(i)) continue;
    if (seen >= 6 && seen + keep_last < digits) text[i] = '*';
    ++seen;
  }
}

// Card numbers inside a run that is too long to be one itself: where they overlap, each of them, since any
// may be the true one. Returns [from, to) of each.
std::vector<std::pair<std::size_t, std::size_t>> cards_inside(std::string_view text, const Group& group) {
  std::vector<std::pair<std::size_t, std::size_t>> found;
  for (std::size_t at = group.from; at + length_min <= group.to; ++at)
    for (std::size_t length = length_min; length <= std::min(length_max, group.to - at); ++length)
      if (looks_like_card_number(text.substr(at, length))) found.emplace_back(at, at + length);
  return found;
}

// Masks a resident identity number at the group (17 digits and X, or 18 digits). Returns whether it was one.
bool mask_identity(std::string& text, const Group& group) {
  const std::size_t length = 18;
  const bool with_x =
      group.size() == 17 && group.to < text.size() && (text[group.to] == 'X' || text[group.to] == 'x');
  if (!with_x && group.size() != length) return false;
  if (!is_resident_identity_number(std::string_view(text).substr(group.from, length))) return false;
  std::fill_n(text.begin() + static_cast<std::ptrdiff_t>(group.from) + 6, length - 6, '*');
  return true;
}

}  // namespace

bool passes_luhn(std::string_view digits) {
  if (digits.empty()) return false;
  int sum = 0;
  bool twice = false;
  for (std::size_t i = digits.size(); i-- > 0;) {
    if (!is_digit(digits[i])) return false;
    int digit = digits[i] - '0';
    if (twice) digit = digit * 2 > 9 ? digit * 2 - 9 : digit * 2;
    sum += digit;
    twice = !twice;
  }
  return sum % 10 == 0;
}

bool looks_like_card_number(std::string_view digits) {
  return digits.size() >= length_min && digits.size() <= length_max && passes_luhn(digits) &&
         begins_like_a_card(digits);
}

bool is_resident_identity_number(std::string_view text) {
  constexpr std::array<int, 17> weights{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
  constexpr std::string_view checks = "10X98765432";
  if (text.size() != 18 || !std::ranges::all_of(text.substr(0, 17), is_digit)) return false;
  const core::CivilDate date{number(text.substr(6, 4)), number(text.substr(10, 2)),
                             number(text.substr(12, 2))};
  if (date.year < 1850 || date.year > 2150 || date.month < 1 || date.month > 12 || date.day < 1 ||
      date.day > 31)
    return false;
  int sum = 0;
  for (std::size_t i = 0; i < weights.size(); ++i) sum += weights[i] * (text[i] - '0');
  const char check = checks[static_cast<std::size_t>(sum % 11)];
  return text[17] == check || (check == 'X' && text[17] == 'x');
}

bool holds_card_number(std::string_view text) {
  const std::vector<Group> groups = groups_of(text);
  for (std::size_t i = 0; i < groups.size(); ++i)
    if (last_of_card(text, groups, i, looks_like_card_number) < groups.size()) return true;
  return false;
}

std::size_t mask_digit_runs(std::string& text) {
  const auto digits = std::ranges::count_if(text, is_digit);
  if (digits < static_cast<std::ptrdiff_t>(length_min)) return 0;
  const std::vector<Group> groups = groups_of(text);
  // Every beginning is tried on the text as it came: a chance hit must not hide the number that it overlaps.
  std::vector<std::pair<std::size_t, std::size_t>> runs;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    const std::size_t last = last_of_card(text, groups, i, passes_luhn);
    if (last < groups.size()) runs.emplace_back(groups[i].from, groups[last].to);
  }
  for (const Group& group : groups)
    if (group.size() > length_max) std::ranges::copy(cards_inside(text, group), std::back_inserter(runs));
  std::size_t masked = runs.size();
  for (const Group& group : groups)
    if (mask_identity(text, group)) ++masked;
  for (const auto& [from, to] : runs) mask(text, from, to, 4);
  return masked;
}

core::Status check_no_digit_run(std::string_view pointer, std::string_view text) {
  if (masked_digit_runs(text) == text) return {};
  return core::fail(core::ErrorCode::invalid, std::string(pointer),
                    "this holds a card number, which never belongs here");
}

std::string masked_digit_runs(std::string_view text) {
  std::string copy(text);
  mask_digit_runs(copy);
  return copy;
}

bool is_bare_card_length(std::string_view text) {
  return text.size() >= length_min && text.size() <= length_max && std::ranges::all_of(text, is_digit);
}

}  // namespace tillwatch::payment
