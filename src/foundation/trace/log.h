// The log: one JSON object a line, with fields of an allowed list only. Called by apps and edge. A net for
// card numbers, handed in by the wiring, looks at every text before it leaves and counts what it caught: the
// count is an incident, not a feature. Never logs what a caller sent; never decides on anything.
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>
#include <variant>

#include "ports/clock.h"

namespace tillwatch::trace {

enum class Level : std::uint8_t { debug, info, warning, error };
std::string_view name_of(Level level);

// All that a line may tell. A new one is added here, with a thought about what it may contain.
enum class FieldName : std::uint8_t {
  act,          // number of an act in the outbox
  address,      // of a listener or a peer
  bytes,        // a size
  client,       // name of an API key
  code,         // core::ErrorCode
  count,        // how many
  detail,       // a sentence of ours
  duration_ms,  // how long
  epoch,        // of a card key
  key,          // id of an API key, never the key
  path,         // of a file of ours
  policy,       // hash of a bundle
  sequence,     // position in the journal
  status,       // HTTP status
  version,      // of the program
};
std::string_view name_of(FieldName name);

struct Field {
  FieldName name;
  std::variant<std::int64_t, std::uint64_t, bool, std::string> value;
};

// Takes one finished line, with its newline.
using Sink = std::function<void(std::string_view)>;
// Masks card numbers in a text and says how many there were.
using Net = std::function<std::size_t(std::string&)>;

class Log {
 public:
  // `clock` must outlive the log.
  Log(ports::Clock& clock, Sink sink, Net net, Level least = Level::info);

  // `event`: a short fixed phrase in snake_case, such as "serving".
  void write(Level level, std::string_view event, std::initializer_list<Field> fields = {});
  void info(std::string_view event, std::initializer_list<Field> fields = {}) {
    write(Level::info, event, fields);
  }
  void warn(std::string_view event, std::initializer_list<Field> fields = {}) {
    write(Level::warning, event, fields);
  }
  void error(std::string_view event, std::initializer_list<Field> fields = {}) {
    write(Level::error, event, fields);
  }

  // Numbers that the net masked since the start; anything but 0 is a defect of ours.
  std::uint64_t caught() const { return caught_; }

 private:
  ports::Clock& clock_;
  Sink sink_;
  Net net_;
  Level least_;
  std::uint64_t caught_ = 0;
  std::string line_;
};

}  // namespace tillwatch::trace
