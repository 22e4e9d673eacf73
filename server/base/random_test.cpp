#include "base/random.hpp"

#include <gtest/gtest.h>

namespace dunlin {
namespace {

TEST(Random, FromASeedRepeats) {
  seeded_random a(7);
  seeded_random b(7);
  seeded_random c(8);
  const auto first = a.next();
  EXPECT_EQ(first, b.next());
  EXPECT_NE(first, c.next());
}

TEST(Random, AMessageIdIsAUuidOfVersionSevenThatGrowsWithTime) {
  seeded_random r(1);
  const auto a = to_bytes(r.message(1'700'000'000'000));
  EXPECT_EQ(a[6] >> 4, 7);
  EXPECT_EQ(a[8] >> 6, 2);
  EXPECT_LT(r.message(1'700'000'000'000), r.message(1'700'000'000'001));
}

}  // namespace
}  // namespace dunlin
