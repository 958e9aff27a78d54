// Pairs are slots in a doubly linked list; see table.h. The format is docs/formats/state.md.
#include "state/table.h"

#include <cstring>
#include <string>

namespace tillwatch::state {

namespace {
std::string_view text_at(const std::byte* at, std::size_t size) {
  return core::as_text(std::span(at, size));
}
}  // namespace

const Table::Pair& Table::pair(Ref ref) const {
  const void* at = arena_.read(ref);
  return *static_cast<const Pair*>(at);
}

Table::Pair& Table::pair_for_write(Ref ref) {
  void* at = arena_.write(ref);
  return *static_cast<Pair*>(at);
}

std::string_view Table::key_at(Cursor at) const {
  return text_at(arena_.read(at) + sizeof(Pair), pair(at).key_bytes);
}

std::string_view Table::value_at(Cursor at) const {
  const Pair& mine = pair(at);
  return text_at(arena_.read(at) + sizeof(Pair) + mine.key_bytes, mine.value_bytes);
}

Table::Cursor Table::next(Cursor at) const {
  return pair(at).next;
}

Ref Table::lookup(std::uint64_t hash, std::string_view key) const {
  return index_.find(hash, [&](Ref ref) { return key_at(ref) == key; });
}

std::optional<std::string_view> Table::find(std::string_view key) const {
  const Ref ref = lookup(index_.hash(key), key);
  if (ref == 0) return std::nullopt;
  return value_at(ref);
}

Ref Table::build(std::string_view key, std::string_view value) {
  const Ref ref = arena_.allocate(sizeof(Pair) + key.size() + value.size());
  Pair& mine = pair_for_write(ref);
  mine.key_bytes = static_cast<std::uint32_t>(key.size());
  mine.value_bytes = static_cast<std::uint32_t>(value.size());
  std::byte* bytes = arena_.write(ref) + sizeof(Pair);
  if (!key.empty()) std::memcpy(bytes, key.data(), key.size());
  if (!value.empty()) std::memcpy(bytes + key.size(), value.data(), value.size());
  return ref;
}

// Points the neighbours of a slot at it.
void Table::relink(Ref ref) {
  const Pair mine = pair(ref);
  if (mine.previous != 0) {
    pair_for_write(mine.previous).next = ref;
  } else {
    first_ = ref;
  }
  if (mine.next != 0) {
    pair_for_write(mine.next).previous = ref;
  } else {
    last_ = ref;
  }
}

core::Status Table::put(std::string_view key, std::string_view value) {
  if (key.size() > table_key_bytes_max) {
    return core::fail(core::ErrorCode::limit, "state table",
                      "a key has " + std::to_string(key.size()) + " bytes; at most " +
                          std::to_string(table_key_bytes_max) + " are kept");
  }
  if (value.size() > table_value_bytes_max) {
    return core::fail(core::ErrorCode::limit, "state table",
                      "a value has " + std::to_string(value.size()) + " bytes; at most " +
                          std::to_string(table_value_bytes_max) + " are kept");
  }
  const std::uint64_t hash = index_.hash(key);
  const Ref old = lookup(hash, key);
  if (old == 0) {
    const Ref fresh = build(key, value);
    pair_for_write(fresh).previous = last_;
    relink(fresh);
    index_.insert(hash, fresh);
    return {};
  }
  if (pair(old).value_bytes == value.size()) {
    std::byte* bytes = arena_.write(old) + sizeof(Pair) + key.size();
    if (!value.empty()) std::memmove(bytes, value.data(), value.size());
    return {};
  }
  // The caller's value may lie in the old slot: build first, release afterwards.
  const Ref fresh = build(key, value);
  Pair& mine = pair_for_write(fresh);
  mine.next = pair(old).next;
  mine.previous = pair(old).previous;
  relink(fresh);
  index_.replace(hash, old, fresh);
  arena_.release(old);
  return {};
}

bool Table::erase(std::string_view key) {
  const std::uint64_t hash = index_.hash(key);
  const Ref ref = lookup(hash, key);
  if (ref == 0) return false;
  const Pair mine = pair(ref);
  if (mine.previous != 0) {
    pair_for_write(mine.previous).next = mine.next;
  } else {
    first_ = mine.next;
  }
  if (mine.next != 0) {
    pair_for_write(mine.next).previous = mine.previous;
  } else {
    last_ = mine.previous;
  }
  index_.remove(hash, ref);
  arena_.release(ref);
  return true;
}

void Table::save_roots(core::ByteWriter& out) const {
  out.u32(first_);
  out.u32(last_);
  index_.save_roots(out);
}

core::Status Table::load_roots(core::ByteReader& in) {
  first_ = in.u32();
  last_ = in.u32();
  TRY_STATUS(index_.load_roots(in));
  const bool empty = first_ == 0 && last_ == 0 && index_.size() == 0;
  const bool filled = first_ != 0 && last_ != 0 && first_ / granules_per_page < arena_.pages() &&
                      last_ / granules_per_page < arena_.pages();
  if (!in.ok() || (!empty && !filled)) {
    return core::fail(core::ErrorCode::corrupt, "snapshot roots",
                      "a table's first or last pair lies outside the snapshot; use an older snapshot");
  }
  return {};
}

}  // namespace tillwatch::state
