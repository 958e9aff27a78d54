// The rows that records of the journal become: decisions, hits, standing facts, later words, sums by the
// hour. Collected for one transaction of the projector, then written. Called by the projector only.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/error.h"
#include "engine/decision.h"
#include "payment/entry.h"
#include "relay/projector.h"
#include "relay/storable.h"
#include "relay/sums.h"
#include "sql/database.h"

namespace tillwatch::relay {

class Rows {
 public:
  // What the record borrows must stay until write().
  void take(const ProjectedRecord& record);
  core::Status write(sql::Connection& connection) const;

 private:
  void take_decision(const ProjectedRecord& record);
  void take_hits(const engine::Decision& decision);
  void take_later_word(const ProjectedRecord& record);
  // NULL where the attribute is absent.
  sql::Parameter text(const payment::EntryView& entry, payment::AttributeId id);
  static sql::Parameter number(const payment::EntryView& entry, payment::AttributeId id);

  std::vector<sql::Parameter> decisions_, hits_, standing_, later_words_;
  std::map<std::pair<core::TimeMs, std::string>, Sums> hours_;
  StorableTexts texts_;
};

}  // namespace tillwatch::relay
