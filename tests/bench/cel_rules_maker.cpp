// Writes 500 random rules twice, as expressions and as the C++ that a programmer would write for them, so
// that the benchmark compares the same conditions. Run by the build; the argument is the file to write.
#include <cstdint>
#include <fstream>
#include <set>
#include <string>

#include "rules_world.h"

namespace {

using namespace rules_world;

struct Term {
  std::string expression;
  std::string code;
};

std::string quoted(std::string_view text) {
  return "'" + std::string(text) + "'";
}

// Thresholds are few per attribute, as in real policies: rules share predicates. Most terms hold for
// between a tenth and a half of the events.
Term number_term(Random& random, int attribute, std::string_view member) {
  const bool above = random.below(2) == 0;
  std::string sign = above ? ">" : "<";
  if (random.below(2) == 0) sign += "=";
  if (random.below(16) == 0) sign = random.below(2) == 0 ? "==" : "!=";
  const std::uint64_t hundreds = above ? 5 + random.below(5) : 1 + random.below(5);
  const std::string constant =
      std::to_string(100 * hundreds) + (type_of(attribute) == Type::real ? ".0" : "");
  return {sign + " " + constant, std::string(member) + " " + sign + " " + constant};
}

Term text_term(Random& random, std::string_view member) {
  const std::string variable(member);
  const auto choice = [&random] { return std::string(texts[random.below(std::size(texts))]); };
  if (random.below(2) == 0) {
    const std::string sign = random.below(8) == 0 ? "!=" : "==";
    const std::string text = choice();
    return {sign + " " + quoted(text), variable + " " + sign + " \"" + text + "\""};
  }
  Term term{"in [", "("};
  const std::uint64_t count = 3 + random.below(4);
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::string text = choice();
    term.expression += (i == 0 ? "" : ", ") + quoted(text);
    term.code.append(i == 0 ? "" : " || ").append(variable).append(" == \"").append(text).append("\"");
  }
  return {term.expression + "]", term.code + ")"};
}

Term make_term(Random& random, int attribute) {
  const std::string name = "a" + std::to_string(attribute);
  const std::string at = "[" + std::to_string(attribute - first_of(type_of(attribute))) + "]";
  Term term;
  switch (type_of(attribute)) {
    case Type::integer:
      term = number_term(random, attribute, "e.integers" + at);
      break;
    case Type::real:
      term = number_term(random, attribute, "e.reals" + at);
      break;
    case Type::text:
      term = text_term(random, "e.texts" + at);
      break;
    case Type::boolean: {
      const bool negated = random.below(2) == 0;
      term.code = (negated ? "!e.flags" : "e.flags") + at;
      if (negated) return {"!" + name, "(e.has[" + std::to_string(attribute) + "] && " + term.code + ")"};
      break;
    }
  }
  const std::string code = "(e.has[" + std::to_string(attribute) + "] && " + term.code + ")";
  return {name + (term.expression.empty() ? "" : " " + term.expression), code};
}

// No attribute twice in a rule: what contradicts itself is no rule.
Term make_rule(Random& random) {
  std::set<int> used;
  const auto next_term = [&] {
    int attribute = 0;
    do attribute = static_cast<int>(random.below(attribute_count));
    while (!used.insert(attribute).second);
    return make_term(random, attribute);
  };
  const std::uint64_t terms = 2 + random.below(5);
  Term rule = next_term();
  for (std::uint64_t i = 1; i < terms; ++i) {
    const Term next = next_term();
    const std::string sign = random.below(10) == 0 ? " || " : " && ";
    rule.expression = "(" + rule.expression + sign + next.expression + ")";
    rule.code = "(" + rule.code + sign + next.code + ")";
  }
  return rule;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  std::ofstream out(argv[1]);
  Random random(20260703);
  std::string sources;
  std::string functions;
  for (int i = 0; i < rule_count; ++i) {
    const Term rule = make_rule(random);
    sources += "    \"" + rule.expression + "\",\n";
    functions += "  fired[" + std::to_string(i) + "] = " + rule.code + ";\n";
  }
  out << "inline constexpr const char* rule_sources[] = {\n"
      << sources << "};\n"
      << "void judge_by_hand(const rules_world::Event& e, bool* fired);\n"
      << "#ifdef CEL_RULES_BY_HAND\n"
      << "void judge_by_hand(const rules_world::Event& e, bool* fired) {\n"
      << functions << "}\n#endif\n";
  return out.flush() ? 0 : 1;
}
