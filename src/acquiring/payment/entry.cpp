// format: entry
#include "payment/entry.h"

#include <algorithm>
#include <array>
#include <utility>

#include "core/check.h"
#include "core/limits.h"
#include "crypto/hash.h"
#include "payment/value_codec.h"

namespace tillwatch::payment {
namespace {

using core::ErrorCode;

struct KindName {
  EntryKind kind;
  std::string_view name;
};
constexpr auto kind_names = std::to_array<KindName>({{EntryKind::transaction, "transaction"},
                                                     {EntryKind::outcome, "outcome"},
                                                     {EntryKind::label, "label"},
                                                     {EntryKind::terminal_status, "terminal_status"},
                                                     {EntryKind::log_in, "log_in"},
                                                     {EntryKind::advert, "advert"},
                                                     {EntryKind::registry_command, "registry_command"},
                                                     {EntryKind::policy_swap, "policy_swap"},
                                                     {EntryKind::list_change, "list_change"},
                                                     {EntryKind::tick, "tick"},
                                                     {EntryKind::retract, "retract"},
                                                     {EntryKind::decision, "decision"},
                                                     {EntryKind::act, "act"}});
constexpr std::uint16_t known_flags =
    flag_history | flag_event_time_replaced | flag_event_time_missing | flag_orphan;

bool type_fits(AttributeType wanted, Value::Type given) {
  switch (wanted) {
    case AttributeType::boolean:
      return given == Value::Type::boolean;
    case AttributeType::integer:
    case AttributeType::time:
      return given == Value::Type::integer;
    case AttributeType::text:
      return given == Value::Type::text;
  }
  return false;
}

Digest128 cut(const crypto::Digest256& whole) {
  Digest128 digest{};
  std::copy_n(whole.begin(), digest.size(), digest.begin());
  return digest;
}

}  // namespace

std::string_view name_of(EntryKind kind) {
  const auto* at = std::ranges::find(kind_names, kind, &KindName::kind);
  return at == kind_names.end() ? "unknown" : at->name;
}

const EntryKind* find_entry_kind(std::string_view name) {
  const auto* at = std::ranges::find(kind_names, name, &KindName::name);
  return at == kind_names.end() ? nullptr : &at->kind;
}

Value EntryBuilder::Stored::view() const {
  switch (type) {
    case Value::Type::absent:
      return {};
    case Value::Type::boolean:
      return Value::of(integer != 0);
    case Value::Type::integer:
      return Value::of(integer);
    case Value::Type::decimal:
      return Value::of(decimal);
    case Value::Type::text:
      return Value::of(std::string_view(text));
  }
  return {};
}

EntryBuilder::Stored EntryBuilder::Stored::of(const Value& value) {
  Stored stored;
  stored.type = value.type();
  switch (value.type()) {
    case Value::Type::absent:
      break;
    case Value::Type::boolean:
      stored.integer = value.boolean() ? 1 : 0;
      break;
    case Value::Type::integer:
      stored.integer = value.integer();
      break;
    case Value::Type::decimal:
      stored.decimal = value.decimal();
      break;
    case Value::Type::text:
      stored.text = value.text();
      break;
  }
  return stored;
}

void EntryBuilder::clear() {
  header = {};
  attributes_.clear();
  extras_.clear();
}

void EntryBuilder::set(AttributeId id, const Value& value) {
  CHECK(!value.absent());
  const auto at = std::ranges::lower_bound(attributes_, id, {}, &std::pair<AttributeId, Stored>::first);
  if (at != attributes_.end() && at->first == id)
    at->second = Stored::of(value);
  else
    attributes_.insert(at, {id, Stored::of(value)});
}

core::Status EntryBuilder::set_extra(std::string_view name, const Value& value) {
  CHECK(!value.absent());
  if (name.empty()) return core::fail(ErrorCode::invalid, "", "an attribute needs a name");
  if (name.size() > core::limits::entry_extra_name_bytes_max)
    return core::fail(ErrorCode::limit, std::string(name.substr(0, 32)), "the attribute's name is too long");
  const auto at = std::ranges::lower_bound(extras_, name, {}, &std::pair<std::string, Stored>::first);
  if (at != extras_.end() && at->first == name) {
    at->second = Stored::of(value);
    return {};
  }
  if (extras_.size() >= core::limits::entry_extra_count_max)
    return core::fail(ErrorCode::limit, std::string(name), "the event has too many attributes of its own");
  extras_.insert(at, {std::string(name), Stored::of(value)});
  return {};
}

Value EntryBuilder::get(AttributeId id) const {
  const auto at = std::ranges::lower_bound(attributes_, id, {}, &std::pair<AttributeId, Stored>::first);
  return at == attributes_.end() || at->first != id ? Value() : at->second.view();
}

core::Status EntryBuilder::encode(core::Bytes& out) const {
  out.clear();
  core::ByteWriter writer(out);
  writer.u8(entry_format_version);
  writer.u8(static_cast<std::uint8_t>(header.kind));
  writer.u16(header.flags);
  writer.i64(header.admitted_at);
  writer.i64(header.event_time);
  if ((header.flags & flag_event_time_replaced) != 0) writer.i64(header.raw_event_time);
  writer.varint(attributes_.size());
  for (const auto& [id, stored] : attributes_) {
    const AttributeInfo* info = find_attribute(id);
    CHECK(info != nullptr);
    if (!type_fits(info->type, stored.type))
      return core::fail(ErrorCode::invalid, std::string(info->name),
                        "the value's type is not the attribute's");
    if (stored.text.size() > core::limits::entry_text_bytes_max)
      return core::fail(ErrorCode::limit, std::string(info->name), "the text is longer than 1024 bytes");
    writer.varint(static_cast<std::uint64_t>(id));
    write_value(writer, stored.view());
  }
  writer.varint(extras_.size());
  for (const auto& [name, stored] : extras_) {
    if (stored.text.size() > core::limits::entry_text_bytes_max)
      return core::fail(ErrorCode::limit, name, "the text is longer than 1024 bytes");
    writer.text(name);
    write_value(writer, stored.view());
  }
  if (out.size() > core::limits::entry_bytes_max)
    return core::fail(ErrorCode::limit, "", "the entry is larger than 64 KiB");
  return {};
}

core::Status EntryView::decode(std::string_view bytes) {
  present_.reset();
  extras_.clear();
  bytes_ = bytes;
  core::ByteReader in(bytes);
  const std::uint8_t version = in.u8();
  if (in.ok() && version != entry_format_version)
    return core::fail(ErrorCode::unsupported, "entry",
                      "entry format version " + std::to_string(version) + " is not known to this program");
  const std::uint8_t kind = in.u8();
  header_.kind = static_cast<EntryKind>(kind);
  header_.flags = in.u16();
  header_.admitted_at = in.i64();
  header_.event_time = in.i64();
  header_.raw_event_time = (header_.flags & flag_event_time_replaced) != 0 ? in.i64() : header_.event_time;
  if (kind == 0 || kind >= entry_kind_count || header_.kind == EntryKind::decision ||
      (header_.flags & ~known_flags) != 0)
    in.fail();
  std::uint64_t previous = 0;
  for (std::uint64_t left = in.varint(); in.ok() && left > 0; --left) {
    const std::uint64_t id = in.varint();
    const AttributeInfo* info =
        id < attribute_slot_count ? find_attribute(static_cast<AttributeId>(id)) : nullptr;
    const Value value = read_value(in);
    if (info == nullptr || id <= previous || !in.ok() || !type_fits(info->type, value.type())) {
      in.fail();
      break;
    }
    previous = id;
    present_.set(static_cast<std::size_t>(id));
    values_[static_cast<std::size_t>(id)] = value;
  }
  const std::uint64_t extra_count = in.varint();
  if (extra_count > core::limits::entry_extra_count_max) in.fail();
  for (std::uint64_t i = 0; in.ok() && i < extra_count; ++i) {
    const std::string_view name = in.text();
    const Value value = read_value(in);
    if (!in.ok() || name.empty() || name.size() > core::limits::entry_extra_name_bytes_max ||
        (i > 0 && name <= extras_.back().name)) {
      in.fail();
      break;
    }
    extras_.push_back({name, value});
  }
  if (!in.ok() || !in.at_end())
    return core::fail(
        ErrorCode::corrupt, "entry",
        "the bytes are not a canonical entry (near byte " + std::to_string(in.position()) + ")");
  return {};
}

Value EntryView::extra(std::string_view name) const {
  const auto at = std::ranges::lower_bound(extras_, name, {}, &Extra::name);
  return at == extras_.end() || at->name != name ? Value() : at->value;
}

void EntryView::assign(AttributeId id, const Value& value) {
  const AttributeInfo* info = find_attribute(id);
  CHECK(info != nullptr && info->internal && type_fits(info->type, value.type()));
  present_.set(slot_of(id));
  values_[slot_of(id)] = value;
}

void EntryView::become_decision(const EntryView& other, const EntryHeader& header) {
  *this = other;
  header_ = header;
  bytes_ = {};
}

namespace {

std::vector<Digest128> kept_digests(std::string_view text) {
  std::vector<Digest128> digests;
  for (; text.size() >= sizeof(Digest128); text.remove_prefix(sizeof(Digest128))) {
    Digest128& digest = digests.emplace_back();
    for (std::size_t i = 0; i < digest.size(); ++i) digest[i] = static_cast<unsigned char>(text[i]);
  }
  return digests;
}

}  // namespace

Digest128 key_of(const EntryView& entry) {
  const std::string_view id = entry.text(AttributeId::id);
  if (id.empty()) return {};
  core::Bytes text;
  core::ByteWriter writer(text);
  writer.u8(static_cast<std::uint8_t>(entry.kind()));
  writer.text(entry.text(AttributeId::client));
  writer.text(id);
  return cut(crypto::sha256(text));
}

std::vector<Digest128> content_digests(const EntryView& entry) {
  if (entry.has(AttributeId::content_digest)) return kept_digests(entry.text(AttributeId::content_digest));
  core::Bytes text;
  core::ByteWriter writer(text);
  const EntryHeader& header = entry.header();
  writer.u8(static_cast<std::uint8_t>(header.kind));
  const bool timed = (header.flags & flag_event_time_missing) == 0;
  writer.u8(timed ? 1 : 0);
  if (timed) writer.i64(header.raw_event_time);
  for (const AttributeInfo& info : attributes()) {
    if (info.id == AttributeId::card_reference || info.id == AttributeId::card_previous_reference ||
        !entry.has(info.id))
      continue;
    // What the engine or the admission adds is not the caller's content.
    if (info.internal && info.id != AttributeId::client && info.id != AttributeId::card_identity &&
        info.id != AttributeId::card_masked)
      continue;
    writer.varint(static_cast<std::uint64_t>(info.id));
    write_value(writer, entry.get(info.id));
  }
  for (const EntryView::Extra& extra : entry.extras()) {
    writer.text(extra.name);
    write_value(writer, extra.value);
  }
  const std::size_t prefix = text.size();
  std::vector<Digest128> digests;
  for (const AttributeId id : {AttributeId::card_reference, AttributeId::card_previous_reference}) {
    if (id == AttributeId::card_previous_reference && !entry.has(id)) continue;
    text.resize(prefix);
    core::ByteWriter(text).text(entry.text(id));
    digests.push_back(cut(crypto::sha256(text)));
  }
  return digests;
}

bool same_content(const EntryView& a, const EntryView& b) {
  const std::vector<Digest128> ours = content_digests(a);
  const std::vector<Digest128> theirs = content_digests(b);
  return std::ranges::any_of(
      ours, [&](const Digest128& digest) { return std::ranges::find(theirs, digest) != theirs.end(); });
}

core::Status keep_content_digest(EntryBuilder& entry) {
  core::Bytes bytes;
  TRY_STATUS(entry.encode(bytes));
  EntryView view;
  TRY_STATUS(view.decode(bytes));
  std::string kept;
  for (const Digest128& digest : content_digests(view)) kept.append(digest.begin(), digest.end());
  entry.set(AttributeId::content_digest, Value::of(std::string_view(kept)));
  return {};
}

}  // namespace tillwatch::payment
