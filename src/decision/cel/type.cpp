// Types as text, both ways. Called by declarations, signatures and messages.
#include "cel/type.h"

#include <array>
#include <utility>

namespace tillwatch::cel {
namespace {

struct Scalar {
  std::string_view name;
  TypeKind kind;
};
constexpr std::array<Scalar, 12> scalars = {{{"dyn", TypeKind::dyn},
                                             {"null", TypeKind::null},
                                             {"null_type", TypeKind::null},
                                             {"bool", TypeKind::boolean},
                                             {"int", TypeKind::integer},
                                             {"uint", TypeKind::uinteger},
                                             {"double", TypeKind::real},
                                             {"string", TypeKind::text},
                                             {"bytes", TypeKind::bytes},
                                             {"timestamp", TypeKind::timestamp},
                                             {"duration", TypeKind::duration},
                                             {"invalid", TypeKind::invalid}}};
constexpr int depth_max = 16;

class TypeReader {
 public:
  explicit TypeReader(std::string_view text) : text_(text) {}

  std::optional<Type> whole() {
    auto type = read(0);
    skip_blanks();
    if (at_ != text_.size()) return std::nullopt;
    return type;
  }

 private:
  void skip_blanks() {
    while (at_ < text_.size() && text_[at_] == ' ') ++at_;
  }
  bool eat(char c) {
    skip_blanks();
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  std::optional<Type> read(int depth) {
    if (depth > depth_max) return std::nullopt;
    skip_blanks();
    const std::size_t start = at_;
    while (at_ < text_.size() && ((text_[at_] >= 'a' && text_[at_] <= 'z') || text_[at_] == '_' ||
                                  (text_[at_] >= 'A' && text_[at_] <= 'Z')))
      ++at_;
    const std::string_view name = text_.substr(start, at_ - start);
    if (name.size() == 1 && name[0] >= 'A' && name[0] <= 'Z')
      return Type::parameter(static_cast<std::uint32_t>(name[0] - 'A'));
    for (const Scalar& scalar : scalars)
      if (scalar.name == name && scalar.kind != TypeKind::invalid) return Type(scalar.kind);
    if (name == "list" || name == "optional" || name == "type") return one(name, depth);
    if (name == "map") return two(depth);
    return std::nullopt;
  }
  std::optional<Type> one(std::string_view name, int depth) {
    Type inner = Type::dyn();
    if (eat('(')) {
      auto read_inner = read(depth + 1);
      if (!read_inner || !eat(')')) return std::nullopt;
      inner = *read_inner;
    }
    if (name == "list") return Type::list(std::move(inner));
    if (name == "optional") return Type::optional(std::move(inner));
    return Type::type(std::move(inner));
  }
  std::optional<Type> two(int depth) {
    if (!eat('(')) return Type::map(Type::dyn(), Type::dyn());
    auto key = read(depth + 1);
    if (!key || !eat(',')) return std::nullopt;
    auto value = read(depth + 1);
    if (!value || !eat(')')) return std::nullopt;
    return Type::map(std::move(*key), std::move(*value));
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

bool operator==(const Type& a, const Type& b) {
  if (a.kind_ != b.kind_ || a.number_ != b.number_) return false;
  if (a.argument_count() != b.argument_count()) return false;
  for (std::size_t i = 0; i < a.argument_count(); ++i)
    if (!(a.argument(i) == b.argument(i))) return false;
  return true;
}

std::string Type::to_string() const {
  switch (kind_) {
    case TypeKind::list:
      return "list(" + argument(0).to_string() + ")";
    case TypeKind::map:
      return "map(" + argument(0).to_string() + ", " + argument(1).to_string() + ")";
    case TypeKind::optional:
      return "optional(" + argument(0).to_string() + ")";
    case TypeKind::type:
      return "type(" + argument(0).to_string() + ")";
    case TypeKind::parameter:
      return number_ < 26 ? std::string(1, static_cast<char>('A' + static_cast<char>(number_))) : "dyn";
    default:
      break;
  }
  for (const Scalar& scalar : scalars)
    if (scalar.kind == kind_) return std::string(scalar.name);
  return "invalid";
}

std::optional<Type> parse_type(std::string_view text) {
  return TypeReader(text).whole();
}

std::optional<Type> named_type(std::string_view name) {
  if (name == "google.protobuf.Timestamp") return Type::timestamp();
  if (name == "google.protobuf.Duration") return Type::duration();
  if (name == "null_type") return Type::null();
  if (name == "optional_type") return Type::optional(Type::dyn());
  if (name == "list") return Type::list(Type::dyn());
  if (name == "map") return Type::map(Type::dyn(), Type::dyn());
  if (name == "type") return Type::type(Type::dyn());
  if (name == "bool") return Type::boolean();
  if (name == "int") return Type::integer();
  if (name == "uint") return Type::uinteger();
  if (name == "double") return Type::real();
  if (name == "string") return Type::text();
  if (name == "bytes") return Type::bytes();
  return std::nullopt;
}

std::string_view runtime_name(const Type& type) {
  switch (type.kind()) {
    case TypeKind::null:
      return "null_type";
    case TypeKind::boolean:
      return "bool";
    case TypeKind::integer:
      return "int";
    case TypeKind::uinteger:
      return "uint";
    case TypeKind::real:
      return "double";
    case TypeKind::text:
      return "string";
    case TypeKind::bytes:
      return "bytes";
    case TypeKind::timestamp:
      return "google.protobuf.Timestamp";
    case TypeKind::duration:
      return "google.protobuf.Duration";
    case TypeKind::list:
      return "list";
    case TypeKind::map:
      return "map";
    case TypeKind::optional:
      return "optional_type";
    case TypeKind::type:
      return "type";
    case TypeKind::dyn:
    case TypeKind::invalid:
    case TypeKind::parameter:
      break;
  }
  return "dyn";
}

}  // namespace tillwatch::cel
