// The entropy port: keys, ids and salts. Never called by `decision` or `record`.
#pragma once

#include <cstddef>
#include <span>

namespace tillwatch::ports {

class Random {
 public:
  virtual ~Random() = default;
  // Fills `out` with bytes fit for keys. Ends the process if the source fails: there is no weaker substitute.
  virtual void fill(std::span<std::byte> out) = 0;
};

}  // namespace tillwatch::ports
