#include "policy/geography.h"

#include <gtest/gtest.h>

namespace tillwatch::policy {
namespace {

TEST(Geography, KnownDistances) {
  EXPECT_EQ(distance_m(0, 0, 0, 0), 0);
  EXPECT_NEAR(static_cast<double>(distance_m(0, 0, 1'000'000, 0)), 111195, 2);  // one degree of the meridian
  EXPECT_NEAR(static_cast<double>(distance_m(39'904'200, 116'407'400, 31'230'400, 121'473'700)), 1'067'000,
              7'000);  // Beijing, Shanghai
  EXPECT_NEAR(static_cast<double>(distance_m(22'270'700, 113'576'700, 22'198'700, 113'543'900)), 8'690,
              60);  // Zhuhai, Macau
}

TEST(Geography, DateLineAndSymmetry) {
  EXPECT_EQ(distance_m(0, 179'900'000, 0, -179'900'000), distance_m(0, -100'000, 0, 100'000));
  EXPECT_EQ(distance_m(10, 20, 3'000'000, 4'000'000), distance_m(3'000'000, 4'000'000, 10, 20));
}

TEST(Geography, AbsurdInputIsClamped) {
  EXPECT_LT(distance_m(INT64_MAX, INT64_MAX, INT64_MIN, INT64_MIN), 50'000'000);
}

}  // namespace
}  // namespace tillwatch::policy
