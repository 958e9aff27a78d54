// Lines from a person at a terminal, with editing and history (libedit). Called by interactive commands.
// Where standard input is no terminal, lines are read plainly and no prompt is shown.
#pragma once

#include <optional>
#include <string>

namespace tillwatch {

class LineEditor {
 public:
  // `history_file`: where entered lines are kept between runs, at most 500; empty for none.
  explicit LineEditor(std::string history_file);
  ~LineEditor();
  LineEditor(const LineEditor&) = delete;
  LineEditor& operator=(const LineEditor&) = delete;

  // The next line without its end; nullopt at the end of the input.
  std::optional<std::string> read(const char* prompt);

 private:
  std::string history_file_;
  bool terminal_;
};

}  // namespace tillwatch
