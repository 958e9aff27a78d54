#include "registry/sighting_log.h"

#include <array>

#include "registry/seen.h"

namespace tillwatch::registry {
namespace {

// A number that was taken away from its merchant is noticed after so many records.
constexpr std::size_t records_remembered = 100'000;

}  // namespace

core::Result<bool> SightingLog::known(sql::Connection& connection, std::unordered_set<std::string>& seen,
                                      std::string_view statement, std::string_view id) {
  std::string key(id);
  if (id.empty() || seen.contains(key)) return true;
  TRY(found, connection.query(statement, {id}));
  if (!found.empty()) seen.insert(std::move(key));
  return !found.empty();
}

core::Status SightingLog::project(sql::Connection& connection, const relay::ProjectedRecord& record) {
  using payment::AttributeId;
  if (record.entry.kind() != payment::EntryKind::transaction) return {};
  if (++records_ > records_remembered) {
    merchants_.clear();
    terminals_.clear();
    records_ = 0;
  }
  const std::string_view merchant = record.entry.text(AttributeId::merchant_id);
  const std::string_view terminal = record.entry.text(AttributeId::terminal_serial);
  TRY(merchant_known,
      known(connection, merchants_, "select 1 from registry_merchant_number where number = $1", merchant));
  TRY(terminal_known,
      known(connection, terminals_, "select 1 from registry_terminal where id = $1", terminal));
  if (merchant_known && terminal_known) return {};
  const std::array<Sighting, 1> sighting{
      {{record.entry.header().event_time, merchant, terminal, record.entry.text(AttributeId::agent_id)}}};
  return learn(connection, sighting);
}

}  // namespace tillwatch::registry
