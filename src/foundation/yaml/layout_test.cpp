#include "yaml/layout.h"
#include "sim/rounds.h"

#include <gtest/gtest.h>

#include <random>

namespace tillwatch::yaml {
namespace {

std::string laid(const std::string& text) {
  const auto result = lay_out(text, "f");
  if (!result) return "refused: " + result.error().to_string();
  return *result;
}

TEST(Layout, PutsEverythingTwoSpacesDeeper) {
  EXPECT_EQ(laid("a:\n      b: 1\n      c:\n       - x\n       -   y: 1\n           z: 2\n"),
            "a:\n  b: 1\n  c:\n    - x\n    - y: 1\n      z: 2\n");
  EXPECT_EQ(laid("a:\n- \n-   \n- b\n"), "a:\n  -\n  -\n  - b\n");
  EXPECT_EQ(laid("a:\n- 1\n- 2\n"), "a:\n  - 1\n  - 2\n");
}

TEST(Layout, KeepsRemarksWhereTheyStand) {
  EXPECT_EQ(laid("# top\n\n\n\na:   # of a\n    # of b\n    b: 1 # one\n# margin\n"),
            "# top\n\na:   # of a\n  # of b\n  b: 1 # one\n# margin\n");
  EXPECT_EQ(laid("a:\n      # first\n      - x # 1\n      # second\n      - y\n"),
            "a:\n  # first\n  - x # 1\n  # second\n  - y\n");
  EXPECT_EQ(laid("a: '# no remark'\nb: \"x # y\"\nc: d#e\n"), "a: '# no remark'\nb: \"x # y\"\nc: d#e\n");
}

TEST(Layout, PutsSpacesInFlow) {
  EXPECT_EQ(laid("a: { b: 1 ,c:   [ 1,2 , 3 ],d: \"x,  y\" }\n"), "a: {b: 1, c: [1, 2, 3], d: \"x,  y\"}\n");
  EXPECT_EQ(laid("a:\n    - { b: 1,\n        c: 2 }\n"), "a:\n  - {b: 1,\n     c: 2}\n");
  EXPECT_EQ(laid("when: x in [ 1,2 ]\n"), "when: x in [ 1,2 ]\n") << "that is a text, not flow";
}

TEST(Layout, LeavesTextsAlone) {
  EXPECT_EQ(laid("a: >-\n     one  two\n     three\n\n       deeper # text\nb: 1\n"),
            "a: >-\n  one  two\n  three\n\n    deeper # text\nb: 1\n");
  EXPECT_EQ(laid("a: |\n      x\n\n\n      y\n"), "a: |\n  x\n\n\n  y\n");
  EXPECT_EQ(laid("a: one\n      two\nb: 'x\n   y'\n"), "a: one\n  two\nb: 'x\n  y'\n");
  EXPECT_EQ(laid("a: it's {not, flow}\n"), "a: it's {not, flow}\n");
}

TEST(Layout, EndsInOneLineBreakWithoutBlanks) {
  EXPECT_EQ(laid("a: 1   \r\nb: 2\t\n\n\n"), "a: 1\nb: 2\n");
  EXPECT_EQ(laid("a: 1"), "a: 1\n");
  EXPECT_EQ(laid(""), "");
}

TEST(Layout, RefusesWhatItWouldChange) {
  EXPECT_TRUE(laid("a: |\n b\n   \nc: 1\n").starts_with("refused: f:1:1: this file cannot be laid out"));
}

TEST(Layout, RefusesWhatIsNoYaml) {
  EXPECT_TRUE(laid("a: [1\n").starts_with("refused: f:"));
  EXPECT_TRUE(laid("a:\n\tb: 1\n").starts_with("refused: f:2"));
}

// Random documents in random layouts: what comes out says the same, and a second pass changes nothing.
class RandomDocument {
 public:
  explicit RandomDocument(std::uint32_t seed) : random_(seed) {}
  std::string make() {
    mapping(0, 0);
    return text_;
  }

 private:
  std::uint32_t roll(std::uint32_t n) { return static_cast<std::uint32_t>(random_() % n); }
  void litter(std::size_t indent) {
    if (roll(5) == 0) text_ += "\n";  // one of blanks after a block would be part of its text
    if (roll(6) == 0) text_ += std::string(roll(4) == 0 ? 0 : indent, ' ') + "# remark, {with} [signs]: 'x\n";
  }
  std::string tail() { return roll(6) == 0 ? "  # end's remark\n" : roll(6) == 0 ? "  \n" : "\n"; }
  std::string scalar() {
    static const char* const words[] = {"x",
                                        "1",
                                        "0.5",
                                        "a > 1 && b in [1, 2]",
                                        "'it''s, {ok}'",
                                        "\"a: \\\" # b\"",
                                        "don't",
                                        "2026-01-01",
                                        "中文",
                                        "{}",
                                        "[ ]",
                                        "{ a: 1 ,b: [x,  \"y ,z\"] }",
                                        "[a,b , 'c']",
                                        "tx.type == \"sale\"",
                                        "-5"};
    return words[roll(15)];
  }
  void block(std::size_t indent) {
    text_ += roll(2) == 0 ? ">-\n" : "|\n";
    const std::string deep(indent + 1 + roll(4), ' ');
    for (std::uint32_t i = 0, n = 1 + roll(3); i < n; ++i) {
      text_ += deep + (i != 0 && roll(3) == 0 ? "  " : "") + "line # " + std::to_string(i) + "\n";
      if (roll(4) == 0 && i + 1 < n) text_ += "\n";
    }
  }
  void value(std::size_t indent, int depth) {
    const std::uint32_t kind = depth > 3 ? roll(2) : roll(6);
    if (kind == 0) {
      text_ += " " + std::string(roll(3), ' ');
      block(indent);
    } else if (kind <= 2) {
      text_ += " " + std::string(roll(3), ' ') + scalar() + tail();
    } else if (kind <= 4) {
      text_ += tail();
      sequence(indent + roll(4), depth + 1);
    } else {
      text_ += tail();
      mapping(indent + 1 + roll(4), depth + 1);
    }
  }
  void mapping(std::size_t indent, int depth) {
    for (std::uint32_t i = 0, n = 1 + roll(4); i < n; ++i) {
      litter(indent);
      text_ += std::string(indent, ' ') + "k" + std::to_string(i) + ":";
      value(indent, depth);
    }
  }
  void sequence(std::size_t indent, int depth) {
    for (std::uint32_t i = 0, n = 1 + roll(4); i < n; ++i) {
      litter(indent);
      const std::size_t gap = 1 + roll(3);
      text_ += std::string(indent, ' ') + "-" + std::string(gap, ' ');
      if (roll(2) == 0) {
        text_ += scalar() + tail();
        continue;
      }
      text_ += "k0:";
      value(indent + 1 + gap, depth + 1);
      if (roll(2) != 0) continue;
      text_ += std::string(indent + 1 + gap, ' ') + "k1:";
      value(indent + 1 + gap, depth + 1);
    }
  }
  std::mt19937 random_;
  std::string text_;
};

std::size_t remarks(const std::string& text) {
  std::size_t count = 0;
  for (std::size_t at = text.find("remark"); at != std::string::npos; at = text.find("remark", at + 1))
    ++count;
  return count;
}

TEST(Layout, OfRandomDocumentsSaysTheSameAndIsTheLast) {
  std::uint64_t done = 0;
  const std::uint64_t documents = sim::rounds(3000);
  for (std::uint32_t seed = 1; seed <= documents; ++seed) {
    const std::string text = RandomDocument(seed).make();
    const auto before = parse(text, "f");
    if (!before) continue;  // some random remarks are no YAML
    const auto once = lay_out(text, "f");
    EXPECT_TRUE(once) << "seed " << seed << "\n" << text;
    if (!once) continue;
    const auto after = parse(*once, "f");
    ASSERT_TRUE(after) << "seed " << seed << "\n" << *once;
    EXPECT_TRUE(same(*before, *after)) << "seed " << seed << "\n" << text << "----\n" << *once;
    EXPECT_EQ(laid(*once), *once) << "seed " << seed << "\n" << text;
    EXPECT_EQ(remarks(*once), remarks(text)) << "seed " << seed << "\n" << text << "----\n" << *once;
    ++done;
  }
  EXPECT_GT(done, documents * 5 / 6);
}

}  // namespace
}  // namespace tillwatch::yaml
