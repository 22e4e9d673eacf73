#include "rt/mailbox.hpp"

#include <atomic>
#include <cstdint>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace dunlin::rt {
namespace {

void wake_nobody(shard_index) {}

TEST(Mailboxes, BringEachShardItsOwnMailInOrder) {
  mailboxes<int> mail(3, 8, 2, wake_nobody);
  ASSERT_TRUE(mail.post(0, 2, 1));
  ASSERT_TRUE(mail.post(1, 2, 10));
  ASSERT_TRUE(mail.post(0, 2, 2));
  ASSERT_TRUE(mail.post(2, 2, 20));
  ASSERT_FALSE(mail.has_mail(0));
  ASSERT_TRUE(mail.has_mail(2));

  std::vector<std::vector<int>> got(3);
  ASSERT_EQ(mail.drain(2, [&](shard_index from, int m) { got[from].push_back(m); }), 4U);
  ASSERT_EQ(got, (std::vector<std::vector<int>>{{1, 2}, {10}, {20}}));
  ASSERT_FALSE(mail.has_mail(2));
}

TEST(Mailboxes, KeepRoomForAnswersWhenQuestionsFillThem) {
  mailboxes<int> mail(2, 8, 3, wake_nobody);
  int posted = 0;
  while (mail.post(0, 1, posted + 0)) ++posted;
  ASSERT_EQ(posted, 5);
  ASSERT_EQ(mail.room(0, 1), 0U);
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(mail.post_answer(0, 1, i + 0));
  ASSERT_FALSE(mail.post_answer(0, 1, 9));
}

TEST(Mailboxes, ADrainVisitsOnlyWhatWasThereWhenItBegan) {
  mailboxes<int> mail(1, 8, 1, wake_nobody);
  ASSERT_TRUE(mail.post(0, 0, 1));
  int visits = 0;
  const auto again = [&](shard_index, int m) {
    ++visits;
    ASSERT_TRUE(mail.post(0, 0, m + 1));
  };
  ASSERT_EQ(mail.drain(0, again), 1U);
  ASSERT_EQ(visits, 1);
  ASSERT_TRUE(mail.has_mail(0));
}

TEST(Mailboxes, WakeEachShardOnceATurnAndNeverTheSender) {
  std::vector<int> woken(3);
  mailboxes<int> mail(3, 8, 1, [&](shard_index to) { ++woken[to]; });
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(mail.post(0, 1, i + 0));
  ASSERT_TRUE(mail.post(0, 0, 1));
  ASSERT_EQ(woken, (std::vector<int>{0, 0, 0}));
  mail.end_turn(0);
  mail.end_turn(0);
  ASSERT_EQ(woken, (std::vector<int>{0, 1, 0}));
}

// Every shard asks every other and itself; questions that find no room are asked later, answers must always find some.
TEST(Mailboxes, AShardThatLimitsItsOpenQuestionsIsAlwaysAnswered) {
  constexpr std::size_t shards = 3;
  constexpr std::size_t reserved = 4;
  constexpr int rounds = 2'000;
  struct message {
    bool is_answer;
    int value;
  };
  mailboxes<message> mail(shards, 8, reserved, wake_nobody);
  std::atomic<int> lost{0};
  std::atomic<std::size_t> finished{0};

  const auto run = [&](shard_index self) {
    std::vector<std::size_t> open(shards);
    std::vector<int> asked(shards);
    std::size_t answered = 0;
    bool done = false;
    while (finished.load() < shards) {
      for (shard_index to = 0; to < shards; ++to) {
        if (open[to] < reserved && asked[to] < rounds && mail.post(self, to, {false, asked[to]})) {
          ++open[to];
          ++asked[to];
        }
      }
      mail.drain(self, [&](shard_index from, message m) {
        if (m.is_answer) {
          --open[from];
          ++answered;
        } else if (!mail.post_answer(self, from, {true, m.value})) {
          ++lost;
        }
      });
      mail.end_turn(self);
      if (!done && answered == shards * rounds) {
        done = true;
        ++finished;
      }
      std::this_thread::yield();
    }
  };
  std::vector<std::thread> threads;
  for (shard_index i = 0; i < shards; ++i) threads.emplace_back(run, i);
  for (std::thread& t : threads) t.join();
  EXPECT_EQ(lost.load(), 0);
}

}  // namespace
}  // namespace dunlin::rt
