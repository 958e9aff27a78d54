// The adapter of RE2. Called by matches() and the compiler.
#include "cel/regex.h"

#include <re2/re2.h>

namespace tillwatch::cel {

struct Regex::Compiled {
  Compiled(const re2::StringPiece& pattern, const RE2::Options& options) : expression(pattern, options) {}
  RE2 expression;
};

Regex::Regex() = default;
Regex::~Regex() = default;
Regex::Regex(Regex&&) noexcept = default;
Regex& Regex::operator=(Regex&&) noexcept = default;

std::optional<Regex> Regex::compile(std::string_view pattern, std::string& error) {
  RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(1 << 20);
  Regex result;
  result.compiled_ = std::make_unique<Compiled>(re2::StringPiece(pattern.data(), pattern.size()), options);
  if (!result.compiled_->expression.ok()) {
    error = result.compiled_->expression.error();
    return std::nullopt;
  }
  return result;
}

bool Regex::matches(std::string_view text) const {
  return RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), compiled_->expression);
}

}  // namespace tillwatch::cel
