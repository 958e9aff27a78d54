// The transactions of a replay that a later entry may refer to, the newest of them within a stated bound.
// Called by Replay where a mapping sets tx.original_id. Never grows beyond its bound: the oldest is
// forgotten, and its reversal an orphan.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>

#include "payment/entry.h"

namespace tillwatch::replay {

class Originals {
 public:
  explicit Originals(std::size_t bytes_max) : bytes_max_(bytes_max) {}

  // Keeps a transaction; the first of one id wins, as in live traffic.
  void keep(const payment::EntryView& entry);
  std::optional<std::string> find(const payment::Digest128& key) const;

 private:
  std::size_t bytes_max_;
  std::size_t bytes_ = 0;
  std::map<payment::Digest128, std::string> kept_;
  std::deque<payment::Digest128> order_;
};

}  // namespace tillwatch::replay
