// A flat program as text, one instruction a line, for `tillwatch cel --explain`.
#include <array>
#include <string>

#include "cel/code.h"
#include "cel/program.h"
#include "cel/value_text.h"

namespace tillwatch::cel {
namespace {

constexpr std::array<std::string_view, 32> names = {
    "constant",    "load_slot",   "load_local",    "has_slot",    "unbound",       "call",
    "arithmetic",  "relation",    "relation_slot", "not",         "and_jump",      "or_jump",
    "and",         "or",          "relation_and",  "relation_or", "choose",        "jump",
    "index",       "select",      "list",          "map",         "matches",       "in_set",
    "store_local", "optional_in", "optional_out",  "or_else",     "want_optional", "loop_begin",
    "loop_next",   "loop_filter"};

std::string name_of(Op op) {
  const auto index = static_cast<std::size_t>(op);
  if (index < names.size()) return std::string(names[index]);
  return op == Op::loop_step ? "loop_step" : op == Op::loop_end ? "loop_end" : "finish";
}

std::string_view sign_of(std::uint8_t orders) {
  switch (orders) {
    case order_equal:
      return "==";
    case order_less:
      return "<";
    case order_less | order_equal:
      return "<=";
    case order_greater:
      return ">";
    case order_greater | order_equal:
      return ">=";
    default:
      return "!=";
  }
}

std::string target(std::uint32_t at) {
  return " -> " + std::to_string(at);
}

std::string operands(const Code& code, const Instruction& i) {
  constexpr std::array<std::string_view, 3> signs = {"+", "-", "*"};
  constexpr std::array<std::string_view, 3> ways = {" ", " ?", " has "};
  switch (i.op) {
    case Op::constant:
      return " " + to_text(code.constants[i.a]);
    case Op::load_slot:
    case Op::has_slot:
      return " " + code.slots[i.a].name;
    case Op::load_local:
    case Op::store_local:
      return " local " + std::to_string(i.a);
    case Op::unbound:
      return " " + code.texts[i.a];
    case Op::call:
      return " " + std::string(code.functions[i.a]->name) + " (" + std::to_string(i.count) + ")";
    case Op::arithmetic:
      return " " + std::string(signs[i.sub]);
    case Op::relation:
      return " " + std::string(sign_of(i.sub));
    case Op::relation_slot:
    case Op::relation_and:
    case Op::relation_or:
      return " " + code.slots[i.a].name + " " + std::string(sign_of(i.sub)) + " " +
             to_text(code.constants[i.b]) + (i.op == Op::relation_slot ? "" : target(i.c));
    case Op::and_merge:
    case Op::or_merge:
      return i.c == 0 ? "" : target(i.c);
    case Op::choose:
      return target(i.b) + target(i.c);
    case Op::select:
      return std::string(ways[i.sub]) + code.texts[i.a];
    case Op::index:
      return i.sub == 0 ? "" : " ?";
    case Op::list:
    case Op::map:
      return " " + std::to_string(i.a);
    case Op::matches:
      return " " + to_text(code.constants[i.c]);
    case Op::in_set:
      return " " + to_text(code.constants[i.b]);
    case Op::loop_begin:
      return " loop " + std::to_string(i.b) + " local " + std::to_string(i.a) + target(i.c);
    case Op::loop_next:
    case Op::loop_filter:
      return " loop " + std::to_string(i.b) + target(i.c);
    case Op::loop_step:
      return " loop " + std::to_string(i.b) + target(i.a) + target(i.c);
    case Op::loop_end:
      return " loop " + std::to_string(i.b);
    case Op::and_jump:
    case Op::or_jump:
    case Op::jump:
    case Op::or_else:
    case Op::optional_in:
      return target(i.c);
    default:
      return {};
  }
}

}  // namespace

std::string Program::disassemble() const {
  std::string out;
  for (std::size_t i = 0; i < code_->instructions.size(); ++i) {
    std::string number = std::to_string(i);
    number.insert(0, number.size() < 4 ? 4 - number.size() : 0, ' ');
    out +=
        number + "  " + name_of(code_->instructions[i].op) + operands(*code_, code_->instructions[i]) + "\n";
  }
  return out;
}

}  // namespace tillwatch::cel
