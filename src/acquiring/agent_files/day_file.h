// An acquirer's day as the file that its agents get, with what is wrong with it. Called by
// `tillwatch simulate --files` and by tests; from any thread. The truth about the faults is handed back, it
// never stands in the file.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "agent_files/layout.h"
#include "agent_files/statement.h"

namespace tillwatch::agent_files {

// The layout of the channel's files.
const Layout& layout_of(const World& world, std::uint8_t channel);

enum class Flaw : std::uint8_t { scientific_amount, cut_short, serial_time, no_merchant, wide_digits };
inline constexpr std::array<std::string_view, 5> flaw_names = {"scientific_amount", "cut_short",
                                                               "serial_time", "no_merchant", "wide_digits"};

struct FlawedRow {
  std::uint64_t line = 0;  // of the file
  traffic::EventId transaction = 0;
  Flaw flaw = Flaw::scientific_amount;
};

struct DayFile {
  std::string text;  // in the layout's encoding
  std::uint64_t rows = 0;
  std::int64_t amount = 0;  // of the rows, minor units; what comes back counts negative
  std::vector<FlawedRow> flawed;
  std::vector<traffic::EventId> repeated;
  std::vector<traffic::EventId> left_out;
};

// True where the grade tells of the transaction: the refused stand in the whole stream only.
bool is_told(Grade grade, const Event& transaction);

// `whole`: the file as it should be; else with the flaws of the first delivery.
DayFile day_file(const World& world, const Statement& statement, Grade grade, bool whole);

// "acquirer-1/2026-03-01.txt"; a correction "acquirer-1/2026-03-01-c1.txt".
std::string day_file_name(const World& world, std::uint8_t channel, Day day, bool correction);

}  // namespace tillwatch::agent_files
