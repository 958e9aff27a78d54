// What one evaluation carries: its arena, what is left of its budget, where it is, and what it may ask.
// Called by the evaluators and by every library function. Lives on the stack of evaluate().
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "cel/arena.h"
#include "cel/value.h"

namespace tillwatch::cel {

// Where the values of variables come from. One object per event; `load` is called once per use.
class Activation {
 public:
  virtual ~Activation() = default;
  // The value of the variable in this slot; Kind::absent where there is none, Value::unknown() where it is
  // not known now. Views inside stay valid until the result of the evaluation is no longer looked at.
  virtual Value load(std::uint32_t slot) = 0;
};

// The offset of a named time zone at an instant. Only `tillwatch cel` has one; policies use fixed offsets.
class Zones {
 public:
  virtual ~Zones() = default;
  // Seconds east of UTC at this time (seconds since 1970, UTC); nullopt where the zone is not known.
  virtual std::optional<std::int32_t> offset_at(std::string_view zone, std::int64_t seconds) = 0;
};

struct Run {
  Arena& arena;
  std::uint64_t budget;          // instructions left
  std::uint32_t list_items_max;  // of one list or map
  std::uint32_t at = 0;          // the place in the source that is being evaluated
  Activation* activation = nullptr;
  Zones* zones = nullptr;

  // Takes `units` of work off the budget; false where it is used up (then answer with out_of_budget()).
  bool spend(std::uint64_t units) {
    if (units > budget) {
      budget = 0;
      return false;
    }
    budget -= units;
    return true;
  }

  // An error value at the present place. The text is copied into the arena.
  Value fail(ErrorKind kind, std::string_view message);
  // The text, a quoted name (cut to a readable length), the rest.
  Value fail(ErrorKind kind, std::string_view before, std::string_view name, std::string_view after = {});
  Value out_of_budget();
  Value out_of_memory();
  Value too_many_items();

  // Texts and lists made in the arena; an error value where it is full.
  Value text(std::string_view content) { return copied(Kind::text, content); }
  Value bytes(std::string_view content) { return copied(Kind::bytes, content); }
  Value some(const Value& content);

 private:
  Value copied(Kind kind, std::string_view content);
};

}  // namespace tillwatch::cel
