// Gates sorted by level, so that each reads only what is there, then by sort. Called by RuleSet.
#include "cel/gates.h"

#include <algorithm>
#include <numeric>
#include <tuple>

#include "core/check.h"

namespace tillwatch::cel {
namespace {

template <bool all, unsigned operands>
const std::uint32_t* run_row(const std::uint32_t* in, std::uint32_t count, const Lane* lanes, Lane* out) {
  for (std::uint32_t i = 0; i < count; ++i) {
    unsigned both = lanes[in[0]];
    unsigned either = both;
    for (unsigned o = 1; o < operands; ++o) {
      const unsigned next = lanes[in[o]];
      both &= next;
      either |= next;
    }
    // An open operand leaves the combination open; where it is settled, nobody looks at that bit.
    out[i] = static_cast<Lane>(all ? (both & answer_bits) | (either & open_bit) : either);
    in += operands;
  }
  return in;
}

template <bool all>
const std::uint32_t* run_row(unsigned operands, const std::uint32_t* in, std::uint32_t count,
                             const Lane* lanes, Lane* out) {
  switch (operands) {
    case 2:
      return run_row<all, 2>(in, count, lanes, out);
    case 3:
      return run_row<all, 3>(in, count, lanes, out);
    default:
      return run_row<all, 4>(in, count, lanes, out);
  }
}

}  // namespace

std::uint32_t Gates::combine(bool all, std::vector<std::uint32_t> operands) {
  std::ranges::sort(operands);
  operands.erase(std::ranges::unique(operands).begin(), operands.end());
  const std::uint32_t dominant = all ? false_at : true_at;
  const std::uint32_t neutral = all ? true_at : false_at;
  if (std::ranges::find(operands, dominant) != operands.end()) return dominant;
  std::erase(operands, neutral);
  if (operands.empty()) return neutral;
  while (operands.size() > operands_max) {
    std::vector<std::uint32_t> fewer;
    for (std::size_t at = 0; at < operands.size(); at += operands_max) {
      const std::size_t end = std::min(operands.size(), at + operands_max);
      fewer.push_back(keep(all, {operands.begin() + static_cast<std::ptrdiff_t>(at),
                                 operands.begin() + static_cast<std::ptrdiff_t>(end)}));
    }
    operands = std::move(fewer);
    std::ranges::sort(operands);
  }
  return keep(all, std::move(operands));
}

std::uint32_t Gates::keep(bool all, std::vector<std::uint32_t> operands) {
  if (operands.size() == 1) return operands[0];
  const auto [at, added] =
      known_.try_emplace({all, operands}, first_ + static_cast<std::uint32_t>(kept_.size()));
  if (!added) return at->second;
  std::uint32_t level = 0;
  for (const std::uint32_t operand : operands)
    if (operand >= first_) level = std::max(level, kept_[operand - first_].level + 1);
  kept_.push_back({all, level, std::move(operands)});
  return at->second;
}

void Gates::settle(std::span<std::uint32_t> names) {
  CHECK(rows_.empty());
  std::vector<std::uint32_t> order(kept_.size());
  std::iota(order.begin(), order.end(), 0u);
  const auto sort_of = [this](std::uint32_t gate) {
    return std::tuple(kept_[gate].level, kept_[gate].all, kept_[gate].operands.size());
  };
  std::ranges::stable_sort(order, {}, sort_of);
  std::vector<std::uint32_t> lane(kept_.size());
  for (std::uint32_t i = 0; i < order.size(); ++i) lane[order[i]] = first_ + i;
  const auto settled = [&](std::uint32_t name) { return name < first_ ? name : lane[name - first_]; };
  for (std::uint32_t i = 0; i < order.size(); ++i) {
    const Gate& gate = kept_[order[i]];
    if (i == 0 || sort_of(order[i]) != sort_of(order[i - 1]))
      rows_.push_back({gate.all, static_cast<std::uint8_t>(gate.operands.size()), 0});
    ++rows_.back().count;
    for (const std::uint32_t operand : gate.operands) operands_.push_back(settled(operand));
  }
  for (std::uint32_t& name : names) name = settled(name);
  known_.clear();
}

void Gates::run(Lane* lanes) const {
  const std::uint32_t* in = operands_.data();
  Lane* out = lanes + first_;
  for (const Row& row : rows_) {
    in = row.all ? run_row<true>(row.operands, in, row.count, lanes, out)
                 : run_row<false>(row.operands, in, row.count, lanes, out);
    out += row.count;
  }
}

}  // namespace tillwatch::cel
