#include "desk/fields.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

namespace tillwatch::desk {
namespace {

bool has_control(std::string_view text) {
  return std::ranges::any_of(text, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && c != '\n' && c != '\t') || byte == 0x7f;
  });
}

std::string list_of(Words words) {
  std::string list;
  for (const std::string_view word : words) list.append(list.empty() ? "" : ", ").append(word);
  return list;
}

std::string length_wanted(std::size_t min, std::size_t max) {
  return min == 0 ? fmt::format("expected a text of at most {} bytes without control characters", max)
                  : fmt::format("expected a text of {} to {} bytes without control characters", min, max);
}

constexpr std::string_view time_wanted = "expected a time such as 2026-07-03T06:05:00.000Z";

}  // namespace

Body::Body(const Call& call) : root_(call.body) {}

std::optional<json::View> Body::find(std::string_view name, bool required) {
  if (std::ranges::find(asked_, name) == asked_.end()) asked_.emplace_back(name);
  const auto found = root_ ? root_->find(name) : std::nullopt;
  if (found && (required || !found->is(json::Kind::null))) return found;
  if (required) fault(name, "this is needed");
  return std::nullopt;
}

bool Body::has(std::string_view name) const {
  return root_ && root_->find(name).has_value();
}

bool Body::is_null(std::string_view name) const {
  const auto found = root_ ? root_->find(name) : std::nullopt;
  return found && found->is(json::Kind::null);
}

std::optional<json::View> Body::view_if(std::string_view name) {
  return find(name, false);
}

void Body::fault(std::string_view name, std::string detail) {
  faults_.push_back({"/" + std::string(name), std::move(detail)});
}

void Body::fault_at(const json::View& view, std::string detail) {
  faults_.push_back({view.pointer(), std::move(detail)});
}

std::optional<std::string> Body::checked_text(const json::View& view, std::size_t min, std::size_t max) {
  if (view.is(json::Kind::string)) {
    const std::string_view text = *view.as_string();
    if (text.size() >= min && text.size() <= max && !has_control(text)) return std::string(text);
  }
  fault_at(view, length_wanted(min, max));
  return std::nullopt;
}

std::string Body::text(std::string_view name, std::size_t min, std::size_t max) {
  const auto view = find(name, true);
  return view ? checked_text(*view, min, max).value_or("") : "";
}

std::optional<std::string> Body::text_if(std::string_view name, std::size_t min, std::size_t max) {
  const auto view = find(name, false);
  return view ? checked_text(*view, min, max) : std::nullopt;
}

std::optional<std::string> Body::word_if(std::string_view name, Words words) {
  const auto view = find(name, false);
  if (!view) return std::nullopt;
  if (view->is(json::Kind::string)) {
    const std::string_view text = *view->as_string();
    if (std::ranges::find(words, text) != words.end()) return std::string(text);
  }
  fault_at(*view, "expected one of: " + list_of(words));
  return std::nullopt;
}

std::string Body::word(std::string_view name, Words words) {
  if (!find(name, true)) return "";
  if (is_null(name)) fault(name, "expected one of: " + list_of(words));
  return word_if(name, words).value_or("");
}

std::optional<std::int64_t> Body::integer_if(std::string_view name, std::int64_t min, std::int64_t max) {
  const auto view = find(name, false);
  if (!view) return std::nullopt;
  const auto number = view->as_integer();
  if (number && *number >= min && *number <= max) return *number;
  fault_at(*view, fmt::format("expected a whole number from {} to {}", min, max));
  return std::nullopt;
}

std::int64_t Body::integer(std::string_view name, std::int64_t min, std::int64_t max) {
  if (!find(name, true)) return 0;
  if (is_null(name)) fault(name, fmt::format("expected a whole number from {} to {}", min, max));
  return integer_if(name, min, max).value_or(0);
}

std::optional<bool> Body::boolean_if(std::string_view name) {
  const auto view = find(name, false);
  if (!view) return std::nullopt;
  const auto flag = view->as_boolean();
  if (flag) return *flag;
  fault_at(*view, "expected true or false");
  return std::nullopt;
}

bool Body::boolean(std::string_view name) {
  if (!find(name, true)) return false;
  if (is_null(name)) fault(name, "expected true or false");
  return boolean_if(name).value_or(false);
}

std::optional<core::TimeMs> Body::time_if(std::string_view name) {
  const auto view = find(name, false);
  if (!view) return std::nullopt;
  if (view->is(json::Kind::string))
    if (const auto time = core::parse_time(*view->as_string())) return time;
  fault_at(*view, std::string(time_wanted));
  return std::nullopt;
}

core::TimeMs Body::time(std::string_view name) {
  if (!find(name, true)) return 0;
  if (is_null(name)) fault(name, std::string(time_wanted));
  return time_if(name).value_or(0);
}

std::optional<std::vector<std::string>> Body::texts_if(std::string_view name, std::size_t count_max,
                                                       std::size_t max) {
  const auto view = find(name, false);
  if (!view) return std::nullopt;
  if (!view->is(json::Kind::array) || view->size() > count_max) {
    fault_at(*view, fmt::format("expected a list of at most {} texts", count_max));
    return std::nullopt;
  }
  std::vector<std::string> texts;
  for (const json::View& element : view->elements())
    if (auto text = checked_text(element, 1, max)) texts.push_back(*std::move(text));
  return texts;
}

std::vector<std::string> Body::texts(std::string_view name, std::size_t count_max, std::size_t max) {
  if (!find(name, true)) return {};
  if (is_null(name)) fault(name, fmt::format("expected a list of at most {} texts", count_max));
  return texts_if(name, count_max, max).value_or(std::vector<std::string>());
}

std::optional<http::Response> Body::refusal() {
  if (root_) {
    for (const json::Member& member : root_->members())
      if (std::ranges::find(asked_, member.name) == asked_.end())
        fault_at(member.value, "there is no such member here");
  }
  if (faults_.empty()) return std::nullopt;
  return refuse(Problem::invalid_request, "the body is not right; errors says where", faults_);
}

std::optional<std::string> Query::text(std::string_view name, std::size_t max) {
  const auto value = call_.parameter(name);
  if (!value) return std::nullopt;
  if (!value->empty() && value->size() <= max && !has_control(*value)) return std::string(*value);
  fault(name, length_wanted(1, max));
  return std::nullopt;
}

std::optional<std::string> Query::word(std::string_view name, Words words) {
  const auto value = call_.parameter(name);
  if (!value) return std::nullopt;
  if (std::ranges::find(words, *value) != words.end()) return std::string(*value);
  fault(name, "expected one of: " + list_of(words));
  return std::nullopt;
}

std::optional<std::int64_t> Query::integer(std::string_view name, std::int64_t min, std::int64_t max) {
  const auto value = call_.parameter(name);
  if (!value) return std::nullopt;
  std::int64_t number = 0;
  const char* const end_wanted = value->data() + value->size();
  const auto [end, fault_code] = std::from_chars(value->data(), end_wanted, number);
  if (!value->empty() && fault_code == std::errc() && end == end_wanted && number >= min && number <= max)
    return number;
  fault(name, fmt::format("expected a whole number from {} to {}", min, max));
  return std::nullopt;
}

std::optional<bool> Query::boolean(std::string_view name) {
  const auto value = word(name, {"true", "false"});
  return value ? std::optional(*value == "true") : std::nullopt;
}

std::optional<core::TimeMs> Query::time(std::string_view name) {
  const auto value = call_.parameter(name);
  if (!value) return std::nullopt;
  if (const auto time = core::parse_time(*value)) return time;
  fault(name, std::string(time_wanted));
  return std::nullopt;
}

void Query::fault(std::string_view name, std::string detail) {
  faults_.push_back({"?" + std::string(name), std::move(detail)});
}

std::optional<http::Response> Query::refusal() const {
  if (faults_.empty()) return std::nullopt;
  return refuse(Problem::invalid_request, "a parameter is not right; errors says which", faults_);
}

}  // namespace tillwatch::desk
