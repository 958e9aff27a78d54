#include "policy/section.h"

#include <algorithm>
#include <utility>

namespace tillwatch::policy {

std::string Fault::to_string() const {
  return fmt::format("{}: {}{}{}{}", place.to_string(), warning ? "warning: " : "", message,
                     hint.empty() ? "" : "; ", hint);
}

Place Expression::place_of(std::uint32_t line, std::uint32_t column) const {
  std::size_t code_point = column - 1;
  std::size_t at = 0;
  for (std::uint32_t each = 1; each < line && at < source.size(); ++at) {
    if (source[at] == '\n') ++each;
    if ((static_cast<unsigned char>(source[at]) & 0xc0) != 0x80) ++code_point;
  }
  Place found = place;
  std::size_t from = 0;
  for (const yaml::Continuation& each : continued) {
    if (each.at > code_point) break;
    from = each.at;
    found.line = each.line;
    found.column = each.column;
  }
  found.column += static_cast<int>(code_point - from);
  return found;
}

Section::Section(const yaml::Node& node, std::string what, Faults& faults)
    : node_(node), what_(std::move(what)), faults_(faults) {
  if (node_.kind != yaml::Node::Kind::mapping)
    fault(node_.place, fmt::format("a {} is a mapping of names to values", what_));
}

Section::~Section() {
  for (const auto& [key, value] : node_.members) {
    if (std::ranges::find(asked_, key.scalar) != asked_.end()) continue;
    const std::string near = yaml::nearest(key.scalar, asked_);
    fault(key.place, fmt::format("a {} has no '{}'", what_, key.scalar),
          near.empty() ? fmt::format("known are: {}", fmt::join(asked_, ", "))
                       : fmt::format("did you mean '{}'?", near));
  }
}

void Section::fault(const Place& place, std::string message, std::string hint) {
  faults_.push_back({place, std::move(message), std::move(hint)});
}

const yaml::Node* Section::member(std::string_view key) {
  if (std::ranges::find(asked_, key) == asked_.end()) asked_.emplace_back(key);
  const yaml::Node* node = node_.find(key);
  return node == nullptr || node->kind == yaml::Node::Kind::null ? nullptr : node;
}

const yaml::Node* Section::required(std::string_view key) {
  const yaml::Node* node = member(key);
  if (node == nullptr && node_.kind == yaml::Node::Kind::mapping)
    fault(node_.place, fmt::format("this {} lacks '{}'", what_, key), fmt::format("add {}: ...", key));
  return node;
}

void Section::text(std::string_view key, std::string& out, bool needed) {
  const yaml::Node* node = needed ? required(key) : member(key);
  if (node == nullptr) return;
  if (!node->is_scalar()) return fault(node->place, fmt::format("'{}' is a text", key));
  out = node->scalar;
}

void Section::integer(std::string_view key, std::int64_t& out, std::int64_t low, std::int64_t high) {
  const yaml::Node* node = member(key);
  if (node == nullptr) return;
  std::int64_t value = 0;
  if (!yaml::as_integer(*node, value) || value < low || value > high)
    return fault(node->place, fmt::format("'{}' is a whole number from {} to {}", key, low, high));
  out = value;
}

void Section::share(std::string_view key, std::uint32_t& out_ppm) {
  const yaml::Node* node = member(key);
  if (node == nullptr) return;
  double value = 0;
  if (!yaml::as_decimal(*node, value) || value < 0 || value > 1)
    return fault(node->place, fmt::format("'{}' is a share from 0 to 1", key),
                 node->scalar.ends_with("%") ? "write 0.05 for 5 %" : "");
  out_ppm = static_cast<std::uint32_t>(value * 1e6 + 0.5);
}

void Section::duration(std::string_view key, core::DurationMs& out) {
  const yaml::Node* node = member(key);
  if (node == nullptr) return;
  const std::optional<core::DurationMs> value =
      node->is_scalar() ? core::parse_duration(node->scalar) : std::nullopt;
  if (!value)
    return fault(node->place, fmt::format("'{}' is a duration", key),
                 "write 30d, 24h, 10m, 5s, 250ms or a sum such as 1h30m");
  out = *value;
}

void Section::date(std::string_view key, std::optional<core::TimeMs>& out) {
  const yaml::Node* node = member(key);
  if (node == nullptr) return;
  const std::string text = node->scalar.size() == 10 ? node->scalar + "T00:00:00Z" : node->scalar;
  out = core::parse_time(text);
  if (!out)
    fault(node->place, fmt::format("'{}' is a date", key), "write 2026-01-31 or 2026-01-31T00:00:00+08:00");
}

void Section::expression(std::string_view key, Expression& out, bool needed) {
  const yaml::Node* node = needed ? required(key) : member(key);
  if (node == nullptr) return;
  if (!node->is_scalar() || node->scalar.empty())
    return fault(node->place, fmt::format("'{}' is an expression", key));
  out = {node->scalar, node->place, node->continued};
}

void Section::wording(std::string_view key, Wording& out, bool needed) {
  const yaml::Node* node = needed ? required(key) : member(key);
  if (node == nullptr) return;
  if (node->kind != yaml::Node::Kind::mapping)
    return fault(node->place, fmt::format("'{}' is wanted in both languages", key),
                 "write {en: \"...\", zh: \"...\"}");
  Section words(*node, fmt::format("{} of a {}", key, what_), faults_);
  words.text("en", out.en, true);
  words.text("zh", out.zh, true);
}

void Section::texts(std::string_view key, std::vector<std::string>& out) {
  const yaml::Node* node = member(key);
  if (node == nullptr) return;
  if (node->is_scalar()) {
    out = {node->scalar};
    return;
  }
  if (node->kind != yaml::Node::Kind::sequence)
    return fault(node->place, fmt::format("'{}' is a list of names", key));
  for (const yaml::Node& item : node->items) {
    if (!item.is_scalar())
      fault(item.place, fmt::format("'{}' is a list of names", key));
    else
      out.push_back(item.scalar);
  }
}

std::optional<std::size_t> Section::choice(std::string_view key, const std::vector<std::string>& words) {
  const yaml::Node* node = member(key);
  if (node == nullptr) return std::nullopt;
  const auto at = std::ranges::find(words, node->scalar);
  if (node->is_scalar() && at != words.end()) return static_cast<std::size_t>(at - words.begin());
  const std::string near = yaml::nearest(node->scalar, words);
  fault(node->place, fmt::format("'{}' cannot be '{}'", key, node->scalar),
        near.empty() ? fmt::format("it is one of: {}", fmt::join(words, ", "))
                     : fmt::format("did you mean '{}'?", near));
  return std::nullopt;
}

}  // namespace tillwatch::policy
