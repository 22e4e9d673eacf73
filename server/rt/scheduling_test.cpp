#include "rt/scheduling.hpp"

#include <sys/resource.h>
#include <thread>

#include <gtest/gtest.h>

namespace dunlin::rt {
namespace {

using namespace std::chrono_literals;

int nice_value() { return ::getpriority(PRIO_PROCESS, 0); }

TEST(Scheduling, IsOfTheThreadThatAsksAlone) {
  const int before = nice_value();
  std::thread([&] {
    ASSERT_FALSE(ask_scheduler({.nicer_by = 3, .slice = 20ms}));
    EXPECT_EQ(nice_value(), before + 3);
  }).join();
  EXPECT_EQ(nice_value(), before);
}

TEST(Scheduling, StaysWithinWhatTheSystemHas) {
  std::thread([] {
    ASSERT_FALSE(ask_scheduler({.nicer_by = 100}));
    EXPECT_EQ(nice_value(), 19);
  }).join();
}

TEST(Scheduling, KeepsTheNiceValueWhereOnlyASliceIsAsked) {
  std::thread([] {
    const int before = nice_value();
    ASSERT_FALSE(ask_scheduler({.slice = 100us}));
    EXPECT_EQ(nice_value(), before);
  }).join();
}

}  // namespace
}  // namespace dunlin::rt
