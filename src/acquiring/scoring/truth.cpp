#include "scoring/truth.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "scoring/line_fields.h"

namespace tillwatch::scoring {
namespace {

using core::ErrorCode;

constexpr std::int64_t amount_max = 1'000'000'000'000'000;

// Where it is the agent who acts: a finding about the agent is right there and nowhere else.
constexpr std::array<std::string_view, 2> codes_of_agents = {"T49", "T52"};

bool is_code(std::string_view code) {
  return code.size() == 3 && code[0] == 'T' && code[1] >= '0' && code[1] <= '9' && code[2] >= '0' &&
         code[2] <= '9';
}

core::Status read_names(const LineFields& fields, std::string_view name, EntityKind kind, Entities& entities,
                        std::vector<EntityNumber>& out) {
  TRY(array, fields.array(name));
  for (const json::View each : array.elements()) {
    const auto id = each.as_string();
    if (!id || id->empty() || id->size() > 128) return fields.wrong(name, "expected texts of 1 to 128 bytes");
    out.push_back(entities.number_of(kind, *id));
  }
  return {};
}

}  // namespace

std::optional<EntityKind> entity_kind_of(std::string_view name) {
  const auto* at = std::ranges::find(entity_kind_names, name);
  if (at == entity_kind_names.end()) return std::nullopt;
  return static_cast<EntityKind>(at - entity_kind_names.begin());
}

core::Status TruthReader::scope(std::string_view text, std::string_view place) {
  TRY(fields, LineFields::parse(text, place, truth_line_bytes_max));
  TRY(from, fields.time("from"));
  TRY(to, fields.time("to"));
  TRY(merchants, fields.integer("merchants", 1, 1'000'000'000));
  TRY(offset, fields.integer("utc_offset_minutes", -24 * 60, 24 * 60));
  if (from >= to) return fields.wrong("to", "has to lie after from");
  if (to - from > 3660 * core::day_ms) return fields.wrong("to", "is more than 3,660 days after from");
  truth_.scope = {from, to, static_cast<std::uint64_t>(merchants), static_cast<std::int32_t>(offset)};
  return {};
}

core::Status TruthReader::instance(std::string_view line, std::string_view place) {
  TRY(fields, LineFields::parse(line, place, truth_line_bytes_max));
  if (truth_.instances.size() == instances_max)
    return fields.wrong("instance", fmt::format("more than {} instances", instances_max), ErrorCode::limit);
  Instance out;
  TRY(name, fields.text("instance"));
  TRY(typology, fields.text("typology"));
  TRY(code, fields.text("code"));
  TRY(role, fields.text("role"));
  TRY(fraud, fields.boolean("fraud"));
  TRY(skill, fields.integer("skill", 0, 3));
  TRY(evident, fields.integer("evident_after", 1, 1'000'000));
  TRY(begins, fields.time("begins"));
  TRY(ends, fields.time("ends"));
  if (!is_code(code)) return fields.wrong("code", "expected T and two digits");
  if (role != "planted" && role != "look_alike")
    return fields.wrong("role", "expected planted or look_alike");
  if (ends < begins) return fields.wrong("ends", "lies before begins");
  out.name = name;
  out.typology = typology;
  out.code = code;
  out.planted = role == "planted";
  out.fraud = fraud;
  out.skill = static_cast<std::uint8_t>(skill);
  out.evident_after = static_cast<std::uint32_t>(evident);
  out.begins = begins;
  out.ends = ends;
  TRY_STATUS(read_names(fields, "merchants", EntityKind::merchant, entities_, out.merchants));
  TRY_STATUS(read_names(fields, "terminals", EntityKind::terminal, entities_, out.others));
  TRY_STATUS(read_names(fields, "cards", EntityKind::card, entities_, out.others));
  if (std::ranges::find(codes_of_agents, code) != codes_of_agents.end() && fields.has("agent")) {
    TRY(agent, fields.text("agent"));
    out.others.push_back(entities_.number_of(EntityKind::agent, agent));
  }
  const auto number = static_cast<std::uint32_t>(truth_.instances.size());
  if (!by_name_.emplace(out.name, number).second)
    return fields.wrong("instance", "stands twice in the truth", ErrorCode::conflict);
  truth_.instances.push_back(std::move(out));
  return {};
}

core::Status TruthReader::transaction(std::string_view line, std::string_view place) {
  TRY(fields, LineFields::parse(line, place, truth_line_bytes_max));
  TRY(name, fields.text("instance"));
  const auto at = by_name_.find(std::string(name));
  if (at == by_name_.end())
    return fields.wrong("instance", "is not among the instances", ErrorCode::not_found);
  TRY(arrival, fields.time("arrival"));
  if (arrival < newest_) return fields.wrong("arrival", "lies before that of the line above");
  newest_ = arrival;
  Instance& instance = truth_.instances[at->second];
  if (!instance.fraud) return {};
  TRY(id, fields.text("transaction"));
  TRY(fraud, fields.boolean("fraud"));
  TRY(approved, fields.boolean("approved"));
  TRY(amount, fields.integer("amount", 0, amount_max));
  TRY(merchant, fields.text("merchant"));
  if (!seen_.emplace(id).second) return {};  // a repetition
  if (seen_.size() > fraud_transactions_max)
    return fields.wrong("transaction", fmt::format("more than {} of them", fraud_transactions_max),
                        ErrorCode::limit);
  instance.acts.push_back(
      {arrival, amount, entities_.number_of(EntityKind::merchant, merchant), fraud, approved});
  return {};
}

}  // namespace tillwatch::scoring
