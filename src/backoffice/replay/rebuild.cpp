#include "replay/rebuild.h"

namespace tillwatch::replay {

core::Status rebuild(const payment::EntryView& entry, payment::EntryBuilder& out) {
  out.clear();
  out.header = entry.header();
  for (const payment::AttributeInfo& info : payment::attributes())
    if (entry.has(info.id)) out.set(info.id, entry.get(info.id));
  for (const payment::EntryView::Extra& extra : entry.extras())
    TRY_STATUS(out.set_extra(extra.name, extra.value));
  return {};
}

}  // namespace tillwatch::replay
