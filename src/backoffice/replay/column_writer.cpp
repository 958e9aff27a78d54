#include "replay/column_writer.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "core/check.h"
#include "core/limits.h"
#include "yaml/yaml.h"

namespace tillwatch::replay {
namespace {

const std::vector<std::string> special{"sequence", "authorisation", "settlement",
                                       "subject",  "score",         "rules"};

template <class T>
void append_number(std::string& out, T number) {
  std::array<char, 32> buffer{};
  const auto [end, error] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number);
  CHECK(error == std::errc());
  out.append(buffer.data(), end);
}

core::Error unknown_column(std::string_view name, const policy::Bundle& bundle) {
  std::vector<std::string> known = special;
  for (const policy::SlotInfo& slot : bundle.slots()) known.push_back(slot.name);
  for (const payment::AttributeInfo& info : payment::attributes()) known.emplace_back(info.name);
  const std::string near = yaml::nearest(name, known);
  return {core::ErrorCode::invalid, "--columns",
          "'" + std::string(name) + "' is no attribute, feature or derived value of the policy" +
              (near.empty() ? "" : "; did you mean '" + near + "'?")};
}

}  // namespace

void append_field(std::string& out, std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) {
    out += text;
    return;
  }
  out += '"';
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  out += '"';
}

core::Result<ColumnWriter> ColumnWriter::create(std::string_view list, const policy::Bundle& bundle) {
  ColumnWriter writer;
  while (true) {
    const std::size_t comma = list.find(',');
    const std::string_view item = list.substr(0, comma);
    const std::size_t equals = item.find('=');
    const std::string_view name = item.substr(0, equals);
    Column column;
    column.title = equals == std::string_view::npos ? name : item.substr(equals + 1);
    if (name.empty() || column.title.empty())
      return core::fail(core::ErrorCode::invalid, "--columns",
                        "a column has a name: a,b,c or a=HEADER,b=HEADER");
    const auto at = std::ranges::find(special, name);
    if (at != special.end()) {
      column.kind = static_cast<Kind>(at - special.begin() + 1);
    } else {
      const std::int64_t slot = bundle.find_slot(name);
      if (slot < 0) return std::unexpected(unknown_column(name, bundle));
      column.slot = static_cast<std::uint32_t>(slot);
    }
    writer.columns_.push_back(std::move(column));
    if (writer.columns_.size() > core::limits::row_columns_max)
      return core::fail(core::ErrorCode::limit, "--columns",
                        "there are more than " + std::to_string(core::limits::row_columns_max) + " columns");
    if (comma == std::string_view::npos) return writer;
    list.remove_prefix(comma + 1);
  }
}

void ColumnWriter::header(std::string& out) const {
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    if (i > 0) out += ',';
    append_field(out, columns_[i].title);
  }
  out += '\n';
}

void ColumnWriter::value(const Column& column, engine::Engine& engine, const engine::Decision& decision,
                         std::string& out) {
  switch (column.kind) {
    case Kind::sequence:
      append_number(out, decision.sequence.value);
      return;
    case Kind::authorisation:
      out += name_of(decision.proposed.authorisation);
      return;
    case Kind::settlement:
      out += name_of(decision.proposed.settlement);
      return;
    case Kind::subject:
      out += name_of(decision.proposed.subject);
      return;
    case Kind::score:
      append_number(out, static_cast<double>(decision.score_ppm) / 1e6);
      return;
    case Kind::rules: {
      std::string rules;
      for (const engine::RuleHit& hit : decision.hits)
        if (!hit.shadow) rules += (rules.empty() ? "" : " ") + hit.rule;
      append_field(out, rules);
      return;
    }
    case Kind::slot:
      break;
  }
  const engine::Reading reading = engine.last_value(column.slot);
  switch (reading.type) {
    case engine::Reading::Type::none:
      return;
    case engine::Reading::Type::boolean:
      out += reading.integer != 0 ? "true" : "false";
      return;
    case engine::Reading::Type::integer:
      append_number(out, reading.integer);
      return;
    case engine::Reading::Type::decimal:
      append_number(out, reading.decimal);
      return;
    case engine::Reading::Type::text:
    case engine::Reading::Type::list:
      append_field(out, reading.text);
      return;
  }
}

void ColumnWriter::row(engine::Engine& engine, const engine::Decision& decision, std::string& out) {
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    if (i > 0) out += ',';
    value(columns_[i], engine, decision, out);
  }
  out += '\n';
}

}  // namespace tillwatch::replay
