// The tree of an expression: nodes in one vector, named by index, macros already understood.
// Made by the parser; the resolver and the checker write what they find into it; compiler and tree evaluator
// read it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cel/type.h"
#include "cel/value.h"

namespace tillwatch::cel {

struct Function;  // cel/library.h

enum class NodeKind : std::uint8_t {
  invalid,        // a fault has been noted
  literal,        // literal; text and bytes hold their octets in `text`
  identifier,     // text
  select,         // child 0 . text
  index,          // child 0 [ child 1 ]
  call,           // text(children); `member`: child 0 is the receiver
  all_of,         // children joined by &&
  any_of,         // children joined by ||
  conditional,    // child 0 ? child 1 : child 2
  list,           // children; `optional_marks` one per child
  map,            // key, value, key, value ...; `optional_marks` one per entry
  comprehension,  // macro over child 0; the last child is evaluated per item
  bind,           // cel.bind(text, child 0, child 1)
  optional_map,   // child 0.optMap(text, child 1), or optFlatMap where `flat`
  message,        // Name{...}: understood, never supported
};

enum class Macro : std::uint8_t {
  all,
  exists,
  exists_one,
  map,
  filter,
  transform_list,
  transform_map,
  transform_map_entry
};

enum class Reference : std::uint8_t {
  none,       // not a name
  slot,       // a variable of the environment
  local,      // a variable of a macro
  type_name,  // `int`, `google.protobuf.Timestamp`
  unbound,    // nothing of that name: an error when evaluated
};

using NodeId = std::uint32_t;

struct Node {
  NodeKind kind = NodeKind::invalid;
  Macro macro = Macro::all;
  bool member = false;           // call: child 0 is the receiver
  bool absolute = false;         // identifier written with a leading dot
  bool test_only = false;        // select or identifier inside has()
  bool optional_access = false;  // .?name or [?index]
  bool two_variables = false;    // comprehension over (index, item) or (key, value)
  bool has_filter = false;       // comprehension: child 1 chooses the items
  bool flat = false;             // optional_map
  Reference reference = Reference::none;
  std::uint32_t at = 0;     // position in the source, code points from 0
  std::uint32_t depth = 1;  // height of the subtree
  std::uint32_t slot = 0;   // of Reference::slot
  std::uint32_t local = 0;  // of Reference::local; first local of a comprehension, bind or optional_map
  Value literal{};
  std::string text{};
  std::string second_text{};  // second variable of a comprehension
  std::vector<NodeId> children{};
  std::vector<bool> optional_marks{};
  const Function* function = nullptr;  // of a call, once resolved; null: no such function
  Type type{};                         // once checked
};

struct Tree {
  std::vector<Node> nodes;
  NodeId root = 0;
  std::uint32_t locals = 0;  // how many macro variables can be alive at once; written by the resolver

  Node& at(NodeId id) { return nodes[id]; }
  const Node& at(NodeId id) const { return nodes[id]; }
};

// The literal of a node as a value that points into the node.
inline Value literal_of(const Node& node) {
  if (node.literal.kind == Kind::text) return Value::text(node.text);
  if (node.literal.kind == Kind::bytes) return Value::bytes(node.text);
  return node.literal;
}

}  // namespace tillwatch::cel
