#include "engine/ceiling.h"

#include <algorithm>

namespace tillwatch::engine {

void Ceilings::reset(std::size_t rules) {
  counts_.assign(rules, {});
  block_ = 0;
  in_block_ = 0;
  full_blocks_ = 0;
}

void Ceilings::begin_decision() {
  if (in_block_ != 0 || full_blocks_ == 0) return;
  block_ = static_cast<std::size_t>(full_blocks_ % blocks);
  for (auto& rule : counts_) rule[block_] = 0;
}

bool Ceilings::end_decision() {
  if (++in_block_ < block_decisions) return false;
  in_block_ = 0;
  ++full_blocks_;
  return true;
}

bool Ceilings::over(std::size_t rule, std::uint32_t ceiling_ppm) const {
  const std::uint64_t decisions = std::min<std::uint64_t>(full_blocks_, blocks) * block_decisions;
  std::uint64_t hits = 0;
  for (const std::uint32_t count : counts_[rule]) hits += count;
  return decisions > 0 && hits * 1'000'000 > decisions * ceiling_ppm;
}

void Ceilings::save(core::ByteWriter& out) const {
  out.varint(counts_.size());
  for (const auto& rule : counts_)
    for (const std::uint32_t count : rule) out.varint(count);
  out.varint(block_);
  out.varint(in_block_);
  out.varint(full_blocks_);
}

core::Status Ceilings::load(core::ByteReader& in, std::size_t rules) {
  reset(rules);
  if (in.varint() != rules)
    return core::fail(core::ErrorCode::corrupt, "snapshot", "the rule counters are not those of the policy");
  for (auto& rule : counts_)
    for (std::uint32_t& count : rule) count = static_cast<std::uint32_t>(in.varint());
  block_ = static_cast<std::size_t>(in.varint());
  in_block_ = static_cast<std::uint32_t>(in.varint());
  full_blocks_ = in.varint();
  if (!in.ok() || block_ >= blocks)
    return core::fail(core::ErrorCode::corrupt, "snapshot", "the rule counters are damaged");
  return {};
}

}  // namespace tillwatch::engine
