#include "yaml/alignment.h"

namespace tillwatch::yaml {
namespace {

bool is_space(char c) {
  return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

// A place that walks over the file.
struct Walk {
  std::string_view text;
  std::size_t at;
  int line;
  int column;

  bool done() const { return at >= text.size(); }
  char now() const { return text[at]; }
  void step() {
    const char c = text[at++];
    if (c == '\n') {
      ++line;
      column = 1;
    } else if ((static_cast<unsigned char>(c) & 0xc0) != 0x80) {
      ++column;
    }
  }
  void skip_spaces() {
    while (!done() && is_space(now())) step();
  }
  void skip_line() {
    while (!done() && now() != '\n') step();
  }
};

// Moves to the next place that shows `c`; false where there is none nearby.
bool find(Walk& walk, char c) {
  if (walk.done()) return false;
  if (walk.now() == c) return true;
  if (is_space(c)) return is_space(walk.now());
  walk.skip_spaces();
  if (!walk.done() && walk.now() == c) return true;
  if (!walk.done() && (walk.now() == '\\' || walk.now() == '\'')) walk.step();
  return !walk.done() && walk.now() == c;
}

}  // namespace

std::vector<Continuation> align(std::string_view text, std::size_t from, std::string_view scalar,
                                const Place& place) {
  std::vector<Continuation> found;
  if (from >= text.size() || text.substr(from).starts_with(scalar)) return found;
  Walk walk{text, from, place.line, place.column};
  const bool block = walk.now() == '>' || walk.now() == '|';
  if (block) {
    walk.skip_line();
    walk.skip_spaces();
  } else if (walk.now() == '"' || walk.now() == '\'') {
    walk.step();
  }
  int line = 0, column = 0;  // where the next character is expected
  std::size_t code_point = 0;
  for (std::size_t i = 0; i < scalar.size(); ++i) {
    const char c = scalar[i];
    if ((static_cast<unsigned char>(c) & 0xc0) == 0x80) {  // the rest of a character
      if (!walk.done() && walk.now() == c) walk.step();
      continue;
    }
    if (!find(walk, c)) break;
    if (walk.line != line || walk.column != column) found.push_back({code_point, walk.line, walk.column});
    ++code_point;
    // A fold: one space of the scalar for a line's end and the indentation after it.
    if (c == ' ' && (walk.now() == '\n' || walk.now() == '\r')) {
      walk.skip_spaces();
      line = 0;
      continue;
    }
    walk.step();
    line = walk.line;
    column = walk.column;
  }
  return found;
}

}  // namespace tillwatch::yaml
