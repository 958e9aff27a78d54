// Chosen values of every decided entry as CSV: attributes, features, derived values and what was decided.
// Called by the replay command. Doubles are written as the shortest text that reads back the same; what is
// absent or unknown is empty.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "engine/decision.h"
#include "engine/engine.h"
#include "policy/bundle.h"

namespace tillwatch::replay {

class ColumnWriter {
 public:
  // `list`: names separated by commas, each optionally NAME=HEADER. A name is any that an expression of the
  // policy may use, or sequence, authorisation, settlement, subject, score, rules. Errors: invalid, naming
  // what is near.
  static core::Result<ColumnWriter> create(std::string_view list, const policy::Bundle& bundle);

  // Append a line, with its line feed.
  void header(std::string& out) const;
  // Right after the step that decided the entry.
  void row(engine::Engine& engine, const engine::Decision& decision, std::string& out);

 private:
  enum class Kind : std::uint8_t { slot, sequence, authorisation, settlement, subject, score, rules };
  struct Column {
    Kind kind = Kind::slot;
    std::uint32_t slot = 0;
    std::string title;
  };
  void value(const Column& column, engine::Engine& engine, const engine::Decision& decision,
             std::string& out);

  std::vector<Column> columns_;
};

// Appends `text` as one field of RFC 4180: in quotes where it needs them.
void append_field(std::string& out, std::string_view text);

}  // namespace tillwatch::replay
