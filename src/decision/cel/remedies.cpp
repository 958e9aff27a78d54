// The words of type faults. Called by the checker only.
#include "cel/remedies.h"

#include <cmath>

#include "cel/number_text.h"

namespace tillwatch::cel {
namespace {

// The literal written as a number of the other type; empty where it has no such form.
std::string as_type(const Node& literal, TypeKind wanted) {
  if (literal.kind != NodeKind::literal) return {};
  const Value value = literal.literal;
  if (wanted == TypeKind::real) {
    if (value.kind == Kind::integer) return std::to_string(value.i) + ".0";
    if (value.kind == Kind::uinteger) return std::to_string(value.u) + ".0";
  }
  if (wanted == TypeKind::integer) {
    if (value.kind == Kind::uinteger) return std::to_string(value.u);
    if (value.kind == Kind::real && value.d == std::trunc(value.d) && std::fabs(value.d) < 9e15)
      return format_plain(value.d);
  }
  if (wanted == TypeKind::uinteger && value.kind == Kind::integer && value.i >= 0)
    return std::to_string(value.i) + "u";
  return {};
}

std::string source_form(const Node& literal) {
  if (literal.literal.kind == Kind::integer) return std::to_string(literal.literal.i);
  if (literal.literal.kind == Kind::uinteger) return std::to_string(literal.literal.u) + "u";
  std::string text = format_plain(literal.literal.d);
  return text.find('.') == std::string::npos ? text + ".0" : text;
}

std::string for_numbers(const Tree& tree, const Node& call, const Type& a, const Type& b) {
  const Node& left = tree.at(call.children[0]);
  const Node& right = tree.at(call.children[1]);
  if (const std::string form = as_type(right, a.kind()); !form.empty())
    return "the left side is " + a.to_string() + ": write " + form + " instead of " + source_form(right);
  if (const std::string form = as_type(left, b.kind()); !form.empty())
    return "the right side is " + b.to_string() + ": write " + form + " instead of " + source_form(left);
  const bool any_double = a.is(TypeKind::real) || b.is(TypeKind::real);
  return a.to_string() + " and " + b.to_string() + " do not mix: convert one side with " +
         (any_double ? "double(...)" : "int(...)");
}

std::string for_pair(const Tree& tree, const Node& call, const Type& a, const Type& b) {
  if (a.is_number() && b.is_number() && !(a == b)) return for_numbers(tree, call, a, b);
  const bool text = a.is(TypeKind::text) || b.is(TypeKind::text);
  const bool left_text = a.is(TypeKind::text);
  const Type& other = left_text ? b : a;
  const Node& text_node = tree.at(call.children[left_text ? 0 : 1]);
  if (text && other.is_number()) {
    if (text_node.kind == NodeKind::literal && parse_double(text_node.text))
      return "write the number without quotes: " + text_node.text;
    return call.text == "_+_"
               ? "convert the number with string(...)"
               : "put the number in quotes, or convert the text with " + other.to_string() + "(...)";
  }
  if (text && other.is(TypeKind::timestamp)) return "write timestamp(\"2026-01-31T00:00:00Z\") for a time";
  if (text && other.is(TypeKind::duration)) return "write duration(\"90s\") for a span of time";
  if (a.is(TypeKind::duration) != b.is(TypeKind::duration) && (a.is_number() || b.is_number()))
    return "write duration(\"90s\") for a span of time";
  if (a.is(TypeKind::timestamp) && b.is_number()) return "add or compare a duration(...) or a timestamp(...)";
  if (a.is(TypeKind::optional) != b.is(TypeKind::optional)) return "take the value out with .orValue(...)";
  if (a.is(TypeKind::list) && call.text == "_==_")
    return "to ask whether it is in the list write: value in list";
  return {};
}

}  // namespace

std::string shown_name(std::string_view function) {
  if (function.size() > 2 && function.front() == '_' && function.back() == '_')
    return std::string(function.substr(1, function.size() - 2));
  if (function == "-_" || function == "!_") return std::string(function.substr(0, 1));
  return std::string(function);
}

std::string remedy_for(const Tree& tree, const Node& call, std::span<const Type> types) {
  if (call.text == "!_") return remedy_for_condition(types[0]);
  if (call.text == "-_" && types[0].is(TypeKind::uinteger))
    return "an unsigned number has no sign: write -int(...)";
  if (call.text == "_%_" && types.size() == 2 && types[0].is(TypeKind::real)) return "% is for whole numbers";
  if (call.text == "_in_" && types.size() == 2) {
    if (types[1].is(TypeKind::text)) return "to look inside a text write: text.contains(...)";
    if (!types[1].is(TypeKind::list) && !types[1].is(TypeKind::map))
      return "the right side of 'in' is a list or a map";
    const Type inner = types[1].argument(0);
    if (inner.is_number() && types[0].is(TypeKind::text))
      return "the items are " + inner.to_string() + ": write no quotes";
    if (inner.is(TypeKind::text) && types[0].is_number())
      return "the items are texts: convert with string(...)";
    return "the items are " + inner.to_string();
  }
  if (types.size() == 2 && call.function != nullptr && call.text.front() == '_')
    return for_pair(tree, call, types[0], types[1]);
  return {};
}

std::string remedy_for_condition(const Type& found) {
  if (found.is_number()) return "compare it, as in x > 0";
  if (found.is(TypeKind::text)) return "compare it, as in x == \"text\"";
  if (found.is(TypeKind::list) || found.is(TypeKind::map))
    return "ask for size(x) > 0, or for an item with 'in'";
  if (found.is(TypeKind::optional)) return "take the value out with .orValue(false)";
  return "write a comparison";
}

}  // namespace tillwatch::cel
