// Variables and one expression: what the three forms of `tillwatch cel` have in common.
// Called by cel_command and cel_batch. Never used on the deciding path.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cel/environment.h"
#include "cel/program.h"
#include "cel/value_store.h"
#include "core/error.h"
#include "json/reader.h"

namespace tillwatch {

class CelSession {
 public:
  explicit CelSession(cel::Zones* zones) : environment_(cel::Environment::standard()), zones_(zones) {}

  // Declares a variable of this value's type, or replaces it.
  core::Status bind(std::string_view name, const cel::Value& value);
  // Gives a variable this type, its value kept; without a value it is absent. For checking before there is
  // data.
  core::Status declare(std::string_view name, const cel::Type& type);
  // Every member of a JSON object {name: "list(int)"}.
  core::Status declare_all(const json::View& object);
  // Every member of a JSON object as a variable.
  core::Status bind_all(const json::View& object);

  struct Answer {
    std::string json;    // {"value": ...}, {"error": ...} or {"unknown": [...]}
    std::string shown;   // the value as source text; empty where the expression has faults
    cel::Faults faults;  // of the expression
  };
  Answer evaluate(std::string_view source, bool unchecked);
  // The compiled form, for --check and --explain.
  std::expected<cel::Program, cel::Faults> compile(std::string_view source, bool unchecked) const;
  // {"type": "list(int)"}, or {"error": ...}.
  std::string type_json(std::string_view source, bool unchecked) const;
  // Type, names read, cost, the parts with their types, the program: a text of several lines.
  std::expected<std::string, cel::Faults> explain(std::string_view source, bool unchecked) const;
  const cel::Environment& environment() const { return environment_; }

 private:
  core::Status place(std::string_view name, const cel::Type& type, std::uint32_t slot);
  cel::Environment environment_;
  cel::Zones* zones_;
  cel::ValueStore store_;
  std::vector<cel::Value> values_;  // by slot
  std::vector<std::string> names_;  // by slot
  cel::Arena arena_{core::limits::cel_arena_bytes_default * 16};
};

}  // namespace tillwatch
