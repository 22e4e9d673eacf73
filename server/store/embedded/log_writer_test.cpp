// What the log's writer reports, how it batches, and to whom it still gives space (L1, L3).
#include <gtest/gtest.h>

#include "store/embedded/log_life.hpp"

namespace dunlin::store {
namespace {

TEST(LogWriter, L3_AfterAFailedWriteOrSyncNothingIsReportedAnyMore) {
  for (const bool sync : {false, true}) {
    fault_disk files;
    seeded_random random(3);
    log_life p(files, random);
    ASSERT_TRUE(p.prepare());
    if (sync) {
      files.fail_sync("log/", errc::io);
    } else {
      files.fail_write("log/", errc::io);
    }
    ASSERT_TRUE(p.submit(log_life::stream(1), "text"));
    EXPECT_EQ(p.round(), log_writer::outcome::failed);
    EXPECT_TRUE(p.failed);
    EXPECT_EQ(p.log->shard(1).durable(), 0);
    EXPECT_EQ(p.round(), log_writer::outcome::failed) << "it stays so";
    EXPECT_EQ(p.wakes, 0);
  }
}

TEST(LogWriter, L1_BatchesOfAllShardsAreOneWriteAndOneSync) {
  fault_disk files;
  seeded_random random(3);
  log_life p(files, random);
  ASSERT_TRUE(p.prepare());
  ASSERT_TRUE(p.submit(log_life::stream(0), "of shard 0"));
  ASSERT_TRUE(p.submit(log_life::stream(1), "of shard 1"));
  const std::uint64_t before = files.operations();
  EXPECT_EQ(p.round(), log_writer::outcome::wrote);
  EXPECT_EQ(files.operations() - before, 2);
  EXPECT_EQ(p.log->shard(0).durable(), p.log->shard(0).taken());
  EXPECT_EQ(p.log->shard(1).durable(), p.log->shard(1).taken());
  EXPECT_EQ(p.wakes, 2);
}

TEST(LogWriter, L1_ABatchOfFewRecordsIsKeptForWhoAsksAndWrittenWithWhatComesNext) {
  fault_disk files;
  seeded_random random(3);
  log_life p(files, random);
  ASSERT_TRUE(p.prepare());
  embedded_log& of_one = p.log->shard(1);
  EXPECT_FALSE(of_one.flush(2)) << "there is nothing to keep";
  ASSERT_TRUE(p.submit(log_life::stream(1), "the first"));
  EXPECT_TRUE(of_one.flush(2));
  EXPECT_EQ(p.log->writer().run_once(), log_writer::outcome::nothing);
  ASSERT_TRUE(p.submit(log_life::stream(1), "the second"));
  EXPECT_FALSE(of_one.flush(2));
  EXPECT_EQ(p.log->writer().run_once(), log_writer::outcome::wrote);
  EXPECT_EQ(of_one.durable(), of_one.taken());
}

TEST(LogWriter, L3_ClientsWaitWhileUpkeepStillHasItsReserve) {
  store_options o = log_life::small();
  o.max_unsealed_bytes = 3 * o.segment_bytes;
  fault_disk files;
  seeded_random random(3);
  log_life p(files, random, o);
  ASSERT_TRUE(p.prepare());
  const std::string text(1000, 'x');
  while (p.submit(log_life::stream(1), text)) p.round();
  EXPECT_TRUE(p.submit(log_life::stream(1), "trim", space_for::upkeep));
  EXPECT_EQ(p.round(), log_writer::outcome::wrote);
  // Upkeep comes to its end as well, and everything that was granted could be written.
  while (p.submit(log_life::stream(1), text, space_for::upkeep)) {
    EXPECT_EQ(p.round(), log_writer::outcome::wrote);
  }
  EXPECT_EQ(p.log->shard(1).durable(), p.log->shard(1).taken());
  EXPECT_EQ(p.counters.log_stalls.value(), 0);
}

TEST(LogWriter, L3_WhatIsRefusedKeepsNoSpaceFromAnybody) {
  fault_disk files;
  seeded_random random(3);
  log_life p(files, random);
  ASSERT_TRUE(p.prepare());
  const std::int64_t before = p.log->files().credit();
  for (int i = 0; i < 1000; ++i) {
    ASSERT_TRUE(p.submit(log_life::stream(1), "!" + std::string(1000, 'x'))) << i;
    EXPECT_EQ(p.round(), log_writer::outcome::nothing);
  }
  EXPECT_GE(p.log->files().credit(), before - segments::kept_credit(log_life::small()));
}

TEST(LogWriter, L3_AShardThatAskedForMuchAndIsSilentKeepsLittle) {
  const store_options o = log_life::small();
  fault_disk files;
  seeded_random random(3);
  log_life p(files, random, o);
  ASSERT_TRUE(p.prepare());
  const std::int64_t before = p.log->files().credit();
  for (int i = 0; i < 3; ++i) {
    ASSERT_EQ(p.log->shard(0).reserve(o.max_batch_bytes / 4, space_for::upkeep), space::granted);
  }
  ASSERT_TRUE(p.submit(log_life::stream(0), "little"));
  EXPECT_EQ(p.round(), log_writer::outcome::wrote);
  EXPECT_GE(p.log->files().credit(), before - segments::kept_credit(o) - 2 * segments::batch_overhead);
}

TEST(LogWriter, L3_OnAFullDiskClientsAreRefused) {
  const store_options o = log_life::small();
  fault_disk files(3 * o.segment_bytes + 1000);
  seeded_random random(3);
  log_life p(files, random, o);
  while (p.prepare() && p.submit(log_life::stream(1), std::string(1000, 'x'))) p.round();
  p.log->files().set_full(true);
  EXPECT_EQ(p.log->shard(1).reserve(100, space_for::client), space::full);
  EXPECT_EQ(p.log->shard(1).reserve(100, space_for::upkeep), space::granted);
  p.log->files().set_full(false);
  files.set_capacity(1 << 20);
  ASSERT_TRUE(p.prepare());
  EXPECT_EQ(p.log->shard(1).reserve(100, space_for::client), space::granted);
}

}  // namespace
}  // namespace dunlin::store
