// The standard library but for operators and times: size, text tests, conversions, type(). Called by both
// evaluators.
#include <array>
#include <cmath>

#include "cel/library.h"
#include "cel/number_text.h"
#include "cel/regex.h"
#include "cel/time_text.h"
#include "cel/utf8.h"

namespace tillwatch::cel {
namespace {

using Arguments = std::span<const Value>;

Value bad_conversion(Run& run, const Value& from, std::string_view to) {
  if (from.kind == Kind::text)
    return run.fail(ErrorKind::bad_conversion, "the text ", from.view(),
                    std::string(" cannot be read as ") + std::string(to));
  return run.fail(ErrorKind::overflow, "the number does not fit ", to);
}

Value size(Run& run, Arguments a) {
  if (a.size() != 1) return no_overload(run, "size", a);
  switch (a[0].kind) {
    case Kind::text:
      if (!run.spend(a[0].size / 16)) return run.out_of_budget();
      return Value::integer(static_cast<std::int64_t>(count_code_points(a[0].view())));
    case Kind::bytes:
    case Kind::list:
    case Kind::map:
      return Value::integer(a[0].size);
    default:
      return no_overload(run, "size", a);
  }
}

bool two_texts(Arguments a) {
  return a.size() == 2 && a[0].kind == Kind::text && a[1].kind == Kind::text;
}

Value contains(Run& run, Arguments a) {
  if (!two_texts(a)) return no_overload(run, "contains", a);
  // The search is plain; its worst case is the product of the sizes.
  if (!run.spend(a[0].size / 16 + std::uint64_t{a[0].size} * a[1].size / 256)) return run.out_of_budget();
  return Value::boolean(a[0].view().find(a[1].view()) != std::string_view::npos);
}
Value starts_with(Run& run, Arguments a) {
  if (!two_texts(a)) return no_overload(run, "startsWith", a);
  if (!run.spend(a[1].size / 16)) return run.out_of_budget();
  return Value::boolean(a[0].view().starts_with(a[1].view()));
}
Value ends_with(Run& run, Arguments a) {
  if (!two_texts(a)) return no_overload(run, "endsWith", a);
  if (!run.spend(a[1].size / 16)) return run.out_of_budget();
  return Value::boolean(a[0].view().ends_with(a[1].view()));
}
// Only patterns that are made while evaluating come here: the compiler prepares constant ones.
Value matches(Run& run, Arguments a) {
  if (!two_texts(a)) return no_overload(run, "matches", a);
  if (!run.spend(1000 + a[0].size / 4 + std::uint64_t{a[1].size} * 16)) return run.out_of_budget();
  std::string error;
  const auto regex = Regex::compile(a[1].view(), error);
  if (!regex) return run.fail(ErrorKind::invalid_argument, "not a regular expression: ", error);
  return Value::boolean(regex->matches(a[0].view()));
}

Value to_int(Run& run, Arguments a) {
  if (a.size() != 1) return no_overload(run, "int", a);
  constexpr double two_63 = 9223372036854775808.0;
  switch (a[0].kind) {
    case Kind::integer:
      return a[0];
    case Kind::uinteger:
      return a[0].u > static_cast<std::uint64_t>(INT64_MAX)
                 ? bad_conversion(run, a[0], "int")
                 : Value::integer(static_cast<std::int64_t>(a[0].u));
    case Kind::real:
      // Both ends are shut out: the doubles there stand for numbers beyond the range as well.
      if (!(a[0].d > -two_63 && a[0].d < two_63)) return bad_conversion(run, a[0], "int");
      return Value::integer(static_cast<std::int64_t>(a[0].d));
    case Kind::text: {
      const auto value = parse_int(a[0].view());
      return value ? Value::integer(*value) : bad_conversion(run, a[0], "int");
    }
    case Kind::timestamp:
      return Value::integer(a[0].i);
    default:
      return no_overload(run, "int", a);
  }
}

Value to_uint(Run& run, Arguments a) {
  if (a.size() != 1) return no_overload(run, "uint", a);
  constexpr double two_64 = 18446744073709551616.0;
  switch (a[0].kind) {
    case Kind::uinteger:
      return a[0];
    case Kind::integer:
      return a[0].i < 0 ? bad_conversion(run, a[0], "uint")
                        : Value::uinteger(static_cast<std::uint64_t>(a[0].i));
    case Kind::real:
      if (!(a[0].d >= 0 && a[0].d < two_64)) return bad_conversion(run, a[0], "uint");
      return Value::uinteger(static_cast<std::uint64_t>(a[0].d));
    case Kind::text: {
      const auto value = parse_uint(a[0].view());
      return value ? Value::uinteger(*value) : bad_conversion(run, a[0], "uint");
    }
    default:
      return no_overload(run, "uint", a);
  }
}

Value to_double(Run& run, Arguments a) {
  if (a.size() != 1) return no_overload(run, "double", a);
  switch (a[0].kind) {
    case Kind::real:
      return a[0];
    case Kind::integer:
      return Value::real(static_cast<double>(a[0].i));
    case Kind::uinteger:
      return Value::real(static_cast<double>(a[0].u));
    case Kind::text: {
      const auto value = parse_double(a[0].view());
      return value ? Value::real(*value) : bad_conversion(run, a[0], "double");
    }
    default:
      return no_overload(run, "double", a);
  }
}

Value to_string(Run& run, Arguments a) {
  if (a.size() != 1) return no_overload(run, "string", a);
  switch (a[0].kind) {
    case Kind::text:
      return a[0];
    case Kind::integer:
      return run.text(std::to_string(a[0].i));
    case Kind::uinteger:
      return run.text(std::to_string(a[0].u));
    case Kind::real:
      return run.text(format_double(a[0].d, true));
    case Kind::boolean:
      return Value::text(a[0].i != 0 ? "true" : "false");
    case Kind::bytes:
      if (!is_utf8(a[0].view())) return run.fail(ErrorKind::bad_conversion, "the bytes are not UTF-8");
      return Value::text(a[0].view());
    case Kind::timestamp:
      return run.text(format_timestamp({a[0].i, a[0].size}));
    case Kind::duration:
      return run.text(format_duration_text(a[0].i));
    default:
      return no_overload(run, "string", a);
  }
}

Value to_bytes(Run& run, Arguments a) {
  if (a.size() != 1 || (a[0].kind != Kind::text && a[0].kind != Kind::bytes))
    return no_overload(run, "bytes", a);
  return Value::bytes(a[0].view());
}

Value to_bool(Run& run, Arguments a) {
  if (a.size() == 1 && a[0].kind == Kind::boolean) return a[0];
  if (a.size() != 1 || a[0].kind != Kind::text) return no_overload(run, "bool", a);
  for (const std::string_view yes : {"1", "t", "T", "true", "TRUE", "True"})
    if (a[0].view() == yes) return Value::boolean(true);
  for (const std::string_view no : {"0", "f", "F", "false", "FALSE", "False"})
    if (a[0].view() == no) return Value::boolean(false);
  return bad_conversion(run, a[0], "bool");
}

Value to_dyn(Run& run, Arguments a) {
  return a.size() == 1 ? a[0] : no_overload(run, "dyn", a);
}
Value type_of(Run& run, Arguments a) {
  return a.size() == 1 ? Value::type(type_name(a[0])) : no_overload(run, "type", a);
}

constexpr std::array<Signature, 4> size_forms = {
    {{"string", "int"}, {"bytes", "int"}, {"list(A)", "int"}, {"map(A, B)", "int"}}};
constexpr std::array<Signature, 1> text_test = {{{"string, string", "bool"}}};
constexpr std::array<Signature, 5> int_forms = {
    {{"int", "int"}, {"uint", "int"}, {"double", "int"}, {"string", "int"}, {"timestamp", "int"}}};
constexpr std::array<Signature, 4> uint_forms = {
    {{"uint", "uint"}, {"int", "uint"}, {"double", "uint"}, {"string", "uint"}}};
constexpr std::array<Signature, 4> double_forms = {
    {{"double", "double"}, {"int", "double"}, {"uint", "double"}, {"string", "double"}}};
constexpr std::array<Signature, 8> string_forms = {{{"string", "string"},
                                                    {"int", "string"},
                                                    {"uint", "string"},
                                                    {"double", "string"},
                                                    {"bool", "string"},
                                                    {"bytes", "string"},
                                                    {"timestamp", "string"},
                                                    {"duration", "string"}}};
constexpr std::array<Signature, 2> bytes_forms = {{{"bytes", "bytes"}, {"string", "bytes"}}};
constexpr std::array<Signature, 2> bool_forms = {{{"bool", "bool"}, {"string", "bool"}}};
constexpr std::array<Signature, 1> dyn_forms = {{{"A", "dyn"}}};
constexpr std::array<Signature, 1> type_forms = {{{"A", "type(A)"}}};

constexpr std::array<Function, 15> table = {
    {{"size", false, size_forms, size, "code points of a text, octets, items of a list, entries of a map"},
     {"size", true, size_forms, size, "code points of a text, octets, items of a list, entries of a map"},
     {"contains", true, text_test, contains, "the text holds the other"},
     {"startsWith", true, text_test, starts_with, "the text starts with the other"},
     {"endsWith", true, text_test, ends_with, "the text ends with the other"},
     {"matches", true, text_test, matches, "some part of the text matches the RE2 pattern"},
     {"matches", false, text_test, matches, "some part of the text matches the RE2 pattern"},
     {"int", false, int_forms, to_int, "to int: cuts a fraction; a timestamp gives its seconds"},
     {"uint", false, uint_forms, to_uint, "to uint: cuts a fraction"},
     {"double", false, double_forms, to_double, "to double"},
     {"string", false, string_forms, to_string, "to string"},
     {"bytes", false, bytes_forms, to_bytes, "the UTF-8 octets of a text"},
     {"bool", false, bool_forms, to_bool, "to bool: \"true\", \"t\", \"1\", \"false\", \"f\", \"0\""},
     {"dyn", false, dyn_forms, to_dyn, "the same value, its type not checked before it runs"},
     {"type", false, type_forms, type_of, "the type of the value"}}};

}  // namespace

std::span<const Function> standard_library() {
  return table;
}

}  // namespace tillwatch::cel
