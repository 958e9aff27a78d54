#include "scoring/interval.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "chance/distribution.h"
#include "chance/random.h"

namespace tillwatch::scoring {
namespace {

using chance::Lane;
using chance::Stream;

constexpr double z95 = 1.959963984540054;

// The middle 95 % of the values.
void take_range(std::vector<double>& values, Estimate& out) {
  if (values.empty()) return;
  std::ranges::sort(values);
  const auto at = [&](double share) {
    return values[static_cast<std::size_t>(share * static_cast<double>(values.size() - 1) + 0.5)];
  };
  out.low = at(0.025);
  out.high = at(0.975);
}

}  // namespace

Estimate wilson(std::uint64_t hits, std::uint64_t of) {
  if (of == 0) return {};
  const auto n = static_cast<double>(of);
  const double share = static_cast<double>(hits) / n;
  const double scale = 1 + z95 * z95 / n;
  const double centre = (share + z95 * z95 / (2 * n)) / scale;
  const double half = z95 * std::sqrt(share * (1 - share) / n + z95 * z95 / (4 * n * n)) / scale;
  return {true, share, hits == 0 ? 0 : std::max(0.0, centre - half),
          hits == of ? 1 : std::min(1.0, centre + half)};
}

Estimate bootstrap(std::uint64_t seed, std::size_t count,
                   const std::function<double(const std::vector<std::uint32_t>&)>& figure) {
  Estimate out;
  if (count == 0) return out;
  std::vector<std::uint32_t> sample(count);
  std::iota(sample.begin(), sample.end(), 0u);
  out.value = figure(sample);
  out.known = std::isfinite(out.value);
  if (!out.known) return out;
  std::vector<double> values;
  for (int round = 0; round < bootstrap_rounds; ++round) {
    Stream random(seed, Lane::bootstrap, static_cast<std::uint64_t>(round));
    for (std::uint32_t& each : sample) each = random.below(static_cast<std::uint32_t>(count));
    const double value = figure(sample);
    if (std::isfinite(value)) values.push_back(value);
  }
  take_range(values, out);
  return out;
}

Estimate bootstrap_rate(std::uint64_t seed, const std::vector<std::uint32_t>& counts, double factor) {
  Estimate out;
  out.known = true;
  out.value = factor * static_cast<double>(std::accumulate(counts.begin(), counts.end(), std::uint64_t{0}));
  std::vector<double> values;
  for (int round = 0; round < bootstrap_rounds; ++round) {
    Stream random(seed, Lane::bootstrap, static_cast<std::uint64_t>(round), 1);
    std::uint64_t sum = 0;
    for (const std::uint32_t count : counts)
      sum += count * static_cast<std::uint64_t>(chance::poisson(random, 1000));
    values.push_back(factor * static_cast<double>(sum));
  }
  take_range(values, out);
  return out;
}

double median(std::vector<double> sample) {
  if (sample.empty()) return std::numeric_limits<double>::quiet_NaN();
  std::ranges::sort(sample);
  const std::size_t half = sample.size() / 2;
  return sample.size() % 2 == 1 ? sample[half] : (sample[half - 1] + sample[half]) / 2;
}

}  // namespace tillwatch::scoring
