// The embedded store, of which the power or the process goes at any operation while it writes, seals, merges, trims and
// reads.
#include <gtest/gtest.h>

#include "base/log.hpp"
#include "store/embedded/store_life.hpp"

namespace dunlin::store {
namespace {

TEST(StoreCrash, L4_L5_AtWhicheverOperationThePowerGoesNothingDurableIsLost) {
  log_start(getenv("LOGS") ? log_level::info : log_level::off, false);
  std::uint64_t operations = 0;
  {
    fault_disk files;
    seeded_random random(11);
    store_life p(files, random);
    outside known;
    work(p, known, random, 500);
    ASSERT_FALSE(HasFatalFailure());
    operations = files.operations();
    EXPECT_GT(p.store->counters().sealed_segments.value(), 6);
    EXPECT_GT(p.store->counters().merges.value(), 1);
    p.settle();
    note_durable(p, known);
    expect_kept(p, known);
    ASSERT_FALSE(HasFatalFailure());
  }
  for (std::uint64_t cut = 1; cut < operations; ++cut) {
    SCOPED_TRACE("cut at operation " + std::to_string(cut));
    fault_disk files;
    seeded_random random(11);
    outside known;
    files.allow_maps(cut % 2 == 0);
    files.cut_power_after(cut);
    {
      store_life p(files, random);
      work(p, known, random, 500);
      ASSERT_FALSE(HasFatalFailure());
    }
    seeded_random chance(cut * 31 + 7);
    files.crash(chance);
    if (chance.one_in(2)) {
      // A second cut, while it starts or soon after.
      files.cut_power_after(chance.below(40));
      store_life again(files, random);
      if (again.is_open()) {
        outside copy = known;
        expect_kept(again, copy);
        ASSERT_FALSE(HasFatalFailure());
        known = copy;
        work(again, known, random, 10);
      }
      files.crash(chance);
    }
    store_life p(files, random);
    ASSERT_TRUE(p.is_open()) << p.error.message();
    expect_kept(p, known);
    ASSERT_FALSE(HasFatalFailure());
    work(p, known, random, 10);
    p.settle();
    ASSERT_FALSE(p.failed);
    note_durable(p, known);
    expect_kept(p, known);
    ASSERT_FALSE(HasFatalFailure());
  }
}

TEST(StoreCrash, L4_L5_AProcessThatIsKilledAgainAndAgainLosesNothing) {
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    fault_disk files;
    seeded_random random(seed);
    outside known;
    for (int life = 0; life < 25; ++life) {
      store_life p(files, random);
      ASSERT_TRUE(p.is_open()) << p.error.message();
      expect_kept(p, known);
      ASSERT_FALSE(HasFatalFailure());
      work(p, known, random, 1 + static_cast<int>(random.below(60)));
      ASSERT_FALSE(HasFatalFailure());
      if (random.one_in(3)) files.crash(random);
    }
  }
}

}  // namespace
}  // namespace dunlin::store
