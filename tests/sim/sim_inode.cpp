// One file of the simulated disk: see sim_inode.h. Data moves from what is seen to what is durable, page by
// page; a crash never invents bytes.
#include "sim/sim_inode.h"

#include <algorithm>

namespace tillwatch::sim {

void Inode::touch(std::uint64_t offset, std::uint64_t length) {
  if (length == 0) return;
  const std::uint64_t last = (offset + length - 1) / SimDisk::page_bytes;
  for (std::uint64_t page = offset / SimDisk::page_bytes; page <= last; ++page) dirty.insert(page);
}

void Inode::write(std::uint64_t offset, std::string_view data) {
  if (offset + data.size() > seen.size()) resize(offset + data.size());
  seen.replace(offset, data.size(), data);
  touch(offset, data.size());
}

void Inode::resize(std::uint64_t size) {
  const std::uint64_t low = std::min<std::uint64_t>(size, seen.size());
  const std::uint64_t high = std::max<std::uint64_t>(size, seen.size());
  seen.resize(size);
  touch(low, high - low);
  size_dirty = true;
}

void Inode::persist_page(std::uint64_t page) {
  const std::uint64_t from = page * SimDisk::page_bytes;
  const std::uint64_t to = std::min<std::uint64_t>(from + SimDisk::page_bytes, seen.size());
  if (from >= to) return;
  if (durable.size() < to) durable.resize(to);
  durable.replace(from, to - from, seen, from, to - from);
}

void Inode::persist_all() {
  durable.resize(seen.size());
  for (const std::uint64_t page : dirty) persist_page(page);
  dirty.clear();
  size_dirty = false;
}

std::string Inode::survivor(Loss loss, Dice& dice) const {
  if (loss == Loss::lost) return durable;
  std::string bytes = durable;
  const bool size_survives = loss == Loss::kept || dice.coin();
  if (size_dirty && size_survives) bytes.resize(seen.size());
  const std::uint64_t unit = loss == Loss::sectors ? SimDisk::sector_bytes : SimDisk::page_bytes;
  for (const std::uint64_t page : dirty) {
    for (std::uint64_t at = page * SimDisk::page_bytes; at < (page + 1) * SimDisk::page_bytes; at += unit) {
      const std::uint64_t end = std::min<std::uint64_t>({at + unit, seen.size(), bytes.size()});
      if (at >= end || (loss != Loss::kept && !dice.coin())) continue;
      bytes.replace(at, end - at, seen, at, end - at);
    }
  }
  return bytes;
}

}  // namespace tillwatch::sim
