// Reads JSON from outside, strictly: the whole document is validated before the first value is handed out.
// Refused: bad UTF-8, trailing bytes, repeated names, integers beyond 64 bits, numbers that overflow, and
// whatever passes the bounds. Called by edge/api, intake and the configuration. The only door to simdjson;
// never throws, never reads ahead lazily.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/error.h"
#include "core/limits.h"

namespace tillwatch::json {

struct Bounds {
  std::size_t bytes_max = core::limits::http_batch_body_bytes_max;     // of the whole document
  std::size_t depth_max = core::limits::json_depth_max;                // nested arrays and objects; [] is 1
  std::size_t members_max = core::limits::json_members_max;            // of one object
  std::size_t elements_max = core::limits::json_elements_max;          // of one array
  std::size_t string_bytes_max = core::limits::json_string_bytes_max;  // of one string or name, unescaped
};

enum class Kind : std::uint8_t {
  null,
  boolean,
  integer,           // fits int64
  unsigned_integer,  // above int64, fits uint64
  number,            // written with a fraction or an exponent: a double
  string,
  array,
  object,
};

// "an integer", "a text", ...: for messages.
std::string_view name_of(Kind kind);

class Elements;
class Members;

// A value inside the document that a Reader holds; valid until the reader's next parse. Cheap to copy.
class View {
 public:
  Kind kind() const;
  bool is(Kind k) const { return kind() == k; }

  // Typed reading. The error names the value's JSON pointer and what stands there instead.
  core::Result<bool> as_boolean() const;
  core::Result<std::int64_t> as_integer() const;    // Kind::integer only: 1.0 is not an integer
  core::Result<std::uint64_t> as_unsigned() const;  // whole numbers from 0 to 2^64 - 1
  core::Result<double> as_double() const;  // any number; an integer beyond 2^53 is refused, not rounded
  core::Result<std::string_view> as_string() const;

  // The member of that name; nullopt where this is no object or has none.
  std::optional<View> find(std::string_view name) const;
  // The member of that name, or an error (invalid) that says it is missing.
  core::Result<View> at(std::string_view name) const;
  // Members of an object, elements of an array, 0 for anything else.
  std::size_t size() const;
  // In document order; empty where this is no array or no object.
  Elements elements() const;
  Members members() const;

  // RFC 6901, "" for the root. Found by walking the document: for messages only.
  std::string pointer() const;
  // An error of code `invalid` at this place.
  core::Error wrong(std::string detail) const;

  // The adapter's own form: a document and a place in it.
  struct Place {
    const void* document = nullptr;
    std::size_t index = 0;
  };
  explicit View(Place place) : place_(place) {}
  Place place() const { return place_; }

 private:
  Place place_;
};

struct Member {
  std::string_view name;
  View value;
};

// The elements of an array, for a range-based loop.
class Elements {
 public:
  class Iterator {
   public:
    explicit Iterator(View::Place at) : at_(at) {}
    View operator*() const { return View(at_); }
    Iterator& operator++();
    bool operator!=(const Iterator& other) const { return at_.index != other.at_.index; }

   private:
    View::Place at_;
  };
  Elements(View::Place first, View::Place last) : first_(first), last_(last) {}
  Iterator begin() const { return Iterator(first_); }
  Iterator end() const { return Iterator(last_); }

 private:
  View::Place first_, last_;
};

// The members of an object, for a range-based loop.
class Members {
 public:
  class Iterator {
   public:
    explicit Iterator(View::Place at) : at_(at) {}
    Member operator*() const;
    Iterator& operator++();
    bool operator!=(const Iterator& other) const { return at_.index != other.at_.index; }

   private:
    View::Place at_;  // of the name
  };
  Members(View::Place first, View::Place last) : first_(first), last_(last) {}
  Iterator begin() const { return Iterator(first_); }
  Iterator end() const { return Iterator(last_); }

 private:
  View::Place first_, last_;
};

// Parses one document at a time and keeps its memory for the next.
class Reader {
 public:
  explicit Reader(Bounds bounds = {});
  ~Reader();
  Reader(Reader&&) noexcept;
  Reader& operator=(Reader&&) noexcept;

  // The root of `text`, which is copied. Errors: `limit` where a bound is passed, `invalid` for all else;
  // `where` is a JSON pointer where the place has one, else "line:column".
  core::Result<View> parse(std::string_view text);

  // Overwrites every trace of the last document in this reader's memory. For documents that held a secret.
  void forget();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace tillwatch::json
