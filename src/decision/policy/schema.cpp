#include "policy/schema.h"

#include <fmt/format.h>

#include <vector>

#include "policy/unit.h"

namespace tillwatch::policy {
namespace {

constexpr std::string_view duration_pattern = R"(^([0-9]+(d|h|m|s|ms))+$)";
constexpr std::string_view date_pattern =
    R"(^[0-9]{4}-[0-9]{2}-[0-9]{2}([Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2}))?$)";

std::string quoted(std::string_view text) {
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"') result += '\\';
    result += c;
  }
  return result + "\"";
}

std::string reference(std::string_view section) {
  std::string name(section);
  for (char& c : name)
    if (c == ' ') c = '_';
  return name;
}

std::string words_as_json(const std::vector<std::string_view>& words) {
  std::string text = "[";
  for (const std::string_view word : words) text += (text.size() > 1 ? ", " : "") + quoted(word);
  return text + "]";
}

std::vector<std::string_view> unit_names() {
  std::vector<std::string_view> names;
  for (const UnitWord& unit : unit_words()) names.push_back(unit.word);
  return names;
}

// What a value has to be, without braces.
std::string constraint(const MemberRule& member) {
  const std::vector<std::string_view> words(member.words.begin(), member.words.end());
  switch (member.kind) {
    case MemberKind::text:
      return R"("type": "string")";
    case MemberKind::texts:
      return R"("anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}])";
    case MemberKind::integer:
      return fmt::format(R"("type": "integer", "minimum": {}, "maximum": {})", member.low, member.high);
    case MemberKind::number:
      return R"("type": "number")";
    case MemberKind::share:
      return R"("type": "number", "minimum": 0, "maximum": 1)";
    case MemberKind::duration:
      return fmt::format(R"("type": "string", "pattern": {})", quoted(duration_pattern));
    case MemberKind::window:
      return fmt::format(R"("anyOf": [{{"enum": ["day", "month"]}}, {{"type": "string", "pattern": {}}}])",
                         quoted(duration_pattern));
    case MemberKind::date:
      return fmt::format(R"("type": "string", "pattern": {})", quoted(date_pattern));
    case MemberKind::expression:
    case MemberKind::scalar:
      return R"("type": ["string", "number", "boolean"])";
    case MemberKind::wording:
      return R"("$ref": "#/$defs/wording")";
    case MemberKind::choice:
      return R"("enum": )" + words_as_json(words);
    case MemberKind::choices:
      return fmt::format(R"("anyOf": [{{"enum": {0}}}, {{"type": "array", "items": {{"enum": {0}}}}}])",
                         words_as_json(words));
    case MemberKind::unit:
      return R"("enum": )" + words_as_json(unit_names());
    case MemberKind::object:
      return fmt::format(R"("$ref": "#/$defs/{}")", reference(member.of));
    case MemberKind::list:
      return fmt::format(R"("type": "array", "items": {{"$ref": "#/$defs/{}"}})", reference(member.of));
  }
  return {};
}

std::string body_of(const SectionRule& section, std::string_view indent) {
  std::string text = fmt::format("{0}\"type\": \"object\",\n{0}\"additionalProperties\": false,\n", indent);
  std::vector<std::string_view> required;
  for (const MemberRule& member : section.members)
    if (member.required) required.push_back(member.name);
  if (!required.empty()) text += fmt::format("{}\"required\": {},\n", indent, words_as_json(required));
  text += fmt::format("{}\"properties\": {{\n", indent);
  for (const MemberRule& member : section.members)
    text +=
        fmt::format("{}  {}: {{\"description\": {}, {}}}{}\n", indent, quoted(member.name),
                    quoted(member.text), constraint(member), &member == &section.members.back() ? "" : ",");
  return text + fmt::format("{}}}", indent);
}

}  // namespace

std::string policy_schema() {
  const std::span<const SectionRule> sections = schema_sections();
  std::string text = R"({
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "title": "A file of a Tillwatch policy pack",
)";
  text += body_of(sections.front(), "  ") + ",\n  \"$defs\": {\n";
  text +=
      "    \"wording\": {\n      \"type\": \"object\", \"additionalProperties\": false, \"required\": "
      "[\"en\", "
      "\"zh\"],\n      \"properties\": {\"en\": {\"type\": \"string\"}, \"zh\": {\"type\": \"string\"}}\n    "
      "}";
  for (const SectionRule& section : sections.subspan(1))
    text +=
        fmt::format(",\n    {}: {{\n{}\n    }}", quoted(reference(section.name)), body_of(section, "      "));
  return text + "\n  }\n}\n";
}

}  // namespace tillwatch::policy
