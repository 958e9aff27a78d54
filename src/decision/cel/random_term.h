// Random conditions of a few terms over variables of every type, and events whose values lie at, between and
// beside their constants, or are absent, unknown, errors or of another type. Test code only.
#pragma once

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "cel/environment.h"
#include "cel/random_expression.h"
#include "cel/run.h"

namespace tillwatch::cel {

// Three variables of each type: i0 i1 i2, u0 ..., r, t, f, y (bytes), d (duration), w (timestamp).
inline constexpr std::array<std::string_view, 8> term_letters = {"i", "u", "r", "t", "f", "y", "d", "w"};

inline Environment term_environment() {
  Environment environment = Environment::standard();
  environment.allow_presence_of_variables();
  const std::array<Type, 8> types = {Type::integer(), Type::uinteger(), Type::real(),     Type::text(),
                                     Type::boolean(), Type::bytes(),    Type::duration(), Type::timestamp()};
  bool good = true;
  for (std::uint32_t slot = 0; slot < 24; ++slot)
    good = environment
               .declare(std::string(term_letters[slot / 3]) + std::to_string(slot % 3), types[slot / 3], slot)
               .has_value() &&
           good;
  return good ? environment : Environment();
}

class TermMaker {
 public:
  explicit TermMaker(std::uint64_t seed) : random(seed) {}

  std::string condition() { return part(3); }

  // The source of constant `which` of a type, 0 <= which < 6, ascending but for doubles' last (NaN).
  static std::string constant(std::size_t type, std::uint64_t which) {
    using Row = std::array<std::string_view, 6>;
    constexpr std::array<Row, 8> all = {
        Row{"(-9223372036854775808)", "-1", "0", "5", "500000", "9223372036854775807"},
        Row{"0u", "1u", "7u", "100u", "9223372036854775808u", "18446744073709551615u"},
        Row{"-1e300", "-0.5", "0.0", "2.5", "1e300", "double('NaN')"},
        Row{"''", "'abc'", "'abcdefgh'", "'abcdefghi'", "'abcdefghj'", "'\u6536\u5355'"},
        Row{"false", "true", "false", "true", "false", "true"},
        Row{"b''", "b'\\x00'", "b'ab'", "b'abcdefgh1'", "b'abcdefgh2'", "b'\\xff'"},
        Row{"duration('-1s')", "duration('0s')", "duration('1s')", "duration('90s')", "duration('24h')",
            "duration('240h')"},
        Row{"timestamp('0001-01-01T00:00:00Z')", "timestamp('1970-01-01T00:00:00Z')",
            "timestamp('2026-07-03T00:00:00Z')", "timestamp('2026-07-03T00:00:00.5Z')",
            "timestamp('2026-07-03T00:00:00.6Z')", "timestamp('9999-12-31T23:59:59Z')"}};
    return std::string(all[type][which]);
  }

  TestRandom random;

 private:
  std::string part(int depth) {
    const std::uint64_t what = depth == 0 ? 9 : random.below(10);
    if (what < 2) return "!(" + part(depth - 1) + ")";
    if (what < 7) {
      std::string text = part(depth - 1);
      const std::string sign = what < 5 ? " && " : " || ";
      for (std::uint64_t more = 1 + random.below(5); more > 0; --more) text += sign + part(depth - 1);
      return "(" + text + ")";
    }
    return term();
  }

  std::string term() {
    const std::size_t type = random.below(8);
    const std::string name = std::string(term_letters[type]) + std::to_string(random.below(3));
    constexpr std::array<std::string_view, 6> signs = {"==", "!=", "<", "<=", ">", ">="};
    switch (random.below(10)) {
      case 0:
        return "has(" + name + ")";
      case 1:
        return random.below(2) == 0 ? "f" + std::to_string(random.below(3)) : "i0 / i1 > 0";
      case 2:
      case 3: {
        std::string list;
        for (std::uint64_t more = 1 + random.below(5); more > 0; --more)
          list += constant(type, random.below(6)) + (more > 1 ? ", " : "");
        return name + " in [" + list + "]";
      }
      case 4:
        return name + " " + random.pick(signs) + " " + std::string(term_letters[type]) +
               std::to_string(random.below(3));
      case 5:
        return constant(type, random.below(6)) + " " + random.pick(signs) + " " + name;
      default:
        return name + " " + random.pick(signs) + " " + constant(type, random.below(6));
    }
  }
};

// One event: an activation that owns nothing but numbers; texts are constants.
class TermActivation final : public Activation {
 public:
  explicit TermActivation(TermMaker& maker) {
    for (std::size_t slot = 0; slot < 24; ++slot) {
      const std::uint64_t odd = maker.random.below(14);
      const std::size_t type = odd == 0 ? maker.random.below(8) : slot / 3;
      Value value = made(type, maker.random.below(9));
      if (odd == 1) value = Value{};
      if (odd == 2) value = Value::unknown();
      if (odd == 3) value = Value::error(&failure_);
      if (odd == 4 && maker.random.below(3) == 0) value = Value::null();
      values_.push_back(value);
    }
  }
  Value load(std::uint32_t slot) override { return values_[slot]; }
  const std::vector<Value>& values() const { return values_; }

 private:
  static Value made(std::size_t type, std::uint64_t which) {
    constexpr std::int64_t least = std::numeric_limits<std::int64_t>::min();
    constexpr std::array<std::int64_t, 9> numbers = {least, least + 1, -1, 0, 4, 5, 6, 500000, -(least + 1)};
    constexpr std::array<std::uint64_t, 9> naturals = {
        0, 1, 2, 7, 100, std::uint64_t{1} << 63, (std::uint64_t{1} << 63) - 1, 101, ~std::uint64_t{0}};
    constexpr std::array<std::string_view, 9> texts = {
        "",
        "ab",
        "abc",
        "abcdefgh",
        "abcdefghi",
        "abcdefgha",
        "abcdefghjk",
        "\u6536\u5355",
        "a text of more than sixty-four octets, for which the program itself has to be asked"};
    constexpr std::array<std::string_view, 9> octets = {"",          std::string_view("\0", 1),
                                                        "ab",        std::string_view("ab\0", 3),
                                                        "abcdefgh1", "abcdefgh2",
                                                        "\xff",      "\xff\xff",
                                                        "a"};
    const double nan = std::numeric_limits<double>::quiet_NaN();
    const std::array<double, 9> reals = {
        -1e300, -0.5, -0.0, 0.0, 2.5, 1e300, nan, std::numeric_limits<double>::infinity(), -0.25};
    constexpr std::int64_t summer = 1'783'036'800;  // 2026-07-03
    constexpr std::array<std::int64_t, 9> seconds = {
        -62'135'596'800, 0, 1, summer, summer, summer, summer, 253'402'300'799, summer + 1};
    constexpr std::array<std::uint32_t, 9> nanos = {0, 0, 0, 0, 500'000'000, 600'000'000, 1, 0, 0};
    switch (type) {
      case 0:
        return Value::integer(numbers[which]);
      case 1:
        return Value::uinteger(naturals[which]);
      case 2:
        return Value::real(reals[which]);
      case 3:
        return Value::text(texts[which]);
      case 4:
        return Value::boolean(which % 2 == 0);
      case 5:
        return Value::bytes(octets[which]);
      case 6:
        return Value::duration(which % 2 == 0 ? numbers[which]
                                              : static_cast<std::int64_t>(which) * 1'000'000'000);
      default:
        return Value::timestamp(seconds[which], nanos[which]);
    }
  }
  ErrorBody failure_{ErrorKind::invalid_argument, 0, "made by the test"};
  std::vector<Value> values_;
};

}  // namespace tillwatch::cel
