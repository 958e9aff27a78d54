#include "door/event_reader.h"

#include <algorithm>
#include <array>
#include <optional>

#include "core/limits.h"
#include "crypto/secret.h"
#include "json/fault.h"
#include "payment/card_digits.h"

namespace tillwatch::door {
namespace {

using core::ErrorCode;
using payment::AttributeId;
using payment::EntryBuilder;
using payment::EntryKind;
using payment::Value;

constexpr std::string_view mend = "mend this member and send the event again under the same id";
constexpr std::string_view leave_out = "leave this member out and send the event again";
constexpr std::string_view field_prefix = "registry.fields.";
constexpr std::size_t faults_max = 64;  // told of one event; behind them nothing more is looked at

// What a kind must carry: at least one attribute of each group.
struct Need {
  EntryKind kind;
  std::array<AttributeId, 3> any_of;  // padded by repetition
};
constexpr auto needs = std::to_array<Need>({
    {EntryKind::outcome,
     {AttributeId::tx_original_id, AttributeId::tx_original_id, AttributeId::tx_original_id}},
    {EntryKind::outcome,
     {AttributeId::outcome_approved, AttributeId::outcome_code, AttributeId::outcome_code}},
    {EntryKind::label, {AttributeId::label_type, AttributeId::label_fraud, AttributeId::label_fraud}},
    {EntryKind::terminal_status,
     {AttributeId::status_event, AttributeId::status_event, AttributeId::status_event}},
    {EntryKind::terminal_status,
     {AttributeId::terminal_serial, AttributeId::terminal_id, AttributeId::terminal_id}},
    {EntryKind::log_in, {AttributeId::user_id, AttributeId::user_id, AttributeId::user_id}},
    {EntryKind::log_in,
     {AttributeId::log_in_success, AttributeId::log_in_action, AttributeId::log_in_action}},
    {EntryKind::advert, {AttributeId::advert_phrase, AttributeId::advert_medium, AttributeId::advert_medium}},
    {EntryKind::registry_command,
     {AttributeId::registry_entity, AttributeId::registry_entity, AttributeId::registry_entity}},
    {EntryKind::registry_command,
     {AttributeId::registry_id, AttributeId::card_reference, AttributeId::card_reference}},
    {EntryKind::list_change, {AttributeId::list_name, AttributeId::list_name, AttributeId::list_name}},
    {EntryKind::list_change, {AttributeId::list_action, AttributeId::list_action, AttributeId::list_action}},
    {EntryKind::list_change,
     {AttributeId::list_value, AttributeId::card_reference, AttributeId::card_reference}},
    {EntryKind::retract,
     {AttributeId::retract_batch, AttributeId::retract_batch, AttributeId::retract_batch}},
});

// Kinds that come from inside only.
bool is_internal(EntryKind kind) {
  return kind == EntryKind::tick || kind == EntryKind::decision || kind == EntryKind::policy_swap ||
         kind == EntryKind::act;
}

std::string step(const std::string& pointer, std::string_view name) {
  std::string longer = pointer;
  json::append_step(longer, name);
  return longer;
}

// A member's name may be a card number. Masked as it was sent: the digits of an escape (~0, ~1) would hide
// one.
std::string masked_pointer(std::string_view pointer) {
  if (!pointer.starts_with('/')) return payment::masked_digit_runs(pointer);
  std::string masked;
  for (std::size_t from = 1; from <= pointer.size();) {
    const std::size_t to = std::min(pointer.find('/', from), pointer.size());
    std::string name;
    for (std::size_t i = from; i < to; ++i) {
      const bool escape = pointer[i] == '~' && i + 1 < to;
      name += !escape ? pointer[i] : pointer[i + 1] == '1' ? '/' : '~';
      if (escape) ++i;
    }
    json::append_step(masked, payment::masked_digit_runs(name));
    from = to + 1;
  }
  return masked;
}

std::string dotted(const std::string& prefix, std::string_view name) {
  return prefix.empty() ? std::string(name) : prefix + "." + std::string(name);
}

// Holds members and can be no value itself. An empty array would else pass as a group of nothing.
bool holds_members(std::string_view name) {
  return payment::is_attribute_group(name) || name == field_prefix.substr(0, field_prefix.size() - 1);
}

bool is_scalar(const json::View& value) {
  return !value.is(json::Kind::object) && !value.is(json::Kind::array);
}

}  // namespace

std::string pointer_of(std::string_view attribute) {
  std::string pointer;
  for (std::size_t from = 0; from <= attribute.size();) {
    const std::size_t dot = std::min(attribute.find('.', from), attribute.size());
    json::append_step(pointer, attribute.substr(from, dot - from));
    from = dot + 1;
  }
  return pointer;
}

EventReader::EventReader(Door& door)
    : door_(door), reader_(json::Bounds{.bytes_max = core::limits::http_body_bytes_max}) {}

void EventReader::forget() {
  reader_.forget();
  crypto::wipe_stack();  // simdjson reads the last block of a text from a copy there
}

void EventReader::add(ErrorCode code, std::string_view pointer, std::string_view detail,
                      std::string_view remedy) {
  if (faults_.size() >= faults_max) return;
  faults_.push_back({code, masked_pointer(pointer), payment::masked_digit_runs(detail), std::string(remedy)});
}

void EventReader::add(const core::Error& error, std::string_view pointer) {
  // A denial says what to do behind its first colon.
  const std::size_t colon = error.code == ErrorCode::denied ? error.detail.find(": ") : std::string::npos;
  if (colon == std::string::npos)
    add(error.code, pointer, error.detail, mend);
  else
    add(error.code, pointer, error.detail.substr(0, colon), error.detail.substr(colon + 2));
}

std::vector<Fault> EventReader::read(std::string_view json, const Expectation& expectation,
                                     EntryBuilder& entry) {
  entry.clear();
  faults_.clear();
  values_left_ = static_cast<std::ptrdiff_t>(core::limits::event_values_max);
  seen_.clear();
  token_ = token_namespace_ = {};
  token_pointer_.clear();
  held_card_number_ = false;
  const auto root = reader_.parse(json);
  if (!root) {
    const bool placed = root.error().where.starts_with('/');
    add(root.error().code, placed ? root.error().where : "",
        placed ? root.error().detail : root.error().to_string(), "send one JSON object (RFC 8259) per event");
    // A text that cannot be read may still hold a number.
    held_card_number_ = true;
    return std::move(faults_);
  }
  if (!root->is(json::Kind::object)) {
    held_card_number_ = true;
    add(ErrorCode::invalid, "", "expected a JSON object", "send one JSON object (RFC 8259) per event");
    return std::move(faults_);
  }
  read_kind(*root, expectation, entry);
  read_time(*root, entry);
  walk(*root, "", "", entry);
  finish(expectation, entry);
  return std::move(faults_);
}

void EventReader::read_kind(const json::View& root, const Expectation& expectation, EntryBuilder& entry) {
  const auto given = root.find("kind");
  if (!given) {
    if (expectation.kinds == Expectation::Kinds::others)
      add(ErrorCode::invalid, "/kind", "expected the kind of the event, such as label or registry_command",
          "name the kind; transactions go to /v1/decisions");
    return;
  }
  const auto text = given->as_string();
  const EntryKind* kind = text ? payment::find_entry_kind(*text) : nullptr;
  if (kind == nullptr) {
    add(ErrorCode::invalid, "/kind",
        "expected one of: transaction, outcome, label, terminal_status, log_in, advert, registry_command, "
        "list_change, retract",
        mend);
    return;
  }
  entry.header.kind = *kind;
  if (is_internal(*kind))
    add(ErrorCode::denied, "/kind", "events of this kind are made by Tillwatch itself", leave_out);
  else if (expectation.kinds == Expectation::Kinds::transaction && *kind != EntryKind::transaction)
    add(ErrorCode::invalid, "/kind", "expected transaction, or no kind", "send other kinds to /v1/events");
  else if (expectation.kinds == Expectation::Kinds::others && *kind == EntryKind::transaction)
    add(ErrorCode::invalid, "/kind", "expected another kind than transaction",
        "ask /v1/decisions about transactions");
}

void EventReader::read_time(const json::View& root, EntryBuilder& entry) {
  const auto given = root.find("time");
  if (!given || given->is(json::Kind::null)) {
    entry.header.flags |= payment::flag_event_time_missing;
    return;
  }
  // In seconds the year 2026 is 1.8 thousand million: as milliseconds that is January 1970.
  constexpr core::TimeMs seconds_suspected = 100'000'000'000;
  std::optional<core::TimeMs> time;
  if (const auto text = given->as_string()) time = core::parse_time(*text);
  if (const auto number = given->as_integer()) {
    time = *number;
    if (*number > 0 && *number < seconds_suspected) {
      add(ErrorCode::invalid, "/time", "expected milliseconds since 1970: this looks like seconds", mend);
      return;
    }
  }
  if (!time || *time < core::time_min || *time > core::time_max) {
    add(ErrorCode::invalid, "/time", "expected an RFC 3339 time with an offset, or milliseconds since 1970",
        mend);
    return;
  }
  entry.header.event_time = *time;
  entry.header.raw_event_time = *time;
}

void EventReader::walk(const json::View& object, const std::string& pointer, const std::string& name,
                       EntryBuilder& entry) {
  for (const json::Member& member : object.members()) {
    if (name.empty() && (member.name == "kind" || member.name == "time")) continue;
    if (had_enough(pointer)) return;
    take(member.value, step(pointer, member.name), dotted(name, member.name), entry);
  }
}

void EventReader::take(const json::View& value, const std::string& pointer, const std::string& name,
                       EntryBuilder& entry) {
  // Only the last step is new; what stands above it was judged there.
  const std::size_t last = name.rfind('.');
  // Degrees are another way of writing an attribute.
  const bool known =
      payment::find_attribute(name) != nullptr || name == "location.latitude" || name == "location.longitude";
  const NameClass kind =
      known ? NameClass::plain
            : classify_name(name.find('[') == std::string::npos ? name.substr(last + 1) : name);
  if (kind == NameClass::banned) {
    ++door_.count().refused;
    held_card_number_ = true;
    add(ErrorCode::denied, pointer, "sensitive authentication data is never taken in", leave_out);
    return;
  }
  if (kind == NameClass::personal) {
    ++door_.count().dropped;
    held_card_number_ = true;
    look_for_banned(value, pointer);
    return;
  }
  if (value.is(json::Kind::object) && !known) return walk(value, pointer, name, entry);
  if (!value.is(json::Kind::null) && !known && holds_members(name)) {
    add(ErrorCode::invalid, pointer,
        "expected an object that holds members, not " + std::string(name_of(value.kind())), mend);
    return look_for_banned(value, pointer);
  }
  if (value.is(json::Kind::array) && !known) {
    std::size_t position = 0;
    for (const json::View& element : value.elements()) {
      if (had_enough(pointer)) return;
      const std::string index = std::to_string(position++);
      take(element, step(pointer, index), name + "[" + index + "]", entry);
    }
    return;
  }
  if (!is_scalar(value)) {
    add(ErrorCode::invalid, pointer, "expected one value, not " + std::string(name_of(value.kind())), mend);
    look_for_banned(value, pointer);
    return;
  }
  if (value.is(json::Kind::null)) return;
  if (!seen_.insert(name).second) {
    add(ErrorCode::invalid, pointer, "this member is given twice, once nested and once with a dotted name",
        mend);
    return;
  }
  if (!put_card(value, pointer, name, entry)) put(value, pointer, name, entry);
}

bool EventReader::put_card(const json::View& value, const std::string& pointer, const std::string& name,
                           EntryBuilder& entry) {
  if (name != "card.number" && name != "card.token" && name != "card.token_namespace") return false;
  const auto text = value.as_string();
  if (name == "card.number") held_card_number_ = true;
  if (!text) {
    held_card_number_ = true;
    add(ErrorCode::invalid, pointer, "expected a text", "put the digits in quotation marks");
    return true;
  }
  if (name == "card.token") {
    token_ = *text;
    token_pointer_ = pointer;
  } else if (name == "card.token_namespace") {
    token_namespace_ = *text;
  } else if (const core::Status status = door_.put_card_number(entry, *text); !status) {
    add(status.error(), pointer);
  }
  return true;
}

void EventReader::put(const json::View& value, const std::string& pointer, const std::string& name,
                      EntryBuilder& entry) {
  const std::uint64_t caught = door_.counters().masked + door_.counters().refused;
  std::string digits;
  Value typed;
  switch (value.kind()) {
    case json::Kind::boolean:
      typed = Value::of(*value.as_boolean());
      break;
    case json::Kind::integer:
      typed = Value::of(*value.as_integer());
      break;
    case json::Kind::unsigned_integer:
      // No attribute is that wide: as a text it is masked where it must be.
      digits = std::to_string(*value.as_unsigned());
      typed = Value::of(std::string_view(digits));
      break;
    case json::Kind::number:
      typed = Value::of(*value.as_double());
      break;
    default:
      typed = Value::of(*value.as_string());
      break;
  }
  const bool is_field = entry.header.kind == EntryKind::registry_command && name.starts_with(field_prefix);
  const std::string_view attribute = is_field ? std::string_view(name).substr(field_prefix.size()) : name;
  const bool known = !is_field && payment::find_attribute(name) != nullptr;
  if (known && !digits.empty()) {
    add(ErrorCode::invalid, pointer, "expected a value within 64 bits", mend);
    return;
  }
  const core::Status status =
      is_field ? door_.put_field(entry, attribute, typed) : door_.put_value(entry, attribute, typed);
  if (!status) add(status.error(), pointer);
  if (door_.counters().masked + door_.counters().refused != caught) held_card_number_ = true;
}

void EventReader::look_for_banned(const json::View& value, const std::string& pointer) {
  if (value.is(json::Kind::object)) {
    for (const json::Member& member : value.members()) {
      if (had_enough(pointer)) return;
      const std::string below = step(pointer, member.name);
      if (classify_name(member.name) == NameClass::banned) {
        ++door_.count().refused;
        add(ErrorCode::denied, below, "sensitive authentication data is never taken in", leave_out);
      } else {
        look_for_banned(member.value, below);
      }
    }
  }
  std::size_t position = 0;
  for (const json::View& element : value.elements()) {
    if (had_enough(pointer)) return;
    look_for_banned(element, step(pointer, std::to_string(position++)));
  }
}

// Whether nothing more is to be looked at: an event that cannot be taken must not cost much more than one
// that can.
bool EventReader::had_enough(const std::string& pointer) {
  if (faults_.size() >= faults_max || values_left_ < 0) return true;
  if (values_left_-- > 0) return false;
  add(ErrorCode::limit, pointer,
      "an event has at most " + std::to_string(core::limits::event_values_max) + " values", leave_out);
  return true;
}

bool EventReader::has_fault_at(std::string_view pointer) const {
  return std::ranges::any_of(faults_, [&](const Fault& fault) { return fault.pointer == pointer; });
}

void EventReader::require(const EntryBuilder& entry) {
  for (const Need& need : needs) {
    if (need.kind != entry.header.kind) continue;
    const auto told = [&](AttributeId id) {
      return !entry.get(id).absent() || has_fault_at(pointer_of(payment::find_attribute(id)->name));
    };
    if (std::ranges::any_of(need.any_of, told)) continue;
    const std::string first(payment::find_attribute(need.any_of[0])->name);
    std::string detail = "an event of kind " + std::string(payment::name_of(need.kind)) + " needs " + first;
    if (need.any_of[1] != need.any_of[0])
      detail += " or " + std::string(payment::find_attribute(need.any_of[1])->name);
    add(ErrorCode::invalid, pointer_of(first), detail, "add it and send the event again");
  }
}

void EventReader::finish(const Expectation& expectation, EntryBuilder& entry) {
  if (!token_.empty()) {
    const core::Status status = door_.put_card_token(entry, token_namespace_, token_);
    if (!status) add(status.error(), pointer_of(status.error().where));
  } else if (!token_namespace_.empty()) {
    add(ErrorCode::invalid, "/card/token", "expected the token beside its namespace", mend);
  }
  // What is missing because it was wrong has been told already.
  if (expectation.id_required && entry.get(AttributeId::id).absent() && !has_fault_at("/id"))
    add(ErrorCode::invalid, "/id", "expected your own id of this event, unique per kind",
        "without an id a repeated request would count twice: add one");
  require(entry);
  if (const core::Status status = door_.finish(entry); !status)
    if (!has_fault_at(pointer_of(status.error().where)))
      add(status.error(), pointer_of(status.error().where));
  if (!expectation.client.empty()) entry.set(AttributeId::client, Value::of(expectation.client));
  if (!faults_.empty()) {
    held_card_number_ = true;  // nobody knows what stands in a wrong place
    return;
  }
  core::Bytes bytes;
  if (const core::Status status = entry.encode(bytes); !status) add(status.error(), "");
}

}  // namespace tillwatch::door
