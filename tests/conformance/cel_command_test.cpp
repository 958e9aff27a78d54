// `tillwatch cel` as its user meets it: arguments in, text and exit code out.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <iostream>
#include <sstream>
#include <string>
#include <vector>

#include "cel_batch.h"
#include "cel_command.h"
#include "zone_files.h"

namespace tillwatch {
namespace {

struct Outcome {
  int code = 0;
  std::string out;
  std::string err;
};

Outcome run(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "cel");
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  testing::internal::CaptureStdout();
  testing::internal::CaptureStderr();
  Outcome outcome;
  outcome.code = cel_command(static_cast<int>(argv.size()), argv.data());
  std::cout.flush();
  outcome.out = testing::internal::GetCapturedStdout();
  outcome.err = testing::internal::GetCapturedStderr();
  return outcome;
}

TEST(CelCommand, EvaluatesWithBindings) {
  const Outcome outcome = run({"amount > 500000", "--bindings", R"({"amount": 600000})"});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_EQ(outcome.out, "{\"value\":{\"bool\":true}}\n");
}

TEST(CelCommand, PointsAtFaults) {
  const Outcome outcome = run({"amuont > 500000", "--bindings", R"({"amount": 600000})"});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_EQ(outcome.err, "1:1: unknown name 'amuont' (did you mean 'amount'?)\n  amuont > 500000\n  ^\n");
}

TEST(CelCommand, ChecksAndExplains) {
  EXPECT_EQ(run({"[1, 2].map(x, x * 2)", "--check"}).out, "list(int)\n");
  const Outcome outcome = run({"amount > 500000", "--explain", "--bindings", R"({"amount": 600000})"});
  EXPECT_EQ(outcome.out,
            "type: bool\nreads: amount (int)\ncost: 2 instructions at most\nstack: 1 values\n"
            "types:\n  1:8    >: bool\n  1:1      amount: int\n  1:10     500000: int\n"
            "program:\n   0  relation_slot amount > 500000\n   1  finish\n");
}

TEST(CelCommand, PutsTheMarkUnderWideCharacters) {
  EXPECT_EQ(run({"'\u6536\u5355' == nme"}).err,
            "1:9: unknown name 'nme' (is it a text that needs quotes?)\n  '\u6536\u5355' == nme\n"
            "   \u3000\u3000     ^\n");
}

TEST(CelCommand, ChecksWithoutValues) {
  EXPECT_EQ(run({"tags.filter(t, t != name)", "--check", "--declare", "tags=list(string)", "--declare",
                 "name=string"})
                .out,
            "list(string)\n");
  EXPECT_EQ(run({"x + 1", "--declare", "x=dyn", "--bindings", R"({"x": 2})"}).out,
            "{\"value\":{\"int\":\"3\"}}\n");
  EXPECT_EQ(run({"x + 1", "--declare", "x=int"}).out,
            "{\"error\":{\"message\":\"no such attribute: 'x'\",\"line\":1,\"column\":1}}\n");
  EXPECT_EQ(run({"x", "--declare", "x=integer"}).code, 2);
  EXPECT_EQ(run({"x", "--declare", "x"}).code, 2);
}

TEST(CelCommand, PrintsTheReference) {
  EXPECT_NE(run({"--reference"}).out.find("### Macros"), std::string::npos);
}

TEST(CelBatch, ChecksTypesAndTakesDeclarations) {
  ZoneFiles zones;
  const auto answer = [&](std::string_view line) { return answer_cel_line(line, &zones); };
  EXPECT_EQ(answer(R"({"expr": "[x, 1]", "declare": {"x": "int"}, "check": true})"),
            "{\"type\":\"list(int)\"}");
  EXPECT_EQ(
      answer(R"({"expr": "x + 'a'", "declare": {"x": "int"}, "check": true})"),
      R"x({"error":{"message":"'+' does not take (int, string) (convert the number with string(...))",)x"
      R"x("line":1,"column":3}})x");
  EXPECT_EQ(answer(R"({"expr": "x + 1", "bindings": {"x": 1}, "declare": {"x": "dyn"}})"),
            R"({"value":{"int":"2"}})");
  EXPECT_NE(answer(R"({"expr": "x", "declare": {"x": "integer"}})").find("is no type"), std::string::npos);
  EXPECT_NE(answer(R"({"expr": "x", "declare": ["x"]})").find("names and types"), std::string::npos);
}

// As long as it lives, standard input is no terminal, whatever the tests were started from.
class NoTerminal {
 public:
  NoTerminal() : kept_(::dup(STDIN_FILENO)), empty_(::open("/dev/null", O_RDONLY | O_CLOEXEC)) {
    ::dup2(empty_, STDIN_FILENO);
  }
  ~NoTerminal() {
    ::dup2(kept_, STDIN_FILENO);
    ::close(kept_);
    ::close(empty_);
  }
  NoTerminal(const NoTerminal&) = delete;
  NoTerminal& operator=(const NoTerminal&) = delete;

 private:
  int kept_, empty_;
};

// Without a terminal the interactive mode reads lines, so that it can be driven.
TEST(CelCommand, TalksLineByLine) {
  std::istringstream lines(
      "amount = 600000\namount > 500000\n:vars\n:explain amount\n:help\namuont\n'\u6536'\n1 / 0\n:quit\n7\n");
  std::streambuf* before = std::cin.rdbuf(lines.rdbuf());
  const NoTerminal no_terminal;
  const Outcome outcome = run({});
  std::cin.rdbuf(before);
  EXPECT_EQ(outcome.code, 0);
  EXPECT_EQ(
      outcome.out,
      "amount = 600000\ntrue\namount: int\n"
      "type: int\nreads: amount (int)\ncost: 2 instructions at most\nstack: 1 values\n"
      "types:\n  1:1    amount: int\nprogram:\n   0  load_slot amount\n   1  finish\n"
      "An expression is evaluated; `name = expression` keeps its value.\n"
      ":vars lists the names, :explain EXPRESSION shows types and program, :quit (or end of input) leaves.\n"
      "\"\u6536\"\n<error: division by zero>\n");
  EXPECT_EQ(outcome.err, "1:1: unknown name 'amuont' (did you mean 'amount'?)\n  amuont\n  ^\n");
}

TEST(CelCommand, RefusesWrongUsage) {
  EXPECT_EQ(run({"1", "--nonsense"}).code, 2);
  EXPECT_EQ(run({"1", "--bindings", "{"}).code, 2);
  EXPECT_EQ(run({"--batch", "--file", "/nonexistent"}).code, 1);
  EXPECT_EQ(run({"1 / 0"}).code, 1);
}

TEST(ZoneFiles, KnowSummerAndTheYearsAfterTheTable) {
  ZoneFiles zones;
  if (!zones.offset_at("Asia/Shanghai", 0)) GTEST_SKIP() << "this machine has no zone files";
  EXPECT_EQ(zones.offset_at("Asia/Shanghai", 1767225600), 28800);
  EXPECT_EQ(zones.offset_at("America/New_York", 1768435200), -18000);  // January 2026
  EXPECT_EQ(zones.offset_at("America/New_York", 1784073600), -14400);  // July 2026
  EXPECT_EQ(zones.offset_at("America/New_York", 4087929600), -14400);  // July 2099
  EXPECT_EQ(zones.offset_at("Nowhere/Land", 0), std::nullopt);
  EXPECT_EQ(zones.offset_at("../../etc/passwd", 0), std::nullopt);
  EXPECT_EQ(zones.offset_at("/etc/passwd", 0), std::nullopt);
}

TEST(ZoneRule, ReadsPosixTexts) {
  EXPECT_EQ(offset_by_rule("CST-8", 0), 28800);
  EXPECT_EQ(offset_by_rule("<+0330>-3:30", 0), 12600);
  EXPECT_EQ(offset_by_rule("AEST-10AEDT,M10.1.0,M4.1.0/3", 1767225600), 39600);  // January: southern summer
  EXPECT_EQ(offset_by_rule("AEST-10AEDT,M10.1.0,M4.1.0/3", 1782864000), 36000);  // July
  EXPECT_EQ(offset_by_rule("EST5EDT,M3.2.0,M11.1.0", 1772953199),
            -18000);  // a second before 2026-03-08 07:00 UTC
  EXPECT_EQ(offset_by_rule("EST5EDT,M3.2.0,M11.1.0", 1772953200), -14400);
  EXPECT_EQ(offset_by_rule("XYZ3ABC,J60,J300", 1772323199 + 0), -10800);
  EXPECT_EQ(offset_by_rule("", 0), std::nullopt);
  EXPECT_EQ(offset_by_rule("EST5EDT,M13.2.0,M11.1.0", 0), std::nullopt);
  EXPECT_EQ(offset_by_rule("EST5EDT,M3.2.0", 0), std::nullopt);
}

}  // namespace
}  // namespace tillwatch
