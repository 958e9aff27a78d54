// Intervals around measured shares, medians and rates: Wilson for shares, the bootstrap for the rest. Called
// by the judge. The bootstrap draws from a seed that is printed, so that it can be done again.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

namespace tillwatch::scoring {

// A figure with its 95 % interval; nothing is known where `known` is false.
struct Estimate {
  bool known = false;
  double value = 0;
  double low = 0;
  double high = 0;
};

inline constexpr int bootstrap_rounds = 1000;

// `hits` of `of`, after Wilson.
Estimate wilson(std::uint64_t hits, std::uint64_t of);

// What `figure` says of the sample, and the range of what it says of 1,000 samples drawn from it with
// replacement. `figure` gets indices into the sample; a figure that is no number is left out.
Estimate bootstrap(std::uint64_t seed, std::size_t count,
                   const std::function<double(const std::vector<std::uint32_t>&)>& figure);

// The sum of `counts` over a large population of which most have none, times `factor`: each entity of the
// sample is drawn a Poisson number of times.
Estimate bootstrap_rate(std::uint64_t seed, const std::vector<std::uint32_t>& counts, double factor);

// Of an unsorted sample; between the two middle ones where it is even. Not a number where it is empty.
double median(std::vector<double> sample);

}  // namespace tillwatch::scoring
