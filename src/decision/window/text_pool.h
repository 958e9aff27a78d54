// Texts that features show (first, last, previous_n), each kept once in the arena and counted.
// Called by the store when an entry comes in and when it leaves. Never holds a text that no entry refers to.
#pragma once

#include <string_view>

#include "core/bytes.h"
#include "core/error.h"
#include "state/arena.h"
#include "state/index.h"

namespace tillwatch::window {

class TextPool {
 public:
  TextPool(state::Arena& arena, const crypto::SipKey& key) : arena_(arena), index_(arena, key) {}

  // The slot of the text, with one more reference to it. Cut after entry_text_bytes_max bytes.
  state::Ref acquire(std::string_view text);
  void release(state::Ref ref);
  std::string_view text(state::Ref ref) const;
  std::uint64_t size() const { return index_.size(); }

  void save_roots(core::ByteWriter& out) const { index_.save_roots(out); }
  core::Status load_roots(core::ByteReader& in) { return index_.load_roots(in); }
  void clear() { index_.clear(); }

 private:
  struct Head {
    std::uint32_t references, bytes;
  };
  const Head& head(state::Ref ref) const;
  Head& head_for_write(state::Ref ref);

  state::Arena& arena_;
  state::Index index_;
};

}  // namespace tillwatch::window
