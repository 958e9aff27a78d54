// Types with unknowns. Called by the checker only.
#include "cel/unify.h"

namespace tillwatch::cel {

Type Unifier::fresh() {
  bound_.emplace_back();
  return Type::parameter(first_unknown + static_cast<std::uint32_t>(bound_.size()) - 1);
}

Type Unifier::instantiate(const Type& type, std::vector<std::optional<Type>>& letters) {
  switch (type.kind()) {
    case TypeKind::parameter: {
      if (letters.size() <= type.number()) letters.resize(type.number() + 1);
      auto& letter = letters[type.number()];
      if (!letter) letter = fresh();
      return *letter;
    }
    case TypeKind::list:
      return Type::list(instantiate(type.argument(0), letters));
    case TypeKind::optional:
      return Type::optional(instantiate(type.argument(0), letters));
    case TypeKind::type:
      return Type::type(instantiate(type.argument(0), letters));
    case TypeKind::map: {
      Type key = instantiate(type.argument(0), letters);
      return Type::map(std::move(key), instantiate(type.argument(1), letters));
    }
    default:
      return type;
  }
}

Type Unifier::head(const Type& type) const {
  Type result = type;
  while (result.is(TypeKind::parameter) && result.number() >= first_unknown) {
    const auto& next = bound_[result.number() - first_unknown];
    if (!next) break;
    result = *next;
  }
  return result;
}

Type Unifier::known(const Type& type, bool whole) const {
  const Type top = head(type);
  switch (top.kind()) {
    case TypeKind::parameter:
      return whole ? Type::dyn() : top;
    case TypeKind::list:
      return Type::list(known(top.argument(0), whole));
    case TypeKind::optional:
      return Type::optional(known(top.argument(0), whole));
    case TypeKind::type:
      return Type::type(known(top.argument(0), whole));
    case TypeKind::map:
      return Type::map(known(top.argument(0), whole), known(top.argument(1), whole));
    default:
      return top;
  }
}

bool Unifier::occurs(std::uint32_t number, const Type& type) const {
  const Type top = head(type);
  if (top.is(TypeKind::parameter)) return top.number() == number;
  for (std::size_t i = 0; i < top.argument_count(); ++i)
    if (occurs(number, top.argument(i))) return true;
  return false;
}

bool Unifier::bind(std::uint32_t number, const Type& type) {
  if (occurs(number, type)) return false;
  bound_[number - first_unknown] = type;
  log_.push_back(number);
  return true;
}

void Unifier::rollback(std::size_t mark) {
  while (log_.size() > mark) {
    bound_[log_.back() - first_unknown].reset();
    log_.pop_back();
  }
}

bool Unifier::fits(const Type& want_type, const Type& have_type) {
  const Type want = head(want_type);
  const Type have = head(have_type);
  if (want.is(TypeKind::parameter) && have.is(TypeKind::parameter) && want.number() == have.number())
    return true;
  if (want.is(TypeKind::parameter)) return bind(want.number(), have);
  if (have.is(TypeKind::parameter)) return bind(have.number(), want);
  if (want.is_dyn() || have.is_dyn()) return true;
  if (have.is(TypeKind::null))
    return want.is(TypeKind::null) || want.is(TypeKind::timestamp) || want.is(TypeKind::duration) ||
           want.is(TypeKind::optional);
  if (want.is(TypeKind::null))
    return have.is(TypeKind::timestamp) || have.is(TypeKind::duration) || have.is(TypeKind::optional);
  if (want.kind() != have.kind()) return false;
  // The type of a type is one and the same at run time: type(int) may be compared with type(string).
  if (want.is(TypeKind::type)) return true;
  for (std::size_t i = 0; i < want.argument_count(); ++i)
    if (!fits(want.argument(i), have.argument(i))) return false;
  return true;
}

Type Unifier::more_general(const Type& a_type, const Type& b_type) const {
  const Type a = head(a_type);
  const Type b = head(b_type);
  if (a.is_dyn() || b.is_dyn()) return Type::dyn();
  if (a.is(TypeKind::parameter)) return b;
  if (b.is(TypeKind::parameter)) return a;
  if (a.is(TypeKind::null)) return b;
  if (b.is(TypeKind::null)) return a;
  switch (a.kind()) {
    case TypeKind::list:
      return Type::list(more_general(a.argument(0), b.argument(0)));
    case TypeKind::optional:
      return Type::optional(more_general(a.argument(0), b.argument(0)));
    case TypeKind::type:
      return a == b ? a : Type::type(Type::dyn());
    case TypeKind::map:
      return Type::map(more_general(a.argument(0), b.argument(0)),
                       more_general(a.argument(1), b.argument(1)));
    default:
      return a;
  }
}

Type Unifier::join(const Type& a, const Type& b) {
  const std::size_t before = mark();
  if (fits(a, b)) return more_general(a, b);
  rollback(before);
  return Type::dyn();
}

}  // namespace tillwatch::cel
