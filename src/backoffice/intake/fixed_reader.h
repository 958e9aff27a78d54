// Lines whose columns lie at fixed places, as switches and banks write them. Called by intake for row files
// of the format `fixed`. A line of another length is damaged; nothing is shifted to make it fit.
#pragma once

#include <string>
#include <vector>

#include "core/error.h"
#include "intake/line_reader.h"
#include "intake/mapping.h"
#include "intake/row.h"
#include "ports/byte_source.h"

namespace tillwatch::intake {

class FixedReader final : public RowReader {
 public:
  // `source` must outlive the reader.
  FixedReader(ports::ByteSource& source, const Mapping& mapping);

  core::Result<RowState> next(Row& row, Damage& damage) override;

 private:
  struct Place {
    std::size_t offset = 0;
    std::size_t width = 0;
  };
  bool ends(std::string_view line) const;
  bool check(const LineReader::Line& line, Damage& damage) const;

  LineReader lines_;
  std::vector<Place> places_;  // of the columns that are read
  std::size_t length_ = 0;     // of a line
  std::size_t preamble_ = 0;
  std::vector<std::string> end_;
  std::string absent_;
  bool ended_ = false;
};

}  // namespace tillwatch::intake
