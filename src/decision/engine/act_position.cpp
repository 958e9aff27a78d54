#include "engine/act_position.h"

namespace tillwatch::engine {

using payment::AttributeId;

bool ActPosition::seen(const payment::EntryView& entry) const {
  return entry.has(AttributeId::act_number) &&
         reached(entry.text(AttributeId::act_epoch), entry.get(AttributeId::act_number).integer());
}

void ActPosition::note(const payment::EntryView& entry) {
  if (!entry.has(AttributeId::act_number)) return;
  epoch = entry.text(AttributeId::act_epoch);
  number = entry.get(AttributeId::act_number).integer();
  digest = entry.text(AttributeId::act_digest);
}

void ActPosition::save(core::ByteWriter& out) const {
  out.text(epoch);
  out.i64(number);
  out.text(digest);
}

void ActPosition::load(core::ByteReader& in) {
  epoch = in.text();
  number = in.i64();
  digest = in.text();
}

}  // namespace tillwatch::engine
