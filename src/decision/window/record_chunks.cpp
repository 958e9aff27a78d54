// Records of more entries than one block holds: a directory in the record's slot, chunks of 2 KiB elsewhere.
// After the head: entries in all (4 bytes), chunks (2), reserved (2); then for every chunk the time of its
// first entry (8), its slot (4), its entries (2).
#include <algorithm>
#include <cstring>

#include "window/record.h"

namespace tillwatch::window {

using state::Ref;

namespace {

constexpr std::size_t total_at = 0, chunks_at = 4, list_at = 8;
constexpr std::size_t entry_bytes = 14;
// A record in chunks returns to one block when that block would fill half of the largest, not before.
constexpr std::size_t inline_again_bytes = 1024;

}  // namespace

std::size_t Records::count(Ref record) const {
  if (!chunked(record)) return inline_block(record).count();
  return load<std::uint32_t>(arena_.read(record) + body_at(record) + total_at);
}

std::size_t Records::chunk_count(Ref record) const {
  return load<std::uint16_t>(arena_.read(record) + body_at(record) + chunks_at);
}

Records::Chunk Records::chunk(Ref record, std::size_t number) const {
  const std::byte* at = arena_.read(record) + body_at(record) + list_at + number * entry_bytes;
  return Chunk{load<std::int64_t>(at), load<Ref>(at + 8), load<std::uint16_t>(at + 12)};
}

void Records::set_chunk(Ref record, std::size_t number, const Chunk& chunk) {
  std::byte* at = arena_.write(record) + body_at(record) + list_at + number * entry_bytes;
  store(at, chunk.first);
  store(at + 8, chunk.ref);
  store(at + 12, chunk.count);
}

void Records::set_totals(Ref record, std::size_t total, std::size_t chunks) {
  std::byte* at = arena_.write(record) + body_at(record);
  store(at + total_at, static_cast<std::uint32_t>(total));
  store(at + chunks_at, static_cast<std::uint16_t>(chunks));
}

Ref Records::write_directory(const Head& head, std::span<const Chunk> chunks) {
  // A quarter of slack, so that appending chunks copies the directory seldom.
  const std::size_t entries = chunks.size() + 1 + chunks.size() / 4;
  const Ref record = arena_.allocate(head_bytes(head) + list_at + entries * entry_bytes);
  write_head(record, head, true, 0);
  std::size_t total = 0;
  for (std::size_t i = 0; i < chunks.size(); ++i) {
    set_chunk(record, i, chunks[i]);
    total += chunks[i].count;
  }
  set_totals(record, total, chunks.size());
  return record;
}

void Records::build_chunks(std::size_t from, std::size_t to, std::vector<Chunk>& out) {
  if (payload_for(layout_, rows_, from, to) > chunk_payload) {
    const std::size_t middle = from + (to - from) / 2;
    build_chunks(from, middle, out);
    build_chunks(middle, to, out);
    return;
  }
  const Ref ref = arena_.allocate(chunk_bytes);
  chunk_for_write(ref).build(rows_, from, to);
  out.push_back(Chunk{rows_.times[from], ref, static_cast<std::uint16_t>(to - from)});
}

Ref Records::write_chunks(const Head& head) {
  chunks_.clear();
  build_chunks(0, rows_.size(), chunks_);
  return write_directory(head, chunks_);
}

void Records::release_body(Ref record) {
  if (!chunked(record)) return;
  for (std::size_t i = 0; i < chunk_count(record); ++i) arena_.release(chunk(record, i).ref);
}

Ref Records::insert_in_chunks(Ref record, const Row& row) {
  const std::size_t chunks = chunk_count(record);
  // The last chunk that begins at or before the entry; entries of equal time keep the order of arrival.
  std::size_t number = chunks - 1;
  if (chunk(record, number).first > row.time) {
    std::size_t low = 0;
    std::size_t high = number;
    while (low < high) {
      const std::size_t middle = (low + high) / 2;
      if (chunk(record, middle).first <= row.time) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    number = low == 0 ? 0 : low - 1;
  }
  Chunk mine = chunk(record, number);
  MutableBlock block = chunk_for_write(mine.ref);
  const std::size_t at = block.view().count_until(row.time);
  if (block.insert(at, row)) {
    mine.first = std::min(mine.first, row.time);
    ++mine.count;
    set_chunk(record, number, mine);
    set_totals(record, count(record) + 1, chunks);
    return record;
  }
  if (number + 1 == chunks && at == mine.count) return append_chunk(record, row);
  return rebuild_chunk(record, number, at, row);
}

// A fresh last chunk with one entry.
Ref Records::append_chunk(Ref record, const Row& row) {
  const Ref ref = arena_.allocate(chunk_bytes);
  MutableBlock block = chunk_for_write(ref);
  block.build_empty(row);
  CHECK(block.insert(0, row));
  const Chunk added{row.time, ref, 1};
  const std::size_t chunks = chunk_count(record);
  if (body_at(record) + list_at + (chunks + 1) * entry_bytes <= arena_.slot_bytes(record)) {
    set_chunk(record, chunks, added);
    set_totals(record, count(record) + 1, chunks + 1);
    return record;
  }
  chunks_.clear();
  for (std::size_t i = 0; i < chunks; ++i) chunks_.push_back(chunk(record, i));
  chunks_.push_back(added);
  const Ref fresh = write_directory(head(record), chunks_);
  arena_.release(record);
  return fresh;
}

// Replaces one chunk by itself with the entry in it: wider, or as two.
Ref Records::rebuild_chunk(Ref record, std::size_t number, std::size_t at, const Row& row) {
  const Ref old = chunk(record, number).ref;
  rows_.clear();
  chunk_block(old).read_all(rows_);
  rows_.insert(at, row);
  arena_.release(old);
  const std::size_t chunks = chunk_count(record);
  chunks_.clear();
  for (std::size_t i = 0; i < chunks; ++i) {
    if (i == number) {
      build_chunks(0, rows_.size(), chunks_);
    } else {
      chunks_.push_back(chunk(record, i));
    }
  }
  const Ref fresh = write_directory(head(record), chunks_);
  arena_.release(record);
  return fresh;
}

Ref Records::erase_front(Ref record, std::size_t erase) {
  release_texts(record, erase);
  if (!chunked(record)) {
    inline_for_write(record).erase_front(erase);
    const Block block = inline_block(record);
    const std::size_t wanted =
        body_at(record) + block_header_bytes + (block.count() + 1) * layout_.row_bytes(block.widths());
    const std::size_t slot = body_at(record) + block_header_bytes + block.payload_bytes;
    if (state::Arena::slot_bytes_for(wanted) * 2 > slot) return record;
    read_all(record);
    return write_rows(record, head(record));
  }
  const std::size_t total = count(record) - erase;
  const std::size_t chunks = chunk_count(record);
  std::size_t gone = 0;
  while (gone < chunks && chunk(record, gone).count <= erase) {
    erase -= chunk(record, gone).count;
    arena_.release(chunk(record, gone++).ref);
  }
  chunks_.clear();
  for (std::size_t i = gone; i < chunks; ++i) chunks_.push_back(chunk(record, i));
  if (erase > 0) {
    Chunk& first = chunks_.front();
    MutableBlock block = chunk_for_write(first.ref);
    block.erase_front(erase);
    first.first = block.view().time(0);
    first.count = static_cast<std::uint16_t>(block.view().count());
  }
  for (std::size_t i = 0; i < chunks_.size(); ++i) set_chunk(record, i, chunks_[i]);
  set_totals(record, total, chunks_.size());
  const std::size_t narrow =
      head_bytes(head(record)) + block_header_bytes + (total + 1) * layout_.row_bytes(0);
  if (narrow > inline_again_bytes) return record;
  read_all(record);
  return write_rows(record, head(record));
}

}  // namespace tillwatch::window
