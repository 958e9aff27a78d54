// Reads the few shapes of short programs. Called by RuleSet.
#include "cel/quick_predicate.h"

#include <algorithm>
#include <cmath>

#include "cel/code.h"

namespace tillwatch::cel {
namespace {

bool is_orderly(const Value& constant) {
  switch (constant.kind) {
    case Kind::boolean:
    case Kind::integer:
    case Kind::uinteger:
    case Kind::duration:
    case Kind::timestamp:
      return true;
    case Kind::real:
      return !std::isnan(constant.d);
    case Kind::text:
    case Kind::bytes:
      return constant.size <= quick_text_bytes_max;
    default:
      return false;
  }
}

QuickPredicate relation(std::uint32_t slot, std::uint8_t orders, const Value& constant) {
  if (!is_orderly(constant)) return {};
  return {QuickPredicate::Form::relation, false, orders, slot, constant.kind, {constant}};
}

QuickPredicate member(std::uint32_t slot, const Value& list) {
  if (list.kind != Kind::list || list.size == 0) return {};
  const Kind kind = list.items[0].kind;
  for (const Value& item : list.elements())
    if (item.kind != kind || !is_orderly(item)) return {};
  return {
      QuickPredicate::Form::member, false, 0, slot, kind, {list.elements().begin(), list.elements().end()}};
}

}  // namespace

QuickPredicate quick_predicate(const Program& program) {
  const Code& code = program.code();
  const std::vector<Instruction>& all = code.instructions;
  const auto slot = [&](const Instruction& at) { return code.slots[at.a].number; };
  if (all.size() == 2) {
    switch (all[0].op) {
      case Op::relation_slot:
        return relation(slot(all[0]), all[0].sub, code.constants[all[0].b]);
      case Op::has_slot:
        return {QuickPredicate::Form::presence, false, 0, slot(all[0]), Kind::absent, {}};
      case Op::load_slot:  // a bool
        return relation(slot(all[0]), order_equal, Value::boolean(true));
      case Op::constant:
        if (code.constants[all[0].a].kind != Kind::boolean) return {};
        return {QuickPredicate::Form::constant, code.constants[all[0].a].truth(), 0, 0, Kind::absent, {}};
      default:
        return {};
    }
  }
  if (all.size() == 3 && all[0].op == Op::load_slot && all[1].op == Op::in_set)
    return member(slot(all[0]), code.constants[all[1].a]);
  if (all.size() == 4 && all[0].op == Op::load_slot && all[1].op == Op::constant && all[2].op == Op::call &&
      all[2].count == 2 && code.functions[all[2].a]->name == "_in_")
    return member(slot(all[0]), code.constants[all[1].a]);
  return {};
}

}  // namespace tillwatch::cel
