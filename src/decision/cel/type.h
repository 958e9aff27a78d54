// The types of the language as the checker knows them: dyn, the scalars, list(T), map(K, V), optional(T),
// type(T). Called by whoever declares a variable, by the checker and by the reference page. Values: copy and
// compare freely.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tillwatch::cel {

enum class TypeKind : std::uint8_t {
  invalid,  // of an expression with a fault: fits everywhere, so that one mistake is told once
  dyn,
  null,
  boolean,
  integer,
  uinteger,
  real,
  text,
  bytes,
  timestamp,
  duration,
  list,       // of one
  map,        // of two
  optional,   // of one
  type,       // of one
  parameter,  // a type yet to be found: A, B in a signature, numbered variables in the checker
};

class Type {
 public:
  Type() = default;
  explicit Type(TypeKind kind) : kind_(kind) {}
  static Type dyn() { return Type(TypeKind::dyn); }
  static Type boolean() { return Type(TypeKind::boolean); }
  static Type integer() { return Type(TypeKind::integer); }
  static Type uinteger() { return Type(TypeKind::uinteger); }
  static Type real() { return Type(TypeKind::real); }
  static Type text() { return Type(TypeKind::text); }
  static Type bytes() { return Type(TypeKind::bytes); }
  static Type null() { return Type(TypeKind::null); }
  static Type timestamp() { return Type(TypeKind::timestamp); }
  static Type duration() { return Type(TypeKind::duration); }
  static Type list(Type element) { return Type(TypeKind::list, {std::move(element)}); }
  static Type map(Type key, Type value) { return Type(TypeKind::map, {std::move(key), std::move(value)}); }
  static Type optional(Type content) { return Type(TypeKind::optional, {std::move(content)}); }
  static Type type(Type of) { return Type(TypeKind::type, {std::move(of)}); }
  static Type parameter(std::uint32_t number) {
    Type r(TypeKind::parameter);
    r.number_ = number;
    return r;
  }

  TypeKind kind() const { return kind_; }
  bool is(TypeKind kind) const { return kind_ == kind; }
  bool is_dyn() const { return kind_ == TypeKind::dyn || kind_ == TypeKind::invalid; }
  bool is_number() const {
    return kind_ == TypeKind::integer || kind_ == TypeKind::uinteger || kind_ == TypeKind::real;
  }
  std::uint32_t number() const { return number_; }
  std::size_t argument_count() const { return arguments_ ? arguments_->size() : 0; }
  const Type& argument(std::size_t index) const { return (*arguments_)[index]; }

  // As written in messages and declarations: "list(string)".
  std::string to_string() const;
  friend bool operator==(const Type& a, const Type& b);

 private:
  Type(TypeKind kind, std::vector<Type> arguments)
      : kind_(kind), arguments_(std::make_shared<const std::vector<Type>>(std::move(arguments))) {}

  TypeKind kind_ = TypeKind::dyn;
  std::uint32_t number_ = 0;
  std::shared_ptr<const std::vector<Type>> arguments_;
};

// Reads a type as declared in policies and signatures: "int", "list(string)", "map(string, dyn)",
// "timestamp". Single capitals A to Z are type parameters 0 to 25. Nullopt where the text is not a type.
std::optional<Type> parse_type(std::string_view text);

// The type that an identifier such as `int` or `google.protobuf.Duration` names; nullopt where it names none.
// `dyn` names none: it exists while types are checked, and no value has it.
std::optional<Type> named_type(std::string_view name);
// The name that type() of a value of this type shows ("list", "google.protobuf.Timestamp").
std::string_view runtime_name(const Type& type);

}  // namespace tillwatch::cel
