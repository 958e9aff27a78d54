// Types with unknowns: whether one fits another, and what that says about the unknowns. Called by the checker
// only.
#pragma once

#include <optional>
#include <vector>

#include "cel/type.h"

namespace tillwatch::cel {

class Unifier {
 public:
  // An unknown that no other place uses.
  Type fresh();
  // The type with signature parameters (A to Z) replaced: equal letters get equal unknowns within one
  // `letters`.
  Type instantiate(const Type& type, std::vector<std::optional<Type>>& letters);

  // Whether a value of type `have` may stand where `want` is asked for; binds unknowns on the way, also where
  // it fails (then go back with rollback()).
  bool fits(const Type& want, const Type& have);
  // The type of a list that holds both: the more general one where they fit, else dyn.
  Type join(const Type& a, const Type& b);
  // Of two types that fit, the one that says less.
  Type more_general(const Type& a, const Type& b) const;

  // With every unknown that is known by now replaced. `whole`: and every other by dyn.
  Type known(const Type& type, bool whole = false) const;
  // The same for the outermost type only.
  Type head(const Type& type) const;

  std::size_t mark() const { return log_.size(); }
  void rollback(std::size_t mark);

 private:
  static constexpr std::uint32_t first_unknown = 26;
  bool occurs(std::uint32_t number, const Type& type) const;
  bool bind(std::uint32_t number, const Type& type);

  std::vector<std::optional<Type>> bound_;
  std::vector<std::uint32_t> log_;
};

}  // namespace tillwatch::cel
