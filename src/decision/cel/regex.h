// Regular expressions by RE2: linear time, no back references, bounded memory. Called by matches() and the
// compiler, which prepares constant patterns once.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace tillwatch::cel {

class Regex {
 public:
  Regex();
  ~Regex();
  Regex(Regex&&) noexcept;
  Regex& operator=(Regex&&) noexcept;

  // Compiles the pattern; where it is wrong or too large, `error` gets the sentence and the result is
  // nullopt.
  static std::optional<Regex> compile(std::string_view pattern, std::string& error);
  // Whether any part of the text matches.
  bool matches(std::string_view text) const;

 private:
  struct Compiled;
  std::unique_ptr<Compiled> compiled_;
};

}  // namespace tillwatch::cel
