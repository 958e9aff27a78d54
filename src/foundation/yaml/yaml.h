// YAML as a plain tree in which every node knows its file, line and column. The only adapter of yaml-cpp.
// Called by the policy reader and the mapping reader. Never throws; never expands more than its bounds; no
// custom tags.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"

namespace tillwatch::yaml {

// A place in a file, lines and columns from 1. Columns count code points.
struct Place {
  std::string file;
  int line = 0;
  int column = 0;
  std::string to_string() const;  // file:line:column
  friend bool operator==(const Place&, const Place&) = default;
};

// The code points of a scalar from number `at` on stand at this line and column.
struct Continuation {
  std::size_t at = 0;
  int line = 0;
  int column = 0;
};

struct Member;

struct Node {
  enum class Kind : std::uint8_t { null, scalar, sequence, mapping };
  Kind kind = Kind::null;
  bool quoted = false;  // a scalar in quotes is text, whatever it looks like
  std::string scalar;
  std::vector<Node> items;      // sequence
  std::vector<Member> members;  // mapping, in file order; keys are scalars, unique
  Place place;
  // Of a scalar that does not stand in one piece at its place: where its parts are.
  std::vector<Continuation> continued;

  // The member of that name; nullptr where there is none or this is no mapping.
  const Node* find(std::string_view key) const;
  bool is_scalar() const { return kind == Kind::scalar; }
};

struct Member {
  Node key;
  Node value;
};

// Parses one document. Errors (where = file:line:column): invalid (syntax, a tab, a duplicate key, a key that
// is no scalar, several documents), limit (over 1 MiB, nested deeper than 64, more than 200,000 nodes or 8
// MiB of texts with aliases expanded).
core::Result<Node> parse(std::string_view text, std::string_view file);

// Strict readings of a scalar; false where it is not one.
bool as_integer(const Node& node, std::int64_t& out);
bool as_decimal(const Node& node, double& out);
bool as_boolean(const Node& node, bool& out);  // true / false only

// The candidate nearest to `word` by edit distance, "" where none is near. For "did you mean".
std::string nearest(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace tillwatch::yaml
