// One running macro of the flat program. Called by the evaluator.
#include "cel/loops.h"

#include <algorithm>
#include <memory>

#include "cel/compare.h"
#include "cel/library.h"
#include "cel/logic.h"

namespace tillwatch::cel {
namespace {

bool makes_list(Macro macro) {
  return macro == Macro::map || macro == Macro::filter || macro == Macro::transform_list;
}
bool makes_map(Macro macro) {
  return macro == Macro::transform_map || macro == Macro::transform_map_entry;
}

}  // namespace

Value Loop::begin(Run& run, Macro macro, bool two_variables, const Value& range, Value* locals) {
  macro_ = macro;
  two_variables_ = two_variables;
  range_ = range;
  next_ = made_ = capacity_ = 0;
  answer_ = Value{};
  locals_ = locals;
  items_ = nullptr;
  entries_ = nullptr;
  if (macro == Macro::all || macro == Macro::exists) answer_ = Value::boolean(macro == Macro::all);
  if (makes_list(macro)) {
    items_ = run.arena.take<Value>(range.size);
    if (items_ == nullptr) return run.out_of_memory();
  }
  if (makes_map(macro)) {
    entries_ = run.arena.take<MapEntry>(range.size);
    capacity_ = range.size;
    if (entries_ == nullptr) return run.out_of_memory();
  }
  return Value{};
}

bool Loop::next() {
  if (next_ >= range_.size) return false;
  if (range_.kind == Kind::list) {
    locals_[0] = two_variables_ ? Value::integer(next_) : range_.items[next_];
    if (two_variables_) locals_[1] = range_.items[next_];
  } else {
    locals_[0] = range_.entries[next_].key;
    if (two_variables_) locals_[1] = range_.entries[next_].value;
  }
  ++next_;
  return true;
}

bool Loop::keep_failure(Run& run, const Value& failure) {
  answer_ = answer_.kind == Kind::absent ? failure : merge_failures(run, answer_, failure);
  return !answer_.is_error();
}

bool Loop::choose(Run& run, const Value& condition) {
  if (condition.kind == Kind::boolean) return condition.truth();
  if (condition.is_value()) {
    keep_failure(run, no_overload(run, "filter", {&condition, 1}));
  } else {
    keep_failure(run, condition);
  }
  return false;
}

bool Loop::step_predicate(Run& run, const Value& result) {
  const bool settling = macro_ == Macro::exists;
  if (result.kind == Kind::boolean && result.truth() == settling) {
    answer_ = result;
    return false;
  }
  // true && true stays true, false || false stays false: only failures change the answer from here.
  if (result.kind != Kind::boolean || answer_.kind != Kind::boolean) {
    Value part = result;
    if (part.is_value() && part.kind != Kind::boolean)
      part = no_overload(run, settling ? "||" : "&&", {&result, 1});
    answer_ = combine(run, answer_, part, settling);
  }
  return true;
}

bool Loop::step_one(Run& run, const Value& result) {
  if (result.kind == Kind::boolean) {
    made_ += result.truth() ? 1u : 0u;
    return true;
  }
  if (result.is_value()) return keep_failure(run, no_overload(run, "exists_one", {&result, 1}));
  return keep_failure(run, result);
}

bool Loop::room_for_entries(Run& run, std::uint32_t more) {
  if (more <= capacity_ - made_) return true;
  const std::uint64_t wanted =
      std::max<std::uint64_t>(std::uint64_t{made_} + more, std::uint64_t{capacity_} * 2);
  if (std::uint64_t{made_} + more > run.list_items_max) {
    answer_ = run.too_many_items();
    return false;
  }
  auto* room = run.arena.take<MapEntry>(wanted);
  if (room == nullptr) {
    answer_ = run.out_of_memory();
    return false;
  }
  std::uninitialized_copy_n(entries_, made_, room);
  entries_ = room;
  capacity_ = static_cast<std::uint32_t>(wanted);
  return true;
}

bool Loop::step_entries(Run& run, const Value& result) {
  if (result.kind != Kind::map) return keep_failure(run, no_overload(run, "transformMapEntry", {&result, 1}));
  if (!run.spend(result.size)) return keep_failure(run, run.out_of_budget());
  if (!room_for_entries(run, result.size)) return false;
  std::uninitialized_copy_n(result.entries, result.size, entries_ + made_);
  made_ += result.size;
  return true;
}

bool Loop::step(Run& run, const Value& result) {
  switch (macro_) {
    case Macro::all:
    case Macro::exists:
      return step_predicate(run, result);
    case Macro::exists_one:
      return step_one(run, result);
    case Macro::filter:
      if (choose(run, result)) std::construct_at(items_ + made_++, locals_[0]);
      return !answer_.is_error();
    case Macro::map:
    case Macro::transform_list:
      if (!result.is_value()) return keep_failure(run, result);
      std::construct_at(items_ + made_++, result);
      return true;
    case Macro::transform_map:
      if (!result.is_value()) return keep_failure(run, result);
      std::construct_at(entries_ + made_++, MapEntry{locals_[0], result});
      return true;
    case Macro::transform_map_entry:
      return result.is_value() ? step_entries(run, result) : keep_failure(run, result);
  }
  return false;
}

Value Loop::end(Run& run) {
  if (answer_.kind != Kind::absent) return answer_;
  if (macro_ == Macro::exists_one) return Value::boolean(made_ == 1);
  if (makes_list(macro_)) return Value::list({items_, made_});
  if (!run.spend(made_)) return run.out_of_budget();
  return build_map(run, {entries_, made_});
}

}  // namespace tillwatch::cel
