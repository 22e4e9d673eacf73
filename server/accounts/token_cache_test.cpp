#include "accounts/token_cache.hpp"

#include <gtest/gtest.h>

namespace dunlin::accounts {
namespace {

token_hash hash(std::uint8_t i) {
  token t;
  t.bytes[0] = i;
  return hash_of(t);
}
identity who(std::uint64_t i) { return {account_id{i, 0}, device_id{i, 1}}; }

TEST(TokenCache, GivesWhatWasKept) {
  token_cache cache;
  EXPECT_EQ(cache.find(hash(1)), nullptr);
  cache.keep(hash(1), who(1));
  ASSERT_NE(cache.find(hash(1)), nullptr);
  EXPECT_EQ(*cache.find(hash(1)), who(1));
}

TEST(TokenCache, IsBoundedAndDropsWhatWasNotUsedLately) {
  token_cache cache(3);
  for (std::uint8_t i = 1; i <= 3; ++i) cache.keep(hash(i), who(i));
  EXPECT_NE(cache.find(hash(1)), nullptr);
  cache.keep(hash(4), who(4));
  EXPECT_EQ(cache.size(), 3U);
  EXPECT_EQ(cache.find(hash(2)), nullptr);
  EXPECT_NE(cache.find(hash(1)), nullptr);
}

TEST(TokenCache, ForgetsADeviceOrAWholeAccount) {
  token_cache cache;
  cache.keep(hash(1), who(1));
  cache.keep(hash(2), {account_id{1, 0}, device_id{9, 9}});
  cache.keep(hash(3), who(3));
  cache.forget(device_id{1, 1});
  EXPECT_EQ(cache.find(hash(1)), nullptr);
  EXPECT_NE(cache.find(hash(2)), nullptr);
  cache.forget(account_id{1, 0});
  EXPECT_EQ(cache.find(hash(2)), nullptr);
  EXPECT_EQ(cache.size(), 1U);
  cache.keep(hash(4), who(4));  // where one was forgotten
  EXPECT_EQ(*cache.find(hash(4)), who(4));
  EXPECT_EQ(*cache.find(hash(3)), who(3));
}

}  // namespace
}  // namespace dunlin::accounts
