#include "rt/spsc_ring.hpp"

#include <cstdint>
#include <memory>
#include <thread>

#include <gtest/gtest.h>

namespace dunlin::rt {
namespace {

TEST(SpscRing, GivesWhatItTookInOrderAcrossItsEnd) {
  spsc_ring<int> ring(4);
  int next = 0;
  for (int round = 0; round < 10; ++round) {
    for (int i = 0; i < 3; ++i) ASSERT_TRUE(ring.push(round * 3 + i));
    ASSERT_EQ(ring.available(), 3U);
    for (int i = 0; i < 3; ++i) ASSERT_EQ(ring.pop(), next++);
    ASSERT_EQ(ring.available(), 0U);
  }
}

TEST(SpscRing, LeavesAValueAloneThatItCannotTake) {
  spsc_ring<std::unique_ptr<int>> ring(2);
  ASSERT_TRUE(ring.push(std::make_unique<int>(1)));
  ASSERT_TRUE(ring.push(std::make_unique<int>(2)));
  auto third = std::make_unique<int>(3);
  ASSERT_FALSE(ring.push(std::move(third)));
  ASSERT_NE(third, nullptr);  // NOLINT(bugprone-use-after-move): this is what the test is about
  ASSERT_EQ(ring.available(), 2U);
  ASSERT_EQ(*ring.pop(), 1);
  ASSERT_TRUE(ring.push(std::move(third)));
}

TEST(SpscRing, KeepsPlacesFreeForThoseWhoMayUseThem) {
  spsc_ring<int> ring(4);
  ASSERT_TRUE(ring.push(1, 2));
  ASSERT_TRUE(ring.push(2, 2));
  ASSERT_FALSE(ring.push(3, 2));
  ASSERT_TRUE(ring.push(3));
  ASSERT_TRUE(ring.push(4));
  ASSERT_FALSE(ring.push(5));
}

TEST(SpscRing, DestroysWhatNobodyPopped) {
  auto shared = std::make_shared<int>(7);
  {
    spsc_ring<std::shared_ptr<int>> ring(4);
    ASSERT_TRUE(ring.push(std::shared_ptr<int>(shared)));
    ASSERT_TRUE(ring.push(std::shared_ptr<int>(shared)));
    ASSERT_EQ(ring.available(), 2U);
    ring.pop().reset();
    ASSERT_EQ(shared.use_count(), 2);
  }
  ASSERT_EQ(shared.use_count(), 1);
}

TEST(SpscRing, CarriesAMillionValuesBetweenTwoThreads) {
  constexpr std::uint64_t count = 1'000'000;
  spsc_ring<std::uint64_t> ring(256);
  std::thread producer([&] {
    for (std::uint64_t i = 0; i < count;) {
      std::uint64_t item = i;
      if (ring.push(std::move(item))) {
        ++i;
      } else {
        std::this_thread::yield();
      }
    }
  });
  std::uint64_t expected = 0;
  bool in_order = true;
  while (expected < count) {
    const std::size_t n = ring.available();
    if (n == 0) std::this_thread::yield();
    for (std::size_t i = 0; i < n; ++i) in_order = ring.pop() == expected++ && in_order;
  }
  producer.join();
  EXPECT_TRUE(in_order);
}

}  // namespace
}  // namespace dunlin::rt
