#include "learner.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "chance/random.h"
#include "core/check.h"

namespace tillwatch::gates {
namespace {

constexpr std::size_t bins = 128;
// Quantiles of the rows shown, so many, and in each tail two thirds of what lies past the last border, and
// two thirds of that, down to single rows.
constexpr std::size_t quantiles = 64;
constexpr float step_most = 3;

// The borders between the bins of a column: each value where they are few, else quantiles that get closer
// towards both ends, where what is rare lies.
std::vector<float> borders_of(const Table& table, std::size_t column) {
  std::vector<float> values;
  values.reserve(table.rows());
  for (std::size_t i = 0; i < table.rows(); ++i) values.push_back(table.row(i)[column]);
  std::ranges::sort(values);
  std::vector<float> few;
  for (std::size_t i = 0; i < values.size() && few.size() <= bins;
       i = static_cast<std::size_t>(std::ranges::upper_bound(values, values[i]) - values.begin()))
    few.push_back(values[i]);
  if (few.size() <= bins) return {few.begin() + (few.empty() ? 0 : 1), few.end()};
  std::vector<std::size_t> places;
  for (std::size_t q = 1; q < quantiles; ++q) places.push_back(q * values.size() / quantiles);
  for (std::size_t past = values.size() / quantiles / 2; past > 0; past = past * 2 / 3) {
    places.push_back(past);
    places.push_back(values.size() - past);
  }
  std::ranges::sort(places);
  std::vector<float> out;
  for (const std::size_t place : places)
    if (values[place] > (out.empty() ? values.front() : out.back())) out.push_back(values[place]);
  CHECK(out.size() < bins);
  return out;
}

std::uint8_t bin_of(const std::vector<float>& borders, float value) {
  return static_cast<std::uint8_t>(std::ranges::upper_bound(borders, value) - borders.begin());
}

// Bins, row by row.
struct Binned {
  std::size_t columns = 0;
  std::vector<std::uint8_t> cells;
  std::uint8_t at(std::size_t row, std::size_t column) const { return cells[row * columns + column]; }
};

Binned binned(const Table& table, const std::vector<std::size_t>& columns,
              const std::vector<std::vector<float>>& borders) {
  Binned out{columns.size(), std::vector<std::uint8_t>(columns.size() * table.rows())};
  for (std::size_t i = 0; i < table.rows(); ++i)
    for (std::size_t c = 0; c < columns.size(); ++c)
      out.cells[i * columns.size() + c] = bin_of(borders[c], table.row(i)[columns[c]]);
  return out;
}

struct Sum {
  float gradient = 0, weight = 0;
  float gain() const { return gradient * gradient / (weight + 1); }
};

struct Node {
  std::size_t column = 0;
  std::uint8_t bin = 0;  // up to this bin: left
  float value = 0;       // of a leaf
  bool leaf = true;
};

// One tree of the depth, as an implicit heap.
class Tree {
 public:
  Tree(const Binned& cells, const std::vector<Sum>& pulls, const Shape& shape, std::uint64_t number)
      : cells_(cells), pulls_(pulls), shape_(shape), nodes_((2u << shape.depth) - 1) {
    const auto kept = [number](std::uint64_t i, std::uint32_t permille) {
      return chance::mix64(number * chance::golden_step + i) % 1000 < permille;
    };
    std::vector<std::uint32_t> rows;
    for (std::uint32_t i = 0; i < pulls.size(); ++i)
      if (kept(i, shape.rows_permille)) rows.push_back(i);
    for (std::size_t c = 0; c < cells.columns; ++c)
      if (kept(~std::uint64_t{c}, shape.columns_permille)) columns_.push_back(c);
    grow(0, rows, shape.depth);
  }
  float value(const Binned& cells, std::size_t row) const {
    std::size_t at = 0;
    while (!nodes_[at].leaf) at = 2 * at + (cells.at(row, nodes_[at].column) <= nodes_[at].bin ? 1 : 2);
    return nodes_[at].value;
  }

 private:
  void grow(std::size_t at, std::span<std::uint32_t> rows, int depth) {
    Sum total;
    for (const std::uint32_t row : rows) {
      total.gradient += pulls_[row].gradient;
      total.weight += pulls_[row].weight;
    }
    Node& node = nodes_[at];
    // Bounded: where fraud is rare, a whole step leaps over the answer, and the next one back.
    node.value = shape_.rate * std::clamp(total.gradient / (total.weight + 1), -step_most, step_most);
    if (depth == 0 || rows.size() < 2 * shape_.leaf_rows) return;
    std::vector<std::array<Sum, bins>> sums(cells_.columns);
    for (const std::uint32_t row : rows) {
      const Sum pull = pulls_[row];
      const std::uint8_t* cell = cells_.cells.data() + row * cells_.columns;
      for (const std::size_t c : columns_) {
        sums[c][cell[c]].gradient += pull.gradient;
        sums[c][cell[c]].weight += pull.weight;
      }
    }
    split(node, sums, total);
    if (node.leaf) return;
    const auto middle = std::partition(
        rows.begin(), rows.end(), [&](std::uint32_t row) { return cells_.at(row, node.column) <= node.bin; });
    const auto left = static_cast<std::size_t>(middle - rows.begin());
    if (left < shape_.leaf_rows || rows.size() - left < shape_.leaf_rows) {
      node.leaf = true;
      return;
    }
    grow(2 * at + 1, rows.first(left), depth - 1);
    grow(2 * at + 2, rows.subspan(left), depth - 1);
  }
  void split(Node& node, const std::vector<std::array<Sum, bins>>& sums, const Sum& total) const {
    float best = total.gain() + 1e-3F;
    for (const std::size_t c : columns_) {
      Sum left;
      for (std::size_t b = 0; b + 1 < bins; ++b) {
        left.gradient += sums[c][b].gradient;
        left.weight += sums[c][b].weight;
        const Sum right{total.gradient - left.gradient, total.weight - left.weight};
        if (left.gain() + right.gain() <= best) continue;
        best = left.gain() + right.gain();
        node.leaf = false;
        node.column = c;
        node.bin = static_cast<std::uint8_t>(b);
      }
    }
  }

  const Binned& cells_;
  const std::vector<Sum>& pulls_;
  const Shape& shape_;
  std::vector<std::size_t> columns_;
  std::vector<Node> nodes_;
};

std::vector<std::uint32_t> by_falling_score(std::span<const float> scores) {
  std::vector<std::uint32_t> order(scores.size());
  std::iota(order.begin(), order.end(), 0u);
  std::ranges::sort(order, [&](std::uint32_t a, std::uint32_t b) { return scores[a] > scores[b]; });
  return order;
}

}  // namespace

std::vector<float> learn_and_score(const Table& from, const Table& to,
                                   const std::vector<std::size_t>& columns, const Shape& shape) {
  std::vector<std::vector<float>> borders;
  for (const std::size_t column : columns) borders.push_back(borders_of(from, column));
  const Binned learning = binned(from, columns, borders), scoring = binned(to, columns, borders);
  double positive = 0, all = 0;
  for (std::size_t i = 0; i < from.rows(); ++i) {
    all += static_cast<double>(from.weights[i]);
    positive += from.truth[i] != 0 ? static_cast<double>(from.weights[i]) : 0;
  }
  const double share = std::clamp(positive / std::max(1.0, all), 1e-6, 1 - 1e-6);
  const auto start = static_cast<float>(std::log(share / (1 - share)));
  std::vector<float> odds(from.rows(), start), out(to.rows(), start);
  std::vector<Sum> pulls(from.rows());
  for (int round = 0; round < shape.rounds; ++round) {
    for (std::size_t i = 0; i < from.rows(); ++i) {
      const float p = 1 / (1 + std::exp(-odds[i]));
      pulls[i] = {from.weights[i] * (static_cast<float>(from.truth[i]) - p),
                  from.weights[i] * std::max(1e-4F, p * (1 - p))};
    }
    const Tree tree(learning, pulls, shape, static_cast<std::uint64_t>(round));
    for (std::size_t i = 0; i < from.rows(); ++i) odds[i] += tree.value(learning, i);
    for (std::size_t i = 0; i < to.rows(); ++i) out[i] += tree.value(scoring, i);
  }
  return out;
}

double area_under_curve(std::span<const float> scores, const Table& table) {
  const auto order = by_falling_score(scores);
  double above = 0, area = 0, positive = 0, negative = 0;
  for (std::size_t i = 0; i < order.size();) {
    double true_here = 0, false_here = 0;
    std::size_t j = i;
    for (; j < order.size() && !(scores[order[j]] < scores[order[i]]); ++j)
      (table.truth[order[j]] != 0 ? true_here : false_here) += static_cast<double>(table.weights[order[j]]);
    area += false_here * (above + true_here / 2);
    above += true_here;
    positive += true_here;
    negative += false_here;
    i = j;
  }
  return positive == 0 || negative == 0 ? 0.5 : area / positive / negative;
}

double average_precision(std::span<const float> scores, const Table& table) {
  Table sorted;
  std::vector<float> falling;
  for (const std::uint32_t row : by_falling_score(scores)) {
    sorted.truth.push_back(table.truth[row]);
    sorted.weights.push_back(table.weights[row]);
    falling.push_back(scores[row]);
  }
  return average_precision_in_order(falling, sorted);
}

double average_precision_in_order(std::span<const float> falling, const Table& table) {
  double hits = 0, seen = 0, sum = 0;
  for (std::size_t i = 0; i < falling.size();) {
    double true_here = 0, all_here = 0;
    std::size_t j = i;
    for (; j < falling.size() && !(falling[j] < falling[i]); ++j) {
      const auto weight = static_cast<double>(table.weights[j]);
      all_here += weight;
      true_here += table.truth[j] != 0 ? weight : 0;
    }
    hits += true_here;
    seen += all_here;
    sum += true_here > 0 ? true_here * hits / seen : 0;
    i = j;
  }
  return hits > 0 ? sum / hits : 0;
}

}  // namespace tillwatch::gates
