// Values that outlive an arena: deep copies in memory of their own. Called for constants of programs and for
// bindings.
#pragma once

#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "cel/value.h"

namespace tillwatch::cel {

class ValueStore {
 public:
  ValueStore() = default;
  ValueStore(const ValueStore&) = delete;
  ValueStore& operator=(const ValueStore&) = delete;

  // A copy that lives as long as this object, with everything it points to.
  Value keep(const Value& value);
  std::string_view keep_text(std::string_view text);
  Value keep_list(std::vector<Value> items);
  // `entries` sorted by key and without a key twice (build_map).
  Value keep_map(std::vector<MapEntry> entries);

 private:
  std::deque<std::string> texts_;
  std::deque<std::vector<Value>> lists_;
  std::deque<std::vector<MapEntry>> maps_;
  std::deque<std::vector<std::uint32_t>> slots_;
  std::deque<ErrorBody> errors_;
};

}  // namespace tillwatch::cel
