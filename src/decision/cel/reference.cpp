// The reference, from the tables. Called by `tillwatch cel --reference`.
#include "cel/reference.h"

#include <array>

#include "cel/bounds.h"
#include "cel/library.h"
#include "cel/macros.h"

namespace tillwatch::cel {
namespace {

struct SyntaxForm {
  std::string_view form;
  std::string_view types;
  std::string_view about;
};
// What is no function but part of the grammar, from the tightest to the loosest.
constexpr std::array<SyntaxForm, 7> syntax_forms = {
    {{"a.b", "map(string, A) -> A", "the attribute, or the map's entry; an error where it is not there"},
     {"a[b]", "list(A), int -> A; map(A, B), A -> B",
      "the item at the position, from 0; the entry under the key"},
     {"a.?b", "map(string, A) -> optional(A)", "the same as an optional: none where it is not there"},
     {"a[?b]", "list(A), int -> optional(A); map(A, B), A -> optional(B)", "the same as an optional"},
     {"a && b", "bool, bool -> bool",
      "both hold; false where one is false, even where the other is an error or unknown"},
     {"a \\|\\| b", "bool, bool -> bool",
      "one of them holds; true where one is true, even where the other is an error or unknown"},
     {"a ? b : c", "bool, A, A -> A", "b where a holds, else c; only that one is looked at"}}};

struct Part {
  std::string_view title;
  std::span<const Function> functions;
};

void row(std::string& out, std::string_view form, std::string_view types, std::string_view about) {
  out.append("| `").append(form).append("` | ").append(types).append(" | ").append(about).append(" |\n");
}

// "a + b", "size(a)", "a.contains(b)": by the number of the parameters of the first signature.
std::string form_of(const Function& function) {
  const std::string_view name = function.name;
  if (name == "-_" || name == "!_") return std::string(name.substr(0, 1)) + "a";
  if (name.front() == '_') return "a " + std::string(name.substr(1, name.size() - 2)) + " b";
  if (function.signatures.front().parameters == "number...") return std::string(name) + "(a, b, ...)";
  std::size_t least = 10;
  std::size_t most = 0;
  for (const Signature& signature : function.signatures) {
    std::size_t count = signature.parameters.empty() ? 0 : 1;
    int depth = 0;
    for (const char c : signature.parameters) {
      depth += c == '(' ? 1 : c == ')' ? -1 : 0;
      count += c == ',' && depth == 0 ? 1u : 0u;
    }
    least = std::min(least, count);
    most = std::max(most, count);
  }
  constexpr std::string_view letters = "abcd";
  std::string text = function.member ? "a." : "";
  text.append(name).append("(");
  const std::size_t first = function.member ? 1 : 0;
  for (std::size_t i = first; i < most; ++i) {
    const std::string_view comma = i == first ? "" : ", ";
    const bool optional = i >= least;
    text.append(optional ? "[" : "").append(comma).append(1, letters[i]).append(optional ? "]" : "");
  }
  return text + ")";
}

std::string types_of(const Function& function) {
  std::string text;
  for (const Signature& signature : function.signatures) {
    if (!text.empty()) text += "; ";
    const bool numbers = signature.parameters == "number...";
    text.append(numbers                        ? "numbers, or a list of them"
                : signature.parameters.empty() ? "nothing"
                                               : signature.parameters);
    text.append(" -> ").append(numbers ? "the type of the numbers" : signature.result);
  }
  return text;
}

void bounds(std::string& out) {
  const Bounds bounds;
  out +=
      "### Bounds\n\nPassing one is an error that says so, with its place; nothing hangs.\n\n| Bound | At "
      "most |\n|---|---|\n";
  const auto line = [&out](std::string_view what, std::uint64_t number, std::string_view unit) {
    out.append("| ")
        .append(what)
        .append(" | ")
        .append(std::to_string(number))
        .append(" ")
        .append(unit)
        .append(" |\n");
  };
  line("source text", bounds.source_bytes_max, "octets");
  line("nesting", bounds.nesting_max, "levels");
  line("a list or map written out", bounds.literal_items_max, "items");
  line("a list or map made by evaluating", bounds.list_items_max, "items");
  line("one evaluation", bounds.instructions_max, "instructions");
  line("memory of one evaluation", core::limits::cel_arena_bytes_default, "octets");
  line("lists in lists, when compared", core::limits::cel_value_depth_max, "levels");
}

}  // namespace

std::string language_reference() {
  const std::string head = "\n\n| Write | Types | It gives |\n|---|---|---|\n";
  std::string out =
      "### Operators\n\nFrom the tightest to the loosest: `.` `[]`, then `!` and the sign, `*` `/` `%`, `+` "
      "`-`, "
      "comparisons and `in`, `&&`, `||`, `? :`." +
      head;
  for (const Function& function : operator_library())
    row(out, form_of(function), types_of(function), function.about);
  for (const SyntaxForm& form : syntax_forms) row(out, form.form, form.types, form.about);
  out +=
      "\n### Macros\n\nThey bring names of their own; a map is gone through by its keys, in their "
      "order.\n\n| Write | It gives |\n|---|---|\n";
  for (const MacroForm& macro : macro_forms())
    out.append("| `").append(macro.form).append("` | ").append(macro.about).append(" |\n");
  const std::array<Part, 6> parts = {{{"Sizes, tests of texts, conversions", standard_library()},
                                      {"Texts", strings_library()},
                                      {"Times", time_library()},
                                      {"Numbers", math_library()},
                                      {"Optionals", optional_library()},
                                      {"Base64", encoder_library()}}};
  for (const Part& part : parts) {
    out.append("\n### ").append(part.title).append(head);
    for (const Function& function : part.functions)
      row(out, form_of(function), types_of(function), function.about);
  }
  out += "\n";
  bounds(out);
  return out;
}

}  // namespace tillwatch::cel
