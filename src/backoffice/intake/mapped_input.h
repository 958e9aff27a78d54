// One input file with its mapping: bytes in, the entries of one row after another out, damaged rows counted
// and handed to the set-aside. Called by the merge and the sort. Never reorders: a row that is older than the
// one before it is an error unless the caller sorts.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "core/error.h"
#include "door/door.h"
#include "intake/mapping.h"
#include "intake/row.h"
#include "intake/row_mapper.h"
#include "ports/byte_source.h"

namespace tillwatch::intake {

// Takes the rows that cannot be used.
class SetAside {
 public:
  virtual ~SetAside() = default;
  // `input`: the source's name; `header`: the header line, "" where there is none. An error ends the run.
  virtual core::Status take(std::string_view input, std::string_view header, const Row& row,
                            const Damage& damage) = 0;
};

// "file:line:column: why; remedy": the one sentence about a damaged row, card-length digits masked.
std::string sentence_about(std::string_view input, const Row& row, const Damage& damage);

struct InputOptions {
  bool in_order = true;  // rows must not go back in time
  bool strict = false;   // the first damaged row is an error
};

class MappedInput {
 public:
  // `mapping`, `door` and `set_aside` must outlive the input.
  MappedInput(std::unique_ptr<ports::ByteSource> source, const Mapping& mapping, door::Door& door,
              Batch batch, InputOptions options, SetAside& set_aside);

  // Replaces `out` by the entries of the next good row; false at the end. Errors: io, corrupt, invalid
  // (order, header, a damaged row where strict), and those of the set-aside.
  core::Result<bool> next(RowEntries& out);

  const ports::ByteSource& source() const { return *source_; }
  std::uint64_t rows() const { return rows_; }  // good ones
  std::uint64_t damaged() const { return damaged_; }

 private:
  core::Status check_order(const RowEntries& entries);
  core::Status put_aside(const Damage& damage);

  std::unique_ptr<ports::ByteSource> source_;
  std::unique_ptr<RowReader> reader_;
  RowMapper mapper_;
  InputOptions options_;
  SetAside& set_aside_;
  Row row_;
  core::TimeMs newest_ = core::time_min;
  std::uint64_t newest_line_ = 0;
  std::uint64_t rows_ = 0, damaged_ = 0;
};

}  // namespace tillwatch::intake
