// Random expressions of every type, made from the tables of the libraries themselves, so that a function
// which is added is tried at once; with every operator, macro, optional form and cel.bind. Test code only.
// Deterministic in its seed on every machine.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cel/library.h"
#include "cel/typed_world_fixture.h"

namespace tillwatch::cel {

// One signature of one function, its types read once.
struct CallForm {
  std::string_view name;
  bool member;
  std::vector<Type> parameters;
  Type result;
};

// All of them but matches(), whose pattern must be a good one, and the extremes, which take any number.
inline std::vector<CallForm> call_forms() {
  std::vector<CallForm> forms;
  for (const auto library : standard_libraries()) {
    for (const Function& function : library) {
      if (function.name == "matches" || function.name == "dyn") continue;
      for (const Signature& signature : function.signatures) {
        if (signature.parameters == "number...") continue;
        CallForm form{function.name, function.member, {}, parse_type(signature.result).value_or(Type::dyn())};
        std::size_t start = 0;
        int depth = 0;
        const std::string_view text = signature.parameters;
        for (std::size_t i = 0; i <= text.size() && !text.empty(); ++i) {
          if (i < text.size()) depth += text[i] == '(' ? 1 : text[i] == ')' ? -1 : 0;
          if (i < text.size() && (text[i] != ',' || depth > 0)) continue;
          form.parameters.push_back(parse_type(text.substr(start, i - start)).value_or(Type::dyn()));
          start = i + 1;
        }
        forms.push_back(std::move(form));
      }
    }
  }
  return forms;
}

class TypedExpressionMaker {
 public:
  // `loose`: now and then an operand of another type, for expressions that are not checked.
  TypedExpressionMaker(std::uint64_t seed, const std::vector<CallForm>& forms, bool loose)
      : random_(seed), forms_(forms), loose_(loose), left_(6 + static_cast<int>(random_.below(30))) {}

  std::string any() { return make(type(2), 6); }

 private:
  struct Local {
    std::string name;
    Type type;
  };
  using Letters = std::vector<std::optional<Type>>;

  // The parts of a braced list are made in their order; the operands of + need not be.
  static std::string joined(std::initializer_list<std::string> parts) {
    std::string text;
    for (const std::string& part : parts) text += part;
    return text;
  }
  std::uint64_t below(std::uint64_t n) { return random_.below(n); }
  bool chance(std::uint64_t one_in) { return random_.below(one_in) == 0; }

  Type scalar() {
    constexpr std::array<std::string_view, 12> all = {"bool",     "int",   "uint",   "double",
                                                      "string",   "bytes", "string", "timestamp",
                                                      "duration", "null",  "int",    "dyn"};
    return *parse_type(all[below(all.size())]);
  }
  Type key() {
    constexpr std::array<std::string_view, 5> all = {"string", "int", "uint", "bool", "string"};
    return *parse_type(all[below(all.size())]);
  }
  Type type(int depth) {
    if (depth == 0) return scalar();
    switch (below(9)) {
      case 0:
      case 1:
        return Type::list(type(depth - 1));
      case 2: {
        Type of_keys = key();
        return Type::map(std::move(of_keys), type(depth - 1));
      }
      case 3:
        return Type::optional(type(depth - 1));
      case 4:
      case 5:
      case 6:
        return Type::boolean();
      default:
        return scalar();
    }
  }

  std::string make(const Type& wanted, int depth) {
    if (loose_ && chance(25)) return make_of(type(1), depth);
    if (chance(40)) return "dyn(" + make_of(chance(2) ? wanted : type(1), depth - 1) + ")";
    return make_of(wanted, depth);
  }
  std::string make_of(const Type& wanted, int depth) {
    if (depth <= 0 || --left_ < 0 || chance(7)) return leaf(wanted);
    switch (below(8)) {
      case 0:
        return joined({"(", make(Type::boolean(), depth - 1), " ? ", make(wanted, depth - 1), " : ",
                       make(wanted, depth - 1), ")"});
      case 1:
        return from_container(wanted, depth - 1);
      case 2: {
        const Type bound = type(1);
        const std::string value = make(bound, depth - 1);
        const std::string name = fresh_name({});
        return joined(
            {"cel.bind(", name, ", ", value, ", ", within({{name, bound}}, wanted, depth - 1), ")"});
      }
      case 3:
      case 4:
      case 5: {
        std::string made = call(wanted, depth - 1);
        return made.empty() ? own_form(wanted, depth - 1) : made;
      }
      default:
        return own_form(wanted, depth - 1);
    }
  }

  // What can only be written for this type: macros, literals, short circuits.
  std::string own_form(const Type& wanted, int depth) {
    switch (wanted.kind()) {
      case TypeKind::boolean:
        return truth(depth);
      case TypeKind::integer:
      case TypeKind::uinteger:
      case TypeKind::real:
        return extreme(wanted, depth);
      case TypeKind::list:
        return list(wanted.argument(0), depth);
      case TypeKind::map:
        return map(wanted.argument(0), wanted.argument(1), depth);
      case TypeKind::optional:
        return optional(wanted.argument(0), depth);
      case TypeKind::type:
        return "type(" + make(type(1), depth) + ")";
      case TypeKind::dyn:
        return "dyn(" + make(type(1), depth) + ")";
      default:
        return leaf(wanted);
    }
  }

  std::string extreme(const Type& wanted, int depth) {
    std::string text = chance(2) ? "math.greatest(" : "math.least(";
    if (chance(3)) return text + make_of(Type::list(wanted), depth) + ")";
    text += make_of(wanted, depth);
    for (std::uint64_t more = below(3); more > 0; --more) text += ", " + make_of(wanted, depth);
    return text + ")";
  }

  std::string truth(int depth) {
    const auto part = [&] { return make(Type::boolean(), depth); };
    const auto sign = [&] { return chance(2) ? " && " : " || "; };
    switch (below(9)) {
      case 0:
      case 1:
        return joined({"(", part(), " && ", part(), ")"});
      case 2:
      case 3:
        return joined({"(", part(), " || ", part(), ")"});
      case 4:
        return joined({"(", part(), sign(), part(), sign(), part(), ")"});
      case 5:
        return chance(3)
                   ? std::string("has(rec.gone)")
                   : joined({"has(", make_of(Type::map(Type::text(), type(1)), depth), ".", field(), ")"});
      case 6:
        return joined({"(", make(Type::text(), depth), ").matches(", pattern(), ")"});
      default:
        return predicate(depth);
    }
  }
  std::string predicate(int depth) {
    constexpr std::array<std::string_view, 3> one = {"all", "exists", "exists_one"};
    constexpr std::array<std::string_view, 3> two = {"all", "exists", "existsOne"};
    return chance(2) ? macro(random_.pick(one), Type::boolean(), 1, false, depth)
                     : macro(random_.pick(two), Type::boolean(), 2, false, depth);
  }
  std::string pattern() {
    constexpr std::array<std::string_view, 6> all = {"'[a-z]+'", "'^a'", "'\\u6536|b'",
                                                     "''",       "s1",   "s_later"};
    return random_.pick(all);
  }
  std::string field() {
    constexpr std::array<std::string_view, 4> all = {"a", "b", "c", "x"};
    return random_.pick(all);
  }

  // range.name(variables, [filter,] body) over a random list or map.
  std::string macro(const std::string& name, const Type& body, int variables, bool filtered, int depth) {
    const bool over_map = chance(3);
    const Type item = type(1);
    const Type of_keys = key();
    const std::string range =
        over_map ? make_of(Type::map(of_keys, item), depth) : make_of(Type::list(item), depth);
    std::vector<Local> locals = {{fresh_name({}), over_map ? of_keys : item}};
    if (variables == 2) {
      if (!over_map) locals[0].type = Type::integer();
      locals.push_back({fresh_name(locals[0].name), item});
    }
    std::string text = "(" + range + ")." + name + "(" + locals[0].name;
    if (variables == 2) text += ", " + locals[1].name;
    if (filtered) text += ", " + within(locals, Type::boolean(), depth);
    text += ", " + within(locals, body, depth);
    return text + ")";
  }

  std::string list(const Type& item, int depth) {
    switch (below(6)) {
      case 0:
        return macro("map", item, 1, chance(3), depth);
      case 1: {
        const std::string name = fresh_name({});
        return joined({"(", make_of(Type::list(item), depth), ").filter(", name, ", ",
                       within({{name, item}}, Type::boolean(), depth), ")"});
      }
      case 2:
        return macro("transformList", item, 2, chance(3), depth);
      default:
        break;
    }
    std::string text = "[";
    for (std::uint64_t i = 0, n = below(4); i < n; ++i) {
      text += i == 0 ? "" : ", ";
      text += chance(5) ? "?" + make_of(Type::optional(item), depth) : make(item, depth);
    }
    return text + "]";
  }

  std::string map(const Type& of_keys, const Type& value, int depth) {
    if (chance(4) && of_keys.is(TypeKind::integer)) {
      const std::string first = fresh_name({});
      const std::string second = fresh_name(first);
      const Type item = type(1);
      return joined({"(", make_of(Type::list(item), depth), ").transformMap(", first, ", ", second, ", ",
                     within({{first, Type::integer()}, {second, item}}, value, depth), ")"});
    }
    if (chance(4)) return macro("transformMapEntry", Type::map(of_keys, value), 2, chance(3), depth);
    std::string text = "{";
    for (std::uint64_t i = 0, n = below(3); i < n; ++i) {
      const bool maybe = chance(5);
      text += i == 0 ? "" : ", ";
      text += joined({maybe ? "?" : "", make(of_keys, depth), ": ",
                      maybe ? make_of(Type::optional(value), depth) : make(value, depth)});
    }
    return text + "}";
  }

  std::string optional(const Type& content, int depth) {
    const std::string name = fresh_name({});
    const Type inner = type(1);
    switch (below(6)) {
      case 0:
        return joined({"(", make_of(Type::optional(inner), depth), ").optMap(", name, ", ",
                       within({{name, inner}}, content, depth), ")"});
      case 1:
        return joined({"(", make_of(Type::optional(inner), depth), ").optFlatMap(", name, ", ",
                       within({{name, inner}}, Type::optional(content), depth), ")"});
      case 2:
        return joined({"(", make_of(Type::map(Type::text(), content), depth), ").?", field()});
      case 3:
        return joined({"(", make_of(Type::list(content), depth), ")[?", make(Type::integer(), depth), "]"});
      case 4:
        return joined({"(", make_of(Type::optional(Type::map(Type::text(), content)), depth), ").", field()});
      default:
        return "optional.of(" + make(content, depth) + ")";
    }
  }

  std::string from_container(const Type& wanted, int depth) {
    if (chance(3)) return joined({"(", make_of(Type::map(Type::text(), wanted), depth), ").", field()});
    if (chance(2))
      return joined({"(", make_of(Type::list(wanted), depth), ")[", make(Type::integer(), depth), "]"});
    const Type of_keys = key();
    return joined({"(", make_of(Type::map(of_keys, wanted), depth), ")[", make(of_keys, depth), "]"});
  }

  // A call of some function whose result can be this type; empty where ten draws found none.
  std::string call(const Type& wanted, int depth) {
    for (int tries = 0; tries < 10; ++tries) {
      const CallForm& form = forms_[below(forms_.size())];
      Letters letters(2);
      if (!fits(form.result, wanted, letters)) continue;
      for (const Type& parameter : form.parameters)
        if (parameter.is(TypeKind::map) && !letters[parameter.argument(0).number()])
          letters[parameter.argument(0).number()] = key();
      std::vector<std::string> arguments;
      arguments.reserve(form.parameters.size());
      for (const Type& parameter : form.parameters)
        arguments.push_back(make(instantiated(parameter, letters), depth));
      return written(form, arguments);
    }
    return {};
  }
  static std::string written(const CallForm& form, const std::vector<std::string>& arguments) {
    const std::string_view name = form.name;
    if (name == "-_" || name == "!_") return std::string(name.substr(0, 1)) + "(" + arguments[0] + ")";
    if (name.front() == '_')
      return "(" + arguments[0] + " " + std::string(name.substr(1, name.size() - 2)) + " " + arguments[1] +
             ")";
    std::string text = form.member ? "(" + arguments[0] + ")." : "";
    text += std::string(name) + "(";
    const std::size_t first = form.member ? 1 : 0;
    for (std::size_t i = first; i < arguments.size(); ++i) text += (i == first ? "" : ", ") + arguments[i];
    return text + ")";
  }
  static bool fits(const Type& form, const Type& wanted, Letters& letters) {
    if (form.is(TypeKind::parameter)) {
      auto& letter = letters[form.number()];
      if (letter) return *letter == wanted;
      letter = wanted;
      return true;
    }
    if (form.kind() != wanted.kind() || form.is_dyn()) return false;
    for (std::size_t i = 0; i < form.argument_count(); ++i)
      if (!fits(form.argument(i), wanted.argument(i), letters)) return false;
    return true;
  }
  Type instantiated(const Type& form, Letters& letters) {
    switch (form.kind()) {
      case TypeKind::parameter: {
        auto& letter = letters[form.number()];
        if (!letter) letter = type(1);
        return *letter;
      }
      case TypeKind::list:
        return Type::list(instantiated(form.argument(0), letters));
      case TypeKind::optional:
        return Type::optional(instantiated(form.argument(0), letters));
      case TypeKind::map: {
        Type of_keys = instantiated(form.argument(0), letters);
        return Type::map(std::move(of_keys), instantiated(form.argument(1), letters));
      }
      default:
        return form;
    }
  }

  // A name out of few, so that they hide one another; not `taken`.
  std::string fresh_name(const std::string& taken) {
    constexpr std::array<std::string_view, 5> names = {"k", "v", "x", "y", "i1"};
    while (true) {
      std::string name = random_.pick(names);
      if (name != taken) return name;
    }
  }
  std::string within(const std::vector<Local>& locals, const Type& wanted, int depth) {
    const std::size_t before = locals_.size();
    locals_.insert(locals_.end(), locals.begin(), locals.end());
    std::string made = make(wanted, depth);
    locals_.resize(before);
    return made;
  }
  // The innermost type of a macro variable's name; nothing where it is no macro variable here.
  std::optional<Type> local_type(std::string_view name) const {
    const auto innermost = std::ranges::find(locals_.rbegin(), locals_.rend(), name, &Local::name);
    return innermost == locals_.rend() ? std::nullopt : std::optional(innermost->type);
  }

  std::string leaf(const Type& wanted) {
    std::vector<std::string> names;
    for (const Local& local : locals_)
      if (local.type == wanted && local_type(local.name) == wanted) names.push_back(local.name);
    if (!names.empty() && chance(2)) return names[below(names.size())];
    names.clear();
    for (const WorldVariable& variable : world_variables)
      if (!local_type(variable.name) && parse_type(variable.type) == wanted)
        names.emplace_back(variable.name);
    return !names.empty() && chance(2) ? names[below(names.size())] : literal(wanted);
  }

  std::string literal(const Type& wanted) {
    switch (wanted.kind()) {
      case TypeKind::list:
        return chance(3) ? "[]" : "[" + leaf(wanted.argument(0)) + "]";
      case TypeKind::map:
        return chance(3) ? "{}"
                         : joined({"{", leaf(wanted.argument(0)), ": ", leaf(wanted.argument(1)), "}"});
      case TypeKind::optional:
        return chance(3) ? "optional.none()" : "optional.of(" + leaf(wanted.argument(0)) + ")";
      case TypeKind::type:
        return "type(" + leaf(scalar()) + ")";
      case TypeKind::dyn:
        return "dyn(" + literal(scalar()) + ")";
      default:
        return scalar_literal(wanted.kind());
    }
  }
  std::string scalar_literal(TypeKind kind) {
    constexpr std::array<std::string_view, 3> truths = {"true", "false", "(1 / 0 == 1)"};
    constexpr std::array<std::string_view, 9> integers = {
        "0", "1", "2", "-1", "3", "64", "500000", "9223372036854775807", "-9223372036854775808"};
    constexpr std::array<std::string_view, 5> unsigned_ones = {"0u", "1u", "3u", "64u",
                                                               "18446744073709551615u"};
    constexpr std::array<std::string_view, 7> reals = {"0.0",   "-0.0", "1.5",          "-2.25",
                                                       "1e300", "0.1",  "double('nan')"};
    constexpr std::array<std::string_view, 12> texts = {
        "''",        "'a'",  "'abc'", "'\u6536\u5355'", "'x'",      "'%s'",
        "'%.2f %d'", "'12'", "'1h'",  "'true'",         "'+08:00'", "'2026-01-31T00:00:00Z'"};
    constexpr std::array<std::string_view, 4> octets = {"b''", "b'a'", "b'\\xff\\x00'", "b'\u6536'"};
    constexpr std::array<std::string_view, 3> times = {
        "timestamp(0)", "timestamp('9999-12-31T23:59:59.999Z')", "timestamp('2024-02-29T12:00:00+08:00')"};
    constexpr std::array<std::string_view, 4> spans = {"duration('0s')", "duration('1h30m')",
                                                       "duration('-1ns')", "duration('2000000h')"};
    switch (kind) {
      case TypeKind::boolean:
        return random_.pick(truths);
      case TypeKind::integer:
        return "(" + random_.pick(integers) + ")";
      case TypeKind::uinteger:
        return random_.pick(unsigned_ones);
      case TypeKind::real:
        return "(" + random_.pick(reals) + ")";
      case TypeKind::text:
        return random_.pick(texts);
      case TypeKind::bytes:
        return random_.pick(octets);
      case TypeKind::timestamp:
        return random_.pick(times);
      case TypeKind::duration:
        return random_.pick(spans);
      default:
        return "null";
    }
  }

  TestRandom random_;
  const std::vector<CallForm>& forms_;
  bool loose_;
  int left_;  // parts that may still be made of more than a leaf
  std::vector<Local> locals_;
};

}  // namespace tillwatch::cel
