#include "replay/originals.h"

namespace tillwatch::replay {
namespace {
constexpr std::size_t overhead_bytes = 128;  // of the map and the queue, for each
}

void Originals::keep(const payment::EntryView& entry) {
  if (entry.kind() != payment::EntryKind::transaction) return;
  const payment::Digest128 key = payment::key_of(entry);
  if (key == payment::Digest128{}) return;
  const auto [at, added] = kept_.try_emplace(key, entry.bytes());
  if (!added) return;
  order_.push_back(key);
  bytes_ += at->second.size() + overhead_bytes;
  while (bytes_ > bytes_max_) {
    const auto oldest = kept_.find(order_.front());
    bytes_ -= oldest->second.size() + overhead_bytes;
    kept_.erase(oldest);
    order_.pop_front();
  }
}

std::optional<std::string> Originals::find(const payment::Digest128& key) const {
  const auto at = kept_.find(key);
  if (at == kept_.end()) return std::nullopt;
  return at->second;
}

}  // namespace tillwatch::replay
