// Optional values: optional.of, none, value, lists of them. Called by both evaluators; or() and orValue()
// look at their argument only where it is needed, which the evaluators see to.
#include <array>
#include <memory>

#include "cel/library.h"

namespace tillwatch::cel {
namespace {

using Arguments = std::span<const Value>;

bool is_zero(const Value& value) {
  switch (value.kind) {
    case Kind::null:
      return true;
    case Kind::boolean:
    case Kind::integer:
    case Kind::duration:
      return value.i == 0;
    case Kind::uinteger:
      return value.u == 0;
    case Kind::real:
      return value.d == 0;
    case Kind::text:
    case Kind::bytes:
    case Kind::list:
    case Kind::map:
      return value.size == 0;
    case Kind::optional:
      return !value.has_content();
    // The zero of a timestamp is its first instant in the language's libraries: 1970.
    case Kind::timestamp:
      return value.i == 0 && value.size == 0;
    default:
      return false;
  }
}

Value of(Run& run, Arguments a) {
  return a.size() == 1 ? run.some(a[0]) : no_overload(run, "optional.of", a);
}
Value of_non_zero(Run& run, Arguments a) {
  if (a.size() != 1) return no_overload(run, "optional.ofNonZeroValue", a);
  return is_zero(a[0]) ? Value::none() : run.some(a[0]);
}
Value none(Run& run, Arguments a) {
  return a.empty() ? Value::none() : no_overload(run, "optional.none", a);
}

Value has_value(Run& run, Arguments a) {
  if (a.size() != 1 || a[0].kind != Kind::optional) return no_overload(run, "hasValue", a);
  return Value::boolean(a[0].has_content());
}
Value value(Run& run, Arguments a) {
  if (a.size() != 1 || a[0].kind != Kind::optional) return no_overload(run, "value", a);
  return a[0].has_content() ? *a[0].items
                            : run.fail(ErrorKind::invalid_argument, "the optional holds no value");
}
Value or_other(Run& run, Arguments a) {
  if (a.size() != 2 || a[0].kind != Kind::optional || a[1].kind != Kind::optional)
    return no_overload(run, "or", a);
  return a[0].has_content() ? a[0] : a[1];
}
Value or_value(Run& run, Arguments a) {
  if (a.size() != 2 || a[0].kind != Kind::optional) return no_overload(run, "orValue", a);
  return a[0].has_content() ? *a[0].items : a[1];
}

Value unwrap(Run& run, Arguments a) {
  if (a.size() != 1 || a[0].kind != Kind::list) return no_overload(run, "unwrap", a);
  if (!run.spend(a[0].size)) return run.out_of_budget();
  auto* room = run.arena.take<Value>(a[0].size);
  if (room == nullptr) return run.out_of_memory();
  std::size_t count = 0;
  for (const Value& item : a[0].elements()) {
    if (item.kind != Kind::optional) return no_overload(run, "unwrap", a);
    if (item.has_content()) std::construct_at(room + count++, *item.items);
  }
  return Value::list({room, count});
}

Value first(Run& run, Arguments a) {
  if (a.size() != 1 || a[0].kind != Kind::list) return no_overload(run, "first", a);
  return a[0].size == 0 ? Value::none() : run.some(a[0].items[0]);
}
Value last(Run& run, Arguments a) {
  if (a.size() != 1 || a[0].kind != Kind::list) return no_overload(run, "last", a);
  return a[0].size == 0 ? Value::none() : run.some(a[0].items[a[0].size - 1]);
}

constexpr std::array<Signature, 1> of_forms = {{{"A", "optional(A)"}}};
constexpr std::array<Signature, 1> none_forms = {{{"", "optional(A)"}}};
constexpr std::array<Signature, 1> has_forms = {{{"optional(A)", "bool"}}};
constexpr std::array<Signature, 1> value_forms = {{{"optional(A)", "A"}}};
constexpr std::array<Signature, 1> or_forms = {{{"optional(A), optional(A)", "optional(A)"}}};
constexpr std::array<Signature, 1> or_value_forms = {{{"optional(A), A", "A"}}};
constexpr std::array<Signature, 1> unwrap_forms = {{{"list(optional(A))", "list(A)"}}};
constexpr std::array<Signature, 1> end_forms = {{{"list(A)", "optional(A)"}}};

constexpr std::array<Function, 11> table = {
    {{"optional.of", false, of_forms, of, "an optional that holds the value"},
     {"optional.ofNonZeroValue", false, of_forms, of_non_zero,
      "an optional; none of 0, false, '', null, [] and {}"},
     {"optional.none", false, none_forms, none, "an optional that holds nothing"},
     {"optional.unwrap", false, unwrap_forms, unwrap, "the values of a list of optionals that hold one"},
     {"unwrapOpt", true, unwrap_forms, unwrap, "the values of a list of optionals that hold one"},
     {"hasValue", true, has_forms, has_value, "whether the optional holds a value"},
     {"value", true, value_forms, value, "the value; an error where there is none"},
     {"or", true, or_forms, or_other, "this optional, or the other where this holds nothing"},
     {"orValue", true, or_value_forms, or_value, "the value, or the other one where there is none"},
     {"first", true, end_forms, first, "the first item as an optional"},
     {"last", true, end_forms, last, "the last item as an optional"}}};

}  // namespace

std::span<const Function> optional_library() {
  return table;
}

}  // namespace tillwatch::cel
