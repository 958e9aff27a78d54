// Writes JSON (RFC 8259) by appending to a string: answers, decisions, problem documents, logs.
// Called by edge/api, edge/http (problems), record/evidence and the command line. Never allocates beyond its
// string, never reorders members, never writes invalid UTF-8 and never leaves a document half open unnoticed
// (CHECK).
#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/check.h"

namespace tillwatch::json {

// Appends `text` in quotes. Control characters are escaped; bytes that are not UTF-8 become U+FFFD, one per
// byte run that cannot begin or continue a character, so that a reader never meets a broken document.
void append_quoted(std::string& out, std::string_view text);

// Appends the shortest text that reads back as the same double. A whole number keeps ".0", so that a reader
// that keeps integers and doubles apart reads a double again. JSON has no NaN and no infinity: both become
// null.
void append_number(std::string& out, double value);
void append_number(std::string& out, std::int64_t value);
void append_number(std::string& out, std::uint64_t value);

class Writer {
 public:
  static constexpr int depth_max = 63;  // one bit a level

  // Appends to `out`, which must outlive the writer.
  explicit Writer(std::string& out) : out_(out) {}

  Writer& begin_object() { return open('{'); }
  Writer& end_object() { return close('}'); }
  Writer& begin_array() { return open('['); }
  Writer& end_array() { return close(']'); }

  // The name of the next value; only inside an object. Names are not checked for repetition.
  Writer& key(std::string_view name);

  Writer& value(std::string_view text);
  Writer& value(const char* text) { return value(std::string_view(text)); }
  Writer& value(double number);
  Writer& null();
  template <std::same_as<bool> T>
  Writer& value(T flag) {
    separate();
    out_.append(flag ? "true" : "false");
    return *this;
  }
  template <std::signed_integral T>
  Writer& value(T number) {
    separate();
    append_number(out_, static_cast<std::int64_t>(number));
    return *this;
  }
  template <std::unsigned_integral T>
    requires(!std::same_as<T, bool>)
  Writer& value(T number) {
    separate();
    append_number(out_, static_cast<std::uint64_t>(number));
    return *this;
  }
  // A complete JSON value that somebody else wrote; it is not checked.
  Writer& raw(std::string_view json);

  template <class T>
  Writer& member(std::string_view name, const T& content) {
    return key(name).value(content);
  }

  // True when every bracket is closed and a value was written.
  bool complete() const { return depth_ == 0 && (filled_ & 1) != 0; }

 private:
  void separate();
  Writer& open(char bracket);
  Writer& close(char bracket);

  std::string& out_;
  std::uint64_t filled_ = 0;   // bit d: level d holds a value already
  std::uint64_t objects_ = 0;  // bit d: level d is an object
  int depth_ = 0;
  bool named_ = false;  // a key waits for its value
};

}  // namespace tillwatch::json
