// The fields of each entity. The first word of a choice is where a new entity begins.
#include <array>

#include "core/check.h"
#include "registry/entity.h"

namespace tillwatch::registry {
namespace {

constexpr std::int64_t money_most = 1'000'000'000'000;  // ten thousand million, in minor units
constexpr std::int64_t line = 200;

constexpr Field text(std::string_view name, std::int64_t most = line, bool required = false,
                     std::string_view fact = "") {
  return {.name = name, .type = FieldType::text, .required = required, .most = most, .fact = fact};
}
constexpr Field code(std::string_view name, std::int64_t most, bool required = false,
                     std::string_view fact = "") {
  return {.name = name, .type = FieldType::code, .required = required, .most = most, .fact = fact};
}
constexpr Field integer(std::string_view name, std::int64_t least, std::int64_t most,
                        std::string_view fact = "") {
  return {.name = name, .type = FieldType::integer, .least = least, .most = most, .fact = fact};
}
constexpr Field money(std::string_view name, std::string_view fact = "") {
  return {.name = name, .type = FieldType::money, .least = 0, .most = money_most, .fact = fact};
}
constexpr Field boolean(std::string_view name, std::string_view fact = "") {
  return {.name = name, .type = FieldType::boolean, .fact = fact};
}
constexpr Field time(std::string_view name, std::string_view fact = "") {
  return {.name = name, .type = FieldType::time, .fact = fact};
}
constexpr Field choice(std::string_view name, std::string_view words, std::string_view fact = "") {
  return {.name = name, .type = FieldType::choice, .required = true, .words = words, .fact = fact};
}
constexpr Field reference(std::string_view name, Entity refers, bool required = false,
                          std::string_view fact = "") {
  return {.name = name, .type = FieldType::reference, .required = required, .refers = refers, .fact = fact};
}
constexpr Field personal(std::string_view name, Personal kind, bool required = false) {
  return {.name = name, .type = FieldType::personal, .required = required, .most = line, .personal = kind};
}

constexpr std::array agent_fields{
    choice("status", "active suspended exited", "status"),
    text("name", line, true),
    code("code", 64),
    reference("parent", Entity::agent),
    text("filing_number", 100),
    choice("filing_state", "none applied filed lapsed", "filing_state"),
    time("filing_until", "filing_until"),
    text("region", 100),
    reference("contact", Entity::person),
    text("note", 1000),
};
constexpr std::array rep_fields{
    choice("status", "active left", "status"),
    reference("agent", Entity::agent, false, "agent"),
    code("code", 64),
    personal("name", Personal::name, true),
    personal("phone", Personal::phone),
    text("note", 1000),
};
constexpr std::array merchant_fields{
    choice("status", "pending active suspended closing closed", "status"),
    reference("agent", Entity::agent, false, "agent"),
    text("name", line, true),
    text("short_name", 100),
    choice("kind", "company sole_trader micro", "kind"),
    code("uscc", 18),
    code("mcc", 4, false, "mcc"),
    choice("risk_tier", "high medium low", "risk_tier"),
    text("region", 100, false, "region"),
    text("city", 100, false, "city"),
    text("address", 400),
    integer("latitude_e6", -90'000'000, 90'000'000, "latitude_e6"),
    integer("longitude_e6", -180'000'000, 180'000'000, "longitude_e6"),
    integer("opens_minute", 0, 1439, "opens_minute"),
    integer("closes_minute", 0, 2880, "closes_minute"),
    money("single_limit", "single_limit"),
    money("daily_limit", "daily_limit"),
    money("monthly_limit", "monthly_limit"),
    money("declared_daily", "declared_daily"),
    boolean("price_list", "price_list"),
    time("promotion_until", "promotion_until"),
    time("verified_at", "verified_at"),
    time("boarded_at", "boarded_at"),
    reference("rep", Entity::rep, false, "rep"),
    reference("legal_person", Entity::person, false, "legal_person"),
    reference("contact", Entity::person),
    reference("settlement_account", Entity::account, false, "settlement_account"),
    text("note", 1000),
};
constexpr std::array terminal_fields{
    choice("status", "stock active suspended lost recovered scrapped", "status"),
    reference("agent", Entity::agent, false, "agent"),
    reference("merchant", Entity::merchant, false, "merchant"),
    code("tid", 32, false, "tid"),
    code("tusn", 64),
    text("model", 100, false, "model"),
    choice("kind", "network_pos mobile_pos smart_pos qr_box soft_pos", "kind"),
    text("address", 400),
    integer("latitude_e6", -90'000'000, 90'000'000, "latitude_e6"),
    integer("longitude_e6", -180'000'000, 180'000'000, "longitude_e6"),
    time("activated_at", "activated_at"),
    text("note", 1000),
};
constexpr std::array account_fields{
    choice("status", "active closed", "status"),
    reference("agent", Entity::agent),
    reference("merchant", Entity::merchant),
    choice("kind", "company personal", "kind"),
    text("bank", line),
    personal("number", Personal::account_number, true),
    personal("holder", Personal::name, true),
    boolean("same_name", "same_name"),
    text("note", 1000),
};
constexpr std::array person_fields{
    choice("status", "active retired", "status"),
    reference("agent", Entity::agent),
    personal("name", Personal::name, true),
    personal("phone", Personal::phone),
    choice("identity_kind", "resident passport other"),
    personal("identity_number", Personal::identity_number),
    text("note", 1000),
};
constexpr std::array channel_fields{
    choice("status", "active closed", "status"), text("name", line, true), text("acquirer", line),
    integer("day_cut_minute", 0, 1439),          text("note", 1000),
};

constexpr std::size_t none = Shape::no_scope;
constexpr std::array<Shape, entity_count> shapes{{
    {Entity::agent, "agent", "agents", "registry_agent", "agt", "agent", agent_fields, none},
    {Entity::rep, "rep", "reps", "registry_rep", "rep", "rep", rep_fields, 1},
    {Entity::merchant, "merchant", "merchants", "registry_merchant", "mch", "merchant", merchant_fields, 1},
    {Entity::terminal, "terminal", "terminals", "registry_terminal", "", "terminal", terminal_fields, 1},
    {Entity::account, "settlement_account", "settlement-accounts", "registry_account", "acc", "account",
     account_fields, 1},
    {Entity::person, "person", "persons", "registry_person", "prs", "person", person_fields, 1},
    {Entity::channel, "channel", "channels", "registry_channel", "", "channel", channel_fields, none},
}};

}  // namespace

const Shape& shape_of(Entity entity) {
  const auto index = static_cast<std::size_t>(entity);
  CHECK(index < shapes.size() && shapes[index].entity == entity);
  return shapes[index];
}

std::optional<Entity> find_entity(std::string_view name) {
  for (const Shape& shape : shapes)
    if (shape.name == name) return shape.entity;
  return std::nullopt;
}

}  // namespace tillwatch::registry
