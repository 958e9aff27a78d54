// What is wrong with a source text: where, what, and what to do. Called by lexer, parser, resolver and
// checker. Never an error of an evaluation (that is a Value): a fault is found before anything runs.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tillwatch::cel {

struct Fault {
  std::uint32_t line = 1;    // from 1
  std::uint32_t column = 1;  // from 1, in code points
  std::string message;       // what is wrong
  std::string hint;          // what to do; may be empty

  // "1:5: message (hint)"
  std::string to_string() const;
  friend bool operator==(const Fault&, const Fault&) = default;
};
using Faults = std::vector<Fault>;

struct Place {
  std::uint32_t line = 1;
  std::uint32_t column = 1;
};
// The line and column of the code point with this number (from 0); past the end it is the place after the
// last one.
Place place_of(std::string_view source, std::uint32_t at);

// Collects faults, one per position at most, and stops collecting at a bound.
class FaultList {
 public:
  explicit FaultList(std::string_view source) : source_(source) {}
  void add(std::uint32_t at, std::string message, std::string hint = {});
  bool empty() const { return faults_.empty(); }
  std::size_t size() const { return faults_.size(); }
  bool full() const { return faults_.size() >= count_max; }
  // In the order of their places.
  Faults take();

 private:
  static constexpr std::size_t count_max = 20;
  std::string_view source_;
  std::vector<std::pair<std::uint32_t, Fault>> faults_;
};

}  // namespace tillwatch::cel
