// The JSON Schema of policy files, made from the tables of the code: what editors complete and mark. Called
// by `tillwatch policy schema` and by the test that holds contracts/policy.schema.json to it. What a schema
// cannot say (names, types, units) only `policy check` finds.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace tillwatch::policy {

enum class MemberKind : std::uint8_t {
  text,
  texts,    // one text or a list
  integer,  // low to high
  number,
  share,  // 0 to 1
  duration,
  window,  // a duration, day or month
  date,
  expression,
  wording,  // {en, zh}
  scalar,   // a number, true or false, or a text
  choice,   // one of `words`
  choices,  // one of `words`, or a list of them
  unit,
  object,  // as the section `of`
  list,    // of the section `of`
};

struct MemberRule {
  std::string_view name;
  MemberKind kind = MemberKind::text;
  bool required = false;
  std::string_view text;  // one sentence for editors
  std::span<const std::string_view> words{};
  std::string_view of{};
  std::int64_t low = 0;
  std::int64_t high = 0;
};

struct SectionRule {
  std::string_view name;  // "rule", "feature": as the reader calls it
  std::span<const MemberRule> members;
};
// Of all sections; the first is the file itself.
std::span<const SectionRule> schema_sections();

// The schema as JSON, with a line break at its end.
std::string policy_schema();

}  // namespace tillwatch::policy
