#include "registry/sighting_log.h"

#include <utility>

#include "registry/seen.h"
#include "relay/storable.h"

namespace tillwatch::registry {
namespace {

// A number that was taken away from its merchant is noticed after so many records.
constexpr std::size_t records_remembered = 100'000;

}  // namespace

core::Status SightingLog::project(sql::Connection&, const relay::ProjectedRecord& record) {
  using payment::AttributeId;
  if (record.entry.kind() != payment::EntryKind::transaction) return {};
  if (++records_ > records_remembered) {
    merchants_.clear();
    terminals_.clear();
    records_ = 0;
  }
  std::string merchant = relay::storable(record.entry.text(AttributeId::merchant_id));
  std::string terminal = relay::storable(record.entry.text(AttributeId::terminal_serial));
  const bool known = (merchant.empty() || merchants_.contains(merchant)) &&
                     (terminal.empty() || terminals_.contains(terminal));
  if (!known)
    strangers_.push_back({record.entry.header().event_time, std::move(merchant), std::move(terminal),
                          relay::storable(record.entry.text(AttributeId::agent_id))});
  return {};
}

core::Status SightingLog::finish(sql::Connection& connection) {
  std::vector<Sighting> sightings;
  for (const Stranger& one : strangers_) sightings.push_back({one.at, one.merchant, one.terminal, one.agent});
  TRY(known, learn(connection, sightings));
  for (const std::string& merchant : known.merchants) merchants_.insert(merchant);
  for (const std::string& terminal : known.terminals) terminals_.insert(terminal);
  return {};
}

}  // namespace tillwatch::registry
