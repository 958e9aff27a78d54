// format: docs/formats/journal-index.md. The index file of a sealed segment: its keys in order, a filter over
// them, sparse positions. Called by Journal. Can always be rebuilt from its segment, so damage to it is never
// damage to the journal.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/error.h"
#include "journal/key_table.h"
#include "journal/positions.h"
#include "journal/segment_format.h"
#include "ports/disk.h"

namespace tillwatch::journal {

inline constexpr std::uint32_t index_format_version = 1;
inline constexpr std::string_view index_suffix = ".index";
std::string index_name(core::Sequence first);

// What is known of a segment that gets no more records.
struct SegmentSummary {
  SegmentHeader header;
  core::Sequence last;            // first - 1 where the segment is empty
  std::uint64_t end_offset = 0;   // of the last batch
  core::TimeMs admitted_min = 0;  // both 0 where the segment is empty
  core::TimeMs admitted_max = 0;
  friend bool operator==(const SegmentSummary&, const SegmentSummary&) = default;
};

// `keys`: sorted, each once. `positions`: by sequence.
std::string encode_index(const SegmentSummary& summary, std::span<const Position> positions,
                         std::span<const KeyEntry> keys);
// Writes it under its name, whole and durable.
core::Status write_index(ports::Disk& disk, const std::string& directory, core::Sequence first,
                         std::string_view bytes);

class SegmentIndex {
 public:
  // Reads all but the keys. not_found where there is no such file; corrupt where it is not one of `header`'s
  // segment. `with_keys`: also keep what find() needs (about 1.7 bytes a key).
  static core::Result<std::unique_ptr<SegmentIndex>> load(ports::Disk& disk, const std::string& directory,
                                                          const SegmentHeader& header, bool with_keys);
  const SegmentSummary& summary() const { return summary_; }
  const Positions& positions() const { return positions_; }
  std::uint64_t key_count() const { return key_count_; }
  bool has_keys() const { return file_ != nullptr; }

  // The newest sequence with that key. Reads at most a page, and nothing where the filter knows better (1 -
  // 0.5 %).
  core::Result<std::optional<core::Sequence>> find(Key128 key) const;

 private:
  SegmentIndex() = default;
  core::Status parse_meta(std::string_view meta, std::string_view path);
  core::Result<std::vector<KeyEntry>> read_page(std::uint64_t page) const;

  SegmentSummary summary_;
  Positions positions_;
  std::uint64_t key_count_ = 0;
  std::uint64_t position_count_ = 0;
  std::uint64_t filter_blocks_ = 0;
  std::uint64_t pages_offset_ = 0;
  std::vector<std::uint64_t> fences_;  // the high half of the first key of each page
  std::string filter_;
  std::string path_;
  std::unique_ptr<ports::File> file_;
};

}  // namespace tillwatch::journal
