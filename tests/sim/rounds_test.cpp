// A fifth under a sanitizer and never none; all of them elsewhere, and in the long mode.
#include "sim/rounds.h"

#include <gtest/gtest.h>

namespace tillwatch::sim {
namespace {

TEST(Rounds, AreAFifthUnderASanitizerOnly) {
  const bool fewer = sanitized && !long_mode();
  EXPECT_EQ(rounds(300), fewer ? 60u : 300u);
  EXPECT_EQ(rounds(8), fewer ? 2u : 8u);
  EXPECT_EQ(rounds(1), 1u);
  EXPECT_EQ(rounds(0), 0u);
}

}  // namespace
}  // namespace tillwatch::sim
