#include "score_run.h"

#include <fstream>
#include <iostream>
#include <memory>

#include "scoring/score.h"

namespace tillwatch {
namespace {

using core::ErrorCode;

// Calls `take(line, place)` for each line of the file; none may be longer than `bytes_max`.
template <class Take>
core::Status for_each_line(const std::string& path, std::size_t bytes_max, const Take& take) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return core::fail(ErrorCode::not_found, path, "cannot be read");
  const std::size_t room = bytes_max + 2;  // one byte too many shows that it is too long
  const auto buffer = std::make_unique<char[]>(room);
  for (std::uint64_t number = 1;; ++number) {
    file.getline(buffer.get(), static_cast<std::streamsize>(room));
    std::string_view line(buffer.get());
    const std::string place = path + ":" + std::to_string(number);
    if (file.fail() && !file.eof())
      return file.gcount() > 0 ? core::fail(ErrorCode::limit, place + ":1",
                                            "the line is longer than " + std::to_string(bytes_max) + " bytes")
                               : core::fail(ErrorCode::io, place, "could not be read");
    if (file.eof() && line.empty()) return {};
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    TRY_STATUS(take(line, place));
    if (file.eof()) return {};
  }
}

core::Result<scoring::Truth> read_truth(const std::string& folder, scoring::Entities& entities) {
  scoring::TruthReader reader(entities);
  int scopes = 0;
  TRY_STATUS(for_each_line(folder + "/scope.json", scoring::truth_line_bytes_max,
                           [&](std::string_view line, const std::string& place) -> core::Status {
                             if (++scopes > 1)
                               return core::fail(ErrorCode::invalid, place + ":1", "expected one line");
                             return reader.scope(line, place);
                           }));
  if (scopes == 0) return core::fail(ErrorCode::invalid, folder + "/scope.json:1:1", "is empty");
  TRY_STATUS(for_each_line(
      folder + "/instances.ndjson", scoring::truth_line_bytes_max,
      [&](std::string_view line, const std::string& place) { return reader.instance(line, place); }));
  TRY_STATUS(for_each_line(
      folder + "/transactions.ndjson", scoring::truth_line_bytes_max,
      [&](std::string_view line, const std::string& place) { return reader.transaction(line, place); }));
  return std::move(reader).finish();
}

core::Status run(const ScoreOptions& options) {
  scoring::Entities entities;
  TRY(truth, read_truth(options.inputs[0], entities));
  std::vector<scoring::Finding> findings;
  TRY_STATUS(for_each_line(options.inputs[1], scoring::finding_line_bytes_max,
                           [&](std::string_view line, const std::string& place) -> core::Status {
                             if (findings.size() == scoring::findings_max)
                               return core::fail(ErrorCode::limit, place + ":1",
                                                 "more than " + std::to_string(scoring::findings_max) +
                                                     " findings: keep the best of each day");
                             TRY(finding, scoring::read_finding(line, place, entities));
                             findings.push_back(finding);
                             return {};
                           }));
  const scoring::Report report =
      scoring::judge(truth, std::move(findings), {options.budget, options.bootstrap_seed});
  std::cout << (options.json ? scoring::in_json(report) : scoring::in_words(report)) << std::flush;
  return {};
}

}  // namespace

int score_run(const ScoreOptions& options) {
  const core::Status done = run(options);
  if (done) return 0;
  std::cerr << "simulate: " << done.error().to_string() << '\n';
  return 1;
}

}  // namespace tillwatch
