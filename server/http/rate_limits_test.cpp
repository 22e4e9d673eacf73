#include "http/rate_limits.hpp"

#include <gtest/gtest.h>

namespace dunlin::http {
namespace {

rates all(rate one) {
  rates out;
  out.fill(one);
  return out;
}

constexpr limit_key ada{1, 1};
constexpr limit_key ben{1, 2};

TEST(RateLimits, ManyAtOnceAndThenOneAtATime) {
  rate_limits limits(all({4, 60'000}));
  for (int i = 0; i < 4; ++i) EXPECT_EQ(limits.take(limit::claims, ada, 1000), 0);
  EXPECT_EQ(limits.take(limit::claims, ada, 1000), 15'000);
  EXPECT_EQ(limits.take(limit::claims, ada, 8500), 7500);
  EXPECT_EQ(limits.take(limit::claims, ada, 16'000), 0);
  EXPECT_EQ(limits.take(limit::claims, ada, 16'000), 15'000);
}

TEST(RateLimits, ABucketFillsUpAgainAndNoFurther) {
  rate_limits limits(all({3, 3000}));
  for (int i = 0; i < 3; ++i) EXPECT_EQ(limits.take(limit::claims, ada, 0), 0);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(limits.take(limit::claims, ada, 1'000'000), 0);
  EXPECT_GT(limits.take(limit::claims, ada, 1'000'000), 0);
}

TEST(RateLimits, EachHasABucketOfItsOwnForEachLimit) {
  rate_limits limits(all({1, 1000}));
  EXPECT_EQ(limits.take(limit::claims, ada, 0), 0);
  EXPECT_EQ(limits.take(limit::claims, ben, 0), 0);
  EXPECT_EQ(limits.take(limit::links, ada, 0), 0);
  EXPECT_GT(limits.take(limit::claims, ada, 0), 0);
}

TEST(RateLimits, LookingTakesNothing) {
  rate_limits limits(all({1, 1000}));
  EXPECT_EQ(limits.wait(limit::claims, ada, 0), 0);
  EXPECT_EQ(limits.size(limit::claims), 0U);
  EXPECT_EQ(limits.take(limit::claims, ada, 0), 0);
  EXPECT_EQ(limits.wait(limit::claims, ada, 400), 600);
  EXPECT_EQ(limits.wait(limit::claims, ada, 1000), 0);
}

TEST(RateLimits, WhoIsRefusedWaitsNoLongerForIt) {
  rate_limits limits(all({1, 1000}));
  EXPECT_EQ(limits.take(limit::claims, ada, 0), 0);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(limits.take(limit::claims, ada, 500), 500);
  EXPECT_EQ(limits.take(limit::claims, ada, 1000), 0);
}

TEST(RateLimits, NoneMeansNone) {
  rate_limits limits(all({0, 1000}));
  for (int i = 0; i < 1000; ++i) EXPECT_EQ(limits.take(limit::claims, ada, 0), 0);
  EXPECT_EQ(limits.size(limit::claims), 0U);
}

TEST(RateLimits, ManyMoreThanMillisecondsAreCountedExactly) {
  rate_limits limits(all({7, 1000}));
  int taken = 0;
  for (mono_ms now = 0; now < 10'000; ++now) taken += limits.take(limit::claims, ada, now) == 0 ? 1 : 0;
  EXPECT_EQ(taken, 7 + 7 * 10 - 1);
}

TEST(RateLimits, AreBoundedAndForgetWhoWasAwayLongest) {
  rate_limits limits(all({1, 1'000'000}), 3);
  for (std::uint64_t who = 1; who <= 3; ++who) EXPECT_EQ(limits.take(limit::links, {0, who}, 0), 0);
  EXPECT_EQ(limits.take(limit::links, {0, 4}, 1), 0);
  EXPECT_EQ(limits.size(limit::links), 3U);
  EXPECT_GT(limits.take(limit::links, {0, 3}, 2), 0);
  EXPECT_EQ(limits.take(limit::links, {0, 1}, 2), 0);
}

}  // namespace
}  // namespace dunlin::http
