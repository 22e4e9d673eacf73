// The embedded store on a disk that is full, fails, or flips bits.
#include <gtest/gtest.h>

#include "base/log.hpp"
#include "store/embedded/store_life.hpp"

namespace dunlin::store {
namespace {

TEST(StoreFaults, L3_ENOSPCInTheBackgroundPausesItAndItRecoversByItself) {
  log_start(getenv("LOGS") ? log_level::info : log_level::off, false);
  fault_disk files;
  seeded_random random(5);
  store_life p(files, random);
  outside known;
  work(p, known, random, 60);
  files.set_capacity(files.used() + 1000);
  for (int i = 0; i < 300; ++i) work(p, known, random, 5);
  ASSERT_FALSE(p.failed);
  EXPECT_GT(p.store->counters().background_no_space.value(), 0);
  EXPECT_EQ(p.submit(store_life::stream(1), "refused"), space::full);
  expect_kept(p, known);  // reads go on
  ASSERT_FALSE(HasFatalFailure());
  files.set_capacity(100 << 20);
  for (int i = 0; i < 50; ++i) p.settle();
  EXPECT_EQ(p.submit(store_life::stream(1), "taken"), space::granted);
  EXPECT_GT(p.store->counters().sealed_segments.value(), 0);
}

TEST(StoreFaults, L4_AStartOnAFullDiskMakesDoWithASmallSegment) {
  log_start(getenv("LOGS") ? log_level::info : log_level::off, false);
  fault_disk files;
  seeded_random random(11);
  outside known;
  store_options patient = store_life::small();
  patient.retry_ms = 1000;  // settle() would not end while sealing is tried again and again
  patient.max_unsealed_bytes = 4 * patient.segment_bytes;
  {
    // Room for the log's segments and none for what is sealed; marks and trims take what clients may not.
    files.set_capacity(4 * patient.segment_bytes + 6000);
    store_life p(files, random, patient);
    for (int i = 0; i < 300; ++i) work(p, known, random, 5);
    for (int i = 0; i < 10'000 && p.submit(store_life::stream(1), "<1", space_for::upkeep) == space::granted; ++i) {
      p.flush();
      p.store->step_writer();
    }
    ASSERT_FALSE(p.failed);
    note_durable(p, known);
  }
  // Again and again, each time with less room than a segment takes.
  for (int life = 0; life < 3; ++life) {
    files.crash(random);
    files.set_capacity(files.used() + store_life::small().segment_bytes - 1000);
    store_life p(files, random, patient);
    ASSERT_TRUE(p.is_open()) << p.error.message();
    expect_kept(p, known);
    ASSERT_FALSE(HasFatalFailure());
    for (int i = 0; i < 20; ++i) p.settle();
    ASSERT_FALSE(p.failed);
  }
  files.crash(random);
  store_life p(files, random);
  ASSERT_TRUE(p.is_open()) << p.error.message();
  files.set_capacity(100 << 20);
  for (int i = 0; i < 50; ++i) p.settle();
  for (int i = 0; i < 100; ++i) work(p, known, random, 5);
  note_durable(p, known);
  expect_kept(p, known);
  EXPECT_GT(p.store->counters().sealed_segments.value(), 0);
}

TEST(StoreFaults, L3_SealingThatBeganForWantOfSpaceAloneIsTriedAgainWhenThereIsRoom) {
  fault_disk files;
  seeded_random random(12);
  store_options patient = store_life::small();
  patient.retry_ms = 1000;  // settle() would not end while sealing is tried again and again
  store_life p(files, random, patient);
  p.settle();
  files.set_capacity(files.used());
  // One segment is full: too few to be sealed, if only another could be prepared.
  while (p.store->counters().segments.value() < 2) {
    ASSERT_EQ(p.submit(store_life::stream(1), std::string(500, 'x')), space::granted);
    p.flush();
    p.store->step_writer();
  }
  p.settle();
  EXPECT_EQ(p.submit(store_life::stream(1), "refused"), space::full);
  files.set_capacity(100 << 20);
  for (int i = 0; i < 20; ++i) p.settle();
  EXPECT_EQ(p.submit(store_life::stream(1), "taken"), space::granted);
}

TEST(StoreFaults, L3_AFailedWriteOrSyncOfTheHistoryIsTriedAgain) {
  log_start(getenv("LOGS") ? log_level::info : log_level::off, false);
  for (std::uint64_t after = 0; after < 12; ++after) {
    for (const bool sync : {false, true}) {
      SCOPED_TRACE(std::to_string(after) + (sync ? "th sync" : "th write"));
      fault_disk files;
      seeded_random random(6);
      store_life p(files, random);
      outside known;
      if (sync) {
        files.fail_sync("history/", errc::io, after);
      } else {
        files.fail_write("history/", errc::io, after);
      }
      work(p, known, random, 300);
      p.settle();
      note_durable(p, known);
      EXPECT_EQ(p.store->counters().background_errors.value(), 1);
      EXPECT_GT(p.store->counters().sealed_segments.value(), 3);
      expect_kept(p, known);
      ASSERT_FALSE(HasFatalFailure());
      seeded_random chance(after);
      files.crash(chance);
      store_life again(files, random);
      ASSERT_TRUE(again.is_open()) << again.error.message();
      expect_kept(again, known);
      ASSERT_FALSE(HasFatalFailure());
    }
  }
}

TEST(StoreFaults, AReadOfFlippedBitsSaysSoAndNeverGivesWrongData) {
  log_start(getenv("LOGS") ? log_level::info : log_level::off, false);
  fault_disk files;
  files.allow_maps(false);
  seeded_random random(8);
  store_life p(files, random);
  outside known;
  work(p, known, random, 300);
  p.settle();
  note_durable(p, known);
  files.flip_bits_in_reads(true);
  std::uint64_t corrupt = 0;
  for (int i = 0; i < 200; ++i) {
    const stream_id id = store_life::stream(random.bits());
    auto& s = known.streams[id];
    const read_answer got = p.read(id, std::max<std::uint64_t>(1, s.trimmed), s.durable);
    if (got.error) {
      EXPECT_EQ(got.error, make_error_code(errc::corrupt));
      ++corrupt;
      continue;
    }
    for (const auto& r : got.records) ASSERT_EQ(as_text(r.body), s.sent.at(r.seq));
  }
  EXPECT_GT(corrupt, 0);
  EXPECT_EQ(p.store->counters().corrupt.value(), corrupt);
}

}  // namespace
}  // namespace dunlin::store
