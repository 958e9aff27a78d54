// The machine: one switch over the instructions, comparisons of whole numbers, doubles and short texts in
// place, all else by the functions of the libraries. Called by evaluate() and by the compiler for constants.
#include "cel/evaluator.h"

#include <algorithm>
#include <memory>

#include "cel/access.h"
#include "cel/compare.h"
#include "cel/logic.h"
#include "cel/loops.h"
#include "cel/plain_relation.h"
#include "cel/program.h"

namespace tillwatch::cel {
namespace {

struct Virtual {
  Activation& activation;
  Value load(std::uint32_t slot) const { return activation.load(slot); }
};
struct Array {
  std::span<const Value> slots;
  Value load(std::uint32_t slot) const { return slot < slots.size() ? slots[slot] : Value{}; }
};
struct Nothing {
  Value load(std::uint32_t) const { return Value{}; }
};

template <class Source>
class Machine {
 public:
  Machine(const Code& code, Source source, Run& run) : code_(code), source_(source), run_(run) {}

  Value execute(std::uint32_t start) {
    stack_ = run_.arena.template take<Value>(code_.stack_max + 1);
    locals_ = run_.arena.template take<Value>(code_.locals);
    loops_ = run_.arena.template take<Loop>(code_.loops);
    if (stack_ == nullptr || locals_ == nullptr || loops_ == nullptr) return run_.out_of_memory();
    top_ = stack_;
    return loop(start);
  }

 private:
  void push(const Value& value) { *++top_ = value; }
  void here(const Instruction* at) {
    run_.at = code_.places[static_cast<std::size_t>(at - code_.instructions.data())];
  }

  Value relation_slot(const Instruction* at) {
    const Value value = source_.load(code_.slots[at->a].number);
    const Value& constant = code_.constants[at->b];
    const unsigned quick = plain_relation(value, constant, at->sub);
    if (quick < 2) return Value::boolean(quick != 0);
    here(at);
    const Value operands[] = {loaded(run_, value, code_.slots[at->a].number, code_.slots[at->a].name),
                              constant};
    return strict(*code_.relations[at->sub], operands);
  }

  Value strict(const Function& function, std::span<const Value> arguments) {
    const Value failure = failure_of(run_, arguments);
    return failure.kind == Kind::absent ? function.run(run_, arguments) : failure;
  }

  // Replaces the `count` topmost values by the function's answer.
  void apply(const Instruction* at, const Function& function, std::uint32_t count) {
    here(at);
    Value* first = top_ - count + 1;
    const Value answer = strict(function, {first, count});
    top_ = first;
    *top_ = answer;
  }

  void arithmetic(const Instruction* at) {
    const Value& a = top_[-1];
    const Value& b = top_[0];
    const auto which = static_cast<Arithmetic>(at->sub);
    if (a.kind == Kind::integer && b.kind == Kind::integer) {
      std::int64_t result = 0;
      const bool over = which == Arithmetic::add        ? __builtin_add_overflow(a.i, b.i, &result)
                        : which == Arithmetic::subtract ? __builtin_sub_overflow(a.i, b.i, &result)
                                                        : __builtin_mul_overflow(a.i, b.i, &result);
      if (!over) {
        *--top_ = Value::integer(result);
        return;
      }
    } else if (a.kind == Kind::real && b.kind == Kind::real) {
      const double result = which == Arithmetic::add        ? a.d + b.d
                            : which == Arithmetic::subtract ? a.d - b.d
                                                            : a.d * b.d;
      *--top_ = Value::real(result);
      return;
    }
    apply(at, *code_.functions[at->a], 2);
  }

  // Pops two, pushes their combination; true where it is the dominant one.
  bool merge(const Instruction* at, bool dominant) {
    const Value b = *top_--;
    if (b.kind == Kind::boolean && top_->kind == Kind::boolean) {
      *top_ = Value::boolean(dominant ? (top_->truth() || b.truth()) : (top_->truth() && b.truth()));
    } else {
      here(at);
      *top_ = combine(run_, *top_, b, dominant);
    }
    return top_->kind == Kind::boolean && top_->truth() == dominant;
  }

  // True to go on, false to jump (to b for false, to c for a failure, which is pushed back).
  std::uint32_t choose(const Instruction* at) {
    const Value condition = *top_--;
    if (condition.kind == Kind::boolean) return condition.truth() ? 0 : at->b;
    here(at);
    push(condition.is_value() ? no_overload(run_, "?:", {&condition, 1}) : condition);
    return at->c;
  }

  void select(const Instruction* at) {
    if (!top_->is_value()) return;
    here(at);
    const std::string_view name = code_.texts[at->a];
    *top_ = at->sub == 0   ? select_field(run_, *top_, name)
            : at->sub == 1 ? select_optional(run_, *top_, name)
                           : has_field(run_, *top_, name);
  }

  void index(const Instruction* at) {
    here(at);
    const Value failure = failure_of(run_, {top_ - 1, 2});
    const Value answer = failure.kind != Kind::absent ? failure
                         : at->sub == 0               ? index_value(run_, top_[-1], top_[0])
                                                      : index_optional(run_, top_[-1], top_[0]);
    *--top_ = answer;
  }

  Value make_list(const Value* first, std::uint32_t count, const std::vector<bool>& marks) {
    auto* room = run_.arena.template take<Value>(count);
    if (room == nullptr) return run_.out_of_memory();
    std::size_t made = 0;
    for (std::uint32_t i = 0; i < count; ++i) {
      if (marks.empty() || !marks[i]) {
        std::construct_at(room + made++, first[i]);
      } else if (first[i].kind != Kind::optional) {
        return no_overload(run_, "?", {&first[i], 1});
      } else if (first[i].has_content()) {
        std::construct_at(room + made++, *first[i].items);
      }
    }
    return Value::list({room, made});
  }

  Value make_map(const Value* first, std::uint32_t count, const std::vector<bool>& marks) {
    auto* room = run_.arena.template take<MapEntry>(count);
    if (room == nullptr) return run_.out_of_memory();
    std::size_t made = 0;
    for (std::uint32_t i = 0; i < count; ++i) {
      const Value& key = first[2 * i];
      const Value& value = first[2 * i + 1];
      if (marks.empty() || !marks[i]) {
        std::construct_at(room + made++, MapEntry{key, value});
      } else if (value.kind != Kind::optional) {
        return no_overload(run_, "?", {&value, 1});
      } else if (value.has_content()) {
        std::construct_at(room + made++, MapEntry{key, *value.items});
      }
    }
    return build_map(run_, {room, made});
  }

  void aggregate(const Instruction* at, bool is_map) {
    here(at);
    const std::uint32_t values = is_map ? at->a * 2 : at->a;
    Value* first = top_ - values + 1;
    Value answer = failure_of(run_, {first, values});
    if (answer.kind == Kind::absent)
      answer =
          is_map ? make_map(first, at->a, code_.marks[at->b]) : make_list(first, at->a, code_.marks[at->b]);
    top_ = first;
    *top_ = answer;
  }

  void matches(const Instruction* at) {
    if (top_->kind == Kind::text) {
      here(at);
      *top_ = run_.spend(top_->size / 4) ? Value::boolean(code_.regexes[at->a].matches(top_->view()))
                                         : run_.out_of_budget();
      return;
    }
    push(code_.constants[at->c]);
    apply(at, *code_.functions[at->b], 2);
  }

  void in_set(const Instruction* at) {
    const Value& set = code_.constants[at->a];
    if (top_->kind == set.items[0].kind) {
      const auto items = set.elements();
      const auto less = top_->kind == Kind::integer
                            ? +[](const Value& a, const Value& b) { return a.i < b.i; }
                            : +[](const Value& a, const Value& b) { return a.view() < b.view(); };
      *top_ = Value::boolean(std::binary_search(items.begin(), items.end(), *top_, less));
      return;
    }
    push(code_.constants[at->b]);
    apply(at, *code_.functions[at->c], 2);
  }

  // False where it jumps.
  bool optional_in(const Instruction* at) {
    const Value target = *top_;
    if (target.kind == Kind::optional && target.has_content()) {
      --top_;
      std::construct_at(locals_ + at->a, *target.items);
      return true;
    }
    if (target.is_value() && target.kind != Kind::optional) {
      here(at);
      *top_ = no_overload(run_, "optMap", {&target, 1});
    }
    return false;
  }

  bool or_else(const Instruction* at) {
    const Value target = *top_;
    if (target.kind == Kind::optional) {
      if (!target.has_content()) {
        --top_;
        return true;
      }
      if (at->sub == 1) *top_ = *target.items;
    } else if (target.is_value()) {
      here(at);
      *top_ = no_overload(run_, at->sub == 1 ? "orValue" : "or", {&target, 1});
    }
    return false;
  }

  void wrap_optional(const Instruction* at, bool wrap) {
    if (!top_->is_value()) return;
    here(at);
    if (wrap) {
      *top_ = run_.some(*top_);
    } else if (top_->kind != Kind::optional) {
      *top_ = no_overload(run_, "optional", {top_, 1});
    }
  }

  bool loop_begin(const Instruction* at) {
    here(at);
    const Value range = *top_;
    Value failure = range;
    if (range.is_value()) {
      const bool fits = range.kind == Kind::list || range.kind == Kind::map;
      failure = fits ? loops_[at->b].begin(run_, static_cast<Macro>(at->sub), at->count == 2, range,
                                           locals_ + at->a)
                     : run_.fail(ErrorKind::no_such_overload, "a macro goes over a list or a map, not over ",
                                 type_name(range));
      if (failure.kind == Kind::absent) {
        --top_;
        return true;
      }
    }
    *top_ = failure;
    return false;
  }

  Value loop(std::uint32_t start) {
    const Instruction* const first = code_.instructions.data();
    const Instruction* at = first + start;
    while (true) {
      const Instruction* const next = at + 1;
      switch (at->op) {
        case Op::constant:
          push(code_.constants[at->a]);
          break;
        case Op::load_slot: {
          const Slot& slot = code_.slots[at->a];
          const Value value = source_.load(slot.number);
          if (value.is_value()) {
            push(value);
          } else {
            here(at);
            push(loaded(run_, value, slot.number, slot.name));
          }
          break;
        }
        case Op::load_local:
          push(locals_[at->a]);
          break;
        case Op::has_slot:
          push(presence(source_.load(code_.slots[at->a].number), code_.slots[at->a].number));
          break;
        case Op::unbound:
          here(at);
          push(run_.fail(ErrorKind::no_such_attribute, code_.texts[at->a]));
          break;
        case Op::call:
          if (at->count == 0) {
            here(at);
            push(code_.functions[at->a]->run(run_, {}));
          } else {
            apply(at, *code_.functions[at->a], at->count);
          }
          break;
        case Op::arithmetic:
          arithmetic(at);
          break;
        case Op::relation: {
          const unsigned quick = plain_relation(top_[-1], top_[0], at->sub);
          if (quick < 2) {
            *--top_ = Value::boolean(quick != 0);
          } else {
            apply(at, *code_.relations[at->sub], 2);
          }
          break;
        }
        case Op::relation_slot:
          push(relation_slot(at));
          break;
        case Op::relation_and:
          push(relation_slot(at));
          if (top_->is_false()) {
            at = first + at->c;
            continue;
          }
          break;
        case Op::relation_or:
          push(relation_slot(at));
          if (top_->is_true()) {
            at = first + at->c;
            continue;
          }
          break;
        case Op::negation:
          if (top_->kind == Kind::boolean) {
            *top_ = Value::boolean(!top_->truth());
          } else {
            apply(at, *code_.functions[at->a], 1);
          }
          break;
        case Op::and_jump:
          if (top_->is_false()) {
            at = first + at->c;
            continue;
          }
          break;
        case Op::or_jump:
          if (top_->is_true()) {
            at = first + at->c;
            continue;
          }
          break;
        case Op::and_merge:
          if (merge(at, false) && at->c != 0) {
            at = first + at->c;
            continue;
          }
          break;
        case Op::or_merge:
          if (merge(at, true) && at->c != 0) {
            at = first + at->c;
            continue;
          }
          break;
        case Op::choose:
          if (const std::uint32_t target = choose(at); target != 0) {
            at = first + target;
            continue;
          }
          break;
        case Op::jump:
          at = first + at->c;
          continue;
        case Op::index:
          index(at);
          break;
        case Op::select:
          select(at);
          break;
        case Op::list:
          aggregate(at, false);
          break;
        case Op::map:
          aggregate(at, true);
          break;
        case Op::matches:
          matches(at);
          break;
        case Op::in_set:
          in_set(at);
          break;
        case Op::store_local:
          std::construct_at(locals_ + at->a, *top_--);
          break;
        case Op::optional_in:
          if (!optional_in(at)) {
            at = first + at->c;
            continue;
          }
          break;
        case Op::optional_out:
          wrap_optional(at, true);
          break;
        case Op::want_optional:
          wrap_optional(at, false);
          break;
        case Op::or_else:
          if (!or_else(at)) {
            at = first + at->c;
            continue;
          }
          break;
        case Op::loop_begin:
          if (!loop_begin(at)) {
            at = first + at->c;
            continue;
          }
          break;
        case Op::loop_next:
          if (!run_.spend(at->a)) {
            here(at);
            return run_.out_of_budget();
          }
          if (!loops_[at->b].next()) {
            at = first + at->c;
            continue;
          }
          break;
        case Op::loop_filter:
          here(at);
          if (!loops_[at->b].choose(run_, *top_--)) {
            at = first + at->c;
            continue;
          }
          break;
        case Op::loop_step: {
          here(at);
          const bool more = loops_[at->b].step(run_, *top_--);
          at = first + (more ? at->a : at->c);
          continue;
        }
        case Op::loop_end:
          here(at);
          push(loops_[at->b].end(run_));
          break;
        case Op::finish:
          return *top_;
      }
      at = next;
    }
  }

  const Code& code_;
  Source source_;
  Run& run_;
  Value* stack_ = nullptr;
  Value* locals_ = nullptr;
  Loop* loops_ = nullptr;
  Value* top_ = nullptr;
};

}  // namespace

Value evaluate_constant(const Code& code, std::uint32_t start, Arena& arena, std::uint64_t budget) {
  Run run{arena, budget, code.bounds.list_items_max};
  return Machine<Nothing>(code, {}, run).execute(start);
}

Value evaluate(const Program& program, Activation& activation, Arena& arena, Zones* zones) {
  const Code& code = program.code();
  Run run{arena, code.bounds.instructions_max, code.bounds.list_items_max, 0, &activation, zones};
  return Machine<Virtual>(code, {activation}, run).execute(0);
}

Value evaluate(const Program& program, std::span<const Value> slots, Arena& arena) {
  const Code& code = program.code();
  Run run{arena, code.bounds.instructions_max, code.bounds.list_items_max};
  return Machine<Array>(code, {slots}, run).execute(0);
}

}  // namespace tillwatch::cel
