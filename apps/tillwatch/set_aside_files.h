// The files that take the rows that cannot be used, one for each input, made when the first such row comes.
// Called by the replay and import commands. Writes every row as it stood, but for card-length digits, which
// are masked.
#pragma once

#include <cstdint>
#include <fstream>
#include <map>
#include <string>
#include <string_view>

#include "core/error.h"
#include "intake/mapped_input.h"

namespace tillwatch {

class SetAsideFiles final : public intake::SetAside {
 public:
  // `folder`: where the files are made ("" is the current one). The first `sentences_max` rows are also told
  // on standard error.
  SetAsideFiles(std::string folder, std::uint64_t sentences_max)
      : folder_(std::move(folder)), sentences_max_(sentences_max) {}

  core::Status take(std::string_view input, std::string_view header, const intake::Row& row,
                    const intake::Damage& damage) override;
  // Flushes; call once at the end. Errors: io.
  core::Status close();

  std::uint64_t rows() const { return rows_; }
  // "3 rows were set aside in a.csv.set-aside", or "".
  std::string to_text() const;

 private:
  struct Output {
    std::string path;
    std::ofstream file;
  };
  core::Result<Output*> output_of(std::string_view input, std::string_view header);

  std::string folder_;
  std::uint64_t sentences_max_;
  std::uint64_t rows_ = 0;
  std::map<std::string, Output, std::less<>> outputs_;  // by input
};

}  // namespace tillwatch
