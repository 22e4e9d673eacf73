// What sealing and merging keep within bounds: the unsealed log, and what was trimmed.
#include <gtest/gtest.h>

#include "store/embedded/store_life.hpp"

namespace dunlin::store {
namespace {

TEST(StoreUpkeep, R3_MergesDropWhatWasTrimmed) {
  fault_disk files;
  seeded_random random(9);
  store_life p(files, random);
  const stream_id id = store_life::stream(3);
  const auto send = [&](int n) {
    for (int i = 0; i < n; ++i) {
      while (p.submit(id, std::string(800, 'r')) != space::granted) p.settle();
      p.flush();
      p.store->step_writer();
    }
    p.settle();
  };
  send(120);
  EXPECT_EQ(p.read(id, 1, 120).records.size(), 120);
  ASSERT_EQ(p.submit(id, "<101", space_for::upkeep), space::granted);
  send(300);
  const auto kept = p.read(id, 1, 420).records;
  ASSERT_FALSE(kept.empty());
  EXPECT_GT(kept.front().seq, 20) << "the oldest files were merged";
  EXPECT_LE(kept.front().seq, 101);
  EXPECT_EQ(kept.back().seq, 420);
  EXPECT_EQ(p.read(id, 101, 420).records.size(), 320);
}

TEST(StoreUpkeep, L6_TheUnsealedLogIsBoundedAndWaitingEndsWhenSealingComesAlong) {
  fault_disk files;
  seeded_random random(10);
  store_life p(files, random);
  space last = space::granted;
  const auto fill = [&] {
    for (int i = 0; i < 2000; ++i) {
      last = p.submit(store_life::stream(1), std::string(500, 'x'));
      p.flush();
      p.store->step_writer();
      p.store->step_background(p.now += 5);  // no rows are given: sealing cannot go on
      if (last == space::wait && p.store->counters().unsealed_bytes.value() >= 9 * (24 << 10)) return;
    }
  };
  fill();
  EXPECT_EQ(last, space::wait);
  EXPECT_LE(p.store->counters().unsealed_bytes.value(),
            static_cast<std::int64_t>(store_life::small().max_unsealed_bytes));
  p.wakes = 0;
  p.settle();
  EXPECT_GT(p.wakes, 0);
  EXPECT_EQ(p.submit(store_life::stream(1), "now"), space::granted);
}

}  // namespace
}  // namespace dunlin::store
