// sim_gates_outside: the gates' own measures on data from elsewhere, so that what is compared is measured by
// the same lines. Called by script/handbook-anchor. Reads standard input or the named files; keeps nothing.
//
//   sim_gates_outside behaviour < ROWS      lines "time in ms,card,shop,terminal,amount,refused 0 or 1"
//   sim_gates_outside learn TRAIN TEST      lines "truth 0 or 1,feature,feature,..."
#include <charconv>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <string>
#include <system_error>

#include "behaviour.h"
#include "chance/random.h"
#include "learner.h"

namespace tillwatch::gates {
namespace {

// The numbers of a line; false where it is not made of numbers.
template <class Number>
bool numbers_of(const std::string& line, std::vector<Number>& out) {
  out.clear();
  const char* at = line.data();
  const char* const end = at + line.size();
  while (at <= end) {
    Number number{};
    const auto [after, fault] = std::from_chars(at, end, number);
    if (fault != std::errc() || (after != end && *after != ',')) return false;
    out.push_back(number);
    at = after + 1;
  }
  return true;
}

int measure(std::istream& in) {
  Acts acts;
  std::string line;
  std::vector<std::int64_t> cells;
  while (std::getline(in, line)) {
    if (!numbers_of(line, cells) || cells.size() != 6) {
      std::fprintf(stderr, "sim_gates_outside: line %zu is not six whole numbers\n", acts.size() + 1);
      return 1;
    }
    acts.push_back({cells[0], static_cast<std::uint64_t>(cells[1]), static_cast<std::uint32_t>(cells[2]),
                    static_cast<std::uint32_t>(cells[3]), cells[4], cells[5] != 0});
  }
  std::printf("%zu payments\n", acts.size());
  const Figures figures = behaviour_of(std::move(acts));
  for (std::size_t i = 0; i < figure_count; ++i)
    std::printf("%-26s %10.5f\n", info_of(static_cast<Figure>(i)).name.data(), figures[i]);
  return 0;
}

bool read_table(const char* path, Table& table) {
  std::ifstream in(path);
  std::string line;
  std::vector<float> cells;
  while (std::getline(in, line)) {
    if (!numbers_of(line, cells) || cells.size() < 2) return false;
    if (table.columns != 0 && cells.size() != table.columns + 1) return false;
    table.columns = cells.size() - 1;
    table.add(std::span<const float>(cells).subspan(1), cells[0] > 0, 1);
  }
  return table.rows() > 0;
}

// As the gates learn: all that is true, and of the rest one in `thin` with its weight. The learner's borders
// are quantiles of the rows, so this also decides how finely it sees what is rare.
Table thinned(const Table& table, std::uint64_t thin) {
  Table out;
  out.columns = table.columns;
  for (std::size_t i = 0; i < table.rows(); ++i) {
    const bool is_true = table.truth[i] != 0;
    if (is_true || chance::mix64(i) % thin == 0)
      out.add(table.row(i), is_true, is_true ? 1.0F : static_cast<float>(thin));
  }
  return out;
}

int learn(const char* train, const char* test) {
  Table from, to;
  for (const auto& [path, table] : {std::pair{train, &from}, std::pair{test, &to}}) {
    if (read_table(path, *table)) continue;
    std::fprintf(stderr, "sim_gates_outside: %s is no table of numbers; give lines of truth and features\n",
                 path);
    return 1;
  }
  std::vector<std::size_t> columns;
  for (std::size_t i = 0; i < from.columns; ++i) columns.push_back(i);
  for (const std::uint64_t thin : {1u, 8u, 32u})
    for (const Shape& shape : {Shape{30, 4, 0.3F}, Shape{100, 3, 0.1F}}) {
      const auto scores = learn_and_score(thinned(from, thin), to, columns, shape);
      std::printf(
          "%d trees of depth %d, rate %.1f, one in %d of the honest: area %.3f, average precision %.3f\n",
          shape.rounds, shape.depth, static_cast<double>(shape.rate), static_cast<int>(thin),
          area_under_curve(scores, to), average_precision(scores, to));
    }
  return 0;
}

}  // namespace
}  // namespace tillwatch::gates

int main(int count, char** arguments) {
  const std::string_view what = count > 1 ? arguments[1] : "";
  if (what == "behaviour" && count == 2) return tillwatch::gates::measure(std::cin);
  if (what == "learn" && count == 4) return tillwatch::gates::learn(arguments[2], arguments[3]);
  std::fprintf(stderr, "usage: sim_gates_outside behaviour < ROWS | learn TRAIN TEST\n");
  return 2;
}
