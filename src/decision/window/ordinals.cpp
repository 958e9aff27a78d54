// Segments of references; see ordinals.h.
#include "window/ordinals.h"

#include <cstring>

namespace tillwatch::window {

state::Ref Ordinals::at(std::uint32_t ordinal) const {
  CHECK(ordinal < size_);
  state::Ref record = 0;
  std::memcpy(&record,
              arena_.read(segments_[ordinal / per_segment]) + (ordinal % per_segment) * sizeof record,
              sizeof record);
  return record;
}

void Ordinals::set(std::uint32_t ordinal, state::Ref record) {
  CHECK(ordinal < size_);
  std::memcpy(arena_.write(segments_[ordinal / per_segment]) + (ordinal % per_segment) * sizeof record,
              &record, sizeof record);
}

void Ordinals::push(state::Ref record) {
  if (size_ == segments_.size() * per_segment)
    segments_.push_back(arena_.allocate(per_segment * sizeof(state::Ref)));
  ++size_;
  set(size_ - 1, record);
}

void Ordinals::pop() {
  CHECK(size_ > 0);
  if (--size_ % per_segment != 0) return;
  arena_.release(segments_.back());
  segments_.pop_back();
}

void Ordinals::save_roots(core::ByteWriter& out) const {
  out.u32(size_);
  for (const state::Ref segment : segments_) out.u32(segment);
}

core::Status Ordinals::load_roots(core::ByteReader& in) {
  size_ = in.u32();
  segments_.clear();
  for (std::uint32_t i = 0; i < size_; i += per_segment) {
    const state::Ref segment = in.u32();
    if (!in.ok() || segment == 0 || segment / state::granules_per_page >= arena_.pages()) {
      return core::fail(core::ErrorCode::corrupt, "snapshot roots",
                        "a list of keys points outside the snapshot; use an older snapshot");
    }
    segments_.push_back(segment);
  }
  return {};
}

}  // namespace tillwatch::window
