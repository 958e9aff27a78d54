#include "access/password_rule.h"

#include <algorithm>
#include <string>
#include <vector>

namespace tillwatch::access {
namespace {

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
  std::size_t pieces = 0;
  for (std::size_t at = 0; at < lower.size(); ++pieces) {
    std::size_t length = 1;
    if (const std::size_t run = run_at(lower, at); run >= 3) length = run;
    length = std::max(length, repeat_at(lower, at));
    for (const std::string_view word : guessed_words())
      if (lower.substr(at).starts_with(word) || undone.substr(at).starts_with(word))
        length = std::max(length, word.size());
    for (const std::string& word : own)
      if (undone.substr(at).starts_with(word)) length = std::max(length, word.size());
    at += length;
  }
  return pieces;
}

}  // namespace

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
