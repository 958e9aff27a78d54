// What a password must be: long, and nothing that a guesser tries early. No rules of composition (NIST SP
// 800-63B-4, 3.1.1.2). Called where one is set. Pure; never keeps a password.
#pragma once

#include <span>
#include <string_view>

#include "core/error.h"

namespace tillwatch::access {

inline constexpr std::size_t password_characters_min = 15;          // where card data is held: the default
inline constexpr std::size_t password_characters_min_relaxed = 12;  // where none is
inline constexpr std::size_t password_bytes_max = 128;

// Errors: invalid, with `where` "/password" and a sentence that says what to do. `own_words`: the sign-in
// name, the shown name, the company: what stands for the person and is guessed first.
core::Status check_password(std::string_view password, std::span<const std::string_view> own_words,
                            std::size_t characters_min = password_characters_min);

// Words that guessers try first (guessed_word_table.cpp).
std::span<const std::string_view> guessed_words();
// The same and more, put together by rule (guessed_passwords.txt, made by script/guessed-passwords): sorted,
// each once.
std::span<const std::string_view> guessed_parts();

}  // namespace tillwatch::access
