#include "sql/postgres_values.h"

#include <bit>
#include <charconv>

#include "core/check.h"

namespace tillwatch::sql {
namespace {

// Object ids of types, fixed in PostgreSQL's catalogue (pg_type.dat).
constexpr Oid oid_bool = 16, oid_bytea = 17, oid_int8 = 20, oid_int2 = 21, oid_int4 = 23, oid_text = 25;
constexpr Oid oid_float4 = 700, oid_float8 = 701, oid_numeric = 1700;

std::array<char, 8> big_endian(std::uint64_t value) {
  std::array<char, 8> out{};
  for (std::size_t i = 0; i < 8; ++i) out[i] = static_cast<char>((value >> (56 - 8 * i)) & 0xff);
  return out;
}

template <class T>
T number_in(std::string_view text) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  CHECK(error == std::errc() && end == text.data() + text.size());
  return value;
}

bool is_whole(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size();
}

}  // namespace

core::Result<PostgresParameters> PostgresParameters::of(std::span<const Parameter> parameters) {
  PostgresParameters out;
  out.numbers_.reserve(parameters.size());
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    if (const auto* whole = std::get_if<std::int64_t>(&parameters[i])) {
      const auto& bytes = out.numbers_.emplace_back(big_endian(static_cast<std::uint64_t>(*whole)));
      out.add(oid_int8, 'i', bytes.data(), bytes.size());
    } else if (const auto* decimal = std::get_if<double>(&parameters[i])) {
      const auto& bytes = out.numbers_.emplace_back(big_endian(std::bit_cast<std::uint64_t>(*decimal)));
      out.add(oid_float8, 'd', bytes.data(), bytes.size());
    } else if (const auto* text = std::get_if<std::string_view>(&parameters[i])) {
      if (text->find('\0') != std::string_view::npos) {
        return core::fail(core::ErrorCode::invalid, "$" + std::to_string(i + 1),
                          "a text with a NUL character cannot be stored");
      }
      out.add(oid_text, 't', text->empty() ? "" : text->data(), text->size());
    } else if (const auto* octets = std::get_if<Octets>(&parameters[i])) {
      out.add(oid_bytea, 'o', octets->bytes.empty() ? "" : octets->bytes.data(), octets->bytes.size());
    } else {
      out.add(oid_text, 'n', nullptr, 0);
    }
  }
  return out;
}

void PostgresParameters::add(Oid type, char letter, const char* value, std::size_t length) {
  CHECK(length < (std::size_t{1} << 30));
  types_.push_back(type);
  values_.push_back(value);
  lengths_.push_back(static_cast<int>(length));
  formats_.push_back(1);  // binary: neither escaped nor ended by NUL
  nulls_.push_back(value == nullptr);
  signature_.push_back(letter);
}

PostgresRow::PostgresRow(const PGresult* result, int row)
    : result_(result), row_(row), columns_(static_cast<std::size_t>(PQnfields(result))) {}

std::string_view PostgresRow::raw(std::size_t column) const {
  const int at = static_cast<int>(column);
  return {PQgetvalue(result_, row_, at), static_cast<std::size_t>(PQgetlength(result_, row_, at))};
}

Type PostgresRow::type(std::size_t column) const {
  CHECK(column < columns_);
  const int at = static_cast<int>(column);
  if (PQgetisnull(result_, row_, at) != 0) return Type::null;
  switch (PQftype(result_, at)) {
    case oid_bool:
    case oid_int2:
    case oid_int4:
    case oid_int8:
      return Type::integer;
    case oid_numeric:  // what sum() makes of bigint
      return is_whole(raw(column)) ? Type::integer : Type::decimal;
    case oid_float4:
    case oid_float8:
      return Type::decimal;
    case oid_bytea:
      return Type::octets;
    default:
      return Type::text;
  }
}

std::int64_t PostgresRow::integer(std::size_t column) const {
  const Type found = type(column);
  if (found == Type::null) return 0;
  CHECK(found == Type::integer);
  if (PQftype(result_, static_cast<int>(column)) == oid_bool) return raw(column) == "t" ? 1 : 0;
  return number_in<std::int64_t>(raw(column));
}

double PostgresRow::decimal(std::size_t column) const {
  const Type found = type(column);
  if (found == Type::integer) return static_cast<double>(integer(column));
  if (found == Type::null) return 0;
  CHECK(found == Type::decimal);
  return number_in<double>(raw(column));
}

std::string_view PostgresRow::text(std::size_t column) const {
  const Type found = type(column);
  if (found == Type::null) return {};
  CHECK(found == Type::text || found == Type::octets);
  if (found == Type::text) return raw(column);
  if (octets_.empty()) octets_.resize(columns_);
  std::string& out = octets_[column];
  const std::string_view hex = raw(column);  // "\x0a1b"
  if (out.empty() && hex.size() > 2) {
    out.resize(hex.size() / 2 - 1);
    for (std::size_t i = 0; i < out.size(); ++i) {
      unsigned char byte = 0;
      std::from_chars(hex.data() + 2 + 2 * i, hex.data() + 4 + 2 * i, byte, 16);
      out[i] = static_cast<char>(byte);
    }
  }
  return out;
}

}  // namespace tillwatch::sql
