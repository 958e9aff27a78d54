// One attribute's value: a small tagged thing that borrows its text. Called by the entry codec, the doors and
// the engine.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/check.h"

namespace tillwatch::payment {

class Value {
 public:
  enum class Type : std::uint8_t { absent = 0, boolean = 1, integer = 2, decimal = 3, text = 4 };

  constexpr Value() = default;
  static constexpr Value of(bool v) {
    Value r(Type::boolean);
    r.integer_ = v ? 1 : 0;
    return r;
  }
  static constexpr Value of(std::int64_t v) {
    Value r(Type::integer);
    r.integer_ = v;
    return r;
  }
  static constexpr Value of(double v) {
    Value r(Type::decimal);
    r.decimal_ = v;
    return r;
  }
  // Borrows: the text must outlive the value.
  static constexpr Value of(std::string_view v) {
    Value r(Type::text);
    r.text_ = v.data();
    r.size_ = static_cast<std::uint32_t>(v.size());
    return r;
  }
  static constexpr Value of(const char* v) { return of(std::string_view(v)); }

  constexpr Type type() const { return type_; }
  constexpr bool absent() const { return type_ == Type::absent; }
  bool boolean() const {
    CHECK(type_ == Type::boolean);
    return integer_ != 0;
  }
  std::int64_t integer() const {
    CHECK(type_ == Type::integer);
    return integer_;
  }
  double decimal() const {
    CHECK(type_ == Type::decimal);
    return decimal_;
  }
  std::string_view text() const {
    CHECK(type_ == Type::text);
    return {text_, size_};
  }
  friend bool operator==(const Value& a, const Value& b) {
    if (a.type_ != b.type_) return false;
    switch (a.type_) {
      case Type::absent:
        return true;
      case Type::boolean:
      case Type::integer:
        return a.integer_ == b.integer_;
      case Type::decimal:
        return a.decimal_ == b.decimal_;
      case Type::text:
        return a.text() == b.text();
    }
    return false;
  }

 private:
  constexpr explicit Value(Type type) : type_(type) {}
  Type type_ = Type::absent;
  std::uint32_t size_ = 0;
  union {
    std::int64_t integer_ = 0;
    double decimal_;
    const char* text_;
  };
};
static_assert(sizeof(Value) == 16);

}  // namespace tillwatch::payment
