// The values that expressions compute with: sixteen trivially copyable octets, tagged.
// Called by the evaluator, the libraries and by whoever feeds an activation or reads a result.
// Text, bytes, lists and maps are views: their memory belongs to an Arena, a Program or the caller, never to
// the value.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <type_traits>

namespace tillwatch::cel {

enum class Kind : std::uint8_t {
  absent,  // only from an activation: the attribute is not there; has() is false, reading it is an error
  null,
  boolean,
  integer,   // int64
  uinteger,  // uint64
  real,      // IEEE 754 binary64
  text,      // UTF-8
  bytes,
  timestamp,  // 0001-01-01T00:00:00Z .. 9999-12-31T23:59:59.999999999Z
  duration,   // int64 nanoseconds
  list,
  map,
  optional,
  type,     // the name of a type
  unknown,  // a set of slots that could be known but are not now
  error,
};

// Why an evaluation failed, for those who react to it; the sentence is in ErrorBody::message.
enum class ErrorKind : std::uint8_t {
  no_such_attribute,
  no_such_key,
  no_such_overload,
  overflow,
  divide_by_zero,
  bad_conversion,
  invalid_argument,
  limit,
};

struct ErrorBody {
  ErrorKind kind;
  std::uint32_t at;  // position in the source, in code points from 0
  std::string_view message;
};

struct MapEntry;

struct Value {
  Kind kind = Kind::absent;
  std::uint32_t size =
      0;  // octets of text, items of a list, entries of a map, nanoseconds of a timestamp, slots
  union {
    std::int64_t i = 0;          // boolean (0 or 1), integer, duration (nanoseconds), timestamp (seconds)
    std::uint64_t u;             // uinteger; unknown of one slot
    double d;                    // real
    const char* chars;           // text, bytes, type
    const Value* items;          // list; optional (null pointer: none)
    const MapEntry* entries;     // map: sorted by key (order_of_keys), no key twice
    const ErrorBody* failure;    // error
    const std::uint32_t* slots;  // unknown of two or more slots: sorted, no slot twice
  };

  static Value null() { return of(Kind::null, 0); }
  static Value boolean(bool v) { return of(Kind::boolean, v ? 1 : 0); }
  static Value integer(std::int64_t v) { return of(Kind::integer, v); }
  static Value uinteger(std::uint64_t v) {
    Value r = of(Kind::uinteger, 0);
    r.u = v;
    return r;
  }
  static Value real(double v) {
    Value r = of(Kind::real, 0);
    r.d = v;
    return r;
  }
  // `v` is at most 2^32-1 octets and outlives the value.
  static Value text(std::string_view v) { return view(Kind::text, v); }
  static Value bytes(std::string_view v) { return view(Kind::bytes, v); }
  static Value type(std::string_view name) { return view(Kind::type, name); }
  // 0 <= nanos < 1'000'000'000; the caller keeps the range of Kind::timestamp.
  static Value timestamp(std::int64_t seconds, std::uint32_t nanos) {
    Value r = of(Kind::timestamp, seconds);
    r.size = nanos;
    return r;
  }
  static Value duration(std::int64_t nanos) { return of(Kind::duration, nanos); }
  static Value list(std::span<const Value> v) {
    Value r = of(Kind::list, 0);
    r.size = static_cast<std::uint32_t>(v.size());
    r.items = v.data();
    return r;
  }
  // The entries are sorted by key and no key is there twice (cel/maps.h makes them so).
  static Value map(std::span<const MapEntry> v);
  static Value none() {
    Value r = of(Kind::optional, 0);
    r.items = nullptr;
    return r;
  }
  static Value some(const Value* v) {
    Value r = of(Kind::optional, 0);
    r.items = v;
    return r;
  }
  // From an activation: this attribute is not known now. The evaluator puts the slot in.
  static Value unknown() { return of(Kind::unknown, 0); }
  static Value unknown_slot(std::uint32_t slot) {
    Value r = of(Kind::unknown, 0);
    r.u = slot;
    r.size = 1;
    return r;
  }
  static Value error(const ErrorBody* body) {
    Value r = of(Kind::error, 0);
    r.failure = body;
    return r;
  }

  bool is(Kind k) const { return kind == k; }
  bool is_error() const { return kind == Kind::error; }
  bool is_unknown() const { return kind == Kind::unknown; }
  bool is_value() const { return kind != Kind::error && kind != Kind::unknown && kind != Kind::absent; }
  bool is_true() const { return kind == Kind::boolean && i != 0; }
  bool is_false() const { return kind == Kind::boolean && i == 0; }
  bool truth() const { return i != 0; }
  bool is_number() const { return kind == Kind::integer || kind == Kind::uinteger || kind == Kind::real; }
  std::string_view view() const { return {chars, size}; }
  std::span<const Value> elements() const { return {items, size}; }
  std::span<const MapEntry> pairs() const;
  bool has_content() const { return items != nullptr; }  // of an optional

 private:
  static Value of(Kind kind, std::int64_t i) {
    Value r;
    r.kind = kind;
    r.i = i;
    return r;
  }
  static Value view(Kind kind, std::string_view v) {
    Value r = of(kind, 0);
    r.size = static_cast<std::uint32_t>(v.size());
    r.chars = v.data();
    return r;
  }
};

struct MapEntry {
  Value key;
  Value value;
};

inline Value Value::map(std::span<const MapEntry> v) {
  Value r = of(Kind::map, 0);
  r.size = static_cast<std::uint32_t>(v.size());
  r.entries = v.data();
  return r;
}
inline std::span<const MapEntry> Value::pairs() const {
  return {entries, size};
}

static_assert(sizeof(Value) == 16 && std::is_trivially_copyable_v<Value>);

// The name of the type of a value as the language shows it ("int", "list", "google.protobuf.Timestamp").
std::string_view type_name(const Value& value);

}  // namespace tillwatch::cel
