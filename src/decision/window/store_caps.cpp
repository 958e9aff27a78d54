// The caps: what is refused and what is evicted, in an order that depends on the entries alone. See
// docs/windows.md.
#include "window/store_parts.h"

namespace tillwatch::window {

namespace {
// An eviction may free a key without entries; after so many the entry is refused instead.
constexpr int evictions_per_entry_max = 16;
}  // namespace

void Store::Parts::note(std::size_t stream, DropKind kind, std::uint64_t keys_dropped,
                        std::uint64_t entries) {
  const auto number = static_cast<std::uint16_t>(stream);
  const auto at =
      std::lower_bound(dropped.begin(), dropped.end(), std::pair(number, kind),
                       [](const Dropped& a, const auto& b) { return std::pair(a.stream, a.kind) < b; });
  if (at == dropped.end() || at->stream != number || at->kind != kind) {
    dropped.insert(at, Dropped{number, kind, keys_dropped, entries});
    return;
  }
  at->keys += keys_dropped;
  at->entries += entries;
}

bool Store::Parts::evict_from(std::size_t number) {
  const auto entries = streams[number]->evict_one(last.fed[number].record);
  if (!entries) return false;
  --counts.keys;
  counts.entries -= *entries;
  note(number, DropKind::key_evicted, 1, *entries);
  return true;
}

// Makes room in the whole store for stream `number`: expendable keys go first, then its own, then anyone's.
bool Store::Parts::evict_for(std::size_t number) {
  for (std::size_t i = 0; i < streams.size(); ++i) {
    if (plan.streams[i].expendable && evict_from(i)) return true;
  }
  if (evict_from(number)) return true;
  for (std::size_t i = 0; i < streams.size(); ++i) {
    if (evict_from(i)) return true;
  }
  return false;
}

bool Store::Parts::make_room_for_key(std::size_t number, core::TimeMs at) {
  Stream& stream = *streams[number];
  const StoreLimits& limits = options.limits;
  const bool own_full = stream.keys() >= limits.keys_per_stream_max;
  if (!own_full && counts.keys < limits.keys_max) return true;
  if (!plan.streams[number].expendable && (own_full ? evict_from(number) : evict_for(number))) return true;
  stream.refuse_key(at);
  note(number, DropKind::key_refused, 1, 1);
  return false;
}

bool Store::Parts::make_room_for_entry(std::size_t number) {
  Stream& stream = *streams[number];
  const StoreLimits& limits = options.limits;
  for (int tries = 0; tries <= evictions_per_entry_max; ++tries) {
    const bool own_full = stream.entries() >= limits.entries_per_stream_max;
    if (!own_full && counts.entries < limits.entries_max) return true;
    if (plan.streams[number].expendable || !(own_full ? evict_from(number) : evict_for(number))) break;
  }
  note(number, DropKind::entry_refused, 0, 1);
  return false;
}

std::vector<Dropped> Store::take_dropped() {
  return std::exchange(parts_->dropped, {});
}

}  // namespace tillwatch::window
