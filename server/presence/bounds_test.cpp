#include <gtest/gtest.h>

#include "presence/budget.hpp"
#include "presence/seen_memory.hpp"
#include "presence/test_inbox.hpp"

namespace dunlin::presence {
namespace {

TEST(seen_memory, KeepsTheLatestAndAtMostTwiceAsMany) {
  seen_memory seen(100);
  for (std::uint64_t n = 1; n <= 1000; ++n) {
    seen.note(account(n), {static_cast<mono_ms>(n), static_cast<wall_ms>(n)});
    EXPECT_LE(seen.size(), 200U);
  }
  for (std::uint64_t n = 901; n <= 1000; ++n) {
    ASSERT_NE(seen.find(account(n)), nullptr);
    EXPECT_EQ(seen.find(account(n))->wall, static_cast<wall_ms>(n));
  }
  EXPECT_EQ(seen.find(account(1)), nullptr);
}

TEST(seen_memory, TheLastTimeCounts) {
  seen_memory seen(2);
  seen.note(account(1), {1, 10});
  seen.note(account(2), {2, 20});
  seen.note(account(1), {3, 30});
  EXPECT_EQ(seen.find(account(1))->wall, 30);
  EXPECT_EQ(seen.find(account(2))->wall, 20);
}

TEST(budget, P2_SoManyASecondAndNoMore) {
  budget all(3);
  for (int second = 1; second < 5; ++second) {
    for (int i = 0; i < 3; ++i) EXPECT_TRUE(all.take(7, second * 1000 + i));
    EXPECT_FALSE(all.take(7, second * 1000 + 4));
    EXPECT_TRUE(all.take(8, second * 1000 + 5)) << "another has one of its own";
  }
}

}  // namespace
}  // namespace dunlin::presence
