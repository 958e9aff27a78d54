#include "trace/log.h"

#include <gtest/gtest.h>

#include <limits>
#include <vector>

namespace tillwatch::trace {
namespace {

class StillClock : public ports::Clock {
 public:
  core::TimeMs now() override { return 1'783'087'509'123; }
  std::int64_t monotonic_ns() override { return 0; }
};

class LogTest : public ::testing::Test {
 protected:
  // A net that catches the word "secret" in place of a number.
  static std::size_t catch_secret(std::string& text) {
    const std::size_t at = text.find("secret");
    if (at == std::string::npos) return 0;
    text.replace(at, 6, "******");
    return 1;
  }
  StillClock clock;
  std::vector<std::string> lines;
  Log log{clock, [this](std::string_view line) { lines.emplace_back(line); }, catch_secret};
};

TEST_F(LogTest, OneJsonObjectALine) {
  log.info("serving", {{FieldName::address, "127.0.0.1:80"}, {FieldName::count, std::uint64_t{7}}});
  log.error("stopped",
            {{FieldName::sequence, std::numeric_limits<std::int64_t>::min()}, {FieldName::detail, true}});
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_EQ(lines[0],
            "{\"time\":\"2026-07-03T14:05:09.123Z\",\"level\":\"info\",\"event\":\"serving\","
            "\"address\":\"127.0.0.1:80\",\"count\":7}\n");
  EXPECT_EQ(lines[1],
            "{\"time\":\"2026-07-03T14:05:09.123Z\",\"level\":\"error\",\"event\":\"stopped\","
            "\"sequence\":-9223372036854775808,\"detail\":true}\n");
}

TEST_F(LogTest, ANewLineInATextStaysInTheLine) {
  log.info("x", {{FieldName::detail, "a\n{\"level\":\"error\"}"}});
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_EQ(lines[0].find('\n'), lines[0].size() - 1);
}

TEST_F(LogTest, TheNetMasksAndCounts) {
  log.info("x", {{FieldName::detail, "a secret here"}});
  log.info("y", {{FieldName::detail, "nothing"}});
  EXPECT_NE(lines[0].find("a ****** here"), std::string::npos);
  EXPECT_EQ(log.caught(), 1u);
}

TEST_F(LogTest, BelowTheLevelIsSilent) {
  log.write(Level::debug, "x");
  EXPECT_TRUE(lines.empty());
  log.warn("y");
  EXPECT_EQ(lines.size(), 1u);
}

TEST(LogNames, AreThereForAll) {
  for (int i = 0; i <= static_cast<int>(FieldName::version); ++i)
    EXPECT_NE(name_of(static_cast<FieldName>(i)), "unknown");
  EXPECT_EQ(name_of(Level::warning), "warning");
}

}  // namespace
}  // namespace tillwatch::trace
