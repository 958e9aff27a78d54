// CSV by RFC 4180, streaming: quotes, line breaks inside quotes, CRLF and LF, a byte order mark, any one-byte
// separator. Called by intake for row files. Never guesses: a row that breaks the grammar or a bound is
// damaged, reading goes on with the next line, and no fault costs more memory than the longest row.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/limits.h"
#include "intake/row.h"
#include "ports/byte_source.h"

namespace tillwatch::intake {

struct CsvOptions {
  char separator = ',';
  bool header = true;  // the first row names the columns
  // With a header: the columns wanted, by name, each exactly once in it; others are passed over. Without: the
  // names of all columns of the file in their order.
  std::vector<std::string> file_columns;  // header == false only
  std::vector<std::string> wanted;
  std::size_t preamble = 0;      // lines passed over before the header
  std::vector<std::string> end;  // a row that begins with one of these, and all after it, are no rows
  char guard = '\0';             // dropped where a field begins with it (inside quotes too); '\0': none
  std::string absent;            // a field that is this text is empty; "": none
};

class CsvReader final : public RowReader {
 public:
  // `source` must outlive the reader.
  CsvReader(ports::ByteSource& source, CsvOptions options);
  ~CsvReader() override;

  core::Result<RowState> next(Row& row, Damage& damage) override;
  std::string_view header_line() const override { return header_line_; }

 private:
  struct Scan;  // one attempt at one row
  core::Result<bool> refill();
  core::Status begin();
  core::Status take_header(const Row& row);
  core::Result<RowState> next_record(Row& row, Damage& damage);
  core::Result<RowState> finish(const Scan& scan, Row& row, Damage& damage);
  core::Result<RowState> give_up_quotes(Row& row, Damage& damage, std::size_t quote);
  core::Result<RowState> skip_long_line(Row& row, Damage& damage);
  void scan_row(Scan& scan);
  bool scan_quoted(Scan& scan, std::size_t& at);
  bool scan_plain(Scan& scan, std::size_t& at);
  void select(Row& row);
  std::string_view bare(std::string_view text) const;
  bool ends(const Row& row) const;
  core::Status skip_preamble();
  core::Result<RowState> drain();
  std::string_view unread() const { return std::string_view(buffer_).substr(begin_, end_ - begin_); }

  ports::ByteSource& source_;
  CsvOptions options_;
  std::string buffer_;
  std::size_t begin_ = 0, end_ = 0;  // unread bytes of buffer_
  bool source_ended_ = false;
  bool begun_ = false;
  std::uint64_t line_ = 1;  // of begin_
  std::string unescaped_;   // fields that held doubled quotes
  std::unique_ptr<Scan> scan_;
  std::string header_line_;
  std::size_t column_count_ = 0;
  std::vector<std::string> column_names_;
  std::vector<std::size_t> selection_;  // wanted column -> field
  std::vector<Field> selected_;
};

}  // namespace tillwatch::intake
