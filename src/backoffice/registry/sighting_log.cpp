#include "registry/sighting_log.h"

#include "registry/seen.h"

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
  const std::string_view merchant = record.entry.text(AttributeId::merchant_id);
  const std::string_view terminal = record.entry.text(AttributeId::terminal_serial);
  const bool known = (merchant.empty() || merchants_.contains(std::string(merchant))) &&
                     (terminal.empty() || terminals_.contains(std::string(terminal)));
  if (!known)
    strangers_.push_back({record.entry.header().event_time, std::string(merchant), std::string(terminal),
                          std::string(record.entry.text(AttributeId::agent_id))});
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
