#include "replay/replay.h"

#include <utility>

#include "replay/rebuild.h"

namespace tillwatch::replay {

using payment::AttributeId;
using payment::Value;

Replay::Replay(engine::Engine& engine, const Options& options)
    : engine_(engine),
      rules_{options.past_ms_max, options.future_ms_max, engine.bundle().model().base_currency},
      keeps_originals_(options.originals),
      originals_(options.originals_bytes_max),
      sequence_(engine.last()) {}

// Most entries only lack their amount in the base currency, which a view can carry without new bytes.
bool Replay::needs_admission() const {
  const payment::EntryHeader& header = view_.header();
  return view_.has(AttributeId::tx_original_id) ||
         header.event_time < header.admitted_at - rules_.past_ms_max ||
         header.event_time > header.admitted_at + rules_.future_ms_max;
}

core::Status Replay::admit() {
  if (!needs_admission()) {
    if (view_.has(AttributeId::amount) &&
        (!view_.has(AttributeId::currency) || view_.text(AttributeId::currency) == rules_.base_currency))
      view_.assign(AttributeId::amount_base, view_.get(AttributeId::amount));
    return {};
  }
  TRY_STATUS(rebuild(view_, builder_));
  const auto find = [&](const payment::Digest128& key) -> core::Result<std::optional<std::string>> {
    return originals_.find(key);
  };
  TRY(note, pipeline::admit(builder_, view_.header().admitted_at, rules_, find));
  if (note.event_time_replaced) ++summary_.event_times_replaced;
  if (note.orphan) ++summary_.orphans;
  TRY_STATUS(builder_.encode(bytes_));
  return view_.decode(bytes_);
}

core::Result<bool> Replay::take(std::string_view bytes) {
  TRY_STATUS(view_.decode(bytes));
  if (keeps_originals_) originals_.keep(view_);
  TRY_STATUS(admit());
  sequence_ = core::Sequence(sequence_.value + 1);
  const bool decided = engine_.step(sequence_, view_, decision_);
  // A rule over its ceiling drops to shadow by a command; live, the pipeline journals it as the next entry.
  for (payment::EntryBuilder& command : engine_.take_commands()) {
    command.header.admitted_at = view_.header().admitted_at;
    command.header.event_time = command.header.raw_event_time = view_.header().event_time;
    core::Bytes command_bytes;
    TRY_STATUS(command.encode(command_bytes));
    payment::EntryView command_view;
    TRY_STATUS(command_view.decode(command_bytes));
    sequence_ = core::Sequence(sequence_.value + 1);
    engine::Decision unused;
    engine_.step(sequence_, command_view, unused);
    ++summary_.commands;
  }
  summary_.count(view_, decided ? &decision_ : nullptr);
  return decided;
}

}  // namespace tillwatch::replay
