// The adapter of libedit's readline interface. Called by interactive commands.
#include "line_editor.h"

#include <editline/readline.h>
#include <unistd.h>

#include <cstdlib>
#include <iostream>
#include <memory>

namespace tillwatch {
namespace {
constexpr int history_lines_max = 500;
}

LineEditor::LineEditor(std::string history_file)
    : history_file_(std::move(history_file)), terminal_(isatty(0) == 1) {
  if (!terminal_) return;
  using_history();
  stifle_history(history_lines_max);
  if (!history_file_.empty()) read_history(history_file_.c_str());
}

LineEditor::~LineEditor() {
  if (terminal_ && !history_file_.empty()) write_history(history_file_.c_str());
}

std::optional<std::string> LineEditor::read(const char* prompt) {
  if (!terminal_) {
    std::string line;
    if (!std::getline(std::cin, line)) return std::nullopt;
    return line;
  }
  const std::unique_ptr<char, decltype(&std::free)> typed(readline(prompt), &std::free);
  if (typed == nullptr) return std::nullopt;
  std::string line = typed.get();
  if (!line.empty()) add_history(line.c_str());
  return line;
}

}  // namespace tillwatch
