#include "accounts/store_thread.hpp"

#include <future>
#include <latch>

#include <gtest/gtest.h>

namespace dunlin::accounts {
namespace {

TEST(StoreThread, RunsJobsInOrderOnAThreadOfItsOwn) {
  store_thread queue;
  std::vector<int> seen;
  std::promise<std::thread::id> last;
  for (int i = 0; i < 100; ++i) {
    ASSERT_TRUE(queue.post([&seen, i] { seen.push_back(i); }));
  }
  ASSERT_TRUE(queue.post([&] { last.set_value(std::this_thread::get_id()); }));
  EXPECT_NE(last.get_future().get(), std::this_thread::get_id());
  ASSERT_EQ(seen.size(), 100U);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(seen[static_cast<std::size_t>(i)], i);
  queue.stop();
}

TEST(StoreThread, NoJobIsLostBetweenManyPosters) {
  store_thread queue;
  constexpr int posters = 4;
  constexpr int each = 5000;
  std::atomic<int> ran{0};
  std::vector<std::thread> threads;
  threads.reserve(posters);
  for (int p = 0; p < posters; ++p) {
    threads.emplace_back([&] {
      for (int i = 0; i < each; ++i) {
        while (!queue.post([&] { ran.fetch_add(1); })) std::this_thread::yield();
      }
    });
  }
  for (auto& t : threads) t.join();
  queue.stop();
  EXPECT_EQ(ran.load(), posters * each);
}

TEST(StoreThread, RefusesWhatIsAboveItsBoundButNotReservedAnswers) {
  store_thread queue;
  std::latch begun(1);
  std::latch go(1);
  ASSERT_TRUE(queue.post([&] {
    begun.count_down();
    go.wait();
  }));
  begun.wait();
  for (std::size_t i = 0; i < store_thread::max_waiting; ++i) ASSERT_TRUE(queue.post([] {}));
  EXPECT_FALSE(queue.post([] {}));
  EXPECT_TRUE(queue.post([] {}, job_queue::lane::reserved));
  go.count_down();
  queue.stop();
}

TEST(StoreThread, TimersAndTheTurnsEndRunOnTheThread) {
  store_thread queue;
  std::promise<std::string> done;
  std::string order;
  ASSERT_TRUE(queue.post([&] {
    queue.at_turn_end([&] { order += "end "; });
    queue.post_after(1, [&] {
      order += "timer";
      done.set_value(order);
    });
    order += "job ";
  }));
  EXPECT_EQ(done.get_future().get(), "job end timer");
  queue.stop();
}

TEST(StoreThread, StopRunsWhatIsWaitingAndRefusesWhatComesAfter) {
  store_thread queue;
  bool ran = false;
  ASSERT_TRUE(queue.post([&] { ran = true; }));
  queue.stop();
  EXPECT_TRUE(ran);
  EXPECT_FALSE(queue.post([] {}));
}

}  // namespace
}  // namespace dunlin::accounts
