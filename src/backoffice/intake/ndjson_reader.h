// NDJSON: one JSON object a line, read as a row of the members that a mapping names by JSON pointer. Called
// by intake. Numbers are handed on as they were written, so that 57.16 never passes through a double. Never
// takes a line that is not a whole, strict JSON object.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "intake/line_reader.h"
#include "intake/row.h"
#include "json/reader.h"
#include "ports/byte_source.h"

namespace tillwatch::intake {

class NdjsonReader final : public RowReader {
 public:
  // `source` must outlive the reader. `wanted`: JSON pointers (RFC 6901); arrays are indexed as usual.
  NdjsonReader(ports::ByteSource& source, const std::vector<std::string>& wanted);

  core::Result<RowState> next(Row& row, Damage& damage) override;

 private:
  class Walk;
  LineReader lines_;
  json::Reader json_;
  std::vector<std::string> names_;
  std::map<std::string, std::size_t, std::less<>> wanted_;
  std::vector<std::string> unescaped_;  // by column
};

}  // namespace tillwatch::intake
