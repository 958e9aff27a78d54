#include "intake/mapped_input.h"

#include <utility>

#include "intake/csv_reader.h"
#include "intake/decoded_source.h"
#include "intake/digit_mask.h"
#include "intake/fixed_reader.h"
#include "intake/ndjson_reader.h"

namespace tillwatch::intake {
namespace {

std::unique_ptr<RowReader> reader_of(ports::ByteSource& source, const Mapping& mapping) {
  if (mapping.format == Mapping::Format::ndjson)
    return std::make_unique<NdjsonReader>(source, mapping.columns);
  if (mapping.format == Mapping::Format::fixed) return std::make_unique<FixedReader>(source, mapping);
  CsvOptions options;
  options.separator = mapping.separator;
  options.header = mapping.header;
  options.file_columns = mapping.file_columns;
  options.wanted = mapping.columns;
  options.preamble = mapping.preamble;
  options.end = mapping.end;
  options.guard = mapping.guard;
  options.absent = mapping.absent;
  return std::make_unique<CsvReader>(source, std::move(options));
}

std::unique_ptr<ports::ByteSource> decoded(std::unique_ptr<ports::ByteSource> source,
                                           const Mapping& mapping) {
  if (!mapping.gb18030) return source;
  return std::make_unique<DecodedSource>(std::move(source));
}

}  // namespace

std::string sentence_about(std::string_view input, const Row& row, const Damage& damage) {
  const Position at = row.position(damage.offset);
  std::string text =
      std::string(input) + ":" + std::to_string(at.line) + ":" + std::to_string(at.column) + ": ";
  if (!damage.column.empty()) text += "column '" + damage.column + "': ";
  return text + mask_card_length(damage.why) + "; " + damage.remedy;
}

MappedInput::MappedInput(std::unique_ptr<ports::ByteSource> source, const Mapping& mapping, door::Door& door,
                         Batch batch, InputOptions options, SetAside& set_aside)
    : source_(decoded(std::move(source), mapping)),
      reader_(reader_of(*source_, mapping)),
      mapper_(mapping, door, std::move(batch)),
      options_(options),
      set_aside_(set_aside) {}

core::Status MappedInput::put_aside(const Damage& damage) {
  ++damaged_;
  TRY_STATUS(set_aside_.take(source_->name(), reader_->header_line(), row_, damage));
  if (!options_.strict) return {};
  return core::fail(core::ErrorCode::invalid, "", sentence_about(source_->name(), row_, damage));
}

core::Status MappedInput::check_order(const RowEntries& entries) {
  if (options_.in_order && entries.arrival < newest_)
    return core::fail(core::ErrorCode::invalid,
                      std::string(source_->name()) + ":" + std::to_string(row_.line),
                      "the rows are not in order of time: this row is of " +
                          core::format_time(entries.arrival) + ", but line " + std::to_string(newest_line_) +
                          " is of " + core::format_time(newest_) + "; sort the file, or use --sort");
  if (entries.arrival >= newest_) {
    newest_ = entries.arrival;
    newest_line_ = row_.line;
  }
  return {};
}

core::Result<bool> MappedInput::next(RowEntries& out) {
  Damage damage;
  for (;;) {
    TRY(state, reader_->next(row_, damage));
    if (state == RowState::end) return false;
    if (state == RowState::row && mapper_.map(row_, out, damage)) {
      TRY_STATUS(check_order(out));
      ++rows_;
      return true;
    }
    TRY_STATUS(put_aside(damage));
  }
}

}  // namespace tillwatch::intake
