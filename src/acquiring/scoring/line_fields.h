// One line of NDJSON as an object whose members are asked for by name; a fault says `place:column: why`.
// Called by the readers of this module.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/error.h"
#include "core/time.h"
#include "json/reader.h"

namespace tillwatch::scoring {

class LineFields {
 public:
  // `place` is file:line. `line` must outlive the fields.
  static core::Result<LineFields> parse(std::string_view line, std::string_view place, std::size_t bytes_max);

  core::Result<std::string_view> text(std::string_view name, std::size_t bytes_max = 128) const;
  core::Result<std::int64_t> integer(std::string_view name, std::int64_t least, std::int64_t most) const;
  core::Result<double> number(std::string_view name) const;
  core::Result<bool> boolean(std::string_view name) const;
  core::Result<core::TimeMs> time(std::string_view name) const;
  core::Result<json::View> array(std::string_view name) const;
  bool has(std::string_view name) const { return root_.find(name).has_value(); }

  // A fault at the member of that name; at the line's beginning where there is none.
  std::unexpected<core::Error> wrong(std::string_view name, std::string detail,
                                     core::ErrorCode code = core::ErrorCode::invalid) const;

 private:
  LineFields(json::Reader reader, json::View root, std::string_view line, std::string_view place)
      : reader_(std::move(reader)), root_(root), line_(line), place_(place) {}

  core::Result<json::View> member(std::string_view name) const;

  json::Reader reader_;
  json::View root_;
  std::string_view line_;
  std::string_view place_;
};

}  // namespace tillwatch::scoring
