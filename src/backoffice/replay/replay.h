// A replay: entries of files through the engine, offline. The same admission and the same step as live
// traffic, but no journal, no idempotency and no clock. Called by the replay command and by tests. Keeps
// nothing of an entry but what the windows keep, the counts, and (where mappings name originals) a bounded
// number of transactions.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "core/error.h"
#include "core/time.h"
#include "engine/engine.h"
#include "payment/entry.h"
#include "pipeline/admission.h"
#include "replay/originals.h"
#include "replay/summary.h"

namespace tillwatch::replay {

struct Options {
  core::DurationMs past_ms_max = core::limits::event_time_past_ms_max;
  core::DurationMs future_ms_max = core::limits::event_time_future_ms_max;
  bool originals = false;  // some mapping sets tx.original_id
  std::size_t originals_bytes_max = 256 * 1024 * 1024;
};

class Replay {
 public:
  // `engine` outlives the replay; nothing else steps it.
  Replay(engine::Engine& engine, const Options& options);

  // Steps one entry; its header.admitted_at is its arrival, never earlier than the one before. True where it
  // was decided. Errors: those of the admission (a kind that no file may bring), corrupt bytes.
  core::Result<bool> take(std::string_view bytes);

  // After take(): the entry as it was stepped, and what was decided.
  const payment::EntryView& entry() const { return view_; }
  const engine::Decision& decision() const { return decision_; }
  const Summary& summary() const { return summary_; }
  Summary& summary() { return summary_; }

 private:
  core::Status admit();
  bool needs_admission() const;

  engine::Engine& engine_;
  pipeline::AdmissionRules rules_;
  bool keeps_originals_;
  Originals originals_;
  core::Sequence sequence_;
  payment::EntryView view_;
  payment::EntryBuilder builder_;
  core::Bytes bytes_;
  engine::Decision decision_;
  Summary summary_;
};

}  // namespace tillwatch::replay
