// What an expression may name: variables with their types and slots, and libraries of functions.
// Built once by whoever compiles (policy loader, command line); read by resolver and checker. Copies are
// values.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cel/type.h"
#include "core/error.h"

namespace tillwatch::cel {

struct Function;  // cel/library.h

struct Variable {
  std::string name;  // "amount", or qualified: "merchant.mcc"
  Type type;
  std::uint32_t slot = 0;
  std::string unit;  // for the caller's own checks ("minor:CNY"); the language does not look at it
};

class Environment {
 public:
  // Knows the standard library and the extension libraries, no variable.
  static Environment standard();
  // Knows nothing at all.
  Environment() = default;

  // Fails where the name is taken, is a reserved word, or is not names joined by dots. Slots may be shared.
  core::Status declare(std::string_view name, Type type, std::uint32_t slot, std::string_view unit = {});
  // Fields of a record: `merchant.mcc` reads one slot, has(merchant.mcc) asks for its presence, and any other
  // field of `merchant` is a fault with the nearest name. The record itself is no value.
  core::Status declare_record(std::string_view name, std::span<const Variable> fields);
  // The functions must outlive every environment and program that knows them (they are constant tables).
  void add_library(std::span<const Function> functions);
  // Lets has(amount) ask whether a plain variable is present; the language itself knows has(a.b) only.
  void allow_presence_of_variables() { presence_of_variables_ = true; }

  const Variable* find(std::string_view name) const;
  bool is_record(std::string_view name) const { return records_.contains(std::string(name)); }
  bool presence_of_variables() const { return presence_of_variables_; }
  const Function* find_function(std::string_view name, bool member) const;
  // Whether some function is called `name` or starts with "name." (a namespace such as math).
  bool is_namespace(std::string_view name) const;

  // The declared name nearest to a misspelt one; empty where none is near. Ties go to the first in order.
  std::string nearest_variable(std::string_view name) const;
  std::string nearest_function(std::string_view name, bool member) const;
  std::vector<std::string> variable_names() const;
  std::string name_of_slot(std::uint32_t slot) const;

 private:
  std::map<std::string, Variable, std::less<>> variables_;
  std::set<std::string, std::less<>> records_;
  std::vector<std::span<const Function>> libraries_;
  bool presence_of_variables_ = false;
};

// The candidate nearest to `name` by edit distance, if it is near enough to be what was meant; else empty.
std::string nearest_name(std::string_view name, std::span<const std::string> candidates);

}  // namespace tillwatch::cel
