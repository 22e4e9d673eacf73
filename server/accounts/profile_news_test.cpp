#include "accounts/profile_news.hpp"

#include <algorithm>

#include <gtest/gtest.h>

#include "accounts/fake_control.hpp"
#include "accounts/manual_queue.hpp"

namespace dunlin::accounts {
namespace {

using stream::reason;
using stream::verdict;

account_id account(std::uint64_t n) { return {0xa0000, n}; }

std::vector<account_id> accounts(std::uint64_t first, std::uint64_t count) {
  std::vector<account_id> out;
  for (std::uint64_t n = first; n < first + count; ++n) out.push_back(account(n));
  return out;
}

class ProfileNews : public testing::Test {
 protected:
  void tell(std::uint64_t version = 7) {
    news.tell(anna, version, [this] { ++done; });
    queue.run();
  }
  // Who was told, in order.
  [[nodiscard]] std::vector<account_id> told() const {
    std::vector<account_id> out;
    for (const auto& spec : streams.told()) out.push_back(spec.account);
    return out;
  }

  const account_id anna = account(0);
  engine::fake_control streams;
  manual_queue queue;
  metrics counted;
  profile_news news{streams, queue, counted};
  int done = 0;
};

TEST_F(ProfileNews, Q1_EveryPartOfTheAudienceIsToldOfTheProfileAlone) {
  streams.put_audience(anna, {accounts(1, 3), accounts(4, 2)});
  tell();
  EXPECT_EQ(told(), accounts(1, 5));
  for (const auto& spec : streams.told()) {
    EXPECT_EQ(spec.version, 0U);
    EXPECT_TRUE(spec.devices.empty() && spec.put.empty());
    ASSERT_EQ(spec.profiles.size(), 1U);
    EXPECT_EQ(spec.profiles[0].of, anna);
    EXPECT_EQ(spec.profiles[0].version, 7U);
  }
  EXPECT_EQ(done, 1);
  EXPECT_EQ(news.under_way(), 0U);
}

TEST_F(ProfileNews, WhoIsInSeveralPartsIsToldOnce) {
  streams.put_audience(anna, {accounts(1, 3), accounts(2, 3), {}, accounts(1, 5)});
  tell();
  EXPECT_EQ(told(), accounts(1, 5));
  EXPECT_EQ(done, 1);
}

TEST_F(ProfileNews, WhoSharesNothingIsDoneAtOnce) {
  tell();
  EXPECT_TRUE(told().empty());
  EXPECT_EQ(done, 1);
}

TEST_F(ProfileNews, ABoundedNumberIsToldAtATime) {
  streams.put_audience(anna, {accounts(1, 1000)});
  streams.hold();
  for (int i = 0; i < 10; ++i) news.tell(anna, 7, [this] { ++done; });
  queue.run();
  EXPECT_EQ(streams.held(), profile_news::at_a_time);  // that are asked for their audience
  streams.release();
  streams.hold();
  queue.run();
  EXPECT_EQ(streams.held(), profile_news::at_a_time * profile_news::window);
  streams.release();
  queue.run();
  EXPECT_EQ(told().size(), 10'000U);
  EXPECT_EQ(done, 10);
}

TEST_F(ProfileNews, ARefusalIsRepeatedWithGrowingDelaysAndHoldsUpNobodyElse) {
  streams.put_audience(anna, {accounts(1, 3)});
  streams.answer_next(
      {verdict::refuse(reason::busy), verdict::accept(1, 0), verdict::accept(1, 0), verdict::refuse(reason::no_space)});
  tell();
  EXPECT_EQ(told().size(), 3U);
  EXPECT_EQ(done, 0);
  queue.advance(profile_news::first_delay);
  EXPECT_EQ(told().size(), 4U);
  queue.advance(profile_news::first_delay);
  EXPECT_EQ(told().size(), 4U);
  queue.advance(profile_news::first_delay);
  ASSERT_EQ(told().size(), 5U);
  EXPECT_EQ(told().back(), account(1));
  EXPECT_EQ(done, 1);
}

TEST_F(ProfileNews, AnAudienceThatCannotBeReadNowIsReadLater) {
  streams.put_audience(anna, {accounts(1, 1)});
  streams.refuse_audiences(2);
  tell();
  queue.advance(profile_news::first_delay);
  EXPECT_EQ(done, 0);
  queue.advance(2 * profile_news::first_delay);
  EXPECT_EQ(done, 1);
}

TEST_F(ProfileNews, NobodyIsLeftOutWhateverTheRefusal) {
  streams.put_audience(anna, {accounts(1, 1)});
  streams.answer_next({verdict::refuse(reason::malformed)});
  tell();
  queue.advance(profile_news::longest_delay);
  EXPECT_EQ(told().size(), 2U);
  EXPECT_EQ(done, 1);
}

TEST_F(ProfileNews, AfterStopNothingIsSaidAnyMore) {
  streams.put_audience(anna, {accounts(1, 2)});
  streams.hold();
  tell();
  news.stop();
  streams.release();
  queue.run();
  EXPECT_TRUE(told().empty());
  EXPECT_EQ(done, 0);
}

}  // namespace
}  // namespace dunlin::accounts
