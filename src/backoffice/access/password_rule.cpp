#include "access/password_rule.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

namespace tillwatch::access {

extern const std::string_view guessed_passwords;  // the file, embedded

namespace {

std::vector<std::string_view> sorted_parts() {
  std::vector<std::string_view> all(guessed_words().begin(), guessed_words().end());
  for (std::string_view rest = guessed_passwords; !rest.empty();) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    if (end > 0) all.push_back(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  std::ranges::sort(all);
  const auto twins = std::ranges::unique(all);
  all.erase(twins.begin(), twins.end());
  return all;
}

std::size_t characters_of(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xc0u) != 0x80u; }));
}

// Lower case, and the usual disguises undone: p4$$w0rd is password.
std::string plain(std::string_view text) {
  std::string out;
  for (char c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    switch (c) {
      case '0':
        c = 'o';
        break;
      case '1':
      case '!':
        c = 'i';
        break;
      case '3':
        c = 'e';
        break;
      case '4':
      case '@':
        c = 'a';
        break;
      case '5':
      case '$':
        c = 's';
        break;
      case '7':
        c = 't';
        break;
      default:
        break;
    }
    out += c;
  }
  return out;
}

// The length of the run that begins here: equal bytes, or each one more or one less than the one before.
std::size_t run_at(std::string_view text, std::size_t at) {
  if (at + 1 >= text.size()) return 1;
  const int step = text[at + 1] - text[at];
  if (step < -1 || step > 1) return 1;
  std::size_t end = at + 1;
  while (end + 1 < text.size() && text[end + 1] - text[end] == step) ++end;
  return end - at + 1;
}

// The length of what begins here and has stood just before it: the second half of "abcabc".
std::size_t repeat_at(std::string_view text, std::size_t at) {
  std::size_t best = 0;
  for (std::size_t unit = 1; unit <= at; ++unit) {
    std::size_t length = 0;
    while (at + length < text.size() && text[at + length] == text[at + length - unit]) ++length;
    if (length >= unit) best = std::max(best, length);
  }
  return best;
}

// The lengths of the guessed parts that the text begins with.
void add_parts(std::string_view text, std::vector<std::size_t>& lengths) {
  const auto before = [](std::string_view a, std::string_view b) { return a.substr(0, 1) < b.substr(0, 1); };
  for (const std::string_view part : std::ranges::equal_range(guessed_parts(), text, before))
    if (text.starts_with(part)) lengths.push_back(part.size());
}

// How many guesses the text is worth, in pieces: a common word, a run or a repetition counts as one
// character.
std::size_t worth(std::string_view password, std::span<const std::string_view> own_words) {
  std::string lower(password);
  for (char& c : lower)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  const std::string undone = plain(password);
  std::vector<std::string> own;
  for (const std::string_view word : own_words)
    if (word.size() >= 3) own.push_back(plain(word));
  // From the end: the fewest pieces that the rest can be cut into.
  std::vector<std::size_t> fewest(lower.size() + 1, 0);
  std::vector<std::size_t> lengths;
  for (std::size_t at = lower.size(); at-- > 0;) {
    lengths = {1};
    if (const std::size_t run = run_at(lower, at); run >= 3) lengths.push_back(run);
    if (const std::size_t repeated = repeat_at(lower, at); repeated > 0) lengths.push_back(repeated);
    for (const std::string_view text : {std::string_view(lower), std::string_view(undone)})
      add_parts(text.substr(at), lengths);
    for (const std::string& word : own)
      if (std::string_view(undone).substr(at).starts_with(word)) lengths.push_back(word.size());
    fewest[at] = SIZE_MAX;
    for (const std::size_t length : lengths) fewest[at] = std::min(fewest[at], 1 + fewest[at + length]);
  }
  return fewest[0];
}

}  // namespace

std::span<const std::string_view> guessed_parts() {
  static const std::vector<std::string_view> all = sorted_parts();
  return all;
}

core::Status check_password(std::string_view password, std::span<const std::string_view> own_words,
                            std::size_t characters_min) {
  const auto wrong = [](std::string words) {
    return core::fail(core::ErrorCode::invalid, "/password", std::move(words));
  };
  if (password.size() > password_bytes_max)
    return wrong("the password is too long: at most " + std::to_string(password_bytes_max) + " bytes");
  if (characters_of(password) < characters_min)
    return wrong("the password is too short: take at least " + std::to_string(characters_min) +
                 " characters; four words that have nothing to do with each other are easy to keep");
  // Five pieces of which none can be foreseen; a passphrase of words that no guesser's list begins with has
  // as many as it has letters.
  constexpr std::size_t pieces_min = 6;
  if (worth(password, own_words) < pieces_min)
    return wrong(
        "the password consists of what guessers try first (common words, rows of keys, repetitions, your own "
        "or "
        "the product's name): take words that have nothing to do with each other or with you");
  return {};
}

}  // namespace tillwatch::access
