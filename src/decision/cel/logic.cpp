// The algebra of errors and unknowns. Called by both evaluators.
#include "cel/logic.h"

#include <algorithm>

#include "cel/library.h"

namespace tillwatch::cel {

std::span<const std::uint32_t> slots_of(const Value& unknown, std::uint32_t& single) {
  if (unknown.size >= 2) return {unknown.slots, unknown.size};
  single = static_cast<std::uint32_t>(unknown.u);
  return {&single, 1};
}

Value merge_unknowns(Run& run, const Value& a, const Value& b) {
  std::uint32_t one_a = 0;
  std::uint32_t one_b = 0;
  const auto left = slots_of(a, one_a);
  const auto right = slots_of(b, one_b);
  if (std::includes(left.begin(), left.end(), right.begin(), right.end())) return a;
  if (std::includes(right.begin(), right.end(), left.begin(), left.end())) return b;
  auto* room = run.arena.take<std::uint32_t>(left.size() + right.size());
  if (room == nullptr) return run.out_of_memory();
  const auto* end = std::set_union(left.begin(), left.end(), right.begin(), right.end(), room);
  Value result = Value::unknown();
  result.size = static_cast<std::uint32_t>(end - room);
  result.slots = room;
  return result;
}

Value failure_of(Run& run, std::span<const Value> arguments) {
  Value unknown;
  for (const Value& argument : arguments) {
    if (argument.is_error()) return argument;
    if (argument.is_unknown())
      unknown = unknown.is_unknown() ? merge_unknowns(run, unknown, argument) : argument;
  }
  return unknown;
}

Value combine(Run& run, const Value& a, const Value& b, bool dominant) {
  const auto absorbs = [dominant](const Value& v) {
    return v.kind == Kind::boolean && v.truth() == dominant;
  };
  if (absorbs(a)) return a;
  if (absorbs(b)) return b;
  if (a.is_unknown() && b.is_unknown()) return merge_unknowns(run, a, b);
  if (a.is_unknown()) return a;
  if (b.is_unknown()) return b;
  if (a.is_error()) return a;
  if (b.is_error()) return b;
  if (a.kind == Kind::boolean && b.kind == Kind::boolean) return Value::boolean(!dominant);
  const Value both[] = {a, b};
  return no_overload(run, dominant ? "||" : "&&", both);
}

Value merge_failures(Run& run, const Value& a, const Value& b) {
  const Value both[] = {a, b};
  return failure_of(run, both);
}

Value loaded(Run& run, const Value& value, std::uint32_t slot, std::string_view name) {
  if (value.kind == Kind::absent) return run.fail(ErrorKind::no_such_attribute, "no such attribute: ", name);
  if (value.is_unknown() && value.size == 0) return Value::unknown_slot(slot);
  return value;
}

Value presence(const Value& value, std::uint32_t slot) {
  if (value.kind == Kind::absent) return Value::boolean(false);
  if (value.is_unknown()) return value.size == 0 ? Value::unknown_slot(slot) : value;
  return value.is_error() ? value : Value::boolean(true);
}

}  // namespace tillwatch::cel
