#include "pipeline/state_snapshot.h"

#include "core/bytes.h"

namespace tillwatch::pipeline {

namespace {
constexpr std::uint32_t layout_version = 3;
constexpr unsigned arena_shift = 32;

std::string_view text_of(std::span<const std::byte> bytes) {
  return core::as_text(bytes);
}
}  // namespace

class SnapshotTaking::Sink : public state::SnapshotSink {
 public:
  Sink(journal::SnapshotWriter& writer, std::uint64_t arena) : writer_(writer), arena_(arena) {}
  core::Status begin(std::uint32_t pages, std::string_view arena_roots, std::string_view) override {
    pages_ = pages;
    roots_ = arena_roots;
    return {};
  }
  core::Status page(std::uint32_t number, std::span<const std::byte> used) override {
    return writer_.page(arena_ << arena_shift | number, text_of(used));
  }
  core::Status end() override { return {}; }
  std::uint32_t pages() const { return pages_; }
  const std::string& roots() const { return roots_; }

 private:
  journal::SnapshotWriter& writer_;
  std::uint64_t arena_;
  std::uint32_t pages_ = 0;
  std::string roots_;
};

core::Result<std::unique_ptr<SnapshotTaking>> SnapshotTaking::begin(engine::Engine& engine,
                                                                    const OrphanTable& orphans,
                                                                    journal::SnapshotStore& store) {
  std::unique_ptr<SnapshotTaking> taking(new SnapshotTaking());
  TRY(writer, store.begin({engine.last(), layout_version}));
  taking->writer_ = std::move(writer);
  core::Bytes blob;
  core::ByteWriter out(blob);
  const std::vector<state::Arena*> arenas = engine.arenas();
  out.varint(arenas.size());
  // All arenas begin at the same instant; from here on each hands over a page before its first write.
  for (state::Arena* arena : arenas) {
    taking->sinks_.push_back(std::make_unique<Sink>(*taking->writer_, taking->sinks_.size()));
    TRY_STATUS(arena->begin_snapshot(*taking->sinks_.back(), {}));
    taking->arenas_.push_back(arena);
    out.u32(taking->sinks_.back()->pages());
    out.text(taking->sinks_.back()->roots());
  }
  out.text(engine.roots());
  orphans.encode(out);
  TRY_STATUS(taking->writer_->roots(blob));
  return taking;
}

SnapshotTaking::~SnapshotTaking() {
  for (state::Arena* arena : arenas_)
    if (arena->snapshot_running()) arena->abandon_snapshot();
}

core::Result<bool> SnapshotTaking::copy_some(std::uint32_t pages) {
  while (arena_ < arenas_.size()) {
    if (!arenas_[arena_]->snapshot_running()) {
      ++arena_;
      continue;
    }
    TRY(done, arenas_[arena_]->copy_some(pages));
    if (!done) return false;
    ++arena_;
    if (arena_ < arenas_.size()) return false;
  }
  TRY_STATUS(writer_->commit());
  return true;
}

core::Status SnapshotLoading::begin(const journal::SnapshotHeader& header) {
  engine_.reset();
  arenas_.clear();
  if (header.layout_version != layout_version)
    return core::fail(core::ErrorCode::unsupported, "snapshot",
                      "the snapshot's layout is not this program's");
  return {};
}

core::Status SnapshotLoading::roots(std::string_view bytes) {
  core::ByteReader in(bytes);
  struct ArenaRoots {
    std::uint32_t pages;
    std::string_view roots;
  };
  std::vector<ArenaRoots> arenas;
  for (std::uint64_t left = in.varint(); in.ok() && left > 0; --left) {
    const std::uint32_t pages = in.u32();
    arenas.push_back({pages, in.text()});
  }
  const std::string_view engine_roots = in.text();
  TRY(orphans, OrphanTable::decode(in));
  orphans_ = std::move(orphans);
  if (!in.ok() || !in.at_end())
    return core::fail(core::ErrorCode::corrupt, "snapshot", "the roots are damaged");
  TRY(engine, engine::Engine::begin_restore(options_, core::Bytes(engine_roots), bundles_));
  engine_ = std::move(engine);
  arenas_ = engine_->arenas();
  if (arenas.size() != arenas_.size())
    return core::fail(core::ErrorCode::corrupt, "snapshot", "the number of arenas is not that of the roots");
  for (std::size_t i = 0; i < arenas.size(); ++i)
    TRY_STATUS(arenas_[i]->begin_restore(arenas[i].pages, arenas[i].roots));
  return {};
}

core::Status SnapshotLoading::page(std::uint64_t id, std::string_view bytes) {
  // The writer puts the roots first; a page without them is damage.
  const std::uint64_t arena = id >> arena_shift;
  if (arena >= arenas_.size())
    return core::fail(core::ErrorCode::corrupt, "snapshot", "a page belongs to no arena");
  return arenas_[static_cast<std::size_t>(arena)]->restore_page(static_cast<std::uint32_t>(id & UINT32_MAX),
                                                                core::as_octets(bytes));
}

core::Result<std::unique_ptr<engine::Engine>> SnapshotLoading::finish() {
  if (!engine_) return core::fail(core::ErrorCode::corrupt, "snapshot", "the snapshot holds no roots");
  for (state::Arena* arena : arenas_) TRY_STATUS(arena->finish_restore());
  TRY_STATUS(engine_->finish_restore());
  return std::move(engine_);
}

}  // namespace tillwatch::pipeline
