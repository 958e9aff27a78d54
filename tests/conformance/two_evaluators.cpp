// Ten million random expressions through the flat program and the plain tree evaluator. Called by the stage
// `evaluators` and by hand: two_evaluators --count 10000000 --seed 1. Never asserts a duration.
#include <iostream>
#include <optional>
#include <string>

#include "cel/evaluator_comparison_fixture.h"
#include "command_line.h"

namespace {

void print(const tillwatch::cel::EvaluatorComparison::Tally& tally, std::uint64_t done) {
  std::cout << done << " expressions agree (" << tally.unchecked << " unchecked, "
            << tally.octets / (done + 1) << " octets on average): " << tally.values << " values, "
            << tally.errors << " errors, " << tally.unknowns << " unknowns; " << tally.limits
            << " reached a bound" << std::endl;
}

}  // namespace

int main(int argc, char** argv) {
  tillwatch::CommandLine app("Two evaluators, one answer.", "two_evaluators");
  std::uint64_t count = 100'000;
  std::uint64_t seed = 1;
  app.add_option("--count", count, "how many expressions");
  app.add_option("--seed", seed, "the seed of the first; each has the next number");
  if (const std::optional<int> code = app.parse(argc, argv)) return *code;
  tillwatch::cel::EvaluatorComparison comparison;
  constexpr std::uint64_t report_every = 1'000'000;
  for (std::uint64_t done = 0; done < count; ++done) {
    const std::string difference = comparison.compare(seed + done);
    if (!difference.empty()) {
      std::cout << difference << "\n";
      return 1;
    }
    if ((done + 1) % report_every == 0) print(comparison.tally(), done + 1);
  }
  print(comparison.tally(), count);
  std::cout << "seeds " << seed << " to " << seed + count - 1 << "; kinds of answers:";
  for (const auto& [kind, number] : comparison.tally().kinds)
    std::cout << " " << static_cast<int>(kind) << ":" << number;
  std::cout << "\n";
  return 0;
}
