// What a snapshot keeps of a store beside the arena's pages, and taking a store apart. Format:
// docs/formats/state.md.
#include "window/store_parts.h"

namespace tillwatch::window {

namespace {
constexpr std::uint32_t roots_version = 1;
}  // namespace

void Store::save_roots(core::ByteWriter& out) const {
  const Parts& p = *parts_;
  out.u32(roots_version);
  out.u64(p.plan.digest());
  out.i64(p.reach);
  out.u64(p.last.sequence);
  for (const std::uint64_t count :
       {p.counts.keys, p.counts.entries, p.counts.entries_over_budget, p.counts.keys_reclaimed}) {
    out.u64(count);
  }
  out.varint(p.dropped.size());
  for (const Dropped& d : p.dropped) {
    out.u16(d.stream);
    out.u8(static_cast<std::uint8_t>(d.kind));
    out.u64(d.keys);
    out.u64(d.entries);
  }
  p.texts.save_roots(out);
  for (const auto& stream : p.streams) stream->save_roots(out);
}

core::Status Store::load_roots(core::ByteReader& in) {
  Parts& p = *parts_;
  if (const std::uint32_t version = in.u32(); version != roots_version) {
    return core::fail(core::ErrorCode::unsupported, "snapshot roots",
                      "the window store has version " + std::to_string(version) + "; this program reads " +
                          std::to_string(roots_version));
  }
  if (in.u64() != p.plan.digest()) {
    return core::fail(core::ErrorCode::conflict, "snapshot roots",
                      "the window store belongs to another policy; restore with the policy of the snapshot");
  }
  p.dropped.clear();
  p.last.fed.clear();
  p.epoch_open = false;
  p.reach = in.i64();
  p.last.sequence = in.u64();
  for (std::uint64_t* count :
       {&p.counts.keys, &p.counts.entries, &p.counts.entries_over_budget, &p.counts.keys_reclaimed}) {
    *count = in.u64();
  }
  const std::uint64_t drops = in.varint();
  for (std::uint64_t i = 0; i < drops && in.ok(); ++i) {
    const std::uint16_t stream = in.u16();
    const std::uint8_t kind = in.u8();
    const std::uint64_t keys = in.u64();
    const std::uint64_t entries = in.u64();
    if (stream >= p.streams.size() || kind > static_cast<std::uint8_t>(DropKind::entry_refused)) in.fail();
    p.dropped.push_back(Dropped{stream, static_cast<DropKind>(kind), keys, entries});
  }
  if (!in.ok()) {
    return core::fail(core::ErrorCode::corrupt, "snapshot roots",
                      "the window store's roots end early; use an older snapshot");
  }
  TRY_STATUS(p.texts.load_roots(in));
  for (const auto& stream : p.streams) TRY_STATUS(stream->load_roots(in));
  return {};
}

bool Store::release_some(std::uint64_t keys_budget) {
  Parts& p = *parts_;
  p.epoch_open = false;
  p.last.fed.clear();
  for (const auto& stream : p.streams) {
    for (; stream->keys() > 0; --keys_budget, --p.counts.keys) {
      if (keys_budget == 0) return false;
      const std::uint64_t had = stream->entries();
      stream->remove_last();
      p.counts.entries += stream->entries() - had;
    }
    stream->clear_index();
  }
  p.texts.clear();
  return true;
}

}  // namespace tillwatch::window
