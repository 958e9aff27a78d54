// A slot is a head and the bytes; see text_pool.h.
#include "window/text_pool.h"

#include <cstring>

#include "core/limits.h"

namespace tillwatch::window {

const TextPool::Head& TextPool::head(state::Ref ref) const {
  const void* at = arena_.read(ref);
  return *static_cast<const Head*>(at);
}

TextPool::Head& TextPool::head_for_write(state::Ref ref) {
  void* at = arena_.write(ref);
  return *static_cast<Head*>(at);
}

std::string_view TextPool::text(state::Ref ref) const {
  return core::as_text(std::span(arena_.read(ref) + sizeof(Head), head(ref).bytes));
}

state::Ref TextPool::acquire(std::string_view text) {
  text = text.substr(0, core::limits::entry_text_bytes_max);
  const std::uint64_t hash = index_.hash(text);
  state::Ref ref = index_.find(hash, [&](state::Ref at) { return this->text(at) == text; });
  if (ref == 0) {
    ref = arena_.allocate(sizeof(Head) + text.size());
    head_for_write(ref) = Head{0, static_cast<std::uint32_t>(text.size())};
    if (!text.empty()) std::memcpy(arena_.write(ref) + sizeof(Head), text.data(), text.size());
    index_.insert(hash, ref);
  }
  ++head_for_write(ref).references;
  return ref;
}

void TextPool::release(state::Ref ref) {
  Head& mine = head_for_write(ref);
  CHECK(mine.references > 0);
  if (--mine.references > 0) return;
  index_.remove(index_.hash(text(ref)), ref);
  arena_.release(ref);
}

}  // namespace tillwatch::window
