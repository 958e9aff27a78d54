// How far a long run has come: share, rate, time left. Called by the replay and import commands. On a
// terminal one line that is overwritten, elsewhere a plain line every ten seconds; never anything on standard
// output.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "ports/clock.h"

namespace tillwatch {

class ProgressLine {
 public:
  enum class Form : std::uint8_t { silent, plain, terminal };
  // `clock` outlives this.
  ProgressLine(ports::Clock& clock, Form form);
  // Plain or terminal, as standard error is; silent where `quiet`.
  static Form form_of_standard_error(bool quiet);

  // Cheap; call it often. `done` of `total` bytes (nullopt: unknown), `entries` so far.
  void update(std::uint64_t done, std::optional<std::uint64_t> total, std::uint64_t entries);
  // Clears the line.
  void finish();

  // The text of the line: "[#####.....] 50 %  1,200,000 entries  250,000/s  7 s left". For tests too.
  static std::string text(std::uint64_t done, std::optional<std::uint64_t> total, std::uint64_t entries,
                          std::int64_t elapsed_ns);

 private:
  ports::Clock& clock_;
  Form form_;
  std::int64_t start_ns_ = 0;
  std::int64_t shown_ns_ = 0;
  bool visible_ = false;
};

}  // namespace tillwatch
