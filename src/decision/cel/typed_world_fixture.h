// Variables of every type for property tests: each once with a value, some absent, some unknown; the values
// are drawn from the edges of their types. Test code only. Deterministic in its seed on every machine.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <string_view>
#include <vector>

#include "cel/environment.h"
#include "cel/random_expression.h"
#include "cel/run.h"
#include "cel/value.h"

namespace tillwatch::cel {

enum class Presence : std::uint8_t { value, absent, unknown };

struct WorldVariable {
  std::string_view name;
  std::string_view type;
  Presence presence;
};

inline constexpr std::array<WorldVariable, 35> world_variables = {{
    {"b1", "bool", Presence::value},
    {"i1", "int", Presence::value},
    {"i2", "int", Presence::value},
    {"u1", "uint", Presence::value},
    {"d1", "double", Presence::value},
    {"d2", "double", Presence::value},
    {"s1", "string", Presence::value},
    {"s2", "string", Presence::value},
    {"y1", "bytes", Presence::value},
    {"t1", "timestamp", Presence::value},
    {"t2", "timestamp", Presence::value},
    {"l1", "duration", Presence::value},
    {"any_int", "dyn", Presence::value},
    {"any_text", "dyn", Presence::value},
    {"any_list", "dyn", Presence::value},
    {"ints", "list(int)", Presence::value},
    {"texts", "list(string)", Presence::value},
    {"reals", "list(double)", Presence::value},
    {"flags", "list(bool)", Presence::value},
    {"mixed", "list(dyn)", Presence::value},
    {"by_text", "map(string, int)", Presence::value},
    {"by_int", "map(int, string)", Presence::value},
    {"lists_by_text", "map(string, list(int))", Presence::value},
    {"some_int", "optional(int)", Presence::value},
    {"no_text", "optional(string)", Presence::value},
    {"rec.here", "int", Presence::value},
    {"rec.gone", "int", Presence::absent},
    {"rec.text_gone", "string", Presence::absent},
    {"rec.list_gone", "list(int)", Presence::absent},
    {"b_later", "bool", Presence::unknown},
    {"i_later", "int", Presence::unknown},
    {"d_later", "double", Presence::unknown},
    {"s_later", "string", Presence::unknown},
    {"ints_later", "list(int)", Presence::unknown},
    {"any_later", "dyn", Presence::unknown},
}};

inline Environment world_environment() {
  Environment environment = Environment::standard();
  std::vector<Variable> fields;
  bool good = true;
  for (std::uint32_t slot = 0; slot < world_variables.size(); ++slot) {
    const WorldVariable& variable = world_variables[slot];
    const Type type = parse_type(variable.type).value_or(Type::dyn());
    if (variable.name.starts_with("rec."))
      fields.push_back({std::string(variable.name.substr(4)), type, slot, {}});
    else
      good = environment.declare(variable.name, type, slot).has_value() && good;
  }
  good = environment.declare_record("rec", fields).has_value() && good;
  return good ? environment : Environment();
}

// The values of one event; views point into this object.
class WorldActivation final : public Activation {
 public:
  explicit WorldActivation(std::uint64_t seed) : random_(seed ^ 0x5EED) {
    for (Value& value : ints_) value = integer();
    texts_ = {text(), text(), text(), text()};
    reals_ = {real(), real(), real()};
    flags_ = {Value::boolean(random_.below(4) > 0), Value::boolean(random_.below(4) > 0)};
    mixed_ = {integer(), text(), real(), Value::null(), Value::list(flags_)};
    by_text_ = {
        {{Value::text("a"), integer()}, {Value::text("b"), integer()}, {Value::text("x"), integer()}}};
    by_int_ = {{{Value::integer(0), text()}, {Value::integer(1), text()}}};
    lists_ = {{{Value::text("a"), Value::list(ints_)}, {Value::text("c"), Value::list({})}}};
    optional_ = integer();
    values_ = {Value::boolean(random_.below(2) == 0),
               integer(),
               integer(),
               uinteger(),
               real(),
               real(),
               text(),
               text(),
               Value::bytes(random_.below(2) == 0 ? std::string_view("\xff\x00z", 3) : "abc"),
               timestamp(),
               timestamp(),
               Value::duration(integer().i),
               integer(),
               text(),
               Value::list(mixed_),
               Value::list(ints_),
               Value::list(texts_),
               Value::list(reals_),
               Value::list(flags_),
               Value::list(mixed_),
               Value::map(by_text_),
               Value::map(by_int_),
               Value::map(lists_),
               Value::some(&optional_),
               Value::none(),
               integer()};
    for (std::size_t slot = values_.size(); slot < world_variables.size(); ++slot)
      values_.push_back(world_variables[slot].presence == Presence::unknown ? Value::unknown() : Value{});
  }
  WorldActivation(const WorldActivation&) = delete;
  WorldActivation& operator=(const WorldActivation&) = delete;

  Value load(std::uint32_t slot) override { return values_[slot]; }
  const std::vector<Value>& values() const { return values_; }

 private:
  template <class T>
  T one_of(std::initializer_list<T> all) {
    return all.begin()[random_.below(all.size())];
  }
  Value integer() {
    constexpr std::int64_t least = std::numeric_limits<std::int64_t>::min();
    constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
    return Value::integer(
        one_of<std::int64_t>({0, 1, -1, 2, 3, 7, 60, 500'000, least, most, std::int64_t{1} << 53,
                              static_cast<std::int64_t>(random_.next())}));
  }
  Value uinteger() {
    constexpr std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
    return Value::uinteger(one_of<std::uint64_t>({0u, 1u, 2u, 64u, most, std::uint64_t{1} << 63}));
  }
  Value real() {
    constexpr double infinite = std::numeric_limits<double>::infinity();
    constexpr double none = std::numeric_limits<double>::quiet_NaN();
    return Value::real(one_of<double>({0.0, -0.0, 1.0, -2.5, 0.1, 1e300, 5e-324, infinite, -infinite, none,
                                       9223372036854775808.0, 9007199254740993.0}));
  }
  Value text() {
    return Value::text(one_of<std::string_view>({"", "a", "b", "abc", "aXb", " a ", "\u6536\u5355",
                                                 "\U0001F600", "12", "-1.5", "true", "%s-%d", "1h30m", "UTC",
                                                 "+08:00", "2026-01-31T23:59:59.5Z", "YQ=="}));
  }
  Value timestamp() {
    constexpr std::int64_t first = -62'135'596'800;  // 0001-01-01
    constexpr std::int64_t last = 253'402'300'799;   // 9999-12-31T23:59:59
    const std::int64_t seconds = one_of<std::int64_t>({first, last, 0, -1, 1'767'225'600, 951'782'400});
    return Value::timestamp(seconds, random_.below(2) == 0 ? 0 : 999'999'999);
  }

  TestRandom random_;
  std::array<Value, 4> ints_;
  std::array<Value, 4> texts_;
  std::array<Value, 3> reals_;
  std::array<Value, 2> flags_;
  std::array<Value, 5> mixed_;
  std::array<MapEntry, 3> by_text_;
  std::array<MapEntry, 2> by_int_;
  std::array<MapEntry, 2> lists_;
  Value optional_;
  std::vector<Value> values_;
};

}  // namespace tillwatch::cel
