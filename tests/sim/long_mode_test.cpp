// The long way is gone only when somebody asks for it, not when a script passes the variable on empty.
#include "sim/long_mode.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>

namespace tillwatch::sim {
namespace {

class LongMode : public ::testing::Test {
 protected:
  void SetUp() override {
    if (const char* const was = std::getenv("TILLWATCH_LONG"); was != nullptr) was_ = was;
  }
  void TearDown() override {
    if (was_) {
      ::setenv("TILLWATCH_LONG", was_->c_str(), 1);
    } else {
      ::unsetenv("TILLWATCH_LONG");
    }
  }
  std::optional<std::string> was_;
};

TEST_F(LongMode, IsAskedForByAWord) {
  ::setenv("TILLWATCH_LONG", "1", 1);
  EXPECT_TRUE(long_mode());
}

TEST_F(LongMode, IsNotAskedForByNothing) {
  ::setenv("TILLWATCH_LONG", "", 1);
  EXPECT_FALSE(long_mode());
  ::unsetenv("TILLWATCH_LONG");
  EXPECT_FALSE(long_mode());
}

}  // namespace
}  // namespace tillwatch::sim
