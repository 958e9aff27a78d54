// Writes 500 random rules twice, as expressions and as the C++ that a programmer would write for them, so
// that the benchmark compares the same conditions. Run by the build; the argument is the file to write.
#include <cstdint>
#include <fstream>
#include <string>

namespace {

constexpr int rules = 500;
constexpr int attributes = 120;

class Random {
 public:
  std::uint64_t below(std::uint64_t n) {
    state_ = state_ * 6364136223846793005u + 1442695040888963407u;
    return (state_ >> 33) % n;
  }

 private:
  std::uint64_t state_ = 20260703;
};

struct Term {
  std::string expression;
  std::string code;
};

// Thresholds are few per attribute, as in real policies: rules share predicates.
Term make_term(Random& random) {
  const std::string number = std::to_string(random.below(attributes));
  const char* const signs[] = {">", ">=", "<", "<=", "==", "!="};
  const std::string sign = signs[random.below(random.below(4) == 0 ? 6 : 4)];
  const std::string constant = std::to_string(100 * (1 + random.below(8)));
  return {"a" + number + " " + sign + " " + constant, "a[" + number + "] " + sign + " " + constant};
}

Term make_rule(Random& random) {
  const std::uint64_t terms = 2 + random.below(5);
  Term rule = make_term(random);
  for (std::uint64_t i = 1; i < terms; ++i) {
    const Term next = make_term(random);
    const std::string sign = random.below(4) == 0 ? " || " : " && ";
    rule.expression = "(" + rule.expression + sign + next.expression + ")";
    rule.code = "(" + rule.code + sign + next.code + ")";
  }
  return rule;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  std::ofstream out(argv[1]);
  Random random;
  std::string sources;
  std::string functions;
  for (int i = 0; i < rules; ++i) {
    const Term rule = make_rule(random);
    sources += "    \"" + rule.expression + "\",\n";
    functions += "  fired[" + std::to_string(i) + "] = " + rule.code + ";\n";
  }
  out << "inline constexpr const char* rule_sources[] = {\n"
      << sources << "};\n"
      << "inline constexpr int attribute_count = " << attributes << ";\n"
      << "void judge_by_hand(const std::int64_t* a, bool* fired);\n"
      << "#ifdef CEL_RULES_BY_HAND\nvoid judge_by_hand(const std::int64_t* a, bool* fired) {\n"
      << functions << "}\n#endif\n";
  return out.flush() ? 0 : 1;
}
