// A small learner for the honesty gates: boosted trees over binned columns, and the two measures that the
// gates speak of. Deterministic: what is left out follows from its number; no thread. Called by the gates
// only.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace tillwatch::gates {

// Rows by columns; a row counts `weight` times.
struct Table {
  std::size_t columns = 0;
  std::vector<float> cells;
  std::vector<float> weights;
  std::vector<std::uint8_t> truth;

  std::size_t rows() const { return truth.size(); }
  std::span<const float> row(std::size_t i) const {
    return std::span<const float>(cells).subspan(i * columns, columns);
  }
  void add(std::span<const float> row, bool is_true, float weight) {
    cells.insert(cells.end(), row.begin(), row.end());
    truth.push_back(is_true ? 1 : 0);
    weights.push_back(weight);
  }
};

struct Shape {
  int rounds = 40;
  int depth = 3;
  float rate = 0.2F;
  // Each tree sees so many of the rows and columns, and a leaf holds at least so many rows: what one guilty
  // shop has and no other is then not learned by heart.
  std::uint32_t rows_permille = 1000;
  std::uint32_t columns_permille = 1000;
  std::size_t leaf_rows = 20;
};

// Learns from one table, looking only at `columns`, and scores the rows of another.
std::vector<float> learn_and_score(const Table& from, const Table& to,
                                   const std::vector<std::size_t>& columns, const Shape& shape);

// Area under the curve (ties count half) and average precision, weighted.
double area_under_curve(std::span<const float> scores, const Table& table);
double average_precision(std::span<const float> scores, const Table& table);
// The same of rows that stand in falling order of their scores already.
double average_precision_in_order(std::span<const float> falling, const Table& table);

}  // namespace tillwatch::gates
