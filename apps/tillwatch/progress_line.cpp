#include "progress_line.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <iostream>

#include "core/time.h"

namespace tillwatch {
namespace {

constexpr std::int64_t second_ns = 1'000'000'000;

std::string grouped(std::uint64_t number) {
  std::string text = std::to_string(number);
  for (std::size_t at = text.size(); at > 3; at -= 3) text.insert(at - 3, ",");
  return text;
}

}  // namespace

ProgressLine::ProgressLine(ports::Clock& clock, Form form)
    : clock_(clock), form_(form), start_ns_(clock.monotonic_ns()), shown_ns_(start_ns_) {}

ProgressLine::Form ProgressLine::form_of_standard_error(bool quiet) {
  if (quiet) return Form::silent;
  return isatty(STDERR_FILENO) != 0 ? Form::terminal : Form::plain;
}

std::string ProgressLine::text(std::uint64_t done, std::optional<std::uint64_t> total, std::uint64_t entries,
                               std::int64_t elapsed_ns) {
  std::string line;
  const double seconds = std::max(static_cast<double>(elapsed_ns) / 1e9, 1e-3);
  const bool known = total && *total > 0;
  const double share = known ? std::min(1.0, static_cast<double>(done) / static_cast<double>(*total)) : 0;
  if (known) {
    const auto filled = static_cast<std::size_t>(share * 20);
    line = "[" + std::string(filled, '#') + std::string(20 - filled, '.') +
           fmt::format("] {:3.0f} %  ", share * 100);
  }
  line += grouped(entries) + " entries  " +
          grouped(static_cast<std::uint64_t>(static_cast<double>(entries) / seconds)) + "/s";
  if (known && share > 0.01) {
    const auto left_s = static_cast<std::int64_t>(seconds / share * (1 - share) + 0.5);
    line += "  " + core::format_duration(left_s * core::second_ms) + " left";
  }
  return line;
}

void ProgressLine::update(std::uint64_t done, std::optional<std::uint64_t> total, std::uint64_t entries) {
  if (form_ == Form::silent) return;
  const std::int64_t now = clock_.monotonic_ns();
  const std::int64_t every = form_ == Form::terminal ? second_ns / 5 : 10 * second_ns;
  if (now - shown_ns_ < every) return;
  shown_ns_ = now;
  const std::string line = text(done, total, entries, now - start_ns_);
  if (form_ == Form::terminal)
    std::cerr << '\r' << line << "\x1b[K" << std::flush;
  else
    std::cerr << line << std::endl;
  visible_ = true;
}

void ProgressLine::finish() {
  if (form_ == Form::terminal && visible_) std::cerr << "\r\x1b[K" << std::flush;
  visible_ = false;
}

}  // namespace tillwatch
