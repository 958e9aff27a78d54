// What a Store is made of. Included by store.cpp, store_caps.cpp and store_roots.cpp only.
// Never part of the public face: store.h is.
#pragma once

#include <algorithm>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "window/aggregate.h"
#include "window/key.h"
#include "window/store.h"
#include "window/stream.h"
#include "window/text_pool.h"
#include "window/view.h"

namespace tillwatch::window {

struct Store::Parts {
  // What the last apply() found and did in a stream; found: the entry has the key, and `record` is it (0 =
  // none kept).
  struct Fed {
    KeyId key;
    state::Ref record = 0;
    bool found = false;
    bool inside = false;
  };
  struct Last {
    std::uint64_t sequence = 0;
    std::vector<Fed> fed;  // by stream
  };
  struct Opened {
    bool done = false;
    bool has_key = false;
  };

  Parts(state::Arena& memory, Plan given, StoreOptions given_options);
  void fill_row(const StreamPlan& stream, const EntryInputs& entry, Row& row);
  void release_texts(const StreamPlan& stream, const Row& row);
  void feed(std::size_t number, const EntryInputs& entry);
  void sweep(std::size_t number, std::uint32_t keys_to_see);
  void open_view(std::size_t number);

  // False where the key, or the entry, must be refused; what was dropped is noted.
  bool make_room_for_key(std::size_t number, core::TimeMs time);
  bool make_room_for_entry(std::size_t number);
  bool evict_from(std::size_t number);
  bool evict_for(std::size_t number);
  void note(std::size_t stream, DropKind kind, std::uint64_t keys, std::uint64_t entries);

  Plan plan;
  StoreOptions options;
  KeyMaker keys;
  TextPool texts;
  std::vector<std::unique_ptr<Stream>> streams;  // by stream; a stream never moves
  std::vector<std::unique_ptr<View>> views;
  Aggregator aggregator;
  std::size_t attributes_needed = 0, filters_needed = 0, values_needed = 0;

  core::TimeMs reach = core::time_min;
  Last last;
  std::vector<std::size_t> pending;  // streams that the entry feeds
  std::vector<Dropped> dropped;      // sorted by stream and kind
  StoreCounts counts;

  bool epoch_open = false;
  std::span<const Scalar> attributes;
  core::TimeMs time = 0;
  std::uint64_t sequence = 0;
  std::vector<Opened> opened;
};

}  // namespace tillwatch::window
