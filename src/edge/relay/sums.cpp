#include "relay/sums.h"

#include "engine/decision.h"
#include "json/utf8.h"
#include "payment/entry.h"

namespace tillwatch::relay {

Sums sums_of(const ProjectedRecord& record) {
  using payment::AttributeId;
  const engine::Decision& decision = *record.decision;
  Sums one{.count = 1};
  if (record.entry.has(AttributeId::amount)) one.amount = record.entry.get(AttributeId::amount).integer();
  one.challenged = decision.proposed.authorisation == engine::Authorisation::challenge ? 1 : 0;
  one.declined = decision.proposed.authorisation == engine::Authorisation::decline ? 1 : 0;
  one.held = decision.proposed.settlement == engine::Settlement::hold ? 1 : 0;
  one.fired = decision.fired() ? 1 : 0;
  return one;
}

bool is_storable(std::string_view text) {
  return text.find('\0') == std::string_view::npos && json::is_utf8(text);
}

std::string storable(std::string_view text) {
  if (is_storable(text)) return std::string(text);
  std::string shown;
  for (const char c : text) {
    const bool plain = c != '\0' && static_cast<unsigned char>(c) < 0x80;
    shown += plain ? std::string(1, c) : std::string("\xEF\xBF\xBD");
  }
  return shown;
}

}  // namespace tillwatch::relay
