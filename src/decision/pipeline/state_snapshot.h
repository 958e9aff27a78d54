// Snapshots of the engine: taken page by page between batches, loaded page by page at start.
// Called by the pipeline only. A failed snapshot harms nothing: the journal gives the same state.
#pragma once

#include <memory>
#include <vector>

#include "core/error.h"
#include "engine/engine.h"
#include "journal/snapshot_store.h"
#include "pipeline/orphan_table.h"

namespace tillwatch::pipeline {

// One snapshot being taken. The engine must not swap or drop generations while it lives (cancel first).
class SnapshotTaking {
 public:
  static core::Result<std::unique_ptr<SnapshotTaking>> begin(engine::Engine& engine,
                                                             const OrphanTable& orphans,
                                                             journal::SnapshotStore& store);
  // Abandons what has not been committed.
  ~SnapshotTaking();
  // Up to `pages` pages. True when the snapshot has been committed.
  core::Result<bool> copy_some(std::uint32_t pages);

 private:
  class Sink;
  SnapshotTaking() = default;
  std::vector<state::Arena*> arenas_;
  std::vector<std::unique_ptr<Sink>> sinks_;
  std::unique_ptr<journal::SnapshotWriter> writer_;
  std::size_t arena_ = 0;
};

// Receives a stored snapshot and becomes an engine.
class SnapshotLoading : public journal::SnapshotSink {
 public:
  SnapshotLoading(const engine::Options& options, engine::BundleSource bundles)
      : options_(options), bundles_(std::move(bundles)) {}
  core::Status begin(const journal::SnapshotHeader& header) override;
  core::Status page(std::uint64_t id, std::string_view bytes) override;
  core::Status roots(std::string_view bytes) override;
  // After the store has said which snapshot it loaded.
  core::Result<std::unique_ptr<engine::Engine>> finish();
  // After finish().
  OrphanTable take_orphans() { return std::move(orphans_); }

 private:
  engine::Options options_;
  engine::BundleSource bundles_;
  std::unique_ptr<engine::Engine> engine_;
  std::vector<state::Arena*> arenas_;
  OrphanTable orphans_;
};

}  // namespace tillwatch::pipeline
