// A line of a scenario as words and as name=value pairs. Called by script.cpp and expectation.cpp; knows no
// meaning.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/error.h"
#include "payment/value.h"

namespace tillwatch::scenario {

using Words = std::vector<std::string>;
using Pairs = std::vector<std::pair<std::string, std::string>>;

// Splits at spaces and tabs; "double quotes" keep them. A '#' at the beginning of a word ends the line.
// Errors: invalid (a quote that is not closed).
core::Result<Words> split(std::string_view line);
// Errors: invalid (a word without '=').
core::Result<Pairs> pairs_from(const Words& words, std::size_t from);
core::Result<std::pair<std::string, std::string>> pair_from(const std::string& word);

// "{n}" becomes the number of the repetition.
std::string with_number(std::string text, int n);
// "500.00" is 50000 minor units; "500" stays what it is.
std::string minor_units(const std::string& text);
// true, false, a whole number, or the text itself, which is borrowed.
payment::Value typed(const std::string& text);

// An error that says `detail` and nothing else.
core::Error wrong(std::string detail);

}  // namespace tillwatch::scenario
