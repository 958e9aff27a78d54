// Random well-typed expressions for property tests: every operator and most functions over a few variables
// that can be values, absent or unknown. Deterministic in its seed for one compiler, in whose order the
// operands of + are drawn; typed_expression_fixture.h is so for all.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "cel/environment.h"
#include "cel/run.h"

namespace tillwatch::cel {

// xorshift64*: the standard library's distributions differ between machines.
class TestRandom {
 public:
  explicit TestRandom(std::uint64_t seed) : state_(seed * 0x9E3779B97F4A7C15u + 0x1234567) {
    if (state_ == 0) state_ = 1;
  }
  std::uint64_t next() {
    state_ ^= state_ >> 12;
    state_ ^= state_ << 25;
    state_ ^= state_ >> 27;
    return state_ * 0x2545F4914F6CDD1Du;
  }
  std::uint64_t below(std::uint64_t n) { return (next() >> 11) % n; }
  template <std::size_t n>
  std::string pick(const std::array<std::string_view, n>& all) {
    return std::string(all[below(n)]);
  }

 private:
  std::uint64_t state_;
};

class ExpressionMaker {
 public:
  explicit ExpressionMaker(std::uint64_t seed) : random(seed) {}

  std::string any() {
    switch (random.below(9)) {
      case 0:
        return integer(4);
      case 1:
        return text(4);
      case 2:
        return real(3);
      case 3:
        return integers(3);
      case 4:
        return map(3);
      case 5:
        return optional(3);
      case 6:
        return uinteger(3);
      default:
        return boolean(4);
    }
  }

  std::string boolean(int depth) {
    if (depth <= 0) return leaf_boolean();
    constexpr std::array<std::string_view, 6> relations = {"==", "!=", "<", "<=", ">", ">="};
    switch (random.below(18)) {
      case 0:
      case 1:
        return "(" + boolean(depth - 1) + " && " + boolean(depth - 1) + ")";
      case 2:
      case 3:
        return "(" + boolean(depth - 1) + " || " + boolean(depth - 1) + ")";
      case 4:
        return "(" + boolean(depth - 1) + " && " + boolean(depth - 2) + " && " + boolean(depth - 1) + ")";
      case 5:
        return "!" + boolean(depth - 1);
      case 6:
        return "(" + integer(depth - 1) + " " + random.pick(relations) + " " + integer(depth - 1) + ")";
      case 7:
        return "(" + variable_integer() + " " + random.pick(relations) + " " + literal_integer() + ")";
      case 8:
        return "(" + text(depth - 1) + " " + random.pick(relations) + " " + text(depth - 1) + ")";
      case 9:
        return "(" + real(depth - 1) + " " + random.pick(relations) + " " + real(depth - 1) + ")";
      case 10:
        return "(" + integer(depth - 1) + " in " + integers(depth - 1) + ")";
      case 11:
        return over_list(depth);
      case 12:
        return "(" + boolean(depth - 1) + " ? " + boolean(depth - 1) + " : " + boolean(depth - 1) + ")";
      case 13:
        return "(" + integers(depth - 1) + " == " + integers(depth - 1) + ")";
      case 14:
        return "has(" + map(depth - 1) + ".a)";
      case 15:
        return "(" + text(depth - 1) + ").contains(" + text(depth - 1) + ")";
      case 16:
        return "(" + optional(depth - 1) + ").hasValue()";
      default:
        return "cel.bind(q, " + integer(depth - 1) + ", q > " + integer(depth - 1) + " || q == 0)";
    }
  }

  std::string integer(int depth) {
    if (depth <= 0) return random.below(3) == 0 ? literal_integer() : variable_integer();
    constexpr std::array<std::string_view, 5> signs = {"+", "-", "*", "/", "%"};
    switch (random.below(11)) {
      case 0:
      case 1:
      case 2:
        return "(" + integer(depth - 1) + " " + random.pick(signs) + " " + integer(depth - 1) + ")";
      case 3:
        return "size(" + text(depth - 1) + ")";
      case 4:
        return "size(" + integers(depth - 1) + ")";
      case 5:
        return "(" + boolean(depth - 1) + " ? " + integer(depth - 1) + " : " + integer(depth - 1) + ")";
      case 6:
        return integers(depth - 1) + "[" + integer(depth - 2) + "]";
      case 7:
        return "int(" + real(depth - 1) + ")";
      case 8:
        return map(depth - 1) + ".a";
      case 9:
        return "(" + optional(depth - 1) + ").orValue(" + integer(depth - 1) + ")";
      default:
        return "math.greatest(" + integer(depth - 1) + ", " + integer(depth - 1) + ")";
    }
  }

 private:
  TestRandom random;
  int nested_ = 0;

  std::string leaf_boolean() {
    constexpr std::array<std::string_view, 8> leaves = {
        "true", "false", "flag", "other", "unsure", "has(rec.gone)", "has(rec.here)", "1 / 0 == 1"};
    return "(" + random.pick(leaves) + ")";
  }
  std::string literal_integer() {
    constexpr std::array<std::string_view, 10> all = {
        "0", "1", "2", "3", "-1", "7", "100", "9223372036854775807", "(-9223372036854775808)", "500000"};
    return random.pick(all);
  }
  std::string variable_integer() {
    if (nested_ > 0 && random.below(2) == 0) return "v";
    constexpr std::array<std::string_view, 5> all = {"a", "b", "rec.here", "rec.gone", "later"};
    return random.pick(all);
  }
  std::string uinteger(int depth) {
    constexpr std::array<std::string_view, 4> signs = {"+", "-", "*", "%"};
    constexpr std::array<std::string_view, 4> all = {"0u", "1u", "18446744073709551615u", "7u"};
    if (depth <= 0) return random.pick(all);
    return "(" + uinteger(depth - 1) + " " + random.pick(signs) + " uint(" + integer(depth - 1) + "))";
  }
  std::string real(int depth) {
    constexpr std::array<std::string_view, 6> all = {"0.0",   "1.5",   "-2.25",
                                                     "1e300", "ratio", "double('nan')"};
    constexpr std::array<std::string_view, 4> signs = {"+", "-", "*", "/"};
    if (depth <= 0) return random.pick(all);
    if (random.below(4) == 0) return "double(" + integer(depth - 1) + ")";
    return "(" + real(depth - 1) + " " + random.pick(signs) + " " + real(depth - 1) + ")";
  }
  std::string text(int depth) {
    constexpr std::array<std::string_view, 6> all = {"''", "'a'", "'abc'", "'\u6536\u5355'", "name", "'a1'"};
    if (depth <= 0) return random.pick(all);
    switch (random.below(5)) {
      case 0:
        return "(" + text(depth - 1) + " + " + text(depth - 1) + ")";
      case 1:
        return "string(" + integer(depth - 1) + ")";
      case 2:
        return "(" + text(depth - 1) + ").substring(" + integer(0) + ")";
      case 3:
        return "(" + text(depth - 1) + ").upperAscii()";
      default:
        return random.pick(all);
    }
  }
  std::string integers(int depth) {
    if (depth <= 0) return random.below(2) == 0 ? "numbers" : "[1, 2, 3]";
    switch (random.below(6)) {
      case 0:
        return "[" + integer(depth - 1) + ", " + integer(depth - 1) + "]";
      case 1:
        return "(" + integers(depth - 1) + " + " + integers(depth - 1) + ")";
      case 2:
        return integers(depth - 1) + ".map(v, " + inside([&] { return integer(depth - 1); }) + ")";
      case 3:
        return integers(depth - 1) + ".filter(v, " + inside([&] { return boolean(depth - 2); }) + ")";
      case 4:
        return integers(depth - 1) + ".transformList(n, v, " + inside([&] { return integer(depth - 2); }) +
               ")";
      default:
        return "[?" + optional(depth - 1) + ", 4, 5, 6]";
    }
  }
  std::string map(int depth) {
    if (depth <= 0) return "{'a': 1, 'b': 2}";
    switch (random.below(3)) {
      case 0:
        return "{'a': " + integer(depth - 1) + "}";
      case 1:
        return "{" + text(depth - 1) + ": " + integer(depth - 1) + ", 'b': 2}";
      default:
        return "{'a': 3, 'c': 4}.transformMap(k, v, " + inside([&] { return integer(depth - 1); }) + ")";
    }
  }
  std::string optional(int depth) {
    switch (random.below(5)) {
      case 0:
        return "optional.of(" + integer(depth - 1) + ")";
      case 1:
        return map(depth - 1) + ".?a";
      case 2:
        return integers(depth - 1) + "[?" + integer(0) + "]";
      case 3:
        return depth <= 0
                   ? "optional.of(2)"
                   : optional(depth - 1) + ".optMap(v, " + inside([&] { return integer(depth - 1); }) + ")";
      default:
        return depth <= 0 ? "optional.of(1)" : optional(depth - 1) + ".or(" + optional(depth - 1) + ")";
    }
  }
  std::string over_list(int depth) {
    constexpr std::array<std::string_view, 3> macros = {"all", "exists", "exists_one"};
    return integers(depth - 1) + "." + random.pick(macros) + "(v, " +
           inside([&] { return boolean(depth - 1); }) + ")";
  }
  template <class Make>
  std::string inside(Make make) {
    ++nested_;
    std::string made = make();
    --nested_;
    return made;
  }
};

// The variables that the expressions name.
inline Environment test_environment() {
  Environment environment = Environment::standard();
  const std::vector<Variable> fields = {{"here", Type::integer(), 3, {}}, {"gone", Type::integer(), 4, {}}};
  bool good = environment.declare("a", Type::integer(), 0).has_value();
  good = environment.declare("b", Type::integer(), 1).has_value() && good;
  good = environment.declare("later", Type::integer(), 2).has_value() && good;
  good = environment.declare_record("rec", fields).has_value() && good;
  good = environment.declare("flag", Type::boolean(), 5).has_value() && good;
  good = environment.declare("other", Type::boolean(), 6).has_value() && good;
  good = environment.declare("unsure", Type::boolean(), 7).has_value() && good;
  good = environment.declare("ratio", Type::real(), 8).has_value() && good;
  good = environment.declare("name", Type::text(), 9).has_value() && good;
  good = environment.declare("numbers", Type::list(Type::integer()), 10).has_value() && good;
  return good ? environment : Environment();
}

class TestActivation final : public Activation {
 public:
  explicit TestActivation(std::uint64_t seed) {
    TestRandom random(seed);
    values_ = {Value::integer(static_cast<std::int64_t>(random.below(20)) - 5),
               Value::integer(static_cast<std::int64_t>(random.next())),
               Value::unknown(),
               Value::integer(3),
               Value{},
               Value::boolean(true),
               Value::boolean(false),
               Value::unknown(),
               Value::real(0.5),
               Value::text("abc"),
               Value::list(numbers_)};
  }
  Value load(std::uint32_t slot) override { return values_[slot]; }
  const std::vector<Value>& values() const { return values_; }

 private:
  std::array<Value, 3> numbers_ = {Value::integer(1), Value::integer(0), Value::integer(-4)};
  std::vector<Value> values_;
};

}  // namespace tillwatch::cel
