// What the registry holds: seven kinds of entity and the fields of each, as data. The store, the history, the
// commands to the engine and the routes all walk these tables, so that a field is added in one place and in
// the schema (contracts/sql/0003-registry.sql). Pure; a test holds the tables against the schema.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/error.h"
#include "core/time.h"

namespace tillwatch::registry {

enum class Entity : std::uint8_t { agent, rep, merchant, terminal, account, person, channel };
inline constexpr std::size_t entity_count = 7;

enum class FieldType : std::uint8_t {
  text,       // one line
  code,       // an id that traffic and papers use: visible ASCII without spaces
  integer,    // between `least` and `most`
  money,      // minor units of the base currency
  boolean,    // kept as 0 or 1
  time,       // milliseconds
  choice,     // one of `words`
  reference,  // the id of an entity of kind `refers`
  personal,   // sealed
};

// Kinds of personal values: how they are normalised, checked, masked and found.
enum class Personal : std::uint8_t { none, name, phone, identity_number, account_number };

struct Field {
  std::string_view name;  // of the column and of the member in JSON
  FieldType type = FieldType::text;
  bool required = false;     // never empty
  std::int64_t least = 0;    // of integers
  std::int64_t most = 0;     // of integers; of texts and codes: bytes
  std::string_view words{};  // of a choice: "active suspended closed", the first is where all begin
  Entity refers = Entity::agent;
  Personal personal = Personal::none;
  std::string_view fact{};  // what the engine calls it; "" where it need not know
};

struct Shape {
  Entity entity = Entity::agent;
  std::string_view name;    // "settlement_account": the word in acts and history
  std::string_view plural;  // "settlement-accounts": in paths
  std::string_view table;
  std::string_view prefix;       // of made ids; "" where the person who registers it gives the id
  std::string_view engine_name;  // registry.entity; "" where the engine does not know such
  std::span<const Field> fields;
  std::size_t scope = 0;  // the field that says whose it is: a reference to an agent; no_scope for channels
  static constexpr std::size_t no_scope = SIZE_MAX;

  std::optional<std::size_t> find(std::string_view field) const;
  std::size_t at(std::string_view field) const;  // CHECKs that there is one
};

const Shape& shape_of(Entity entity);
std::optional<Entity> find_entity(std::string_view name);

// Empty, a whole number (also booleans, money, times), or a text.
using FieldValue = std::variant<std::monostate, std::int64_t, std::string>;
inline bool empty(const FieldValue& value) {
  return std::holds_alternative<std::monostate>(value);
}
// "" and 0 where it is empty or of the other kind.
std::string_view text_of(const FieldValue& value);
std::int64_t integer_of(const FieldValue& value);

// The value as the store keeps it, or what is wrong with it: digits of phones and account numbers without
// spaces, an empty text as no value. References are not looked up here. Errors: invalid; `where` is
// "/FIELD".
core::Result<FieldValue> checked(const Field& field, FieldValue value);
// Whether an id that a person gives, such as a serial, may be one. Errors: invalid; `where` is "/WHERE".
core::Status check_code(std::string_view where, std::string_view code, std::size_t bytes_max);

// The number by which a merchant is known in one channel: what traffic calls merchant.id.
struct ChannelNumber {
  std::string channel;
  std::string number;
  friend auto operator<=>(const ChannelNumber&, const ChannelNumber&) = default;
};

}  // namespace tillwatch::registry
