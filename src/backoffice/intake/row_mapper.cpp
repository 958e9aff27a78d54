#include "intake/row_mapper.h"

#include <algorithm>
#include <utility>

#include "intake/digit_mask.h"

namespace tillwatch::intake {
namespace {

using payment::AttributeId;
using payment::EntryFlag;
using payment::Value;
using Target = Assignment::Target;

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

}  // namespace

RowMapper::RowMapper(const Mapping& mapping, door::Door& door, Batch batch)
    : mapping_(mapping), door_(door), batch_(std::move(batch)), client_("import/" + mapping.client) {}

bool RowMapper::fail(const Row& row, const ValueSource& source, std::string why, Damage& damage) const {
  damage = {};
  if (!source.columns.empty()) {
    damage.column = mapping_.columns[source.columns.front()];
    damage.offset = std::min(row.fields[source.columns.front()].offset, row.raw.size());
  }
  damage.why = std::move(why);
  damage.remedy = "correct the field, or the mapping where every row says so";
  return false;
}

std::string_view RowMapper::text_of(const Row& row, const ValueSource& source) {
  std::string_view text;
  if (source.columns.empty()) {
    text = source.constant;
  } else if (source.columns.size() == 1) {
    text = row.fields[source.columns.front()].text;
  } else {
    joined_.clear();
    for (const std::size_t column : source.columns) {
      if (!joined_.empty()) joined_ += ' ';
      joined_ += source.trim ? trimmed(row.fields[column].text) : row.fields[column].text;
    }
    text = joined_;
  }
  return source.trim ? trimmed(text) : text;
}

bool RowMapper::time_of(const Row& row, const ValueSource& source, core::TimeMs& out, Damage& damage) {
  const std::string_view text = text_of(row, source);
  const core::Result<core::TimeMs> time = instant(text, source.time);
  if (!time) return fail(row, source, quoted_value(text) + " " + time.error().detail, damage);
  out = *time;
  return true;
}

bool RowMapper::holds(const Row& row, const std::vector<Condition>& when) const {
  return std::ranges::all_of(when, [&](const Condition& condition) {
    const bool found =
        std::ranges::find(condition.any_of, row.fields[condition.column].text) != condition.any_of.end();
    return found != condition.negated;
  });
}

core::Status RowMapper::put(const Assignment& assignment, std::string_view text) {
  switch (assignment.target) {
    case Target::card_number:
      return door_.put_card_number(builder_, text);
    case Target::card_token:
      return door_.put_card_token(builder_, assignment.name_space, text);
    case Target::card_masked:
      return door_.put_card_masked(builder_, text);
    case Target::attribute:
    case Target::extra:
      break;
  }
  const auto put_value = [&](const auto& converted) -> core::Status {
    if (!converted)
      return core::fail(converted.error().code, "", quoted_value(text) + " " + converted.error().detail);
    return door_.put_value(builder_, assignment.name, Value::of(*converted));
  };
  switch (assignment.value.as) {
    case Conversion::text:
      return door_.put_value(builder_, assignment.name, Value::of(text));
    case Conversion::integer:
      return put_value(whole_number(text));
    case Conversion::decimal:
      return put_value(minor_units(text, assignment.value.decimal));
    case Conversion::boolean:
      return put_value(truth(text));
    case Conversion::time:
      return put_value(instant(text, assignment.value.time));
    case Conversion::number:
      return put_value(real_number(text));
  }
  return {};
}

bool RowMapper::assign(const Row& row, const Assignment& assignment, Damage& damage) {
  const ValueSource& source = assignment.value;
  std::string_view text = text_of(row, source);
  if (source.mapped && !text.empty()) {
    if (const auto word = source.words.find(text); word != source.words.end())
      text = word->second;
    else if (source.other)
      text = *source.other;
    else
      return fail(row, source, quoted_value(text) + " is not in the mapping's map of " + assignment.name,
                  damage);
  }
  if (text.empty()) {
    if (source.required)
      return fail(row, source, "the field is empty but " + assignment.name + " is required", damage);
    return true;
  }
  const core::Status status = put(assignment, text);
  if (!status) return fail(row, source, assignment.name + ": " + status.error().detail, damage);
  return true;
}

bool RowMapper::map(const Row& row, RowEntries& out, Damage& damage) {
  core::TimeMs event_time = 0;
  out.count = 0;
  out.line = row.line;
  if (!time_of(row, mapping_.time, event_time, damage)) return false;
  out.arrival = event_time;
  if (mapping_.arrival && !time_of(row, *mapping_.arrival, out.arrival, damage)) return false;
  for (std::size_t i = 0; i < mapping_.emits.size(); ++i) {
    const Emit& emit = mapping_.emits[i];
    if (!holds(row, emit.when)) continue;
    builder_.clear();
    builder_.header.kind = emit.kind;
    builder_.header.event_time = builder_.header.raw_event_time = event_time + emit.offset;
    builder_.header.admitted_at = out.arrival + emit.offset;
    for (const Assignment& assignment : emit.set)
      if (!assign(row, assignment, damage)) return false;
    if (!batch_.source.empty()) {
      builder_.header.flags |= payment::flag_history;
      builder_.set(AttributeId::client, Value::of(std::string_view(client_)));
      builder_.set(AttributeId::source, Value::of(std::string_view(batch_.source)));
      if (builder_.get(AttributeId::id).absent()) {
        const std::string id = batch_.prefix + ":" + std::to_string(row.line) + ":" + std::to_string(i);
        builder_.set(AttributeId::id, Value::of(std::string_view(id)));
      }
    }
    if (out.drafts.size() == out.count) out.drafts.emplace_back();
    Draft& draft = out.drafts[out.count];
    core::Status status = door_.finish(builder_);
    if (status) status = builder_.encode(draft.bytes);
    if (!status) {
      const std::string where = status.error().where.empty() ? "" : status.error().where + ": ";
      return fail(row, {}, where + status.error().detail, damage);
    }
    draft.order = builder_.header.admitted_at;
    draft.kind = emit.kind;
    draft.emit = static_cast<std::uint8_t>(i);
    ++out.count;
  }
  return true;
}

}  // namespace tillwatch::intake
